"""A scripted answerer for tests, shipped so that users can test their own prompts and graphs with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reasoners.local import LocalAnswerer, Method
from reasoners.requests import Completion, Request


class ScriptedAnswerer(LocalAnswerer):
    """Answers by the functions given and keeps every request. ``before`` runs first, and may raise or kill."""

    def __init__(self, methods: Mapping[str, Method], *, before: Callable[[Request], None] | None = None) -> None:
        super().__init__("scripted", methods)
        self.asked: list[Request] = []
        self._before = before

    async def complete(self, request: Request) -> Completion:
        """Note the request and answer it."""
        self.asked.append(request)
        if self._before is not None:
            self._before(request)
        return await super().complete(request)
