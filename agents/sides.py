"""Sides of the dispute: for each answer that somebody concludes for, a perspective that gives it its best case from its own sources."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agents.cruxes import link_judgments, shown_links
from agents.proposals import Proposal
from agents.splitting import ask_in_parts
from agents.weighing import STAGE
from credence.engine import Modelled, coherent_judgments, main_question, material_of, model_question
from credence.judgments import OVER
from credence.maps import founded
from credence.scores import score
from knowledge.records import UNKNOWN, Answer, Assertion, Judgment, Link, Passage, Perspective, Question, Record, Retraction, Tag
from knowledge.views import View
from knowledge.vocabulary import BARELY, Quantity, Stance
from prompts.tasks.cruxes import ARGUE, ArgueInputs
from reasoners.reasoner import Reasoner

JUDGE: Final = "cruxmap"
MOST_ARGUED: Final = 20
"""Links that each side judges: those behind the leading cruxes, and what undercuts them. One call a side."""
MOST_PASSAGES: Final = 24
BEST_CASE: Final = "best case for "
"""A side's name starts so, and goes on with its answer's name."""
_REASON: Final = "its speaker concludes for another answer: this side's best case takes nothing on their word"


_UNJUDGED: Final = "the side's own judgments of links are missing, the reader's stand in"


@dataclass(frozen=True)
class Side:
    """An answer's side: its perspective, its own words, and the testimony of those who conclude for other answers only."""

    answer: Answer
    perspective: Perspective
    own: tuple[Assertion, ...]
    silenced: tuple[Assertion, ...]


def answer_of(side: Perspective, answers: Sequence[Answer]) -> Answer | None:
    """Return the answer whose side a perspective takes; None: it is no side."""
    return next((answer for answer in answers if side.name == f"{BEST_CASE}{answer.name}"), None)


async def take_sides(view: View, reader: Perspective, reasoner: Reasoner) -> Proposal:
    """Return a perspective for each named answer that somebody concludes for, where two or more answers have such a side.

    A side judges as the reader does, but for two things: what is said by those who conclude for another answer only has no weight, and the
    links behind the leading cruxes are judged as the side would at its best. So two sides differ where one takes nothing on the other's
    word, and where they read the same evidence differently. Where a recording has no answer to a side's question, that is an incident and
    the side keeps the reader's judgments of links. Judgments that no longer hold, because more was read, are retracted.

    Raises:
        RunStops: the run can't go on now.
    """
    if not any(question.parent is None for question in view.all(Question)):
        return Proposal()
    judgments, _ = await asyncio.to_thread(coherent_judgments, view, reader.id)
    modelled = await asyncio.to_thread(model_question, material_of(view, main_question(view)), judgments, check=False)
    sides = _sides(view, reader, modelled)
    argued = _leading_links(view, modelled)
    answers = await asyncio.gather(*(_argue(view, side, argued, reasoner) for side in sides))
    records = [record for side in sides for record in _records(side, reader)]
    return Proposal.of([records, *answers, _outdated(view, reader, {record.id for record in records})])


def _sides(view: View, reader: Perspective, modelled: Modelled) -> list[Side]:
    """Find who concludes for what: by asserting a claim that only words an answer (`credence.verdicts`), and not just that it may be."""
    concludes: dict[str, set[str]] = defaultdict(set)
    for verdict in modelled.argument_map.verdicts:
        for assertion, negated in view.assertions_of(verdict.claim):
            said = assertion.stance is Stance.ASSERTS and not negated and assertion.hedge not in BARELY
            if said and assertion.speaker != UNKNOWN and len(verdict.states) == 1:
                concludes[assertion.speaker].add(modelled.answers[verdict.states[0]].id)
    held = [answer for answer in modelled.answers if not answer.something_else and {answer.id} in concludes.values()]
    return [_side(view, reader, answer, concludes) for answer in held] if len(held) > 1 else []


def _side(view: View, reader: Perspective, answer: Answer, concludes: dict[str, set[str]]) -> Side:
    perspective = Perspective(
        name=f"{BEST_CASE}{answer.name}",
        description=(
            f"Those who conclude: {answer.text} The judgments are those of the {reader.name}, but nothing is taken on the word of whoever "
            "concludes for another answer, and the leading links are judged as this side would at its best."
        ),
    )
    spoken = [assertion for assertion in view.all(Assertion) if assertion.speaker in concludes]
    own = tuple(assertion for assertion in spoken if concludes[assertion.speaker] == {answer.id})
    silenced = tuple(assertion for assertion in spoken if answer.id not in concludes[assertion.speaker])
    return Side(answer, perspective, own, silenced)


def _leading_links(view: View, modelled: Modelled) -> list[Link]:
    """Return the links behind the leading cruxes, those of the first crux first, each followed by what undercuts it, and that in turn."""
    argument_map = modelled.argument_map
    found: dict[str, None] = {}
    for crux in score(modelled.network, modelled.inferred.beliefs, modelled.publication):
        for bond in argument_map.bonds:
            if argument_map.variable_of(crux.subject) in {bond.gate, *bond.variables}:
                found.setdefault(bond.link)
                found.update(dict.fromkeys(undercut.link for undercut in founded([bond], argument_map.undercuts)))
        for objection in (one for one in argument_map.undercuts if one.link == crux.subject):
            found.update(dict.fromkeys(one.link for one in (objection, *founded([objection], argument_map.undercuts))))
        if len(found) >= MOST_ARGUED:
            break
    links = (view.records.get(link) for link in list(found)[:MOST_ARGUED])
    return [link for link in links if isinstance(link, Link)]


async def _argue(view: View, side: Side, links: Sequence[Link], reasoner: Reasoner) -> list[Record]:
    judged = {judgment.record for judgment in view.all(Judgment) if judgment.perspective == side.perspective.id}
    passages = tuple(dict.fromkeys(view.get(one.passage, Passage).text for one in side.own))[:MOST_PASSAGES]
    subject = f"the {side.perspective.name}"

    async def ask(some: Sequence[Link]) -> list[Record]:
        inputs = ArgueInputs(links=shown_links(view, some), side=side.answer.text, passages=passages)
        answer = await reasoner.answer(ARGUE, inputs, step=STAGE)
        return link_judgments(view, side.perspective, some, answer, judge=reasoner.answerer.model_for(ARGUE.role))

    asked = [link for link in links if link.id not in judged]
    return await ask_in_parts(ask, asked, stage=STAGE, subject=subject, unrecorded=_UNJUDGED) if asked else []


def _records(side: Side, reader: Perspective) -> list[Record]:
    """Return the side's perspective, over the reader's, and its silence on what the others say."""
    name = side.perspective.id
    silence = (
        Judgment(record=one.id, quantity=Quantity.EVIDENCE, value=0.0, noise=0.0, perspective=name, judge=JUDGE, reason=_REASON)
        for one in side.silenced
    )
    return [side.perspective, Tag(record=name, name=OVER, value=reader.id), *silence]


def _outdated(view: View, reader: Perspective, kept: set[str]) -> list[Record]:
    over = {tag.record for tag in view.all(Tag) if (tag.name, tag.value) == (OVER, reader.id)}
    return [
        Retraction(record=old.id, reason="more was read: who concludes for what is found again")
        for old in view.all(Judgment)
        if old.perspective in over and old.judge == JUDGE and old.id not in kept
    ]
