"""Sides of the dispute: for each answer that somebody concludes for, a perspective that gives it its best case from its own sources."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from credence.engine import coherent_judgments, main_question, model_question
from credence.judgments import OVER
from knowledge.errors import UnknownRecord
from knowledge.records import UNKNOWN, Answer, Assertion, Judgment, Perspective, Quantity, Record, Retraction, Stance, Tag
from knowledge.views import View

JUDGE: Final = "cruxmap"
_REASON: Final = "its speaker concludes for another answer: this side's best case takes nothing on their word"


def take_sides(view: View, reader: Perspective) -> list[Record]:
    """Return a perspective for each named answer that somebody concludes for, where two or more answers have such a side.

    A side keeps the reader's judgments, but gives no weight to what is said by those who conclude for another answer only: so it is the
    best case of the answer from its own and from neutral sources, and what two sides then differ about is what rests on one side's word.
    Judgments of a side that no longer hold, because more was read, are retracted.
    """
    try:
        question = main_question(view)
    except UnknownRecord:
        return []
    judgments, _ = coherent_judgments(view, reader.id)
    modelled = model_question(view, question, judgments, check=False)
    concludes: dict[str, set[str]] = defaultdict(set)
    for verdict in modelled.argument_map.verdicts:
        if len(verdict.states) == 1:
            answer = modelled.answers[verdict.states[0]]
            for assertion, negated in view.assertions_of(verdict.claim):
                if assertion.speaker != UNKNOWN and not negated and assertion.stance in {Stance.ASSERTS, Stance.CONCEDES}:
                    concludes[assertion.speaker].add(answer.id)
    held = [answer for answer in modelled.answers if not answer.something_else and {answer.id} in concludes.values()]
    records: list[Record] = []
    for answer in held if len(held) > 1 else []:
        records += _side(view, reader, answer, {speaker for speaker, answers in concludes.items() if answer.id not in answers})
    kept = {record.id for record in records}
    sides = {tag.record for tag in view.all(Tag) if (tag.name, tag.value) == (OVER, reader.id)}
    records += [
        Retraction(record=old.id, reason="more was read: this side's judgments are made again")
        for old in view.all(Judgment)
        if old.perspective in sides and old.judge == JUDGE and old.id not in kept
    ]
    return records


def _side(view: View, reader: Perspective, answer: Answer, others: set[str]) -> list[Record]:
    side = Perspective(
        name=f"best case for {answer.name}",
        description=(
            f"Those who conclude: {answer.text} The judgments are those of the {reader.name}, but nothing is taken on the word of whoever "
            "concludes for another answer."
        ),
    )
    silenced = [assertion for assertion in view.all(Assertion) if assertion.speaker in others]
    return [
        side,
        Tag(record=side.id, name=OVER, value=reader.id),
        *(
            Judgment(
                record=assertion.id, quantity=Quantity.EVIDENCE, value=0.0, noise=0.0, perspective=side.id, judge=JUDGE, reason=_REASON
            )
            for assertion in silenced
        ),
    ]
