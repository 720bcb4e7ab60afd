"""Answering by functions of our own, without any model: the baseline and scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from prompts.tasks.base import Output
from reasoners.errors import Unconfigured
from reasoners.requests import Attempt, Completion, Request
from reasoners.unpaid import UnpaidAnswerer

Method = Callable[[Any], Output]
"""From a task's inputs to its output."""


class LocalAnswerer(UnpaidAnswerer):
    """Answers each task by a function."""

    def __init__(self, name: str, methods: Mapping[str, Method]) -> None:
        super().__init__(name)
        self.methods = methods

    async def complete(self, request: Request) -> Completion:
        """Run the task's function in a thread, so that others can go on meanwhile."""
        method = self.methods.get(request.task.name)
        if method is None:
            raise Unconfigured(f"{self._name} has no way to answer {request.task.name}")
        output = await asyncio.to_thread(method, request.inputs)
        return Completion(output.model_dump_json(), self._name, (Attempt("ok"),))
