"""Numbers in words: natural frequencies and decibans."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.results import Crux, SubjectKind
from credence.words import crux_sentence, in_cases, odds_shift, points


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.97, "in 97 of 100 such cases"),
        (0.006, "in 1 of 100 such cases"),
        (0.0001, "in 1 of 10,000 such cases"),
        (0.9999, "in all but 1 of 10,000 such cases"),
        (0.0, "in no such case"),
        (1.0, "in every such case"),
    ],
)
def test_a_probability_is_told_as_cases(probability: float, words: str) -> None:
    """Of 100 where that is fine enough, else 1 of so many."""
    assert in_cases(probability) == words


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_ten_decibans_make_the_odds_tenfold(now: float, then: float) -> None:
    """The weight is ten times the decimal logarithm of the ratio of the odds."""
    ratio = then / (1 - then) * (1 - now) / now
    assert float(odds_shift(now, then).removesuffix(" dB")) == pytest.approx(10 * math.log10(ratio), abs=0.051)


def test_rounding_is_no_shift() -> None:
    """What is left by the arithmetic of doubles is 0 points; what is tiny and real keeps its digits."""
    assert points(4.6e-17) == "0 points"
    assert points(3e-9) == "3e-07 points"


def test_a_crux_never_goes_from_a_number_to_the_same() -> None:
    """Where whole percents would hide the change, it is told with as many digits as show it."""
    nothing = dict.fromkeys(("expected_shift", "worst_case", "information", "log_odds_shift", "risk_ratio"), 0.0)
    crux = Crux("claim-1", SubjectKind.CLAIM, 0.5, (0.974, 0.026), (0.938, 0.062), **nothing, achievement=(), reduction=(), sensitivity=())
    assert "from 97.0% to 97.4%; if not, to 93.8%" in crux_sentence("It rains.", crux, ["a", "b"], (0.97, 0.03))
