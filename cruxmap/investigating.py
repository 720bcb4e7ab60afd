"""Investigating: start, resume or fork a run, and take it as far as it goes."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from langgraph.runtime import RunControl

from cruxmap.choosing import is_paid, make_answerer
from cruxmap.edits import keep_edits
from cruxmap.errors import RunChanged, UsageError
from cruxmap.estimating import estimate
from cruxmap.gathering import documents_of, same_texts
from cruxmap.redacting import without_secrets
from cruxmap.registry import Registry, RunRecord, Status
from cruxmap.reporting import Outcome, report
from cruxmap.searching import SearchKeys, searched_folder, searchers
from cruxmap.settings import Settings, resumed_settings
from cruxmap.stopping import Note, ended, stoppable
from graphs.fingerprints import changes, fingerprint
from graphs.investigation import RECURSION_LIMIT, build_graph
from graphs.services import Pending, Searching, Services
from graphs.state import first_state
from knowledge.store import KnowledgeStore
from prompts.tasks.base import Role
from reasoners.exchange import CountingExecutor
from reasoners.journal import Journal
from reasoners.leases import lease
from reasoners.limits import Meter
from reasoners.reasoner import Answerer, Reasoner
from reasoners.ruled import exchange_of
from reasoners.waiting import keep_waiting
from sources.case_files import CASE_FILE, Case, load_case
from sources.embedding import Embedder
from sources.fetching import Fetcher
from sources.searching.folders import Folder
from sources.searching.getting import Getter
from sources.searching.lookups import Lookups
from sources.searching.queries import Searcher

ASKED: Final = "asked"
"""The event that new questions were put into the exchange's file."""


@dataclass(frozen=True)
class Prepared:
    """All that a run works with, before its first step."""

    registry: Registry
    case: Case
    settings: Settings
    embedder: Embedder
    answerer: Answerer
    documents: list[Pending]
    fingerprint: dict[str, str]
    note: _Story
    searchers: list[Searcher]
    folder: Folder | None


class _Story:
    """Tells whoever watches what happens and, from `begin` on, writes it among the run's events: a run that is refused leaves none."""

    def __init__(self, registry: Registry, run: str, note: Note) -> None:
        self._registry, self._run, self._note = registry, run, note
        self._begun = False

    def begin(self, text: str) -> None:
        """Say that this process works on the run now."""
        self._note("begin", without_secrets(text))
        self._begun = True

    def __call__(self, step: str, text: str) -> None:
        """Say what a step does."""
        text = without_secrets(text)
        if self._begun:
            self._registry.note(self._run, "step", step=step, text=text)
        self._note(step, text)


def prepare(case_folder: Path, settings: Settings, run: str | None, note: Note, answerer: Answerer | None = None) -> tuple[str, Prepared]:
    """Read the case and choose who judges; return the run's id, made up if none is given, and what it works with.

    Raises:
        RunError, SourceError, ReasonerError: it can't begin; nothing was started.
    """
    case = load_case(case_folder)
    registry = Registry(settings.home, settings.database)
    run = run or registry.new_id(case.name)
    embedder = Embedder()
    folder = searched_folder(settings, case, case_folder)
    asked = searchers(settings, folder, SearchKeys())
    documents, digests = documents_of(case, case_folder, settings, searched=bool(asked))
    if folder is not None:
        digests["of the searched folder"] = folder.digest
    case_digest = hashlib.sha256((case_folder / CASE_FILE).read_bytes()).hexdigest()
    settings.asking.check()
    without_models = fingerprint(configuration=settings.shaping(), models={}, case=case_digest, documents=digests, prompts=settings.asking)
    story = _Story(registry, run, note)
    for line in () if settings.fetch else same_texts(documents, case_folder):
        story("documents", line)
    answerer = answerer or make_answerer(settings, case_folder, without_models, embedder, lambda text: story("provider", text))
    now = without_models | {f"model {role.value}": answerer.model_for(role) for role in Role}
    return run, Prepared(registry, case, settings, embedder, answerer, documents, now, story, asked, folder)


def start(case_folder: Path, settings: Settings, *, run: str | None, note: Note, answerer: Answerer | None = None) -> Outcome:
    """Start a run of a case and take it as far as it goes.

    Raises:
        RunError, SourceError, ReasonerError, KnowledgeError: it can't begin; nothing was started.
    """
    run, prepared = prepare(case_folder, settings, run, note, answerer)
    _tell_estimate(prepared)
    record = begin(run, case_folder, prepared)
    reuse_answers(run, prepared)
    return drive(record, prepared)


