"""Gibbs sampling: an independent check of belief propagation on the subjects that lead (facts/credence.md 2.11).

Chains run side by side with the question clamped to each answer; P(claim | answer) is averaged from the claim's conditional probabilities
(Rao-Blackwell), and the spread between chains gives the standard error. The generator is seeded: the same graph gives the same numbers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from credence.factors import Array, Graph, Numbers

SEED: Final = 20_080_910
CHAINS: Final = 16
BURN_IN: Final = 0.2
MOST_UPDATES: Final = 12_000_000
"""Single-variable updates of all chains together: about ten seconds."""
FEWEST_SWEEPS: Final = 200
PRECISE: Final = 0.0025
"""Standard error below which no more is drawn: a quarter of a percent is finer than any number here is known."""
LOOK_EVERY: Final = 100
MOST_SWEEPS: Final = 2000


@dataclass(frozen=True)
class Sampled:
    """P(variable | answer) [K, V, max states] and its standard error, of the wanted variables; other rows are 0."""

    given: Array
    error: Array
    sweeps: int


@dataclass(frozen=True)
class _Column:
    """The factors in which a colour's variables stand at one position, in the order of these variables: where to look each table up."""

    logs: Array
    base: Numbers
    """[F] first entry of each factor's table in ``logs``."""
    others: Numbers
    """[F, positions]: scope; the own position's stride is 0."""
    strides: Numbers
    stride: int
    states: int
    slots: Numbers
    """Places in the colour of the variables that have factors here, and ``starts``, where each one's factors begin."""
    starts: Numbers


def most_variables(answers: int) -> int:
    """Return how many variables fit into the budget at enough sweeps for the check to mean something."""
    return MOST_UPDATES // (CHAINS * answers * FEWEST_SWEEPS)


def sample(graph: Graph, wanted: Numbers, *, border: Array | None = None) -> Sampled:
    """Estimate P(wanted variables | each answer); ``border`` [K, V, max states] are log-weights that differ by answer."""
    generator = np.random.default_rng(SEED)
    runs = CHAINS * graph.answers
    sweeps = min(MOST_SWEEPS, max(FEWEST_SWEEPS, MOST_UPDATES // (len(graph.states) * runs)))
    state = np.zeros((len(graph.states), runs), dtype=np.intp)
    state[1:] = (generator.random((len(graph.states) - 1, runs)) * graph.states[1:, None]).astype(np.intp)
    state[0] = np.repeat(np.arange(graph.answers), CHAINS)
    alone = np.repeat(graph.evidence[:, :, None], runs, axis=2)
    if border is not None:
        alone = alone + np.repeat(border, CHAINS, axis=0).transpose(1, 2, 0)
    plans = [(members, _columns(graph, members)) for members in _colours(graph)]
    keep = np.zeros(len(graph.states), dtype=bool)
    keep[wanted] = True
    totals = np.zeros((*graph.evidence.shape, runs))
    burn_in = int(BURN_IN * sweeps)
    for at in range(sweeps):
        for members, columns in plans:
            chances = _conditionals(alone[members], columns, state)
            draws = generator.random((len(members), 1, runs))
            state[members] = (draws > np.cumsum(chances[:, :-1], axis=1)).sum(axis=1)
            if at >= burn_in and keep[members].any():
                totals[members[keep[members]]] += chances[keep[members]]
        kept = at + 1 - burn_in
        if kept == sweeps - burn_in or (kept > 0 and kept % LOOK_EVERY == 0):
            found = _averaged(totals / kept, graph, at + 1)
            if float(found.error.max()) < PRECISE:
                break
    return found


def _averaged(chances: Array, graph: Graph, sweeps: int) -> Sampled:
    """Average P(variable | answer) [V, max states, runs] over chains; their spread is the error."""
    means = chances.reshape(*graph.evidence.shape, graph.answers, CHAINS).transpose(2, 3, 0, 1)
    return Sampled(means.mean(axis=1), means.std(axis=1, ddof=1) / np.sqrt(CHAINS), sweeps)


def _colours(graph: Graph) -> list[Numbers]:
    """Split the variables but the question into sets in which none shares a factor with another: each set is drawn at once."""
    near = graph.neighbours()
    colour: dict[int, int] = {}
    for variable in sorted(range(1, len(near)), key=lambda one: -len(near[one])):
        taken = {colour[other] for other in near[variable] if other in colour}
        colour[variable] = next(one for one in range(len(taken) + 1) if one not in taken)
    sets: dict[int, list[int]] = defaultdict(list)
    for variable, one in colour.items():
        sets[one].append(variable)
    return [np.array(sorted(members), dtype=np.intp) for _, members in sorted(sets.items())]


def _columns(graph: Graph, members: Numbers) -> list[_Column]:
    slots = np.full(len(graph.states), -1)
    slots[members] = np.arange(len(members))
    found = []
    for number, position, variables in graph.incidences():
        chosen = np.flatnonzero(slots[variables] >= 0)
        if len(chosen):
            chosen = chosen[np.argsort(slots[variables[chosen]], kind="stable")]
            present, starts = np.unique(slots[variables[chosen]], return_index=True)
            block = graph.blocks[number]
            strides = np.array([int(np.prod(block.shape[at + 1 :])) for at in range(len(block.shape))], dtype=np.intp)
            own = int(strides[position])
            strides[position] = 0
            base = np.arange(len(chosen)) * int(np.prod(block.shape))
            logs = np.log(block.tables[chosen]).ravel()
            found.append(_Column(logs, base, block.scope[chosen], strides, own, block.shape[position], present, starts))
    return found


def _conditionals(logs: Array, columns: list[_Column], state: Numbers) -> Array:
    """Return P(variable | all others) [members, max states, runs]; ``logs``, of the same shape, is what each has by itself, and used up."""
    for column in columns:
        place = np.repeat(column.base[:, None], state.shape[1], axis=1)
        for variables, stride in zip(column.others.T, column.strides.tolist(), strict=True):
            if stride:
                place += stride * state[variables]
        for value in range(column.states):
            logs[column.slots, value] += np.add.reduceat(column.logs[place + value * column.stride], column.starts, axis=0)
    logs -= logs.max(axis=1, keepdims=True)
    weights = np.exp(logs)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
