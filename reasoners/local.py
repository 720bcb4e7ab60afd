"""Answering by functions of our own, without any model: the baseline and scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from prompts.tasks.base import Output, Role
from reasoners.errors import Unconfigured
from reasoners.requests import Attempt, Completion, Request, Usage

Method = Callable[[Any], Output]
"""From a task's inputs to its output."""


class LocalAnswerer:
    """Answers each task by a function."""

    def __init__(self, name: str, methods: Mapping[str, Method]) -> None:
        self._name, self.methods = name, methods

    @property
    def name(self) -> str:
        """Who judges."""
        return self._name

    def model_for(self, role: Role) -> str:
        """Return the same name for every role."""
        del role
        return self._name

    def settings_for(self, role: Role) -> Mapping[str, str | int | float | bool]:
        """Return nothing: functions have no settings."""
        del role
        return {}

    def estimate(self, request: Request) -> Usage:
        """Return nothing: functions cost nothing."""
        del request
        return Usage()

    async def complete(self, request: Request) -> Completion:
        """Run the task's function in a thread, so that others can go on meanwhile."""
        method = self.methods.get(request.task.name)
        if method is None:
            raise Unconfigured(f"{self._name} has no way to answer {request.task.name}")
        output = await asyncio.to_thread(method, request.inputs)
        return Completion(output.model_dump_json(), self._name, (Attempt("ok"),))
