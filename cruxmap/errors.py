"""What can go wrong with a run as a whole; each message says what, where and what to do.

RunError
├── UsageError     what was asked for can't be: exit 2
└── RunChanged     what the run depends on is not what it was
"""

from __future__ import annotations


class RunError(Exception):
    """Whatever goes wrong with a run as a whole."""


class UsageError(RunError):
    """What was asked for can't be."""


class RunChanged(RunError):
    """What the run depends on is not what it was."""
