"""Checkpoints of a run: in a SQLite file of its own, or on a PostgreSQL server that several machines share."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Send

from graphs.errors import CheckpointsUnusable
from graphs.savers import Check, Saver
from graphs.state import State

_COLUMNS = {
    "checkpoints": {"thread_id", "checkpoint_ns", "checkpoint_id", "parent_checkpoint_id", "type", "checkpoint", "metadata"},
    "writes": {"thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx", "channel", "type", "value"},
}


def _plain() -> JsonPlusSerializer:
    """Only plain values are read back: nothing stored is ever called."""
    return JsonPlusSerializer(allowed_msgpack_modules=[])


@asynccontextmanager
async def open_checkpoints(place: Path | str, check: Check = lambda: None) -> AsyncIterator[Saver]:
    """Open checkpoints in a file, or at a PostgreSQL URL. ``check`` runs before each is written, and may refuse it.

    Raises:
        CheckpointsUnusable: the database is damaged, half made, or can't be reached.
    """
    if isinstance(place, Path):
        await asyncio.to_thread(place.touch, mode=0o600, exist_ok=True)
        await asyncio.to_thread(_hold_whole, place)
        async with aiosqlite.connect(place) as connection:
            await connection.execute("PRAGMA busy_timeout=30000")
            embedded = _SqliteSaver(connection, serde=_plain())
            embedded.check = check
            yield embedded
        return
    try:
        from graphs.checkpoints_postgres import opened  # noqa: PLC0415  # psycopg is an extra
    except ImportError as problem:
        raise CheckpointsUnusable(f"PostgreSQL needs its extra: uv sync --extra postgres ({problem})") from problem
    async with opened(place, _plain()) as saver:
        saver.check = check
        yield saver


class _SqliteSaver(Saver, AsyncSqliteSaver):
    """In a file of one run."""

    failures = sqlite3.Error

    async def thin(self, run: str, keep: int) -> int:
        """Remove rows in one transaction, then give their space back."""
        await self.setup()
        latest = "SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id DESC LIMIT ?"
        async with self.lock:
            removed = await self.conn.execute(
                f"DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id NOT IN ({latest})",  # noqa: S608  # a text of ours
                (run, run, keep),
            )
            await self.conn.execute(
                "DELETE FROM writes WHERE thread_id = ? AND checkpoint_id NOT IN "
                "(SELECT checkpoint_id FROM checkpoints WHERE thread_id = ?)",
                (run, run),
            )
            await self.conn.commit()
            await self.conn.execute("VACUUM")
            await self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return removed.rowcount


def _hold_whole(path: Path) -> None:
    """Look for every table and column before LangGraph takes a damaged file for an empty one."""
    try:
        connection = sqlite3.connect(path)
        try:
            for table, wanted in _COLUMNS.items():
                there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
                if there and wanted - there:
                    raise CheckpointsUnusable(f"{path} is half made: table {table} lacks the column {min(wanted - there)}")
        finally:
            connection.close()
    except sqlite3.DatabaseError as problem:
        raise CheckpointsUnusable(f"{path} is damaged ({problem}): `cruxmap doctor run RUN` says what can be saved") from problem


@dataclass(frozen=True)
class Stored:
    """A checkpoint as it is kept: its step, the nodes that come next, and the state's values."""

    step: int
    following: str
    values: dict[str, Any]
    kept: CheckpointTuple


async def stored_checkpoints(saver: BaseCheckpointSaver[str], run: str) -> list[Stored]:
    """Return a run's checkpoints, the first first."""
    found = [kept async for kept in saver.alist({"configurable": {"thread_id": run, "checkpoint_ns": ""}})]
    return [_stored(kept) for kept in reversed(found)]


def _stored(kept: CheckpointTuple) -> Stored:
    values = {name: value for name, value in kept.checkpoint["channel_values"].items() if name in State.__annotations__}
    triggers = {name.removeprefix("branch:to:") for name in kept.checkpoint["channel_values"] if name.startswith("branch:to:")}
    sent = kept.checkpoint["channel_values"].get("__pregel_tasks") or []
    following = sorted(triggers | {send.node for send in sent})
    return Stored(int(kept.metadata.get("step", 0)), ", ".join(following) or ("begin" if not values.get("done") else "end"), values, kept)


async def copy_checkpoint(saver: BaseCheckpointSaver[str], stored: Stored, source: str, target: str) -> None:
    """Make another run's checkpoint the first of a run: its state names the new run, and nothing that was pending goes with it."""
    checkpoint = stored.kept.checkpoint
    values = {name: _renamed(value, source, target) for name, value in checkpoint["channel_values"].items()}
    copied: Checkpoint = {**checkpoint, "channel_values": values}
    metadata: CheckpointMetadata = {"source": "fork", "step": stored.step, "parents": {}}
    config: RunnableConfig = {"configurable": {"thread_id": target, "checkpoint_ns": ""}}
    await saver.aput(config, copied, metadata, copied["channel_versions"])


def _renamed(value: Any, source: str, target: str) -> Any:
    """Replace a run's id wherever the state or what is sent to a node names it."""
    if isinstance(value, Send):
        return Send(value.node, _renamed(value.arg, source, target))
    if isinstance(value, list):
        return [_renamed(one, source, target) for one in value]
    if isinstance(value, dict):
        return {name: target if name == "run" and one == source else _renamed(one, source, target) for name, one in value.items()}
    return target if value == source else value
