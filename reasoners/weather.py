"""Provider weather: one wait for all calls of a run when a provider asks for less, and a breaker for when it is down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

STREAK: Final = 5
"""Failures in a row, over all calls, after which the breaker opens."""
FIRST_PAUSE_S: Final = 15.0
LONGEST_PAUSE_S: Final = 300.0
COUNTDOWN_S: Final = 5.0


class Weather:
    """What all calls to one provider know of how it is.

    After a 429 nobody asks before the time that the provider named, and half as many ask at once; every success lets one more in by and
    by (additive increase, multiplicative decrease). After `STREAK` failures in a row the breaker opens: all wait, told by a countdown;
    then one call tries; if it fails the pause doubles. When the pauses add up to ``outage`` seconds without one success, the provider
    counts as down.
    """

    def __init__(self, *, concurrency: int, outage: float, patience: float = 1.0, note: Callable[[str], None] = lambda _: None) -> None:
        self._most, self._allowed = concurrency, float(concurrency)
        self._outage, self._patience, self._note = outage, patience, note
        self._asking = 0
        self._changed = asyncio.Condition()
        self._not_before = 0.0
        self._failures = 0
        self._paused = 0.0
        self._pause = FIRST_PAUSE_S
        self._probing = False
        self.successes = 0
        self.down = False
        """Whether the provider has been failing for longer than is waited for."""

    @property
    def allowed(self) -> int:
        """How many may ask at once now."""
        return max(1, int(self._allowed))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until this call may ask, and hold its place."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._asking < self.allowed and not (self._probing and self._asking))
            self._asking += 1
        try:
            await self._clear()
            yield
        finally:
            async with self._changed:
                self._asking -= 1
                self._changed.notify_all()

    async def _clear(self) -> None:
        while (left := self._not_before - time.monotonic()) > 0:
            if self._probing and left > COUNTDOWN_S:
                self._note(f"the provider is paused: {self._failures} failures in a row; next try in {left:.0f} s")
            await asyncio.sleep(min(left, COUNTDOWN_S))

    def fine(self) -> None:
        """Note a success: the sky is clear, and a little more may be asked at once."""
        if self._failures >= STREAK:
            self._note("the provider answers again")
        self.successes += 1
        self._failures, self._paused, self._pause, self._probing = 0, 0.0, FIRST_PAUSE_S, False
        self.down = False
        self._allowed = min(float(self._most), self._allowed + 1 / self._allowed)

    def failed(self, *, wait: float | None, slow_down: bool) -> None:
        """Note a failure that may pass. ``wait``: seconds that the provider asks for; ``slow_down``: it said that it is asked too much."""
        self._failures += 1
        if slow_down:
            self._allowed = max(1.0, self._allowed / 2)
        if wait:
            self._hold(wait)
        paused = self._probing and time.monotonic() < self._not_before  # a call that was begun before the breaker opened
        if self._failures >= STREAK and self._paused >= self._outage:
            self.down = True
        elif self._failures >= STREAK and not paused:
            self._probing, self._allowed = True, 1.0
            pause = min(self._pause, max(self._outage - self._paused, 1.0))
            self._paused += pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE_S)
            self._hold(pause)
        if wait:
            self._hold(wait)

    def _hold(self, seconds: float) -> None:
        self._not_before = max(self._not_before, time.monotonic() + self._patience * seconds)
