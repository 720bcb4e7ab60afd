"""The engine's network of one question as plain data, for the page that recomputes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from credence.arguments import QUESTION, map_arguments
from credence.engine import answers_of
from credence.judgments import Judgments
from credence.network import Network, compile_network
from knowledge.views import View

DIGITS = 12
"""Significant digits of each number: the page is to agree with the engine to 1e-6."""


def export_network(view: View, question: str, *, perspective: str | None = None) -> dict[str, Any]:
    """Return the compiled network of a question.

    ``variables``: each with its number of ``states``, its ``parents`` (places in the list, before it) and its ``table``: P(state |
    parents) flattened with the variable itself fastest, its last parent next. ``evidence``: [P(evidence | false), P(evidence | true)] by
    place. ``subjects``: the place of each claim and link. The question is variable 0; its states are the answers in their order.
    """
    judgments = Judgments(view, perspective)
    answers = answers_of(view, question)
    prior = judgments.priors(answers)
    network = compile_network(map_arguments(view, answers, judgments), prior)
    tables = _tables(network)
    places = {name: place for place, name in enumerate(tables)}
    return {
        "answers": [answer.name for answer in answers],
        "prior": list(prior),
        "error": judgments.model_error(question),
        "variables": [
            {
                "states": table.shape[-1],
                "parents": [places[parent] for parent in parents],
                "table": [float(f"{value:.{DIGITS}g}") for value in table.ravel().tolist()],
            }
            for parents, table in tables.values()
        ],
        "evidence": {str(places[name]): list(pair) for name, pair in network.likelihoods.items()},
        "subjects": {record: places[variable] for variable, record in network.subjects},
    }


def _tables(network: Network) -> Mapping[str, tuple[tuple[str, ...], np.ndarray[Any, Any]]]:
    """Return each variable's parents and its table with axes (parents..., itself), parents before children, the question first."""
    model = network.model
    found = {}
    for node in model.topologicalOrder():
        table = model.cpt(node)
        name = model.variable(node).name()
        axes = tuple(reversed(table.names))
        parents = tuple(sorted(axis for axis in axes if axis != name))
        found[name] = (parents, np.asarray(table[:]).transpose([axes.index(axis) for axis in (*parents, name)]))
    return {QUESTION: found.pop(QUESTION), **found}