def _tell_estimate(prepared: Prepared) -> None:
    """Say what the run will ask, where that may cost something; not of what has yet to be fetched, or may have been answered before."""
    settings, answerer = prepared.settings, prepared.answerer
    if is_paid(answerer) and not (settings.fetch or settings.passes or settings.reuse_journal):
        models = {role: answerer.model_for(role) for role in Role if role not in settings.by_rule}
        prepared.note("estimate", estimate(prepared.case, prepared.documents, models, settings).line())


def begin(run: str, case_folder: Path, prepared: Prepared, *, forked: str = "") -> RunRecord:
    """Create a run's record. ``forked``: what it was forked from, in words.

    Raises:
        UsageError: there is such a run already, or none whose answers are to be reused.
    """
    registry, source = prepared.registry, prepared.settings.reuse_journal
    if source:
        registry.load(source)
    origin = ", ".join(filter(None, (forked, source and f"answers of {source} reused")))
    record = RunRecord(
        run=run,
        case=prepared.case.name,
        case_folder=str(case_folder.resolve()),
        title=prepared.case.title,
        status=Status.RUNNING,
        settings=prepared.settings.kept(),
        reasoner=prepared.answerer.name,
        models={role.value: prepared.answerer.model_for(role) for role in Role},
        asked_with={role.value: dict(prepared.answerer.settings_for(role)) for role in Role},
        fingerprint=prepared.fingerprint,
        origin=origin[:1].upper() + origin[1:],
        started=_stamp(),
    )
    registry.create(record)
    return record


def reuse_answers(run: str, prepared: Prepared) -> None:
    """Take another run's answers into a new run's journal, if its settings say so; they cost nothing there."""
    registry, source = prepared.registry, prepared.settings.reuse_journal
    if source:
        with closing(registry.open_journal(source)) as old, closing(registry.open_journal(run)) as new:
            new.take_from(old)


def resume(
    run: str,
    registry: Registry,
    flags: dict[str, Any],
    *,
    accept: bool,
    note: Note,
    config: Path | None = None,
    case_folder: Path | None = None,
    answerer: Answerer | None = None,
) -> Outcome:
    """Go on with a run where it stopped. ``flags`` and ``config`` may raise its limits; ``case_folder``: where its case is here.

    Raises:
        UsageError: it was imported.
        RunHeld: another process works on it.
        RunChanged: what it depends on is not what it was, and ``accept`` is false.
    """
    record = registry.load(run)
    if not record.case_folder:
        raise UsageError(f"the run {run} came from a file or a merge: it has no case to go on with; edit it, merge it or export it")
    settings = resumed_settings(record.settings, config, flags)
    settings = settings.model_copy(update={"home": registry.home})
    folder = case_folder or Path(record.case_folder)
    _, prepared = prepare(folder, settings, run, note, answerer)
    changed = changes(record.fingerprint, prepared.fingerprint)
    if changed and not accept:
        raise RunChanged(
            f"the run {run} can't be resumed as it was: {'; '.join(changed)}. Put it back; or accept, and have it recorded: "
            f"cruxmap resume {run} --accept-changes; or keep the run as it is and go on in a new one: cruxmap fork {run} --at STEP"
        )
    update = {
        "settings": settings.kept(),
        "fingerprint": prepared.fingerprint,
        "accepted": (*record.accepted, *changed),
        "reasoner": prepared.answerer.name,
        "reason": "",
        "case_folder": str(folder.resolve()),
    }
    return drive(record.model_copy(update=update), prepared)


def _stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def drive(record: RunRecord, prepared: Prepared) -> Outcome:
    """Run the graph under the lease, and whatever ends it, leave the record true and the reports written.

    Raises:
        RunHeld: another process works on the run.
        RunTaken: another process took it over meanwhile.
    """
    registry, run = prepared.registry, record.run
    registry.folder(run).mkdir(parents=True, exist_ok=True, mode=0o700)
    journal = registry.open_journal(run)
    store = registry.open_store()
    lookups = registry.open_lookups(run) if prepared.searchers else None
    stop = _Stop()
    try:
        with lease(journal, expiry=prepared.settings.lease_seconds, lost=stop):
            record = record.model_copy(update={"status": Status.RUNNING, "finished": ""})
            registry.save(record)
            registry.note(run, "started", process=os.getpid())
            prepared.note.begin(f"{run}: {prepared.answerer.name}")
            lost = journal.count_lost()
            if lost:
                prepared.note("journal", f"{lost} paid calls were in flight when the process before died; they are asked again")
            began = time.monotonic()
            reasoner = Reasoner(
                prepared.answerer,
                journal,
                _meter(prepared.settings, journal),
                concurrency=at_once(prepared.answerer, prepared.settings),
                prompts=prepared.settings.asking,
            )
            services = _services(prepared, reasoner, store, lookups, today=record.started[:10])
            status, reason, revision = asyncio.run(_run_graph(registry, run, journal, services, prepared, stop))
            exchange = exchange_of(prepared.answerer)
            if exchange and status in {Status.WAITING, Status.DONE}:
                new = keep_waiting(journal, exchange.asked)
                if new:
                    registry.note(run, ASKED, prompts=new)
            revision = keep_edits(store, record.revision, revision, run)
            reached = {"status": status, "reason": without_secrets(reason), "revision": revision, "finished": _stamp()}
            record = record.model_copy(update=reached)
            journal.add_seconds(time.monotonic() - began)
            registry.save(record)
            outcome = report(registry, record, store, journal)
            registry.note(run, record.status.value, revision=record.revision, reason=record.reason)
        return outcome
    finally:
        journal.close()
        store.close()
        if lookups is not None:
            lookups.close()


