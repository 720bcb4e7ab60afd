"""Answerers that the agents' tests share."""

from __future__ import annotations

from reasoners.errors import Unrecorded
from reasoners.local import LocalAnswerer
from reasoners.requests import Completion, Request


class Unheard(LocalAnswerer):
    """A recording from before anything was asked."""

    def __init__(self) -> None:
        super().__init__("old", {})

    async def complete(self, request: Request) -> Completion:
        """Have no answer."""
        raise Unrecorded(request.task.name)
