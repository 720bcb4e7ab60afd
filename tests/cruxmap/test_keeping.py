"""Housekeeping: runs are listed with their sizes, removed, thinned, and what is left of damaged ones is saved."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cruxmap.forking import steps
from cruxmap.registry import Registry
from reasoners.leases import lease
from tests.cruxmap.conftest import SMALL, SMALL_CALLS, Program
from tests.cruxmap.processes import cruxmap, ended, finish


@pytest.fixture
def run(program: Program) -> str:
    """A finished run of the small case."""
    assert program("run", SMALL, "--run-id", "kept")[0] == 0
    return "kept"


def test_runs_are_listed_with_their_sizes(program: Program, home: Path, run: str) -> None:
    """The bytes are those of the run's files; what the runs share is told apart."""
    listed = json.loads(program("runs", "--json")[1])
    files = [path for path in (home / "runs" / run).rglob("*") if path.is_file()]
    assert [(one["run"], one["status"]) for one in listed] == [(run, "done")]
    assert listed[0]["bytes"] == sum(path.stat().st_size for path in files) > 100_000
    assert "knowledge store that they share" in program("runs")[1]


def test_a_run_is_removed_and_its_knowledge_stays(program: Program, home: Path, run: str) -> None:
    """Its folder goes after a yes; what it committed can still be compared."""
    revision = Registry(home).load(run).revision
    assert program("runs", "rm", run, "--yes")[0] == 0
    assert not (home / "runs" / run).exists()
    assert program("show", run)[0] == 2
    assert "0 added, 0 no longer counting" in program("diff", revision, revision)[1]


@pytest.mark.postgres
def test_a_run_on_a_server_is_removed_whole(tmp_path: Path, database: str) -> None:
    """Its checkpoints and reports go as well: a new run of the same name begins anew, and does not find itself done."""
    url = {"CRUXMAP_DATABASE": database}
    folder = tmp_path / "runs" / "again"
    for _ in range(2):
        assert finish(cruxmap(tmp_path, "run", str(SMALL), "--run-id", "again", "--json", **url))["calls"] == SMALL_CALLS
        assert (folder / "report.html").is_file()
        ended(cruxmap(tmp_path, "runs", "rm", "again", "--yes", **url), code=0)
        assert not folder.exists()


def test_what_is_worked_on_or_unknown_is_not_removed(program: Program, home: Path, run: str) -> None:
    """All names are checked before the first is removed."""
    registry = Registry(home)
    journal = registry.open_journal(run)
    with lease(journal):
        code, _, err = program("runs", "rm", run, "--yes")
    journal.close()
    assert code == 1
    assert "is being worked on" in err
    assert program("runs", "rm", run, "nobody", "--yes")[0] == 2
    assert program("runs", "rm", "../..", "--yes")[0] == 2
    assert registry.load(run).run == run


def test_checkpoints_are_thinned(program: Program, home: Path, run: str) -> None:
    """The latest stay and can be forked from, the file is smaller, and the run is still done."""
    before = steps(Registry(home), run)
    size = (home / "runs" / run / "checkpoints.db").stat().st_size
    code, out, _ = program("runs", "prune", run, "--keep", "3")
    assert code == 0
    assert f"{len(before) - 3} checkpoints removed" in out
    assert [step.number for step in steps(Registry(home), run)] == [step.number for step in before[-3:]]
    assert (home / "runs" / run / "checkpoints.db").stat().st_size < size
    assert program("fork", run, "--at", before[-3].number, "--run-id", "forked")[0] == 0
    assert json.loads(program("resume", run, "--json")[1])["status"] == "done"


def test_a_run_that_goes_on_is_not_thinned(program: Program) -> None:
    """Its checkpoints are what it is resumed from."""
    assert program("run", SMALL, "--run-id", "part", "--max-calls", "4")[0] == 3
    assert program("runs", "prune", "part")[0] == 2


