"""The chat path against a real server that speaks the protocol."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from prompts.tasks.base import Role
from prompts.tasks.ingestion import MATCH
from reasoners.chat import ChatAnswerer
from reasoners.errors import (
    BadCredentials,
    ContextOverflow,
    InvalidAnswer,
    LimitReached,
    ProviderDown,
    Refusal,
    RunStops,
    Truncated,
    Unanswered,
    Unconfigured,
)
from reasoners.journal import Journal
from reasoners.limits import Limits
from reasoners.prices import Price
from reasoners.simulated import SimulatedProvider
from tests.reasoners.questions import INPUTS, KEY, ask, reasoner


async def test_an_answer_is_validated_and_journalled(server: SimulatedProvider, journal: Journal) -> None:
    """The schema travels with the request, the answer comes back typed, and the model's name is the provider's."""
    output = await ask(reasoner(server, journal))
    assert output.groups[0].claims == (1, 2)
    assert server.requests[0]["response_format"]["json_schema"]["name"] == "Matches"
    assert [(call.model, call.outcome, call.attempts) for call in journal.calls()] == [("fake-1", "ok", 1)]


@pytest.mark.parametrize(
    "faults",
    [
        ["429"],
        ["500", "500"],
        ["cut"],
        ["garbage"],
        ["schema"],
        ["length"],
        ["no_schema"],
        ["fence"],
        ["thought"],
        ["empty"],
        ["router"],
        ["huge"],
        ["429", "garbage", "500"],
    ],
)
async def test_what_can_pass_is_tried_again(server: SimulatedProvider, journal: Journal, faults: list[str]) -> None:
    """Weather, broken connections and wrong forms are tried again, and tokens reported are tokens served."""
    server.script = list(faults)
    assert (await ask(reasoner(server, journal))).groups
    totals = journal.totals()
    assert totals.calls == 1
    assert totals.unpriced_calls == 1, "a price that isn't known is never told as free"
    lost = 11 if "cut" in faults else 0
    assert totals.input_tokens == server.input_tokens - lost


async def test_the_model_is_told_what_was_wrong(server: SimulatedProvider, journal: Journal) -> None:
    """The repair round quotes the mistake back."""
    server.script = ["schema"]
    await ask(reasoner(server, journal))
    told = server.requests[1]["messages"][-1]["content"]
    assert "can't be used" in told
    assert "groups" in told


@pytest.mark.parametrize(
    ("faults", "kind", "calls"),
    [
        (["refusal"], Refusal, 1),
        (["filter"], Refusal, 1),
        (["overflow"], ContextOverflow, 1),
        (["garbage", "garbage"], InvalidAnswer, 2),
        (["length", "length"], Truncated, 2),
    ],
)
async def test_what_cannot_pass_stays_unanswered(
    server: SimulatedProvider, journal: Journal, faults: list[str], kind: type[Unanswered], calls: int
) -> None:
    """Each failure ends as its own kind after so many requests, and a resumed run meets it again without asking."""
    server.script = list(faults)
    with pytest.raises(kind):
        await ask(reasoner(server, journal))
    assert len(server.requests) == calls
    with pytest.raises(kind):
        await ask(reasoner(server, journal))
    assert len(server.requests) == calls
    assert journal.totals().input_tokens == server.input_tokens


async def test_a_provider_that_stays_down_stops_the_run_and_is_asked_again(server: SimulatedProvider, journal: Journal) -> None:
    """A bad night is no answer: nothing is journalled, and the resumed run gets its answer."""
    server.script = ["500"] * 6
    with pytest.raises(ProviderDown, match="openai has been failing for too long"):
        await ask(reasoner(server, journal, outage=15))
    assert len(server.requests) == 6
    assert journal.totals().calls == 0
    assert (await ask(reasoner(server, journal))).groups


async def test_a_question_that_always_fails_is_given_up_while_others_are_answered(server: SimulatedProvider, journal: Journal) -> None:
    """A provider that breaks on one prompt doesn't end the run: that question stays unanswered."""
    server.breaks_on = "repeat me"
    server.pause = 0.01
    asked = reasoner(server, journal)
    broken = INPUTS.model_copy(update={"question": "repeat me"})
    fine = asyncio.gather(*(ask(asked, repeat=number) for number in range(30)))
    with pytest.raises(Unanswered, match="while it answered others"):
        await asked.answer(MATCH, broken)
    assert len(await fine) == 30


