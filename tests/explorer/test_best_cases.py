"""Sides beside the reader: where each comes to on its own answer, by which steps, told in words that the numbers bear out."""

from __future__ import annotations

from pathlib import Path

import pytest

from credence.engine import assess, main_question
from credence.judgments import OVER, perspectives_of
from explorer.sides import SideSummary, sides_of
from explorer.wording import side_story
from knowledge.records import Answer, Assertion, Judgment, Link, Perspective, Tag
from knowledge.vocabulary import Quantity
from tests.explorer.conftest import Builder, small_case
from tests.explorer.sites import Page, site_of


def sided_case() -> Builder:
    """The small case with the side of the weir, which hears nothing of Ashworth Hydro and thinks little of one of its own steps."""
    built = small_case()
    reader = next(one for one in built.records if isinstance(one, Perspective))
    side = built.add(Perspective(name="best case for weir", description="Those who blame the weir."))
    built.add(Tag(record=side.id, name=OVER, value=reader.id))
    for one in built.view().all(Assertion):
        if one.speaker == "Ashworth Hydro":
            built.add(
                Judgment(
                    record=one.id, quantity=Quantity.EVIDENCE, value=0.0, noise=0.0, perspective=side.id, judge="tests", reason="silent"
                )
            )
    step = next(one for one in built.records if isinstance(one, Link) and one.premises == (built.claims["dry"].id,))
    built.add(Judgment(record=step.id, quantity=Quantity.WARRANT, value=0.2, perspective=side.id, judge="tests", reason="conceded"))
    return built


def test_a_sides_way_from_the_reader_is_the_engines() -> None:
    """It starts at the reader's credence, ends at the side's own, and in between only what the side doesn't hear has changed."""
    built = sided_case()
    view = built.view()
    weir = next(one for one in view.all(Answer) if one.name == "weir")

    def credence(some: Builder, perspective: str) -> float:
        answers = assess(some.view(), perspective=perspective).questions[0].answers
        return next(one.probability for one in answers if one.answer == weir.id)

    reader, side = perspectives_of(view)
    (told,) = sides_of(view, main_question(view), {one.id: {weir.id: credence(built, one.id)} for one in (reader, side)})
    silent = sided_case()
    silent.records = [one for one in silent.records if not (isinstance(one, Judgment) and one.quantity is Quantity.WARRANT)]
    assert (told.name, told.reader, told.answer) == (side.name, reader.name, "weir")
    assert told.before == pytest.approx(credence(built, reader.id))
    assert told.now == pytest.approx(credence(built, side.id))
    assert told.unheard == pytest.approx(credence(silent, side.id))
    assert told.unheard != pytest.approx(told.before)
    assert told.now < told.unheard


def test_a_perspective_that_takes_no_side_is_no_side(tmp_path: Path) -> None:
    """Somebody's own perspective beside the reader's has no way to be told."""
    built = small_case()
    built.add(Perspective(name="Eva", description="her own"))
    view = built.view()
    answers = {one.id: 0.5 for one in view.all(Answer)}
    assert list(sides_of(view, main_question(view), {one.id: answers for one in perspectives_of(view)})) == []


@pytest.mark.parametrize(
    ("unheard", "now", "why"),
    [
        (0.047, 0.041, "It is lower because what it doesn’t hear had, all told, spoken for it and at its best it concedes steps"),
        (0.047, 0.049, "It is lower because what it doesn’t hear had, all told, spoken for it: a best case"),
        (0.06, 0.041, "It is lower because at its best it concedes steps that it could not defend before an opponent: a best case"),
    ],
)
def test_a_best_case_below_the_readers_number_says_why(unheard: float, now: float, why: str) -> None:
    """The reason names that of the two steps, or both, which lowered it; one that ends higher needs no reason."""
    told = side_story(SideSummary("best case for harmful", "careful reader", "harmful", 0.055, unheard, now))
    assert "“best case for harmful” puts “harmful” at" in told
    assert why in told
    assert "lower" not in side_story(SideSummary("best case for harmful", "careful reader", "harmful", 0.04, unheard, 0.05))


def test_the_first_page_tells_it(tmp_path: Path) -> None:
    """Below the table of perspectives stands each side's way, in words."""
    assert "“best case for weir” puts “weir” at" in Page(site_of(sided_case(), tmp_path / "site") / "index.html").text
