"""The recordings that cases ship replay to the end, without a key, and say who answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cruxmap.bases import load_base
from cruxmap.choosing import RECORDING
from cruxmap.exporting import bundle_of
from knowledge.records import Claim
from tests.conftest import ROOT
from tests.cruxmap.conftest import Program

SHIPPED = sorted(path.parent.name for path in (ROOT / "cases").glob(f"*/{RECORDING}"))
DISPUTED = {
    "covid-origins": {"SARS-CoV-2 came from a natural source.", "SARS-CoV-2 escaped accidentally from a laboratory."},
    "eggs": {"Eggs are linked to cardiovascular disease."},
    "lhc-black-holes": {"Other derivations than Hawking's original one support Hawking radiation."},
}
"""Claims that nobody denies in these very words, far from even odds, which bear on open questions."""


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recording_replays_to_the_end(program: Program, home: Path, name: str) -> None:
    """The case's own recording answers every question, the first note says so, and what is open in the result gets no ClaimReview."""
    code, out, err = program("run", ROOT / "cases" / name, "--run-id", name, "--json")
    assert code == 0, err
    result = json.loads(out)
    assert result["status"] == "done"
    assert result["notes"][0].startswith("Replayed from a recording of ")
    assert result["cost"]["usd"] == 0
    assert not [one for one in result["incidents"] if "no usable answer" in one["problem"]]
    assert Path(result["report"]).is_file()
    bundle = bundle_of(load_base(name, home))
    reviewed = {bundle.view.get(claim, Claim).text for claim in bundle.verdicts}
    said = {claim.text for claim in bundle.view.all(Claim)}
    assert DISPUTED[name] <= said
    assert not DISPUTED[name] & reviewed
    assert bool(reviewed) == (name == "lhc-black-holes")  # the only one whose inquiry is settled
