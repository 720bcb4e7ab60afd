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
    """Return the compiled network of a question as a product of tables.

    ``states``: how many each variable has; variable 0 is the question, its states the answers in their order. ``factors``: [variables,
    table], the table flattened with the last variable fastest; their product over all is proportional to P(everything, evidence).
    ``subjects``: the variable of each claim and link, true in state 1. ``unsound``: P(answers) in case the model is unsound, which has
    probability ``error``.
    """
    judgments = Judgments(view, perspective)
    answers = answers_of(view, question)
    prior = judgments.priors(answers)
    network = compile_network(map_arguments(view, answers, judgments), prior)
    tables = _tables(network)
    places = {name: place for place, name in enumerate(tables)}
    factors = [[[places[axis] for axis in axes], _rounded(table)] for axes, table in tables.values()]
    factors += [[[places[name]], list(pair)] for name, pair in network.likelihoods.items()]
    return {
        "answers": [answer.name for answer in answers],
        "unsound": list(prior),
        "error": judgments.model_error(question),
        "states": [table.shape[-1] for _, table in tables.values()],
        "factors": factors,
        "subjects": {record: places[variable] for variable, record in network.subjects},
    }


def _rounded(table: np.ndarray[Any, Any]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in table.ravel().tolist()]


def _tables(network: Network) -> Mapping[str, tuple[tuple[str, ...], np.ndarray[Any, Any]]]:
    """Return each variable's table with its axes (parents..., itself), the question first."""
    model = network.model
    found = {}
    for node in model.topologicalOrder():
        table = model.cpt(node)
        name = model.variable(node).name()
        axes = tuple(reversed(table.names))
        ordered = (*sorted(axis for axis in axes if axis != name), name)
        found[name] = (ordered, np.asarray(table[:]).transpose([axes.index(axis) for axis in ordered]))
    return {QUESTION: found.pop(QUESTION), **found}
