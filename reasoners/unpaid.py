"""Whoever answers without asking anybody: functions, a recording, a journal. One name, no settings, no cost."""

from __future__ import annotations

from collections.abc import Mapping

from prompts.tasks.base import Role
from reasoners.requests import Request, Usage


class UnpaidAnswerer:
    """All of an answerer but the answering."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        """Who judges."""
        return self._name

    def model_for(self, role: Role) -> str:
        """Return the same name for every role."""
        del role
        return self._name

    def settings_for(self, role: Role) -> Mapping[str, str | int | float | bool]:
        """Return nothing: there is nothing to set."""
        del role
        return {}

    def estimate(self, request: Request) -> Usage:
        """Return nothing: it costs nothing."""
        del request
        return Usage()
