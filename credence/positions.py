"""Positions: who holds what together, worked out from what the sources say alone, without any judgment's number.

A voice (a speaker under all spellings, `credence.voices`) takes a stance on a claim that it holds or denies (who says that it may be
doesn't hold it, `knowledge.vocabulary.side_of`), and through these on what they are offered for or against: it speaks for an answer if more
of what it holds is offered for that answer than against it. Two voices
agree as far as they take the same side on what both take a side on: (same - opposed) / (same + opposed + 1), so that one shared point
proves little. Groups are joined by the average agreement between their voices (average linkage: Sokal and Michener 1958), the most agreed
first, as long as it is above `AGREED`: the greedy form of correlation clustering (Bansal, Blum and Chawla 2004,
10.1023/B:MACH.0000033116.57574.95). Ties go by name, so the same records give the same positions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from credence.voices import voice
from knowledge.records import UNKNOWN, Answer, Assertion, Link, Variant
from knowledge.views import View
from knowledge.vocabulary import Relation, Stance, side_of

AGREED: Final = 0.2
"""Average agreement above which two groups are joined."""
LEAST_ALONE: Final = 5
"""Claims that a voice which agrees with nobody must hold to count as a position of its own."""
Stances = Mapping[str, int]
"""A side (1 for, -1 against) on each claim or answer, by id; claims stand for all their wordings."""
Addressing = Mapping[str, frozenset[str]]
"""By claim, the other claims on which to take a stance is to address it."""


@dataclass(frozen=True)
class Voice:
    """Who speaks: all spellings, the claims held (1) or rejected (-1) outright, and the sides taken, outright or through those."""

    key: str
    names: tuple[str, ...]
    says: Stances
    sides: Stances


@dataclass(frozen=True)
class Shared:
    """A claim or an answer on which a position takes a side: the keys of the voices that are for and against."""

    subject: str
    in_favour: tuple[str, ...]
    against: tuple[str, ...]


@dataclass(frozen=True)
class Position:
    """Voices that side together, the one that says most first; what two or more of them side on, the most shared first.

    ``leans_on`` are the claims that they hold and that are offered for or against something; ``questions`` those on whose answers any of
    them takes a side, the one first on which most do.
    """

    voices: tuple[Voice, ...]
    shared: tuple[Shared, ...]
    leans_on: tuple[str, ...]
    questions: tuple[str, ...] = ()

    def speaks_beside(self, question: str) -> bool:
        """Whether it takes sides on other questions and none on this: to differ with it is to differ about which question to ask."""
        return bool(self.questions) and question not in self.questions


@dataclass(frozen=True)
class Positions:
    """All positions, the one that says most first, and the voices that belong to none."""

    positions: tuple[Position, ...]
    alone: tuple[Voice, ...]


def positions_of(view: View) -> Positions:
    """Group the named voices of a view into positions."""
    voices = _voices(view)
    groups = [sorted(group, key=lambda one: (-len(one.says), one.key)) for group in _joined(voices)]
    kept = [group for group in groups if len(group) > 1 or len(group[0].says) >= LEAST_ALONE]
    kept.sort(key=lambda group: (-sum(len(one.says) for one in group), group[0].key))
    alone = sorted((one for group in groups if group not in kept for one in group), key=lambda one: one.key)
    linked = {view.representative(claim)[0] for link in view.all(Link) for claim in link.premises}
    asked = {answer.id: answer.question for answer in view.all(Answer)}
    return Positions(tuple(_position(group, linked, asked) for group in kept), tuple(alone))


def _voices(view: View) -> list[Voice]:
    """Return the named voices, by key, each with the sides it takes."""
    names: dict[str, set[str]] = defaultdict(set)
    said: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for told in view.all(Assertion):
        key = voice(told.speaker)
        if told.speaker == UNKNOWN or not key or told.stance is Stance.SUPPOSES:
            continue
        names[key].add(told.speaker)
        claim, negated = view.representative(told.claim)
        if side := side_of(told.stance, opposite=negated, hedge=told.hedge):
            said[key][claim].add(side)
    found = []
    for key in sorted(names):
        says = {claim: next(iter(signs)) for claim, signs in sorted(said[key].items()) if len(signs) == 1}
        found.append(Voice(key, tuple(sorted(names[key], key=lambda name: (-len(name), name))), says, _sides(view, says)))
    return found


def _sides(view: View, says: Stances) -> Stances:
    """Carry what is said outright on along the links, each claim or answer sided on at the first step that tips it."""
    sides = dict(says)
    while True:
        tipped: dict[str, int] = defaultdict(int)
        for link in view.all(Link):
            target, negated = view.representative(link.target) if link.target.startswith("claim-") else (link.target, False)
            if link.relation is not Relation.UNDERCUTS and target not in sides and _held(view, link, sides):
                tipped[target] += 1 if (link.relation is Relation.SUPPORTS) != negated else -1
        fresh = {target: (1 if weight > 0 else -1) for target, weight in sorted(tipped.items()) if weight}
        if not fresh:
            return sides
        sides |= fresh


def _held(view: View, link: Link, sides: Stances) -> bool:
    """Say whether a voice holds all of a link's premises as they are worded there."""
    return all(sides.get(claim, 0) == (-1 if negated else 1) for claim, negated in map(view.representative, link.premises))


