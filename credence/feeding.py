"""Which claims only word an answer: to a question, as a verdict, or to a sub-question, whose argument is then theirs."""

from __future__ import annotations

from typing import Final, NamedTuple

from credence.judgments import Judgments, Key
from credence.maps import QUESTION, Bond
from credence.materials import Material
from credence.verdicts import find_verdicts
from credence.wording import Event, answers_of, descendants
from knowledge.records import Link
from knowledge.views import View
from knowledge.vocabulary import Quantity, Relation

UNSURE: Final = 1.25
"""Nats of noise of how expected a claim is under some answer, from which on it is no other word for one: asked again, the judge took it for
evidence. Chosen: of 45 such claims of the three shipped cases one has more (1.55), which is none; the next has 1.13."""


class Worded(NamedTuple):
    """By claim, the places of the question's own answers that it words, and the states of a sub-question that another claim words."""

    own: dict[str, tuple[int, ...]]
    below: dict[str, Event]


def worded_answers(view: View, question: str, judgments: Judgments) -> Worded:
    """Find the claims that only word an answer to a question or to one of its sub-questions, at any depth.

    In the judgment of the main perspective (``judgments``), whoever asks and whatever is varied: what a claim says is no matter of
    perspective, and no small change of a number should turn evidence into a verdict. A claim that words an answer to the question too, or
    to two sub-questions, is none of a sub-question's.
    """
    known = judgments.otherwise({})
    own = _verdicts(view, question, known, restated=True)
    several = set(own)
    found: dict[str, Event] = {}
    for one in sorted(descendants(view, question)):
        for claim, states in _verdicts(view, one, known, restated=False).items():
            if claim in found:
                several.add(claim)
            found[claim] = Event(one, states)
    return Worded(own, {claim: event for claim, event in found.items() if claim not in several})


def _verdicts(view: View, question: str, judgments: Judgments, *, restated: bool) -> dict[str, tuple[int, ...]]:
    """Find what words an answer to one question; ``restated``: in the judgment of a link to another claim that does, too."""
    material = Material(view, question, answers_of(view, question))
    own = {answer.id for answer in material.answers}
    bonds = []
    for link in view.all(Link):
        if link.target in own and len(link.premises) == 1:
            expected = tuple(judgments.expected_under(link, material.answers))
            places = [Key(link.id, Quantity.EXPECTEDNESS, answer.id) for answer in material.answers]
            if max(judgments.noise(place) for place in places) < UNSURE:
                bonds.append(Bond(link.id, (material.wording.event(link.premises[0]),), QUESTION, expected, 1.0))
        elif restated and link.target.startswith("claim-") and len(link.premises) == 1 and link.relation is not Relation.UNDERCUTS:
            held, target = material.wording.event(link.target), view.representative(link.target)[0]
            unless_and_if = judgments.expected_if(link)
            bonds.append(
                Bond(
                    link.id,
                    (material.wording.event(link.premises[0]),),
                    target,
                    tuple(unless_and_if if held.states == (1,) else unless_and_if[::-1]),
                    1.0,
                )
            )
    return find_verdicts(material, judgments.priors(material.answers), bonds)
