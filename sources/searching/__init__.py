"""Searching: what to read next, from a folder of one's own, catalogues of literature, an encyclopedia or the web."""
