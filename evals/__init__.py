"""Suites, scorers, statistics: the instrument with which agent configurations are compared."""
