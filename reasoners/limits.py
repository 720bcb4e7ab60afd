"""Limits of a run and of its agents, over the journal's totals, so that a resume can't reset them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from reasoners.errors import LimitReached
from reasoners.journal import Totals
from reasoners.requests import Usage


class Limits(BaseModel):
    """The most that may be used; None: no limit. ``max_tokens`` counts input and output.

    ``max_minutes`` is wall time over all resumes for a run, and for an agent the time of its calls, one after another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    max_calls: int | None = Field(default=None, ge=0)
    max_usd: float | None = Field(default=None, ge=0)
    max_tokens: int | None = Field(default=None, ge=0)
    max_minutes: float | None = Field(default=None, ge=0)


@dataclass
class _Account:
    """What one holder of limits has used, and what its calls in flight are expected to use."""

    owner: str
    limits: Limits
    used: Totals
    calls: int = 0
    cost: float = 0.0
    tokens: int = 0
    unpriced: int = 0
    seconds: float = 0.0
    in_flight: int = 0
    reserved_cost: float = 0.0
    reserved_tokens: int = 0
    clock: float | None = field(default=None)

    def __post_init__(self) -> None:
        used = self.used
        self.calls, self.cost, self.unpriced, self.seconds = used.calls, used.cost_usd, used.unpriced_calls, used.seconds
        self.tokens = used.input_tokens + used.output_tokens

    def elapsed(self) -> float:
        return self.seconds + (time.monotonic() - self.clock if self.clock is not None else 0.0)

    def _raised(self, limit: str) -> str:
        """Say how to go on with a larger limit."""
        if self.owner:
            return f"resume with a larger limits.{self.owner}.{limit} in --config FILE"
        return f"resume with a larger --{limit.replace('_', '-')}"

    def exhausted(self, *, reserved: bool) -> str:
        """Say which limit is reached, counting the calls in flight or not; "" if none."""
        limits, more = self.limits, self.in_flight if reserved else 0
        cost = self.cost + (self.reserved_cost if reserved else 0.0)
        tokens = self.tokens + (self.reserved_tokens if reserved else 0)
        whose = f"{self.owner}'s " if self.owner else ""
        if limits.max_calls is not None and self.calls + more >= limits.max_calls:
            return f"{self.calls} of {whose}{limits.max_calls} calls are used; {self._raised('max_calls')}"
        if limits.max_usd is not None and self.unpriced:
            return (
                f"{self.unpriced} calls have no known price, so {whose}${limits.max_usd:.2f} can't be kept to; "
                "give the model's price in the configuration (prices), or limit calls or tokens instead of money"
            )
        if limits.max_usd is not None and cost >= limits.max_usd:
            return f"${self.cost:.4f} of {whose}${limits.max_usd:.2f} are spent; {self._raised('max_usd')}"
        if limits.max_tokens is not None and tokens >= limits.max_tokens:
            return f"{self.tokens} of {whose}{limits.max_tokens} tokens are used; {self._raised('max_tokens')}"
        if limits.max_minutes is not None and self.elapsed() >= 60 * limits.max_minutes:
            return f"{self.elapsed() / 60:.1f} of {whose}{limits.max_minutes:g} minutes are used; {self._raised('max_minutes')}"
        return ""


_NOTHING = Totals(0, 0, 0, 0, 0.0, 0, 0.0)


class Meter:
    """Holds a run and its agents to their limits: reserves before a call and settles after.

    While calls in flight may use up what is left, others wait for them; so the most that a fan-out can overshoot by is what the calls
    in flight use beyond their estimates. The wall clock is monotonic: time asleep in a suspended laptop is not used up.
    """

    def __init__(
        self, limits: Limits, used: Totals, *, agents: Mapping[str, Limits] | None = None, used_by: Mapping[str, Totals] | None = None
    ) -> None:
        self._run = _Account("", limits, used, clock=time.monotonic())
        self._agents = {name: _Account(name, own, (used_by or {}).get(name, _NOTHING)) for name, own in (agents or {}).items()}
        self._changed = asyncio.Condition()

    @property
    def seconds(self) -> float:
        """Wall time used, earlier resumes included."""
        return self._run.elapsed()

    @property
    def spent(self) -> str:
        """Which limit of the run is reached, in words; "" if none."""
        return self._run.exhausted(reserved=False)

    def _accounts(self, agent: str) -> list[_Account]:
        return [self._run, *([self._agents[agent]] if agent in self._agents else [])]

    async def reserve(self, agent: str, estimate: Usage) -> None:
        """Take a call out of what is left; wait while calls in flight may use that up.

        Raises:
            LimitReached: nothing is left; the message names the limit and how to go on.
        """
        accounts = self._accounts(agent)
        async with self._changed:
            while True:
                spent = next(filter(None, (account.exhausted(reserved=False) for account in accounts)), "")
                if spent:
                    raise LimitReached(spent)
                if not any(account.exhausted(reserved=True) for account in accounts):
                    break
                await self._changed.wait()
            for account in accounts:
                account.in_flight += 1
                account.reserved_cost += estimate.cost_usd or 0.0
                account.reserved_tokens += estimate.input_tokens + estimate.output_tokens

    async def settle(self, agent: str, estimate: Usage, used: Usage | None, *, seconds: float = 0.0) -> None:
        """Give a reservation back and count what the call used; None: it was never made."""
        async with self._changed:
            for account in self._accounts(agent):
                account.in_flight -= 1
                account.reserved_cost -= estimate.cost_usd or 0.0
                account.reserved_tokens -= estimate.input_tokens + estimate.output_tokens
                if used is not None:
                    account.calls += 1
                    account.cost += used.cost_usd or 0.0
                    account.unpriced += used.cost_usd is None
                    account.tokens += used.input_tokens + used.output_tokens
                    if account.clock is None:
                        account.seconds += seconds
            self._changed.notify_all()
