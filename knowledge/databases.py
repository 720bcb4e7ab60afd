"""The databases under a store: how they are opened, and what to do when they fail."""

from __future__ import annotations

import sqlite3
import time
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from knowledge import tables
from knowledge.errors import StoreUnusable

PATIENCE_S: Final = 30.0
"""How long a connection waits for another process's lock."""


def version_in(connection: Connection) -> str | None:
    """Return the schema version that a database says it has; None if it holds no store."""
    if not inspect(connection).has_table(tables.meta.name):
        return None
    return connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == "schema_version"))


def open_engine(url: str | URL) -> Engine:
    """Prepare connections to a database.

    Raises:
        StoreUnusable: the URL is none, or its driver is missing.
    """
    try:
        engine = create_engine(url)
    except (SQLAlchemyError, ImportError) as problem:
        raise StoreUnusable(f"can't open a knowledge store at {str(url).rsplit('@', 1)[-1]}: {problem}") from problem
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


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


def advice(problem: str) -> str:
    """Say what to do about a database's failure."""
    for sign, what_to_do in (
        ("disk is full", "Free some space and resume; nothing was half written."),
        ("disk I/O", "Check the disk and the limit on file sizes, then resume; nothing was half written."),
        ("locked", "Another process holds it; try again when it is done."),
        ("malformed", "The file is damaged; restore it or use another home."),
        ("not a database", "The file is something else; use another home."),
        ("unable to open", "Check that the folder exists and can be written."),
        ("readonly", "Check that the file and its folder can be written."),
    ):
        if sign in problem:
            return what_to_do
    return "Check the database and resume."
