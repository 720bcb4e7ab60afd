"""Investigating: start or resume a run, stop it cleanly, and write what it found."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from langgraph.errors import GraphDrained
from langgraph.runtime import RunControl

from credence.engine import assess
from cruxmap.edits import keep_edits
from cruxmap.errors import RunChanged, UsageError
from cruxmap.gathering import fetched_documents, local_documents
from cruxmap.registry import EventLog, Registry, RunRecord, Status
from cruxmap.settings import Settings
from explorer.facts import RunFacts
from explorer.reports import write_report
from explorer.summaries import Summary, summarise
from graphs.checkpoints import open_checkpoints
from graphs.fingerprints import changes, fingerprint
from graphs.investigation import RECURSION_LIMIT, build_graph
from graphs.services import Pending, Services
from graphs.state import first_state
from knowledge.errors import KnowledgeError
from knowledge.store import KnowledgeStore
from prompts.tasks.base import Role
from reasoners.baseline.answering import NAME as BASELINE
from reasoners.baseline.answering import baseline
from reasoners.chat import ChatAnswerer
from reasoners.errors import LimitReached, ProviderDown, ReasonerError, Unconfigured
from reasoners.journal import Journal
from reasoners.limits import Limits, Meter
from reasoners.reasoner import Answerer, Reasoner
from sources.case_files import CASE_FILE, Case, load_case
from sources.embedding import Embedder
from sources.errors import SourceError
from sources.fetching import Fetcher

DRAIN_SECONDS: Final = 20.0
"""How long a stop waits for the step in progress before it is cancelled; its answers are in the journal anyway."""

Note = Callable[[str, str], None]


@dataclass(frozen=True)
class Outcome:
    """How a run stands after this process: its record, and the summary and reports if anything is committed."""

    record: RunRecord
    summary: Summary | None
    markdown: Path | None
    html: Path | None


def start(case_folder: Path, settings: Settings, *, run: str | None, note: Note, answerer: Answerer | None = None) -> Outcome:
    """Start a run of a case and take it as far as it goes.

    Raises:
        RunError, SourceError, ReasonerError, KnowledgeError: it can't begin; nothing was started.
    """
    case = load_case(case_folder)
    registry = Registry(settings.home)
    embedder = Embedder()
    answerer = answerer or make_answerer(settings, embedder)
    documents, digests = _documents(case, case_folder, settings)
    now = _stamp()
    record = RunRecord(
        run=run or registry.new_id(case.name),
        case=case.name,
        case_folder=str(case_folder.resolve()),
        title=case.title,
        status=Status.RUNNING,
        settings=settings.model_dump(mode="json"),
        reasoner=answerer.name,
        models={role.value: answerer.model_for(role) for role in Role},
        fingerprint=_fingerprint(case_folder, settings, answerer, digests),
        started=now,
    )
    registry.create(record)
    return _drive(registry, record, _Ready(case, settings, embedder, answerer, documents), note)


def resume(run: str, home: Path, flags: dict[str, Any], *, accept: bool, note: Note, answerer: Answerer | None = None) -> Outcome:
    """Go on with a run where it stopped. ``flags`` may raise its limits.

    Raises:
        UsageError: it was imported.
        RunHeld: another process works on it.
        RunChanged: what it depends on is not what it was, and ``accept`` is false.
    """
    registry = Registry(home)
    record = registry.load(run)
    if not record.case_folder:
        raise UsageError(f"the run {run} came from a file or a merge: it has no case to go on with; edit it, merge it or export it")
    settings = Settings(**{**record.settings, "home": home, **{key: value for key, value in flags.items() if value is not None}})
    folder = Path(record.case_folder)
    case = load_case(folder)
    embedder = Embedder()
    answerer = answerer or make_answerer(settings, embedder)
    documents, digests = _documents(case, folder, settings)
    now = _fingerprint(folder, settings, answerer, digests)
    changed = changes(record.fingerprint, now)
    if changed and not accept:
        raise RunChanged(
            f"the run {run} can't be resumed as it was: {'; '.join(changed)}. "
            f"Put it back, or accept and have it recorded: cruxmap resume {run} --accept-changes"
        )
    update = {"settings": settings.model_dump(mode="json"), "fingerprint": now, "accepted": (*record.accepted, *changed), "reason": ""}
    record = record.model_copy(update=update)
    return _drive(registry, record, _Ready(case, settings, embedder, answerer, documents), note)


@dataclass(frozen=True)
class _Ready:
    case: Case
    settings: Settings
    embedder: Embedder
    answerer: Answerer
    documents: list[Pending]


def make_answerer(settings: Settings, embedder: Embedder) -> Answerer:
    """Choose who judges: the configured models, or without any the baseline.

    Raises:
        Unconfigured: chat was asked for without a model.
    """
    models = {role: settings.models.get(role) or settings.model for role in Role}
    if settings.reasoner == "baseline" or (settings.reasoner == "auto" and not any(models.values())):
        return baseline(embedder)
    missing = [role.value for role, model in models.items() if not model]
    if missing:
        raise Unconfigured(f"no model for {', '.join(missing)}: give --model PROVIDER:MODEL, or --model ROLE=PROVIDER:MODEL for each")
    return ChatAnswerer(models, base_url=settings.base_url, temperature=settings.temperature, timeout=settings.timeout_seconds)


def _documents(case: Case, folder: Path, settings: Settings) -> tuple[list[Pending], dict[str, str]]:
    if settings.fetch:
        return fetched_documents(case, Fetcher(allow_private=settings.allow_private)), {}
    return local_documents(case, folder)


def _fingerprint(folder: Path, settings: Settings, answerer: Answerer, digests: dict[str, str]) -> dict[str, str]:
    return fingerprint(
        configuration=settings.shaping(),
        models={role.value: answerer.model_for(role) for role in Role},
        case=hashlib.sha256((folder / CASE_FILE).read_bytes()).hexdigest(),
        documents=digests,
    )


def _stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _drive(registry: Registry, record: RunRecord, ready: _Ready, note: Note) -> Outcome:
    """Run the graph under the lease, and whatever ends it, leave the record true and the reports written."""
    with registry.lease(record.run):
        folder = registry.folder(record.run)
        record = record.model_copy(update={"status": Status.RUNNING, "finished": ""})
        registry.save(record)
        events = EventLog(folder / "events.jsonl")
        events.write("started", process=os.getpid())
        store = KnowledgeStore.at(registry.knowledge)
        journal = Journal(folder / "journal.db")
        meter = Meter(Limits(ready.settings.max_calls, ready.settings.max_usd, ready.settings.max_minutes), journal.totals())

        def told(step: str, text: str) -> None:
            events.write("step", step=step, text=text)
            note(step, text)

        began = time.monotonic()
        try:
            services = Services(
                case=ready.case,
                store=store,
                reasoner=Reasoner(ready.answerer, journal, meter, concurrency=ready.settings.concurrency),
                embedder=ready.embedder,
                documents=ready.documents,
                rounds=ready.settings.rounds,
                a_round=ready.settings.documents_per_round,
                note=told,
            )
            status, reason, revision = asyncio.run(_run_graph(folder, record.run, services, told))
            revision = keep_edits(store, record.revision, revision, record.run)
            record = record.model_copy(update={"status": status, "reason": reason, "revision": revision, "finished": _stamp()})
            registry.save(record)
            journal.add_seconds(time.monotonic() - began)
            outcome = report(registry, record, store, journal)
        finally:
            journal.close()
            store.close()
        events.write(record.status.value, revision=record.revision, reason=record.reason)
        return outcome


async def _run_graph(folder: Path, run: str, services: Services, note: Note) -> tuple[Status, str, str]:
    """Take the graph from its last checkpoint as far as it goes; say how it stands and at which revision."""
    async with open_checkpoints(folder / "checkpoints.db") as saver:
        graph = build_graph(saver)
        config: Any = {"configurable": {"thread_id": run}, "recursion_limit": RECURSION_LIMIT}
        begun = (await saver.aget_tuple(config)) is not None
        control = RunControl()
        work = asyncio.create_task(
            graph.ainvoke(None if begun else first_state(run), config, context=services, durability="sync", control=control)
        )
        with _stoppable(work, control, note):
            status, reason = await _ended(work, note)
            await services.reasoner.settle(DRAIN_SECONDS)
        state = (await graph.aget_state(config)).values
        done = bool(state.get("done"))
        if status is Status.DONE and not done:
            status, reason = Status.FAILED, "the graph ended before its last step; please report this"
        return (Status.DONE if done else status), ("" if done else reason), state.get("revision", "")


async def _ended(work: asyncio.Task[Any], note: Note) -> tuple[Status, str]:
    """Wait for the graph and say how it ended: the one boundary at which nothing may pass, so that the record is always true."""
    try:
        await work
    except (LimitReached, ProviderDown) as problem:
        return Status.INCOMPLETE, str(problem)
    except (GraphDrained, asyncio.CancelledError):
        return Status.INTERRUPTED, "stopped by a signal"
    except (KnowledgeError, ReasonerError, SourceError, OSError) as problem:
        return Status.FAILED, str(problem)
    except Exception as problem:  # noqa: BLE001  # a defect of ours: the run is marked as failed, with its place, and can be resumed
        note("failed", "".join(traceback.format_exception(problem)))
        return Status.FAILED, f"{type(problem).__name__}: {problem}"
    return Status.DONE, ""


@contextmanager
def _stoppable(work: asyncio.Task[Any], control: RunControl, note: Note) -> Iterator[None]:
    """Let SIGINT and SIGTERM end the run at the next step, cancel it after a deadline, and at the second signal at once."""
    loop = asyncio.get_running_loop()
    asked = False

    def stop() -> None:
        nonlocal asked
        if asked:
            work.cancel()
            return
        asked = True
        note("stop", "finishing the step in progress; once more to stop at once")
        control.request_drain("signal")
        loop.call_later(DRAIN_SECONDS, work.cancel)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def report(registry: Registry, record: RunRecord, store: KnowledgeStore, journal: Journal) -> Outcome:
    """Summarise what is committed and write the reports."""
    if not record.revision:
        return Outcome(record, None, None, None)
    summary = summary_of(record, store, journal)
    markdown, html = write_report(registry.folder(record.run), summary, store.view(record.revision), store.text)
    return Outcome(record, summary, markdown, html)


def summary_of(record: RunRecord, store: KnowledgeStore, journal: Journal, *, as_of: str = "") -> Summary:
    """Assess a run's revision, or what of it had been committed by a date, and put it into words."""
    view = store.view_as_of(record.revision, as_of) if as_of else store.view(record.revision)
    totals = journal.totals()
    is_baseline = record.reasoner == BASELINE
    notes = []
    if is_baseline:
        notes.append(
            "Made by the offline baseline: no language model read these sources. Claims were found by cue phrases, links by connectives "
            "and nearness of wording, strengths by fixed rules. It is a floor to compare with, not a judgment to rely on."
        )
    if record.status is not Status.DONE:
        notes.append(f"This run is {record.status.value}{f': {record.reason}' if record.reason else ''}.")
    if as_of:
        notes.append(f"This is what was known as of {as_of}.")
    if record.accepted:
        notes.append(f"Resumed although this had changed: {'; '.join(record.accepted)}.")
    facts = RunFacts(
        run=record.run,
        case=record.case,
        title=record.title,
        status=record.status.value,
        reasoner="Judged by the offline baseline (no language model)." if is_baseline else f"Judged by {record.reasoner}.",
        models=record.models,
        revision=view.revision,
        digest=view.digest,
        calls=totals.calls,
        input_tokens=totals.input_tokens,
        output_tokens=totals.output_tokens,
        cost_usd=totals.cost_usd,
        unpriced_calls=totals.unpriced_calls,
        started=record.started,
        seconds=totals.seconds,
        notes=tuple(notes),
    )
    return summarise(view, assess(view), facts)


def open_run(home: Path, run: str | None) -> tuple[Registry, RunRecord]:
    """Find a run, the latest if none is named.

    Raises:
        UsageError: there is none.
    """
    registry = Registry(home)
    return registry, registry.load(run or registry.latest())
