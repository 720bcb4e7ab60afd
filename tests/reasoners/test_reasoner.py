"""A question is asked once a run: killed, resumed, asked twice at once, cancelled."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from prompts.tasks.base import Role
from prompts.tasks.ingestion import Matches, MatchInputs, SameClaims
from reasoners.errors import InvalidAnswer, Unanswered, Unconfigured
from reasoners.journal import Journal, Totals
from reasoners.limits import Limits, Meter
from reasoners.local import LocalAnswerer
from reasoners.reasoner import Reasoner
from reasoners.requests import Attempt, Completion, Request, Usage
from reasoners.scripted import ScriptedAnswerer
from tests.reasoners.questions import ask

ROOT = Path(__file__).resolve().parents[2]
NOTHING = Totals(0, 0, 0, 0, 0.0, 0, 0.0)
PROGRAM = """
import asyncio, sys
from pathlib import Path
from tests.reasoners.test_reasoner import run
asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2])))
"""


def same(inputs: MatchInputs) -> Matches:
    """Answer that all claims are one."""
    return Matches(groups=(SameClaims(claims=tuple(one.number for one in inputs.claims), reason="as scripted"),))


def scripted(journal: Journal, limits: Limits | None = None, **more: Any) -> tuple[ScriptedAnswerer, Reasoner]:
    """A reasoner over a script, and the script."""
    answerer = ScriptedAnswerer({"ingestion/match": same}, **more)
    return answerer, Reasoner(answerer, journal, Meter(limits or Limits(), journal.totals()), concurrency=2)


async def run(path: Path, kill_at: int) -> None:
    """Ask ten questions over a journal, and print each that is asked; die at the n-th."""
    asked = 0

    def before(request: Request) -> None:
        nonlocal asked
        asked += 1
        if asked == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        print(request.key, flush=True)  # noqa: T201  # the parent reads it

    journal = Journal.at(path, "run")
    _, reasoner = scripted(journal, before=before)
    for repeat in range(10):
        await ask(reasoner, repeat=repeat)
    journal.close()


def process(path: Path, kill_at: int) -> tuple[int, list[str]]:
    """Run that in a process of its own: its exit code and the keys that it asked."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path), str(kill_at)], capture_output=True, text=True, cwd=ROOT, check=False)
    return done.returncode, done.stdout.split()


def test_a_killed_process_loses_no_answer(tmp_path: Path) -> None:
    """SIGKILL at the fifth call: the next process asks the six that have no answer, and none twice."""
    code, before = process(tmp_path / "journal.db", 5)
    assert code == -signal.SIGKILL
    code, after = process(tmp_path / "journal.db", 0)
    assert code == 0
    assert (len(before), len(after)) == (4, 6)
    assert not set(before) & set(after)


async def test_the_names_are_those_of_who_answers(journal: Journal) -> None:
    """A reasoner is called as its answerer, for every role."""
    answerer, reasoner = scripted(journal)
    assert reasoner.name == answerer.name == "scripted"
    assert {answerer.model_for(role) for role in Role} == {"scripted"}
    assert (await ask(reasoner, step="ingest")).groups[0].claims == (1, 2)
    assert [(call.step, call.role, call.model) for call in journal.calls()] == [("ingest", "extract", "scripted")]


async def test_a_waiter_that_is_cancelled_leaves_the_call_to_the_others(journal: Journal) -> None:
    """The call is shared, not owned by who came first; what was paid for is kept."""
    gate = asyncio.Event()

    class Slow(ScriptedAnswerer):
        async def complete(self, request: Request) -> Completion:
            await gate.wait()
            return await super().complete(request)

    answerer = Slow({"ingestion/match": same})
    reasoner = Reasoner(answerer, journal, Meter(Limits(), journal.totals()))
    first, second = (asyncio.create_task(ask(reasoner)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    assert (await second).groups
    assert len(answerer.asked) == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_settling_keeps_what_was_begun_and_drops_what_waits(journal: Journal) -> None:
    """At a stop two calls are in flight and eight wait for a slot: two answers are journalled, no more are asked."""
    _, reasoner = scripted(journal)
    asking = [asyncio.create_task(ask(reasoner, repeat=number)) for number in range(10)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await reasoner.settle(5)
    ended = await asyncio.gather(*asking, return_exceptions=True)
    assert journal.totals().calls == 2
    assert sum(isinstance(one, asyncio.CancelledError) for one in ended) == 8


async def test_an_error_of_a_method_is_no_answer_and_gives_its_call_back(journal: Journal) -> None:
    """A defect is raised as it is, nothing is journalled, and the limit isn't used up by it."""
    failing = [True]

    def before(_: Request) -> None:
        if failing.pop() if failing else False:
            raise ZeroDivisionError("a defect")

    _, reasoner = scripted(journal, Limits(max_calls=1), before=before)
    with pytest.raises(ZeroDivisionError):
        await ask(reasoner)
    assert (await ask(reasoner)).groups


async def test_a_journalled_failure_is_met_again_as_the_same(journal: Journal) -> None:
    """A resumed run takes the same way, without asking."""

    class Failing(LocalAnswerer):
        async def complete(self, request: Request) -> Completion:
            return Completion("", "failing", (Attempt("unanswered", "400", Usage(2, 0, 0.0)),), "unanswered", "BadRequest 400")

    answerer = Failing("failing", {})
    for _ in range(2):
        with pytest.raises(Unanswered, match="BadRequest 400"):
            await ask(Reasoner(answerer, journal, Meter(Limits(), journal.totals())))
    assert journal.totals().calls == 1


async def test_an_answer_of_another_form_is_refused_whoever_gives_it(journal: Journal) -> None:
    """The baseline and scripts are validated like models."""
    answerer = LocalAnswerer("wrong", {"ingestion/match": lambda _: Matches(groups=(SameClaims(claims=(1, 3), reason="as scripted"),))})
    with pytest.raises(InvalidAnswer, match="no claim 3"):
        await ask(Reasoner(answerer, journal, Meter(Limits(), journal.totals())))


async def test_a_task_without_a_method_stops_the_run(journal: Journal) -> None:
    """It is named; nothing is made up."""
    with pytest.raises(Unconfigured, match="ingestion/match"):
        await ask(Reasoner(LocalAnswerer("empty", {}), journal, Meter(Limits(), NOTHING)))
