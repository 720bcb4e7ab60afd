"""Damped loopy belief propagation, for graphs too tightly woven to be exact (facts/credence.md 2.11).

All runs (each answer clamped, and none) travel together as one array axis. After the first sweeps only factors whose surroundings still
change are worked on, which also makes a run after an edit cheap: it starts from the messages of the run before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from credence.factors import Array, Beliefs, Block, Graph, Numbers, add_at, largest, softmax

DAMPING: Final = 0.35
"""Part of the old message kept, in log space. Undamped, strong loops oscillate; more only costs sweeps."""
TOLERANCE: Final = 1e-5
"""Largest change of a message, as a probability, that still travels on."""
MOST_SWEEPS: Final = 300
_FAINTEST: Final = 1e-30
_AT_ONCE: Final = 2048
"""Factors in one array operation: larger ones leave the processor's cache."""


@dataclass
class Messages:
    """Log-messages from factors to variables: per block [F, runs, sum of states over positions], as they stood after ``sweeps``."""

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


def columns_of(block: Block) -> tuple[slice, ...]:
    """Return where each position's states stand in a row of a block's messages."""
    ends = np.cumsum([0, *block.shape]).tolist()
    return tuple(slice(start, end) for start, end in pairwise(ends))


@dataclass(frozen=True)
class _Layout:
    """Where each position's states stand in a block's rows, and which table entries hold each of them."""

    columns: tuple[slice, ...]
    middle: int
    """Where the second half of the positions begins."""
    marks: tuple[Array, Array]
    """For each half [entries of its joint table, sum of its states]: 1 where the entry has that state at that position."""

    @classmethod
    def of(cls, block: Block) -> _Layout:
        middle = (len(block.shape) + 1) // 2
        return cls(columns_of(block), middle, (_marks(block.shape[:middle]), _marks(block.shape[middle:])))

    @property
    def width(self) -> int:
        """The length of a row."""
        return int(sum(marks.shape[1] for marks in self.marks))


def _marks(shape: tuple[int, ...]) -> Array:
    places = np.indices(shape).reshape(len(shape), math.prod(shape))
    return np.concatenate([np.eye(states)[place] for states, place in zip(shape, places, strict=True)] or [np.zeros((1, 0))], axis=1)


def _outer(weights: Sequence[Array]) -> Array:
    """Multiply weights [F, runs, states] of some positions into one table each [F, runs, entries]; of none, 1."""
    product = weights[0] if weights else np.ones((1, 1, 1))
    for more in weights[1:]:
        product = (product[:, :, :, None] * more[:, :, None, :]).reshape(*product.shape[:2], -1)
    return product


class Propagation:
    """One graph being propagated: totals per variable and run, and the messages that make them."""

    def __init__(self, graph: Graph, start: Messages | None) -> None:
        self.graph = graph
        self.layouts = [_Layout.of(block) for block in graph.blocks]
        runs = graph.answers + 1
        self.fixed = np.repeat(graph.evidence[:, None], runs, axis=1)
        self.fixed[0, 1:, : graph.answers] = graph.clamps()
        shapes = [(len(block), runs, layout.width) for block, layout in zip(graph.blocks, self.layouts, strict=True)]
        if start is not None and [old.shape for old in start.blocks] != shapes:
            raise ValueError("the messages to start from belong to a graph of another shape")
        self.messages = start if start is not None else Messages([np.zeros(shape) for shape in shapes])
        self.totals = self.fixed.copy()
        for number, block in enumerate(graph.blocks):
            for position, columns in enumerate(self.layouts[number].columns):
                self._add(block.scope[:, position], self.messages.blocks[number][:, :, columns])

    def _add(self, variables: Numbers, change: Array) -> None:
        add_at(self.totals, (variables, slice(None), slice(0, change.shape[2])), change)

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
                for position, columns in enumerate(self.layouts[number].columns):
                    moved = np.abs(softmax(fresh[:, :, columns]) - softmax(old[:, :, columns])).max(axis=(1, 2))
                    stirred[block.scope[members[moved > TOLERANCE], position]] = True
                    residual = max(residual, float(moved.max(initial=0.0)))
                    changes.append((block.scope[members, position], (mixed - old)[:, :, columns]))
        for variables, change in changes:
            self._add(variables, change)
        self.messages.sweeps += 1
        self.messages.residual = residual
        return stirred

    def incoming(self, number: int, members: Numbers) -> tuple[list[Array], Array]:
        """Return what the variables tell some factors, per position [F, runs, states], and all as one row each."""
        block, layout = self.graph.blocks[number], self.layouts[number]
        sent = self.messages.blocks[number][members]
        heard = []
        for position, columns in enumerate(layout.columns):
            count = block.shape[position]
            heard.append(softmax(self.totals[block.scope[members, position], :, :count] - sent[:, :, columns]))
        return heard, np.concatenate(heard, axis=2)

    def joint(self, number: int, members: Numbers, heard: list[Array]) -> Array:
        """Return the factors' beliefs [F, runs, entries], unscaled."""
        return _outer(heard) * self.graph.blocks[number].tables[members].reshape(len(members), 1, -1)

    def _marginals(self, number: int, members: Numbers, heard: list[Array]) -> Array:
        """Return the factors' beliefs of every position's states, a row each, unscaled: [F, runs, sum of states].

        Positions in two halves: a table times one half's weights leaves the other half's beliefs, so the whole joint is never made.
        """
        layout, tables = self.layouts[number], self.graph.blocks[number].tables[members]
        first, last = _outer(heard[: layout.middle]), _outer(heard[layout.middle :])
        split = tables.reshape(len(members), first.shape[2], last.shape[2])
        left = first * (last @ split.transpose(0, 2, 1))
        right = last * (first @ split)
        return np.concatenate([left @ layout.marks[0], right @ layout.marks[1]], axis=2)

    def _fresh(self, number: int, members: Numbers, old: Array) -> Array:
        """Compute new log-messages; towards a state that its variable rules out a message changes nothing, so it stays as it is."""
        heard, row = self.incoming(number, members)
        summed = self._marginals(number, members, heard)
        fresh = np.where(row > _FAINTEST, np.log(np.maximum(summed, 1e-300)) - np.log(np.maximum(row, _FAINTEST)), old)
        for columns in self.layouts[number].columns:
            fresh[:, :, columns] -= largest(fresh[:, :, columns])
        return fresh

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
                joint = self.joint(number, members, self.incoming(number, members)[0])[:, 1:]
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
