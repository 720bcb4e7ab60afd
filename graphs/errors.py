"""What can go wrong with a graph's own keeping.

GraphError
└── CheckpointsUnusable   the checkpoints can't be read or written
"""

from __future__ import annotations


class GraphError(Exception):
    """Whatever goes wrong with a graph's own keeping."""


class CheckpointsUnusable(GraphError):
    """The checkpoints can't be read or written; the message says where and what to do."""
