"""Shared by the tests of the program: the command line in this process, and a small case of three documents."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cruxmap.cli import main

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
