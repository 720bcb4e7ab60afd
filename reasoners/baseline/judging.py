"""Judgments by rule: testimony by kind of document and hedge, links by kind of step. Moderate numbers, said to be rules."""

from __future__ import annotations

from typing import Final

from credence.defaults import MODEL_ERROR
from prompts.tasks.cruxes import (
    Decisive,
    DecisiveInputs,
    JudgedLink,
    LinkBatch,
    LinkJudgment,
    LinkJudgments,
    Soundness,
    SoundnessInputs,
    TestimonyInputs,
    TestimonyWeight,
    TestimonyWeights,
    WeighedTestimony,
)

_BY_KIND: Final = {
    "randomised_trial": 5.0, "meta_analysis": 5.0, "systematic_review": 4.0, "cohort_study": 3.5, "journal_article": 3.0, "dataset": 3.0,
    "government_report": 2.5, "guideline": 2.5, "narrative_review": 2.5, "preprint": 2.0, "book": 1.8, "letter": 1.7, "legal_article": 1.7, "talk": 1.6,
    "news": 1.6, "web_page": 1.5, "blog": 1.5, "opinion": 1.4, "brief": 1.5, "unknown": 1.5,
}  # fmt: skip
_BY_HEDGE: Final = {"certain": 1.0, "plain": 1.0, "likely": 0.7, "possible": 0.35, "doubtful": -0.3}
_BY_STANCE: Final = {"asserts": 1.0, "concedes": 1.2, "reports": 0.5, "supposes": 0.0, "doubts": -0.5, "denies": -1.0}
_APART: Final = 0.16
"""How far from one half the premises' expectedness is put: .66 against .34, a ratio of about 2."""


def weigh_testimonies(inputs: TestimonyInputs) -> TestimonyWeights:
    """Weigh each by a table: what kind of document, how sure, for or against."""
    return TestimonyWeights(weights=tuple(_weight(testimony) for testimony in inputs.testimonies))


def _weight(testimony: WeighedTestimony) -> TestimonyWeight:
    ratio = _BY_KIND.get(testimony.source_kind, 1.5)
    share = _BY_HEDGE.get(testimony.hedge, 1.0) * _BY_STANCE.get(testimony.stance, 0.0)
    odds = round(ratio**share, 4)
    return TestimonyWeight(
        number=testimony.number,
        odds=odds,
        reason=f"by rule: {testimony.source_kind.replace('_', ' ')}, {testimony.hedge}, {testimony.stance}",
    )


def judge_soundness(inputs: SoundnessInputs) -> Soundness:
    """Give every argument the engine's own default, and leave the priors to stand without it."""
    del inputs
    return Soundness(unsound=MODEL_ERROR, if_unsound=(), reason="by rule: the argument was not looked at as a whole")


def name_cruxes(inputs: DecisiveInputs) -> Decisive:
    """Name none: what a dispute turns on no rule tells, and the engine's order stands."""
    del inputs
    return Decisive(cruxes=())


def judge_links(inputs: LinkBatch) -> LinkJudgments:
    """Give every link of a kind the same numbers: the baseline doesn't rule on how good a step is."""
    return LinkJudgments(judgments=tuple(_judgment(link) for link in inputs.links))


def _judgment(link: JudgedLink) -> LinkJudgment:
    apart = -_APART if link.relation == "attacks" else _APART
    others = len(link.worlds) - 1
    elsewhere = 0.5 - apart if others == 1 else 0.5 - apart / 2
    expected = tuple(0.5 + apart if world == link.offered else elsewhere for world in range(1, len(link.worlds) + 1))
    holds = 0.6 if link.relation == "undercuts" else 0.7 if len(link.worlds) > 2 else 0.65
    return LinkJudgment(number=link.number, expectedness=expected, holds=holds, reason=f"by rule: a step that {link.relation}")
