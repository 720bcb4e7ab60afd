"""Damped loopy belief propagation, for graphs too tightly woven to be exact (facts/credence.md 2.11).

All runs (each answer clamped, and none) travel together as one array axis. After the first sweeps only factors whose surroundings still
change are worked on, which also makes a run after an edit cheap: it starts from the messages of the run before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from credence.factors import Array, Beliefs, Graph, Numbers, largest, softmax

DAMPING: Final = 0.35
"""Part of the old message kept, in log space. Undamped, strong loops oscillate; more only costs sweeps."""
TOLERANCE: Final = 1e-5
"""Largest change of a message, as a probability, that still travels on."""
MOST_SWEEPS: Final = 300
_FAINTEST: Final = 1e-30
_AT_ONCE: Final = 512
"""Factors in one array operation: larger ones leave the processor's cache."""


@dataclass
class Messages:
    """Log-messages from factors to variables: per block [F, positions, runs, most states of any], as they stood after ``sweeps``.

    A position of fewer states has zeros at the end: its variable's evidence rules these places out.
    """

    blocks: list[Array]
    sweeps: int = 0
    residual: float = np.inf

    def copy(self) -> Messages:
        """Return the same messages to go on from, so that these stay as they are."""
        return Messages([block.copy() for block in self.blocks], self.sweeps, self.residual)

    @property
    def converged(self) -> bool:
        """Whether the last sweep changed no message by more than the tolerance."""
        return self.residual <= TOLERANCE


def _marks(shape: tuple[int, ...], width: int) -> Array:
    """Return [entries of a table, positions x width]: 1 where the entry has that state at that position."""
    places = np.indices(shape).reshape(len(shape), math.prod(shape))
    return np.asarray(np.eye(width)[places].transpose(1, 0, 2).reshape(math.prod(shape), -1))


