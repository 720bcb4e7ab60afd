"""Double cruxes: what, if settled or agreed on, would close most of two perspectives' gap (facts/credence.md 2.9)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from credence.engine import Modelled, coherent_judgments, material_of, model_question
from credence.factors import Array
from credence.judgments import Judgments, Key, logit
from credence.materials import Material
from credence.network import true_given
from credence.results import SubjectKind, Unnumbered
from credence.unnumbered import beyond_evidence, no_cruxes
from credence.wording import Event
from knowledge.records import Assertion, Perspective, Question
from knowledge.views import View

EXACT_BLOCKS: Final = 12
"""Shapley values over up to this many blocks take every subset (4096 networks), over more some permutations (facts/credence.md 2.9)."""
PERMUTATIONS: Final = 60
MOST_BLOCKS: Final = 8
"""Blocks weighed one by one, those that move most alone; the rest is one block. Each more doubles the networks to infer: 512 with eight,
some 10 s on the recordings of COVID-19 and eggs; with ten 44 s."""
REST: Final = "all other judgments"
SEED: Final = 20_240_328
LIKE: Final = 0.1
"""Credences closer than this count as agreement on a claim."""


@dataclass(frozen=True)
class DoubleCrux:
    """One subject between two perspectives; all gaps are of the probability of the answer in dispute.

    ``credences`` are each side's own. ``closes`` is how much of the gap goes when each in turn takes over the other's credence (Jeffrey);
    ``moves`` is how far each side itself goes then: a true double crux moves both. ``unresolved`` is the gap that is expected to be left
    once the subject is settled: small if settling it ends the dispute, as large as the gap if they differ about the step from it, not about
    it. ``local`` is how much of the gap goes when the sides take over each other's own judgments on it, rather than credences that already
    contain what they believe of the answer.
    """

    subject: str
    kind: SubjectKind
    credences: tuple[float, float]
    closes: float
    moves: tuple[float, float]
    unresolved: float
    local: float

    @property
    def closing(self) -> float:
        """How much of the gap it closes, by credences or by the judgments on it, whichever closes more: the order in which they are told.

        By credences alone a warrant on which the sides differ, while they agree on its claim, would come last.
        """
        return max(self.closes, self.local)


@dataclass(frozen=True)
class BlockShare:
    """How much of the gap in log-odds (nats) goes back to one record's judgments: swapped alone, and its Shapley value with standard error.

    ``on_warrant``: the sides agree on the premises of this link and differ on how they bear.
    """

    record: str
    alone: float
    shapley: float
    error: float
    on_warrant: bool


@dataclass(frozen=True)
class Dispute:
    """Two perspectives on one question. ``answer`` is the one on which they differ most; gaps are first minus second."""

    question: str
    perspectives: tuple[str, str]
    answer: str
    probabilities: tuple[float, float]
    gap: float
    log_odds_gap: float
    double_cruxes: tuple[DoubleCrux, ...]
    blocks: tuple[BlockShare, ...]
    unnumbered: tuple[Unnumbered, ...]
    """Claims about words or values on which the sides' credences differ: no evidence settles these, so they are no double cruxes."""


@dataclass(frozen=True)
class _Side:
    """One perspective's model and judgments."""

    judgments: Judgments
    modelled: Modelled

    @classmethod
    def both(cls, material: Material, perspectives: tuple[str, str]) -> tuple[_Side, _Side]:
        """Model both. What one side alone has judged holds for the other too: to be silent on a number is not to differ about it."""
        own = [coherent_judgments(material.view, perspective)[0] for perspective in perspectives]
        said = [judgments.judged() for judgments in own]
        completed = [
            judgments.otherwise({Key(*place): value for place, value in theirs.items() if place not in mine})
            for judgments, mine, theirs in zip(own, said, reversed(said), strict=True)
        ]
        first, second = (cls(judgments, model_question(material, judgments, check=False)) for judgments in completed)
        return first, second

    def values(self) -> dict[Key, float]:
        return {key: pooled.value for key, pooled in self.judgments.used.items()}

    def chance(self, event: Event) -> float | None:
        """Return P(what a premise says), modelled; None where this side's argument doesn't hold it."""
        network, beliefs = self.modelled.network, self.modelled.inferred.beliefs
        place = network.parts.get(event.variable, network.claims.get(event.variable))
        return None if place is None else float(beliefs.answers @ beliefs.given[:, place, list(event.states)].sum(axis=1))

    def conditionals(self, answer: int) -> dict[str, tuple[SubjectKind, float, float, float]]:
        """Return, by subject, (kind, P(subject), P(answer | subject), P(answer | not subject)), modelled."""
        beliefs = self.modelled.inferred.beliefs
        found = {}
        for record, kind, place in self.modelled.network.subjects():
            given = true_given(beliefs, place)
            chance = float(given @ beliefs.answers)
            if 0 < chance < 1:
                joint = float(given[answer] * beliefs.answers[answer])
                found[record] = (kind, chance, joint / chance, (float(beliefs.answers[answer]) - joint) / (1 - chance))
        return found


