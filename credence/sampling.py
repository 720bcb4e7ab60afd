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
from scipy.special import logsumexp

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
MOST_KEPT: Final = 400_000
"""Numbers from which P(answer) is worked out: a draw has one for each answer. Of more, every second or third draw is left."""
STRANGERS: Final = 0.95
"""Second eigenvalue of the answers' overlap above which the chains don't tell P(answer): of two answers, less than one draw in 40 of each
could as well be the other's."""
MOST_SOLVING: Final = 500
SOLVED: Final = 1e-9
"""Largest change of a log-weight, in nats, below which P(answer) is solved for."""


@dataclass(frozen=True)
class Sampled:
    """P(variable | answer) [K, V, max states] and its standard error, of the wanted variables; other rows are 0.

    ``answers`` is P(answer) [K] and ``answers_error`` its standard error; None where the chains don't tell it: a part of the graph alone
    was sampled, or what is drawn under one answer can't be drawn under another.
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
    back: list[Array] = []
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
            back.append(_log_conditionals(question_alone.copy(), question, state)[0, : graph.answers])
        counted = at + 1 - burn_in
        last = at + 1 == sweeps
        if last or (counted > 0 and counted % LOOK_EVERY == 0):
            found = _averaged(totals / counted, graph, at + 1)
            if border is None and (last or found.largest_error < PRECISE):
                answers, error = _answers(np.stack(back[:: -(-counted * back[0].size // MOST_KEPT)], axis=1))
                found = replace(found, answers=answers, answers_error=error)
            if found.largest_error < PRECISE:
                break
    return found


def _answers(back: Array) -> tuple[Array, Array] | tuple[None, None]:
    """Return P(answer) and its standard error from log P(answer | all else) [K, draws, runs] of chains clamped to each answer, or neither.

    P(answer) are the weights under which the clamped chains are one sample of the whole: the multistate Bennett acceptance ratio (Shirts
    and Chodera 2008, equation 11). Where what is drawn given one answer could hardly ever be drawn given another, the chains are strangers
    to each other and tell nothing of P(answer): that shows in their overlap (Klimovich, Shirts and Mobley 2015).
    """
    size = len(back)
    logs = back.reshape(size, -1, size, CHAINS)
    together, overlap = _bennett(logs.reshape(size, -1))
    if np.sort(np.linalg.eigvals(overlap).real)[-2] > STRANGERS:
        return None, None
    each = np.stack([_bennett(logs[..., chain].reshape(size, -1), start=together)[0] for chain in range(CHAINS)])
    return together, np.asarray(each.std(axis=0, ddof=1) / np.sqrt(CHAINS))


def _bennett(logs: Array, start: Array | None = None) -> tuple[Array, Array]:
    """Solve for P(answer) given log P(answer | draw) [K, N] of as many draws under each answer; with the answers' overlap [K, K].

    Overlap [k, l] is the chance that a draw under answer k would be taken for one under answer l.
    """
    size, number = logs.shape
    weights = np.full(size, -math.log(size)) if start is None else np.log(np.maximum(start, 1e-300))
    for _ in range(MOST_SOLVING):
        mixed = logsumexp(logs - weights[:, None], axis=0) + math.log(number / size)
        found = logsumexp(logs - mixed, axis=1)
        found -= logsumexp(found)
        still, weights = np.abs(found - weights).max() < SOLVED, found
        if still:
            break
    taken = np.exp(logs - weights[:, None] - logsumexp(logs - weights[:, None], axis=0))
    overlap = taken @ taken.T * size / number
    return np.exp(weights), np.asarray(overlap)


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
    weights = np.exp(_logs(logs, colour, state))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _log_conditionals(logs: Array, colour: _Colour, state: Numbers) -> Array:
    """Return the same in nats, however small."""
    scaled = _logs(logs, colour, state)
    return np.asarray(scaled - logsumexp(scaled, axis=1, keepdims=True))


def _logs(logs: Array, colour: _Colour, state: Numbers) -> Array:
    """Return what each state of each variable weighs given all others, in nats, the heaviest 0."""
    place = np.repeat(colour.base[:, None], state.shape[1], axis=1)
    for factors, variables, strides in colour.others:
        place[factors] += strides[:, None] * state[variables]
    for value in range(1, logs.shape[1] if len(place) else 0):
        logs[colour.slots, value] += np.add.reduceat(colour.rows[value][place], colour.starts, axis=0)
    logs -= logs.max(axis=1, keepdims=True)
    return logs
