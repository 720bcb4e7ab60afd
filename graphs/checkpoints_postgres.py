"""Checkpoints on a PostgreSQL server. Apart, because its driver is an extra."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import AsyncConnection, Error, OperationalError
from psycopg.rows import dict_row

from graphs.errors import CheckpointsUnusable
from graphs.savers import Saver

_LOCK: Final = 7_283_118


class _PostgresSaver(Saver, AsyncPostgresSaver):
    """On a server that many runs share."""

    failures = Error

    async def thin(self, run: str, keep: int) -> int:
        """Remove rows in one transaction; a channel's value goes when no checkpoint names its version any more."""
        latest = "SELECT checkpoint_id FROM checkpoints WHERE thread_id = %s ORDER BY checkpoint_id DESC LIMIT %s"
        async with self._cursor() as cursor, cursor.connection.transaction():
            await cursor.execute(
                f"DELETE FROM checkpoints WHERE thread_id = %s AND checkpoint_id NOT IN ({latest})",  # noqa: S608  # a text of ours
                (run, run, keep),
            )
            removed = cursor.rowcount
            await cursor.execute(
                "DELETE FROM checkpoint_writes WHERE thread_id = %s AND checkpoint_id NOT IN "
                "(SELECT checkpoint_id FROM checkpoints WHERE thread_id = %s)",
                (run, run),
            )
            await cursor.execute(
                "DELETE FROM checkpoint_blobs WHERE thread_id = %s AND (channel, version) NOT IN (SELECT named.key, named.value "
                "FROM checkpoints, jsonb_each_text(checkpoint -> 'channel_versions') AS named WHERE thread_id = %s)",
                (run, run),
            )
        return removed


@asynccontextmanager
async def opened(url: str, serde: JsonPlusSerializer) -> AsyncIterator[Saver]:
    """Connect, and make the tables if they are not there.

    Raises:
        CheckpointsUnusable: the server can't be reached.
    """
    try:
        connection = await AsyncConnection.connect(url, autocommit=True, prepare_threshold=0, row_factory=dict_row)
    except OperationalError as problem:
        raise CheckpointsUnusable(f"the checkpoints can't be reached: {problem}. Check that the server runs, then resume.") from problem
    async with connection:
        saver = _PostgresSaver(connection, serde=serde)
        # Two processes that meet an empty database would both make its tables.
        await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        await saver.setup()
        await connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
        yield saver
