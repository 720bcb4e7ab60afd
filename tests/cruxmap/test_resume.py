"""A run that is killed anywhere goes on and ends with the same knowledge base."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from cruxmap import investigating
from cruxmap.registry import Registry, Status
from cruxmap.settings import load_settings
from reasoners.baseline.answering import NAME, baseline
from reasoners.local import LocalAnswerer
from reasoners.requests import Completion, Request
from reasoners.simulated import simulated_provider
from sources.embedding import Embedder
from tests.cruxmap.conftest import SMALL
from tests.cruxmap.processes import CASE, cruxmap, ended, events, finish, wait_for_events

POINTS = 25
TRIES = 4
"""A kill that came after the run's end is tried again."""


def journalled(home: Path, run: str) -> dict[str, str]:
    """Return when each call in a run's journal was begun, by key."""
    path = home / "runs" / run / "journal.db"
    if not path.exists():
        return {}
    with sqlite3.connect(path) as journal:
        try:
            rows = dict(journal.execute("SELECT key, started FROM calls").fetchall())
        except sqlite3.OperationalError:
            rows = {}
    journal.close()
    return rows


@dataclass(frozen=True)
class Whole:
    """What the uninterrupted run came to."""

    digest: str
    keys: frozenset[str]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Run the case once without interruption."""
    home = tmp_path_factory.mktemp("whole")
    result = finish(cruxmap(home, "run", str(CASE), "--reasoner", "baseline", "--run-id", "whole", "--json"))
    return Whole(result["digest"], frozenset(journalled(home, "whole")))


def killed_at(home: Path, run: str, calls: int, delay: float) -> tuple[int, int]:
    """Start a run, kill -9 it once it has journalled so many calls and a little later; return its exit status and the calls it had by then."""
    process = cruxmap(home, "run", str(CASE), "--reasoner", "baseline", "--run-id", run, "--json")
    while process.poll() is None and (events(home, run) == 0 or len(journalled(home, run)) < calls):
        time.sleep(0.003)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode, len(journalled(home, run))


def test_kill_9_at_25_points_gives_the_same_knowledge(tmp_path: Path, whole: Whole) -> None:
    """Killed at points spread over it and resumed, a run ends with the digest of the uninterrupted one; no call is made twice."""

    def attempt(point: int) -> int:
        run, status, calls = f"killed-{point}", 0, 0
        for again in range(TRIES):
            home = tmp_path / f"{point}-{again}"
            status, calls = killed_at(home, run, len(whole.keys) * point // POINTS, 0.01 * (point % 5) if again == 0 else 0.0)
            if status == -signal.SIGKILL:
                break
        assert status == -signal.SIGKILL, f"point {point}: the run was over each time before the kill"
        before = journalled(home, run)
        result = finish(cruxmap(home, "resume", run, "--json"))
        after = journalled(home, run)
        assert result["digest"] == whole.digest, f"point {point}"
        assert frozenset(after) == whole.keys, f"point {point}"
        assert {key: after[key] for key in before} == before, f"point {point}: a journalled call was made again"
        return calls

    with ThreadPoolExecutor(2) as workers:
        killed = list(workers.map(attempt, range(POINTS)))
    assert len(set(killed)) >= 5, "the kills must fall at different places of the run"


def test_sigterm_stops_cleanly_and_the_run_goes_on(tmp_path: Path, whole: Whole) -> None:
    """SIGTERM ends with exit 130 and the way to resume; the result is that of the uninterrupted run."""
    process = cruxmap(tmp_path, "run", str(CASE), "--reasoner", "baseline", "--run-id", "terminated")
    while events(tmp_path, "terminated") < 3:
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "cruxmap resume terminated" in out
    assert json.loads(cruxmap(tmp_path, "show", "terminated", "--json").communicate()[0])["status"] == "interrupted"
    assert finish(cruxmap(tmp_path, "resume", "terminated", "--json"))["digest"] == whole.digest


def test_a_second_ctrl_c_stops_at_once(tmp_path: Path) -> None:
    """The first waits for the answers in flight, the second does not; exit 130, the calls are lost and counted so, and the run goes on."""
    with simulated_provider(lambda _: "{}") as provider:
        provider.pause = 600
        chat = ["--model", "openai:fake", "--base-url", provider.url]
        slow = {"OPENAI_API_KEY": "simulated", "CRUXMAP_STOP_SECONDS": "500"}
        process = cruxmap(tmp_path, "run", str(SMALL), "--reasoner", "chat", *chat, "--run-id", "stopped", **slow)
        assert provider.busy.wait(120)
        process.send_signal(signal.SIGINT)
        wait_for_events(tmp_path, "stopped", events(tmp_path, "stopped") + 1)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        ended(process, code=130)
        provider.pause = 0
        result = finish(cruxmap(tmp_path, "resume", "stopped", "--json", **slow))
    journal = Registry(tmp_path).open_journal("stopped")
    assert journal.totals().lost_calls >= 1
    journal.close()
    assert result["status"] == "done"


class Failing(LocalAnswerer):
    """The baseline, which breaks once in a task and works from then on."""

    def __init__(self, embedder: Embedder, task: str) -> None:
        inner = baseline(embedder)
        super().__init__(NAME, inner.methods)
        self._task, self.broken, self.asked = task, False, 0

    async def complete(self, request: Request) -> Completion:
        """Break at the third question of the task."""
        self.asked += 1
        if request.task.name == self._task and not self.broken:
            self.broken = True
            raise ZeroDivisionError("a defect in a node")
        return await super().complete(request)


@pytest.mark.parametrize("task", ["ingestion/extract", "structuring/relate", "cruxes/links"])
def test_an_exception_in_a_node_is_a_failed_run_that_goes_on(home: Path, whole: Whole, task: str) -> None:
    """A defect marks the run as failed, names itself, loses nothing, and asks nothing twice after the resume."""
    answerer = Failing(Embedder(), task)
    settings = load_settings(None, {"home": home, "reasoner": "baseline"})
    failed = investigating.start(CASE, settings, run="defect", note=lambda *_: None, answerer=answerer)
    assert failed.record.status is Status.FAILED
    assert "a defect in a node" in failed.record.reason
    done = investigating.resume("defect", Registry(home), {}, accept=False, note=lambda *_: None, answerer=answerer)
    assert done.record.status is Status.DONE
    assert done.summary is not None
    assert done.summary.facts.digest == whole.digest
    assert answerer.asked == len(whole.keys) + 1


def test_a_limit_ends_incomplete_and_the_resume_goes_on(home: Path, whole: Whole) -> None:
    """At the limit of calls the run ends incomplete with what it has; raising the limit finishes it; the count survives the resume."""
    settings = load_settings(None, {"home": home, "reasoner": "baseline", "max_calls": 5})
    stopped = investigating.start(CASE, settings, run="short", note=lambda *_: None)
    assert stopped.record.status is Status.INCOMPLETE
    assert "5 of 5 calls" in stopped.record.reason
    still = investigating.resume("short", Registry(home), {}, accept=False, note=lambda *_: None)
    assert still.record.status is Status.INCOMPLETE
    done = investigating.resume("short", Registry(home), {"max_calls": 1000}, accept=False, note=lambda *_: None)
    assert done.summary is not None
    assert done.summary.facts.digest == whole.digest
    assert done.summary.facts.calls == len(whole.keys)


def test_a_second_process_on_the_same_run_is_refused(tmp_path: Path) -> None:
    """While one process holds the run, another is told who holds it."""
    process = cruxmap(tmp_path, "run", str(CASE), "--reasoner", "baseline", "--run-id", "held", "--json")
    while events(tmp_path, "held") == 0:
        time.sleep(0.005)
    process.send_signal(signal.SIGSTOP)
    second = cruxmap(tmp_path, "resume", "held")
    _, err = second.communicate(timeout=60)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert second.returncode == 1
    assert f"held by process {process.pid}" in " ".join(err.split())
