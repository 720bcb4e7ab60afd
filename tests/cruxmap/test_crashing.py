"""A fast subset of the crash matrix: a run killed at some points of each kind is resumed to the same knowledge."""

from __future__ import annotations

import pytest

from cruxmap.crashing import Kind, crash_test
from tests.cruxmap.conftest import SMALL

PLACES = ["node boundary", "journal write", "knowledge commit", "random instant"]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_killed_run_ends_with_the_same_knowledge(kind: Kind) -> None:
    """At two points of each kind and one instant: same digest, no journalled call made again, no money lost or counted twice."""
    told = list(crash_test(SMALL, [kind], points=2, instants=1, seed=1))
    rows = told[1:]
    assert [line.text for line in rows if line.failed or line.text.startswith("  ")] == []
    assert [line.text[10:28].strip() for line in rows] == PLACES
    for line in rows:
        points, killed, same = (int(figure) for figure in line.text[28:].split()[:3])
        assert same == points >= 1
        assert killed == points or "instant" in line.text, "the kill must fall into the run"
