"""The engine: a view in, credences and cruxes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from credence import defaults
from credence.arguments import QUESTION, map_arguments
from credence.judgments import Judgments
from credence.network import Array, Network, compile_network
from credence.results import AnswerCredence, Assessment, Crux, QuestionAssessment
from knowledge.errors import UnknownRecord
from knowledge.records import Answer, Perspective, Question
from knowledge.views import View

MOST_CRUXES: Final = 50


def assess(view: View, *, perspective: str | None = None) -> Assessment:
    """Work out the credences and cruxes of every question, the inquiry first, under one perspective (None: the first).

    The same live records give the same numbers and ranking, whatever their history (but for rounding in the last place).

    Raises:
        UnknownRecord: there is no such perspective.
    """
    if perspective is not None:
        view.get(perspective, Perspective)
    judgments = Judgments(view, perspective)
    questions = sorted(view.all(Question), key=lambda question: (question.parent is not None, question.name, question.id))
    return Assessment(
        judgments.perspective, tuple(_assess_question(view, question, judgments) for question in questions), judgments.assumed
    )


def answers_of(view: View, question: str) -> tuple[Answer, ...]:
    """Return a question's answers by name, "something else" last: the order of every tuple of results."""
    found = [answer for answer in view.all(Answer) if answer.question == question]
    return tuple(sorted(found, key=lambda answer: (answer.something_else, answer.name, answer.id)))


def main_question(view: View) -> Question:
    """Return the inquiry.

    Raises:
        UnknownRecord: the view holds none.
    """
    found = sorted((question for question in view.all(Question) if question.parent is None), key=lambda question: question.id)
    if not found:
        raise UnknownRecord("question", "this revision holds no inquiry")
    return found[0]


def _assess_question(view: View, question: Question, judgments: Judgments) -> QuestionAssessment:
    answers = answers_of(view, question.id)
    prior = judgments.priors(answers)
    error = judgments.model_error(question.id)
    argument_map = map_arguments(view, answers, judgments)
    network = compile_network(argument_map, prior)
    now = network.posteriors()
    given = [network.posteriors(answer) for answer in range(len(answers))]
    modelled = now[QUESTION]
    apart = compile_network(argument_map, prior, independent=True).posteriors()[QUESTION]
    cruxes = _cruxes(network, modelled, given, error)
    return QuestionAssessment(
        question=question.id,
        answers=tuple(
            AnswerCredence(
                answer=answer.id,
                prior=prior[at],
                modelled=float(modelled[at]),
                probability=float(_published(modelled, prior, error)[at]),
                independent=float(_published(apart, prior, error)[at]),
            )
            for at, answer in enumerate(answers)
        ),
        cruxes=cruxes[:MOST_CRUXES],
        settled=_settled(cruxes, _published(modelled, prior, error)),
        model_error=error,
        credences={record: float(now[variable][1]) for variable, record in network.subjects},
        pieces=sum(found.pieces for found in argument_map.evidence.values()),
        effective_pieces=sum(found.effective for found in argument_map.evidence.values()),
        method="exact: junction tree (lazy propagation)",
        left_out=tuple(sorted(argument_map.left_out, key=lambda left: (left.record, left.reason))),
    )


def _published(modelled: Array, prior: Sequence[float], error: float) -> Array:
    """Mix in what remains if the model is unsound: the prior (facts/credence.md 2.6)."""
    return (1 - error) * modelled + error * np.array(prior)


def _settled(cruxes: Sequence[Crux], published: Array) -> bool:
    shift = max((crux.expected_shift for crux in cruxes), default=0.0)
    return bool(cruxes) and shift < defaults.SETTLED_SHIFT and float(published.max()) > defaults.SETTLED_CREDENCE


def _cruxes(network: Network, modelled: Array, given: Sequence[dict[str, Array]], error: float) -> tuple[Crux, ...]:
    """Score every subject from the clamped runs alone: P(A=k | c=v) = P(c=v | A=k) P(A=k) / P(c=v) (facts/credence.md 2.7)."""
    found = []
    prior = np.array(network.prior)
    for variable, record in network.subjects:
        true_if = np.array([run[variable][1] for run in given])
        chance = float(true_if @ modelled)
        if not 0 < chance < 1:
            continue
        if_true = true_if * modelled / chance
        if_false = (1 - true_if) * modelled / (1 - chance)
        moves = [0.5 * float(np.abs(outcome - modelled).sum()) * (1 - error) for outcome in (if_true, if_false)]
        ratios = np.concatenate([if_true, if_false]) / np.maximum(np.concatenate([modelled, modelled]), 1e-300)
        found.append(
            Crux(
                subject=record,
                is_warrant=variable != record,
                probability=chance,
                if_true=tuple(((1 - error) * if_true + error * prior).tolist()),
                if_false=tuple(((1 - error) * if_false + error * prior).tolist()),
                expected_shift=chance * moves[0] + (1 - chance) * moves[1],
                worst_case=max(moves),
                risk_ratio=float(ratios.max()),
            )
        )
    return tuple(sorted(found, key=lambda crux: (-round(crux.expected_shift, 12), crux.subject)))
