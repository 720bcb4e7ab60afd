"""The probability tables of claims: log-additive in their links, with warrants as gates (facts/credence.md 2.1, 2.2), many at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import mul
from string import ascii_letters
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from credence.factors import Array, largest

_AT_ONCE: Final = 2**16
"""Entries made at once, half a MB: small enough for a cache, large enough that Python's own cost vanishes."""


LEFT: Final = 1e-6
"""What a link that is off, failing or defeated, still counts for its claim's reference: nothing beside others, but where all are off the
mean of all stays. Were it less for what is defeated, an objection of which nothing is known would move the claim."""


class Gate(Enum):
    """How a link's warrant stands in a table: not at all, summed out, or as a variable of its own.

    As a variable it has three states, "it fails", "it holds" and "it is defeated" (`credence.objections`). In the first and the last alike
    the link is off: silent, and where its claim has others it lends it no reference either.
    """

    NONE = "none"
    SUMMED = "summed"
    VARIABLE = "variable"


@dataclass(frozen=True)
class Shape:
    """What claims have in common whose tables are made together.

    ``parents``: states of each distinct target; ``axes``: for each link, which of these it has; ``gates``: for each link, how its warrant
    stands; ``states``: of the claim itself; ``switched``: for each link, whether its target's last state says that it is off
    (a warrant says so itself). Tables have axes (parents..., gates that are variables..., the claim).
    """

    parents: tuple[int, ...]
    axes: tuple[int, ...]
    gates: tuple[Gate, ...]
    states: int
    switched: tuple[bool, ...] = ()

    @property
    def lends(self) -> bool:
        """Say whether the claim's reference depends on which of its links are off."""
        can_be_off = any(gate is not Gate.NONE for gate in self.gates) or any(self.switched)
        return self.states == 2 and len(self.axes) > 1 and can_be_off

    def size(self, link: int) -> int:
        """How many cases a link has while tables are made: "it is off", if it has a warrant, and its target's states."""
        return self.parents[self.axes[link]] + (self.gates[link] is not Gate.NONE)

    @property
    def summed(self) -> list[int]:
        """The links whose warrants are summed out."""
        return [at for at, gate in enumerate(self.gates) if gate is Gate.SUMMED]


def pull(expected: Array, reference: Array, held: NDArray[np.bool_]) -> Array:
    """Return [F, target states, states]: how targets' states move claims' log-weights from their reference.

    ``expected`` [F, target states] is P(the claim is in a held state | target), ``reference`` [F] its mean over the target's own reference,
    ``held`` [F, states] says in which states the premise holds.
    """
    mean = reference[:, None]
    return np.where(held[:, None, :], np.log(expected / mean)[:, :, None], np.log((1 - expected) / (1 - mean))[:, :, None])


class Lent(NamedTuple):
    """What a link lends its claim's reference: log-odds [F], and how much they count [F] (`weighted`)."""

    odds: Array
    weight: Array


def weighted(odds: Sequence[float], weights: Sequence[float]) -> float:
    """Return the mean of what links imply of a claim, in log-odds, each by how much it says; evenly where none says anything.

    A claim has one reference, its links several. One that says nothing lends nothing, so that it changes nothing (facts/credence.md 4.2).
    """
    total = math.fsum(weights)
    if total <= 0:
        return math.fsum(odds) / len(odds)
    return math.fsum(map(mul, odds, weights)) / total