def _halves(shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    middle = (len(shape) + 1) // 2
    return shape[:middle], shape[middle:]


def _outer(weights: Array, shape: tuple[int, ...]) -> Array:
    """Multiply weights [F, positions, runs, states] of some positions into one table each [F, runs, entries]; of none, 1."""
    product = np.ones((1, 1, 1))
    for position, states in enumerate(shape):
        more = weights[:, position, :, :states]
        product = (product[:, :, :, None] * more[:, :, None, :]).reshape(*more.shape[:2], -1)
    return product


class Propagation:
    """One graph being propagated: totals per variable and run, and the messages that make them."""

    def __init__(self, graph: Graph, start: Messages | None) -> None:
        self.graph = graph
        self.marks = [[_marks(half, max(block.shape)) for half in _halves(block.shape)] for block in graph.blocks]
        runs = graph.answers + 1
        self.fixed = np.repeat(graph.evidence[:, None], runs, axis=1)
        self.fixed[0, 1:, : graph.answers] = graph.clamps()
        shapes = [(*block.scope.shape, runs, max(block.shape)) for block in graph.blocks]
        if start is not None and [old.shape for old in start.blocks] != shapes:
            raise ValueError("the messages to start from belong to a graph of another shape")
        self.messages = start if start is not None else Messages([np.zeros(shape) for shape in shapes])
        self.totals = self.fixed.copy()
        self._add([(block.scope, sent) for block, sent in zip(graph.blocks, self.messages.blocks, strict=True)])

    def _add(self, changes: Sequence[tuple[Numbers, Array]]) -> None:
        """Add changes [F, positions, runs, states] to the totals of variables [F, positions]: ten times as fast as `numpy.add.at` does."""
        size, order = self.totals[0].size, np.arange(self.totals[0].size).reshape(self.totals.shape[1:])
        places = [(variables[:, :, None, None] * size + order[:, : change.shape[3]]).ravel() for variables, change in changes]
        if places:
            weights = np.concatenate([change.ravel() for _, change in changes])
            self.totals += np.bincount(np.concatenate(places), weights, minlength=self.totals.size).reshape(self.totals.shape)

    def sweep(self, restless: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Renew the messages of all factors next to a restless variable [V] (bool); return which variables they stirred."""
        stirred = np.zeros(len(restless), dtype=bool)
        residual = 0.0
        changes: list[tuple[Numbers, Array]] = []
        for number, block in enumerate(self.graph.blocks):
            busy = np.flatnonzero(restless[block.scope].any(axis=1))
            for start in range(0, len(busy), _AT_ONCE):
                members = busy[start : start + _AT_ONCE]
                old = self.messages.blocks[number][members]
                fresh = self._fresh(number, members, old)
                mixed = DAMPING * old + (1 - DAMPING) * fresh
                self.messages.blocks[number][members] = mixed
                moved = np.abs(softmax(fresh) - softmax(old)).max(axis=(2, 3))
                stirred[block.scope[members][moved > TOLERANCE]] = True
                residual = max(residual, float(moved.max(initial=0.0)))
                changes.append((block.scope[members], mixed - old))
        self._add(changes)
        self.messages.sweeps += 1
        self.messages.residual = residual
        return stirred

    def incoming(self, number: int, members: Numbers) -> Array:
        """Return what the variables tell some factors [F, positions, runs, states]; 0 for states that a variable doesn't have."""
        sent = self.messages.blocks[number][members]
        return softmax(self.totals[self.graph.blocks[number].scope[members], :, : sent.shape[3]] - sent)

    def joint(self, number: int, members: Numbers) -> Array:
        """Return the factors' beliefs [F, runs, entries], unscaled."""
        block = self.graph.blocks[number]
        return _outer(self.incoming(number, members), block.shape) * block.tables[members].reshape(len(members), 1, -1)

    def _marginals(self, number: int, members: Numbers, heard: Array) -> Array:
        """Return the factors' beliefs of every position's states, unscaled: [F, positions, runs, states].

        Positions in two halves: a table times one half's weights leaves the other half's beliefs, so the whole joint is never made.
        """
        block, marks = self.graph.blocks[number], self.marks[number]
        shapes = _halves(block.shape)
        middle = len(shapes[0])
        first, last = _outer(heard[:, :middle], shapes[0]), _outer(heard[:, middle:], shapes[1])
        split = block.tables[members].reshape(len(members), first.shape[2], last.shape[2])
        left, right = first * (last @ split.transpose(0, 2, 1)), last * (first @ split)
        rows = np.concatenate([left @ marks[0], right @ marks[1]], axis=2)
        return rows.reshape(*rows.shape[:2], len(block.shape), -1).transpose(0, 2, 1, 3)

    def _fresh(self, number: int, members: Numbers, old: Array) -> Array:
        """Compute new log-messages; towards a state that its variable rules out a message changes nothing, so it stays as it is."""
        heard = self.incoming(number, members)
        summed = self._marginals(number, members, heard)
        fresh = np.where(heard > _FAINTEST, np.log(np.maximum(summed, 1e-300)) - np.log(np.maximum(heard, _FAINTEST)), old)
        return fresh - largest(fresh)

    def beliefs(self) -> Beliefs:
        """Read the beliefs off the totals."""
        graph = self.graph
        now = softmax(self.totals)
        now[0, 1:, : graph.answers] = np.eye(graph.answers)
        return Beliefs(now[0, 0, : graph.answers], now[:, 1:].transpose(1, 0, 2), tuple(self._gates()), now[:, 0], exact=False)

    def _gates(self) -> list[Array]:
        found = []
        for number, block in enumerate(self.graph.blocks):
            weights = np.zeros((self.graph.answers, *block.open.shape))
            for start in range(0, len(block) if block.open.shape[1] else 0, _AT_ONCE):
                members = np.arange(start, min(start + _AT_ONCE, len(block)))
                joint = self.joint(number, members)[:, 1:]
                joint /= joint.sum(axis=2, keepdims=True)
                ratios = (block.gated[members] / block.tables[members][:, None]).reshape(len(members), block.open.shape[1], -1)
                weights[:, members] = np.einsum("fke,fge->kfg", joint, ratios)
            found.append(weights)
        return found


def propagate(graph: Graph, *, start: Messages | None = None, changed: NDArray[np.bool_] | None = None) -> tuple[Beliefs, Messages]:
    """Propagate until nothing stirs. With ``start`` go on from another run's messages, ``changed`` [V] (bool) being what an edit touched.

    The messages given are used up.
    """
    run = Propagation(graph, start)
    restless = np.ones(len(graph.states), dtype=bool) if changed is None else changed
    run.messages.sweeps = 0
    while restless.any() and run.messages.sweeps < MOST_SWEEPS:
        restless = run.sweep(restless)
    return run.beliefs(), run.messages
