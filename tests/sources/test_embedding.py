"""Orders of vectors: what is near stands together."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.embedding import Vectors, in_families


def spread(families: int, members: int, seed: int) -> Vectors:
    """Families of unit vectors, each close around a direction of its own, in a random order of rows; row r is of family r % families."""
    rng = np.random.default_rng(seed)
    centres = np.eye(max(families, 2), 24, dtype=np.float32)
    rows = np.array([centres[at % families] for at in range(families * members)]) + rng.normal(0, 0.02, (families * members, 24))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 99))
@settings(deadline=None)
def test_families_stand_together(families: int, members: int, seed: int) -> None:
    """Every item comes once, and the members of a family in a row, whatever their order was."""
    order = in_families(spread(families, members, seed))
    assert sorted(order) == list(range(families * members))
    runs = [at % families for at in order]
    assert sum(one != other for one, other in itertools.pairwise(runs)) == families - 1


def test_nothing_and_one_have_an_order() -> None:
    """No vector, or a single one, needs no tree."""
    assert in_families(np.zeros((0, 24), dtype=np.float32)) == []
    assert in_families(spread(1, 1, 0)) == [0]
