"""How firmly an answer stands, and what divides perspectives: the credence engine's results with the words of what they are about."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from credence.perspectives import REST, dispute
from credence.results import Crux
from credence.settling import Story
from credence.standing import Verdict, standing
from credence.wording import answers_of
from explorer.phrases import subject_words
from explorer.reckonings import Reckoning
from explorer.sides import SideSummary, sides_of
from knowledge.records import Answer, Perspective, Question
from knowledge.views import View

MOST_PIECES: Final = 1000
"""Testimonies of a question whose firmness is worked out for a page: 500 take 14 seconds, and it grows faster than they do."""
MOST_DOUBLE_CRUXES: Final = 6
WEIGHED_BLOCKS: Final = 5
"""Records whose judgments are weighed one by one: a site compares all pairs of perspectives, at 2 s each; `cruxes --double` weighs more."""
SHOWN_BLOCKS: Final = 6
LEAST_SHARE: Final = 0.005
LIKE: Final = 0.02
"""Perspectives whose credences in every answer are closer than this have no dispute to show."""

Bands = tuple[tuple[float, float], ...]
"""Of each answer, in their order: the 5% and 95% quantiles of its credence when every judgment varies by its noise."""


@dataclass(frozen=True)
class Pillar:
    """What an answer rests on: if it were found to be ``true``, or else false, the challenger's credence would be ``then``."""

    subject: str
    text: str
    is_step: bool
    true: bool
    then: float


@dataclass(frozen=True)
class TaleStep:
    """One settlement of a story."""

    subject: str
    text: str
    is_step: bool
    true: bool


@dataclass(frozen=True)
class StandingSummary:
    """Where the inquiry stands (`credence.standing.Standing`) in words.

    ``bands`` and ``same_leader`` (how often the same answer leads) come from judging ``samples`` times again with the judgments' noise.
    ``tale`` is the cheapest story found that overturns the answer, of probability ``tale_probability``, empty if none was found.
    ``radius``: by what factor the odds of all leading judgments must at most be off together to overturn it; None: by none up to 20 that
    was tried; ``radius_exact``: every combination was tried. ``cruxes`` are subjects, chosen for what each adds.
    """

    verdict: Verdict
    leading: str
    challenger: str
    cruxes: tuple[str, ...]
    pillars: tuple[Pillar, ...]
    tale: tuple[TaleStep, ...]
    tale_probability: float
    radius: float | None
    radius_exact: bool
    bands: Bands
    same_leader: float
    samples: int


@dataclass(frozen=True)
class DoubleCruxSummary:
    """A subject between two perspectives; see `credence.perspectives.DoubleCrux`. Numbers of two go with the perspectives' order.

    ``closes``: how much of the gap would, if each side took over the other's credence, or the other's own judgments on it.
    """

    subject: str
    text: str
    is_step: bool
    credences: tuple[float, float]
    closes: float
    unresolved: float


@dataclass(frozen=True)
class Share:
    """How much of the gap, as a share of all of it, goes back to the judgments on one record ('' for all that are not listed)."""

    subject: str
    text: str
    share: float
    on_step: bool


