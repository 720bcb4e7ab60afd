"""Pages of positions: who sides together, why, and where positions pass each other by."""

from __future__ import annotations

from pathlib import Path

from credence.positions import positions_of
from explorer.drawings import drawing
from explorer.maps import ArgumentMap, Line, MapNode
from knowledge.records import Relation
from tests.explorer.conftest import small_case
from tests.explorer.sites import Page, dead_links, site_of


def test_every_position_has_its_page(tmp_path: Path) -> None:
    """Each position is listed with its voices, has a page, and its speakers' pages lead there."""
    site = site_of(small_case(), tmp_path / "site")
    found = positions_of(small_case().view())
    overview = Page(site / "positions.html")
    assert list(dead_links(site)) == []
    assert found.positions
    for one in found.positions:
        assert one.voices[0].names[0] in overview.text
    pages = list(site.glob("position-*.html"))
    assert len(pages) == len(found.positions)
    assert any("Its reasons" in Page(page).text for page in pages)


def test_a_drawing_shows_what_leads_to_its_head_and_nothing_else() -> None:
    """Held claims that lead to the head are drawn once each as links, with the sign of how they bear; others, and circles, are left out."""
    nodes = (
        MapNode("answer-1", "answer", "Yes <b>", "a.html"),
        *(MapNode(f"claim-{n}", "claim", f"Claim {n}.", f"c{n}.html") for n in range(5)),
    )
    lines = (
        Line("link-1", ("claim-0",), "answer-1", Relation.SUPPORTS, "why"),
        Line("link-2", ("claim-1",), "claim-0", Relation.ATTACKS, "why"),
        Line("link-3", ("claim-0",), "claim-1", Relation.ATTACKS, "why"),
        Line("link-4", ("claim-2",), "link-1", Relation.UNDERCUTS, "why"),
        Line("link-5", ("claim-3",), "answer-1", Relation.SUPPORTS, "why"),
    )
    found = drawing(ArgumentMap((), nodes, lines, ()), {"claim-0", "claim-1", "claim-2", "claim-4"}, ["answer-1"], "View")
    assert found.shown == {"claim-0", "claim-1", "claim-2"}
    assert found.pictures.count("<a href") == 4
    for relation in ("supports", "attacks", "undercuts"):
        assert found.pictures.count(f'class="sign {relation}"') == 1
    assert "Yes &lt;b&gt;" in found.pictures
    assert not drawing(ArgumentMap((), nodes, lines, ()), {"claim-4"}, ["answer-1"], "View").pictures
