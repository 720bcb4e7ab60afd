"""Real processes of the command line, for tests that stop, kill and resume them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

CASE = ROOT / "cases" / "eggs"


def cruxmap(home: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start the real program in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "cruxmap.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "CRUXMAP_HOME": str(home), "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a run that should end well, and return its result."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return json.loads(out)


def ended(process: subprocess.Popen[str], *, code: int) -> tuple[str, str]:
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