def agreement(one: Voice, other: Voice) -> float:
    """Return how far two voices side together, between -1 and 1; 0 if they share nothing."""
    both = one.sides.keys() & other.sides.keys()
    same = sum(one.sides[subject] == other.sides[subject] for subject in both)
    return (2 * same - len(both)) / (len(both) + 1)


def _joined(voices: Sequence[Voice]) -> list[list[Voice]]:
    """Join the most agreed groups until none agree enough."""
    close = {frozenset((one.key, other.key)): agreement(one, other) for one, other in combinations(voices, 2)}
    groups = [[one] for one in voices]
    while len(groups) > 1:
        best, first, second = max(
            ((_average(close, a, b), i, j) for (i, a), (j, b) in combinations(enumerate(groups), 2)),
            key=lambda found: (round(found[0], 12), -found[1], -found[2]),
        )
        if best <= AGREED:
            break
        groups[first] = sorted(groups[first] + groups.pop(second), key=lambda one: one.key)
    return groups


def _average(close: Mapping[frozenset[str], float], one: Sequence[Voice], other: Sequence[Voice]) -> float:
    return sum(close[frozenset((a.key, b.key))] for a, b in product(one, other)) / (len(one) * len(other))


def _position(group: Sequence[Voice], linked: set[str], asked: Mapping[str, str]) -> Position:
    subjects = sorted({subject for one in group for subject in one.sides})
    shared = []
    for subject in subjects:
        sides = {one.key: one.sides[subject] for one in group if subject in one.sides}
        if len(sides) > 1 or len(group) == 1:
            shared.append(
                Shared(
                    subject, tuple(key for key, side in sides.items() if side > 0), tuple(key for key, side in sides.items() if side < 0)
                )
            )
    shared.sort(key=lambda one: (-abs(len(one.in_favour) - len(one.against)), one.subject))
    held = dict.fromkeys(claim for one in group for claim, side in one.says.items() if side > 0 and claim in linked)
    spoken_to = Counter(question for one in group for question in {asked[subject] for subject in one.sides if subject in asked})
    questions = sorted(spoken_to, key=lambda question: (-spoken_to[question], question))
    return Position(tuple(group), tuple(shared), tuple(held), tuple(questions))


def passed_by(leaning: Position, silent: Position, addressed_by: Addressing) -> Iterator[str]:
    """Yield the claims that one position leans on and another never addresses.

    A position addresses a claim if one of its voices takes a stance on it, on a variant of it, or on a claim that is offered for or against
    it or against a step from it: on any to which ``addressed_by`` maps it (`addressing`).
    """
    said = {claim for one in silent.voices for claim in one.says}
    yield from (claim for claim in leaning.leans_on if claim not in said and not addressed_by.get(claim, frozenset()) & said)


def addressing(view: View) -> Addressing:
    """Map each claim to the other claims by which it is addressed: worked out once, for any number of pairs of positions."""
    found: dict[str, set[str]] = defaultdict(set)
    for variant in view.all(Variant):
        one, other = (view.representative(claim)[0] for claim in variant.claims)
        found[one].add(other)
        found[other].add(one)
    for link in view.all(Link):
        premises = {view.representative(claim)[0] for claim in link.premises}
        attacked = view.get(link.target, Link).premises if link.relation is Relation.UNDERCUTS else ()
        onto = attacked or ((link.target,) if link.target.startswith("claim-") else ())
        for claim in onto:
            found[view.representative(claim)[0]] |= premises
    return {claim: frozenset(others - {claim}) for claim, others in found.items()}
