"""The engine's network of one question as plain data, for the page that recomputes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from credence.arguments import map_arguments
from credence.engine import coherent_judgments, material_of
from credence.factors import Graph
from credence.network import compile_network
from knowledge.records import Question
from knowledge.views import View

DIGITS = 12
"""Significant digits of each number: the page is to agree with the engine to 1e-6."""


def export_network(view: View, question: str, *, settle: Collection[str] = (), perspective: str | None = None) -> dict[str, Any]:
    """Return the compiled network of a question as a product of tables.

    ``states``: how many each variable has; variable 0 is the question, its states the answers in their order. ``factors``: [variables,
    table], the table flattened with the last variable fastest; their product over all is proportional to P(everything, evidence).
    ``subjects``: the variable of each claim, of each link in ``settle`` and of each shared upstream, true in state 1. ``unsound``:
    P(answers) in case the model is unsound, which has probability ``error``.
    """
    judgments, _ = coherent_judgments(view, perspective)
    material = material_of(view, view.get(question, Question))
    answers = material.answers
    prior = judgments.priors(answers)
    argument_map = map_arguments(material, judgments)
    links = {bond.link for bond in argument_map.bonds}
    network = compile_network(argument_map, prior, judgments, explicit=[one for one in settle if one in links])
    return {
        "answers": [answer.name for answer in answers],
        "unsound": list(judgments.unsound(answers, question, prior)),
        "error": judgments.model_error(question),
        "states": network.graph.states.tolist(),
        "factors": list(_factors(network.graph)),
        "subjects": {record: place for record, _, place in network.subjects() if isinstance(place, int)},
    }


def _factors(graph: Graph) -> Iterator[tuple[list[int], list[float]]]:
    """Yield every table, and the evidence as a table on one variable."""
    for block in graph.blocks:
        for scope, table in zip(block.scope.tolist(), block.tables, strict=True):
            yield scope, _rounded(table.ravel().tolist())
    for variable, states in enumerate(graph.states.tolist()):
        weights = graph.evidence[variable, :states]
        if np.ptp(weights) > 0:
            yield [variable], _rounded(np.exp(weights).tolist())


def _rounded(values: list[float]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]
