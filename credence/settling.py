"""What follows from settling several things: sets of cruxes without near copies, the cheapest story that overturns the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from credence.disputed import OF_THE_LARGEST
from credence.engine import Modelled
from credence.factors import Array, Graph
from credence.inference import infer
from credence.judgments import Judgments
from credence.network import Network, compile_network
from credence.results import Crux, SubjectKind
from credence.scores import score

CANDIDATES: Final = 24
"""Subjects, those with the largest worst case or log-odds shift, from which sets and stories are made."""
LONGEST_STORY: Final = 6
_IMPOSSIBLE: Final = 25.0
"""Nats; a step less likely than e to the minus this is a contradiction of the steps before it, but for rounding."""


@dataclass(frozen=True)
class SetMember:
    """A crux that was chosen for what it adds: ``adds`` is its expected shift averaged over the outcomes of those before it."""

    subject: str
    kind: SubjectKind
    alone: float
    adds: float


@dataclass(frozen=True, order=True)
class Step:
    """One thing settled in a story."""

    subject: str
    kind: SubjectKind
    true: bool


@dataclass(frozen=True)
class Story:
    """Settlements after which another answer leads; ``cost`` is -log P(all of them), nats: the lower, the more believable."""

    steps: tuple[Step, ...]
    cost: float
    answers: tuple[float, ...]

    @property
    def probability(self) -> float:
        """P(all its steps)."""
        return math.exp(-self.cost)


class Workbench:
    """One question's network with every candidate as a variable, so that any of them can be settled."""

    def __init__(self, modelled: Modelled, judgments: Judgments, scored: Sequence[Crux]) -> None:
        """Take the leading ones of what is ``scored`` as candidates."""
        self.publication = modelled.publication
        leading = sorted(scored, key=lambda crux: (-max(crux.worst_case, math.tanh(crux.log_odds_shift)), crux.subject))[:CANDIDATES]
        self.candidates = {crux.subject: crux for crux in leading}
        explicit = [crux.subject for crux in leading if crux.kind is SubjectKind.WARRANT]
        network = compile_network(modelled.argument_map, modelled.network.prior, judgments, explicit=explicit)
        self.network = self._with_variables(network)
        self._start = infer(network.graph, check=False)

    @staticmethod
    def _with_variables(network: Network) -> Network:
        return replace(network, warrants={link: place for link, place in network.warrants.items() if isinstance(place, int)})

    def settle(self, graph: Graph, subject: str, *, true: bool) -> Graph:
        """Return the graph in which a candidate is known."""
        place = self.network.place(subject)
        assert isinstance(place, int)
        return graph.with_evidence(place, (0.0, 1.0) if true else (1.0, 0.0))

    def examine(self, graph: Graph) -> tuple[Array, list[Crux]]:
        """Return P(answers) as modelled, and the scores of the candidates not yet certain."""
        beliefs = infer(graph, check=False, after=self._start).beliefs
        scored = score(replace(self.network, graph=graph), beliefs, self.publication)
        return beliefs.answers, [crux for crux in scored if crux.subject in self.candidates]


def crux_set(bench: Workbench, *, size: int = 3) -> tuple[SetMember, ...]:
    """Choose cruxes one after the other, each for what it adds once those before it are settled (facts/credence.md 2.7).

    A near copy of a chosen crux adds little, so it isn't chosen. What the sources dispute comes first, as everywhere. Costs at most 2^size
    propagations.
    """
    worlds: list[tuple[float, Graph]] = [(1.0, bench.network.graph)]
    chosen: list[SetMember] = []
    while len(chosen) < size:
        adds: dict[str, float] = {}
        chances: list[dict[str, float]] = []
        for weight, graph in worlds:
            _, scored = bench.examine(graph)
            chances.append({crux.subject: crux.probability for crux in scored})
            for crux in scored:
                adds[crux.subject] = adds.get(crux.subject, 0.0) + weight * crux.expected_shift
        least = OF_THE_LARGEST * max(adds.values(), default=0.0)
        undisputed = {one: not (bench.candidates[one].disputed and value >= least) for one, value in adds.items()}
        left = [(undisputed[one], -round(adds[one], 12), one) for one in adds.keys() - {member.subject for member in chosen}]
        if not left:
            break
        subject = min(left)[2]
        candidate = bench.candidates[subject]
        chosen.append(SetMember(subject, candidate.kind, candidate.expected_shift, adds[subject]))
        worlds = [
            (weight * chance, bench.settle(graph, subject, true=true))
            for (weight, graph), its in zip(worlds, chances, strict=True)
            for true, chance in ((True, its.get(subject, 1.0)), (False, 1 - its.get(subject, 1.0)))
            if weight * chance > 1e-12
        ]
    return tuple(chosen)


