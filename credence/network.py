"""The Bayesian network of one question: answer -> claim -> testimony, with a gate for each warrant (facts/credence.md 2.1 to 2.3)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyagrum
from numpy.typing import NDArray

from credence import defaults
from credence.arguments import QUESTION, ArgumentMap, Bond, Undercutting
from credence.judgments import logit
from credence.results import LeftOut

Array = NDArray[np.float64]

ALL_TRUE = 0.999
"""P(a premise | all premises of its link are true): as good as certain, but no evidence can make the network impossible."""
ONE_OF_MANY = 0.5
"""P(a premise | not all premises are true)."""


@dataclass(frozen=True)
class _Pull:
    """One parent of a claim: its states' pull on the claim's log-odds, and the gate that lets it through (None: always)."""

    parent: str
    pull: tuple[float, ...]
    gate: str | None


def gate_of(link: str) -> str:
    """Name a link's warrant in the network."""
    return f"gate {link}"


def _all_of(link: str) -> str:
    return f"all {link}"


@dataclass
class Network:
    """A compiled network: the prior over answers, and the evidence to enter, as (P(evidence | false), P(evidence | true))."""

    model: pyagrum.BayesNet
    prior: tuple[float, ...]
    likelihoods: Mapping[str, tuple[float, float]]
    subjects: tuple[tuple[str, str], ...]
    """(variable, record) of every claim and every gate."""

    def posteriors(self, answer: int | None = None) -> dict[str, Array]:
        """Infer exactly P(answers) and P(subject true) of all variables, given the evidence and, if asked, one answer."""
        inference = pyagrum.LazyPropagation(self.model)
        inference.setNumberOfThreads(1)
        evidence: dict[str, object] = {name: list(pair) for name, pair in self.likelihoods.items()}
        if answer is not None:
            evidence[QUESTION] = answer
        inference.setEvidence(evidence)
        inference.makeInference()
        wanted = [QUESTION, *(variable for variable, _ in self.subjects)]
        return {name: np.array(inference.posterior(name)[:], dtype=np.float64) for name in wanted}


def compile_network(argument_map: ArgumentMap, prior: Sequence[float], *, independent: bool = False) -> Network:
    """Compile an argument map; ``independent`` takes each testimony as a piece of its own.

    Where the junction tree would be too wide to be exact, the map's weakest second and third links are left out until it isn't; the map
    then says which.
    """
    while True:
        builder = _Builder(argument_map, prior)
        model = builder.build()
        if _width(model) <= defaults.WIDEST_CLIQUE or not _thin(argument_map):
            break
    weights = {claim: found.independent if independent else found.weight for claim, found in argument_map.evidence.items()}
    claims = argument_map.claims
    likelihoods = {claim: _likelihood(weights.get(claim, 0.0)) for claim in claims if weights.get(claim)}
    gates = [(gate_of(bond.link), bond.link) for bond in argument_map.bonds]
    return Network(model, tuple(prior), likelihoods, (*((claim, claim) for claim in claims), *gates))


def _likelihood(weight: float) -> tuple[float, float]:
    """Scale a log ratio to two likelihoods of which the larger is 1."""
    return (math.exp(-weight), 1.0) if weight > 0 else (1.0, math.exp(weight))


def _width(model: pyagrum.BayesNet) -> float:
    """Return log2 of the largest table that exact inference would make."""
    sizes = {node: math.log2(model.variable(node).domainSize()) for node in model.nodes()}
    tree = pyagrum.JunctionTreeGenerator().junctionTree(model)
    return max((sum(sizes[node] for node in tree.clique(clique)) for clique in tree.nodes()), default=0.0)


