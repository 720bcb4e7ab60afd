"""Objections to objections: what is said against the step from an objection to the defeat of what it objects to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.explaining import why
from knowledge.records import Claim, Link
from tests.credence.builders import QUESTION, YES, Argument, modelled, quick

SURE = 22.0


def disputed(*weights: float | None, defeat: float = 0.9, last: float = 1.0) -> tuple[Argument, list[Claim], list[Link]]:
    """A step, an objection to it, an objection to that and so on, each with so much said for it; ``last``: how far the last one defeats."""
    argument = Argument()
    argument.priors(0.5, 0.4, 0.1)
    target, claims = argument.bears(argument.claim("s", 2.0), YES, 0.8, 0.2), []
    links = []
    for number, weight in enumerate(weights):
        claims.append(argument.claim(f"objection {number}", weight))
        target = argument.undercuts(claims[-1], target, last if number and number == len(weights) - 1 else defeat)
        links.append(target)
    return argument, claims, links


def credence(*weights: float | None, defeat: float = 0.9, last: float = 1.0) -> float:
    """Return what becomes of the first answer."""
    return modelled(disputed(*weights, defeat=defeat, last=last)[0].result())[0]


def test_an_objection_that_is_wholly_answered_is_none() -> None:
    """It leaves the step as it would be without; and an answer that is answered leaves the objection."""
    without, objected = credence(), credence(2.0)
    assert objected < without - 0.02
    assert credence(2.0, SURE) == pytest.approx(without, abs=1e-6)
    assert credence(2.0, SURE, SURE) == pytest.approx(objected, abs=1e-6)


@quick
@given(st.floats(0.1, 3.0), st.floats(0.05, 1.0), st.floats(0.05, 1.0), st.lists(st.floats(-4.0, 6.0), min_size=2, max_size=4))
def test_the_more_an_answer_is_believed_the_more_it_restores(weight: float, defeat: float, last: float, said: list[float]) -> None:
    """Never beyond what the step would be without the objection, nor below what it is with it."""
    found = [credence(weight, one, defeat=defeat, last=last) for one in sorted(said)]
    assert found == pytest.approx(sorted(found), abs=1e-9)
    assert found[-1] <= credence() + 1e-6


@quick
@given(st.floats(-3.0, 3.0), st.floats(0.05, 1.0), st.floats(0.05, 1.0))
def test_an_answer_of_which_nothing_is_known_changes_nothing(weight: float, defeat: float, last: float) -> None:
    """However far it would defeat the objection, and whatever is said of that."""
    assert credence(weight, 1e-9, defeat=defeat, last=last) == pytest.approx(credence(weight, defeat=defeat), abs=1e-7)


def test_what_attacks_itself_or_what_is_left_out_is_left_out() -> None:
    """An objection can't be answered by its own claim; who answers one that isn't there answers nothing."""
    argument, claims, links = disputed(1.0)
    itself = argument.undercuts(claims[0], links[0], 0.8)
    above = argument.undercuts(argument.claim("more", 1.0), itself, 0.7)
    left = {one.record: one.reason for one in argument.result().left_out}
    assert left == {itself.id: "it attacks a link on which it rests itself", above.id: "what it attacks is left out"}


def test_it_is_told_by_what_steps_an_answer_reaches_the_question() -> None:
    """Through the objection that it answers, and the step to which that objects; the objection's own step can be a crux."""
    argument, claims, links = disputed(1.0, 1.0)
    told = why(argument.view, QUESTION, claims[1].id)
    step = next(one for one in argument.records if isinstance(one, Link))
    assert told.paths == ((links[1].id, links[0].id, step.id),)
    assert links[0].id in {one.subject for one in argument.result().cruxes}
