"""Lookups: what providers answered and what addresses held, on disk before it is used, so that nothing is asked twice in a run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Boolean, Column, Connection, LargeBinary, MetaData, String, Table, Text, select
from sqlalchemy.exc import SQLAlchemyError

from knowledge.databases import file_url, insert_into, open_engine, prepare, shown, told
from knowledge.errors import StoreUnusable

VERSION: Final = 1
metadata: Final = MetaData()
_lookups: Final = Table(
    "lookups",
    metadata,
    Column("run", String, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("provider", String, nullable=False),
    Column("asked", Text, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("problem", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Column("lasting", Boolean, nullable=False),
    Column("at", String, nullable=False),
)


@dataclass(frozen=True)
class Lookup:
    """What came of asking: an answer's bytes, or a problem. ``at``: when it was there, UTC."""

    provider: str
    asked: str
    answer: bytes = b""
    problem: str = ""
    advice: str = ""
    lasting: bool = False
    at: str = ""


class Lookups:
    """One run's lookups, in a SQLite file of its own or with others' on a server. Thread-safe.

    Raises:
        StoreUnusable: by every method, when the database can't be read or written.
    """

    def __init__(self, url: str | URL, run: str) -> None:
        self._run, self._engine = run, open_engine(url)
        try:
            prepare(self._engine, metadata, part="lookups", version=VERSION)
        except SQLAlchemyError as problem:
            raise self._unusable(problem) from problem

    @classmethod
    def at(cls, path: Path, run: str) -> Lookups:
        """Open or create lookups in a file that only its user can read."""
        return cls(file_url(path), run)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _unusable(self, problem: SQLAlchemyError) -> StoreUnusable:
        return StoreUnusable(f"what was looked up ({shown(self._engine)}) can't be kept: {told(problem)}")

    @contextmanager
    def _transaction(self, *, readonly: bool = False) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(readonly=readonly) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as problem:
            raise self._unusable(problem) from problem

    def get(self, provider: str, asked: str) -> Lookup | None:
        """Return what came of asking this before."""
        with self._transaction(readonly=True) as connection:
            row = connection.execute(select(_lookups).where(_lookups.c.run == self._run, _lookups.c.key == _key(provider, asked))).first()
        return _lookup(row._mapping) if row else None

    def put(self, lookup: Lookup) -> None:
        """Write what came of asking, durably. What is there stays as it is."""
        row = {name: value for name, value in vars(lookup).items() if name != "at"}
        row |= {"run": self._run, "key": _key(lookup.provider, lookup.asked), "at": datetime.now(UTC).isoformat(timespec="milliseconds")}
        with self._transaction() as connection:
            connection.execute(insert_into(connection, _lookups).values(row).on_conflict_do_nothing())


def _key(provider: str, asked: str) -> str:
    return hashlib.sha256(f"{provider}\0{asked}".encode()).hexdigest()


def _lookup(row: object) -> Lookup:
    values = dict(row)  # type: ignore[call-overload]  # a row's mapping
    return Lookup(**{name: values[name] for name in ("provider", "asked", "answer", "problem", "advice", "lasting", "at")})
