"""What would settle a crux: how good an observation must be, and which gaps speak to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.engine import assess
from explorer.frames import SiteInputs
from explorer.histories import History
from explorer.materials import Material
from explorer.methods import Methods
from explorer.question_summaries import AnswerSummary, CruxSummary, QuestionSummary
from explorer.settling import overturned_by, settling, trial
from explorer.summaries import summarise
from knowledge.records import Gap
from knowledge.vocabulary import GapKind
from tests.explorer.conftest import FACTS, small_case
from tests.explorer.sites import Page, site_of

chances = st.floats(0.01, 0.99)


def crux(chance: float, if_true: float, if_false: float) -> CruxSummary:
    """A crux between two answers."""
    return CruxSummary(
        "claim-0", "claim", "It rained.", "", chance, 0.1, 0.2, 1.5, (if_true, 1 - if_true), (if_false, 1 - if_false), (), (), (), True
    )


def question(now: float) -> QuestionSummary:
    """A question with two answers."""
    answers = tuple(AnswerSummary(f"answer-{at}", f"a-{at}", f"Answer {at}.", 0.5, one, one, one) for at, one in enumerate((now, 1 - now)))
    return QuestionSummary("question-0", "q", "Which?", answers, (), False, 0.05, 0, 0.0, "exact", 0.0, 0, ())


@given(chance=chances, if_true=chances, if_false=chances, right=st.floats(0.5, 0.999))
def test_an_observation_moves_the_answer_by_its_share_of_what_certainty_would(
    chance: float, if_true: float, if_false: float, right: float
) -> None:
    """On average nothing moves (Bayes), and the expected move is Youden's J times that of settling it (facts/credence.md 2.8)."""
    now = chance * if_true + (1 - chance) * if_false
    found = trial(crux(chance, if_true, if_false), 0, now, right)
    positive = right * chance + (1 - right) * (1 - chance)
    assert positive * found.if_for + (1 - positive) * found.if_against == pytest.approx(now)
    settled = chance * abs(if_true - now) + (1 - chance) * abs(if_false - now)
    assert found.shift == pytest.approx((2 * right - 1) * settled, abs=1e-9)


def test_how_telling_an_observation_must_be_to_overturn_the_answer() -> None:
    """From even odds, an answer that leads while the claim is likelier than one in four falls at three to one against it."""
    asked = question(0.7)  # 0.5 x 1.1 + 0.5 x 0.3 would lead; even at P(claim) = 0.25
    assert "at least 3.0 times as likely if it is false as if it is true" in overturned_by(asked, crux(0.5, 1.1, 0.3))
    assert (
        overturned_by(asked, crux(0.5, 0.8, 0.6))
        == "No observation of this alone would overturn “a 0”: even for certain, the worst leaves it at 60%."
    )


def test_gaps_about_the_crux_come_first_and_the_questions_own_apart(tmp_path: Path) -> None:
    """A gap about the claim stands under what to look for, one in its uncommon words nearby, and another of the question's apart."""
    built = small_case()
    main = next(record.id for record in built.records if record.kind_name == "question" and record.parent is None)  # type: ignore[attr-defined]
    near = built.add(Gap(kind=GapKind.MEASUREMENT, about=main, text="Who saw it raised by forty that night", why="w", how="h"))
    far = built.add(Gap(kind=GapKind.SOURCE, about=main, text="Insurers and their ledgers", why="w", how="h"))
    view = built.view()
    assessments = (assess(view),)
    summary = summarise(view, assessments[0], FACTS)
    material = Material(SiteInputs(view, summary, assessments, built.texts.__getitem__, History((), {}), Methods()))
    asked = summary.questions[0]
    about = built.claims["raised"].id
    own = built.add(Gap(kind=GapKind.ARGUMENT, about=about, text="Unheard", why="w", how="h"))
    material.view = built.view()
    one = next(one for one in asked.cruxes if one.subject == about)
    found = settling(material, asked, one, [material.by_id[about]])
    assert own in found.gaps
    assert near in found.near
    assert far in found.wider
    page = Page(next(site_of(built, tmp_path / "site").glob(f"crux-*-{about[:14]}*.html")))
    assert page.text.index("Unheard") < page.text.index("How good it would have to be") < page.text.index("Insurers")
