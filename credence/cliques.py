"""Exact inference where the treewidth is small: a tree of buckets, one for each variable in the order of elimination.

Each bucket multiplies the factors of its variable with what the eliminated ones left, sums the variable out, and sends the rest on; the
way back gives all marginals. All clamped runs share the way there, as in `credence.trees`. Measured against pyAgrum's LazyPropagation in
`benchmarks/credence_engine.py`.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from credence.factors import Array, Beliefs, Graph, softmax

WIDEST: Final = 18.0
"""log2 of the largest bucket's table, 2 MB."""
MOST_ENTRIES: Final = 2**22
"""Of all buckets together; the way back holds one copy for each answer."""
MOST_FILL: Final = 400_000
"""Pairs joined in the search for an order; beyond it the graph is not worth searching."""


@dataclass(frozen=True)
class Bucket:
    """A variable with the variables that its elimination joins (``rest``, in the order of their own elimination)."""

    variable: int
    rest: tuple[int, ...]


def plan(graph: Graph, *, widest: float = WIDEST) -> list[Bucket] | None:
    """Return buckets in an order that keeps tables small (least weight first, the question last), or None if there is no cheap one."""
    near = graph.neighbours()
    sizes = np.log2(graph.states).tolist()
    reached = _component(near)
    weights = {variable: sizes[variable] + sum(map(sizes.__getitem__, near[variable])) for variable in reached}
    heap = [(weight, variable) for variable, weight in weights.items() if variable]
    heapq.heapify(heap)
    eliminated: list[tuple[int, set[int]]] = []
    done: set[int] = set()
    entries, fill = 0.0, 0
    while heap:
        weight, variable = heapq.heappop(heap)
        if variable in done or weight != weights[variable]:
            continue
        entries, fill = entries + 2**weight, fill + len(near[variable]) ** 2
        if weight > widest or entries > MOST_ENTRIES or fill > MOST_FILL:
            return None
        done.add(variable)
        rest = near[variable]
        eliminated.append((variable, rest))
        for other in rest:
            near[other] |= rest
            near[other] -= {other, variable}
            weights[other] = sizes[other] + sum(map(sizes.__getitem__, near[other]))
            if other:
                heapq.heappush(heap, (weights[other], other))
    rank = {variable: at for at, (variable, _) in enumerate(eliminated)} | {0: len(eliminated)}
    return [*(Bucket(variable, tuple(sorted(rest, key=rank.__getitem__))) for variable, rest in eliminated), Bucket(0, ())]


def _component(near: list[set[int]]) -> set[int]:
    """Return the variables that the question can reach."""
    found, stack = {0}, [0]
    while stack:
        fresh = near[stack.pop()] - found
        found |= fresh
        stack += fresh
    return found


@dataclass
class _Calibration:
    """The tables of all buckets on their way up, and what each sent."""

    graph: Graph
    buckets: list[Bucket]

    def __post_init__(self) -> None:
        self.place = {bucket.variable: at for at, bucket in enumerate(self.buckets)}
        self.factors: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._arrivals: dict[int, list[tuple[tuple[int, ...], Array]]] = defaultdict(list)
        for number, block in enumerate(self.graph.blocks):
            for at, scope in enumerate(block.scope.tolist()):
                if all(variable in self.place for variable in scope):
                    home = min(self.place[variable] for variable in scope)
                    self.factors[home].append((number, at))
                    self._arrivals[home].append((tuple(scope), block.tables[at]))
        self.tables: list[Array] = []
        self.sent: list[Array] = []

    def send_up(self) -> None:
        """Multiply and sum out, bucket by bucket."""
        for at, bucket in enumerate(self.buckets):
            axes = (bucket.variable, *bucket.rest)
            logs = self.graph.evidence[bucket.variable, : self.graph.states[bucket.variable]]
            table = np.ones([int(self.graph.states[variable]) for variable in axes])
            table *= np.exp(logs - logs.max()).reshape(-1, *[1] * len(bucket.rest))
            for scope, factor in self._arrivals[at]:
                table *= _aligned(factor, scope, axes)
            message = table.sum(axis=0)
            scale = message.max()
            self.tables.append(table)
            self.sent.append(message / scale)
            if bucket.rest:
                self._arrivals[self.place[bucket.rest[0]]].append((bucket.rest, self.sent[at]))


def calibrate(graph: Graph, buckets: list[Bucket]) -> Beliefs:
    """Infer exactly, given the buckets. Variables that the question can't reach keep their own evidence as belief."""
    up = _Calibration(graph, buckets)
    up.send_up()
    answers = up.tables[-1] / up.tables[-1].sum()
    given = softmax(np.repeat(graph.evidence[None], graph.answers, axis=0))
    gates = tuple(np.repeat(block.open[None], graph.answers, axis=0) for block in graph.blocks)
    beliefs: dict[int, Array] = {len(buckets) - 1: np.eye(graph.answers)}
    waiting = np.bincount([up.place[bucket.rest[0]] for bucket in buckets if bucket.rest], minlength=len(buckets)).tolist()
    for at in reversed(range(len(buckets))):
        bucket = buckets[at]
        if bucket.rest:
            parent = up.place[bucket.rest[0]]
            axes = (buckets[parent].variable, *buckets[parent].rest)
            above = _summed(beliefs[parent], axes, bucket.rest)
            beliefs[at] = up.tables[at][None] * (above / up.sent[at])[:, None]
            beliefs[at] /= beliefs[at].sum(axis=tuple(range(1, beliefs[at].ndim)), keepdims=True)
            waiting[parent] -= 1
            if not waiting[parent]:
                del beliefs[parent]
        axes = (bucket.variable, *bucket.rest)
        belief = beliefs[at]
        given[:, bucket.variable, : graph.states[bucket.variable]] = _summed(belief, axes, (bucket.variable,))
        for number, member in up.factors[at]:
            block = graph.blocks[number]
            if block.open.shape[1]:
                shared = _summed(belief, axes, tuple(block.scope[member].tolist()))
                ratios = block.gated[member] / block.tables[member]
                gates[number][:, member] = (shared[:, None] * ratios[None]).sum(axis=tuple(range(2, shared.ndim + 1)))
        if not waiting[at] and at in beliefs:
            del beliefs[at]
    return Beliefs(answers, given, gates, np.tensordot(answers, given, axes=1), exact=True)


def _aligned(table: Array, scope: tuple[int, ...], axes: tuple[int, ...]) -> Array:
    """Reshape a table over ``scope`` so that it broadcasts over ``axes``, which hold all of it."""
    order = sorted(range(len(scope)), key=lambda at: axes.index(scope[at]))
    sizes = {scope[at]: table.shape[at] for at in order}
    return table.transpose(order).reshape([sizes.get(variable, 1) for variable in axes])


def _summed(belief: Array, axes: tuple[int, ...], kept: tuple[int, ...]) -> Array:
    """Sum beliefs [K, *axes] down to [K, *kept], in the order of ``kept``."""
    gone = tuple(at for at, variable in enumerate(axes, 1) if variable not in kept)
    left = [variable for variable in axes if variable in kept]
    return np.asarray(belief.sum(axis=gone).transpose(0, *(left.index(variable) + 1 for variable in kept)))
