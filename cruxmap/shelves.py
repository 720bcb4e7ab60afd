"""Where runs are kept: folders of a home, or tables that several machines share."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, Text, delete, insert, inspect, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cruxmap.errors import RunError, UsageError
from knowledge.databases import insert_into, open_engine, prepare, shown, told
from reasoners.tables import metadata as journal_tables
from sources.searching.lookups import metadata as lookup_tables

_VERSION: Final = 1
_metadata: Final = MetaData()
_runs: Final = Table("runs", _metadata, Column("run", String, primary_key=True), Column("body", Text, nullable=False))
_events: Final = Table(
    "events",
    _metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("run", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
)


class Shelf(Protocol):
    """Keeps each run's record, as JSON that is replaced as a whole, and its events, one after another."""

    def create(self, run: str, body: str) -> None:
        """Begin a run.

        Raises:
            UsageError: there is one with this id.
        """
        ...

    def save(self, run: str, body: str) -> None:
        """Replace a run's record."""
        ...

    def read(self, run: str) -> str | None:
        """Return a run's record, or None."""
        ...

    def runs(self) -> list[str]:
        """Return the ids of all runs."""
        ...

    def append(self, run: str, event: dict[str, Any]) -> None:
        """Add an event; it is there when this returns."""
        ...

    def events(self, run: str) -> list[dict[str, Any]]:
        """Return a run's events, the first first."""
        ...

    def remove(self, run: str) -> None:
        """Forget a run and its journal."""
        ...


def _taken(run: str) -> UsageError:
    return UsageError(f"there is a run {run} already; go on with: cruxmap resume {run}")


class RunFolders:
    """A folder a run below ``home/runs``, which only its user can read."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def _folder(self, run: str) -> Path:
        return self._home / "runs" / run

    def create(self, run: str, body: str) -> None:
        """Make the run's folder."""
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._home.chmod(0o700)
        (self._home / "runs").mkdir(exist_ok=True, mode=0o700)
        try:
            self._folder(run).mkdir(mode=0o700)
        except FileExistsError:
            raise _taken(run) from None
        self.save(run, body)

    def save(self, run: str, body: str) -> None:
        """Replace ``run.json`` at once: a reader sees the old or the new."""
        path = self._folder(run) / "run.json"
        aside = path.with_suffix(".tmp")
        with aside.open("w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)

    def read(self, run: str) -> str | None:
        """Return the text of ``run.json``."""
        path = self._folder(run) / "run.json"
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None

    def runs(self) -> list[str]:
        """List the folders that hold a ``run.json``."""
        return [path.parent.name for path in sorted((self._home / "runs").glob("*/run.json"))]

    def append(self, run: str, event: dict[str, Any]) -> None:
        """Append a line to ``events.jsonl`` in one write, so that two lines never mix."""
        descriptor = os.open(self._folder(run) / "events.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, json.dumps(event, ensure_ascii=False).encode() + b"\n")
        finally:
            os.close(descriptor)

    def events(self, run: str) -> list[dict[str, Any]]:
        """Read ``events.jsonl``; a last line that a crash cut off is left out."""
        path = self._folder(run) / "events.jsonl"
        lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
        return [json.loads(line) for line in lines if line.endswith(b"\n")]

    def remove(self, run: str) -> None:
        """Delete the run's folder."""
        shutil.rmtree(self._folder(run))


class RunTables:
    """Tables of a database that several machines share."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        with self._guard():
            prepare(self._engine, _metadata, part="runs", version=_VERSION)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as problem:
            raise RunError(f"the runs in {shown(self._engine)} can't be reached: {told(problem)}") from problem

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._guard(), self._engine.begin() as connection:
            yield connection

    def create(self, run: str, body: str) -> None:
        """Insert the run's row."""
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(_runs).values(run=run, body=body))
        except IntegrityError:
            raise _taken(run) from None

    def save(self, run: str, body: str) -> None:
        """Replace the run's row."""
        with self._transaction() as connection:
            saved = insert_into(connection, _runs).values(run=run, body=body)
            connection.execute(saved.on_conflict_do_update(index_elements=["run"], set_={"body": saved.excluded.body}))

    def read(self, run: str) -> str | None:
        """Return the run's row."""
        with self._transaction() as connection:
            return connection.scalar(select(_runs.c.body).where(_runs.c.run == run))

    def runs(self) -> list[str]:
        """Return the ids of all rows."""
        with self._transaction() as connection:
            return list(connection.scalars(select(_runs.c.run).order_by(_runs.c.run)))

    def append(self, run: str, event: dict[str, Any]) -> None:
        """Insert the event's row."""
        with self._transaction() as connection:
            connection.execute(insert(_events).values(run=run, body=json.dumps(event, ensure_ascii=False).replace("\\u0000", "")))

    def events(self, run: str) -> list[dict[str, Any]]:
        """Return the rows in their order."""
        with self._transaction() as connection:
            bodies = connection.scalars(select(_events.c.body).where(_events.c.run == run).order_by(_events.c.seq))
            return [json.loads(body) for body in bodies]

    def remove(self, run: str) -> None:
        """Delete the run's rows, those of its journal and lookups among them."""
        calls, attempts = journal_tables.tables["calls"], journal_tables.tables["attempts"]
        with self._transaction() as connection:
            connection.execute(delete(attempts).where(attempts.c.call.in_(select(calls.c.seq).where(calls.c.run == run))))
            for table in (*reversed(journal_tables.sorted_tables), _events, _runs):
                if "run" in table.c:
                    connection.execute(delete(table).where(table.c.run == run))
            for table in lookup_tables.sorted_tables:
                if inspect(connection).has_table(table.name):  # made by the first run that searches
                    connection.execute(delete(table).where(table.c.run == run))
