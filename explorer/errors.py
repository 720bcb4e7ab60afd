"""What can go wrong when a site is written.

ExplorerError
└── NotASite    the folder holds something that a site must not overwrite
"""

from __future__ import annotations


class ExplorerError(Exception):
    """A site can't be written; the message says why and what to do."""


class NotASite(ExplorerError):
    """The folder holds something that is no site."""
