"""Planted cruxes: what is strong and uncertain must be found among decoys that other measures prefer (facts/credence.md 4.1)."""

from __future__ import annotations

import pytest

from benchmarks import credence_planted_disputes as disputes
from benchmarks.credence_planted import METHODS, plant, recall_at
from knowledge.records import Claim


@pytest.mark.parametrize("seed", range(3))
def test_planted_cruxes_are_found_among_decoys(seed: int) -> None:
    """The three strong and uncertain claims are the first three by expected shift; degree, PageRank and uncertainty find fewer."""
    case = plant(seed)
    found = {name: recall_at(case, method(case), 3) for name, method in METHODS.items()}
    assert found["expected shift"] == 1
    assert max(found[name] for name in ("degree", "PageRank", "uncertainty")) < 1


@pytest.mark.parametrize("seed", range(3))
def test_planted_double_cruxes_are_found_among_decoys(seed: int) -> None:
    """The two claims that divide the sides come first by what they close, and close most of the gap; what most baselines put first closes little."""
    case = disputes.plant(seed)
    first = {name: method(case)[: disputes.PLANTED] for name, method in disputes.METHODS.items()}
    ours = ("credence swap", "judgments swapped", "resolution")
    assert all(set(first[name]) == case.planted for name in ours)
    gone = {name: disputes.closed(case, ranking) for name, ranking in first.items()}
    assert gone["credence swap"] > 0.5
    assert max(gone[name] for name in ("credence difference", "expected shift, both", "uncertainty, both", "degree", "PageRank")) < 0.2


def test_the_gap_closes_wholly_if_all_is_exchanged() -> None:
    """The measure of the gap closed is 0 for nothing and 1 for all that the sides differ on."""
    case = disputes.plant(0)
    assert disputes.closed(case, ()) == pytest.approx(0)
    assert disputes.closed(case, {one.id for one in case.view.all(Claim)}) == pytest.approx(1)
