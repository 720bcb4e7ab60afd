"""Limits of a run, over the journal's totals, so that a resume can't reset them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from reasoners.errors import LimitReached
from reasoners.journal import Totals


@dataclass(frozen=True)
class Limits:
    """The most that a run may use; None: no limit. ``max_minutes`` is wall time over all resumes."""

    max_calls: int | None = None
    max_usd: float | None = None
    max_minutes: float | None = None


class Meter:
    """Holds a run to its limits: reserves before a call, settles after, so calls in flight count."""

    def __init__(self, limits: Limits, used: Totals) -> None:
        self._limits, self._calls, self._cost, self._before = limits, used.calls, used.cost_usd, used.seconds
        self._unpriced = used.unpriced_calls
        self._in_flight = 0
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Wall time used, earlier resumes included."""
        return self._before + time.monotonic() - self._started

    def reserve(self) -> None:
        """Take one call out of what is left.

        Raises:
            LimitReached: nothing is left; the message names the limit and how to go on.
        """
        limits = self._limits
        if limits.max_calls is not None and self._calls + self._in_flight >= limits.max_calls:
            raise LimitReached(f"{self._calls + self._in_flight} of {limits.max_calls} calls are used; resume with a larger --max-calls")
        if limits.max_usd is not None and self._cost >= limits.max_usd:
            raise LimitReached(f"${self._cost:.4f} of ${limits.max_usd:.2f} are spent; resume with a larger --max-usd")
        if limits.max_usd is not None and self._unpriced:
            raise LimitReached(
                f"{self._unpriced} calls have no known price, so ${limits.max_usd:.2f} can't be kept to; "
                "give the model's price, or start with --max-calls instead of --max-usd"
            )
        if limits.max_minutes is not None and self.seconds >= 60 * limits.max_minutes:
            raise LimitReached(f"{self.seconds / 60:.1f} of {limits.max_minutes:g} minutes are used; resume with a larger --max-minutes")
        self._in_flight += 1

    def settle(self, cost_usd: float | None) -> None:
        """Count a call that came back."""
        self._in_flight -= 1
        self._calls += 1
        self._cost += cost_usd or 0.0
        self._unpriced += cost_usd is None

    def release(self) -> None:
        """Give back a reservation whose call was never made or was cancelled."""
        self._in_flight -= 1
