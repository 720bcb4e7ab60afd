"""Checkpoints of a run in a SQLite file of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver


@asynccontextmanager
async def open_checkpoints(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    """Open a run's checkpoints. Only plain values are read back: nothing stored is ever called."""
    await asyncio.to_thread(path.touch, mode=0o600, exist_ok=True)
    async with aiosqlite.connect(path) as connection:
        await connection.execute("PRAGMA busy_timeout=30000")
        yield AsyncSqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=[]))
