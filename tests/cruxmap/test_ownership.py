"""One process owns a run: others are refused, the dead and the silent are replaced, and whoever lost it notices."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from cruxmap.registry import Registry, Status
from reasoners.leases import lease
from reasoners.tables import leases
from tests.cruxmap.conftest import SMALL, Program
from tests.cruxmap.processes import CASE, Running, cruxmap, ended, finish, wait_for_events

LONG_LEASE = {"CRUXMAP_LEASE_SECONDS": "3600"}
"""Longer than any machine is slow: a test that needs an expired lease sets its clock back."""


def stop_between_writes(process: Running, *databases: Path) -> None:
    """Suspend a process while it holds no lock on its databases: a file's lock would outlast any lease."""
    while True:
        process.send_signal(signal.SIGSTOP)
        while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
            time.sleep(0.001)
        if not any(map(is_locked, databases)):
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.01)


def is_locked(path: Path) -> bool:
    """Say whether somebody is writing to a database."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
    return False


@pytest.fixture(scope="module")
def digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the uninterrupted run."""
    return str(finish(cruxmap(tmp_path_factory.mktemp("whole"), "run", str(CASE), "--reasoner", "baseline", "--json"))["digest"])


def test_a_silent_owner_is_replaced_and_notices(tmp_path: Path, digest: str) -> None:
    """A process that stands still is refused nothing and replaced after the lease's time; when it wakes it stops and changes nothing."""
    first = cruxmap(tmp_path, "run", str(CASE), "--reasoner", "baseline", "--run-id", "held", "--json", **LONG_LEASE)
    wait_for_events(tmp_path, "held", 3)
    folder = tmp_path / "runs" / "held"
    stop_between_writes(first, tmp_path / "knowledge.db", folder / "journal.db", folder / "checkpoints.db")
    _, told = ended(cruxmap(tmp_path, "resume", "held"), code=1)
    assert f"held by process {first.pid} on" in told
    assert "can be taken over" in told
    with closing(Registry(tmp_path).open_journal("held")) as journal, journal.transaction() as connection:
        connection.execute(leases.update().values(beat=leases.c.beat - float(LONG_LEASE["CRUXMAP_LEASE_SECONDS"])))
    assert finish(cruxmap(tmp_path, "resume", "held", "--json"))["digest"] == digest
    first.send_signal(signal.SIGCONT)
    _, told = ended(first, code=1)
    assert "taken over" in told
    assert finish(cruxmap(tmp_path, "show", "held", "--json"))["digest"] == digest


def test_a_dead_owner_is_replaced_at_once(tmp_path: Path, digest: str) -> None:
    """After kill -9 nobody waits for the lease to expire."""
    first = cruxmap(tmp_path, "run", str(CASE), "--reasoner", "baseline", "--run-id", "dead", **LONG_LEASE)
    wait_for_events(tmp_path, "dead", 3)
    first.kill()
    first.communicate()
    assert finish(cruxmap(tmp_path, "resume", "dead", "--json"))["digest"] == digest


@pytest.mark.parametrize(("lease_seconds", "status"), [(600, "running"), (30, "interrupted")])
def test_a_silence_is_measured_by_the_runs_own_lease(program: Program, home: Path, lease_seconds: int, status: str) -> None:
    """An owner on another machine that was last heard of 100 s ago is at work under a lease of 600 s, and gone under one of 30 s."""
    assert program("run", SMALL, "--run-id", "away")[0] == 0
    registry = Registry(home)
    record = registry.load("away")
    registry.save(record.model_copy(update={"status": Status.RUNNING, "settings": {**record.settings, "lease_seconds": lease_seconds}}))
    with closing(registry.open_journal("away")) as journal, lease(journal, expiry=lease_seconds):
        with journal.transaction() as connection:
            connection.execute(leases.update().values(host="elsewhere", beat=leases.c.beat - 100))
        assert registry.load("away").status == status
        assert json.loads(program("runs", "--json")[1])[0]["status"] == status
        assert program("runs", "rm", "away", "--yes")[0] == (1 if status == "running" else 0)
        assert registry.knows("away") == (status == "running")


def test_two_runs_share_the_knowledge_store(tmp_path: Path, digest: str) -> None:
    """Runs side by side in one home: neither is told that the database is locked, and both come to the same."""
    both = [cruxmap(tmp_path, "run", str(CASE), "--reasoner", "baseline", "--run-id", f"side-{number}", "--json") for number in range(3)]
    assert [finish(process)["digest"] for process in both] == [digest] * 3


def test_show_tells_of_a_run_that_goes_on(tmp_path: Path) -> None:
    """From another terminal: running, at which step, what is committed so far."""
    process = cruxmap(tmp_path, "run", str(CASE), "--reasoner", "baseline", "--run-id", "live", "--json", **LONG_LEASE)
    wait_for_events(tmp_path, "live", 6)
    process.send_signal(signal.SIGSTOP)
    shown = finish(cruxmap(tmp_path, "show", "live", "--json"))
    process.send_signal(signal.SIGCONT)
    assert shown["status"] == "running"
    assert shown["revision"].startswith("revision-")
    last = (tmp_path / "runs" / "live" / "events.jsonl").read_text().splitlines()[5]
    assert shown["latest"]["at"] >= json.loads(last)["at"]
    done = finish(process)
    assert done["revision"] != shown["revision"]


@pytest.mark.postgres
def test_a_run_is_resumed_from_another_machine(tmp_path: Path, database: str, digest: str) -> None:
    """Two processes that share nothing but a PostgreSQL server: one is killed, the other goes on to the same knowledge base."""
    url = {"CRUXMAP_DATABASE": database}
    first = cruxmap(tmp_path / "one", "run", str(CASE), "--reasoner", "baseline", "--run-id", "far", "--json", **url)
    other = tmp_path / "two"
    seen = 0
    while seen < 5 and first.poll() is None:
        listed = cruxmap(other, "trace", "far", "--json", **url).communicate()[0]
        seen = len([line for line in listed.splitlines() if '"call"' in line])
    first.kill()
    first.communicate()
    resumed = finish(cruxmap(other, "resume", "far", "--json", **url))
    assert resumed["digest"] == digest
    assert not (tmp_path / "one" / "knowledge.db").exists()
    assert Path(resumed["report"]).is_relative_to(other)
    assert finish(cruxmap(tmp_path / "three", "show", "far", "--json", **url))["digest"] == digest
