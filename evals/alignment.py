"""Alignment: which produced assertion, claim and link is which of the gold's, by optimal assignment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy
from numpy.typing import NDArray

from evals.gold import GoldAssertion, GoldCase, GoldLink
from knowledge.records import Answer, Assertion, Claim, Link, Passage
from knowledge.views import View
from knowledge.vocabulary import AGAINST, Relation
from sources.embedding import Embedder

OVERLAP: Final = 0.5
"""Least intersection over union of two spans that are taken for one."""
ALIKE: Final = 0.7
"""Least cosine of two claims that are taken for one where no span tells."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class GoldStep:
    """A link of the gold with a single premise: a link with several stands for one step from each."""

    premise: str
    target: str
    relation: Relation


@dataclass(frozen=True)
class Alignment:
    """``assertions``: (place in the gold, produced). ``claims``: produced claim to gold claim and whether it words the opposite.

    ``steps``: every produced step with its link's id, in the gold's words; claims that aren't the gold's keep their ids. ``links``:
    produced links to the keys of the gold's links that they are.
    """

    assertions: tuple[tuple[int, Assertion], ...]
    claims: Mapping[str, tuple[str, bool]]
    steps: tuple[tuple[str, GoldStep], ...]
    links: Mapping[str, str]


def assign(similarity: Matrix, least: float) -> list[tuple[int, int]]:
    """Pair rows with columns so that the sum of similarities is greatest; pairs below ``least`` are no pairs."""
    if not similarity.size:
        return []
    kept = np.where(similarity >= least, similarity, 0.0)
    rows, columns = scipy.optimize.linear_sum_assignment(kept, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True) if kept[row, column] > 0]


def overlap(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Return the intersection over union of two spans."""
    shared = min(first[1], second[1]) - max(first[0], second[0])
    return max(shared, 0) / (max(first[1], second[1]) - min(first[0], second[0])) if shared > 0 else 0.0


def align(view: View, documents: Mapping[str, str], case: GoldCase, embedder: Embedder) -> Alignment:
    """Align a view with a gold case. ``documents`` maps source ids to the gold's file names."""
    produced = list(view.all(Assertion))
    passages = [view.get(one.passage, Passage) for one in produced]
    places = [(documents.get(passage.source, ""), (passage.start, passage.end)) for passage in passages]
    gold = case.gold.assertions
    wanted = [(one.document, case.span(one.document, one.quote)) for one in gold]
    similarity = np.array([[_likeness(place, want) for place in places] for want in wanted], dtype=float).reshape(len(wanted), len(places))
    pairs = assign(similarity, OVERLAP)
    assertions = tuple((at, produced[number]) for at, number in pairs)
    claims = _claims(view, assertions, gold, case.gold.claims, embedder)
    steps = tuple(_steps(view, claims, case))
    return Alignment(assertions, claims, steps, _links(view, claims, case.gold.links))


def _likeness(one: tuple[str, tuple[int, int]], other: tuple[str, tuple[int, int]]) -> float:
    return overlap(one[1], other[1]) if one[0] == other[0] else 0.0


def _claims(
    view: View,
    assertions: Sequence[tuple[int, Assertion]],
    gold: Sequence[GoldAssertion],
    texts: Mapping[str, str],
    embedder: Embedder,
) -> dict[str, tuple[str, bool]]:
    """Map produced claims to gold claims: by the spans that state them, then the rest by optimal assignment of wordings."""
    votes: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    for at, one in assertions:
        opposite = (one.stance in AGAINST) != (gold[at].stance in AGAINST)
        votes[one.claim][gold[at].claim, opposite] += 1
    found = {claim: min(counted.items(), key=lambda item: (-item[1], item[0]))[0] for claim, counted in votes.items()}
    left = [claim for claim in view.all(Claim) if claim.id not in found]
    keys = sorted(texts)
    if left and keys:
        similarity = np.asarray(
            embedder.embed([claim.text for claim in left]) @ embedder.embed([texts[key] for key in keys]).T, dtype=float
        )
        for row, column in assign(similarity, ALIKE):
            found[left[row].id] = (keys[column], False)
    return found


def _named(view: View, claims: Mapping[str, tuple[str, bool]], claim: str) -> tuple[str, bool]:
    """Return the gold's name of a produced claim, by itself or by one that says the same; else its representative's id."""
    if claim in claims:
        return claims[claim]
    representative, turned = view.representative(claim)
    for member, negated in view.members.get(representative, ()):
        if member in claims:
            name, opposite = claims[member]
            return name, opposite != (negated != turned)
    return representative, turned


def _steps(view: View, claims: Mapping[str, tuple[str, bool]], case: GoldCase) -> list[tuple[str, GoldStep]]:
    answers = _answers(view)
    links = _links(view, claims, case.gold.links)
    found = []
    for link in view.all(Link):
        for premise in link.premises:
            name, turned = _named(view, claims, premise)
            relation = link.relation
            if link.target.startswith("claim-"):
                target, opposite = _named(view, claims, link.target)
                turned = turned != opposite
            elif link.target.startswith("answer-"):
                target = f"answer:{answers.get(link.target, '')}"
            else:
                target = f"link:{links.get(link.target, link.target)}"
            if turned and relation is not Relation.UNDERCUTS:
                relation = Relation.ATTACKS if relation is Relation.SUPPORTS else Relation.SUPPORTS
            if name != target:
                found.append((link.id, GoldStep(name, target, relation)))
    return found


def _answers(view: View) -> dict[str, str]:
    return {answer.id: "something_else" if answer.something_else else answer.name for answer in view.all(Answer)}


def _links(view: View, claims: Mapping[str, tuple[str, bool]], gold: Sequence[GoldLink]) -> dict[str, str]:
    """Name the produced links that are the gold's keyed ones: the same target and a premise in common."""
    found: dict[str, str] = {}
    answers = _answers(view)
    for link in view.all(Link):
        if link.relation is Relation.UNDERCUTS:
            continue
        target = f"answer:{answers.get(link.target, '')}" if link.target.startswith("answer-") else _named(view, claims, link.target)[0]
        premises = {_named(view, claims, premise)[0] for premise in link.premises}
        for wanted in gold:
            if wanted.key and wanted.target == target and premises & set(wanted.premises):
                found[link.id] = wanted.key
    return found