def dispute(view: View, question: Question, *, first: str, second: str, blocks: int = MOST_BLOCKS) -> Dispute:
    """Compare two perspectives on one question, as modelled (before out-of-model error); numbers that only one judged both share.

    ``blocks``: how many records' judgments are weighed one by one.

    Raises:
        UnknownRecord: one of the perspectives is not in the view.
    """
    for perspective in (first, second):
        view.get(perspective, Perspective)
    material = material_of(view, question)
    sides = _Side.both(material, (first, second))
    now = [side.modelled.inferred.beliefs.answers for side in sides]
    answer = int(np.argmax(np.abs(now[0] - now[1])))
    differing = _blocks(view, sides)
    swap = _Swap(material, sides, differing, answer)
    kinds = beyond_evidence(view)
    without = no_cruxes(view)
    found = _double_cruxes(sides, answer, swap)
    apart = sorted(one.subject for one in found if one.subject in kinds and abs(one.credences[0] - one.credences[1]) >= LIKE)
    return Dispute(
        question.id,
        (first, second),
        sides[0].modelled.answers[answer].id,
        (float(now[0][answer]), float(now[1][answer])),
        float(now[0][answer] - now[1][answer]),
        swap.log_odds(frozenset()) - swap.log_odds(frozenset(differing)),
        tuple(
            sorted(
                (one for one in found if one.subject not in without),
                key=lambda one: (-round(one.closing, 12), one.subject),
            )
        ),
        _shares(swap, _agreed(sides), blocks),
        tuple(Unnumbered(claim, kinds[claim]) for claim in apart),
    )


def _double_cruxes(sides: tuple[_Side, _Side], answer: int, swap: _Swap) -> list[DoubleCrux]:
    """Score each subject that both sides have."""
    one, other = (side.conditionals(answer) for side in sides)
    now = [float(side.modelled.inferred.beliefs.answers[answer]) for side in sides]
    gap = abs(now[0] - now[1])
    found = []
    for subject in sorted(one.keys() & other.keys()):
        kind, mine, mine_true, mine_false = one[subject]
        _, theirs, theirs_true, theirs_false = other[subject]
        first = theirs * mine_true + (1 - theirs) * mine_false
        second = mine * theirs_true + (1 - mine) * theirs_false
        mean = (mine + theirs) / 2
        found.append(
            DoubleCrux(
                subject,
                kind,
                (mine, theirs),
                gap - 0.5 * (abs(first - now[1]) + abs(now[0] - second)),
                (first - now[0], second - now[1]),
                mean * abs(mine_true - theirs_true) + (1 - mean) * abs(mine_false - theirs_false),
                swap.closed_by(subject),
            )
        )
    return found


def _blocks(view: View, sides: tuple[_Side, _Side]) -> dict[str, list[Key]]:
    """Group the judgments on which the sides differ by what they are about: a link, a claim's testimony, an upstream, the priors."""
    mine, theirs = sides[0].values(), sides[1].values()
    found: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(mine.keys() | theirs.keys(), key=lambda key: (key.record, key.quantity, key.given or "")):
        if mine.get(key) != theirs.get(key):
            record = view.records.get(key.record)
            about = view.representative(record.claim)[0] if isinstance(record, Assertion) else key.record
            found["priors" if about.startswith(("answer-", "question-")) else about].append(key)
    return dict(found)


