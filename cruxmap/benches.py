"""Benches: configurations put to work for an evaluation, each trial in a home, a store and a journal of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeVar

from cruxmap import investigating
from cruxmap.choosing import make_answerer
from cruxmap.errors import RunError
from cruxmap.investigating import at_once, watch
from cruxmap.registry import Registry, RunRecord, Status
from cruxmap.settings import Settings
from evals.benches import Interrupted, Investigated, TrialFailed, Unfinished
from evals.configurations import Configuration
from evals.scorers.scorer import Produced, Used
from graphs.services import Critic
from knowledge.errors import KnowledgeError
from knowledge.records import Source
from prompts.loading import OF_AGENTS, TASKS
from prompts.tasks.base import Role
from reasoners.baseline.answering import NAME as BASELINE
from reasoners.errors import BadCredentials, JournalUnusable, ReasonerError, RunStops, Unanswered, Unconfigured
from reasoners.journal import Journal
from reasoners.limits import Meter
from reasoners.reasoner import Answerer, Reasoner
from reasoners.ruled import exchange_of
from reasoners.waiting import keep_waiting
from sources.embedding import Embedder
from sources.errors import SourceError

T = TypeVar("T")
RUN: Final = "trial"
_WHERE: Final = {"home", "database", "concurrency", "wave", "stop_seconds", "lease_seconds", "ablates", "without", "prompts"}
"""Settings that change no answer, and the folder of prompts, which are told one by one."""


@dataclass(frozen=True)
class ConfiguredBench:
    """A configuration ready to work. ``answerer``: who judges in place of the configured one, for tests and for the deliberately broken."""

    configuration: Configuration
    settings: Settings
    embedder: Embedder
    answerer: Answerer | None = None

    def identity(self) -> Mapping[str, str]:
        """Name settings, prompts by digest, and who judges; of the baseline also its code, which is its model."""
        settings = json.dumps(self.settings.model_dump(mode="json", exclude=_WHERE), sort_keys=True)
        named = {"settings": settings, "judge": self.answerer.name if self.answerer else self._judge}
        return named | {f"prompt {task.name}": self.settings.asking.of(task).digest for task in OF_AGENTS}

    def keep_prompts(self, folder: Path) -> None:
        """Write them as files, its own and the program's."""
        self.settings.asking.keep(folder)

    @cached_property
    def _judge(self) -> str:
        asked = {role: self.settings.models.get(role) or self.settings.model for role in Role if role not in self.settings.by_rule}
        if self.settings.reasoner in {"auto", "baseline"} and not any(asked.values()):
            return _baseline()
        return ", ".join(f"{role.value}={asked[role] if role in asked else _baseline()}" for role in Role)

    def ablates(self) -> tuple[str, str]:
        """Name what this configuration leaves out, by its file."""
        return self.settings.ablates, self.settings.without

    def lacks(self, task: str) -> str:
        """Say why this configuration never asks a task; "" if it does. A layer that it hasn't must not be asked for it."""
        if self.settings.passes and not task.startswith("single/"):
            return f"asks one prompt for everything and has no {task}"
        if task.startswith("critic/") and self.settings.critic is not Critic.TWO_SIDED:
            return f"has no {task} (critic: {self.settings.critic.value})"
        return ""

    def investigate(self, folder: Path, home: Path) -> Investigated:
        """Run a case in a home of its own, or go on with the run that is there."""
        settings = self.settings.model_copy(update={"home": home, "database": ""})
        registry = Registry(home)
        try:
            if any(record.run == RUN for record in registry.all()):
                record = registry.load(RUN)
                if record.status is not Status.DONE:
                    limits = settings.run_limits.model_dump()
                    record = investigating.resume(RUN, registry, limits, accept=False, note=_quiet, answerer=self.answerer).record
            else:
                record = investigating.start(folder, settings, run=RUN, note=_quiet, answerer=self.answerer).record
        except (RunError, SourceError, ReasonerError, KnowledgeError) as problem:
            raise _translated(problem) from problem
        _check(record)
        return Investigated(_produced(registry, record), RUN)

    def places(self, home: Path) -> Sequence[str]:
        """Name the places of a trial's runs."""
        return tuple(journals_below(home))

    def used(self, home: Path) -> Mapping[str, Used]:
        """Say what each run below a trial's home used, failed or not."""
        return used_below(home)

    def ask(self, home: Path, questions: Callable[[Reasoner], Awaitable[T]]) -> tuple[T, Used]:
        """Ask single questions, journalled in the home."""
        registry = Registry(home)
        folder = registry.folder(RUN)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = registry.open_journal(RUN)
        try:
            answerer = self.answerer or make_answerer(self.settings, home, {}, self.embedder, lambda _: None)
            began = time.monotonic()
            meter = Meter(self.settings.run_limits, journal.totals())
            reasoner = Reasoner(answerer, journal, meter, concurrency=at_once(answerer, self.settings), prompts=self.settings.asking)
            try:
                found = asyncio.run(_awaited(questions(reasoner), answerer))
            finally:
                exchange = exchange_of(answerer)
                if exchange:
                    keep_waiting(journal, exchange.asked)
                journal.add_seconds(time.monotonic() - began)
            return found, used_of(journal)
        except ReasonerError as problem:
            raise _translated(problem) from problem
        finally:
            journal.close()


