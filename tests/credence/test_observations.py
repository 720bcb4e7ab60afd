"""What finding out is worth, and what to find out next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.inference import infer
from credence.network import true_given
from credence.observations import Test, decision_value, find_out, next_steps, perfect_value
from credence.scores import score
from knowledge.vocabulary import Quantity
from tests.credence.builders import (
    QUESTION,
    Argument,
    arguments,
    model,
    quick,
    three_claims,
)


@quick
@given(arguments(), st.floats(0.5, 1.0), st.floats(0.5, 1.0))
def test_a_noisy_test_is_worth_youden_times_the_claim(argument: Argument, sensitivity: float, specificity: float) -> None:
    """ES(test) = (sensitivity + specificity - 1) ES(claim); a perfect test is the claim; information never exceeds it."""
    argument.judged(QUESTION.id, Quantity.MODEL_ERROR, 0.0)
    question = model(argument)
    beliefs = question.inferred.beliefs
    subject = next(iter(question.network.claims))
    crux = next(one for one in score(question.network, beliefs, question.publication) if one.subject == subject)
    test = Test(subject, sensitivity, specificity)
    if test.youden > 0.01:
        found = find_out(question.network, beliefs, test)
        assert found.expected_shift == pytest.approx(test.youden * crux.expected_shift, abs=1e-9)
        assert found.information <= crux.information + 1e-9
    perfect = find_out(question.network, beliefs, Test(subject, 1.0, 1.0))
    assert perfect.if_positive == pytest.approx(crux.if_true, abs=1e-9)


def test_the_next_step_is_the_best_for_its_cost_and_not_a_copy_of_the_last() -> None:
    """A dear test of the first crux loses to a cheap one of the third; after a test of one copy the other copy's is worth little."""
    argument = three_claims()
    question = model(argument)
    by_name = {argument.view.records[claim].text: claim for claim in question.network.claims}
    tests = [Test(by_name["root"], 0.95, 0.95), Test(by_name["copy"], 0.95, 0.95), Test(by_name["third"], 0.95, 0.95)]
    chosen = next_steps(question, tests)
    assert [one.test.subject for one in chosen][:2] == [by_name["root"], by_name["third"]]
    assert chosen[2].expected_shift < 0.3 * find_out(question.network, question.inferred.beliefs, tests[1]).expected_shift
    dear = [Test(by_name["root"], 0.95, 0.95, cost=100.0), tests[2]]
    assert next_steps(question, dear, steps=1)[0].test.subject == by_name["third"]
    with pytest.raises(KeyError):
        next_steps(question, [Test("claim-not-there", 1.0, 1.0)])


def test_a_second_test_is_worth_its_mean_over_what_the_first_may_show() -> None:
    """Over positive, negative and not done, each with its chance: settled by hand through the joint of both claims with the answer."""
    argument = three_claims()
    question = model(argument)
    by_name = {argument.view.records[claim].text: claim for claim in question.network.claims}
    first = Test(by_name["root"], 0.95, 0.6, done=0.7, cost=0.001)
    second = Test(by_name["copy"], 0.9, 0.7)
    chosen = next_steps(question, [first, second], steps=2)
    assert [one.test for one in chosen] == [first, second]
    place = question.network.claims[by_name["root"]]
    true = float(true_given(question.inferred.beliefs, place) @ question.inferred.beliefs.answers)

    def worth(likelihoods: tuple[float, float]) -> float:
        graph = question.network.graph.with_evidence(place, likelihoods)
        return find_out(question.network, infer(graph).beliefs, second).expected_shift

    positive, negative = (0.4, 0.95), (0.6, 0.05)
    chances = [0.7 * ((1 - true) * if_false + true * if_true) for if_false, if_true in (positive, negative)]
    expected = chances[0] * worth(positive) + chances[1] * worth(negative) + 0.3 * worth((1.0, 1.0))
    assert chosen[1].expected_shift == pytest.approx(expected, abs=1e-9)
    assert abs(worth(positive) - worth(negative)) > 0.01
    assert worth((1.0, 1.0)) > 1.2 * worth(negative)


def test_finding_out_is_worth_nothing_to_a_decision_it_cannot_change() -> None:
    """EVSI is 0 where one act is best whatever comes, positive where a result turns it, and never above EVPI."""
    argument = three_claims()
    question = model(argument)
    subject = next(iter(question.network.claims))
    found = find_out(question.network, question.inferred.beliefs, Test(subject, 1.0, 1.0))
    answers = question.inferred.beliefs.answers.tolist()
    assert decision_value(found, answers, [[1, 1, 1], [0, 0, 0]]) == pytest.approx(0)
    bet = [[1, -1, 0], [-1, 1, 0]]
    assert 0 < decision_value(found, answers, bet) <= perfect_value(answers, bet)
