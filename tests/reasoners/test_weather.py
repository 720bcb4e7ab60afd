"""One provider's weather is felt by all calls of a run."""

from __future__ import annotations

import asyncio
import time

import pytest

from reasoners.weather import STREAK, Weather


async def test_a_429_holds_back_all_calls_and_halves_their_number() -> None:
    """Nobody asks before the time that the provider named; successes let more in again, one at a time."""
    weather = Weather(concurrency=8, outage=60)
    weather.failed(wait=0.2, slow_down=True)
    assert weather.allowed == 4
    began = time.monotonic()

    async def ask() -> float:
        async with weather.turn():
            return time.monotonic() - began

    assert min(await asyncio.gather(*(ask() for _ in range(6)))) >= 0.19
    for _ in range(6):
        weather.fine()
    assert weather.allowed == 5


async def test_failures_in_a_row_open_the_breaker_and_one_call_probes() -> None:
    """While it is open one call at a time asks; it tells how long it waits; a success closes it."""
    told: list[str] = []
    weather = Weather(concurrency=4, outage=600, patience=0.01, note=told.append)
    for _ in range(STREAK):
        weather.failed(wait=None, slow_down=False)
    now = peak = 0

    async def ask() -> None:
        nonlocal now, peak
        async with weather.turn():
            now += 1
            peak = max(peak, now)
            await asyncio.sleep(0.01)
            now -= 1

    await asyncio.gather(*(ask() for _ in range(4)))
    assert peak == 1
    weather.fine()
    assert told[-1] == "the provider answers again"
    assert not weather.down


@pytest.mark.parametrize(("outage", "pauses"), [(15, 1), (100, 3), (0, 0)])
async def test_a_provider_that_stays_down_is_given_up(outage: float, pauses: int) -> None:
    """Pauses of 15, 30, 60 ... seconds add up to the outage that is waited for."""
    weather = Weather(concurrency=4, outage=outage, patience=0.0)
    for _ in range(STREAK + pauses):
        weather.failed(wait=None, slow_down=False)
    assert weather.down
    weather.fine()
    assert not weather.down