def _agreed(sides: tuple[_Side, _Side]) -> set[str]:
    """Return the links on whose premises the sides agree."""

    def alike(event: Event) -> bool:
        mine, theirs = (side.chance(event) for side in sides)
        return mine is not None and theirs is not None and abs(mine - theirs) < LIKE

    return {bond.link for bond in sides[0].modelled.argument_map.bonds if all(map(alike, bond.premises))}


class _Swap:
    """The log-odds of the answer when the first side takes over some of the second's blocks, remembered."""

    def __init__(self, material: Material, sides: tuple[_Side, _Side], blocks: Mapping[str, list[Key]], answer: int) -> None:
        self._material, self._sides, self.blocks, self._answer = material, sides, dict(blocks), answer
        self._values = (sides[0].values(), sides[1].values())
        self._known: dict[tuple[int, frozenset[str]], float] = {}

    def probability(self, swapped: Collection[str], *, side: int = 0) -> float:
        """Return P(answer) for a side that takes over some blocks of the other."""
        place = (side, frozenset(swapped))
        if place not in self._known:
            theirs = self._values[1 - side]
            instead = {key: theirs[key] for block in swapped for key in self.blocks[block] if key in theirs}
            judgments = self._sides[side].judgments.otherwise(instead)
            modelled = model_question(self._material, judgments, check=False, after=self._sides[side].modelled)
            self._known[place] = float(modelled.inferred.beliefs.answers[self._answer])
        return self._known[place]

    def log_odds(self, swapped: Collection[str]) -> float:
        """Return the first side's log-odds, in nats, after taking over some blocks."""
        return logit(self.probability(swapped))

    def closed_by(self, block: str) -> float:
        """Return how much of the gap closes when each side in turn takes over the other's judgments about one record."""
        if block not in self.blocks:
            return 0.0
        now = (self.probability(()), self.probability((), side=1))
        after = (self.probability((block,)), self.probability((block,), side=1))
        return abs(now[0] - now[1]) - 0.5 * (abs(after[0] - now[1]) + abs(now[0] - after[1]))


def _shares(swap: _Swap, agreed: set[str], most: int) -> tuple[BlockShare, ...]:
    """Share the gap out over blocks, ``most`` of them one by one, so that the shares sum to it (Shapley)."""
    base = swap.log_odds(())
    alone = {block: base - swap.log_odds((block,)) for block in swap.blocks}
    ordered = sorted(alone, key=lambda block: (-round(abs(alone[block]), 12), block))
    players: dict[str, tuple[str, ...]] = {block: (block,) for block in ordered[:most]}
    if len(ordered) > most:
        players[REST] = tuple(ordered[most:])
        alone[REST] = base - swap.log_odds(players[REST])

    def value(chosen: Collection[str]) -> float:
        return base - swap.log_odds([block for player in sorted(chosen) for block in players[player]])

    worth = shapley(list(players), value)
    found = [BlockShare(player, alone[player], *worth[player], player in agreed) for player in players]
    return tuple(sorted(found, key=lambda share: (-round(abs(share.shapley), 12), share.record)))


def shapley(players: Sequence[str], value: Callable[[Collection[str]], float]) -> dict[str, tuple[float, float]]:
    """Return each player's Shapley value and its standard error: exact (error 0) up to `EXACT_BLOCKS`, else sampled.

    Sampled values also sum to value(all) - value(none), because every permutation's do.
    """
    if len(players) > EXACT_BLOCKS:
        return _sampled(players, value)
    worth = dict.fromkeys(players, 0.0)
    for player in players:
        others = [other for other in players if other != player]
        for size in range(len(others) + 1):
            weight = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(players))
            for chosen in combinations(others, size):
                worth[player] += weight * (value((*chosen, player)) - value(chosen))
    return {player: (total, 0.0) for player, total in worth.items()}


def _sampled(players: Sequence[str], value: Callable[[Collection[str]], float]) -> dict[str, tuple[float, float]]:
    generator = np.random.default_rng(SEED)
    gains: Array = np.zeros((PERMUTATIONS, len(players)))
    for row in range(PERMUTATIONS):
        before, chosen = value(()), []
        for at in generator.permutation(len(players)).tolist():
            chosen.append(players[at])
            after = value(chosen)
            gains[row, at], before = after - before, after
    errors = gains.std(axis=0, ddof=1) / math.sqrt(PERMUTATIONS)
    return {player: (float(gains[:, at].mean()), float(errors[at])) for at, player in enumerate(players)}
