"""Opening runs from the command line: the registry of this home, a run's record as it stands now, its store and journal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from cruxmap.errors import RunError
from cruxmap.registry import Registry, RunRecord, Status
from cruxmap.settings import load_settings
from knowledge.store import KnowledgeStore
from knowledge.views import View
from reasoners.journal import Journal


def open_registry() -> Registry:
    """Open the registry of the configured home or database."""
    settings = load_settings(None, {})
    return Registry(settings.home, settings.database)


@dataclass(frozen=True)
class OpenRun:
    """A run with everything that is known of it. The record's revision is the latest that its graph reached."""

    registry: Registry
    record: RunRecord
    store: KnowledgeStore
    journal: Journal

    @property
    def view(self) -> View:
        """What the run has come to know.

        Raises:
            RunError: it has committed nothing yet.
        """
        if not self.record.revision:
            raise RunError(f"the run {self.record.run} ({self.record.status.value}) has committed nothing yet")
        return self.store.view(self.record.revision)


@contextmanager
def opened_run(run: str | None) -> Iterator[OpenRun]:
    """Open a run; if none is named the latest that is done, or else the latest, and say which.

    Raises:
        UsageError: there is none.
    """
    registry = open_registry()
    record = registry.load(registry.latest_result() if run is None else run)
    if run is None:
        Console(stderr=True, highlight=False).print(Text(f"run {record.run} ({record.status.value}), as none was named"), soft_wrap=True)
    store, journal = registry.open_store(), registry.open_journal(record.run)
    try:
        if record.status is not Status.DONE:
            reached = asyncio.run(reached_state(registry, record.run)).get("revision", "")
            record = record.model_copy(update={"revision": _latest(store, record.revision, reached)})
        yield OpenRun(registry, record, store, journal)
    finally:
        journal.close()
        store.close()


@contextmanager
def bare_journal(run: str | None) -> Iterator[Journal | None]:
    """Open the journal of questions that belong to no run, as a layer's trial has it; None if the name is a run's or nobody's."""
    registry = open_registry()
    named = run is not None and not registry.knows(run) and (registry.folder(run) / "journal.db").is_file()
    journal = registry.open_journal(run) if run is not None and named else None
    try:
        yield journal
    finally:
        if journal is not None:
            journal.close()


def _latest(store: KnowledgeStore, recorded: str, reached: str) -> str:
    """Return what the graph reached, or what a person has since edited on top of it."""
    if not reached or (recorded and reached in {one.id for one in store.log(recorded)}):
        return recorded
    return reached


async def reached_state(registry: Registry, run: str) -> dict[str, Any]:
    """Read a run's latest checkpoint: its state as plain values, empty before the first step."""
    if not registry.has_checkpoints(run):
        return {}
    async with registry.open_checkpoints(run) as saver:
        found = await saver.aget_tuple({"configurable": {"thread_id": run}})
    return dict(found.checkpoint["channel_values"]) if found else {}
