"""Gibbs sampling: an independent check of belief propagation on the subjects that lead (facts/credence.md 2.11).

Chains run side by side with the question clamped to each answer; P(claim | answer) is averaged from the claim's conditional probabilities
(Rao-Blackwell), and the spread between chains gives the standard error. The generator is seeded: the same graph gives the same numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    """P(variable | answer) [K, V, max states] and its standard error, of the wanted variables; other rows are 0.

    ``answers`` is P(answer) [K] and ``answers_error`` its standard error; None where a part of the graph alone was sampled, which doesn't
    tell it.
    """

    given: Array
    error: Array
    sweeps: int
    answers: Array | None = None
    answers_error: Array | None = None

    @property
    def largest_error(self) -> float:
        """The largest standard error of a probability."""
        return max(float(self.error.max()), 0.0 if self.answers_error is None else float(self.answers_error.max()))


@dataclass(frozen=True)
class _Colour:
    """Variables that share no factor, and all factors in which they stand, those of one variable together: where to look tables up."""

    members: Numbers
    rows: Array
    """[max states, R]: all tables, one after another, as log-ratios of each state of the own variable to its first."""
    base: Numbers
    """[F] first row of each factor's table."""
    others: tuple[tuple[Numbers, Numbers, Numbers], ...]
    """First others of each factor, then second ones and so on: (factors that have as many, these variables, their strides in rows)."""
    slots: Numbers
    """Places among the members of the variables that have factors, and ``starts``, where each one's factors begin."""
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
    colours = [_colour(graph, members) for members in _colours(graph)]
    question, question_alone = _colour(graph, np.zeros(1, dtype=np.intp)), alone[:1].copy()
    back = np.zeros((graph.answers, runs))
    keep = np.zeros(len(graph.states), dtype=bool)
    keep[wanted] = True
    totals = np.zeros_like(alone)
    burn_in = int(BURN_IN * sweeps)
    for at in range(sweeps):
        for colour in colours:
            chances = _conditionals(alone[colour.members], colour, state)
            draws = generator.random((len(colour.members), 1, runs))
            state[colour.members] = (draws > np.cumsum(chances[:, :-1], axis=1)).sum(axis=1)
            kept = keep[colour.members]
            if at >= burn_in and kept.any():
                totals[colour.members[kept]] += chances[kept]
        if at >= burn_in and border is None:
            back += _conditionals(question_alone.copy(), question, state)[0, : graph.answers]
        counted = at + 1 - burn_in
        if counted == sweeps - burn_in or (counted > 0 and counted % LOOK_EVERY == 0):
            found = _averaged(totals / counted, graph, at + 1)
            if border is None:
                answers, error = _answers(back / counted)
                found = replace(found, answers=answers, answers_error=error)
            if found.largest_error < PRECISE:
                break
    return found


def _answers(back: Array) -> tuple[Array, Array]:
    """Return P(answer) and its standard error from P(answer | all else) [K, runs] averaged over chains clamped to each answer.

    T[l, k], the mean of P(answer k | all else) where all else is drawn given answer l, has P(answer) for its stationary distribution: it is
    the kernel of a Gibbs sampler that draws all else, then the answer. So the clamped chains tell P(answer) too, without one more.
    """
    kernels = back.reshape(len(back), len(back), CHAINS).transpose(2, 1, 0)
    each = np.stack([_stationary(kernel) for kernel in kernels])
    return _stationary(kernels.mean(axis=0)), np.asarray(each.std(axis=0, ddof=1) / np.sqrt(CHAINS))


def _stationary(kernel: Array) -> Array:
    """Return the distribution that a Markov kernel [K, K], from rows to columns, leaves as it is."""
    size = len(kernel)
    rows = np.vstack([kernel.T - np.eye(size), np.ones((1, size))])
    found = np.linalg.lstsq(rows, np.append(np.zeros(size), 1.0), rcond=None)[0]
    kept = np.maximum(found, 0.0)
    return np.asarray(kept / kept.sum())


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


def _colour(graph: Graph, members: Numbers) -> _Colour:
    """Lay out the factors of a colour's variables, sorted by variable."""
    slot_of = np.full(len(graph.states), -1)
    slot_of[members] = np.arange(len(members))
    states = graph.evidence.shape[1]
    rows, stand, filled = [np.zeros((states, 0))], [], 0
    for number, position, variables in graph.incidences():
        block = graph.blocks[number]
        chosen = np.flatnonzero(slot_of[variables] >= 0)
        own = np.log(np.moveaxis(block.tables[chosen], 1 + position, 0))
        rest = own.shape[2:]
        rows.append(np.pad((own - own[0]).reshape(len(own), -1), ((0, states - len(own)), (0, 0))))
        strides = [math.prod(rest[at + 1 :]) for at in range(len(rest))]
        for at, scope in enumerate(block.scope[chosen].tolist()):
            variable = scope.pop(position)
            stand.append((int(slot_of[variable]), filled + at * math.prod(rest), list(zip(scope, strides, strict=True))))
        filled += rows[-1].shape[1]
    stand.sort(key=lambda one: one[0])
    near = [one[2] for one in stand]
    slots, starts = np.unique(np.array([one[0] for one in stand], dtype=np.intp), return_index=True)
    return _Colour(
        members,
        np.concatenate(rows, axis=1),
        np.array([one[1] for one in stand], dtype=np.intp),
        tuple(_those_with(place, near) for place in range(max(map(len, near), default=0))),
        slots,
        starts,
    )


def _those_with(place: int, near: Sequence[Sequence[tuple[int, int]]]) -> tuple[Numbers, Numbers, Numbers]:
    """Return the factors that have so many other variables, and the one at that place with its stride."""
    having = [(at, *its[place]) for at, its in enumerate(near) if len(its) > place]
    factors, variables, strides = np.array(having, dtype=np.intp).reshape(-1, 3).T
    return factors, variables, strides


def _conditionals(logs: Array, colour: _Colour, state: Numbers) -> Array:
    """Return P(variable | all others) [members, max states, runs]; ``logs``, of the same shape, is what each has by itself, and used up."""
    place = np.repeat(colour.base[:, None], state.shape[1], axis=1)
    for factors, variables, strides in colour.others:
        place[factors] += strides[:, None] * state[variables]
    for value in range(1, logs.shape[1] if len(place) else 0):
        logs[colour.slots, value] += np.add.reduceat(colour.rows[value][place], colour.starts, axis=0)
    logs -= logs.max(axis=1, keepdims=True)
    weights = np.exp(logs)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