def _baseline() -> str:
    """Name the baseline with the digest of its code, which is its model."""
    code = hashlib.sha256()
    for path in sorted(Path(str(files("reasoners").joinpath("baseline"))).glob("*.py")):
        code.update(path.read_bytes())
    return f"{BASELINE}, code {code.hexdigest()[:12]}"


async def _awaited(coming: Awaitable[T], answerer: Answerer) -> T:
    """Wait for answers; with the exchange only until nothing more can be asked."""
    watching = watch(answerer, asyncio.get_running_loop())
    try:
        return await coming
    finally:
        if watching:
            watching.cancel()


def _quiet(step: str, text: str) -> None:
    """Tell nobody: the run's own log has it."""
    del step, text


def _translated(problem: Exception) -> Exception:
    """Say of a problem whether the trial can go on later, failed, or nothing can be run at all."""
    if isinstance(problem, (BadCredentials, Unconfigured, JournalUnusable)):
        return problem
    if isinstance(problem, RunStops):
        return Unfinished(str(problem))
    return TrialFailed(f"{type(problem).__name__}: {problem}") if not isinstance(problem, Unanswered) else TrialFailed(str(problem))


def _check(record: RunRecord) -> None:
    if record.status is Status.INTERRUPTED:
        raise Interrupted("stopped; the same command goes on from here")
    if record.status in {Status.WAITING, Status.INCOMPLETE}:
        raise Unfinished(record.reason)
    if record.status is not Status.DONE:
        raise TrialFailed(record.reason or record.status.value)


def produced_by(home: Path, run: str) -> Produced:
    """Return what a finished run in a trial's home came to."""
    registry = Registry(home)
    return _produced(registry, registry.load(run))


def _produced(registry: Registry, record: RunRecord) -> Produced:
    store, journal = registry.open_store(), registry.open_journal(record.run)
    try:
        view = store.view(record.revision)
        texts = {source.id: store.text(source.text) for source in view.all(Source)}
        return Produced(view, texts, used_of(journal))
    finally:
        journal.close()
        store.close()


def journals_below(home: Path) -> dict[str, Path]:
    """Find each journal below a trial's home, by the place of its own home in it."""
    return {path.parents[2].relative_to(home).as_posix(): path for path in sorted(home.glob(f"**/runs/{RUN}/journal.db"))}


def used_below(home: Path) -> dict[str, Used]:
    """Say what each journal below a trial's home says was used, by the place of its own home in it."""
    found = {}
    for place, path in journals_below(home).items():
        journal = Journal.at(path, RUN)
        try:
            found[place] = used_of(journal)
        finally:
            journal.close()
    return found


def used_of(journal: Journal) -> Used:
    """Take what a run used from its journal; an unpriced call makes the cost unknown, one without figures the tokens."""
    totals = journal.totals()
    cost = None if totals.unpriced_calls else totals.cost_usd
    counted = not any(call.cost_usd is None and call.input_tokens + call.output_tokens == 0 for call in journal.calls())
    # Of a task that the program no longer has nobody knows the schema any more.
    schemas = sum(_schemas().get(task, 0) * of_task.calls for task, of_task in journal.totals_by("task").items())
    return Used(totals.calls, totals.input_tokens, totals.output_tokens, cost, totals.seconds, sum(journal.characters()) + schemas, counted)


@cache
def _schemas() -> Mapping[str, int]:
    """Say how many characters a task's schema has, as it is sent beside each prompt."""
    return {task.name: len(json.dumps(task.schema)) for task in TASKS}
