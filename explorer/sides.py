"""Sides of the dispute beside the reader: where each comes to on its own answer, and by which of its two differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.sides import answer_of
from credence.engine import coherent_judgments, material_of, model_question
from credence.judgments import Key
from credence.wording import answers_of
from knowledge.records import Judgment, Perspective, Question
from knowledge.views import View
from knowledge.vocabulary import Quantity


@dataclass(frozen=True)
class SideSummary:
    """A side's credence in its own answer (``now``), and the reader's (``before``).

    Between the two lies ``unheard``: the reader's, but with nothing taken on the word of those who conclude for another answer only.
    """

    name: str
    reader: str
    answer: str
    before: float
    unheard: float
    now: float


def sides_of(view: View, question: Question, published: Mapping[str, Mapping[str, float]]) -> Iterator[SideSummary]:
    """Yield the sides among the perspectives. ``published``: of each, the reader's first, the credence in each answer.

    Raises:
        UnknownRecord: one of the perspectives is not in the view.
    """
    if len(published) < 2:
        return
    reader, *others = (view.get(perspective, Perspective) for perspective in published)
    judgments, _ = coherent_judgments(view, reader.id)
    material = material_of(view, question)
    for side in others:
        answer = answer_of(side, answers_of(view, question.id))
        if answer is None:
            continue
        silenced = {
            Key(one.record, one.quantity, one.given): one.value
            for one in view.all(Judgment)
            if one.perspective == side.id and one.quantity is Quantity.EVIDENCE
        }
        unheard = model_question(material, judgments.otherwise(silenced), check=False)
        place = [one.id for one in unheard.answers].index(answer.id)
        before, now = (published[one.id][answer.id] for one in (reader, side))
        yield SideSummary(side.name, reader.name, answer.name, before, float(unheard.published[place]), now)
