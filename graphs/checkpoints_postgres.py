"""Checkpoints on a PostgreSQL server. Apart, because its driver is an extra."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import AsyncConnection, OperationalError
from psycopg.rows import DictRow, dict_row

from graphs.errors import CheckpointsUnusable

_LOCK: Final = 7_283_118


class _CheckedPostgres(AsyncPostgresSaver):
    """Writes a checkpoint only as the run's owner."""

    def __init__(self, connection: AsyncConnection[DictRow], serde: JsonPlusSerializer, check: Callable[[], None]) -> None:
        super().__init__(connection, serde=serde)
        self._check = check

    async def aput(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        """Check, then write."""
        await asyncio.to_thread(self._check)
        return await super().aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        """Check, then write."""
        await asyncio.to_thread(self._check)
        await super().aput_writes(config, writes, task_id, task_path)


@asynccontextmanager
async def opened(url: str, serde: JsonPlusSerializer, check: Callable[[], None]) -> AsyncIterator[AsyncPostgresSaver]:
    """Connect, and make the tables if they are not there.

    Raises:
        CheckpointsUnusable: the server can't be reached.
    """
    try:
        connection = await AsyncConnection.connect(url, autocommit=True, prepare_threshold=0, row_factory=dict_row)
    except OperationalError as problem:
        raise CheckpointsUnusable(f"the checkpoints can't be reached: {problem}. Check that the server runs, then resume.") from problem
    async with connection:
        saver = _CheckedPostgres(connection, serde, check)
        # Two processes that meet an empty database would both make its tables.
        await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        await saver.setup()
        await connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
        yield saver
