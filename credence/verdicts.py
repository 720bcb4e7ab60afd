"""Claims that only word an answer: what people conclude is no evidence of its own beside the evidence that they concluded from."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import mul
from typing import Final

import numpy as np

from credence.defaults import DATUM_IF_TRUE
from credence.factors import Array
from credence.maps import QUESTION, Bond, Undercutting, Verdict
from credence.materials import Material
from credence.results import LeftOut
from credence.testimony import bounded
from knowledge.records import Claim
from knowledge.vocabulary import Difference

AS_GOOD_AS_THE_ANSWER: Final = 0.75
"""Youden's J of a claim as a test of an answer: settling the claim is worth J times settling the question (facts/credence.md 2.8)."""
NEARLY_AS_GOOD: Final = 0.5
"""Enough for a claim in the answer's own words ("cleaner water alone brought them back"). Chosen of 0.75, 0.6, 0.5 and 0.4 by the cruxes of
the half of the gold cases that is for tuning (nDCG 0.52 at 0.75, 0.69 here); on the other half it brings 0.52 to 0.56 (docs/evals.md)."""
ITS_WORDS: Final = 0.4
"""Share of a claim's words that the question and its answers are made of: a decisive observation has words of its own."""
SAME_BUT_FOR: Final = frozenset({Difference.CERTAINTY, Difference.WORDING})
"""A variant of a claim that words an answer which differs in no more than this, and is nearly as good, words it too ("X is by far the
likeliest", "X is so")."""
_DEGREE: Final = re.compile(r"\b(probability|odds|credence) (that|of)\b", re.IGNORECASE)
"""Says how probable something is: of an answer, that is a verdict, however unlikely it is to be uttered."""
_States = Mapping[str, tuple[int, ...]]


def find_verdicts(material: Material, prior: Sequence[float], bonds: Iterable[Bond]) -> dict[str, tuple[int, ...]]:
    """Return, by claim, the states of the question under which it is true, for each claim that words an answer.

    It must be as expected under the answer and as unexpected otherwise as the answer itself, nearly, in the judgment of its own link, or of
    its link to a claim that words the answer; and be made of the words of the question and its answers.
    """
    if len(material.answers) < 2:
        return {}
    bonds = list(bonds)
    seeds: dict[str, tuple[int, ...]] = {}
    as_good: dict[str, tuple[int, ...]] = {}
    nearly: dict[str, tuple[int, ...]] = {}
    for bond in sorted((bond for bond in bonds if bond.target == QUESTION), key=lambda bond: bond.link):
        if len(bond.premises) != 1 or not bond.premises[0].variable.startswith("claim-"):
            continue
        claim, true = bond.premises[0].variable, bond.premises[0].states == (1,)
        expected = bond.expected if true else tuple(1 - value for value in bond.expected)
        good, states = _as_good_as_an_answer(expected, prior)
        nearly.setdefault(claim, states if good >= NEARLY_AS_GOOD else ())
        in_its_words = material.echo(claim) >= ITS_WORDS
        if good >= AS_GOOD_AS_THE_ANSWER:
            as_good.setdefault(claim, states)
        if good >= NEARLY_AS_GOOD and in_its_words:
            seeds.setdefault(claim, states)
        elif in_its_words and _DEGREE.search(material.view.get(claim, Claim).text):
            seeds.setdefault(claim, (max(range(len(expected)), key=lambda at: expected[at]),))
    if not seeds:
        return {}
    return _with_restatements(material, _with_variants(material, seeds, as_good, nearly), bonds)


def _as_good_as_an_answer(expected: Sequence[float], prior: Sequence[float]) -> tuple[float, tuple[int, ...]]:
    """Return how good a test of an answer a claim with P(claim | answer) as given is (Youden's J), and the answers, one or all but one."""
    everywhere = math.fsum(map(mul, prior, expected))
    tests = [value - (everywhere - chance * value) / max(1 - chance, 1e-12) for chance, value in zip(prior, expected, strict=True)]
    best = max(range(len(tests)), key=lambda at: abs(tests[at]))
    return abs(tests[best]), (best,) if tests[best] > 0 else tuple(at for at in range(len(tests)) if at != best)


