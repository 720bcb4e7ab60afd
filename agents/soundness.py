"""The argument as a whole: how probable it is that what was modelled is no guide, and what to believe then.

One number that decides much, so it is asked of the inquiry in three wordings, and the answers are pooled (`credence.judgments`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from agents.proposals import Proposal
from agents.splitting import ask_in_parts
from agents.weighing import STAGE
from credence.engine import main_question
from credence.wording import answers_of
from knowledge.records import Claim, Incident, Judgment, Link, Perspective, Question, Record, Retraction
from knowledge.views import View
from knowledge.vocabulary import Quantity, Relation, side_of
from prompts.tasks.cruxes import SOUNDNESS, DirectReason, SoundnessAngle, SoundnessInputs
from reasoners.errors import Unrecorded
from reasoners.reasoner import Reasoner

SUBJECT: Final = "the argument as a whole"
MOST_SHOWN: Final = 60
"""Direct reasons that are shown, those with the most testimonies."""


async def judge_soundness(view: View, perspective: Perspective, reasoner: Reasoner) -> Proposal:
    """Return how probable it is that the inquiry's modelled argument is unsound, and each answer if so, as judgments of a perspective.

    What is shown depends on records alone, on no number of the engine; in the second and third wording the answers stand in reverse order.
    Where a recording lacks answers, that is one incident, and those that it has count; with none the engine's default stands
    (`credence.defaults.MODEL_ERROR`, and the priors). Asked again once more has been read, what was answered before is retracted; where
    somebody else judged it, it isn't asked.

    Raises:
        RunStops: the run can't go on now.
    """
    if not any(question.parent is None for question in view.all(Question)):
        return Proposal()
    question = main_question(view)
    before = [one for one in view.all(Judgment) if one.perspective == perspective.id and question.id in {one.record, one.given} - {None}]
    if any(one.judge != reasoner.answerer.model_for(SOUNDNESS.role) for one in before):
        return Proposal()

    async def ask(angles: Sequence[SoundnessAngle]) -> list[Record]:
        return await _judged(view, question, perspective, reasoner, angles[0])

    async def recorded(angle: SoundnessAngle) -> list[Record] | None:
        try:
            return await ask_in_parts(ask, [angle], stage=STAGE, subject=SUBJECT)
        except Unrecorded:
            return None

    answers = await asyncio.gather(*map(recorded, SoundnessAngle))
    there = [one for one in answers if one is not None]
    now = {one.id: one for answer in there for one in answer}
    again = {one.wording for one in now.values() if isinstance(one, Judgment)}
    gone = [
        Retraction(record=one.id, reason="judged again, once more had been read")
        for one in before
        if one.wording in again and one.id not in now
    ]
    return Proposal.of([*there, gone, [_unrecorded(len(there))] if len(there) < len(answers) else []])


def _unrecorded(there: int) -> Incident:
    stands = f"{there} of {len(SoundnessAngle)} answers to it count" if there else "it is assumed"
    problem = f"the recording is older than this question, how probable it is that the modelled argument is unsound: {stands}"
    return Incident(stage=STAGE, subject=SUBJECT, problem=problem, advice="Record the case again.")


async def _judged(view: View, question: Question, perspective: Perspective, reasoner: Reasoner, angle: SoundnessAngle) -> list[Record]:
    answers = answers_of(view, question.id) if angle is SoundnessAngle.DIRECT else answers_of(view, question.id)[::-1]
    inputs = SoundnessInputs(
        angle=angle,
        question=question.text,
        answers=tuple(answer.text for answer in answers),
        reasons=direct_reasons(view, [answer.id for answer in answers]),
    )
    answer = await reasoner.answer(SOUNDNESS, inputs, step=STAGE)
    values: list[tuple[str, Quantity, float, str | None]] = [(question.id, Quantity.MODEL_ERROR, answer.unsound, None)]
    if answer.if_unsound:
        values += [(one.id, Quantity.PRIOR, value, question.id) for one, value in zip(answers, answer.if_unsound, strict=True)]
    return [
        Judgment(
            record=record,
            quantity=quantity,
            value=value,
            given=given,
            perspective=perspective.id,
            judge=reasoner.answerer.model_for(SOUNDNESS.role),
            reason=answer.reason,
            wording=angle.wording,
        )
        for record, quantity, value, given in values
    ]


def direct_reasons(view: View, answers: Sequence[str]) -> tuple[DirectReason, ...]:
    """Return what is offered for or against answers (ids), what is testified most first, ties by id."""
    links = [link for link in view.all(Link) if link.target in answers and link.relation is not Relation.UNDERCUTS]
    spoken = {link.id: sum(_holders(view, claim) for claim in link.premises) for link in links}
    shown = sorted(links, key=lambda link: (-spoken[link.id], link.id))[:MOST_SHOWN]
    return tuple(
        DirectReason(
            premises=tuple(view.get(claim, Claim).text for claim in link.premises),
            relation=link.relation.value,
            answer=answers.index(link.target) + 1,
            testimonies=spoken[link.id],
        )
        for link in shown
    )


def _holders(view: View, claim: str) -> int:
    """Count the testimonies for a claim: those against it are no reason for what it is offered for."""
    representative, opposite = view.representative(claim)
    said = view.assertions_of(representative)
    return sum(side_of(one.stance, opposite=negated != opposite, hedge=one.hedge) > 0 for one, negated in said)
