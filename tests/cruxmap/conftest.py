"""Shared by the tests of the program: the command line in this process, and a small case of three documents."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cruxmap.cli import main
from reasoners.simulated import SimulatedProvider, simulated_provider
from tests.cruxmap.oracle import answers_of

KEY = "sk-planted-4f1c0b7a9d2e8836"
Program = Callable[..., tuple[int, str, str]]
SMALL = Path(__file__).parent / "small_case"


@pytest.fixture
def cruxmap(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """Run the program in this process; returns (exit code, standard output, standard error)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["cruxmap", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def small_case(tmp_path: Path) -> Path:
    """A copy of the small case that this test may change."""
    return Path(shutil.copytree(SMALL, tmp_path / "small"))


@pytest.fixture
def provider(cruxmap: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedProvider]:
    """A simulated provider that answers the small case's prompts as the baseline does, and others in the wrong form."""
    assert cruxmap("run", SMALL, "--run-id", "base", "--reasoner", "baseline")[0] == 0
    known = answers_of(home, "base")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def answer(body: dict[str, Any]) -> str:
        return known.get((body["messages"][0]["content"], body["messages"][1]["content"]), "{}")

    with simulated_provider(answer) as served:
        yield served
