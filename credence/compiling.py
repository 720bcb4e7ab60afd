"""Turning an argument map into variables and tables, targets before premises (facts/credence.md 2.1 to 2.4)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import Final, NamedTuple

import numpy as np

from credence import defaults
from credence.factors import Array, Block
from credence.judgments import NEVER_CERTAIN, expit, logit
from credence.maps import QUESTION, ArgumentMap, Bond, Undercutting, Verdict
from credence.rings import Coupling, ring_table
from credence.tables import Gate, Shape, claim_tables, linked_table, member_reference, pull, sum_gates
from credence.wording import Event

_HELD: Final[dict[tuple[int, ...], tuple[bool, ...]]] = {(0,): (True, False), (1,): (False, True)}
"""Which of a claim's two states a premise holds in, by the states that it names: nearly all premises are one of these."""


class Summed(NamedTuple):
    """Where a summed-out gate stands: block, factor, gate."""

    block: int
    factor: int
    gate: int


class _Link(NamedTuple):
    """One link into a claim, ready for its table."""

    parent: int
    expected: list[float]
    mean: float
    odds: float
    """Of the claim before evidence, as this link implies."""
    held: tuple[bool, ...]
    gate: Gate
    gate_variable: int
    warrant: float
    link: str


@dataclass
class _Factor:
    scope: list[int]
    table: Array
    gated: Array
    open: list[float]
    links: list[str]


