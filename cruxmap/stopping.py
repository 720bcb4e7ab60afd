"""Stopping: signals end a run cleanly, a second one at once; whatever happens, its record says how it stands."""

from __future__ import annotations

import asyncio
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from langgraph.errors import GraphDrained
from langgraph.runtime import RunControl

from cruxmap.registry import Status
from graphs.errors import GraphError
from knowledge.errors import KnowledgeError
from reasoners.errors import AnswersAwaited, LimitReached, ProviderDown, ReasonerError, RunTaken
from sources.errors import SourceError

Note = Callable[[str, str], None]
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


async def ended(work: asyncio.Task[Any], note: Note) -> tuple[Status, str]:
    """Wait for the graph and say how it ended: the one boundary at which nothing may pass, so that the record is always true.

    Raises:
        RunTaken: another process owns the run now; this one may not even say how it stands.
    """
    try:
        await work
    except RunTaken:
        raise
    except AnswersAwaited as problem:
        return Status.WAITING, str(problem)
    except (LimitReached, ProviderDown) as problem:
        return Status.INCOMPLETE, str(problem)
    except (GraphDrained, asyncio.CancelledError):
        return Status.INTERRUPTED, "stopped by a signal"
    except (KnowledgeError, ReasonerError, SourceError, GraphError, OSError) as problem:
        return Status.FAILED, str(problem)
    except Exception as problem:  # noqa: BLE001  # a defect of ours: the run is marked as failed, with its place, and can be resumed
        note("failed", "".join(traceback.format_exception(problem)))
        return Status.FAILED, f"{type(problem).__name__}: {problem}"
    return Status.DONE, ""


@contextmanager
def stoppable(work: asyncio.Task[Any], control: RunControl, note: Note, *, seconds: float, drop: Callable[[], None]) -> Iterator[None]:
    """Let SIGINT and SIGTERM end the run at the next step, cancel it after ``seconds``, and at the second signal at once.

    ``drop`` gives up what is still waited for: the second signal calls it.
    """
    loop = asyncio.get_running_loop()
    asked = False

    def stop() -> None:
        nonlocal asked
        if asked:
            work.cancel()
            drop()
            return
        asked = True
        note("stop", f"finishing the step in progress, {seconds:.0f} s at most; once more to stop at once")
        control.request_drain("signal")
        loop.call_later(seconds, work.cancel)

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