@pytest.mark.parametrize("fault", ["refusal", "overflow", "404x"])
async def test_the_next_model_of_a_role_is_asked_where_the_first_gives_no_answer(
    server: SimulatedProvider, journal: Journal, fault: str
) -> None:
    """A refusal or a prompt that is too long goes to the next; a wrong name stops the run. All attempts are kept with their model."""
    server.script = [fault.removesuffix("x")]
    asked = reasoner(server, journal, models="openai:first,openai:second")
    if fault == "404x":
        with pytest.raises(Unconfigured, match="openai:first"):
            await ask(asked)
        return
    assert (await ask(asked)).groups
    assert [attempt.model for attempt in journal.attempts(1)] == ["openai:first", "openai:second"]
    assert [request["model"] for request in server.requests] == ["first", "second"]


async def test_a_call_in_flight_when_the_process_dies_is_paid_for(server: SimulatedProvider, journal: Journal) -> None:
    """Its estimate is counted once on resume, as lost; a call that came back is not counted again."""
    prices = {"openai:fake-1": Price(input_usd=1_000_000, output_usd=0)}
    server.pause = 5.0
    hanging = asyncio.create_task(ask(reasoner(server, journal, prices=prices)))
    await asyncio.to_thread(server.busy.wait)
    hanging.cancel()
    assert journal.totals().calls == 0
    assert [journal.count_lost(), journal.count_lost()] == [1, 0]
    totals = journal.totals()
    assert (totals.calls, totals.lost_calls) == (1, 1)
    assert totals.cost_usd == totals.input_tokens > 100
    server.pause = 0.0
    assert (await ask(reasoner(server, journal, prices=prices))).groups
    assert journal.count_lost() == 0


async def test_a_refused_key_stops_the_run_and_is_never_shown(server: SimulatedProvider, journal: Journal, tmp_path: Path) -> None:
    """A 401 is for the human; the key stands in no error and no file."""
    server.script = ["401"]
    with pytest.raises(BadCredentials) as problem:
        await ask(reasoner(server, journal))
    server.script = ["500", "garbage"]
    await ask(reasoner(server, journal))
    assert KEY in server.keys[0]
    assert KEY not in str(problem.value)
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.iterdir())


async def test_a_journalled_call_is_not_made_again(server: SimulatedProvider, journal: Journal) -> None:
    """Another reasoner over the same journal answers from it; another repeat is another call."""
    first = await ask(reasoner(server, journal))
    assert await ask(reasoner(server, journal)) == first
    assert len(server.requests) == 1
    await ask(reasoner(server, journal), repeat=1)
    assert len(server.requests) == 2


async def test_the_same_question_at_once_is_one_call(server: SimulatedProvider, journal: Journal) -> None:
    """Those who ask the same at the same time share the answer."""
    asked = reasoner(server, journal)
    await asyncio.gather(*(ask(asked) for _ in range(5)))
    assert len(server.requests) == 1


async def test_limits_hold_over_resumes(server: SimulatedProvider, journal: Journal) -> None:
    """A fan-out doesn't overshoot, and a new process doesn't begin at zero."""
    asked = reasoner(server, journal, Limits(max_calls=2))
    found = await asyncio.gather(*(ask(asked, repeat=number) for number in range(6)), return_exceptions=True)
    assert sum(isinstance(one, LimitReached) for one in found) == 4
    with pytest.raises(LimitReached):
        await ask(reasoner(server, journal, Limits(max_calls=2)), repeat=9)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("refuses", "sent"),
    [
        ({"json_schema"}, "tools"),
        ({"json_schema", "tools"}, "response_format"),
        ({"json_schema", "tools", "json_object"}, "messages"),
    ],
)
async def test_a_server_is_asked_in_a_way_that_it_takes(server: SimulatedProvider, journal: Journal, refuses: set[str], sent: str) -> None:
    """From schema to tool call to JSON mode to plain words, also if several find out at once; the way that worked is kept."""
    server.refuses = refuses
    server.pause = 0.05
    asked = reasoner(server, journal)
    assert all(one.groups for one in await asyncio.gather(*(ask(asked, repeat=number) for number in range(4))))
    before = len(server.requests)
    await ask(asked, repeat=9)
    assert len(server.requests) == before + 1
    assert sent in server.requests[-1]
    in_words = "by this schema" in server.requests[-1]["messages"][-1]["content"]
    assert in_words == ("tools" in refuses), "a model that gets no schema otherwise gets it in words"


