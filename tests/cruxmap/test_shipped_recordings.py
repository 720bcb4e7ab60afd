"""The recordings that cases ship replay to the end, without a key, and say who answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cruxmap.choosing import RECORDING
from tests.conftest import ROOT
from tests.cruxmap.conftest import Program

SHIPPED = sorted(path.parent.name for path in (ROOT / "cases").glob(f"*/{RECORDING}"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recording_replays_to_the_end(program: Program, name: str) -> None:
    """Without any option the case's own recording answers every question, nothing is unanswered, and the first note says so."""
    code, out, err = program("run", ROOT / "cases" / name, "--run-id", name, "--json")
    assert code == 0, err
    result = json.loads(out)
    assert result["status"] == "done"
    assert result["notes"][0].startswith("Replayed from a recording of ")
    assert result["cost"]["usd"] == 0
    assert not [one for one in result["incidents"] if "no usable answer" in one["problem"]]
    assert Path(result["report"]).is_file()