@dataclass(frozen=True)
class DisputeSummary:
    """Two perspectives: the answer on which they differ most, by how much, and what would close the gap, most first.

    ``published`` are their credences in the answer as every page tells them. ``modelled`` are those that are compared: before anything is
    kept back for model error, and with numbers that only one of the two judged held by both; ``gap`` is between these.
    """

    perspectives: tuple[tuple[str, str], tuple[str, str]]
    answer: str
    answer_text: str
    published: tuple[float, float]
    modelled: tuple[float, float]
    gap: float
    double_cruxes: tuple[DoubleCruxSummary, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Weighed:
    """How firmly the inquiry stands and what divides its perspectives; ``why_not`` says why it wasn't worked out.

    ``standing`` is of the first perspective, ``bands`` are of each in turn.
    """

    standing: StandingSummary | None = None
    bands: tuple[Bands, ...] = ()
    disputes: tuple[DisputeSummary, ...] = ()
    sides: tuple[SideSummary, ...] = ()
    why_not: str = ""


def weigh(reckonings: Sequence[Reckoning]) -> Weighed:
    """Weigh the inquiry of one view under every perspective, where that takes seconds and not minutes."""
    asked = reckonings[0].assessment.questions[0] if reckonings and reckonings[0].assessment.questions else None
    if asked is None or not asked.answers:
        return Weighed(why_not="there is no question with answers yet")
    if asked.pieces > MOST_PIECES:
        return Weighed(why_not=f"more than {MOST_PIECES:,} testimonies bear on it; cruxmap cruxes --standing works it out, in minutes")
    view = reckonings[0].view
    question = view.get(asked.question, Question)
    assessments = [one.assessment for one in reckonings]
    judged = [(one.perspective, one.questions[0].answers) for one in assessments if one.perspective]
    published = {perspective: {answer.answer: answer.probability for answer in answers} for perspective, answers in judged}
    bands = tuple(one.stability.bands for one in reckonings)
    sides = tuple(sides_of(view, question, published))
    return Weighed(standing_of(reckonings[0]), bands, tuple(disputes_of(view, question, published)), sides)


def standing_of(reckoning: Reckoning) -> StandingSummary:
    """Work out where the inquiry stands and how firmly; some hundred propagations.

    Raises:
        UnknownRecord: there is no inquiry, or no such perspective.
    """
    view, found, firm = reckoning.view, standing(reckoning.varied), reckoning.stability
    names = {answer.id: answer.name for answer in answers_of(view, found.question)}
    place = list(names).index(found.challenger) if found.challenger else 0
    return StandingSummary(
        verdict=found.verdict,
        leading=names[found.leading],
        challenger=names.get(found.challenger, ""),
        cruxes=tuple(member.subject for member in found.cruxes),
        pillars=tuple(_pillar(view, crux, place) for crux in found.resting_on),
        tale=tuple(_tale(view, found.story)),
        tale_probability=found.story.probability if found.story else 0.0,
        radius=None if found.radius.nats is None else math.exp(found.radius.nats),
        radius_exact=found.radius.exact,
        bands=firm.bands,
        same_leader=firm.same_leader,
        samples=firm.samples,
    )


def disputes_of(view: View, question: Question, published: Mapping[str, Mapping[str, float]]) -> Iterator[DisputeSummary]:
    """Compare every two perspectives, and yield those that differ: the sides with each other first, then the main one with each.

    ``published``: of each perspective, the main one first, its credence in each answer.

    Raises:
        UnknownRecord: one of the perspectives is not in the view.
    """
    main = next(iter(published), "")
    for first, second in sorted(combinations(published, 2), key=lambda pair: main in pair):
        found = dispute(view, question, first=first, second=second, blocks=WEIGHED_BLOCKS)
        if abs(found.gap) < LIKE:
            continue
        answer = view.get(found.answer, Answer)
        whole = sum(block.shapley for block in found.blocks)
        names = [(one, view.get(one, Perspective).name) for one in (first, second)]
        yield DisputeSummary(
            (names[0], names[1]),
            answer.id,
            answer.text,
            (published[first][answer.id], published[second][answer.id]),
            found.probabilities,
            found.gap,
            tuple(
                DoubleCruxSummary(
                    one.subject,
                    subject_words(view, one.subject),
                    one.subject.startswith("link-"),
                    one.credences,
                    one.closing,
                    one.unresolved,
                )
                for one in found.double_cruxes[:MOST_DOUBLE_CRUXES]
                if one.closing > 0
            ),
            tuple(
                Share(one.record if one.record in view.records else "", _block(view, one.record), one.shapley / whole, one.on_warrant)
                for one in found.blocks[:SHOWN_BLOCKS]
                if abs(one.shapley) >= LEAST_SHARE * abs(whole) > 0
            ),
        )


def _pillar(view: View, crux: Crux, challenger: int) -> Pillar:
    true = crux.if_true[challenger] > crux.if_false[challenger]
    then = (crux.if_true if true else crux.if_false)[challenger]
    return Pillar(crux.subject, subject_words(view, crux.subject), crux.is_warrant, true, then)


def _tale(view: View, story: Story | None) -> Iterator[TaleStep]:
    for step in story.steps if story else ():
        yield TaleStep(step.subject, subject_words(view, step.subject), step.subject.startswith("link-"), step.true)


def _block(view: View, record: str) -> str:
    if record == REST:
        return "all other judgments together"
    return subject_words(view, record) if record in view.records else "where the answers stood before the reading (the priors)"