def cheapest_story(bench: Workbench) -> Story | None:
    """Find the most believable settlements after which another answer leads; None if none of up to `LONGEST_STORY` steps do.

    All single steps and all pairs of candidates are tried, then longer stories greedily, with a pass that drops what isn't needed
    (facts/credence.md 2.10). Short stories alone would mislead: a single absurd supposition overturns anything, at a high cost.
    """
    answers, scored = bench.examine(bench.network.graph)
    leader = int(answers.argmax())
    found: list[Story] = []
    for crux in scored:
        for true in (True, False):
            found += _one_more(bench, (Step(crux.subject, crux.kind, true),), _cost(crux, true=true), leader)
    if not found:
        found += _longer(bench, leader)
    return min(found, key=lambda story: (round(story.cost, 9), len(story.steps), story.steps), default=None)


def _cost(crux: Crux, *, true: bool) -> float:
    return -math.log(max(crux.probability if true else 1 - crux.probability, 1e-300))


def _one_more(bench: Workbench, steps: tuple[Step, ...], cost: float, leader: int) -> list[Story]:
    """Return the story of these steps if it overturns the answer, else all that do with one step more."""
    graph = _told(bench, steps)
    answers, scored = bench.examine(graph)
    if int(answers.argmax()) != leader:
        return [Story(steps, cost, tuple(answers.tolist()))]
    found = []
    for crux in scored:
        for true in (True, False):
            outcome = np.array(_modelled(bench, crux, true=true))
            if int(outcome.argmax()) != leader and _cost(crux, true=true) < _IMPOSSIBLE:
                found.append(Story((*steps, Step(crux.subject, crux.kind, true)), cost + _cost(crux, true=true), tuple(outcome.tolist())))
    return found


def _modelled(bench: Workbench, crux: Crux, *, true: bool) -> Array:
    """Take the mixture with model error out of a crux's outcome again (the temper is monotone, so the order of answers stays)."""
    outcome = np.array(crux.if_true if true else crux.if_false)
    return (outcome - bench.publication.error * np.array(bench.publication.unsound)) / max(1 - bench.publication.error, 1e-12)


def _told(bench: Workbench, steps: Sequence[Step]) -> Graph:
    graph = bench.network.graph
    for step in steps:
        graph = bench.settle(graph, step.subject, true=step.true)
    return graph


def _longer(bench: Workbench, leader: int) -> list[Story]:
    """Add the step that takes most log-odds from the leader for its cost until another answer leads, then drop what isn't needed."""
    steps: list[Step] = []
    while len(steps) < LONGEST_STORY:
        answers, scored = bench.examine(_told(bench, steps))
        if int(answers.argmax()) != leader or not scored:
            break
        best = max(
            ((crux, true) for crux in scored for true in (True, False) if _cost(crux, true=true) < _IMPOSSIBLE),
            key=lambda one: _drop(bench, one[0], true=one[1], leader=leader, now=answers) / (0.05 + _cost(one[0], true=one[1])),
            default=None,
        )
        if best is None:
            break
        steps.append(Step(best[0].subject, best[0].kind, best[1]))
    for step in list(steps):
        without = [other for other in steps if other is not step]
        if int(bench.examine(_told(bench, without))[0].argmax()) != leader:
            steps = without
    answers, _ = bench.examine(_told(bench, steps))
    return [Story(tuple(steps), _cost_of(bench, steps), tuple(answers.tolist()))] if int(answers.argmax()) != leader else []


def _drop(bench: Workbench, crux: Crux, *, true: bool, leader: int, now: Array) -> float:
    after = np.clip(_modelled(bench, crux, true=true), 1e-15, 1 - 1e-15)
    before = np.clip(now, 1e-15, 1 - 1e-15)
    return float(np.log(before[leader] / (1 - before[leader])) - np.log(after[leader] / (1 - after[leader])))


def _cost_of(bench: Workbench, steps: Sequence[Step]) -> float:
    cost, graph = 0.0, bench.network.graph
    for step in steps:
        _, scored = bench.examine(graph)
        found = next((crux for crux in scored if crux.subject == step.subject), None)
        cost += _cost(found, true=step.true) if found else 0.0
        graph = bench.settle(graph, step.subject, true=step.true)
    return cost
