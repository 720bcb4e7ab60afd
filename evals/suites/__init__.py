"""The suites: what configurations are put to, and how it is scored."""
