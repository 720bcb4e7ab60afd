"""What follows from settling several things: sets of cruxes without near copies, the cheapest story found that overturns the answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from credence.disputed import comes_later, readings_counted
from credence.engine import Modelled
from credence.factors import Array, Graph
from credence.inference import infer
from credence.judgments import Judgments
from credence.network import Network, compile_network
from credence.results import Crux, SubjectKind
from credence.scores import Publication, score

CANDIDATES: Final = 24
"""Subjects, those with the largest worst case or log-odds shift, from which sets and stories are made."""
LONGEST_STORY: Final = 6
KEPT: Final = 24
"""Beginnings of each length from two steps on that are gone on with. On the three recordings 400 and 800 find no cheaper story."""
EAGER: Final = 3.0
"""Nats of cost that a nat less of the lead is worth. By 1 nat each, steps that cost nothing and do nothing crowd out all others."""
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
    """Settlements after which another answer leads, as published; ``cost`` is -log P(all of them), nats: the lower, the more believable."""

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
        reach = {crux.subject: round(max(crux.worst_case, math.tanh(crux.log_odds_shift)), 12) for crux in scored}
        leading = sorted(scored, key=lambda crux: (-reach[crux.subject], crux.subject))[:CANDIDATES]
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
        largest = max((value for one, value in adds.items() if bench.candidates[one].kind is not SubjectKind.UPSTREAM), default=0.0)
        named = {one: readings_counted(crux.decisive, crux.worst_case) for one, crux in bench.candidates.items()}
        left = [
            (
                comes_later(adds[one], largest, disputed=bench.candidates[one].disputed, readings=named[one]),
                -named[one],
                -round(adds[one], 12),
                one,
            )
            for one in adds.keys() - {member.subject for member in chosen}
        ]
        if not left:
            break
        subject = min(left)[-1]
        candidate = bench.candidates[subject]
        chosen.append(SetMember(subject, candidate.kind, candidate.expected_shift, adds[subject]))
        worlds = [
            (weight * chance, bench.settle(graph, subject, true=true))
            for (weight, graph), its in zip(worlds, chances, strict=True)
            for true, chance in ((True, its.get(subject, 1.0)), (False, 1 - its.get(subject, 1.0)))
            if weight * chance > 1e-12
        ]
    return tuple(chosen)


@dataclass(frozen=True)
class _Beginning:
    """Settlements under which the same answer still leads, by ``lead`` nats as modelled."""

    steps: tuple[Step, ...] = ()
    cost: float = 0.0
    lead: float = math.inf


def cheapest_story(bench: Workbench) -> Story | None:
    """Find settlements, as believable as can be found, after which another answer leads as published; None: up to `LONGEST_STORY` none do.

    All single steps and all pairs of candidates are tried. Longer stories go on from the `KEPT` beginnings of each length that come nearest
    for their cost (beam search), whether or not a shorter one was found: a single absurd supposition overturns anything, and several mild
    ones may be likelier together (facts/credence.md 2.10). From the best, steps that aren't needed are dropped.
    """
    leader = _leader(bench, ())
    best: Story | None = None
    beginnings = [_Beginning()]
    for length in range(LONGEST_STORY):
        stories, further = [], dict[frozenset[Step], _Beginning]()
        for beginning in beginnings:
            for one in _one_more(bench, beginning, leader):
                if isinstance(one, Story):
                    stories.append(one)
                else:
                    further.setdefault(frozenset(one.steps), one)
        best = min((*stories, *([best] if best else [])), key=_believable_first, default=None)
        left = [one for one in further.values() if best is None or one.cost < best.cost]
        nearest = sorted(left, key=lambda one: (round(one.cost + EAGER * one.lead, 9), one.steps))
        beginnings = nearest if length == 0 else nearest[:KEPT]
    return without_needless(bench, best, leader) if best else None


def _believable_first(story: Story) -> tuple[float, int, tuple[Step, ...]]:
    return round(story.cost, 9), len(story.steps), story.steps


def _leader(bench: Workbench, steps: Sequence[Step]) -> int:
    """Return the place of the answer that leads, as published, once some steps are settled."""
    return int(bench.publication.publish(bench.examine(_told(bench, steps))[0]).argmax())


def _cost(crux: Crux, *, true: bool) -> float:
    return -math.log(max(crux.probability if true else 1 - crux.probability, 1e-300))


def _one_more(bench: Workbench, beginning: _Beginning, leader: int) -> Iterator[Story | _Beginning]:
    """Add each step that can be added: a story where another answer then leads, else a longer beginning."""
    _, scored = bench.examine(_told(bench, beginning.steps))
    for crux in scored:
        for true in (True, False):
            cost = _cost(crux, true=true)
            if cost < _IMPOSSIBLE:
                steps = (*beginning.steps, Step(crux.subject, crux.kind, true))
                outcome = crux.if_true if true else crux.if_false
                if int(np.argmax(outcome)) != leader:
                    yield Story(steps, beginning.cost + cost, outcome)
                else:
                    yield _Beginning(steps, beginning.cost + cost, _lead(bench.publication, outcome, leader))


def _lead(publication: Publication, published: Sequence[float], leader: int) -> float:
    """Return by how many nats an answer leads the next as modelled, which tells more than what model error leaves of it."""
    modelled = (np.array(published) - publication.error * np.array(publication.unsound)) / max(1 - publication.error, 1e-12)
    logs = np.log(np.maximum(modelled, 1e-15))
    return float(logs[leader] - np.delete(logs, leader).max(initial=-math.inf))


def _told(bench: Workbench, steps: Sequence[Step]) -> Graph:
    graph = bench.network.graph
    for step in steps:
        graph = bench.settle(graph, step.subject, true=step.true)
    return graph


def without_needless(bench: Workbench, story: Story, leader: int) -> Story:
    """Drop the steps without which another answer leads all the same; fewer settlements are never less probable."""
    steps = list(story.steps)
    for step in story.steps:
        without = [other for other in steps if other is not step]
        if without and _leader(bench, without) != leader:
            steps = without
    if len(steps) == len(story.steps):
        return story
    answers, _ = bench.examine(_told(bench, steps))
    return Story(tuple(steps), _cost_of(bench, steps), tuple(bench.publication.publish(answers).tolist()))


def _cost_of(bench: Workbench, steps: Sequence[Step]) -> float:
    cost, graph = 0.0, bench.network.graph
    for step in steps:
        _, scored = bench.examine(graph)
        found = next((crux for crux in scored if crux.subject == step.subject), None)
        cost += _cost(found, true=step.true) if found else 0.0
        graph = bench.settle(graph, step.subject, true=step.true)
    return cost
