"""Checkpoints are thinned out all or not at all, in a file and on a server, and what stays is whole."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from langgraph.checkpoint.base import empty_checkpoint

from graphs.checkpoints import open_checkpoints, stored_checkpoints
from graphs.errors import CheckpointsUnusable
from graphs.savers import Saver
from tests.conftest import BACKENDS

STEPS, KEPT = 6, 2
Place = Path | str


@pytest.fixture(params=BACKENDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where two runs have six checkpoints each, with a write beside every one."""
    found: Place = str(request.getfixturevalue("database")) if request.param == "postgres" else tmp_path / "checkpoints.db"
    for run in ("one", "other"):
        asyncio.run(_fill(found, run))
    return found


async def _fill(place: Place, run: str) -> None:
    async with open_checkpoints(place) as saver:
        for step in range(STEPS):
            # The branches change at every other step only: on a server two checkpoints share their stored value.
            versions: dict[str, str | int | float] = {"round": f"{step + 1:032}", "branches": f"{step // 2 + 1:032}"}
            checkpoint = empty_checkpoint() | {
                "channel_values": {"round": step, "branches": [f"{run} {step // 2}"]},
                "channel_versions": versions,
            }
            new = versions if step % 2 == 0 else {"round": versions["round"]}
            config = await saver.aput(
                {"configurable": {"thread_id": run, "checkpoint_ns": ""}}, checkpoint, {"source": "loop", "step": step, "parents": {}}, new
            )
            await saver.aput_writes(config, [("round", step)], "task")


async def _kept(place: Place, run: str) -> list[tuple[int, object, object, int]]:
    async with open_checkpoints(place) as saver:
        found = await stored_checkpoints(saver, run)
    return [(one.step, one.values["round"], one.values["branches"], len(one.kept.pending_writes or ())) for one in found]


async def _thin(place: Place, prepare: Callable[[Saver], None] = lambda _: None) -> int:
    async with open_checkpoints(place) as saver:
        prepare(saver)
        return await saver.thin("one", KEPT)


def whole(run: str, *, since: int = 0) -> list[tuple[int, int, list[str], int]]:
    """A run's checkpoints as they were written."""
    return [(step, step, [f"{run} {step // 2}"], 1) for step in range(since, STEPS)]


def test_the_latest_stay_whole(place: Place) -> None:
    """Their values and writes are as they were, and another run's checkpoints aren't touched."""
    assert asyncio.run(_thin(place)) == STEPS - KEPT
    assert asyncio.run(_kept(place, "one")) == whole("one", since=STEPS - KEPT)
    assert asyncio.run(_kept(place, "other")) == whole("other")
    assert asyncio.run(_thin(place)) == 0


@pytest.mark.postgres
def test_values_that_nothing_names_go(database: str) -> None:
    """On a server a channel's value stays as long as a checkpoint that is kept names its version."""
    import psycopg  # noqa: PLC0415  # an extra

    asyncio.run(_fill(database, "one"))
    asyncio.run(_thin(database))
    with psycopg.connect(database) as connection:
        left = connection.execute("SELECT channel, version FROM checkpoint_blobs ORDER BY channel, version").fetchall()
    assert left == [("branches", f"{STEPS // 2:032}")]


async def test_a_checkpoint_that_does_not_fit_is_said(tmp_path: Path) -> None:
    """A full disk is an error that says what to do, and the checkpoints of before stay."""
    place = tmp_path / "full.db"
    await _fill(place, "one")
    async with open_checkpoints(place) as saver:
        await saver.setup()  # type: ignore[attr-defined]  # the file's saver makes its tables late
        await saver.conn.execute("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]  # and has a connection of its own
        checkpoint = empty_checkpoint() | {"channel_values": {"route": "x" * 100_000}}
        with pytest.raises(CheckpointsUnusable, match="Free some space and resume"):
            await saver.aput(
                {"configurable": {"thread_id": "one", "checkpoint_ns": ""}}, checkpoint, {"source": "loop", "step": 9, "parents": {}}, {}
            )
    assert await _kept(place, "one") == whole("one")


def thin_and_die(place: Path, at: int) -> None:
    """Kill this process before the statement number ``at`` of the thinning."""
    statements = count(1)

    def reached(_: str) -> None:
        if next(statements) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    async def watched() -> None:
        async with open_checkpoints(place) as saver:
            await saver.setup()  # type: ignore[attr-defined]  # the file's saver makes its tables late
            await saver.conn.set_trace_callback(reached)  # type: ignore[attr-defined]  # and has a connection of its own
            await saver.thin("one", KEPT)

    asyncio.run(watched())


def test_a_kill_in_between_loses_nothing(tmp_path: Path) -> None:
    """Killed before any of its statements, thinning leaves all checkpoints or those that were to stay, and can be done again."""
    context = multiprocessing.get_context("forkserver")
    seen = set()
    for at in count(1):
        place = tmp_path / f"{at}.db"
        asyncio.run(_fill(place, "one"))
        process = context.Process(target=thin_and_die, args=(place, at))
        process.start()
        process.join(60)
        kept = asyncio.run(_kept(place, "one"))
        assert kept in (whole("one"), whole("one", since=STEPS - KEPT))
        seen.add(len(kept))
        asyncio.run(_thin(place))
        assert asyncio.run(_kept(place, "one")) == whole("one", since=STEPS - KEPT)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
    assert at > 4
    assert seen == {STEPS, KEPT}
