"""The state machine: its form, and the size of its checkpoints."""

from __future__ import annotations

from graphs.fingerprints import changes
from graphs.investigation import build_graph
from tests.conftest import ROOT


def test_the_graph_is_the_drawn_one() -> None:
    """A change of nodes or edges is seen in review: draw it anew into docs/graph.mmd."""
    assert build_graph().get_graph().draw_mermaid() == (ROOT / "docs" / "graph.mmd").read_text()


def test_a_change_of_what_a_run_depends_on_is_named() -> None:
    """Each thing that changed, came or went is named."""
    assert changes({"graph": "a", "document x": "1"}, {"graph": "b", "document y": "1"}) == [
        "document x is gone",
        "document y is new",
        "graph changed",
    ]