def _with_variants(material: Material, seeds: _States, as_good: _States, nearly: _States) -> dict[str, tuple[int, ...]]:
    """Add variants: of any kind if they are as good as the answer too; nearly as good ones if they differ in certainty or wording only."""
    found = dict(seeds)
    frontier = sorted(seeds)
    variants: dict[str, list[tuple[str, Difference]]] = defaultdict(list)
    for (one, other), opposite, differs_in in material.variants:
        if not opposite:
            variants[one].append((other, differs_in))
            variants[other].append((one, differs_in))
    while frontier:
        claim = frontier.pop()
        for other, difference in variants[claim]:
            states = as_good.get(other) or (nearly.get(other) if difference in SAME_BUT_FOR and claim in seeds else ())
            if states and other not in found:
                found[other] = states
                frontier.append(other)
    return found


def _with_restatements(material: Material, found: dict[str, tuple[int, ...]], bonds: Sequence[Bond]) -> dict[str, tuple[int, ...]]:
    """Add what is as good a test of a claim that words an answer as that claim itself, and made of the same words."""
    answers, found = range(len(material.answers)), dict(found)
    frontier = sorted(found)
    said_of: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for bond in sorted(bonds, key=lambda bond: bond.link):
        if bond.target.startswith("claim-") and bond.premises[0].variable.startswith("claim-"):
            unless, if_true = bond.expected
            test = (if_true - unless) * (1 if bond.premises[0].states == (1,) else -1)
            if abs(test) >= AS_GOOD_AS_THE_ANSWER and material.echo(bond.premises[0].variable) >= ITS_WORDS:
                said_of[bond.target].append((bond.premises[0].variable, test > 0))
    while frontier:
        claim = frontier.pop()
        for other, same in said_of[claim]:
            if other not in found:
                found[other] = found[claim] if same else tuple(at for at in answers if at not in found[claim])
                frontier.append(other)
    return found


def without_verdicts(bonds: Sequence[Bond], verdicts: Mapping[str, tuple[int, ...]], answers: int, left_out: list[LeftOut]) -> list[Bond]:
    """Let a reason for a claim that words an answer bear on the answer, and leave out what is inferred from such a claim.

    A reason that has a judged link to the question of its own keeps that alone: it says already how expected it is under each answer.
    """
    if not verdicts:
        return list(bonds)
    direct = {bond.premises for bond in bonds if bond.target == QUESTION}
    kept = []
    for bond in bonds:
        if any(variable in verdicts for variable in bond.variables):
            left_out.append(LeftOut(bond.link, "its premise only words an answer"))
        elif bond.target not in verdicts:
            kept.append(bond)
        elif bond.premises in direct:
            left_out.append(LeftOut(bond.link, "its target only words an answer, on which its premise bears by a link of its own"))
        else:
            unless, if_true = bond.expected
            expected = tuple(if_true if at in verdicts[bond.target] else unless for at in range(answers))
            kept.append(bond._replace(target=QUESTION, expected=expected))
    return kept


def undercuts_without(
    undercuts: Sequence[Undercutting], verdicts: Mapping[str, tuple[int, ...]], left_out: list[LeftOut]
) -> list[Undercutting]:
    """Leave out undercuts by claims that word an answer."""
    said = [undercut for undercut in undercuts if any(variable in verdicts for variable in undercut.variables)]
    left_out += [LeftOut(undercut.link, "its premise only words an answer") for undercut in said]
    return [undercut for undercut in undercuts if undercut not in said]


def joint_verdict(verdicts: Sequence[Verdict], answers: int) -> Array:
    """Return [K]: the log likelihood that all verdicts together give each answer.

    Whoever concludes does so from the evidence at large, which the argument holds already. So all verdicts pass through one datum, "to
    which answer the evidence seems to point", with the rates of any shared datum (facts/credence.md 2.4, second rung): however many
    they are, they can't outweigh `DATUM_IF_TRUE` against its complement.
    """
    said = np.zeros(answers)
    for verdict in verdicts:
        said[list(verdict.states)] += verdict.evidence.weight
    rates = np.full((answers, answers), (1 - DATUM_IF_TRUE) / max(answers - 1, 1))
    np.fill_diagonal(rates, DATUM_IF_TRUE)
    return np.asarray(np.log(rates @ np.exp([bounded(weight) for weight in (said - said.max()).tolist()])))
