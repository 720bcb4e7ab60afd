"""Salvaging: what is whole of a run's databases, and what can be saved of those that are not."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from cruxmap.errors import UsageError
from cruxmap.registry import Registry

LONGEST_GAP: Final = 100_000
"""Row numbers in a row that can't be read, after which a table is given up."""


def diagnose(registry: Registry, run: str) -> tuple[list[str], bool]:
    """Check a run's files one by one; of a damaged one, say what can still be read, and what to do.

    A damaged journal or knowledge store is copied, row by row as far as it can be read, into a file beside it: ``NAME.saved``.

    Raises:
        UsageError: there is no such run.
    """
    folder = registry.folder(run)
    if not folder.is_dir():
        raise UsageError(f"there is no run {run} in {registry.home}")
    lines: list[str] = []
    well = True
    for path, table, advice in (
        (registry.home / "knowledge.db", "records", "put it in the place of the damaged one"),
        (folder / "journal.db", "calls", "put it in the place of the damaged one: answers that were paid for aren't asked for again"),
        (
            folder / "checkpoints.db",
            "checkpoints",
            "delete it and resume: the run begins anew, and the journal answers what was asked before",
        ),
    ):
        if not path.is_file():
            lines.append(f"--   {path}: not there")
            continue
        problem = _damage(path)
        if not problem:
            lines.append(f"ok   {path}: {_count(path, table)} {table}")
            continue
        well = False
        lines.append(f"BAD  {path}: {problem}")
        if table == "checkpoints":
            lines.append(f"     {advice}")
            continue
        saved, rows = salvage(path)
        lines.append(f"     {rows} rows could be read and are saved in {saved}; {advice}" if rows else "     nothing in it can be read")
    return lines, well


def _damage(path: Path) -> str:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            found = connection.execute("PRAGMA integrity_check(3)").fetchall()
        finally:
            connection.close()
    except sqlite3.DatabaseError as problem:
        return str(problem)
    told = "; ".join(str(row[0]) for row in found)
    return "" if told == "ok" else told[:300]


def _count(path: Path, table: str) -> int:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        there = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()[0]
        return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]) if there else 0  # noqa: S608  # a name of ours
    finally:
        connection.close()


def salvage(path: Path) -> tuple[Path, int]:
    """Copy every row that can still be read into ``NAME.saved``; return that file and how many rows there are."""
    target = path.with_name(f"{path.name}.saved")
    target.unlink(missing_ok=True)
    rows = 0
    broken = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    broken.text_factory = lambda raw: raw.decode(errors="replace")
    saved = sqlite3.connect(target)
    try:
        target.chmod(0o600)
        # Where the schema itself can't be read, what was copied so far is what there is.
        with suppress(sqlite3.DatabaseError):
            # Without it SQLite reads nothing at all of a file that is shorter than its header says.
            broken.execute("PRAGMA writable_schema = ON")
            for name, made in _schema(broken):
                saved.execute(made)
                rows += _copied(broken, saved, name)
        rows -= _leave_orphans(saved)
    finally:
        saved.commit()
        broken.close()
        saved.close()
    if not rows:
        target.unlink()
    return target, rows


def _leave_orphans(saved: sqlite3.Connection) -> int:
    """Take out the attempts of lost calls, and return how many: the next call gets the number of a lost one, and they would clash."""
    orphans = [(row,) for table, row, *_ in saved.execute("PRAGMA foreign_key_check") if table == "attempts"]
    if orphans:
        saved.executemany("DELETE FROM attempts WHERE rowid = ?", orphans)
    return len(orphans)


def _schema(broken: sqlite3.Connection) -> list[tuple[str, str]]:
    asked = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'index'"
    return [(name, made) for name, made in broken.execute(asked)]


def _copied(broken: sqlite3.Connection, saved: sqlite3.Connection, table: str) -> int:
    """Copy a table by its row numbers, and go on behind every stretch that can't be read."""
    copied, reached, missed = 0, -1, 0
    while missed < LONGEST_GAP:
        try:
            rows = broken.execute(f'SELECT rowid, * FROM "{table}" WHERE rowid > ? ORDER BY rowid', (reached,))  # noqa: S608  # of the file's schema
            for number, *row in rows:
                if number <= reached:
                    # In a damaged tree a search may lead back to what was read already: that is no row behind the stretch.
                    raise sqlite3.DatabaseError("rows out of order")  # noqa: TRY301  # told like what SQLite finds itself
                marks = ", ".join("?" * len(row))
                copied += saved.execute(f'INSERT OR IGNORE INTO "{table}" VALUES ({marks})', row).rowcount  # noqa: S608
                reached, missed = number, 0
        except sqlite3.OperationalError:
            break  # an index, or a table without row numbers
        except sqlite3.DatabaseError:
            reached, missed = reached + 1, missed + 1
        else:
            break
    return copied