def claim_tables(
    shape: Shape, base: Array, pulls: Sequence[Array], warrants: Sequence[Array], *, lent: Sequence[Lent] = ()
) -> tuple[Array, Array]:
    """Return P(claim | parents, gates) [F, *table] and, per summed-out gate g, the part of it with g open [F, G, *table].

    ``base`` [F, states] are reference log-weights; ``pulls`` per link [F, target states, states]; ``warrants`` per link [F] is P(gate
    open). Where a link is off the reference is that of the others, by what each has ``lent``.
    """
    sizes = [shape.size(link) for link in range(len(pulls))]
    step = max(1, _AT_ONCE // (math.prod(sizes) * shape.states))
    made = []
    for at in range(0, len(base), step):
        part = slice(at, at + step)
        some = [Lent(one.odds[part], one.weight[part]) for one in lent]
        made.append(_some_tables(shape, base[part], [one[part] for one in pulls], [one[part] for one in warrants], some))
    return np.concatenate([tables for tables, _ in made]), np.concatenate([gated for _, gated in made])


def _some_tables(shape: Shape, base: Array, pulls: Sequence[Array], warrants: Sequence[Array], lent: Sequence[Lent]) -> tuple[Array, Array]:
    """Make tables with an axis for each link: its target's states, and before them "it is off", if it has a warrant.

    Factors go last while the tables are made: numpy is fast along a long last axis, and all others are short.
    """
    links = len(pulls)
    # Each link's pull is at most that of a billionth, so six of them multiply to no more than 1e54: no need to add logarithms of millions.
    weights = np.exp(base - largest(base)).T
    if lent and shape.lends:
        weights = np.stack(np.broadcast_arrays(weights[0], weights[1] * _without_off(shape, lent)), axis=-2)
    for link, moved in enumerate(pulls):
        factor = np.exp(moved.transpose(1, 2, 0))
        if shape.gates[link] is not Gate.NONE:
            factor = np.concatenate([np.ones_like(factor[:1]), factor])
        weights = weights * factor.reshape(len(factor), *[1] * link, *factor.shape[1:])
    full = weights / weights.sum(axis=-2, keepdims=True)
    # The last link's axis came to stand first.
    table, parts = _sum_gates(full, {links - 1 - link: warrants[link] for link in shape.summed})
    laid = [_laid_out(shape, one) for one in (table, *parts)]
    return laid[0], np.stack(laid[1:], axis=1) if parts else np.zeros((len(base), 0, *laid[0].shape[1:]))


def _mean(total: Array, weight: Array) -> Array:
    return np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)


def _without_off(shape: Shape, lent: Sequence[Lent]) -> Array:
    """Return [links, the last first..., F]: the factor on a claim's odds that takes out of it what links have lent that are off."""
    said, weight = np.zeros(1), np.zeros(1)
    for link, one in enumerate(lent):
        there = np.ones((shape.size(link), len(one.odds)))
        if shape.gates[link] is not Gate.NONE:
            there[0] = LEFT
        elif shape.switched and shape.switched[link]:
            there[-1] = LEFT
        counts = (there * one.weight).reshape(len(there), *[1] * link, -1)
        said, weight = said + counts * one.odds, weight + counts
    weights, odds = np.stack([one.weight for one in lent]), np.stack([one.odds for one in lent])
    whole = _mean((weights * odds).sum(axis=0), weights.sum(axis=0))
    return np.asarray(np.exp(_mean(said, weight) - whole))


def _laid_out(shape: Shape, table: Array) -> Array:
    """Bring [links, the last first..., claim, F] into the order [F, parents..., gates that are variables..., claim]."""
    claim, factor, gates = len(shape.parents), len(shape.parents) + 1, []
    axes: list[int] = []
    for link in reversed(range(len(shape.axes))):
        if shape.gates[link] is Gate.VARIABLE:
            gates.append(factor + 1 + link)
            before = (slice(None),) * len(axes)
            opened = table[(*before, slice(1, None))]
            off = np.broadcast_to(table[(*before, slice(0, 1))], opened.shape)
            table = np.stack([off, opened, off], axis=len(axes))
            axes.append(gates[-1])
        axes.append(shape.axes[link])
    letters = (
        "".join(map(ascii_letters.__getitem__, places))
        for places in ([*axes, claim, factor], [factor, *range(claim), *sorted(gates), claim])
    )
    return np.array(np.einsum("->".join(letters), table))


def sum_gates(full: Array, places: Mapping[int, int], warrants: Mapping[int, float]) -> tuple[Array, Array]:
    """Sum gates, by number at these axes, out of one table; return it and, per gate g, the part of it with g open [G, *table]."""
    table, parts = _sum_gates(full, {axis: np.array(warrants[gate]) for gate, axis in places.items()})
    gone = tuple(places.values())
    return np.squeeze(table, axis=gone), np.stack([np.squeeze(part, axis=gone) for part in parts]) if parts else np.zeros((0, *table.shape))


def _sum_gates(full: Array, chances: Mapping[int, Array]) -> tuple[Array, list[Array]]:
    """Sum out "it fails" (place 0) of some axes, by P(it holds); return also, per axis, the part in which it holds."""
    parts: list[Array] = []
    for axis, chance in chances.items():
        at = (slice(None),) * axis
        parts = [part[(*at, slice(0, 1))] * (1 - chance) + part[(*at, slice(1, None))] * chance for part in parts]
        parts.append(full[(*at, slice(1, None))] * chance)
        full = full[(*at, slice(0, 1))] * (1 - chance) + parts[-1]
    return full, parts
