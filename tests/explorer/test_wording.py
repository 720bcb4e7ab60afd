"""The sentence in which a reader learns how the question stands."""

from __future__ import annotations

import pytest

from explorer.question_summaries import AnswerSummary
from explorer.wording import standing


@pytest.mark.parametrize(("probabilities", "led"), [((0.48, 0.475, 0.045), False), ((0.33, 0.32, 0.35), True), ((0.5, 0.48, 0.02), True)])
def test_no_answer_is_said_to_lead_by_less_than_a_point(probabilities: tuple[float, ...], *, led: bool) -> None:
    """A reader would take the one that comes first for a result."""
    answers = [AnswerSummary(f"answer-{at}", "rain", "It rained.", 0.5, one, one, one) for at, one in enumerate(probabilities)]
    told = standing(answers)
    assert told.startswith("The most probable answer is" if led else "No answer leads: ")
    if not led:
        assert "48%" in told
