"""Formats that others speak: one module each, out of a view and, where there is a reader, into records."""
