"""Packages: a knowledge base with its history in one file that verifies itself, and the union of several."""
