"""The runs of a home: one folder each, with what the run is, its journal, its checkpoints and its reports."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from cruxmap.errors import RunError, RunHeld, UsageError

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
    fingerprint: dict[str, str]
    accepted: tuple[str, ...] = ()
    revision: str = ""
    started: str
    finished: str = ""


class Registry:
    """Finds, makes and keeps runs below a home folder that only its user can read."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def knowledge(self) -> Path:
        """The embedded store that all runs of a home share."""
        return self.home / "knowledge.db"

    def folder(self, run: str) -> Path:
        """Return a run's folder.

        Raises:
            UsageError: the id isn't one.
        """
        if not _RUN_ID.fullmatch(run):
            raise UsageError(f"{run!r} is no run id: letters, digits, dot, dash and underscore, at most 80")
        return self.home / "runs" / run

    def new_id(self, case: str) -> str:
        """Make an id that sorts by time and says which case."""
        return f"{case}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"

    def create(self, record: RunRecord) -> None:
        """Make a run's folder.

        Raises:
            UsageError: there is a run with this id.
        """
        folder = self.folder(record.run)
        try:
            folder.mkdir(parents=True, mode=0o700)
        except FileExistsError:
            raise UsageError(f"there is a run {record.run} already; go on with: cruxmap resume {record.run}") from None
        self.home.chmod(0o700)
        self.save(record)

    def save(self, record: RunRecord) -> None:
        """Replace ``run.json`` at once: a reader sees the old or the new."""
        path = self.folder(record.run) / "run.json"
        aside = path.with_suffix(".tmp")
        with aside.open("w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(record.model_dump_json(indent=2))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)

    def load(self, run: str) -> RunRecord:
        """Return a run's record; one whose process is gone without a word is interrupted.

        Raises:
            UsageError: there is no such run.
            RunError: its record is damaged.
        """
        path = self.folder(run) / "run.json"
        if not path.is_file():
            known = [record.run for record in self.all()][:5]
            raise UsageError(f"there is no run {run} in {self.home}" + (f"; the latest are {', '.join(known)}" if known else ""))
        try:
            record = RunRecord.model_validate_json(path.read_bytes())
        except ValidationError as problem:
            raise RunError(f"{path} is damaged ({problem.error_count()} errors); the knowledge base itself is not in it") from problem
        if record.status is Status.RUNNING and not self._held(run):
            return record.model_copy(update={"status": Status.INTERRUPTED, "reason": "its process ended without a word"})
        return record

    def all(self) -> list[RunRecord]:
        """Return all runs, the latest first."""
        folders = sorted((self.home / "runs").glob("*/run.json")) if (self.home / "runs").is_dir() else []
        return sorted((self.load(path.parent.name) for path in folders), key=lambda record: record.started, reverse=True)

    def latest(self) -> str:
        """Return the latest run's id.

        Raises:
            UsageError: there is none.
        """
        runs = self.all()
        if not runs:
            raise UsageError(f"there are no runs in {self.home}; start one with: cruxmap run CASE")
        return runs[0].run

    @contextmanager
    def lease(self, run: str) -> Iterator[None]:
        """Hold a run for this process; the system lets go of it if the process dies.

        Raises:
            RunHeld: another process holds it; the message says which and since when.
        """
        path = self.folder(run) / "lease"
        with path.open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise RunHeld(f"the run {run} is held by {file.read().strip() or 'another process'}") from None
            file.seek(0)
            file.truncate()
            file.write(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
            file.flush()
            yield

    def _held(self, run: str) -> bool:
        path = self.folder(run) / "lease"
        if not path.is_file():
            return False
        with path.open("r", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False


class EventLog:
    """A run's events as typed lines of JSON, each on disk before the next."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, event: str, **fields: str | int | float) -> None:
        """Append one event with its time in UTC."""
        line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **fields}, ensure_ascii=False)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode() + b"\n")
        finally:
            os.close(descriptor)
