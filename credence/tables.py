"""The probability tables of claims: log-additive in their links, with warrants as gates (facts/credence.md 2.1, 2.2), many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from credence.defaults import ALL_TRUE
from credence.factors import Array, largest, scaled

_AT_ONCE: Final = 2**16
"""Entries made at once, half a MB: small enough for a cache, large enough that Python's own cost vanishes."""


class Gate(Enum):
    """How a link's warrant stands in a table: not at all, summed out, or as a variable of its own (because something undercuts it)."""

    NONE = "none"
    SUMMED = "summed"
    VARIABLE = "variable"


@dataclass(frozen=True)
class Shape:
    """What claims have in common whose tables are made together.

    ``parents``: states of each distinct target; ``axes``: for each link, which of these it has; ``gates``: for each link, how its warrant
    stands; ``states``: of the claim itself. Tables have axes (parents..., gates that are variables..., the claim).
    """

    parents: tuple[int, ...]
    axes: tuple[int, ...]
    gates: tuple[Gate, ...]
    states: int

    @property
    def summed(self) -> list[int]:
        """The links whose warrants are summed out."""
        return [at for at, gate in enumerate(self.gates) if gate is Gate.SUMMED]

    @property
    def gated(self) -> list[int]:
        """The links that have a warrant in the making of the table."""
        return [at for at, gate in enumerate(self.gates) if gate is not Gate.NONE]


def pull(expected: Array, reference: Array, held: NDArray[np.bool_]) -> Array:
    """Return [F, target states, states]: how targets' states move claims' log-weights from their reference.

    ``expected`` [F, target states] is P(the claim is in a held state | target), ``reference`` [F] its mean over the target's own reference,
    ``held`` [F, states] says in which states the premise holds.
    """
    mean = reference[:, None]
    return np.where(held[:, None, :], np.log(expected / mean)[:, :, None], np.log((1 - expected) / (1 - mean))[:, :, None])


def claim_tables(shape: Shape, base: Array, pulls: Sequence[Array], warrants: Sequence[Array]) -> tuple[Array, Array]:
    """Return P(claim | parents, gates) [F, *table] and, per summed-out gate g, the part of it with g open [F, G, *table].

    ``base`` [F, states] are reference log-weights; ``pulls`` per link [F, target states, states]; ``warrants`` per link [F] is P(gate
    open).
    """
    links = len(shape.gated)
    entries = int(np.prod(shape.parents)) * 2**links * shape.states
    step = max(1, _AT_ONCE // entries)
    made = [
        _some_tables(shape, base[at : at + step], [one[at : at + step] for one in pulls], [one[at : at + step] for one in warrants])
        for at in range(0, len(base), step)
    ]
    return np.concatenate([tables for tables, _ in made]), np.concatenate([gated for _, gated in made])


def _some_tables(shape: Shape, base: Array, pulls: Sequence[Array], warrants: Sequence[Array]) -> tuple[Array, Array]:
    count, parents, gated = len(base), len(shape.parents), shape.gated
    # Each link's pull is at most that of a billionth, so six of them multiply to no more than 1e54: no need to add logarithms of millions.
    weights = np.exp(base - largest(base)).reshape(count, *[1] * (parents + len(gated)), shape.states)
    for link, moved in enumerate(pulls):
        spread = [1] * (parents + len(gated))
        spread[shape.axes[link]] = moved.shape[1]
        factor = np.exp(moved).reshape(count, *spread, shape.states)
        if link in gated:
            factor = np.concatenate([np.ones_like(factor), factor], axis=1 + parents + gated.index(link))
        weights = weights * factor
    full = scaled(weights)
    places = {link: 1 + parents + gated.index(link) for link in shape.summed}
    tables = _sum_gates(full, places, warrants)
    parts = []
    for link, place in places.items():
        opened = _at(full, place, 1) * _along(warrants[link], full.ndim)
        others = {other: where for other, where in places.items() if other != link}
        parts.append(np.squeeze(_sum_gates(opened, others, warrants, keep=True), axis=tuple(places.values())))
    return tables, np.stack(parts, axis=1) if parts else np.zeros((count, 0, *tables.shape[1:]))


def sum_gates(full: Array, places: Mapping[int, int], warrants: Mapping[int, float]) -> tuple[Array, Array]:
    """Sum gates, by number at these axes, out of one table; return it and, per gate g, the part of it with g open [G, *table]."""
    chances = {gate: np.array([chance]) for gate, chance in warrants.items()}
    batch = {gate: axis + 1 for gate, axis in places.items()}
    table = _sum_gates(full[None], batch, chances)[0]
    parts = []
    for gate, axis in batch.items():
        opened = _at(full[None], axis, 1) * chances[gate][0]
        others = {other: where for other, where in batch.items() if other != gate}
        parts.append(np.squeeze(_sum_gates(opened, others, chances, keep=True), axis=tuple(batch.values()))[0])
    return table, np.stack(parts) if parts else np.zeros((0, *table.shape))


def _along(weights: Array, dimensions: int) -> Array:
    return weights.reshape(-1, *[1] * (dimensions - 1))


def _at(table: Array, axis: int, place: int) -> Array:
    """Return one place along an axis, which stays, without a copy."""
    return table[(slice(None),) * axis + (slice(place, place + 1),)]


def _sum_gates(full: Array, places: Mapping[int, int], warrants: Sequence[Array] | Mapping[int, Array], *, keep: bool = False) -> Array:
    for link, place in places.items():
        chance = _along(warrants[link], full.ndim)
        full = _at(full, place, 0) * (1 - chance) + _at(full, place, 1) * chance
    return full if keep else np.squeeze(full, axis=tuple(places.values()))


def member_reference(joint: float, members: int, *, any_suffices: bool) -> float:
    """Return P(premise) such that all (any) of ``members`` independent premises hold with probability ``joint``."""
    return float(1 - (1 - joint) ** (1 / members)) if any_suffices else float(joint ** (1 / members))


def linked_table(expected: Array, premises: Sequence[tuple[Array, NDArray[np.bool_]]], *, any_suffices: bool) -> Array:
    """Return how a step with several premises ties them to its target: a factor [target states, *premise states].

    The step does its work, J, where all premises hold (noisy-AND) or any does (noisy-OR). The factor is the sum over J of
    P(J | x) P(J | t) / P(J), with ``expected`` [target states] = P(J | t) and P(J) that of the premises' references. So premises without
    evidence say nothing about the target, one that several steps share ties these, and with targets that are as good as their steps this is
    a fault tree. ``premises`` are (reference distribution, which states make the premise hold), one pair each.
    """
    places = np.indices([len(reference) for reference, _ in premises])
    held = np.stack([holds[states] for (_, holds), states in zip(premises, places, strict=True)])
    prior = np.prod([reference[states] for (reference, _), states in zip(premises, places, strict=True)], axis=0)
    done = held.any(axis=0) if any_suffices else held.all(axis=0)
    mean = float((prior * done).sum())
    works = np.where(done, 1 - (1 - ALL_TRUE) * (1 - mean), (1 - ALL_TRUE) * mean)
    rates = expected.reshape(-1, *[1] * len(premises))
    return np.asarray(works * rates / mean + (1 - works) * (1 - rates) / (1 - mean))
