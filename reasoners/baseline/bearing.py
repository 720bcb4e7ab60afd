"""Which claims bear on an answer: by its names, by nearness in meaning, and by the direction of the effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from knowledge.vocabulary import Relation
from prompts.tasks.claims import PlacedClaim
from prompts.tasks.structuring import NumberedAnswer, RelateInputs, Step
from reasoners.baseline.lexicons import NEGATION, NULL, SPEAKS_AGAINST, direction
from sources.embedding import Embedder

NEAR: Final = 0.5
"""Cosine between claim and answer from which the claim is taken to speak of what the answer speaks of."""
CLEARLY_NEARER: Final = 0.08
"""By how much one answer must be nearer than the next where no name and no direction tells them apart."""


class Bearer:
    """Weighs claims against answers."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def bear(self, inputs: RelateInputs) -> Iterator[Step]:
        """Yield links from claims to the answers that they speak for or against, at most two of each question a claim."""
        for question in (one for one in inputs.questions if one.answers):
            aims = self._embedder.embed([answer.text for answer in question.answers])
            for claim in inputs.claims:
                nearness = [round(float(value), 3) for value in aims @ self._embedder.embed([claim.claim])[0]]
                yield from islice(_bearings(claim, question.answers, nearness), 2)


def _bearings(claim: PlacedClaim, answers: tuple[NumberedAnswer, ...], nearness: list[float]) -> Iterator[Step]:
    named = [answer for answer in answers if _names(claim.claim, answer)]
    if named and len(named) < len(answers):
        for answer in named:
            against = _denies(_without_names(claim.claim, answer)) and not NULL.search(answer.text)
            relation = Relation.ATTACKS if against else Relation.SUPPORTS
            yield _bearing(claim, answer, relation, "it speaks of this answer by name")
        return
    if max(nearness) < NEAR:
        return
    directions = [direction(answer.text) for answer in answers]
    if len(set(directions)) == len(answers):
        points = direction(claim.claim)
        if points == 0 and not NULL.search(claim.claim):
            return
        if points in directions:
            yield _bearing(
                claim, answers[directions.index(points)], Relation.SUPPORTS, "the effect that it tells of has the direction of this answer"
            )
        return
    ranked = sorted(range(len(answers)), key=lambda at: (-nearness[at], at))
    if len(ranked) > 1 and nearness[ranked[0]] - nearness[ranked[1]] >= CLEARLY_NEARER:
        nearest = answers[ranked[0]]
        differ = _denies(claim.claim) != _denies(nearest.text)
        yield _bearing(claim, nearest, Relation.ATTACKS if differ else Relation.SUPPORTS, "it is nearest in meaning to this answer")


def _names(claim: str, answer: NumberedAnswer) -> bool:
    return any(re.search(rf"\b{re.escape(name)}", claim, re.IGNORECASE) for name in answer.also_called)


def _denies(text: str) -> bool:
    """Say whether a text's main clause denies: words against or finding nothing do, and each other negation turns that round.

    "It is unlikely" denies, "it is not unlikely" doesn't.
    """
    head = _head(text)
    rest = NULL.sub(" ", SPEAKS_AGAINST.sub(" ", head))
    return (rest != head) != (len(NEGATION.findall(rest)) % 2 == 1)


def _head(text: str) -> str:
    """Cut a text at its reasons, concessions and further statements, each of which may deny something else."""
    return re.split(r"\b(?:because|which|so that|although|since|whereas)\b|, and\b", text, maxsplit=1)[0]


def _without_names(claim: str, answer: NumberedAnswer) -> str:
    """Take the answer's own names out: "excluded" speaks for an answer that is called so."""
    return re.sub("|".join(rf"\b{re.escape(name)}\w*" for name in answer.also_called), " ", claim, flags=re.IGNORECASE)


def _bearing(claim: PlacedClaim, answer: NumberedAnswer, relation: Relation, why: str) -> Step:
    verb = "speaks for" if relation is Relation.SUPPORTS else "speaks against"
    return Step(premises=(claim.number,), answer=answer.number, relation=relation, warrant=f"The claim {verb} this answer, since {why}.")
