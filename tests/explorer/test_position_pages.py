"""Pages of positions: who sides together, why, and where positions pass each other by."""

from __future__ import annotations

from pathlib import Path

from credence.positions import positions_of
from explorer.addresses import position_page
from explorer.drawings import drawing
from explorer.maps import ArgumentMap, Line, MapNode
from knowledge.records import Answer, Question
from knowledge.vocabulary import Relation, Stance
from tests.explorer.conftest import Builder, small_case
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


def two_camps() -> Builder:
    """Anne and Ada hold five claims for one answer, Bert and Bob five for the other, and each camp meets some of the other's."""
    built = Builder()
    asked = built.add(Question(name="q", text="Is it so?"))
    answers = {name: built.add(Answer(question=asked.id, name=name, text=f"It is {name}.")) for name in ("so", "otherwise")}
    camps = {"so": ("Anne", "Ada"), "otherwise": ("Bert", "Bob")}
    lines = {f"{answer} {number}": f"{answer} {number} is seen." for answer in camps for number in range(1, 6)}
    source = built.source("Both", " ".join([*lines.values(), "so 2 is not seen."]))
    for key, words in lines.items():
        answer = key.split()[0]
        built.claims[key.replace(" ", "")] = built.claim(key, words)
        for speaker in camps[answer]:
            built.said(key, source, words, speaker)
        built.link(key.replace(" ", ""), answers[answer], f"{words} So it is {answer}.")
    built.said("so 2", source, "so 2 is not seen.", "Bert", stance=Stance.DENIES)
    built.link("otherwise1", built.claims["so 1"], "They exclude each other.", Relation.ATTACKS)
    built.link("so3", built.claims["otherwise 3"], "They exclude each other.", Relation.ATTACKS)
    return built


def test_where_positions_pass_each_other_by_is_told(tmp_path: Path) -> None:
    """A page names what its position leans on and the other is silent on, and the reverse; not what is denied or argued against."""
    built = two_camps()
    site = site_of(built, tmp_path / "site")
    found = positions_of(built.view())
    bert, anne = ([voice.key for voice in one.voices] for one in found.positions)
    assert (bert, anne) == (["bert", "bob"], ["ada", "anne"])
    page = Page(site / position_page(anne))
    unheard, unanswered = page.text.split("What it leans on and they never address")[1].split("What they lean on and it never addresses")
    assert unheard.startswith(" (3 of 5)")
    assert unanswered.startswith(" (4 of 5)")
    assert [number for number in range(1, 6) if f"so {number} is seen" in unheard] == [3, 4, 5]
    assert [number for number in range(1, 6) if f"otherwise {number} is seen" in unanswered] == [1, 2, 4, 5]
    overview = Page(site / "positions.html").text
    assert "3 of 5" in overview
    assert "4 of 5" in overview


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
