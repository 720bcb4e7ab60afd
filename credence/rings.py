"""The joint table of claims that lean on each other in a circle: one block (facts/credence.md 2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from credence.factors import Array

MOST_ROUNDS: Final = 200
"""Of fitting; the table is a distribution after any number of them."""
CLOSE: Final = 1e-10


@dataclass(frozen=True)
class Coupling:
    """One link inside a block, or from a member to a target outside, in axes of the table that is made.

    ``pull`` [target states, premise states] is log P(premise | target) / P(premise); ``gate`` is the axis of its warrant, None if it surely
    holds.
    """

    target: int
    premise: int
    pull: Array
    gate: int | None


def ring_table(outside: Sequence[Array], gates: int, members: Sequence[Array], couplings: Sequence[Coupling]) -> Array:
    """Return P(members | outside targets, gates) [outside..., gates..., members...].

    Every coupling counts as one symmetric factor between its two ends, whichever way it was offered, where its gate is open. Each member
    has a field besides, found by iterative proportional fitting, such that without evidence its marginal is its reference (``members``,
    one distribution each), at every setting of the gates, over the references of the targets outside. So the block, however closely its
    claims support each other, tells neither its targets nor its members anything of its own: only evidence does.
    """
    sizes = [*(len(one) for one in outside), *[2] * gates, *(len(one) for one in members)]
    first = len(outside) + gates
    logs = np.zeros(sizes)
    for one in couplings:
        logs = logs + _spread(one, sizes)
    weights = np.ones([1] * len(sizes))
    for axis, reference in enumerate(outside):
        weights = weights * _along(reference, axis, len(sizes))
    own = tuple(range(first, len(sizes)))
    wanted = [np.log(_along(reference, axis, len(sizes))) for axis, reference in zip(own, members, strict=True)]
    fields = list(wanted)
    table = _normalised(logs, fields, own)
    for _ in range(MOST_ROUNDS):
        worst = 0.0
        for at, axis in enumerate(own):
            gone = (*range(len(outside)), *(other for other in own if other != axis))
            marginal = (table * weights).sum(axis=gone, keepdims=True)
            step = wanted[at] - np.log(np.maximum(marginal, 1e-300))
            worst = max(worst, float(np.abs(marginal - np.exp(wanted[at])).max()))
            fields[at] = fields[at] + step
            table = _normalised(logs, fields, own)
        if worst < CLOSE:
            break
    return table


def _normalised(logs: Array, fields: Sequence[Array], own: tuple[int, ...]) -> Array:
    total = logs
    for field in fields:
        total = total + field
    weights = np.exp(total - total.max(axis=own, keepdims=True))
    return np.asarray(weights / weights.sum(axis=own, keepdims=True))


def _along(values: Array, axis: int, dimensions: int) -> Array:
    return values.reshape([len(values) if at == axis else 1 for at in range(dimensions)])


def _spread(one: Coupling, sizes: Sequence[int]) -> Array:
    """Lay a coupling along its axes; nothing where its gate is closed."""
    spread = [1] * len(sizes)
    spread[one.target], spread[one.premise] = one.pull.shape
    term = (one.pull if one.target < one.premise else one.pull.T).reshape(spread)
    return term if one.gate is None else np.concatenate([np.zeros_like(term), term], axis=one.gate)
