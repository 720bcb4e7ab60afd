"""Exact inference where the factor graph is a tree: one pass up to the question, one down, level by level in numpy.

The upward messages don't depend on the answer, so all clamped runs share them: every claim's P(claim | answer) costs one upward and one
batched downward pass (facts/credence.md 2.2, 2.11), O(N) in time and memory. Each level is a few array operations, so the number of levels
costs too: a chain of N claims is N levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from credence.factors import Array, Beliefs, Graph, Numbers, add_at, contract, largest, softmax


@dataclass(frozen=True)
class Group:
    """Factors of one block at one distance from the question, whose variable nearest to it stands at position ``up``."""

    block: int
    up: int
    members: Numbers


def levels(graph: Graph) -> list[list[Group]] | None:
    """Return the factors by distance from the question, or None if a circle is reachable from it."""
    starts = np.cumsum([0, *(len(block) for block in graph.blocks)])
    owner, factor, position = _incidence_lists(graph, starts)
    first = np.searchsorted(owner, np.arange(len(graph.states) + 1))
    seen_variable = np.zeros(len(graph.states), dtype=bool)
    seen_factor = np.zeros(int(starts[-1]), dtype=bool)
    mark = np.zeros(max(len(graph.states), int(starts[-1])), dtype=np.intp)
    frontier = np.array([0], dtype=np.intp)
    seen_variable[0] = True
    found: list[list[Group]] = []
    while True:
        edges = _edges_of(frontier, first)
        edges = edges[~seen_factor[factor[edges]]]
        reached = factor[edges]
        if _repeats(reached, mark):
            return None
        if not len(edges):
            return found
        seen_factor[reached] = True
        groups, below = _grouped(graph, starts, reached, position[edges])
        if seen_variable[below].any() or _repeats(below, mark):
            return None
        seen_variable[below] = True
        found.append(groups)
        frontier = below


def _repeats(numbers: Numbers, mark: Numbers) -> bool:
    """Say whether a number occurs twice; ``mark`` is scratch space."""
    places = np.arange(len(numbers))
    mark[numbers] = places
    return bool((mark[numbers] != places).any())


def _incidence_lists(graph: Graph, starts: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return, sorted by variable, (variable, factor, position in the factor) of every incidence."""
    parts = [
        (variables, np.arange(len(variables)) + starts[block], np.full(len(variables), position))
        for block, position, variables in graph.incidences()
    ]
    owner, factor, position = (np.concatenate(column) for column in zip(*parts, strict=True))
    # One number for owner and place: numpy sorts plain integers several times faster than it finds a stable order of them.
    order = np.sort(owner * len(owner) + np.arange(len(owner))) % len(owner)
    return owner[order], factor[order], position[order]


def _edges_of(variables: Numbers, first: Numbers) -> Numbers:
    """Return the places of all incidences of some variables."""
    counts = first[variables + 1] - first[variables]
    offsets = np.repeat(first[variables] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    return np.asarray(offsets + np.arange(counts.sum()), dtype=np.intp)


def _grouped(graph: Graph, starts: Numbers, reached: Numbers, up: Numbers) -> tuple[list[Group], Numbers]:
    """Group factors by block and position; also return the variables on their far sides."""
    block_of = np.searchsorted(starts, reached, side="right") - 1
    groups, below = [], []
    widest = int(up.max()) + 1
    kinds = block_of * widest + up
    for kind in np.flatnonzero(np.bincount(kinds)).tolist():
        block, position = divmod(kind, widest)
        members = reached[kinds == kind] - starts[block]
        groups.append(Group(block, position, members))
        below.append(np.delete(graph.blocks[block].scope[members], position, axis=1).ravel())
    return groups, np.concatenate(below)


def two_pass(graph: Graph, tree: list[list[Group]]) -> Beliefs:
    """Infer exactly, given the levels of a tree. Variables that the question can't reach keep their own evidence as belief."""
    upward = graph.evidence.copy()
    sent = [[_send_up(graph, group, upward) for group in groups] for groups in reversed(tree)][::-1]
    known = np.repeat(upward[:, None], graph.answers, axis=1)  # variables first: a claim's numbers lie together in memory
    known[0, :, : graph.answers] = graph.clamps()
    gates = tuple(np.repeat(block.open[None], graph.answers, axis=0) for block in graph.blocks)
    for groups, messages in zip(tree, sent, strict=True):
        for group, (message, heard) in zip(groups, messages, strict=True):
            _send_down(graph, group, message, heard, known, gates[group.block])
    answers, given = softmax(upward[0, : graph.answers]), softmax(known.transpose(1, 0, 2))
    free = np.tensordot(answers, given, axes=1)
    return Beliefs(answers, given, gates, free, exact=True)


def _heard(graph: Graph, group: Group, upward: Array) -> dict[int, Array]:
    """Return, for each position but the upper one, what its variables have heard from below, scaled to a maximum of 1."""
    block = graph.blocks[group.block]
    found = {}
    for position, count in enumerate(block.shape):
        if position != group.up:
            logs = upward[block.scope[group.members, position], :count]
            found[position] = np.exp(logs - largest(logs))
    return found


def _send_up(graph: Graph, group: Group, upward: Array) -> tuple[Array, dict[int, Array]]:
    """Add the group's log-messages [F, states] to its upper variables; return them and what they were made of."""
    block = graph.blocks[group.block]
    heard = _heard(graph, group, upward)
    summed = contract(block.tables[group.members], heard, positions=len(block.shape))
    message = np.log(summed.reshape(len(group.members), -1))
    message -= largest(message)
    add_at(upward, (block.scope[group.members, group.up], slice(0, message.shape[1])), message)
    return message, heard


def _send_down(graph: Graph, group: Group, message: Array, heard: dict[int, Array], known: Array, gates: Array) -> None:
    """Tell the lower variables what the rest of the tree says of them, under each clamp, and weigh the summed-out gates."""
    block = graph.blocks[group.block]
    positions, members = len(block.shape), group.members
    above = known[block.scope[members, group.up], :, : message.shape[1]] - message[:, None]
    weights = {**heard, group.up: softmax(above).transpose(1, 0, 2)}
    tables = block.tables[members]
    for position in range(positions):
        if position != group.up:
            others = {other: weight for other, weight in weights.items() if other != position}
            told = contract(tables, others, positions=positions).reshape(graph.answers, len(members), -1)
            known[block.scope[members, position], :, : told.shape[2]] += np.log(told).transpose(1, 0, 2)
    if gates.shape[2]:
        whole = contract(tables, weights, positions=positions).reshape(graph.answers, len(members))
        for gate in range(gates.shape[2]):
            part = contract(block.gated[members, gate], weights, positions=positions).reshape(whole.shape)
            gates[:, members, gate] = part / whole
