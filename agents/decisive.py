"""What is decisive: on what the dispute turns, asked as a whole beside the local judgments.

The engine computes from local judgments what would move the answers most, and these are noisy: of what moves them about as much it can't
tell the first. So what the sources differ over is shown once more as a list, in both orders, and what is named comes first of what moves
the answers noticeably (`credence.disputed`). It changes no number.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from agents.proposals import Proposal
from agents.reaching import distances
from agents.soundness import direct_reasons
from agents.splitting import ask_in_parts
from agents.weighing import STAGE
from credence.disputed import CONCLUSION, in_dispute
from credence.disputed import DECISIVE as NAMED
from credence.engine import main_question
from credence.wording import answers_of
from knowledge.records import Answer, Claim, Incident, Link, Record, Retraction, Tag, Warrant
from knowledge.views import View
from knowledge.vocabulary import Relation
from prompts.tasks.cruxes import DECISIVE, Candidate, DecisiveInputs
from reasoners.reasoner import Reasoner

SUBJECT: Final = "what the dispute turns on"
MOST_SHOWN: Final = 100
"""Candidates that are shown, those that the fewest steps part from an answer: what is further back no reading names."""
MOST_SAID: Final = 6
"""Stances and objections that are shown of each."""
_CONCLUDES: Final = "says which answer is right, or how likely, and is no reason for it"
_UNNAMED: Final = "cruxes stand in the order of what they move alone"


async def name_cruxes(view: View, reasoner: Reasoner) -> Proposal:
    """Return what the inquiry turns on as tags of claims and links, by a reading in each order; what was named before is retracted.

    What is shown depends on records alone, on no number of the engine. Where nothing is in dispute nobody is asked; where a recording has
    no answer, that is an incident.

    Raises:
        RunStops: the run can't go on now.
    """
    shown = candidates(view)
    if not shown:
        return Proposal()
    question = main_question(view)
    answers = answers_of(view, question.id)
    reasons = direct_reasons(view, [answer.id for answer in answers])
    objections = _objections(view)
    orders = {1: shown, 2: shown[::-1]}

    async def ask(readings: Sequence[int]) -> list[Record]:
        number = readings[0]
        listed = orders[number]
        inputs = DecisiveInputs(
            question=question.text,
            answers=tuple(answer.text for answer in answers),
            reasons=reasons,
            candidates=tuple(_candidate(view, number, record, objections.get(record, ())) for number, record in enumerate(listed, 1)),
        )
        answer = await reasoner.answer(DECISIVE, inputs, step=STAGE)
        tags = [Tag(record=listed[one.number - 1], name=f"{NAMED}{number}", value=one.reason) for one in answer.cruxes]
        return [*tags, *(Tag(record=listed[at - 1], name=f"{CONCLUSION}{number}", value=_CONCLUDES) for at in answer.conclusions)]

    named = await asyncio.gather(*(ask_in_parts(ask, [one], stage=STAGE, subject=SUBJECT, unrecorded=_UNNAMED) for one in orders))
    heard = [number for number, one in zip(orders, named, strict=True) if not any(isinstance(record, Incident) for record in one)]
    answered = {f"{kind}{number}" for kind in (NAMED, CONCLUSION) for number in heard}
    kept = {record.id for one in named for record in one}
    again = [tag for tag in view.all(Tag) if tag.name in answered and tag.id not in kept]
    gone = [Retraction(record=tag.id, reason="asked again, once more had been read") for tag in again]
    return Proposal.of([*named, gone])


def candidates(view: View) -> list[str]:
    """Return the disputed claims and links that bear on the inquiry or a sub-question: the nearest to an answer first, ties by id."""
    far = distances(view, (answer.id for answer in view.all(Answer)))
    return sorted(in_dispute(view) & far.keys(), key=lambda record: (far[record], record))[:MOST_SHOWN]


def _candidate(view: View, number: int, record: str, objections: Sequence[str]) -> Candidate:
    if not record.startswith("link-"):
        said = [f"{one.speaker} {one.stance.value}{' the contrary' if negated else ''}" for one, negated in view.assertions_of(record)]
        return Candidate(number=number, text=view.get(record, Claim).text, said=_some(said, objections))
    link = view.get(record, Link)
    return Candidate(number=number, text=_premises(view, link), leads_to=_target(view, link), said=_some([], objections))


def _premises(view: View, link: Link) -> str:
    return " AND ".join(view.get(claim, Claim).text for claim in link.premises)


def _target(view: View, link: Link) -> str:
    target = view.records[link.target]
    assert isinstance(target, Answer | Claim | Link)
    words = view.get(target.warrant, Warrant).text if isinstance(target, Link) else target.text
    return words if link.relation is Relation.SUPPORTS else f"the contrary of: {words}"


def _objections(view: View) -> Mapping[str, Sequence[str]]:
    """Word what is offered against each claim or step."""
    found: dict[str, list[str]] = defaultdict(list)
    for link in view.all(Link):
        if link.relation is not Relation.SUPPORTS:
            found[view.representative(link.target)[0]].append(f"objection: {_premises(view, link)}")
    return found


def _some(said: Sequence[str], objections: Sequence[str]) -> tuple[str, ...]:
    """Return `MOST_SAID` of both, at most half of them objections where there are stances enough."""
    return tuple(dict.fromkeys([*said[: MOST_SAID - min(len(objections), MOST_SAID // 2)], *objections]))[:MOST_SAID]
