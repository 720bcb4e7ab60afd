"""Random networks for benchmarks and tests of the credence engine."""

from __future__ import annotations

import numpy as np
import pyagrum

from credence.factors import Block, Graph, Numbers


def _some(random: np.random.Generator, first: int, beyond: int, count: int) -> Numbers:
    """Draw different numbers from a range in a time that doesn't grow with the range."""
    if count * 2 >= beyond - first:
        return random.permutation(np.arange(first, beyond))[:count]
    found: dict[int, None] = {}
    while len(found) < count:
        found[int(random.integers(first, beyond))] = None
    return np.array(list(found), dtype=np.intp)


def random_graph(size: int, parents: int, *, answers: int = 2, strength: float = 1.0, seed: int = 0, near: int | None = None) -> Graph:
    """A network of ``size`` variables with log-additive tables, each with up to ``parents`` parents, from among the ``near`` before it."""
    random = np.random.default_rng(seed)
    states = np.full(size, 2)
    states[0] = answers
    scopes: dict[tuple[int, ...], list[list[int]]] = {}
    for variable in range(1, size):
        first = max(0, variable - near) if near else 0
        chosen = _some(random, first, variable, min(parents, variable - first))
        scopes.setdefault(tuple(states[chosen].tolist()), []).append([*chosen.tolist(), variable])
    blocks = [Block.plain([[0]], random.dirichlet(np.full(answers, 4.0))[None])]
    for shape, members in scopes.items():
        odds = np.zeros((len(members), *shape))
        for axis, count in enumerate(shape):
            pulls = random.normal(size=(len(members), count)) * strength
            odds = odds + pulls.reshape(len(members), *[1] * axis, count, *[1] * (len(shape) - 1 - axis))
        true = 1 / (1 + np.exp(-odds))
        blocks.append(Block.plain(members, np.stack([1 - true, true], axis=-1)))
    evidence = np.zeros((size, max(2, answers)))
    evidence[1:, 2:] = -np.inf
    evidence[1:, 1] = random.normal(size=size - 1)
    return Graph(states, tuple(blocks), evidence)


def as_pyagrum(graph: Graph) -> tuple[pyagrum.BayesNet, dict[str, list[float]]]:
    """Return the same network and evidence for pyAgrum. Each factor's last variable is its child, as `random_graph` makes them."""
    model = pyagrum.BayesNet()
    names = [f"v{number}" for number in range(len(graph.states))]
    for name, states in zip(names, graph.states.tolist(), strict=True):
        model.add(pyagrum.LabelizedVariable(name, name, states))
    for block in graph.blocks:
        for scope in block.scope.tolist():
            for parent in scope[:-1]:
                model.addArc(names[parent], names[scope[-1]])
    for block in graph.blocks:
        for scope, table in zip(block.scope.tolist(), block.tables, strict=True):
            cpt = model.cpt(names[scope[-1]])
            axes = [names[variable] for variable in scope]
            cpt[:] = np.ascontiguousarray(table.transpose([axes.index(name) for name in reversed(cpt.names)]))
    rows = zip(names, graph.evidence, graph.states.tolist(), strict=True)
    return model, {name: np.exp(row[:count]).tolist() for name, row, count in rows}
