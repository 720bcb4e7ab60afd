"""Crux scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.inference import Method, infer
from credence.network import true_given
from credence.scores import score
from credence.standing import Verdict, standing
from tests.credence.builders import NO, YES, Argument, arguments, bench_of, chance, crux_of, model, modelled, nats, quick


@quick
@given(arguments())
def test_the_sensitivity_to_evidence_is_a_difference_of_clamped_marginals(argument: Argument) -> None:
    """D logit P(answer) / d evidence on a claim = P(claim | answer) - P(claim | not the answer), by finite differences."""
    question = model(argument)
    beliefs = question.inferred.beliefs
    claim = next(iter(question.network.claims))
    crux = next(one for one in score(question.network, beliefs, question.publication) if one.subject == claim)
    step = 1e-5
    odds = []
    for nats_more in (-step, step):
        graph = question.network.graph.with_evidence(question.network.claims[claim], (1.0, math.exp(nats_more)))
        answers = infer(graph).beliefs.answers
        odds.append(np.log(answers) - np.log1p(-answers))
    assert crux.sensitivity == pytest.approx(((odds[1] - odds[0]) / (2 * step)).tolist(), abs=1e-5)


@quick
@given(arguments())
def test_once_settled_a_crux_is_none(argument: Argument) -> None:
    """Conditioned on itself a claim moves nothing any more, and the answers are those that its score foretold.

    A small circle under many objections, whose warrants can be settled too, is one table of 2^17 entries and more: that is propagated, and
    is right to a few percent.
    """
    question, bench = model(argument), bench_of(argument)
    subject, crux = next(iter(bench.candidates.items()))
    answers, left = bench.examine(bench.settle(bench.network.graph, subject, true=True))
    assert subject not in {one.subject for one in left}
    exact = infer(bench.network.graph, check=False).method is not Method.LOOPY
    assert question.publication.publish(answers) == pytest.approx(crux.if_true, abs=1e-9 if exact else 5e-2)


@quick
@given(arguments(), st.floats(0.05, 0.95))
def test_a_link_that_says_nothing_changes_nothing(argument: Argument, rate: float) -> None:
    """A premise as expected under every answer moves none, whatever is known of it."""
    before = modelled(argument.result())
    argument.bears(argument.claim("silent", 2.5), YES, rate, rate)
    assert modelled(argument.result()) == pytest.approx(before, abs=1e-9)


def test_every_score_of_a_small_case_by_hand() -> None:
    """One claim, two answers with weight: all scores from the four joint probabilities."""
    argument = Argument()
    argument.priors(0.3, 0.7 - 1e-9, 1e-9)
    claim = argument.claim("s", 1e-12)
    argument.bears(claim, YES, 0.8, 0.2, warrant=1.0)
    crux = crux_of(argument.result(), claim)
    p = 0.3 * 0.8 + 0.7 * 0.2
    true, false = 0.24 / p, 0.06 / (1 - p)
    assert crux.probability == pytest.approx(p, abs=1e-6)
    assert (crux.if_true[0], crux.if_false[0]) == pytest.approx((true, false), abs=1e-6)
    assert crux.expected_shift == pytest.approx(p * (true - 0.3) + (1 - p) * (0.3 - false), abs=1e-6)
    assert crux.expected_shift == pytest.approx(2 * abs(p * true - p * 0.3), abs=1e-6), "twice the covariance"
    assert crux.worst_case == pytest.approx(true - 0.3, abs=1e-6)
    bits = sum(q * (r * math.log2(r / 0.3) + (1 - r) * math.log2((1 - r) / 0.7)) for q, r in ((p, true), (1 - p, false)))
    assert crux.information == pytest.approx(bits, abs=1e-5)
    assert crux.achievement[0] == pytest.approx(true / 0.3, abs=1e-6)
    assert crux.reduction[0] == pytest.approx(0.3 / false, abs=1e-5)
    assert crux.sensitivity[0] == pytest.approx(0.8 - 0.2, abs=1e-6)


def test_a_gate_is_scored_as_if_it_were_a_variable() -> None:
    """A warrant that was summed out of its table has the credence and the shift that it has as a variable of its own."""
    argument = Argument()
    claim = argument.claim("s", 2.0)
    link = argument.bears(claim, YES, 0.9, 0.1, warrant=0.6)
    argument.bears(claim, NO, 0.6, 0.4, warrant=0.5)
    question, bench = model(argument), bench_of(argument)
    _, apart = bench.examine(bench.network.graph)
    together = score(question.network, question.inferred.beliefs, question.publication)
    for scored in (together, apart):
        assert {one.subject for one in scored} >= {link.id, claim.id}
    for one in together:
        other = next(crux for crux in apart if crux.subject == one.subject)
        assert (one.probability, *one.if_true, one.expected_shift) == pytest.approx(
            (other.probability, *other.if_true, other.expected_shift)
        )
    assert question.network.place(link.id) != bench.network.place(link.id)


def test_nothing_to_go_on_is_no_crux() -> None:
    """A question without arguments is neither settled nor has it a crux."""
    found = standing(Argument().varied)
    assert found.verdict is Verdict.NO_CRUX
    assert found.story is None


def test_the_gates_of_a_pass_are_probabilities() -> None:
    """A summed-out gate's P(open | answer) lies between 0 and 1 and mixes to its credence."""
    argument = Argument()
    link = argument.bears(argument.claim("s", 3.0), YES, 0.9, 0.2, warrant=0.5)
    question = model(argument)
    place = question.network.place(link.id)
    assert place is not None
    given_answers = true_given(question.inferred.beliefs, place)
    assert ((given_answers > 0) & (given_answers < 1)).all()
    assert given_answers[0] > given_answers[1], "evidence for the claim makes a working link likelier where it is expected"


@quick
@given(nats, chance, chance)
def test_evidence_for_a_claim_helps_what_expects_it(weight: float, high: float, low: float) -> None:
    """The evidential direction: a found claim favours the answer under which it was expected more, and only by the ratio of the two."""
    argument = Argument()
    argument.priors(0.3, 0.65, 0.05)
    argument.bears(argument.claim("s", weight), YES, high, low, warrant=1.0)
    after = modelled(argument.result())
    odds = math.log(after[0] / after[1]) - math.log(0.3 / 0.65)
    bound = math.log((high * math.exp(weight) + 1 - high) / (low * math.exp(weight) + 1 - low))
    assert odds == pytest.approx(bound, abs=1e-6)
