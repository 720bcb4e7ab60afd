"""Planted cruxes: what is strong and uncertain must be found among decoys that other measures prefer (facts/credence.md 4.1)."""

from __future__ import annotations

import pytest

from benchmarks.credence_planted import METHODS, plant, recall_at


@pytest.mark.parametrize("seed", range(3))
def test_planted_cruxes_are_found_among_decoys(seed: int) -> None:
    """The three strong and uncertain claims are the first three by expected shift; degree, PageRank and uncertainty find fewer."""
    case = plant(seed)
    found = {name: recall_at(case, method(case), 3) for name, method in METHODS.items()}
    assert found["expected shift"] == 1
    assert max(found[name] for name in ("degree", "PageRank", "uncertainty")) < 1