def _thin(argument_map: ArgumentMap) -> bool:
    """Leave out a quarter of the links that are not their premises' strongest, or then the undercuts; False if none are left."""
    strongest: dict[str, str] = {}
    for bond in sorted(argument_map.bonds, key=lambda bond: (-bond.strength, bond.link)):
        for claim, _ in bond.premises:
            strongest.setdefault(claim, bond.link)
    spare = [bond for bond in argument_map.bonds if all(strongest[claim] != bond.link for claim, _ in bond.premises)]
    why = "the argument is too tightly woven for exact inference; its premises' stronger links count"
    if spare:
        weakest = sorted(spare, key=lambda bond: (bond.strength, bond.link))[: max(1, len(spare) // 4)]
        gone = {bond.link for bond in weakest}
        argument_map.bonds = [bond for bond in argument_map.bonds if bond.link not in gone]
        gone_undercuts = [undercut for undercut in argument_map.undercuts if undercut.attacked in gone]
    else:
        gone = set()
        gone_undercuts = argument_map.undercuts[: max(1, len(argument_map.undercuts) // 4)]
    argument_map.undercuts = [undercut for undercut in argument_map.undercuts if undercut not in gone_undercuts]
    argument_map.left_out += [LeftOut(link, why) for link in sorted(gone)]
    argument_map.left_out += [LeftOut(undercut.link, why) for undercut in gone_undercuts]
    return bool(gone or gone_undercuts)


class _Builder:
    """Builds the model of an argument map, parents before children."""

    def __init__(self, argument_map: ArgumentMap, prior: Sequence[float]) -> None:
        self._map = argument_map
        self._model = pyagrum.BayesNet()
        self._reference: dict[str, Array] = {QUESTION: np.array(prior, dtype=np.float64)}
        self._bonds: dict[str, list[tuple[Bond, bool]]] = defaultdict(list)
        self._conjunctions: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for bond in argument_map.bonds:
            if len(bond.premises) == 1:
                claim, negated = bond.premises[0]
                self._bonds[claim].append((bond, negated))
            else:
                self._bonds[_all_of(bond.link)].append((bond, False))
                for claim, negated in bond.premises:
                    self._conjunctions[claim].append((_all_of(bond.link), negated))
        self._undercuts: dict[str, list[Undercutting]] = defaultdict(list)
        for undercut in argument_map.undercuts:
            self._undercuts[undercut.attacked].append(undercut)

    def build(self) -> pyagrum.BayesNet:
        """Return the model."""
        self._add(QUESTION, len(self._reference[QUESTION]))
        self._model.cpt(QUESTION).fillWith(self._reference[QUESTION].tolist())
        for variable in self._parents_first():
            self._add_claim(variable)
        return self._model

    def _add(self, name: str, states: int) -> None:
        self._model.add(pyagrum.LabelizedVariable(name, name, states))

    def _parents_of(self, variable: str) -> Iterator[str]:
        """Yield the claims and conjunctions that must stand in the model before this one."""
        for bond, _ in self._bonds[variable]:
            yield bond.target
            for undercut in self._undercuts[bond.link]:
                yield from (claim for claim, _ in undercut.premises)
        yield from (conjunction for conjunction, _ in self._conjunctions[variable])

    def _parents_first(self) -> list[str]:
        order: dict[str, None] = {}
        stack = [(variable, False) for variable in reversed([*self._map.claims, *sorted(self._bonds)])]
        while stack:
            variable, ready = stack.pop()
            if ready:
                order.setdefault(variable)
            elif variable not in order and variable != QUESTION:
                stack.append((variable, True))
                stack += [(parent, False) for parent in self._parents_of(variable)]
        return list(order)

    def _add_claim(self, variable: str) -> None:
        """Add a claim or conjunction: logit P(true) = mean reference + the pulls of the parents whose gates are open."""
        pulls, references = [], []
        for bond, negated in self._bonds[variable]:
            expected = 1 - np.array(bond.expected) if negated else np.array(bond.expected)
            pull, reference = self._pull(bond.target, expected, self._add_gate(bond))
            pulls.append(pull)
            references.append(reference)
        for conjunction, negated in self._conjunctions[variable]:
            expected = np.array([ONE_OF_MANY, ALL_TRUE])
            pull, reference = self._pull(conjunction, 1 - expected if negated else expected, None)
            pulls.append(pull)
            references.append(reference)
        base = math.fsum(references) / len(references) if references else logit(defaults.UNTARGETED_REFERENCE)
        probability = 1 / (1 + math.exp(-base))
        self._reference[variable] = np.array([1 - probability, probability])
        self._add(variable, 2)
        self._fill(variable, base, pulls)

    def _pull(self, parent: str, expected: Array, gate: str | None) -> tuple[_Pull, float]:
        """Return a parent's pull and the reference log-odds: those of the average over the parent's own reference."""
        reference = logit(float(self._reference[parent] @ expected))
        return _Pull(parent, tuple(logit(float(value)) - reference for value in expected), gate), reference

    def _add_gate(self, bond: Bond) -> str:
        """Add a bond's warrant: P(holds) = q prod(1 - kappa u), scaled so that objections at their references leave it as judged."""
        gate = gate_of(bond.link)
        undercuts = self._undercuts[bond.link]
        self._add(gate, 2)
        expected_loss = 1.0
        for undercut in undercuts:
            joint = math.prod(float(self._reference[claim][0 if negated else 1]) for claim, negated in undercut.premises)
            expected_loss *= 1 - undercut.defeat * joint
        holds = min(0.99, bond.warrant / expected_loss) if undercuts else bond.warrant
        parents = sorted({claim for undercut in undercuts for claim, _ in undercut.premises})
        for parent in parents:
            self._model.addArc(parent, gate)
        table = np.zeros([2] * (len(parents) + 1))
        for states in np.ndindex(*([2] * len(parents))):
            world = dict(zip(parents, states, strict=True))
            probability = holds
            for undercut in undercuts:
                if all(bool(world[claim]) != negated for claim, negated in undercut.premises):
                    probability *= 1 - undercut.defeat
            table[(*states, slice(None))] = (1 - probability, probability)
        self._put(gate, parents, table)
        return gate

    def _fill(self, variable: str, base: float, pulls: Sequence[_Pull]) -> None:
        """Write a claim's table; a parent with several links to the claim stands in it once."""
        parents = list(dict.fromkeys(name for pull in pulls for name in (pull.parent, pull.gate) if name is not None))
        for parent in parents:
            self._model.addArc(parent, variable)
        sizes = [self._model.variable(parent).domainSize() for parent in parents]
        table = np.zeros([*sizes, 2])
        for states in np.ndindex(*sizes):
            world = dict(zip(parents, states, strict=True))
            odds = base + math.fsum(pull.pull[world[pull.parent]] for pull in pulls if pull.gate is None or world[pull.gate])
            probability = 1 / (1 + math.exp(-odds))
            table[(*states, slice(None))] = (1 - probability, probability)
        self._put(variable, parents, table)

    def _put(self, variable: str, parents: Sequence[str], table: Array) -> None:
        """Write a table with axes (parents..., variable); pyAgrum wants the reverse of its own order of names, contiguous."""
        cpt = self._model.cpt(variable)
        axes = [*parents, variable]
        cpt[:] = np.ascontiguousarray(table.transpose([axes.index(name) for name in reversed(cpt.names)]))