def truncated(path: Path) -> None:
    """Lose the last fifth."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 4 // 5])


def zeroed(path: Path, place: int = 1) -> None:
    """Lose one of the pages that hold calls, in the order of the calls."""
    with closing(sqlite3.connect(path)) as database:
        pages = database.execute("SELECT pageno FROM dbstat WHERE name = 'calls' AND pagetype = 'leaf' ORDER BY path").fetchall()
    content = bytearray(path.read_bytes())
    page = pages[place][0]
    content[(page - 1) * 4096 : page * 4096] = bytes(4096)
    path.write_bytes(content)


def garbage(path: Path) -> None:
    """Nothing of a database."""
    path.write_bytes(random.Random(1).randbytes(50_000))


@pytest.mark.parametrize(("damage", "saved"), [(truncated, True), (zeroed, True), (garbage, False)])
def test_a_damaged_journal_is_told_and_saved(program: Program, home: Path, run: str, damage: Callable[[Path], None], saved: bool) -> None:
    """Exit 1, what can be read stands in a file beside it, each saved call as it was; the damaged file isn't touched."""
    journal = home / "runs" / run / "journal.db"
    with closing(sqlite3.connect(journal)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        whole = dict(database.execute("SELECT key, answer FROM calls").fetchall())
    damage(journal)
    before = journal.read_bytes()
    code, out, _ = program("doctor", "run", run)
    said = " ".join(out.split())
    assert code == 1
    assert f"BAD {journal}" in said
    assert f"ok {home / 'knowledge.db'}" in said
    assert journal.read_bytes() == before
    copy = journal.with_name("journal.db.saved")
    if not saved:
        assert "nothing in it can be read" in said
        assert not copy.exists()
        return
    assert f"saved in {copy}" in said
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        rescued = dict(database.execute("SELECT key, answer FROM calls").fetchall())
    assert 0 < len(rescued) < len(whole)
    assert rescued.items() <= whole.items()


@pytest.mark.parametrize("place", [0, -1])
def test_a_run_goes_on_with_a_saved_journal(program: Program, home: Path, place: int) -> None:
    """Put in the damaged one's place it answers what it holds, and the rest is asked again, whether the first or the last calls are lost."""
    assert program("run", SMALL, "--run-id", "part", "--max-calls", "12")[0] == 3
    journal = home / "runs" / "part" / "journal.db"
    with closing(sqlite3.connect(journal)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    zeroed(journal, place)
    program("doctor", "run", "part")
    shutil.move(journal.with_name("journal.db.saved"), journal)
    for rest in journal.parent.glob("journal.db-*"):
        rest.unlink()
    code, out, err = program("resume", "part", "--max-calls", "1000")
    assert code == 0, out + err


def test_damaged_checkpoints_are_told(program: Program, home: Path) -> None:
    """The advice holds: without them the run begins anew, and the journal answers what was asked."""
    assert program("run", SMALL, "--run-id", "part", "--max-calls", "12")[0] == 3
    checkpoints = home / "runs" / "part" / "checkpoints.db"
    for rest in checkpoints.parent.glob("checkpoints.db-*"):
        rest.unlink()
    garbage(checkpoints)
    code, out, _ = program("doctor", "run", "part")
    assert code == 1
    assert "delete it and resume" in out
    assert "cruxmap doctor run" in " ".join(program("resume", "part", "--max-calls", "1000")[2].split())
    checkpoints.unlink()
    assert program("resume", "part", "--max-calls", "1000")[0] == 0


def test_an_unknown_run_is_no_healthy_one(program: Program, run: str) -> None:
    """Exit 2 for a run that isn't there, 0 for one that is well."""
    assert program("doctor", "run", "nobody")[0] == 2
    assert program("doctor", "run", run)[0] == 0


def test_a_command_without_a_run_takes_the_latest_that_is_done_and_names_it(program: Program, home: Path, run: str) -> None:
    """A later run that only waits is not shown in its place."""
    assert program("run", SMALL, "--run-id", "later", "--reasoner", "exchange", "--model", "m")[0] == 75
    for command in (("show",), ("cruxes",), ("trace",)):
        code, _, err = program(*command)
        assert code == 0
        assert err.splitlines()[0] == f"run {run} (done), as none was named"
    assert "as none was named" not in program("show", run)[2]


def test_nobody_is_asked_where_nobody_can_answer(program: Program, home: Path, run: str) -> None:
    """Without a terminal a removal is refused with how to say yes."""
    code, _, err = program("runs", "rm", run)
    assert code == 2
    assert "add --yes" in err
    assert (home / "runs" / run).exists()
