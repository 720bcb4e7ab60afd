"""Leases: at most one process works on a run, also when processes are killed, suspended or on several machines."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import psutil
from sqlalchemy import Connection, delete, select, text

from knowledge.databases import insert_into
from reasoners.errors import JournalUnusable, RunHeld
from reasoners.journal import Journal
from reasoners.tables import leases

EXPIRY_S: Final = 30.0
"""A holder that has not been heard of for so long may be replaced; it is heard of six times in that time."""
BEATS: Final = 6


@dataclass(frozen=True)
class Holder:
    """Who works on a run; ``quiet``: seconds since it was last heard of."""

    token: str
    host: str
    process: int
    born: float
    since: float
    quiet: float

    def __str__(self) -> str:
        """Say who and since when."""
        return f"process {self.process} on {self.host} since {datetime.fromtimestamp(self.since, UTC):%Y-%m-%d %H:%M:%S} UTC"

    def gone(self, expiry: float) -> bool:
        """Say whether the holder may be replaced: it is dead on this machine, or was not heard of for ``expiry`` seconds."""
        if self.host == _host() and not _alive(self.process, self.born):
            return True
        return self.quiet > expiry


def holder_of(journal: Journal) -> Holder | None:
    """Return who holds a journal's run, dead or alive."""
    with journal.transaction(readonly=True) as connection:
        return _held(connection, journal.run)


def is_held(journal: Journal, *, expiry: float = EXPIRY_S) -> bool:
    """Say whether a live process works on the run."""
    holder = holder_of(journal)
    return holder is not None and not holder.gone(expiry)


@contextmanager
def lease(journal: Journal, *, expiry: float = EXPIRY_S, lost: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold a run for this process; a thread says every ``expiry``/6 seconds that it lives. ``lost`` is called if it was taken over.

    While it is held, every write to the journal checks that it still is, in the same transaction.

    Raises:
        RunHeld: another process holds it; the message says which and since when.
    """
    token = secrets.token_hex(16)
    _take(journal, token, expiry)
    journal.token = token
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(journal, token, expiry / BEATS, over, lost), daemon=True, name="lease")
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()
        journal.token = ""
        with journal.transaction() as connection:
            connection.execute(delete(leases).where(leases.c.run == journal.run, leases.c.token == token))


def _take(journal: Journal, token: str, expiry: float) -> None:
    # Look before writing: an owner that was suspended in the middle of a write keeps a file locked, and who it is can still be read.
    _refuse_if_held(journal.run, holder_of(journal), expiry)
    with journal.transaction() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE leases IN SHARE ROW EXCLUSIVE MODE"))
        _refuse_if_held(journal.run, _held(connection, journal.run), expiry)
        now = _now(connection)
        row = {
            "run": journal.run,
            "token": token,
            "host": _host(),
            "process": os.getpid(),
            "born": psutil.Process().create_time(),
            "since": now,
            "beat": now,
        }
        taken = insert_into(connection, leases).values(row)
        connection.execute(taken.on_conflict_do_update(index_elements=["run"], set_={name: taken.excluded[name] for name in row}))


def _refuse_if_held(run: str, holder: Holder | None, expiry: float) -> None:
    if holder and not holder.gone(expiry):
        raise RunHeld(f"the run {run} is held by {holder}; it can be taken over {expiry:.0f} s after it was last heard of")


def _beat(journal: Journal, token: str, every: float, over: threading.Event, lost: Callable[[], None]) -> None:
    """Say again and again that this process lives; a database that can't be reached for a while is asked again."""
    while not over.wait(every):
        try:
            with journal.transaction() as connection:
                now = _now(connection)
                still = connection.execute(leases.update().where(leases.c.run == journal.run, leases.c.token == token).values(beat=now))
        except JournalUnusable:
            continue
        if still.rowcount == 0:
            lost()
            return


def _held(connection: Connection, run: str) -> Holder | None:
    row = connection.execute(select(leases).where(leases.c.run == run)).first()
    return Holder(row.token, row.host, row.process, row.born, row.since, _now(connection) - row.beat) if row else None


def _now(connection: Connection) -> float:
    """Return the database's clock, so that machines whose clocks differ agree on what is late."""
    if connection.dialect.name == "postgresql":
        return float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0)
    return time.time()


def _host() -> str:
    return socket.gethostname()


def _alive(process: int, born: float) -> bool:
    """Say whether a process lives, and is the one that was born then: numbers are used again."""
    try:
        there = psutil.Process(process)
        return abs(there.create_time() - born) < 1 and there.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
