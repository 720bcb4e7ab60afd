"""The command line and the public Python interface; runs and their registry."""
