"""Limits hold over resumes, for the run and for each agent, and a fan-out can't run past them."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasoners.errors import LimitReached
from reasoners.journal import Totals
from reasoners.limits import Limits, Meter
from reasoners.requests import Usage

NOTHING = Totals(0, 0, 0, 0, 0.0, 0, 0.0)
CHEAP = Usage(10, 10, 0.1)


@pytest.mark.parametrize(
    ("limits", "used", "word"),
    [
        (Limits(max_calls=3), Totals(3, 3, 0, 0, 0.0, 0, 0.0), "--max-calls"),
        (Limits(max_usd=1.0), Totals(3, 3, 0, 0, 1.0, 0, 0.0), "--max-usd"),
        (Limits(max_usd=1.0), Totals(3, 3, 9, 9, 0.0, 2, 0.0), "no known price"),
        (Limits(max_tokens=18), Totals(3, 3, 9, 9, 0.0, 0, 0.0), "--max-tokens"),
        (Limits(max_minutes=2), Totals(0, 0, 0, 0, 0.0, 0, 120.0), "--max-minutes"),
    ],
)
async def test_a_limit_that_is_reached_is_named(limits: Limits, used: Totals, word: str) -> None:
    """By what was used in all processes of the run; and money that can't be counted isn't taken as kept to."""
    with pytest.raises(LimitReached, match=word):
        await Meter(limits, used).reserve("critic", Usage())


async def test_an_agent_at_its_limit_stops_and_is_named() -> None:
    """Its own calls count, those of others don't."""
    spent = {"critic": Totals(2, 2, 0, 0, 0.0, 0, 0.0)}
    meter = Meter(Limits(), NOTHING, agents={"critic": Limits(max_calls=2)}, used_by=spent)
    await meter.reserve("ingestion", CHEAP)
    with pytest.raises(LimitReached, match="critic's 2 calls"):
        await meter.reserve("critic", CHEAP)


async def test_a_call_waits_while_those_in_flight_may_use_up_what_is_left() -> None:
    """It goes on when one of them costs less than was feared, and stops when nothing is left."""
    meter = Meter(Limits(max_usd=0.2), NOTHING)
    for _ in range(2):
        await meter.reserve("critic", CHEAP)
    third = asyncio.create_task(meter.reserve("critic", CHEAP))
    await asyncio.sleep(0)
    assert not third.done()
    await meter.settle("critic", CHEAP, Usage(1, 1, 0.01))
    await asyncio.wait_for(third, 1)
    fourth = asyncio.create_task(meter.reserve("critic", CHEAP))
    await meter.settle("critic", CHEAP, Usage(1, 1, 0.25))
    with pytest.raises(LimitReached, match="--max-usd"):
        await fourth


async def test_a_reservation_that_was_never_used_comes_back() -> None:
    """A call that was cancelled before it was made is none."""
    meter = Meter(Limits(max_calls=1), NOTHING)
    await meter.reserve("critic", CHEAP)
    await meter.settle("critic", CHEAP, None)
    await meter.reserve("critic", CHEAP)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=60), st.integers(1, 8), st.integers(0, 200))
def test_a_fan_out_overshoots_by_no_more_than_the_calls_in_flight(costs: list[int], at_once: int, limit: int) -> None:
    """Whatever calls really cost, what is spent beyond the limit is at most what the calls then in flight cost."""

    async def spend() -> int:
        meter, spent, slots = Meter(Limits(max_usd=float(limit)), NOTHING), 0, asyncio.Semaphore(at_once)

        async def call(cost: int) -> None:
            nonlocal spent
            async with slots:
                await meter.reserve("critic", Usage(0, 0, 1.0))
                await asyncio.sleep(0)
                spent += cost
                await meter.settle("critic", Usage(0, 0, 1.0), Usage(0, 0, float(cost)))

        await asyncio.gather(*map(call, costs), return_exceptions=True)
        return spent

    assert asyncio.run(spend()) <= limit + at_once * max(costs)
