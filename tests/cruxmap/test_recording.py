"""Recordings: a run's answers as a file that replays it to the same knowledge, and that is refused when it isn't whole or true any more."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prompts import loading
from prompts.tasks.base import Task
from reasoners.baseline.answering import NAME
from tests.cruxmap.conftest import SMALL_CALLS, Program


@pytest.fixture
def recorded(program: Program, small_case: Path, tmp_path: Path) -> tuple[Path, str]:
    """A recording of the small case, and the digest of the knowledge that it was made with."""
    path = tmp_path / "made" / "recording.jsonl.gz"
    code, out, _ = program("run", small_case, "--run-id", "first", "--reasoner", "baseline", "--record", path)
    assert code == 0
    assert f"Recorded: {SMALL_CALLS} answers" in out
    return path, json.loads(program("show", "first", "--json")[1])["digest"]


@pytest.fixture
def edit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Edit the prompt file of a task, as this process reads it."""
    content = loading._content

    def edited(name: str) -> None:
        def changed(task: Task[Any, Any]) -> str:
            return content(task).replace("<!-- user -->", "Take your time.\n<!-- user -->") if task.name == name else content(task)

        monkeypatch.setattr(loading, "_content", changed)
        loading.load.cache_clear()

    yield edited
    monkeypatch.undo()
    loading.load.cache_clear()


def test_a_replay_comes_to_the_same_knowledge(program: Program, small_case: Path, recorded: tuple[Path, str]) -> None:
    """Record, replay: the same digest, no call that costs anything, and the first line says what is replayed."""
    path, digest = recorded
    code, out, err = program("run", small_case, "--reasoner", "recording", "--recording", path, "--json")
    result = json.loads(out)
    assert (code, result["digest"]) == (0, digest)
    assert f"a recording of {NAME} ({SMALL_CALLS} answers" in err
    assert any("no model was asked" in note for note in result["notes"])


def test_the_same_run_gives_the_same_bytes(program: Program, recorded: tuple[Path, str], tmp_path: Path) -> None:
    """Recorded twice, a run's file is the same: it can be committed."""
    assert program("resume", "first", "--record", tmp_path / "again.jsonl.gz")[0] == 0
    assert (tmp_path / "again.jsonl.gz").read_bytes() == recorded[0].read_bytes()


def test_a_missing_answer_is_named(program: Program, small_case: Path, recorded: tuple[Path, str]) -> None:
    """A document that was edited since asks what isn't recorded: the run fails, naming task, prompt digest and question."""
    document = small_case / "documents" / "doe.md"
    document.write_text(document.read_text() + "\nNobody else was asked, because there was no time.\n")
    code, out, _ = program("run", small_case, "--reasoner", "recording", "--recording", recorded[0])
    assert code == 1
    digest = next(loading.load(task).digest for task in loading.TASKS if task.name == "ingestion/extract")
    assert f"no answer to ingestion/extract (prompt {digest[:12]}, question" in " ".join(out.split())


def test_doctor_lists_the_prompts_that_were_edited_since(
    program: Program, small_case: Path, recorded: tuple[Path, str], edit: Callable[[str], None]
) -> None:
    """A case's recording is well until a prompt changes; then exactly that one is named."""
    shutil.copy(recorded[0], small_case / "recording.jsonl.gz")
    code, out, _ = program("doctor", "--cases", small_case.parent)
    assert code == 0
    assert f"({SMALL_CALLS} answers" in out
    edit("critic/examine")
    code, out, _ = program("doctor", "--cases", small_case.parent)
    assert code == 1
    assert "stale since an edit: critic/examine\n" in out


def test_a_shipped_recording_is_replayed_only_if_nothing_changed(
    program: Program, small_case: Path, recorded: tuple[Path, str], edit: Callable[[str], None]
) -> None:
    """`auto` replays it; after an edit of a prompt, a setting or the case it says why not and takes the baseline."""
    shutil.copy(recorded[0], small_case / "recording.jsonl.gz")
    assert "a recording of" in program("run", small_case)[2]
    case = small_case / "case.yaml"
    whole = case.read_text()
    case.write_text(whole + "# a remark\n")
    _, _, err = program("run", small_case)
    assert "not replayed" in err
    assert "case changed" in err
    assert NAME in err
    case.write_text(whole)
    assert "configuration changed" in program("run", small_case, "--rounds", "2")[2]
    edit("critic/survey")
    assert "prompt critic/survey changed" in program("run", small_case)[2]


def line_of(path: Path, number: int) -> bytes:
    """Return an unpacked recording's line."""
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)[number]


HOSTILE: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "cut off": (lambda path: path.read_bytes()[: path.stat().st_size // 2], "can't be read"),
    "cut off between lines": (
        lambda path: gzip.compress(b"".join(line_of(path, at) for at in range(5))),
        f"it has 4 of {SMALL_CALLS} answers",
    ),
    "flipped bytes": (lambda path: path.read_bytes()[:400] + b"\xff" * 40 + path.read_bytes()[440:], "can't be read"),
    "a bomb in one line": (lambda path: gzip.compress(b"0" * 200_000_000, compresslevel=1), "10,000,000 in a line"),
    "a bomb behind the header": (
        lambda path: gzip.compress(line_of(path, 0) + b" " * 200_000_000, compresslevel=1),
        "10,000,000 in a line",
    ),
    "another format": (lambda path: gzip.compress(line_of(path, 0).replace(b"recording 1", b"recording 9")), "'cruxmap recording 9'"),
    "no gzip": (lambda path: b'{"format": "cruxmap recording 1"}\n', "can't be read"),
    "nothing": (lambda path: b"", "can't be read"),
    "another field": (
        lambda path: gzip.compress(line_of(path, 0) + line_of(path, 1).replace(b'{"key"', b'{"run": "rm", "key"')),
        "(line 2): 1 errors",
    ),
    "no text": (lambda path: gzip.compress(line_of(path, 0) + b"\xff\xfe\n"), "can't be read"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_whole_recording_is_refused(
    program: Program, small_case: Path, recorded: tuple[Path, str], tmp_path: Path, what: str
) -> None:
    """Exit 1 with the file and what is wrong with it; no run begins, and no bomb is unpacked."""
    made, told = HOSTILE[what]
    bad = tmp_path / "bad.jsonl.gz"
    bad.write_bytes(made(recorded[0]))
    code, _, err = program("run", small_case, "--reasoner", "recording", "--recording", bad, "--run-id", "none")
    assert code == 1
    assert told in err
    assert str(bad) in err
    assert program("show", "none")[0] == 2


def test_an_unfinished_run_is_not_recorded(program: Program, small_case: Path, tmp_path: Path) -> None:
    """A part of the answers would replay to a part of the knowledge: it is said how to get a whole one."""
    code, out, _ = program("run", small_case, "--max-calls", "3", "--record", tmp_path / "part.jsonl.gz", "--run-id", "part")
    assert code == 3
    assert "Not recorded: the run is incomplete" in " ".join(out.split())
    assert not (tmp_path / "part.jsonl.gz").exists()
    code, out, _ = program("resume", "part", "--max-calls", "100", "--record", tmp_path / "part.jsonl.gz")
    assert f"Recorded: {SMALL_CALLS} answers" in out
