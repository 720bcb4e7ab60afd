"""Turning an argument map into variables and tables, targets before premises (facts/credence.md 2.1 to 2.4)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter, mul
from typing import Final, NamedTuple

import numpy as np

from credence import defaults
from credence.factors import Array, Block
from credence.judgments import NEVER_CERTAIN, expit, logit
from credence.maps import QUESTION, ArgumentMap, Bond, Undercutting, Verdict, founded
from credence.objections import expected_if, states_of
from credence.premises import in_turn, member_reference, nearly, passed_on
from credence.rings import Coupling, ring_table
from credence.tables import Gate, Lent, Shape, claim_tables, pull, sum_gates, weighted
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
    expected: tuple[float, ...]
    mean: float
    odds: float
    """Of the claim before evidence, as this link implies."""
    held: tuple[bool, ...]
    gate: Gate
    gate_variable: int
    warrant: float
    link: str
    weight: float
    """How far its target moves the claim, in nats, discounted by the warrant: how much it counts for the claim's reference."""
    switched: bool = False
    """Its target's last state says that the link is off."""


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
    families: dict[Shape, list[tuple[list[int], Array, list[_Link]]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        undercuts = founded(self.map.bonds, self.map.undercuts)
        gates = {bond.link: bond.gate for bond in self.map.bonds} | {undercut.link: undercut.link for undercut in undercuts}
        self._warrants = {bond.gate: bond.warrant for bond in self.map.bonds}
        self._attacked = {gates[undercut.attacked] for undercut in undercuts}
        self._explicit = {gates.get(link, link) for link in self.explicit} | {bond.step for bond in self.map.bonds if bond.step}
        self._single: dict[str, list[tuple[Bond, tuple[int, ...]]]] = defaultdict(list)
        self._linked: dict[str, list[tuple[Bond, tuple[int, ...]]]] = defaultdict(list)
        objections = sorted([self._objection(undercut, gates) for undercut in undercuts], key=attrgetter("link"))
        for bond in (*self.map.bonds, *objections):
            for event in bond.premises:
                (self._single if len(bond.premises) == 1 else self._linked)[event.variable].append((bond, event.states))
        self._links: dict[str, list[_Link]] = {}
        self._before: dict[str, list[float]] = {}

    def _objection(self, undercut: Undercutting, gates: Mapping[str, str]) -> Bond:
        """Make an undercut a link like any other, to the warrant that it attacks, with a warrant of its own."""
        gate = gates[undercut.attacked]
        warrant, if_it_holds = expected_if(self._warrants[gate], undercut.defeat)
        if undercut.link in self._attacked:
            self._warrants[undercut.link] = warrant
        return Bond(undercut.link, undercut.premises, f"gate {gate}", if_it_holds, warrant, undercut.any_suffices)

    def compile(self) -> None:
        """Add everything."""
        self.add(QUESTION, len(self.prior))
        self.reference[QUESTION] = self.prior
        self.put([0], self.prior)
        order = self.map.order
        for variable in order:
            self.add(variable, self.map.states(variable))
        for gate in sorted(self._attacked | (self._explicit & self._warrants.keys())):
            self._put_gate(gate)
        circles = {ring[0]: ring for ring in self.map.circles}
        units = [circles.get(variable, (variable,)) for variable in order if self._heads.get(variable, variable) == variable]
        for unit in units:
            self._refer(unit)
        self._put_linked(units)
        for unit in units:
            if len(unit) > 1:
                self._circle(unit)
            else:
                self._family(unit[0])
        for variable, claims in self.map.worded.items():
            for claim in claims:
                self._put_saying(variable, claim)

    @cached_property
    def _heads(self) -> dict[str, str]:
        """Return, of each variable in a circle, the first of its circle."""
        return {variable: ring[0] for ring in self.map.circles for variable in ring}

    def add(self, name: str, states: int) -> int:
        """Number a new variable."""
        self.number[name] = len(self.states)
        self.states.append(states)
        return self.number[name]

    def put(self, scope: list[int], table: Array) -> None:
        """Add a factor."""
        self.factors[table.shape].append(_Factor(scope, table, np.zeros((0, *table.shape)), [], []))

    def _gate(self, bond: Bond) -> tuple[Gate, int]:
        """Say how a bond's warrant stands in tables, and which variable it is if it is one."""
        name = bond.gate
        if name in self._attacked or name in self._explicit:
            return Gate.VARIABLE, self.number[f"gate {name}"]
        return (Gate.NONE if bond.warrant >= 1 else Gate.SUMMED), -1

    def _put_gate(self, gate: str) -> None:
        """Make a warrant a variable, with the prior that was judged; what undercuts it is evidence on it (facts/credence.md 2.3)."""
        name, states = f"gate {gate}", states_of(self._warrants[gate])
        self.reference[name] = np.array(states)
        self.gates[gate] = self.add(name, len(states))
        self.put([self.number[name]], self.reference[name])

    def _refer(self, unit: Sequence[str]) -> None:
        """Give claims their references: of a circle, each from the targets nearer to the question."""
        for variable in unit:
            singles = self._single.get(variable, ())
            links = [self._link(bond, variable, favoured) for bond, favoured in singles if bond.target in self.reference]
            lent = [(one.odds, one.weight) for one in links]
            lent += [(self._member_odds(bond, favoured), bond.strength) for bond, favoured in self._linked.get(variable, ())]
            self.reference[variable] = self._base(variable, lent)
            if len(links) == len(singles):
                self._links[variable] = links
        for variable in unit:
            if variable not in self._links:
                self._links[variable] = [self._link(bond, variable, favoured) for bond, favoured in self._single.get(variable, ())]

    def _link(self, bond: Bond, variable: str, favoured: tuple[int, ...]) -> _Link:
        expected, target = bond.expected, bond.target
        most, least = max(expected), min(expected)
        if least < NEVER_CERTAIN or most > 1 - NEVER_CERTAIN:
            expected = tuple([min(max(rate, NEVER_CERTAIN), 1 - NEVER_CERTAIN) for rate in expected])
            most, least = max(expected), min(expected)
        if (before := self._before.get(target)) is None:
            before = self._before[target] = self.reference[target].tolist()
        mean = sum(map(mul, before, expected))
        odds = math.log(mean / (1 - mean))
        gate, gate_variable = self._gate(bond)
        parent, held = self.number[target], self._held(variable, favoured)
        # As `Bond.strength`, but of what was clipped, and in a fifth of the time.
        weight = bond.warrant * math.log(most * (1 - least) / (least * (1 - most)))
        lent = -odds if favoured == (0,) else odds
        return _Link(parent, expected, mean, lent, held, gate, gate_variable, bond.warrant, bond.link, weight)

    def _mean(self, bond: Bond) -> float:
        """Return P(all, or any, of a step's premises) over its target's reference."""
        return min(max(float(self.reference[bond.target] @ np.array(bond.expected)), NEVER_CERTAIN), 1 - NEVER_CERTAIN)

    def _member_odds(self, bond: Bond, favoured: tuple[int, ...]) -> float:
        chance = member_reference(self._mean(bond), len(bond.premises), any_suffices=bond.any_suffices)
        return -logit(chance) if favoured == (0,) else logit(chance)

    def _put_linked(self, units: Sequence[Sequence[str]]) -> None:
        """Let each premise of a step with several expect what its target and the premises before it say.

        Before come those on which the others rest, so that no circle arises; of the rest those that have more such steps, so that claims
        which share a premise are tied by it alone.
        """
        steps = {bond.link: bond for linked in self._linked.values() for bond, _ in linked}
        if not steps:
            return
        heads = self._heads
        linked_units = {heads.get(variable, variable) for variable in self._linked}
        level: dict[str, int] = defaultdict(int)
        place: dict[str, tuple[object, ...]] = {}
        for unit in units:
            bonds = [bond for variable in unit for bond, _ in (*self._single.get(variable, ()), *self._linked.get(variable, ()))]
            outside = {bond.target for bond in bonds if bond.target not in unit}
            # A circle is one factor: a step of one of its claims comes before all that rests on any of them.
            rests = max((level[target] + (heads.get(target, target) in linked_units) for target in outside), default=0)
            several = sum(len(self._linked.get(variable, ())) for variable in unit)
            for variable in unit:
                level[variable] = rests
                place[variable] = (rests, -several, unit[0], variable)
        for _, bond in sorted(steps.items()):
            self._put_step(bond, sorted(bond.premises, key=lambda event: place[event.variable]))

    def _put_step(self, bond: Bond, premises: Sequence[Event]) -> None:
        """Add the variables that pass a step on from premise to premise, and to each premise the link from the one before it."""
        held = [np.array(self._held(event.variable, event.states)) for event in premises]
        chances = [float(self.reference[event.variable][which].sum()) for event, which in zip(premises, held, strict=True)]
        rates = in_turn(np.array(bond.expected), self._mean(bond), chances, any_suffices=bond.any_suffices)
        switched, states = self._gate(bond)[0] is not Gate.NONE, len(bond.expected)
        before = self._put_start(bond, switched=switched)
        for at, (event, which, chance, rate) in enumerate(zip(premises, held, chances, rates, strict=True)):
            open_if = which != bond.any_suffices
            expected = (chance, *rate.tolist(), *[chance] * switched)
            lent = self._member_odds(bond, event.states)
            own = tuple(which.tolist())
            self._links[event.variable].append(
                _Link(self.number[before], expected, chance, lent, own, Gate.NONE, -1, bond.warrant, bond.link, bond.strength, switched)
            )
            if at + 1 < len(premises):
                after = f"{bond.link} after {at}"
                table = passed_on(states, open_if, switched=switched)
                reach = (self.reference[event.variable][:, None] * table[:, :, :]).sum(axis=1)
                self.reference[after] = self.reference[before] @ reach
                self.put([self.number[before], self.number[event.variable], self.add(after, len(expected))], table)
                before = after

    def _put_start(self, bond: Bond, *, switched: bool) -> str:
        """Add the variable that says what a step's first premise hears: silence, its target's state, or, last, that the step is off."""
        name, states = f"{bond.link} starts", len(bond.expected)
        gate, gate_variable = self._gate(bond)
        target, own = self.number[bond.target], self.add(name, states + 1 + switched)
        heard = nearly(np.eye(states, states + 1 + switched, 1))
        off = nearly(np.eye(1, states + 1 + switched, states + 1)).repeat(states, axis=0)
        warrant = 1.0
        if gate is Gate.VARIABLE:
            self.put([gate_variable, target, own], np.stack([off, heard, off]))
            warrant = bond.warrant
        elif gate is Gate.SUMMED:
            warrant = bond.warrant
            part = warrant * heard
            self.factors[part.shape].append(_Factor([target, own], part + (1 - warrant) * off, part[None], [warrant], [bond.link]))
        else:
            self.put([target, own], heard)
        self.reference[name] = self.reference[bond.target] @ (warrant * heard + (1 - warrant) * off)
        return name

    def _circle(self, ring: Sequence[str]) -> None:
        """Add one factor for claims that lean on each other."""
        by_number = {number: self.reference[name] for name, number in self.number.items() if name in self.reference}
        links = [(self.number[variable], link) for variable in ring for link in self._links[variable]]
        own = [self.number[variable] for variable in ring]
        outside = {link.parent: by_number[link.parent] for _, link in links if link.parent not in own}
        gated = [link for _, link in links if link.gate is not Gate.NONE]
        axes = {variable: at for at, variable in enumerate(outside)}
        axes |= {variable: len(outside) + len(gated) + at for at, variable in enumerate(own)}
        couplings = [
            Coupling(
                axes[link.parent],
                axes[variable],
                pull(np.array([link.expected]), np.array([link.mean]), np.array([link.held]))[0],
                None if link.gate is Gate.NONE else len(outside) + gated.index(link),
            )
            for variable, link in links
        ]
        full = ring_table(list(outside.values()), len(gated), [self.reference[variable] for variable in ring], couplings)
        for at, link in enumerate(gated):
            if link.gate is Gate.VARIABLE:
                # Defeated it is as silent as if it fails.
                full = full.take([0, 1, 0], axis=len(outside) + at)
        self._put_circle(full, list(outside), gated, own)

    def _put_circle(self, full: Array, outside: list[int], gated: list[_Link], own: list[int]) -> None:
        """Sum the warrants out of a circle's table that nothing undercuts, and add it."""
        summed = [at for at, link in enumerate(gated) if link.gate is Gate.SUMMED]
        table, parts = sum_gates(full, {at: len(outside) + at for at in summed}, {at: gated[at].warrant for at in summed})
        scope = [*outside, *(link.gate_variable for link in gated if link.gate is not Gate.SUMMED), *own]
        factor = _Factor(scope, table, parts, [gated[at].warrant for at in summed], [gated[at].link for at in summed])
        self.factors[table.shape].append(factor)

    def _held(self, variable: str, favoured: tuple[int, ...]) -> tuple[bool, ...]:
        states = self.states[self.number[variable]]
        if states == 2 and favoured in _HELD:
            return _HELD[favoured]
        return tuple(state in favoured for state in range(states))

    def _base(self, variable: str, lent: Sequence[tuple[float, float]]) -> Array:
        """Return a variable's distribution before evidence: the mean of what its links imply, or where none does what is assumed."""
        if self.map.states(variable) != 2 or variable in self.map.priors:
            return np.array(self.map.priors[variable])
        if len(lent) == 1:
            chance = expit(lent[0][0])
        else:
            chance = expit(weighted(*zip(*lent, strict=True))) if lent else defaults.UNTARGETED_REFERENCE
        return np.array([1 - chance, chance])

    def _family(self, variable: str) -> None:
        links = self._links[variable]
        parents = list(dict.fromkeys(link.parent for link in links))
        shape = Shape(
            tuple(self.states[parent] for parent in parents),
            tuple(parents.index(link.parent) for link in links),
            tuple(link.gate for link in links),
            self.states[self.number[variable]],
            tuple(link.switched for link in links),
        )
        scope = [*parents, *(link.gate_variable for link in links if link.gate_variable >= 0), self.number[variable]]
        self.families[shape].append((scope, np.log(self.reference[variable]), links))

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
            scopes, bases, families = zip(*members, strict=True)
            # Of each link, by field, what it is for each claim.
            columns = [dict(zip(_Link._fields, zip(*column, strict=True), strict=True)) for column in zip(*families, strict=True)]
            pulls = [pull(np.array(one["expected"]), np.array(one["mean"]), np.array(one["held"])) for one in columns]
            warrants = [np.array(one["warrant"]) for one in columns]
            lent = [Lent(np.array(one["odds"]), np.array(one["weight"])) for one in columns if shape.lends]
            tables, gated = claim_tables(shape, np.stack(bases), pulls, warrants, lent=lent)
            opened = np.stack([warrants[at] for at in shape.summed], axis=1) if shape.summed else np.zeros((len(members), 0))
            for factor, links in enumerate(families):
                for gate, at in enumerate(shape.summed):
                    if links[at].link in self._warrants:
                        self.gates[links[at].link] = Summed(len(found), factor, gate)
            found.append(Block(np.array(scopes, dtype=np.intp).reshape(len(members), -1), tables, gated, opened))
        for same in _alike(self.factors):
            for factor, one in enumerate(same):
                for gate, link in enumerate(one.links):
                    if link in self._warrants:
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
