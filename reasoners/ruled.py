"""Some roles answered by rule, the rest by whoever answers else: what an agent adds shows when it goes on without a language model."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from prompts.tasks.base import Role
from reasoners.exchange import ExchangeAnswerer
from reasoners.reasoner import Answerer
from reasoners.requests import Completion, Request, Usage


class RuledAnswerer:
    """Hands the tasks of some roles to ``rules`` and all others to ``other``."""

    def __init__(self, other: Answerer, rules: Answerer, roles: Collection[Role]) -> None:
        self.other, self.rules, self.roles = other, rules, frozenset(roles)

    @property
    def name(self) -> str:
        """Name both, and what the rules answer."""
        return f"{self.other.name}; {', '.join(sorted(self.roles))} by {self.rules.name}"

    def _for(self, role: Role) -> Answerer:
        return self.rules if role in self.roles else self.other

    def model_for(self, role: Role) -> str:
        """Name the model that a role maps to."""
        return self._for(role).model_for(role)

    def settings_for(self, role: Role) -> Mapping[str, str | int | float | bool]:
        """Return what shapes the role's answers beside the prompt."""
        return self._for(role).settings_for(role)

    def estimate(self, request: Request) -> Usage:
        """Estimate what a call will use; nothing if it goes by rule."""
        return self._for(request.task.role).estimate(request)

    async def complete(self, request: Request) -> Completion:
        """Answer once.

        Raises:
            RunStops: nothing more can be answered now.
        """
        return await self._for(request.task.role).complete(request)


def exchange_of(answerer: Answerer) -> ExchangeAnswerer | None:
    """Return the exchange that questions wait in, if there is one."""
    inner = answerer.other if isinstance(answerer, RuledAnswerer) else answerer
    return inner if isinstance(inner, ExchangeAnswerer) else None
