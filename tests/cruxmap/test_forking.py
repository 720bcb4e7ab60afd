"""Forking: a new run from any step of an old one, which stays as it is."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from cruxmap.forking import steps
from cruxmap.registry import Registry
from tests.cruxmap.conftest import SMALL, Program


def files_of(home: Path, run: str) -> dict[str, str]:
    """Digest every file of a run."""
    folder = home / "runs" / run
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(params=["finished", "interrupted"])
def old(request: pytest.FixtureRequest, program: Program) -> str:
    """A run of the small case that is done, or that a limit stopped on its way."""
    limit = ("--max-calls", "11") if request.param == "interrupted" else ()
    assert program("run", SMALL, "--run-id", "old", *limit)[0] == (3 if limit else 0)
    return "old"


def test_a_run_is_forked_from_each_of_its_steps(program: Program, home: Path, tmp_path: Path, old: str) -> None:
    """From each step, under another configuration: the new run ends well and says where it is from; no byte of the old one changes."""
    (tmp_path / "other.yaml").write_text("max_calls: 1000\ntemperature: 0.5\nwave: 1\n")
    program("run", SMALL, "--run-id", "whole")
    whole = json.loads(program("show", "whole", "--json")[1])
    before = files_of(home, old)
    listed = steps(Registry(home), old)
    assert len(listed) >= 6
    for step in listed:
        code, out, err = program(
            "fork", old, "--at", step.number, "--config", tmp_path / "other.yaml", "--run-id", f"new{step.number}", "--json"
        )
        assert code == 0, err
        result = json.loads(out)
        assert result["status"] == "done"
        assert f"Forked from old at step {step.number}." in result["notes"]
        assert result["digest"] == whole["digest"], f"step {step.number}"
        record = Registry(home).load(f"new{step.number}")
        assert record.settings["temperature"] == 0.5
    assert files_of(home, old) == before


def test_the_steps_are_listed(program: Program, old: str, home: Path) -> None:
    """Without a step, or with one that isn't there, exit 2 lists the steps with what comes next; nothing is made."""
    for asked in ((), ("--at", "999")):
        code, _, err = program("fork", old, *asked)
        assert code == 2
        assert re.search(r"\d+ +next: match", err)
    assert [record.run for record in Registry(home).all()] == [old]
    assert program("fork", "nobody", "--at", "1")[0] == 2


def test_a_fork_can_reuse_the_answers_of_the_old_run(program: Program, old: str, home: Path) -> None:
    """They cost nothing and are said to be reused; without being told so a fork asks anew."""
    _, out, _ = program("fork", old, "--at", "0", "--reuse-journal", old, "--run-id", "new", "--reasoner", "baseline", "--json")
    assert "answers of old reused" in " ".join(json.loads(out)["notes"])
    journal = Registry(home).open_journal("new")
    reused = [call for call in journal.calls() if journal.attempts(call.seq)[0].outcome == "reused"]
    journal.close()
    assert len(reused) >= 8


def test_a_fork_can_go_on_by_another_reasoner(program: Program, old: str) -> None:
    """From the step after reading, the rest is put to the exchange."""
    code, out, _ = program("fork", old, "--at", "4", "--reasoner", "exchange", "--run-id", "new")
    assert code == 75
    assert "prompts wait" in out
