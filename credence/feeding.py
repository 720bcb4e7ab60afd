"""How a sub-question feeds its parent: which claims are an answer to it in other words, so that its argument is theirs."""

from __future__ import annotations

from credence.judgments import Judgments
from credence.maps import QUESTION, Bond
from credence.materials import Material
from credence.verdicts import find_verdicts
from credence.wording import Event, answers_of, descendants
from knowledge.records import Link
from knowledge.views import View


def worded_answers(view: View, question: str) -> dict[str, Event]:
    """Map each claim that only words an answer to one sub-question of a question, at any depth, to that answer.

    By the same rule as for the question itself (`credence.verdicts`), in the judgment of the main perspective: what a claim says is no
    matter of perspective. A claim that words an answer to the question too, or to two sub-questions, stays a claim of its own.
    """
    below = sorted(descendants(view, question))
    if not below:
        return {}
    judgments = Judgments(view, None)
    several = set(_verdicts(view, question, judgments))
    found: dict[str, Event] = {}
    for one in below:
        for claim, states in _verdicts(view, one, judgments).items():
            if claim in found:
                several.add(claim)
            found[claim] = Event(one, states)
    return {claim: event for claim, event in found.items() if claim not in several}


def _verdicts(view: View, question: str, judgments: Judgments) -> dict[str, tuple[int, ...]]:
    material = Material(view, question, answers_of(view, question))
    own = {answer.id for answer in material.answers}
    bonds = [
        Bond(link.id, (material.wording.event(link.premises[0]),), QUESTION, tuple(judgments.expected_under(link, material.answers)), 1.0)
        for link in view.all(Link)
        if link.target in own and len(link.premises) == 1
    ]
    return find_verdicts(material, judgments.priors(material.answers), bonds)
