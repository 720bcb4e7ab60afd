"""Hold the engine to two other people's inference, pyAgrum's and pgmpy's, on the same random networks.

    uv run --with pgmpy==1.1.2 python -m benchmarks.credence_oracles --networks 20

pgmpy (MIT) is no dependency of the project, not even for development: it brings statsmodels and six more packages.
Compared are P(answers) and P(every variable | each answer). Prints the largest differences; exits with 1 if one exceeds 1e-9.
"""

from __future__ import annotations

import argparse
import logging

import numpy as np
from pgmpy.factors.discrete import DiscreteFactor
from pgmpy.inference import VariableElimination
from pgmpy.models import DiscreteMarkovNetwork

from benchmarks.credence_graphs import random_graph
from credence.factors import Array, Graph
from credence.inference import infer
from tests.credence.builders import oracle

LARGEST = 1e-9


def by_pgmpy(graph: Graph, answer: int | None = None) -> Array:
    """P(variable | evidence, answer) [V, max states]; the evidence enters as factors of one variable."""
    model = DiscreteMarkovNetwork()
    names = [f"v{number}" for number in range(len(graph.states))]
    model.add_nodes_from(names)
    for block in graph.blocks:
        for scope, table in zip(block.scope.tolist(), block.tables, strict=True):
            own = [names[variable] for variable in scope]
            model.add_edges_from((one, other) for at, one in enumerate(own) for other in own[at + 1 :])
            model.add_factors(DiscreteFactor(own, list(table.shape), table.ravel()))
    for name, row, count in zip(names, graph.evidence, graph.states.tolist(), strict=True):
        model.add_factors(DiscreteFactor([name], [count], np.exp(row[:count])))
    inference = VariableElimination(model)
    found = np.zeros(graph.evidence.shape)
    given = {} if answer is None else {names[0]: answer}
    if answer is not None:
        found[0, answer] = 1.0
    for number, name in enumerate(names):
        if name not in given:
            values = inference.query([name], evidence=given, show_progress=False).values
            found[number, : graph.states[number]] = values / values.sum()
    return found


def differences(graph: Graph) -> tuple[float, float]:
    """Return the largest difference of any probability from pyAgrum's and from pgmpy's."""
    beliefs = infer(graph, check=False).beliefs
    found = []
    for ask in (oracle, by_pgmpy):
        free = ask(graph)
        worst = float(np.abs(beliefs.mixed() - free).max())
        for answer in range(graph.answers):
            worst = max(worst, float(np.abs(beliefs.given[answer] - ask(graph, answer)).max()))
        found.append(worst)
    return found[0], found[1]


def main() -> None:
    """Compare on trees and on graphs with circles."""
    logging.getLogger("pgmpy").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=int, default=20, help="of each kind")
    arguments = parser.parse_args()
    worst = 0.0
    for kind, parents, near in (("trees", 1, None), ("small treewidth", 2, 6), ("three links a claim", 3, 5)):
        apart = [
            differences(random_graph(8 + 2 * (seed % 8), parents, answers=2 + seed % 3, strength=1.5, seed=seed, near=near))
            for seed in range(arguments.networks)
        ]
        by_agrum, by_other = (max(column) for column in zip(*apart, strict=True))
        print(
            f"{kind}: {arguments.networks} networks, largest difference from pyAgrum {by_agrum:.0e}, from pgmpy {by_other:.0e}", flush=True
        )
        worst = max(worst, by_agrum, by_other)
    raise SystemExit(1 if worst > LARGEST else 0)


if __name__ == "__main__":
    main()
