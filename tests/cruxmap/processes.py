"""Real processes of the command line, for tests that stop, kill and resume them."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from cruxmap.cli import main
from tests.conftest import ROOT

CASE = ROOT / "cases" / "eggs"


class Running:
    """A process of the program with a process id of its own, as `subprocess.Popen` tells of one.

    It is forked from a process that has the program loaded and no threads yet: of some hundred starts the imports would take minutes.
    """

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__, "cruxmap.crashing"])
        self._said = Path(tempfile.mkdtemp())
        for name in ("out", "err"):
            (self._said / name).touch()
        self._process = context.Process(target=_begin, args=(arguments, environment, self._said), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """With what it ended, -9 if by SIGKILL; None while it goes on."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Say whether it has ended, and with what."""
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Signal it, if it goes on."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = 300) -> tuple[str, str]:
        """Wait for its end, and return what it wrote to its standard output and its standard error."""
        self._process.join(timeout)
        assert self._process.exitcode is not None, f"it goes on after {timeout} s"
        told = (self._said / "out").read_text(), (self._said / "err").read_text()
        shutil.rmtree(self._said)
        return told


def _begin(arguments: tuple[str, ...], environment: dict[str, str], said: Path) -> None:
    """Be the program."""
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(said / name, os.O_WRONLY), number)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["cruxmap", *arguments]
    main()


def cruxmap(home: Path, *arguments: str, **environment: str) -> Running:
    """Start the program in a process of its own."""
    return Running(arguments, _environment(home, environment))


def from_nothing(home: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start the program as a shell does."""
    return subprocess.Popen(
        [sys.executable, "-m", "cruxmap.cli", *arguments],
        cwd=ROOT,
        env=_environment(home, environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _environment(home: Path, more: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "CRUXMAP_HOME": str(home), "OMP_NUM_THREADS": "1", **more}


def finish(process: Running) -> dict[str, Any]:
    """Wait for a run that should end well, and return its result."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return json.loads(out)


def ended(process: Running | subprocess.Popen[str], *, code: int) -> tuple[str, str]:
    """Wait for a process that should end with this code, and return what it said."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, f"{process.returncode}\n{out}\n{err}"
    return " ".join(out.split()), " ".join(err.split())


def events(home: Path, run: str) -> int:
    """Count the steps that a run has told of so far."""
    path = home / "runs" / run / "events.jsonl"
    return len(path.read_text().splitlines()) if path.exists() else 0


def wait_for_events(home: Path, run: str, count: int) -> None:
    """Wait until a run has told of so many steps."""
    deadline = time.monotonic() + 300
    while events(home, run) < count:
        assert time.monotonic() < deadline, "the run told nothing"
        time.sleep(0.005)
