"""Databases: one way to open SQLite and PostgreSQL, so that commits are durable, writers patient and tables whole."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Column, Connection, Engine, MetaData, String, Table, create_engine, event, inspect, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from knowledge.errors import StoreUnusable

PATIENCE_S: Final = 30.0
"""How long a connection waits for another process's lock."""
_LOCK: Final = 7_283_117
"""The advisory lock under which one PostgreSQL client makes tables while others wait."""

_meta: Final = Table("meta", MetaData(), Column("name", String, primary_key=True), Column("value", String, nullable=False))


def file_url(path: Path) -> URL:
    """Make a file that only its user can read, with its folder, and return its SQLite URL.

    Raises:
        StoreUnusable: the file can't be opened or created.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as problem:
        why = f"can't open a database at {path}: {problem.strerror}"
        raise StoreUnusable(f"{why}. Check that the folder exists and can be written.") from problem
    # Built from its parts: in a URL written out, a "?" in the path would begin the query.
    return URL.create("sqlite", database=str(path))


def open_engine(url: str | URL) -> Engine:
    """Open a database; nothing is asked of it yet. ``postgresql://`` is taken to psycopg 3.

    Raises:
        StoreUnusable: the URL is none, or its driver isn't installed.
    """
    try:
        made = make_url(url)
        if made.drivername in {"postgres", "postgresql"}:
            made = made.set(drivername="postgresql+psycopg")
        # A connection that a server or a network dropped is noticed before it is used again.
        engine = create_engine(made, pool_pre_ping=made.get_backend_name() != "sqlite")
    except ImportError as problem:
        raise StoreUnusable(f"{made.get_backend_name()} needs its extra: uv sync --extra postgres ({problem})") from problem
    except (ArgumentError, SQLAlchemyError) as problem:
        raise StoreUnusable(f"can't open a database at {str(url).rsplit('@', 1)[-1]}: {problem}") from problem
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def shown(engine: Engine) -> str:
    """Return an engine's URL without its password."""
    return engine.url.render_as_string(hide_password=True)


def insert_into(connection: Connection, table: Table) -> Any:
    """Begin an INSERT in the connection's dialect, which knows what to do on a conflict."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert the rows that are not there yet."""
    if rows:
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), list(rows))


def prepare(engine: Engine, metadata: MetaData, *, part: str, version: int) -> None:
    """Make a part's tables, all in one transaction, if it has none here; hold those that are there to what this program writes.

    Raises:
        StoreUnusable: the database is another version's, another program's, or half made.
        SQLAlchemyError: the database failed.
    """
    with engine.connect().execution_options(readonly=True) as connection:
        found = _version_in(connection, part)
    if found is None:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            _make(connection, metadata, part, version, shown(engine))
            found = _version_in(connection, part)
    if found != str(version):
        raise StoreUnusable(f"{shown(engine)} has {part} schema version {found}, this program writes {version}: use another home")
    with engine.connect().execution_options(readonly=True) as connection:
        _hold_whole(connection, metadata, shown(engine))


def _make(connection: Connection, metadata: MetaData, part: str, version: int, where: str) -> None:
    others = set(inspect(connection).get_table_names()) - {*metadata.tables, _meta.name}
    if others and connection.dialect.name == "sqlite":
        raise StoreUnusable(f"{where} is another program's database (it has {min(others)}): use another home")
    _meta.create(connection, checkfirst=True)
    metadata.create_all(connection)
    add(connection, _meta, [{"name": part, "value": str(version)}])


def _hold_whole(connection: Connection, metadata: MetaData, where: str) -> None:
    """Look for every table and column: an interrupted migration or a hand-made change must not go on as if nothing were missing."""
    looked = inspect(connection)
    for table in metadata.sorted_tables:
        there = {column["name"] for column in looked.get_columns(table.name)} if looked.has_table(table.name) else set()
        missing = [column.name for column in table.columns if column.name not in there]
        if missing:
            what = f"column {missing[0]} of table {table.name}" if there else f"table {table.name}"
            raise StoreUnusable(f"{where} is half made: it lacks the {what}. Restore it from a copy, or use another home.")


def _version_in(connection: Connection, part: str) -> str | None:
    """Return the version that a database says a part has; None if the part isn't in it."""
    if not inspect(connection).has_table(_meta.name):
        return None
    return connection.scalar(select(_meta.c.value).where(_meta.c.name == part))


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Make commits durable, readers unhindered and writers patient, and leave transactions to SQLAlchemy."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={PATIENCE_S * 1000:.0f}")
    _into_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _into_wal(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log. SQLite answers "locked" without waiting when another process is switching the same new file."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as problem:
            if not problem.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: a transaction that starts as a reader can't be upgraded while another writes."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("readonly") else "BEGIN IMMEDIATE")


def told(problem: Exception) -> str:
    """Say what a driver said was wrong, also through SQLAlchemy, and what a person can do about it."""
    original = str(getattr(problem, "orig", None) or problem)
    return f"{original}. {_advice(original)}"


def _advice(problem: str) -> str:
    for sign, advice in (
        ("disk is full", "Free some space and resume; nothing was half written."),
        ("No space left", "Free some space and resume; nothing was half written."),
        ("disk I/O", "Check the disk and the limit on file sizes, then resume; nothing was half written."),
        ("locked", "Another process holds it; try again when it is done."),
        ("malformed", "The file is damaged: `cruxmap doctor` says what can be saved."),
        ("not a database", "The file is something else, or damaged: `cruxmap doctor` says what can be saved."),
        ("unable to open", "Check that the folder exists and can be written."),
        ("readonly", "Check that the file and its folder can be written."),
        ("onnection", "Check that the server runs and can be reached, then resume."),
    ):
        if sign in problem:
            return advice
    return "Check the database and resume."
