"""The probability tables of claims: log-additive in their links, with warrants as gates (facts/credence.md 2.1, 2.2), many at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from string import ascii_letters
from typing import Final

import numpy as np
from numpy.typing import NDArray

from credence.defaults import ALL_TRUE
from credence.factors import Array, largest

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
    sizes = [states + (gate is not Gate.NONE) for states, gate in zip((shape.parents[at] for at in shape.axes), shape.gates, strict=True)]
    step = max(1, _AT_ONCE // (math.prod(sizes) * shape.states))
    made = [
        _some_tables(shape, base[at : at + step], [one[at : at + step] for one in pulls], [one[at : at + step] for one in warrants])
        for at in range(0, len(base), step)
    ]
    return np.concatenate([tables for tables, _ in made]), np.concatenate([gated for _, gated in made])


def _some_tables(shape: Shape, base: Array, pulls: Sequence[Array], warrants: Sequence[Array]) -> tuple[Array, Array]:
    """Make tables with an axis for each link: its target's states, and before them, where it has a warrant, "it fails", whatever the state.

    Factors go last while the tables are made: numpy is fast along a long last axis, and all others are short.
    """
    links = len(pulls)
    # Each link's pull is at most that of a billionth, so six of them multiply to no more than 1e54: no need to add logarithms of millions.
    weights = np.exp(base - largest(base)).T
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


def _laid_out(shape: Shape, table: Array) -> Array:
    """Bring [links, the last first..., claim, F] into the order [F, parents..., gates that are variables..., claim]."""
    claim, factor, gates = len(shape.parents), len(shape.parents) + 1, []
    axes: list[int] = []
    for link in reversed(range(len(shape.axes))):
        if shape.gates[link] is Gate.VARIABLE:
            gates.append(factor + 1 + link)
            opened = table[(slice(None),) * len(axes) + (slice(1, None),)]
            closed = table[(slice(None),) * len(axes) + (slice(0, 1),)]
            table = np.stack([np.broadcast_to(closed, opened.shape), opened], axis=len(axes))
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
