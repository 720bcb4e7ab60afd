"""The network of one question: answer -> claim -> testimony, gates for warrants and shared upstreams (facts/credence.md 2)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from credence import defaults
from credence.compiling import Compiler, Summed
from credence.factors import Array, Beliefs, Graph, Numbers, add_at, largest
from credence.judgments import Judgments
from credence.maps import QUESTION, ArgumentMap
from credence.results import SubjectKind
from credence.testimony import bounded
from credence.upstreams import choose_upstreams
from credence.verdicts import joint_verdict

Place = int | Summed
Weights = dict[int, list[tuple[tuple[int, ...], float]]]
"""By variable, (states that a testimony favours, its log likelihood ratio for them in nats)."""


@dataclass(frozen=True)
class Network:
    """A graph and what its parts stand for: the place of each claim, warrant (by its link) and upstream."""

    graph: Graph
    apart: Graph | None
    """The same with each testimony as a piece of its own and every upstream as sound; None where that is no different."""
    prior: tuple[float, ...]
    claims: Mapping[str, int]
    warrants: Mapping[str, Place]
    upstreams: Mapping[str, int]
    parts: Mapping[str, int]
    """The place of each sub-question."""

    @cached_property
    def told_as(self) -> dict[str, str]:
        """By claim that words an answer to a sub-question as others do, the one of them under which all are told: the first."""
        first = {place: claim for claim, place in reversed(list(self.claims.items()))}
        return {claim: first[place] for claim, place in self.claims.items() if first[place] != claim}

    def subjects(self, kinds: Collection[SubjectKind] = tuple(SubjectKind)) -> list[tuple[str, SubjectKind, Place]]:
        """Return (record, kind, place) of everything, of some kinds, that could be settled; of claims in one place the first."""
        claims = {claim: place for claim, place in self.claims.items() if claim not in self.told_as}
        of_kind = zip(SubjectKind, (claims, self.warrants, self.upstreams), strict=True)
        return [(record, kind, place) for kind, places in of_kind if kind in kinds for record, place in places.items()]

    def place(self, record: str) -> Place | None:
        """Return where a record stands, or None if the network doesn't hold it."""
        return next((places[record] for places in (self.claims, self.warrants, self.upstreams) if record in places), None)


def true_given(beliefs: Beliefs, place: Place) -> Array:
    """Return [K]: P(a subject is true | each answer)."""
    if isinstance(place, Summed):
        return beliefs.gates[place.block][:, place.factor, place.gate]
    return beliefs.given[:, place, 1]


def truths(beliefs: Beliefs, places: Sequence[Place]) -> Array:
    """Return [N, K]: `true_given` of many subjects at once."""
    found = np.empty((len(places), len(beliefs.answers)))
    variables = [at for at, place in enumerate(places) if not isinstance(place, Summed)]
    if variables:  # a question that is left with one answer and no claims has no variable of two states
        found[variables] = beliefs.given[:, [places[at] for at in variables], 1].T
    by_block: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for at, place in enumerate(places):
        if isinstance(place, Summed):
            by_block[place.block].append((at, place.factor, place.gate))
    for block, members in by_block.items():
        rows, factors, gates = np.array(members).T
        found[rows] = beliefs.gates[block][:, factors, gates].T
    return found


def compile_network(argument_map: ArgumentMap, prior: Sequence[float], judgments: Judgments, *, explicit: Collection[str] = ()) -> Network:
    """Compile an argument map; ``explicit`` names links whose warrants are to be settled, and so get variables of their own."""
    compiler = Compiler(argument_map, np.array(prior, dtype=np.float64), frozenset(explicit))
    compiler.compile()
    blocks, without = compiler.blocks(), len(compiler.states)
    leaning = choose_upstreams(argument_map.testimony)
    upstreams = {upstream: compiler.add_upstream(upstream, judgments.sound(upstream)) for upstream in sorted(leaning)}
    plain: Weights = defaultdict(list)
    alone: Weights = defaultdict(list)
    for event, found in argument_map.testimony:
        alone[compiler.number[event.variable]].append((event.states, found.independent))
        for piece in found.parts:
            gated = [(upstream, share) for upstream, share in piece.leans if upstream in upstreams]
            for upstream, share in gated:
                compiler.put_testimony(upstreams[upstream], event, bounded(piece.weight * share))
            apart_share = 1 - math.fsum(share for _, share in gated)
            if apart_share > 1e-9:
                plain[compiler.number[event.variable]].append((event.states, piece.weight * apart_share))
    for variable, verdicts in {QUESTION: argument_map.verdicts, **argument_map.worded}.items():
        if verdicts:
            number = compiler.number[variable]
            plain[number] += [((at,), weight) for at, weight in enumerate(joint_verdict(verdicts, compiler.states[number]).tolist())]
            alone[number] += [(verdict.states, verdict.evidence.independent) for verdict in verdicts]
    states = np.array(compiler.states, dtype=np.intp)
    graph = Graph(states, (*blocks, *compiler.blocks()), _evidence(states, plain))
    apart = Graph(states[:without], blocks, _evidence(states[:without], alone))
    same = not upstreams and np.allclose(np.exp(graph.evidence), np.exp(apart.evidence), rtol=1e-12, atol=0)
    parts = {question: compiler.number[question] for question in argument_map.priors}
    claims = {variable: compiler.number[variable] for variable in sorted(argument_map.order) if variable not in argument_map.priors}
    return Network(graph, None if same else apart, tuple(prior), claims | compiler.saying, compiler.gates, upstreams, parts)


def _evidence(states: Numbers, plain: Weights) -> Array:
    """Return log-likelihoods [V, max states], each variable's largest 0."""
    evidence = np.where(np.arange(int(states.max())) < states[:, None], 0.0, -np.inf)
    said = [(variable, state, weight) for variable, weights in plain.items() for favoured, weight in weights for state in favoured]
    if said:
        variables, favoured, weights = zip(*said, strict=True)
        add_at(evidence, (list(variables), list(favoured)), np.array(weights))
    raised = evidence - largest(evidence)
    return np.asarray(np.where(np.isfinite(evidence), np.maximum(raised, -defaults.STRONGEST_EVIDENCE), -np.inf))
