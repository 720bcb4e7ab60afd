"""The crash test: kill a run at every boundary, journal write and commit and at random instants, resume it, and compare.

Each victim is a process of its own, forked from a server that has the program loaded. It counts its own writes and kills itself
(SIGKILL) just before or just after the one that it is told, or is killed from outside at an instant.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Pool, event

from cruxmap import investigating
from cruxmap.errors import RunError
from cruxmap.registry import Registry, Status
from cruxmap.settings import load_settings
from prompts.tasks.base import Role
from reasoners.baseline.answering import baseline
from reasoners.chat import ChatAnswerer
from reasoners.journal import Journal
from reasoners.reasoner import Answerer
from reasoners.requests import WITHOUT_ANSWER
from reasoners.scripted import ScriptedAnswerer
from reasoners.simulated import Fault, SimulatedProvider, simulated_provider
from sources.embedding import Embedder

CONCURRENCY: Final = 4
PATIENCE: Final = 0.02
"""Of the waits between tries: the provider is simulated, and its faults pass at once."""
SOONEST_S: Final = 0.05
_RUN: Final = "victim"
_PATIENCE_S: Final = 300.0


class Kind(StrEnum):
    """Who answers the victim's prompts."""

    SCRIPTED = "scripted"
    BASELINE = "baseline"
    CHAT = "chat"


class Place(StrEnum):
    """What a kill point is counted by."""

    BOUNDARY = "node boundary"
    JOURNAL = "journal write"
    COMMIT = "knowledge commit"
    INSTANT = "random instant"


@dataclass(frozen=True)
class Point:
    """Where to kill: before or after the ``number``-th of a place, or after ``seconds``."""

    place: Place
    number: int = 0
    after: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class Told:
    """A line of the test's output, and how many kill points it says failed."""

    text: str
    failed: int = 0


@dataclass
class _Cell:
    """What the kill points of one place came to."""

    points: int = 0
    killed: int = 0
    same: int = 0
    repeated: int = 0
    lost: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Whole:
    """What the uninterrupted run came to: digest, answers by key, writes by place, seconds."""

    digest: str
    answers: Mapping[str, str]
    prompts: Mapping[str, str]
    writes: Mapping[Place, int]
    seconds: float


def crash_test(case: Path, kinds: Sequence[Kind], *, points: int | None, instants: int, seed: int) -> Iterator[Told]:
    """Run the matrix and yield its table line by line; a failed cell is followed by its problems."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cruxmap-crash-")))
        server = Victims()
        yield Told(
            f"{'reasoner':<10}{'killed at':<18}{'points':>7}{'killed':>8}{'same digest':>13}{'repeated calls':>16}{'lost in flight':>16}"
        )
        for kind in kinds:
            provider = stack.enter_context(provider_of(case, scratch, server)) if kind is Kind.CHAT else None
            matrix = _Matrix(case, kind, scratch / kind.value, server, provider)
            for place, chosen in matrix.chosen(points, instants, random.Random(seed)):  # noqa: S311  # not a secret
                cell = matrix.tried(chosen)
                failed = cell.points - cell.same + len(cell.problems)
                yield Told(
                    f"{kind.value:<10}{place.value:<18}{cell.points:>7}{cell.killed:>8}{cell.same:>13}{cell.repeated:>16}{cell.lost:>16}",
                    failed,
                )
                yield from (Told(f"  {problem}") for problem in cell.problems)


class Victims:
    """Forks victims from a process that has the program loaded, and no threads yet."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["cruxmap.crashing"])

    def begin(self, job: Mapping[str, Any]) -> multiprocessing.process.BaseProcess:
        """Start a process that does a job: see `victim`."""
        process = self._context.Process(target=victim, args=(dict(job),), daemon=True)
        process.start()
        return process


