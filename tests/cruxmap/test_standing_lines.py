"""Where a question stands, as lines."""

from __future__ import annotations

from cruxmap.standings import standing_lines
from explorer.reckonings import Reckoning
from tests.credence.builders import NO, YES, Argument


def head(*priors: float) -> str:
    """The line of the verdict on a question of which these are the priors."""
    argument = Argument()
    argument.priors(*priors)
    argument.bears(argument.claim("seen", 0.1), YES, 0.5, 0.499)
    return next(standing_lines(Reckoning(argument.view))).splitlines()[-1]


def test_no_answer_is_said_to_lead_by_less_than_a_point() -> None:
    """What is a hair ahead is told with what is behind it; what is a point ahead leads."""
    assert f"no answer leads: “{YES.name}” stands at 48.0%, the next at 47.6%" in head(0.48, 0.476, 0.044)
    assert f"“{NO.name}” leads" in head(0.4, 0.55, 0.05)
