"""Trying again what may pass: a server that is busy, that fails, or that doesn't answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_exponential

TRIES: Final = 3
LONGEST_WAIT: Final = 30.0
"""Seconds that a server may ask us to wait before the next try."""

T = TypeVar("T")


class Again(Exception):
    """A failure that may pass. ``wait``: seconds that the server asks for."""

    def __init__(self, problem: str, wait: float | None = None) -> None:
        super().__init__(problem)
        self.wait = wait


async def retried(attempt: Callable[[], Awaitable[T]], *, patience: float) -> T:
    """Try up to `TRIES` times, waiting as the server asks and no longer than `LONGEST_WAIT`; ``patience`` scales the waits (tests: 0).

    Raises:
        Again: the last try failed too. All else that an attempt raises passes at once.
    """

    def pause(state: RetryCallState) -> float:
        problem = state.outcome.exception() if state.outcome else None
        asked = problem.wait if isinstance(problem, Again) else None
        return patience * (min(asked, LONGEST_WAIT) if asked is not None else wait_exponential(max=8)(state))

    async for one in AsyncRetrying(retry=retry_if_exception_type(Again), stop=stop_after_attempt(TRIES), wait=pause, reraise=True):
        with one:
            return await attempt()
    raise AssertionError("tenacity returns or raises")


def seconds_asked(retry_after: str) -> float | None:
    """Read a Retry-After header, seconds or a date (RFC 9110, 10.2.3); None if it says nothing that can be read."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until.tzinfo else None