class _Stop:
    """Ends the graph's work from another thread, once there is some."""

    def __init__(self) -> None:
        self._armed: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None

    def arm(self, loop: asyncio.AbstractEventLoop, work: asyncio.Task[Any]) -> None:
        """Say what to end."""
        self._armed = loop, work

    def __call__(self) -> None:
        """End it."""
        if self._armed:
            loop, work = self._armed
            loop.call_soon_threadsafe(work.cancel)


def _meter(settings: Settings, journal: Journal) -> Meter:
    agents = {str(name): limits for name, limits in settings.limits.items()}
    return Meter(settings.run_limits, journal.totals(), agents=agents, used_by=journal.totals_by("agent") if agents else {})


def at_once(answerer: Answerer, settings: Settings) -> int:
    """Return how many questions may be open at once: those of the exchange all wait together."""
    return 1_000_000 if exchange_of(answerer) else settings.concurrency


def _services(prepared: Prepared, reasoner: Reasoner, store: KnowledgeStore, lookups: Lookups | None, *, today: str) -> Services:
    settings = prepared.settings
    searching = None
    if lookups is not None:
        getter = Getter(Fetcher(allow_private=settings.allow_private, mailto=settings.mailto), prepared.folder, lookups)
        searching = Searching(prepared.searchers, lookups, getter, settings.search_queries, settings.search_documents)
    together = max(len(prepared.documents), settings.search_documents if searching else 1)
    return Services(
        case=prepared.case,
        store=store,
        reasoner=reasoner,
        embedder=prepared.embedder,
        documents=prepared.documents,
        rounds=settings.rounds,
        a_round=settings.documents_per_round,
        wave=together if exchange_of(prepared.answerer) else settings.wave,
        critic=settings.critic,
        judge_twice=settings.judge_twice,
        readings=settings.readings,
        passes=settings.passes,
        searching=searching,
        today=today,
        note=prepared.note,
    )


async def _run_graph(
    registry: Registry, run: str, journal: Journal, services: Services, prepared: Prepared, stop: _Stop
) -> tuple[Status, str, str]:
    """Take the graph from its last checkpoint as far as it goes; say how it stands and at which revision."""
    async with registry.open_checkpoints(run, journal.check_owner) as saver:
        graph = build_graph(saver)
        config: Any = {"configurable": {"thread_id": run}, "recursion_limit": RECURSION_LIMIT}
        begun = (await saver.aget_tuple(config)) is not None
        control = RunControl()
        work = asyncio.create_task(
            graph.ainvoke(None if begun else first_state(run), config, context=services, durability="sync", control=control)
        )
        loop = asyncio.get_running_loop()
        stop.arm(loop, work)
        watching = watch(prepared.answerer, loop)
        with stoppable(work, control, prepared.note, seconds=prepared.settings.stop_seconds, drop=services.reasoner.drop):
            status, reason = await ended(work, prepared.note)
            await services.reasoner.settle(prepared.settings.stop_seconds)
        if watching:
            watching.cancel()
        await asyncio.to_thread(journal.check_owner)
        state = (await graph.aget_state(config)).values
        done = bool(state.get("done"))
        if status is Status.DONE and not done:
            status, reason = Status.FAILED, f"the graph ended before its last step; go on from an earlier one: cruxmap fork {run} --at STEP"
        return (Status.DONE if done else status), ("" if done else reason), state.get("revision", "")


def watch(answerer: Answerer, loop: asyncio.AbstractEventLoop) -> asyncio.Task[None] | None:
    """Let the exchange see when nothing more can be asked."""
    exchange = exchange_of(answerer)
    if exchange is None:
        return None
    executor = CountingExecutor()
    loop.set_default_executor(executor)
    return asyncio.create_task(exchange.watch(executor))
