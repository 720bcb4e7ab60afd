"""Comparing: two runs of one case, and two revisions of one run, in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from credence.engine import assess
from explorer.comparisons import Comparison, Result, compare
from explorer.counterparts import counterparts
from explorer.frames import SiteInputs
from explorer.histories import History
from explorer.methods import Methods
from explorer.question_summaries import AnswerSummary
from explorer.sites import write_site
from explorer.summaries import summarise
from knowledge.records import Assertion, Retraction
from knowledge.views import View
from tests.explorer.conftest import FACTS, Builder, small_case
from tests.explorer.sites import Page, dead_links


def result(name: str, view: View) -> Result:
    """One side of a comparison."""
    assessed = assess(view)
    return Result(name, view, summarise(view, assessed, FACTS), assessed)


def retracted_case() -> tuple[Builder, str]:
    """The small case after the Inquiry's assertion on the weir was retracted, and that assertion's id."""
    built = small_case()
    said = next(one for one in built.records if isinstance(one, Assertion) and one.claim == built.claims["raised"].id)
    built.add(Retraction(record=said.id, reason="the report was withdrawn"))
    return built, said.id


def test_a_revision_beside_an_earlier_one_tells_what_moved(tmp_path: Path) -> None:
    """What was retracted is told with its reason, the answers and credences with where they came from, and the page's links lead somewhere."""
    built, _ = retracted_case()
    here, there = result("run r", built.view()), result("revision-1", small_case().view())
    found = compare(here, there)
    assert dict(found.lost)["assertion"] == 1
    assert all(one.here == pytest.approx(answer.probability) for one, answer in zip(
        sorted(found.answers, key=lambda one: one.text), sorted(here.summary.questions[0].answers, key=lambda one: one.text), strict=True))  # fmt: skip
    assert found.moved
    assert all(abs(one.here - one.there) >= 0.01 for one in found.moved)
    assert any("leads" in one or "leading answer" in one for one in found.story)
    view = here.view
    inputs = SiteInputs(view, here.summary, (here.assessment,), built.texts.__getitem__, History((), {}), Methods(), found)
    write_site(tmp_path / "site", inputs)
    assert list(dead_links(tmp_path / "site")) == []
    assert "Credences that differ" in Page(tmp_path / "site" / "compare.html").text


def test_what_fell_with_a_retraction_is_told_and_what_never_was_is_not() -> None:
    """A finding on a retracted source no longer counts because of it; a record of another run simply isn't here."""
    built = small_case()
    source = next(record for record in built.records if record.kind_name == "source" and getattr(record, "title", "") == "Drowned by greed")
    built.add(Retraction(record=source.id, reason="a copy"))
    found = compare(result("a", built.view()), result("b", small_case().view()))
    assert "a copy" in [one.why for one in found.only_there if one.kind == "source"]
    other = Builder()
    other.claim("new", "Something else was said.")
    found = compare(result("a", small_case().view()), result("b", other.view()))
    assert [(one.text, one.why) for one in found.only_there] == [("Something else was said.", "")]


def test_equal_results_differ_in_nothing() -> None:
    """A result beside itself has no difference but the sentence that says who leads."""
    one = result("a", small_case().view())
    found: Comparison = compare(one, one)
    assert (found.moved, found.only_here, found.only_there, found.otherwise) == ((), (), (), ())
    assert found.shared == len(one.view.members)
    assert all(rank.here == rank.there for rank in found.ranks)


def test_claims_on_the_same_words_are_counterparts() -> None:
    """Two runs that word the same sentence differently are matched by it, one to one, and spelled out."""
    first, second = Builder(), Builder()
    for built, text in ((first, "Rain fell for nine hours."), (second, "It rained nine hours long.")):
        source = built.source("Annals", "The rain of 2019 fell within nine hours. The church steps stayed dry.")
        built.claim("rain", text)
        built.said("rain", source, "The rain of 2019 fell within nine hours.", "Parish")
    second.claim("dry", "The steps were dry.")
    second.said("dry", source, "The church steps stayed dry.", "Parish")
    here, there = first.view(), second.view()
    pairs = counterparts(here, there, only_here=here.members, only_there=there.members)
    assert pairs == {first.claims["rain"].id: second.claims["rain"].id}
    found = compare(result("a", here), result("b", there))
    assert [one.text for one in found.only_there if one.kind == "claim"] == ["The steps were dry."]
    assert found.otherwise[0].text == "Rain fell for nine hours."


@pytest.mark.parametrize(("here", "there", "told"), [
    ((0.48, 0.475), (0.478, 0.476), "Here no answer leads: “rain” stands at 48%, less than a percentage point ahead; there no answer leads: "),
    ((0.6, 0.4), (0.48, 0.475), "Here “rain” leads at 60%; there no answer leads: “rain” stands at 48%, less than a percentage point ahead."),
    ((0.6, 0.4), (0.7, 0.3), "In both, “rain” leads: at 60% here and 70% there."),
])  # fmt: skip
def test_no_answer_is_said_to_lead_by_less_than_a_point(here: tuple[float, float], there: tuple[float, float], told: str) -> None:
    """Of two results too, one that is a hair ahead is not called the leading answer."""
    sides = [result(name, small_case().view()) for name in "ab"]
    answers = [AnswerSummary(f"answer-{name}", name, f"{name}.", 0.5, 0.5, 0.5, 0.5) for name in ("rain", "weir")]
    asked = [
        replace(
            side.summary.questions[0], answers=tuple(replace(one, probability=chance) for one, chance in zip(answers, chances, strict=True))
        )
        for side, chances in zip(sides, (here, there), strict=True)
    ]
    found = compare(*(replace(side, summary=replace(side.summary, questions=(one,))) for side, one in zip(sides, asked, strict=True)))
    assert found.story[0].startswith(told)
