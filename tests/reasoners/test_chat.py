"""The chat path against a real server that speaks the protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prompts.tasks.base import Role
from prompts.tasks.ingestion import MATCH, ClaimPair, MatchInputs, Sameness
from reasoners.chat import ChatAnswerer
from reasoners.errors import BadCredentials, ContextOverflow, InvalidAnswer, LimitReached, ProviderDown, Refusal, Unanswered
from reasoners.journal import Journal
from reasoners.limits import Limits, Meter
from reasoners.reasoner import Reasoner
from tests.reasoners.fake_openai import FakeOpenAI, fake_openai

KEY = "sk-planted-secret-0123456789"
INPUTS = MatchInputs(question="Does the dam leak?", pairs=(ClaimPair(first="The dam leaks.", second="Water comes through."),))
GOOD = json.dumps({"verdicts": [{"verdict": "same", "reason": "two wordings"}]})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    """A fake provider, and the key that the client sends it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with fake_openai(lambda _: GOOD) as fake:
        yield fake


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal of its own."""
    opened = Journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def reasoner(server: FakeOpenAI, journal: Journal, limits: Limits | None = None) -> Reasoner:
    """A chat reasoner that doesn't wait between tries."""
    answerer = ChatAnswerer(dict.fromkeys(Role, "openai:fake-1"), base_url=server.url, patience=0.0, timeout=5)
    return Reasoner(answerer, journal, Meter(limits or Limits(), journal.totals()), concurrency=2)


async def ask(asked: Reasoner, **more: Any) -> Any:
    """Ask the one question of these tests."""
    return await asked.answer(MATCH, INPUTS, **more)


async def test_an_answer_is_validated_and_journalled(server: FakeOpenAI, journal: Journal) -> None:
    """The schema travels with the request, the answer comes back typed, and the model's name is the provider's."""
    output = await ask(reasoner(server, journal))
    assert output.verdicts[0].verdict is Sameness.SAME
    assert server.requests[0]["response_format"]["json_schema"]["name"] == "Matches"
    assert [(call.model, call.outcome, call.attempts) for call in journal.calls()] == [("fake-1", "ok", 1)]


@pytest.mark.parametrize(
    "faults", [["429"], ["500", "500"], ["cut"], ["garbage"], ["schema"], ["length"], ["no_schema"], ["fence"], ["429", "garbage", "500"]]
)
async def test_what_can_pass_is_tried_again(server: FakeOpenAI, journal: Journal, faults: list[str]) -> None:
    """Weather, broken connections and wrong forms are tried again, and tokens reported are tokens served."""
    server.script = list(faults)
    assert (await ask(reasoner(server, journal))).verdicts
    totals = journal.totals()
    assert totals.calls == 1
    assert totals.unpriced_calls == 1, "a price that isn't known is never told as free"
    lost = 11 if "cut" in faults else 0
    assert totals.input_tokens == server.input_tokens - lost


async def test_the_model_is_told_what_was_wrong(server: FakeOpenAI, journal: Journal) -> None:
    """The repair round quotes the mistake back."""
    server.script = ["schema"]
    await ask(reasoner(server, journal))
    told = server.requests[1]["messages"][-1]["content"]
    assert "can't be used" in told
    assert "verdicts" in told


@pytest.mark.parametrize(
    ("faults", "kind", "calls"),
    [
        (["refusal"], Refusal, 1),
        (["filter"], Refusal, 1),
        (["overflow"], ContextOverflow, 1),
        (["garbage", "garbage"], InvalidAnswer, 2),
        (["length", "length"], InvalidAnswer, 2),
    ],
)
async def test_what_cannot_pass_stays_unanswered(
    server: FakeOpenAI, journal: Journal, faults: list[str], kind: type[Unanswered], calls: int
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


async def test_a_provider_that_stays_down_stops_the_run_and_is_asked_again(server: FakeOpenAI, journal: Journal) -> None:
    """A bad night is no answer: nothing is journalled, and the resumed run gets its answer."""
    server.script = ["500"] * 5
    with pytest.raises(ProviderDown):
        await ask(reasoner(server, journal))
    assert journal.totals().calls == 0
    assert (await ask(reasoner(server, journal))).verdicts


async def test_a_refused_key_stops_the_run_and_is_never_shown(server: FakeOpenAI, journal: Journal, tmp_path: Path) -> None:
    """A 401 is for the human; the key stands in no error and no file."""
    server.script = ["401"]
    with pytest.raises(BadCredentials) as problem:
        await ask(reasoner(server, journal))
    server.script = ["500", "garbage"]
    await ask(reasoner(server, journal))
    assert KEY in server.keys[0]
    assert KEY not in str(problem.value)
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.iterdir())


async def test_a_journalled_call_is_not_made_again(server: FakeOpenAI, journal: Journal) -> None:
    """Another reasoner over the same journal answers from it; another repeat is another call."""
    first = await ask(reasoner(server, journal))
    assert await ask(reasoner(server, journal)) == first
    assert len(server.requests) == 1
    await ask(reasoner(server, journal), repeat=1)
    assert len(server.requests) == 2


async def test_the_same_question_at_once_is_one_call(server: FakeOpenAI, journal: Journal) -> None:
    """Those who ask the same at the same time share the answer."""
    asked = reasoner(server, journal)
    await asyncio.gather(*(ask(asked) for _ in range(5)))
    assert len(server.requests) == 1


async def test_limits_hold_over_resumes(server: FakeOpenAI, journal: Journal) -> None:
    """A fan-out doesn't overshoot, and a new process doesn't begin at zero."""
    asked = reasoner(server, journal, Limits(max_calls=2))
    found = await asyncio.gather(*(ask(asked, repeat=number) for number in range(6)), return_exceptions=True)
    assert sum(isinstance(one, LimitReached) for one in found) == 4
    with pytest.raises(LimitReached):
        await ask(reasoner(server, journal, Limits(max_calls=2)), repeat=9)
    assert len(server.requests) == 2
