"""What other processes do to a store in tests. Imports little, so that a process is there at once."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import event

from knowledge.changesets import Changeset
from knowledge.errors import StoreUnusable
from knowledge.records import Claim
from knowledge.store import KnowledgeStore
from tests.knowledge.builders import HOLDS, LEAKS, changeset

AFTER = changeset(*HOLDS, parents=(changeset(*LEAKS).revision,))
"""What the killed process was about to commit."""

processes = get_context("forkserver")
processes.set_forkserver_preload(["pytest", "tests.knowledge.workers"])


def together(work: Callable[..., None], *arguments: tuple[object, ...]) -> list[int | None]:
    """Run a function in one process for each tuple of arguments, all at once, and return how they ended."""
    children = [processes.Process(target=work, args=some) for some in arguments]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return [child.exitcode for child in children]


def die_in_commit(path: Path, at: int) -> None:
    """Commit, and be killed at the n-th moment: before and after each statement, at COMMIT, and when COMMIT has returned."""
    store = KnowledgeStore.at(path)
    moments = 0

    def count(*_: object) -> None:
        nonlocal moments
        moments += 1
        if moments == at:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(store._engine, moment, count)
    event.listen(store._engine.pool, "checkin", count)
    store.commit(AFTER)
    os._exit(0)


def open_at(path: Path, moment: float) -> None:
    """Open a store when the clock (`time.time`) says so."""
    time.sleep(max(0.0, moment - time.time()))
    KnowledgeStore.at(path).close()


def open_url(url: str, moment: float) -> None:
    """Open a store at a URL when the clock says so."""
    time.sleep(max(0.0, moment - time.time()))
    KnowledgeStore(url).close()


def commit_branch(url: str, worker: int) -> None:
    """Commit a branch of 25 changesets, each on top of the one before."""
    store = KnowledgeStore(url)
    tip = changeset(*LEAKS).revision
    for number in range(25):
        tip = store.commit(branch_step(worker, number, tip))
    store.close()


def branch_step(worker: int, number: int, tip: str) -> Changeset:
    """The n-th changeset of a worker's branch."""
    return changeset(Claim(text=f"Worker {worker}, claim {number}."), parents=(tip,), reason=f"{worker}/{number}")


def commit_same(url: str, _worker: int) -> None:
    """Commit what every other worker commits too."""
    commit_branch(url, 0)


def commit_beyond_file_limit(path: Path) -> None:
    """Commit more than the file may grow by; end with 0 if that is said with advice."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    store = KnowledgeStore.at(path)
    try:
        store.commit(changeset(*(Claim(text=f"{number} " + "x" * 2000) for number in range(400)), parents=(changeset(*LEAKS).revision,)))
    except StoreUnusable as problem:
        os._exit(0 if "nothing was half written" in str(problem) else 2)
    os._exit(1)


def open_as_nobody(path: Path) -> None:
    """Open a store as a user who may not write there; end with 0 if that is said with advice."""
    if os.getuid() == 0:
        os.setuid(65534)
    try:
        KnowledgeStore.at(path)
    except StoreUnusable as problem:
        os._exit(0 if "can be written" in str(problem) else 2)
    os._exit(1)
