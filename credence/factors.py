"""The factor graph of one question: arrays, and nothing of records. Inference reads it; `credence.network` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = NDArray[np.intp]


@dataclass(frozen=True)
class Block:
    """Factors of one shape, F of them over n variables each.

    ``scope`` [F, n] are variable numbers; ``tables`` [F, *shape] are strictly positive; ``gated`` [F, G, *shape] is the part of each table
    in which gate g is open, for gates that were summed out (facts/credence.md 2.2), with ``open`` [F, G] their prior probabilities.
    """

    scope: Numbers
    tables: Array
    gated: Array
    open: Array

    @classmethod
    def plain(cls, scope: Sequence[Sequence[int]], tables: Array) -> Block:
        """Build a block without gates."""
        count = len(scope)
        shape = tables.shape[1:]
        return cls(np.array(scope, dtype=np.intp).reshape(count, -1), tables, np.zeros((count, 0, *shape)), np.zeros((count, 0)))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one table."""
        return self.tables.shape[1:]

    def __len__(self) -> int:
        return len(self.scope)


@dataclass(frozen=True)
class Graph:
    """A joint distribution up to a constant: the product of all tables and of exp(``evidence``).

    ``states`` [V] counts each variable's values; ``evidence`` [V, max states] are log-likelihoods, -inf where a variable has no such value.
    The question is variable 0. Every table but those of testimony is a conditional distribution, so what lies below no evidence is silent.
    """

    states: Numbers
    blocks: tuple[Block, ...]
    evidence: Array

    @property
    def answers(self) -> int:
        """How many answers the question has."""
        return int(self.states[0])

    def clamps(self) -> Array:
        """Return [K, K]: log-evidence on the question that fixes each answer in turn."""
        with np.errstate(divide="ignore"):
            return np.log(np.eye(self.answers))

    def with_evidence(self, variable: int, likelihood: Sequence[float]) -> Graph:
        """Return the graph with more evidence on one variable, as likelihoods of its states; zeros rule states out.

        Of more states than are given the rest are as the first: beside "it fails" an objected warrant has "it is defeated".
        """
        evidence, states = self.evidence.copy(), int(self.states[variable])
        with np.errstate(divide="ignore"):
            evidence[variable, :states] += np.log(np.array([*likelihood, *[likelihood[0]] * (states - len(likelihood))]))
        return replace(self, evidence=evidence)

    def neighbours(self) -> list[set[int]]:
        """Return, for each variable, those with which it shares a factor."""
        found: list[set[int]] = [set() for _ in self.states]
        for block in self.blocks:
            for scope in block.scope.tolist():
                for variable in scope:
                    found[variable].update(scope)
        for variable, near in enumerate(found):
            near.discard(variable)
        return found

    def incidences(self) -> Iterator[tuple[int, int, Numbers]]:
        """Yield (block, position, variables there) for every column of every block's scope."""
        for number, block in enumerate(self.blocks):
            for position in range(block.scope.shape[1]):
                yield number, position, block.scope[:, position]


@dataclass(frozen=True)
class Beliefs:
    """What inference found, in runs with the question clamped to each answer in turn.

    ``answers`` [K] is P(answer | evidence); ``given`` [K, V, max states] is P(variable | answer, evidence); ``gates`` holds per block [K,
    F, G] P(gate open | answer, evidence). ``free`` [V, max states] is P(variable | evidence) as the method found it by itself: exact
    methods mix it from ``given``; belief propagation runs once more unclamped, and how far the two differ is its error gauge
    (facts/credence.md 2.11).
    """

    answers: Array
    given: Array
    gates: tuple[Array, ...]
    free: Array
    exact: bool

    def mixed(self) -> Array:
        """Return [V, max states]: the clamped runs' mixture."""
        return np.tensordot(self.answers, self.given, axes=1)

    @property
    def gauge(self) -> float:
        """The largest difference between a marginal and the mixture of its clamped runs; 0 in exact inference."""
        return float(np.abs(self.mixed() - self.free).max())


_FEW: Final = 4
"""numpy reduces an axis of so few entries an order of magnitude slower than it combines their columns."""


def largest(logs: Array) -> Array:
    """Return the largest entries along the last axis, which stays with length 1."""
    if logs.shape[-1] > _FEW:
        return np.asarray(logs.max(axis=-1, keepdims=True))
    return reduce(np.maximum, (logs[..., at : at + 1] for at in range(logs.shape[-1])))


def softmax(logs: Array) -> Array:
    """Return exp(logs) scaled to sum to 1 along the last axis; -inf gives 0."""
    return scaled(np.exp(logs - largest(logs)))


def scaled(weights: Array) -> Array:
    """Return weights scaled to sum to 1 along the last axis."""
    if weights.shape[-1] > _FEW:
        return np.asarray(weights / np.einsum("...x->...", weights)[..., None])
    return np.asarray(weights / reduce(np.add, (weights[..., at : at + 1] for at in range(weights.shape[-1]))))


def add_at(totals: Array, places: tuple[Any, ...], change: Array) -> None:
    """Add changes at places that may repeat."""
    np.add.at(totals, places, change)


def contract(tables: Array, weights: Mapping[int, Array], *, positions: int) -> Array:
    """Multiply tables [.., F, *shape] by weights [.., F, states] of some positions and sum these out; their axes stay, with length 1."""
    for position, weight in sorted(weights.items(), reverse=True):
        axis = position - positions
        moved = np.moveaxis(tables, axis, -1)
        spread = weight.reshape(*weight.shape[:-1], *[1] * (positions - 1), weight.shape[-1])
        if weight.shape[-1] > _FEW:
            summed = np.einsum("...x,...x->...", moved, spread)
        else:
            summed = reduce(np.add, (moved[..., at] * spread[..., at] for at in range(weight.shape[-1])))
        tables = np.expand_dims(summed, axis)
    return tables
