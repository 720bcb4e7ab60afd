"""How firmly an answer stands, and what divides two perspectives, as the site tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from credence.engine import assess, main_question
from credence.perspectives import dispute
from credence.standing import Verdict
from explorer.reckonings import Reckoning
from explorer.standings import standing_of, weigh
from explorer.wording import percent
from knowledge.records import Assertion, Judgment, Perspective
from knowledge.vocabulary import Quantity
from tests.explorer.conftest import Builder, small_case
from tests.explorer.sites import Page, dead_links, site_of


def divided_case() -> Builder:
    """The small case with a second perspective, which disbelieves what the Inquiry says of the weir and believes in the rain."""
    built = small_case()
    owners = built.add(Perspective(name="the owners", description="those who own the weir"))
    answers = {record.name: record for record in built.records if record.kind_name == "answer"}
    raised = next(one for one in built.records if isinstance(one, Assertion) and one.claim == built.claims["raised"].id)
    for record, quantity, value in (
        (answers["weir"], Quantity.PRIOR, 0.4),
        (answers["rain"], Quantity.PRIOR, 0.55),
        (raised, Quantity.EVIDENCE, -3.0),
    ):
        built.add(Judgment(record=record.id, quantity=quantity, value=value, perspective=owners.id, judge="owners", reason="chosen"))
    return built


def test_the_leader_lies_in_its_own_band_and_the_pillars_move_its_rival() -> None:
    """Bands are ordered probabilities, the leading answer's own credence lies in its band, and each pillar that gives way helps the rival."""
    view = small_case().view()
    found = standing_of(Reckoning(view))
    asked = assess(view).questions[0]
    by_name = {view.records[answer.answer].name: answer.probability for answer in asked.answers}  # type: ignore[attr-defined]
    names = list(by_name)
    low, high = found.bands[names.index(found.leading)]
    assert 0 <= low <= by_name[found.leading] <= high <= 1
    assert found.pillars
    assert all(pillar.then > by_name[found.challenger] for pillar in found.pillars)
    assert found.verdict in set(Verdict)


def test_what_divides_two_perspectives_is_what_the_engine_says() -> None:
    """The dispute has the engine's gap, its double cruxes in order, each worded, and shares that add up to no more than all of it."""
    view = divided_case().view()
    perspectives = [one.id for one in view.all(Perspective)]
    weighed = weigh([Reckoning(view, one) for one in perspectives])
    (told,) = weighed.disputes
    engine = dispute(view, main_question(view), first=perspectives[0], second=perspectives[1])
    assert told.gap == pytest.approx(engine.gap) == pytest.approx(told.modelled[0] - told.modelled[1])
    assert [one.subject for one in told.double_cruxes] == [one.subject for one in engine.double_cruxes if one.closes > 0][:6]
    assert sum(one.share for one in told.shares) == pytest.approx(1, abs=0.05)
    assert len(weighed.bands) == 2


def test_the_first_page_tells_all_of_it(tmp_path: Path) -> None:
    """Settled or not, how firm, each perspective's numbers and what divides them stand on the first page, and lead to the rest."""
    site = site_of(divided_case(), tmp_path / "site")
    assert list(dead_links(site)) == []
    page = Page(site / "index.html")
    assert "Open." in page.text or "Settled" in page.text
    for words in (
        "How firm it is",
        "if judged again",
        "How far to trust this",
        "By whom you ask",
        "the owners",
        "would close the largest part of that gap",
    ):
        assert words in page.text
    assert "double-cruxes.html#d1" in page.links
    assert "Where the gap comes from" in Page(site / "double-cruxes.html").text
    assert "double-cruxes.html" not in Page(site_of(small_case(), tmp_path / "one") / "index.html").links


def test_the_sentence_and_the_table_tell_the_same_numbers(tmp_path: Path) -> None:
    """What two perspectives are said to give the answer that divides them is what the table beside it says; the modelled part is named so."""
    view = divided_case().view()
    reckonings = [Reckoning(view, one.id) for one in view.all(Perspective)]
    (told,) = weigh(reckonings).disputes
    for published, reckoning in zip(told.published, reckonings, strict=True):
        assert published == next(one.probability for one in reckoning.assessment.questions[0].answers if one.answer == told.answer)
    assert {percent(one) for one in told.published} != {percent(one) for one in told.modelled}
    site = site_of(divided_case(), tmp_path / "site")
    for name in ("index.html", "double-cruxes.html"):
        assert f"{percent(told.published[0])} against {percent(told.published[1])}." in Page(site / name).text
    assert f"held by both, it is {percent(told.modelled[0])} against {percent(told.modelled[1])}" in Page(site / "double-cruxes.html").text


def test_no_question_is_weighed_where_there_is_none() -> None:
    """Without a question there is nothing to weigh, and the page says why."""
    weighed = weigh([Reckoning(Builder().view())])
    assert weighed.standing is None
    assert weighed.why_not
