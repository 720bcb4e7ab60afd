"""A claim that implies or excludes another by its meaning is linked to it like any other, and the engine keeps their numbers coherent."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.results import QuestionAssessment
from knowledge.records import Answer, Claim, Equivalence, Question
from tests.credence.builders import NO, QUESTION, YES, Argument, modelled, quick

UNLESS, WARRANT = 0.01, 0.99
weights = st.floats(-6, 6).filter(lambda weight: abs(weight) > 0.01)


def narrow_and_wide(told: float, wide_told: float, *, if_so: float, excludes: bool = False) -> tuple[QuestionAssessment, float, float]:
    """Return the result and P(narrow), P(wide): the wide one bears on the question, the narrow one implies or excludes it."""
    argument = Argument()
    narrow, wide = argument.claim("narrow", told), argument.claim("wide", wide_told)
    argument.bears(wide, YES, 0.7, 0.2)
    argument.bears(narrow, wide, *((UNLESS, if_so) if excludes else (if_so, UNLESS)), warrant=WARRANT)
    result = argument.result()
    return result, result.credences[narrow.id], result.credences[wide.id]


def at_odds(told: float) -> float:
    """The most that P(narrow) can be where the wide one is false.

    Without testimony it is what was judged, 0.01, or if the step fails the narrow claim's reference, 1 at most: together 0.02. Testimony of
    weight w multiplies its odds by e^w, for it speaks against the step as well.
    """
    leak = WARRANT * UNLESS + 1 - WARRANT
    return leak * math.exp(told) / (1 - leak + leak * math.exp(told))


@quick
@given(weights, weights, st.floats(0.05, 0.95))
def test_a_narrower_claim_is_no_likelier_than_the_wider_one(told: float, wide_told: float, if_so: float) -> None:
    """P(N) <= P(W) but for the doubt on the step, which only testimony for the narrow claim can bring up: 0.03 up to what favours it 1.5-fold."""
    _, narrow, wide = narrow_and_wide(told, wide_told, if_so=if_so)
    assert narrow <= wide + (1 - wide) * at_odds(told) + 1e-9
    if told <= math.log(1.5):
        assert narrow <= wide + 0.03


@quick
@given(weights, weights, st.floats(0.05, 0.95))
def test_claims_that_exclude_each_other_have_no_more_than_one_to_share(told: float, wide_told: float, if_so: float) -> None:
    """P(N) + P(W) <= 1 but for the doubt on the step."""
    _, narrow, wide = narrow_and_wide(told, wide_told, if_so=if_so, excludes=True)
    assert narrow + wide <= 1 + wide * at_odds(told) + 1e-9
    if told <= math.log(1.5):
        assert narrow + wide <= 1.03


@pytest.mark.parametrize("excludes", [False, True])
def test_what_is_said_against_the_wider_claim_is_said_against_the_narrower(*, excludes: bool) -> None:
    """With an implied link testimony on the wide claim reaches the narrow one, in the sense of the link."""
    told = [narrow_and_wide(0.5, weight, if_so=0.4, excludes=excludes)[1] for weight in (-2, 2)]
    assert (told[0] < told[1]) != excludes
    assert abs(told[0] - told[1]) > 0.2


def test_a_link_between_two_wordings_of_one_claim_is_left_out() -> None:
    """Claims found to be the same, or each other's opposite, after they were linked are one variable: the link is silent, and named."""
    for negated in (False, True):
        argument = Argument()
        one, other = argument.claim("one", 1.0), argument.claim("other", 0.7)
        argument.bears(one, YES, 0.7, 0.2)
        argument.records.append(Equivalence(member=other.id, representative=one.id, negated=negated, reason="the same"))
        alone = argument.result()
        link = argument.bears(other, one, 0.4, UNLESS, warrant=WARRANT)
        result = argument.result()
        assert modelled(result) == modelled(alone)
        assert [one.record for one in result.left_out] == [link.id]


@pytest.mark.parametrize("places", [(0, 0), (0, 1), (1, 0)])
def test_a_link_between_answers_of_one_sub_question_is_left_out(places: tuple[int, int]) -> None:
    """Claims that word answers of one sub-question are states of one variable: that they exclude each other is known there, and nothing moves."""
    spring = Question(name="spring", text="Is there a spring?", parent=QUESTION.id)
    answers = [Answer(question=spring.id, name=name, text=text) for name, text in (("dry", "The ground is dry."), ("wet", "It is wet."))]
    argument = Argument()
    argument.records += [spring, *answers]
    claims = [argument.claim("The ground is dry", 0.5), argument.claim("It is wet", 1.0)]
    argument.bears(claims[0], NO, 0.8, 0.3)
    alone = argument.result()
    premise, target = (claims[place] for place in places)
    if premise is target:
        premise = Claim(text="the ground is dry")
        argument.records.append(premise)
    link = argument.bears(premise, target, UNLESS, 0.5, warrant=WARRANT)
    result = argument.result()
    assert modelled(result) == modelled(alone)
    assert link.id in {one.record for one in result.left_out}


def test_claims_that_imply_each_other_are_coupled_once() -> None:
    """Two rounds may link the same two claims in both directions: that is one coupling, no circle, and no more than one link's pull."""
    argument = Argument()
    one, other = argument.claim("one", 1.0), argument.claim("other", 1.0)
    argument.bears(one, YES, 0.7, 0.2)
    argument.bears(other, one, 0.9, UNLESS, warrant=WARRANT)
    single = modelled(argument.result())
    back = argument.bears(one, other, 0.9, UNLESS, warrant=WARRANT)
    result = argument.result()
    assert modelled(result) == pytest.approx(single, abs=1e-6)
    assert back.id in {one.record for one in result.left_out}
    assert not result.circles