async def test_a_model_that_takes_no_temperature_is_asked_without(server: SimulatedProvider, journal: Journal) -> None:
    """Some models refuse any temperature; the request is made again without, and so are those after it."""
    server.refuses = {"temperature"}
    asked = reasoner(server, journal)
    await asyncio.gather(*(ask(asked, repeat=number) for number in range(3)))
    await ask(asked, repeat=9)
    assert "temperature" not in server.requests[-1]
    assert "json_schema" in server.requests[-1]["response_format"]


async def test_the_repair_shows_the_schema(server: SimulatedProvider, journal: Journal) -> None:
    """A server that took the schema and ignored it gives its model no chance otherwise."""
    server.script = ["garbage"]
    await ask(reasoner(server, journal))
    assert "by this schema" in server.requests[1]["messages"][-1]["content"]


async def test_a_slow_answer_is_given_up_and_asked_for_again(server: SimulatedProvider, journal: Journal) -> None:
    """A call that takes longer than the timeout is weather."""
    server.script = ["slow"]
    assert (await ask(reasoner(server, journal, timeout=0.2))).groups
    assert journal.calls()[0].attempts == 2


@pytest.mark.parametrize(
    ("fault", "kind", "word"),
    [("401", BadCredentials, "OPENAI_API_KEY"), ("404", Unconfigured, "base URL"), ("quota", LimitReached, "money")],
)
async def test_what_only_a_human_can_mend_stops_the_run(
    server: SimulatedProvider, journal: Journal, fault: str, kind: type[RunStops], word: str
) -> None:
    """It is said what to do, nothing is tried again, and the question is open on resume."""
    server.script = [fault]
    with pytest.raises(kind, match=word):
        await ask(reasoner(server, journal))
    assert len(server.requests) == 1
    assert (await ask(reasoner(server, journal))).groups


async def test_what_a_stopped_call_used_is_counted(server: SimulatedProvider, journal: Journal) -> None:
    """A paid answer, then a refused key: its tokens are in the totals, and the resumed run asks again."""
    server.script = ["garbage", "401"]
    with pytest.raises(BadCredentials):
        await ask(reasoner(server, journal))
    assert [(call.outcome, call.attempts) for call in journal.calls()] == [("stopped", 2)]
    await ask(reasoner(server, journal))
    totals = journal.totals()
    assert (totals.input_tokens, totals.output_tokens) == (server.input_tokens, server.output_tokens)


async def test_the_wait_that_a_provider_asks_for_is_kept_and_recorded(server: SimulatedProvider, journal: Journal) -> None:
    """Retry-After of 7 seconds, at a hundredth of our patience, is 0.07 seconds."""
    server.script = ["429"]
    asked = reasoner(server, journal, patience=0.01)
    await ask(asked)
    stored = journal.get(journal.calls()[0].key)
    assert stored is not None
    assert [(attempt.outcome, attempt.wait) for attempt in stored.attempts] == [("retry", pytest.approx(0.07)), ("ok", 0.0)]


async def test_a_price_makes_a_cost(server: SimulatedProvider, journal: Journal) -> None:
    """Tokens times the listed price of a million, wrong answers included."""
    server.script = ["garbage"]
    await ask(reasoner(server, journal, prices={"openai:fake-1": Price(input_usd=1_000_000, output_usd=2_000_000)}))
    assert journal.totals().cost_usd == pytest.approx(2 * (11 + 2 * 7))
    assert journal.totals().unpriced_calls == 0


async def test_the_output_limit_travels_with_the_request(server: SimulatedProvider, journal: Journal) -> None:
    """A small model that runs on is ended by its server."""
    await ask(reasoner(server, journal, max_output_tokens=99))
    assert 99 in {server.requests[0].get("max_tokens"), server.requests[0].get("max_completion_tokens")}


async def test_no_more_calls_at_once_than_allowed(server: SimulatedProvider, journal: Journal) -> None:
    """The semaphore is the reasoner's own: a fan-out of ten is two at a time."""
    server.pause = 0.03
    asked = reasoner(server, journal)
    await asyncio.gather(*(ask(asked, repeat=number) for number in range(10)))
    assert server.peak == 2


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no run; and no guess which variable it should be in."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(BadCredentials, match="OPENAI_API_KEY"):
        ChatAnswerer(dict.fromkeys(Role, "openai:fake-1"))


@pytest.mark.parametrize(("model", "word"), [("gpt-5", "PROVIDER:MODEL"), ("anthropic:claude", "extra")])
def test_a_model_that_cannot_be_set_up_says_what_is_missing(model: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without a provider, and a provider whose package isn't installed."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with pytest.raises(Unconfigured, match=word):
        ChatAnswerer(dict.fromkeys(Role, model))