@dataclass
class Compiler:
    """Numbers variables and collects factors, targets before premises."""

    map: ArgumentMap
    prior: Array
    explicit: frozenset[str] = frozenset()
    """Links whose warrants get variables although nothing undercuts them, so that they can be settled."""
    number: dict[str, int] = field(default_factory=dict)
    states: list[int] = field(default_factory=list)
    reference: dict[str, Array] = field(default_factory=dict)
    gates: dict[str, int | Summed] = field(default_factory=dict)
    saying: dict[str, int] = field(default_factory=dict)
    """By claim that words an answer to a sub-question, the variable that says whether it is so."""
    factors: dict[tuple[int, ...], list[_Factor]] = field(default_factory=lambda: defaultdict(list))
    families: dict[Shape, list[tuple[int, Array, list[_Link]]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._single: dict[str, list[tuple[Bond, tuple[int, ...]]]] = defaultdict(list)
        self._linked: dict[str, list[tuple[Bond, tuple[int, ...]]]] = defaultdict(list)
        for bond in self.map.bonds:
            for event in bond.premises:
                (self._single if len(bond.premises) == 1 else self._linked)[event.variable].append((bond, event.states))
        gates = {bond.link: bond.gate for bond in self.map.bonds}
        self._attacks: dict[str, list[Undercutting]] = defaultdict(list)
        for undercut in self.map.undercuts:
            self._attacks[gates[undercut.attacked]].append(undercut)
        self._explicit = {gates.get(link, link) for link in self.explicit} | {bond.step for bond in self.map.bonds if bond.step}

    def compile(self) -> None:
        """Add everything."""
        self.add(QUESTION, len(self.prior))
        self.reference[QUESTION] = self.prior
        self.put([0], self.prior)
        present = set(self.map.variables)
        order = [variable for variable in self.map.order if variable in present]
        for variable in order:
            self.add(variable, self.map.states(variable))
        circles = {ring[0]: ring for ring in self.map.circles}
        inside = {variable for ring in self.map.circles for variable in ring}
        for variable in order:
            if variable in circles:
                self._circle(circles[variable])
            elif variable not in inside:
                self._claim(variable)
        for bond in self.map.bonds:
            if len(bond.premises) > 1:
                self._put_linked(bond)
        for link in sorted(self._attacks.keys() | self._explicit):
            self._put_gate(link)
        for variable, claims in self.map.worded.items():
            for claim in claims:
                self._put_saying(variable, claim)

    def add(self, name: str, states: int) -> int:
        """Number a new variable."""
        self.number[name] = len(self.states)
        self.states.append(states)
        return self.number[name]

    def put(self, scope: list[int], table: Array) -> None:
        """Add a factor."""
        self.factors[table.shape].append(_Factor(scope, table, np.zeros((0, *table.shape)), [], []))

    def _gate(self, bond: Bond) -> tuple[Gate, int]:
        """Say how a bond's warrant stands in tables, and make its variable if it has one."""
        name = bond.gate
        if name not in self._attacks and name not in self._explicit:
            return (Gate.NONE if bond.warrant >= 1 else Gate.SUMMED), -1
        if name not in self.gates:
            self.gates[name] = self.add(f"gate {name}", 2)
        return Gate.VARIABLE, self.number[f"gate {name}"]

    def _claim(self, variable: str) -> None:
        """Collect the links of a claim that stands in them alone; links in which it stands with others only lend it a reference."""
        links = [self._link(bond, variable, favoured) for bond, favoured in self._single.get(variable, ())]
        self.reference[variable] = self._base(variable, [one.odds for one in links] + self._linked_odds(variable))
        self._family(self.number[variable], np.log(self.reference[variable]), links)

    def _link(self, bond: Bond, variable: str, favoured: tuple[int, ...]) -> _Link:
        expected = list(bond.expected)
        if not NEVER_CERTAIN <= min(expected) <= max(expected) <= 1 - NEVER_CERTAIN:
            expected = [min(max(rate, NEVER_CERTAIN), 1 - NEVER_CERTAIN) for rate in expected]
        mean = sum(map(mul, self.reference[bond.target].tolist(), expected))
        odds = math.log(mean / (1 - mean))
        held = _HELD.get(favoured) if self.states[self.number[variable]] == 2 else None
        held = held or self._held(variable, favoured)
        gate, gate_variable = self._gate(bond)
        parent = self.number[bond.target]
        return _Link(parent, expected, mean, -odds if favoured == (0,) else odds, held, gate, gate_variable, bond.warrant, bond.link)

    def _linked_odds(self, variable: str) -> list[float]:
        odds = []
        for bond, favoured in self._linked.get(variable, ()):
            chance = self._member_chance(bond)
            odds.append(-logit(chance) if favoured == (0,) else logit(chance))
        return odds

    def _circle(self, ring: Sequence[str]) -> None:
        """Add one factor for claims that lean on each other; each has its reference from the targets nearer to the question."""
        for variable in ring:
            known = [(bond, favoured) for bond, favoured in self._single.get(variable, ()) if bond.target in self.reference]
            odds = [self._link(bond, variable, favoured).odds for bond, favoured in known]
            self.reference[variable] = self._base(variable, odds + self._linked_odds(variable))
        links = [
            (self.number[variable], self._link(bond, variable, favoured), self.reference[bond.target])
            for variable in ring
            for bond, favoured in self._single.get(variable, ())
        ]
        own = [self.number[variable] for variable in ring]
        outside = {link.parent: reference for _, link, reference in links if link.parent not in own}
        gated = [link for _, link, _ in links if link.gate is not Gate.NONE]
        axes = {variable: at for at, variable in enumerate(outside)}
        axes |= {variable: len(outside) + len(gated) + at for at, variable in enumerate(own)}
        couplings = [
            Coupling(
                axes[link.parent],
                axes[variable],
                pull(np.array([link.expected]), np.array([link.mean]), np.array([link.held]))[0],
                None if link.gate is Gate.NONE else len(outside) + gated.index(link),
            )
            for variable, link, _ in links
        ]
        full = ring_table(list(outside.values()), len(gated), [self.reference[variable] for variable in ring], couplings)
        self._put_circle(full, list(outside), gated, own)

    def _put_circle(self, full: Array, outside: list[int], gated: list[_Link], own: list[int]) -> None:
        """Sum the warrants out of a circle's table that nothing undercuts, and add it."""
        summed = [at for at, link in enumerate(gated) if link.gate is Gate.SUMMED]
        table, parts = sum_gates(full, {at: len(outside) + at for at in summed}, {at: gated[at].warrant for at in summed})
        scope = [*outside, *(link.gate_variable for link in gated if link.gate is Gate.VARIABLE), *own]
        factor = _Factor(scope, table, parts, [gated[at].warrant for at in summed], [gated[at].link for at in summed])
        self.factors[table.shape].append(factor)

    def _held(self, variable: str, favoured: Sequence[int]) -> tuple[bool, ...]:
        return tuple(state in favoured for state in range(self.states[self.number[variable]]))

    def _base(self, variable: str, odds: Sequence[float]) -> Array:
        """Return a variable's distribution before evidence: the mean of what its links imply, or where none does what is assumed."""
        if self.map.states(variable) != 2 or variable in self.map.priors:
            return np.array(self.map.priors[variable])
        chance = expit(math.fsum(odds) / len(odds)) if odds else defaults.UNTARGETED_REFERENCE
        return np.array([1 - chance, chance])

    def _member_chance(self, bond: Bond) -> float:
        mean = float(self.reference[bond.target] @ np.array(bond.expected))
        return member_reference(min(max(mean, NEVER_CERTAIN), 1 - NEVER_CERTAIN), len(bond.premises), any_suffices=bond.any_suffices)

    def _family(self, variable: int, base: Array, links: list[_Link]) -> None:
        parents = list(dict.fromkeys(link.parent for link in links))
        shape = Shape(
            tuple(self.states[parent] for parent in parents),
            tuple(parents.index(link.parent) for link in links),
            tuple(link.gate for link in links),
            len(base),
        )
        self.families[shape].append((variable, base, links))

    def _put_linked(self, bond: Bond) -> None:
        """Add the factor of a step with several premises."""
        expected = np.clip(np.array(bond.expected), NEVER_CERTAIN, 1 - NEVER_CERTAIN)
        premises = [(self.reference[event.variable], np.array(self._held(event.variable, event.states))) for event in bond.premises]
        opened = linked_table(expected, premises, any_suffices=bond.any_suffices)
        closed = np.ones_like(opened)
        scope = [self.number[bond.target], *(self.number[variable] for variable in bond.variables)]
        gate, gate_variable = self._gate(bond)
        if gate is Gate.VARIABLE:
            self.put([gate_variable, *scope], np.stack([closed, opened]))
        elif gate is Gate.NONE:
            self.put(scope, opened)
        else:
            part = bond.warrant * opened
            table = part + (1 - bond.warrant) * closed
            self.factors[table.shape].append(_Factor(scope, table, part[None], [bond.warrant], [bond.link]))

    def _put_gate(self, link: str) -> None:
        """Add a warrant's table: P(holds) = q prod(1 - kappa u), scaled so that objections at their references leave it as judged."""
        if link not in self.gates:
            return
        undercuts = self._attacks.get(link, [])
        warrant = next(bond.warrant for bond in self.map.bonds if bond.gate == link)
        expected_loss = 1.0
        for undercut in undercuts:
            joint = math.prod(float(self.reference[event.variable][list(event.states)].sum()) for event in undercut.premises)
            expected_loss *= 1 - undercut.defeat * joint
        attackers = sorted({variable for undercut in undercuts for variable in undercut.variables})
        places = np.indices([self.map.states(attacker) for attacker in attackers])
        holds = np.full(places.shape[1:], min(0.99, warrant / expected_loss) if undercuts else warrant)
        for undercut in undercuts:
            hit = np.ones(holds.shape, dtype=bool)
            for event in undercut.premises:
                hit &= np.isin(places[attackers.index(event.variable)], event.states)
            holds = np.where(hit, holds * (1 - undercut.defeat), holds)
        holds = np.clip(holds, NEVER_CERTAIN, 1 - NEVER_CERTAIN)
        self.put([*(self.number[attacker] for attacker in attackers), self.number[f"gate {link}"]], np.stack([1 - holds, holds], axis=-1))

    def _put_saying(self, variable: str, said: Verdict) -> None:
        """Give a claim that words answers to a sub-question a variable that says whether one of them is so, so that it can be settled."""
        name = f"says {variable} {said.states}"
        if name not in self.number:
            true = np.array(self._held(variable, said.states))
            table = np.where(np.stack([~true, true], axis=-1), 1 - NEVER_CERTAIN, NEVER_CERTAIN)
            self.put([self.number[variable], self.add(name, 2)], table)
        self.saying[said.claim] = self.number[name]

    def add_upstream(self, name: str, sound: float) -> int:
        """Add a gate that several pieces of testimony share."""
        variable = self.add(f"upstream {name}", 2)
        self.put([variable], np.array([1 - sound, sound]))
        return variable

    def put_testimony(self, upstream: int, event: Event, weight: float) -> None:
        """Let a piece of testimony speak through an upstream; if that is not sound, it is as likely whatever is true (2.2)."""
        held = np.array(self._held(event.variable, event.states))
        reference = float(self.reference[event.variable][held].sum())
        ratio = np.where(held, math.exp(weight), 1.0)
        silent = np.full(len(ratio), reference * math.exp(weight) + 1 - reference)
        table = np.stack([silent, ratio])
        self.put([upstream, self.number[event.variable]], table / table.max())

    def blocks(self) -> tuple[Block, ...]:
        """Make the tables of all that was added since the last call, and note where each summed-out gate stands.

        The places of gates are right for the first call's blocks at the front; nothing with a gate is added later.
        """
        found: list[Block] = []
        for shape, members in self.families.items():
            columns = [[links[at] for _, _, links in members] for at in range(len(shape.axes))]
            pulls = [
                pull(
                    np.array([one.expected for one in column]),
                    np.array([one.mean for one in column]),
                    np.array([one.held for one in column]),
                )
                for column in columns
            ]
            warrants = [np.array([one.warrant for one in column]) for column in columns]
            tables, gated = claim_tables(shape, np.stack([base for _, base, _ in members]), pulls, warrants)
            scopes = [
                [
                    *dict.fromkeys(link.parent for link in links),
                    *(link.gate_variable for link in links if link.gate is Gate.VARIABLE),
                    variable,
                ]
                for variable, _, links in members
            ]
            opened = np.stack([warrants[at] for at in shape.summed], axis=1) if shape.summed else np.zeros((len(members), 0))
            for factor, (_, _, links) in enumerate(members):
                for gate, at in enumerate(shape.summed):
                    self.gates[links[at].link] = Summed(len(found), factor, gate)
            found.append(Block(np.array(scopes, dtype=np.intp).reshape(len(members), -1), tables, gated, opened))
        for same in _alike(self.factors):
            for factor, one in enumerate(same):
                for gate, link in enumerate(one.links):
                    self.gates[link] = Summed(len(found), factor, gate)
            found.append(
                Block(
                    np.array([one.scope for one in same], dtype=np.intp),
                    np.stack([one.table for one in same]),
                    np.stack([one.gated for one in same]),
                    np.array([one.open for one in same]).reshape(len(same), -1),
                )
            )
        self.families.clear()
        self.factors.clear()
        return tuple(found)


def _alike(factors: Mapping[tuple[int, ...], list[_Factor]]) -> list[list[_Factor]]:
    """Put factors together that have the same shape and the same number of summed-out gates."""
    groups: dict[tuple[tuple[int, ...], int], list[_Factor]] = defaultdict(list)
    for shape, members in factors.items():
        for one in members:
            groups[shape, len(one.open)].append(one)
    return list(groups.values())
