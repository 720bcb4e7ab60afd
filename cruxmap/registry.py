"""The runs of a home or of a shared database: what each is, who works on it, and where its parts are kept."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from cruxmap.errors import RunError, UsageError
from cruxmap.redacting import without_secrets
from cruxmap.shelves import RunFolders, RunTables, Shelf
from graphs.checkpoints import open_checkpoints
from graphs.savers import Check, Saver
from knowledge.store import KnowledgeStore
from reasoners.errors import RunHeld
from reasoners.journal import Journal
from reasoners.leases import EXPIRY_S, is_held
from sources.searching.lookups import Lookups

_RUN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class Status(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    INCOMPLETE = "incomplete"
    WAITING = "waiting"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class RunRecord(BaseModel):
    """What ``run.json`` holds. It is replaced as a whole, never half written."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    run: str
    case: str
    case_folder: str
    title: str
    status: Status
    reason: str = ""
    settings: dict[str, Any]
    reasoner: str
    models: dict[str, str]
    asked_with: dict[str, dict[str, str | int | float | bool]] = {}
    """By role, what shaped the answers beside prompt and model."""
    fingerprint: dict[str, str]
    accepted: tuple[str, ...] = ()
    """What had changed when the run was resumed all the same."""
    origin: str = ""
    """The run and step that this one was forked from, and whose journal it reuses."""
    revision: str = ""
    started: str
    finished: str = ""

    @property
    def lease_seconds(self) -> float:
        """After how long a silence its owner may be replaced, by the run's own settings."""
        return float(self.settings.get("lease_seconds", EXPIRY_S))


class Registry:
    """Finds, makes and keeps runs: below a home folder that only its user can read, or with ``database`` on a server.

    The home is used in both cases: reports are written there.
    """

    def __init__(self, home: Path, database: str = "") -> None:
        self.home, self._database = home, database
        self._shelf: Shelf = RunTables(database) if database else RunFolders(home)

    # Where things are

    def folder(self, run: str) -> Path:
        """Return a run's folder.

        Raises:
            UsageError: the id isn't one.
        """
        if not _RUN_ID.fullmatch(run):
            raise UsageError(f"{run!r} is no run id: letters, digits, dot, dash and underscore, at most 80")
        return self.home / "runs" / run

    def open_store(self) -> KnowledgeStore:
        """Open the knowledge store that all runs share."""
        return KnowledgeStore(self._database) if self._database else KnowledgeStore.at(self.home / "knowledge.db")

    def open_journal(self, run: str) -> Journal:
        """Open a run's journal."""
        return Journal(self._database, run) if self._database else Journal.at(self.folder(run) / "journal.db", run)

    def open_lookups(self, run: str) -> Lookups:
        """Open what a run has looked up: what providers answered and addresses held."""
        return Lookups(self._database, run) if self._database else Lookups.at(self.folder(run) / "lookups.db", run)

    def open_checkpoints(self, run: str, check: Check = lambda: None) -> AbstractAsyncContextManager[Saver]:
        """Open a run's checkpoints; ``check`` runs before each is written, and may refuse it."""
        return open_checkpoints(self._database or self.folder(run) / "checkpoints.db", check)

    def has_checkpoints(self, run: str) -> bool:
        """Say whether a run may have checkpoints; looking at them makes none."""
        return bool(self._database) or (self.folder(run) / "checkpoints.db").is_file()

    # Records

    def new_id(self, case: str) -> str:
        """Make an id that sorts by time and says which case."""
        return f"{case}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"

    def create(self, record: RunRecord) -> None:
        """Begin a run.

        Raises:
            UsageError: there is a run with this id.
        """
        folder = self.folder(record.run)
        self._shelf.create(record.run, record.model_dump_json(indent=2))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def save(self, record: RunRecord) -> None:
        """Replace a run's record at once: a reader sees the old or the new."""
        self._shelf.save(record.run, record.model_dump_json(indent=2))

    def load(self, run: str) -> RunRecord:
        """Return a run's record; one whose process is gone without a word is interrupted.

        Raises:
            UsageError: there is no such run.
            RunError: its record is damaged.
        """
        self.folder(run)
        body = self._shelf.read(run)
        if body is None:
            known = [record.run for record in self.all()][:5]
            raise UsageError(f"there is no run {run} in {self.home}" + (f"; the latest are {', '.join(known)}" if known else ""))
        try:
            record = RunRecord.model_validate_json(body)
        except ValidationError as problem:
            raise RunError(
                f"the record of {run} is damaged ({problem.error_count()} errors); the knowledge base itself is not in it"
            ) from problem
        if record.status is Status.RUNNING and not self._held(record):
            return record.model_copy(update={"status": Status.INTERRUPTED, "reason": "its process ended without a word"})
        return record

    def knows(self, run: str) -> bool:
        """Say whether there is a run with this id."""
        self.folder(run)
        return self._shelf.read(run) is not None

    def all(self) -> list[RunRecord]:
        """Return all runs, the latest first."""
        return sorted((self.load(run) for run in self._shelf.runs()), key=lambda record: (record.started, record.run), reverse=True)

    def latest(self) -> str:
        """Return the latest run's id.

        Raises:
            UsageError: there is none.
        """
        runs = self.all()
        if not runs:
            raise UsageError(f"there are no runs in {self.home}; start one with: cruxmap run CASE")
        return runs[0].run

    def latest_result(self) -> str:
        """Return the id of the latest run that is done, or where none is, of the latest.

        Raises:
            UsageError: there is none at all.
        """
        return next((record.run for record in self.all() if record.status is Status.DONE), None) or self.latest()

    def remove(self, run: str) -> None:
        """Forget a run: its record, journal, events and checkpoints. What it committed stays in the knowledge store.

        Raises:
            RunHeld: a process works on it.
        """
        if self._held(self.load(run)):
            raise RunHeld(f"the run {run} is being worked on; stop it first")
        if self._database:
            asyncio.run(self._forget_checkpoints(run))
        self._shelf.remove(run)
        shutil.rmtree(self.folder(run), ignore_errors=True)  # on a server's runs: the reports that were written here

    async def _forget_checkpoints(self, run: str) -> None:
        async with self.open_checkpoints(run) as saver:
            await saver.adelete_thread(run)

    # Who works on it, and what happened

    def _held(self, record: RunRecord) -> bool:
        if not self._database and not (self.folder(record.run) / "journal.db").is_file():
            return False
        journal = self.open_journal(record.run)
        try:
            return is_held(journal, expiry=record.lease_seconds)
        finally:
            journal.close()

    def note(self, run: str, event: str, **fields: str | int | float) -> None:
        """Append an event with its time in UTC. Keys that stand in the environment never stand in an event."""
        stamped = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event}
        told = {name: without_secrets(value) if isinstance(value, str) else value for name, value in fields.items()}
        self._shelf.append(run, {**stamped, **told})

    def events(self, run: str) -> list[dict[str, Any]]:
        """Return what happened, the first first."""
        return self._shelf.events(run)
