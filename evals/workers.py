"""Workers: several trials at a time, each in a process of its own, since an investigation's signals and event loop want a main thread.

Processes are forked: a suite's cases hold functions that can't be sent anywhere. Nothing is shared but what was loaded before.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Final

from evals.benches import Interrupted, Unfinished
from evals.errors import EvalError, WorkerDied
from evals.trials import Trial, TrialKey
from reasoners.errors import ReasonerError

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
Work = Callable[[TrialKey], Trial]
Came = Trial | EvalError | ReasonerError


def worked(work: Work, due: Iterator[TrialKey], jobs: int) -> Iterator[tuple[TrialKey, Trial | Unfinished]]:
    """Yield each trial as it ends, ``jobs`` of them in progress at a time; the next is taken from ``due`` only when it can begin.

    A signal goes on to every trial in progress: the first lets each end its step, the second stops them at once. Nothing is begun after it.
    Whatever stops the batch stops it when what was in progress has ended.

    Raises:
        Interrupted: it was stopped.
        ReasonerError: no trial can be run at all, as without a key.
        WorkerDied: a process met a defect.
    """
    if jobs == 1:
        for key in due:
            try:
                yield key, work(key)
            except Unfinished as problem:
                yield key, problem
        return
    crew = _Crew(work)
    stops: EvalError | ReasonerError | None = None
    with crew.forwarding():
        while True:
            while len(crew.busy) < jobs and not (stops or crew.stopping) and (coming := next(due, None)):
                crew.begin(coming)
            if not crew.busy:
                break
            for key, came in crew.ended():
                if isinstance(came, (Trial, Unfinished)):
                    yield key, came
                else:
                    stops = stops or came
    if stops or crew.stopping:
        raise stops or Interrupted("stopped; the same command goes on from here")


@dataclass
class _Crew:
    """The processes at work, by the end of the pipe at which each will tell what came of it.

    ``stopping``: the last signal that came; 0 before.
    """

    work: Work
    busy: dict[Connection, tuple[TrialKey, BaseProcess]] = field(default_factory=dict)
    stopping: int = 0

    def begin(self, key: TrialKey) -> None:
        """Begin a trial. Signals wait until the process has its own handlers: it must not stop its siblings."""
        forking = multiprocessing.get_context("fork")
        here, there = forking.Pipe(duplex=False)
        process = forking.Process(target=_trial, args=(self.work, key, there), daemon=True)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            with warnings.catch_warnings():  # numpy's threads, of which Python 3.12 warns, are made to be forked
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            self.busy[here] = key, process
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            there.close()
        if self.stopping:  # it came by another thread, which blocks nothing, while this process was no part of the crew
            _send(process, self.stopping)

    def ended(self) -> Iterator[tuple[TrialKey, Came]]:
        """Wait for whichever ends next, and yield what came of it."""
        for pipe in wait(list(self.busy)):
            assert isinstance(pipe, Connection)
            key, process = self.busy[pipe]
            try:
                came: Came | None = pipe.recv()
            except EOFError:
                came = None
            process.join()
            del self.busy[pipe]
            pipe.close()
            yield key, came or self._died(key, process.exitcode or 0)

    def _died(self, key: TrialKey, code: int) -> EvalError:
        if self.stopping:
            return Interrupted("stopped; the same command goes on from here")
        if code < 0:
            return Unfinished(f"its process was ended by signal {-code}; the same command tries it again")
        return WorkerDied(f"{key.configuration} on {key.case}: its process met a defect, told above; what others came to is kept")

    @contextmanager
    def forwarding(self) -> Iterator[None]:
        """Hand signals on while trials are in progress, and leave none in progress behind."""

        def forward(number: int, frame: FrameType | None) -> None:
            del frame
            self.stopping = number
            self._signal(number)

        before = {number: signal.signal(number, forward) for number in _SIGNALS}
        try:
            yield
        finally:
            self._signal(signal.SIGTERM)
            for _, process in self.busy.values():
                process.join()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _signal(self, number: int) -> None:
        for _, process in list(self.busy.values()):
            _send(process, number)


def _send(process: BaseProcess, number: int) -> None:
    if process.pid and process.is_alive():
        os.kill(process.pid, number)


def _trial(work: Work, key: TrialKey, tell: Connection) -> None:
    """Work in the new process, out of the terminal's group: Ctrl-C reaches it once, through the batch."""
    os.setpgid(0, 0)
    gc.freeze()  # what the parent left is not ours to finalise: closing its connections is wrong here, and a finaliser swallows a Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    came: Came
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        came = work(key)
    except (EvalError, ReasonerError) as problem:
        came = problem
    except KeyboardInterrupt:
        came = Interrupted("stopped; the same command goes on from here")
    tell.send(came)