class _Matrix:
    """All kill points of one kind of reasoner on one case."""

    def __init__(self, case: Path, kind: Kind, scratch: Path, server: Victims, provider: SimulatedProvider | None) -> None:
        self._case, self._kind, self._scratch, self._server, self._provider = case, kind, scratch, server, provider
        self._whole = uninterrupted(self._job(scratch / "whole"), server)

    def _job(self, home: Path) -> dict[str, Any]:
        return {"case": str(self._case), "home": str(home), "kind": self._kind.value, "url": self._provider.url if self._provider else ""}

    def chosen(self, points: int | None, instants: int, chance: random.Random) -> Iterator[tuple[Place, list[Point]]]:
        """Yield the kill points of each place, thinned out evenly to ``points``."""
        for place in (Place.BOUNDARY, Place.JOURNAL, Place.COMMIT):
            every = [Point(place, number, after) for number in range(1, self._whole.writes[place] + 1) for after in (False, True)]
            step = max(1, -(-len(every) // points)) if points else 1
            yield place, every[::step]
        times = [chance.uniform(0.0, self._whole.seconds) for _ in range(instants)]
        yield Place.INSTANT, [Point(Place.INSTANT, seconds=seconds) for seconds in times]

    def tried(self, points: Sequence[Point]) -> _Cell:
        """Kill at each point, resume, and compare with the uninterrupted run."""
        cell = _Cell()
        # One at a time where the provider counts what it served; two elsewhere, as many as have cores.
        with ThreadPoolExecutor(1 if self._provider else 2) as workers:
            for found in workers.map(self._attempt, enumerate(points)):
                cell.points += 1
                cell.killed += found.killed
                cell.same += found.same
                cell.repeated += found.repeated
                cell.lost += found.lost
                cell.problems += found.problems
        return cell

    def _attempt(self, numbered: tuple[int, Point]) -> _Cell:
        number, point = numbered
        cell = self._killed(number, point)
        while not cell.killed and point.place is Place.INSTANT and point.seconds > SOONEST_S:
            point = replace(point, seconds=point.seconds / 2)  # the run was over before: kill it earlier
            cell = self._killed(number, point)
        return cell

    def _killed(self, number: int, point: Point) -> _Cell:
        home = self._scratch / f"{point.place.name}-{number}"
        job = self._job(home)
        served = len(self._provider.served) if self._provider else 0
        process = self._server.begin({**job, "place": point.place.value, "number": point.number, "after": point.after})
        process.join(point.seconds if point.place is Place.INSTANT else _PATIENCE_S)
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join()
        before = _answers(home)
        survivor = self._server.begin({**job, "resume": True})
        survivor.join(_PATIENCE_S)
        cell = _Cell(killed=process.exitcode == -signal.SIGKILL)
        self._judge(cell, point, home, before, served)
        shutil.rmtree(home, ignore_errors=True)
        return cell

    def _judge(self, cell: _Cell, point: Point, home: Path, before: Mapping[str, str], served: int) -> None:
        result = result_of(home)
        where = f"{point.place.value} {point.number or f'{point.seconds:.2f} s'}{' after' if point.after else ''}"
        if result.get("digest") != self._whole.digest:
            cell.problems.append(f"{where}: {result.get('status')} {result.get('reason')} digest {str(result.get('digest'))[:12]}")
            return
        cell.same = 1
        after = _answers(home)
        if any(after.get(key) != started for key, started in before.items()):
            cell.problems.append(f"{where}: a journalled call was made again")
        if set(after) != set(self._whole.answers):
            cell.problems.append(f"{where}: the journal holds other questions than the uninterrupted run's")
        cell.lost = int(result["lost"])
        if self._provider:
            self._judge_budget(cell, where, result, self._provider.served[served:])

    def _judge_budget(self, cell: _Cell, where: str, result: Mapping[str, Any], served: Sequence[str]) -> None:
        """Compare what the provider served with what the journal counts: only calls in flight may be served twice, or be estimates."""
        good = Counter(text for text in served if text in set(self._whole.answers.values()))
        wanted = Counter(self._whole.answers.values())
        cell.repeated = sum((good - wanted).values())
        if cell.repeated > CONCURRENCY or cell.lost > CONCURRENCY:
            cell.problems.append(f"{where}: {cell.repeated} calls repeated, {cell.lost} lost, but only {CONCURRENCY} can be in flight")
        unaccounted = len(served) - int(result["answered"])
        if unaccounted < 0 or unaccounted > 2 * max(cell.lost, 0):
            cell.problems.append(
                f"{where}: {len(served)} answers were served, {result['answered']} are counted, {cell.lost} calls were lost"
            )


def _answers(home: Path) -> dict[str, str]:
    """Return when each journalled question was asked, by key; stopped and lost calls are none."""
    path = home / "runs" / _RUN / "journal.db"
    if not path.is_file():
        return {}
    journal = Journal.at(path, _RUN)
    try:
        return {call.key: call.started for call in journal.calls() if call.outcome not in WITHOUT_ANSWER}
    finally:
        journal.close()


def result_of(home: Path) -> dict[str, Any]:
    """Return what a victim that came to its end wrote; nothing if it was killed."""
    path = home / "result.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def uninterrupted(job: dict[str, Any], server: Victims) -> Whole:
    """Do a job without killing it.

    Raises:
        RunError: the run doesn't end well by itself.
    """
    began = time.monotonic()
    server.begin({**job, "count": True}).join(_PATIENCE_S)
    seconds = time.monotonic() - began
    home = Path(job["home"])
    result = result_of(home)
    if result.get("status") != Status.DONE:
        raise RunError(f"the uninterrupted run of {job['case']} is {result.get('status')}: {result.get('reason')}")
    journal = Journal.at(home / "runs" / _RUN / "journal.db", _RUN)
    try:
        answers, prompts = {}, {}
        for call in journal.calls():
            words = journal.words(call.seq)
            assert words is not None
            answers[call.key], prompts[_question(words[0], words[1])] = words[2], words[2]
    finally:
        journal.close()
    writes = {Place(name): count for name, count in result["writes"].items()}
    return Whole(result["digest"], answers, prompts, writes, seconds)


# The provider


def provider_of(case: Path, scratch: Path, server: Victims) -> Any:
    """Serve the scripted run's answers on loopback, with faults that can pass."""
    home = scratch / "answers"
    job = {"case": str(case), "home": str(home), "kind": Kind.SCRIPTED.value, "url": ""}
    answers = uninterrupted(job, server).prompts
    asked: Counter[str] = Counter()

    def answer(body: dict[str, Any]) -> str:
        return answers[_question(*_said(body))]

    def faults(body: dict[str, Any]) -> Fault:
        question = _question(*_said(body))
        asked[question] += 1
        return _fault(question, asked[question])

    return simulated_provider(answer, faults, retry_after="1")


def _said(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["messages"][0]["content"], body["messages"][1]["content"]


def _question(system: str, user: str) -> str:
    return hashlib.sha256(f"{system}\0{user}".encode()).hexdigest()


def _fault(question: str, time_asked: int) -> Fault:
    """Give four questions in ten a fault at every odd time that they are asked: by chance, and the same in every run."""
    faults: tuple[Fault, ...] = ("429", "500", "cut", "garbage", "ok", "ok", "ok", "ok", "ok", "ok")
    return faults[int(question[:8], 16) % len(faults)] if time_asked % 2 else "ok"


# In the victim


class _Counter:
    """Counts a process's writes by place, and kills it at one of them."""

    def __init__(self, place: str, number: int, *, after: bool) -> None:
        self.writes: Counter[str] = Counter()
        self._place, self._number, self._after = place, number, after
        self._due = False

    def reached(self, place: Place) -> None:
        """Count, and die if this is the point."""
        self.writes[place.value] += 1
        if place.value == self._place and self.writes[place.value] == self._number:
            if not self._after:
                os.kill(os.getpid(), signal.SIGKILL)
            self._due = True

    def past(self) -> None:
        """Die if the write that was the point is over."""
        if self._due:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Listen to all commits of this process, and to all checkpoints."""

        def before_commit(connection: Connection) -> None:
            if connection.get_execution_options().get("readonly") or threading.current_thread().name == "lease":
                return
            journal = str(connection.engine.url.database).endswith("journal.db")
            self.reached(Place.JOURNAL if journal else Place.COMMIT)

        event.listen(Engine, "commit", before_commit)
        event.listen(Pool, "checkin", lambda *_: self.past())
        check = Journal.check_owner

        def at_boundary(journal: Journal) -> None:
            self.past()
            check(journal)
            self.reached(Place.BOUNDARY)

        setattr(Journal, "check_owner", at_boundary)  # noqa: B010  # this process lives for nothing else


def victim(job: dict[str, Any]) -> None:
    """Start or resume the run that a job describes; write what it came to beside it."""
    home = Path(job["home"])
    counter = _Counter(job.get("place", ""), job.get("number", 0), after=job.get("after", False))
    if not job.get("resume"):
        counter.watch()
    os.environ.update({"OPENAI_API_KEY": "simulated", "OMP_NUM_THREADS": "1"})
    settings = load_settings(None, {"home": home, "concurrency": CONCURRENCY, "reasoner": "baseline"})
    answerer: Answerer | None = None
    if job["kind"] == Kind.CHAT:
        models = dict.fromkeys(Role, "openai:simulated")
        answerer = ChatAnswerer(models, base_url=job["url"], patience=PATIENCE, concurrency=CONCURRENCY)
    elif job["kind"] == Kind.SCRIPTED:
        answerer = ScriptedAnswerer(baseline(Embedder()).methods)
    registry = Registry(home)
    if job.get("resume") and _RUN in {record.run for record in registry.all()}:
        outcome = investigating.resume(_RUN, registry, {}, accept=False, note=_silent, answerer=answerer)
    else:
        outcome = investigating.start(Path(job["case"]), settings, run=_RUN, note=_silent, answerer=answerer)
    journal = registry.open_journal(_RUN)
    try:
        answered = sum(attempt.usage.output_tokens > 0 for call in journal.calls() for attempt in journal.attempts(call.seq))
        lost = journal.totals().lost_calls
    finally:
        journal.close()
    result = {
        "status": outcome.record.status.value,
        "reason": outcome.record.reason,
        "digest": outcome.summary.facts.digest if outcome.summary else "",
        "writes": {place.value: counter.writes[place.value] for place in Place},
        "answered": answered,
        "lost": lost,
    }
    aside = home / "result.tmp"
    aside.write_text(json.dumps(result))
    aside.replace(home / "result.json")


def _silent(step: str, text: str) -> None:
    del step, text
