"""The part of a large graph that Gibbs sampling can check: what lies nearest to the question and the subjects that lead.

Factors inside the region stay as they are. What lies beyond it speaks through the messages that belief propagation sent across its border,
clamp by clamp. So the check is of the loops near the subjects; that the far ones were propagated well it takes on trust.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credence.factors import Array, Block, Graph, Numbers, add_at
from credence.loops import Messages


@dataclass(frozen=True)
class Region:
    """A graph of its own.

    ``variables`` [V] are its variables' numbers in the whole, ``border`` [K, V, max states] log-messages from beyond.
    """

    graph: Graph
    variables: Numbers
    border: Array


def region_around(graph: Graph, messages: Messages, *, seeds: Numbers, worth: Array, size: int) -> Region:
    """Cut out up to ``size`` variables: the question, the seeds, then layer by layer what shares a factor with these.

    Of a layer that no longer fits those with the largest ``worth`` [V] are taken.
    """
    inside = np.zeros(len(graph.states), dtype=bool)
    inside[0] = True
    inside[seeds] = True
    room = size - int(inside.sum())
    while room > 0:
        near = np.zeros_like(inside)
        for block in graph.blocks:
            near[block.scope[inside[block.scope].any(axis=1)]] = True
        layer = np.flatnonzero(near & ~inside)
        if not len(layer):
            break
        layer = layer[np.argsort(-worth[layer], kind="stable")][:room]
        inside[layer] = True
        room -= len(layer)
    return _cut(graph, messages, inside)


def _cut(graph: Graph, messages: Messages, inside: NDArray[np.bool_]) -> Region:
    variables = np.flatnonzero(inside)
    number = np.full(len(inside), -1)
    number[variables] = np.arange(len(variables))
    border = np.zeros((graph.answers, len(inside), graph.evidence.shape[1]))
    blocks = []
    for block, sent in zip(graph.blocks, messages.blocks, strict=True):
        within = inside[block.scope]
        whole = np.asarray(within.all(axis=1))
        if whole.any():
            blocks.append(Block(number[block.scope[whole]], block.tables[whole], block.gated[whole], block.open[whole]))
        crossing = within & ~whole[:, None]
        told = sent[crossing][:, 1:].transpose(1, 0, 2)
        add_at(border, (slice(None), block.scope[crossing], slice(0, told.shape[2])), told)
    return Region(Graph(graph.states[variables], tuple(blocks), graph.evidence[variables]), variables, border[:, variables])
