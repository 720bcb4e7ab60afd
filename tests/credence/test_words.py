"""Numbers in words: natural frequencies and decibans."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.results import Crux, SubjectKind
from credence.words import (
    as_set,
    crux_sentence,
    decibans,
    frequency,
    in_cases,
    moved_answer,
    odds_shift,
    outcome_words,
    percent,
    points,
    span,
    times_likelier,
    told_apart,
    told_with_frequencies,
)


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.97, "in 97 of 100 such cases"),
        (0.01, "in 1 of 100 such cases"),
        (0.99, "in 99 of 100 such cases"),
        (0.005, "in 1 of 200 such cases"),
        (0.995, "in all but 1 of 200 such cases"),
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
    """What is left by the arithmetic of doubles is 0 points; what is tiny and real is said to be."""
    assert points(4.6e-17) == "0 points"
    assert points(3e-9) == "less than 0.001 points"
    assert points(2e-5) == "0.002 points"
    assert points(0.01) == "1 point"
    assert points(0) == "0 points"
    assert points(1) == "100 points"


def test_a_crux_never_goes_from_a_number_to_the_same() -> None:
    """Where whole percents would hide the change, it is told with as many digits as show it."""
    nothing = dict.fromkeys(("expected_shift", "worst_case", "information", "log_odds_shift", "risk_ratio"), 0.0)
    crux = Crux("claim-1", SubjectKind.CLAIM, 0.5, (0.974, 0.026), (0.938, 0.062), **nothing, achievement=(), reduction=(), sensitivity=())
    assert "from 97.0% to 97.4%; if not, to 93.8%" in crux_sentence("It rains.", crux, ["a", "b"], (0.97, 0.03))
    same = replace(crux, if_true=(0.97, 0.03), if_false=(0.97, 0.03))
    assert crux_sentence("It rains.", same, ["a", "b"], (0.97, 0.03)).endswith("“a” would stay at 97%.")


def test_where_an_answer_is_all_but_certain_its_rival_is_what_moves() -> None:
    """The answer told is the one that a crux multiplies most, with the change in frequencies and decibans, and as published."""
    nothing = dict.fromkeys(("expected_shift", "worst_case", "information", "log_odds_shift", "risk_ratio"), 0.0)
    now = (0.0001, 0.9999)
    crux = Crux("c", SubjectKind.CLAIM, 0.5, (0.0005, 0.9995), (0.00005, 0.99995), **nothing, achievement=(), reduction=(), sensitivity=())
    assert moved_answer(crux, now) == 0
    assert outcome_words(crux, now) == "now 1 in 10,000; if so 1 in 2,000 (+7.0 dB), if not 1 in 20,000 (-3.0 dB)"
    assert times_likelier(crux, now) == (0, pytest.approx(5))
    assert moved_answer(crux, (0.3, 0.7)) == 0


def test_something_else_is_told_only_where_it_moves_much_more() -> None:
    """Of an unnamed rest that moves somewhat more than the named rival the rival is told; where it moves far more, the rest."""
    nothing = dict.fromkeys(("expected_shift", "worst_case", "information", "log_odds_shift", "risk_ratio"), 0.0)
    rest = {**nothing, "achievement": (), "reduction": (), "sensitivity": (), "named": 2}
    now = (0.0002, 0.9988, 0.001)
    assert moved_answer(Crux("c", SubjectKind.CLAIM, 0.5, (0.0004, 0.9971, 0.0025), (0.0001, 0.9989, 0.001), **rest), now) == 0  # type: ignore[arg-type]
    assert moved_answer(Crux("c", SubjectKind.CLAIM, 0.5, (0.0002, 0.9898, 0.01), (0.0002, 0.9993, 0.0005), **rest), now) == 2  # type: ignore[arg-type]
    barely = Crux("c", SubjectKind.CLAIM, 0.5, (0.0002, 0.9978, 0.002), (0.0002, 0.9989, 0.0009), **rest)  # type: ignore[arg-type]
    assert moved_answer(barely, now) != 2, "nor where it moves next to nothing itself"


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.0, "0%"), (1.0, "100%"), (0.2, "20%"), (0.00005, "0.005%"), (0.123, "12.3%")],
)
def test_what_was_set_is_told_as_it_was_set(probability: float, words: str) -> None:
    """Somebody who sets 0 has set 0, not a small chance."""
    assert as_set(probability) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.0, "less than 1 in 10,000"), (1.0, "more than 9,999 in 10,000"), (0.0001, "0.01%"), (0.01, "1%"), (0.5, "50%"), (0.99, "99%")],
)
def test_what_was_worked_out_is_never_told_as_certain(probability: float, words: str) -> None:
    """Doubles round what is all but certain to 0 and 1; a result says only that it is beyond what is told apart."""
    assert percent(probability) == words


def test_no_digits_are_made_up_for_a_tie() -> None:
    """What is equal, or nearer than two digits show, is told alike and short; what differs gets the digits that it takes."""
    assert told_apart(0.97, 0.97) == ("97%", "97%")
    assert told_apart(0.97, 0.970001) == ("97%", "97%")
    assert told_apart(0.971, 0.974) == ("97.1%", "97.4%")
    assert told_apart(0.97, 0.97, 0.974) == ("97.0%", "97.0%", "97.4%")
    assert told_apart(0.0, 1.0) == ("less than 1 in 10,000", "more than 9,999 in 10,000")
    assert told_apart(1 / 18000, 1 / 11000) == ("1 in 18,000", "1 in 11,000"), "near 0 and 1 no percentage shows it"
    assert told_apart(1 - 1 / 18000, 1 - 1 / 1800) == ("more than 9,999 in 10,000", "99.94%"), "these differ already"
    assert told_apart(0.99951, 0.99949) == ("99.95%", "99.95%"), "1 in 2,000 either way"
    assert told_apart(0.99954, 0.99946) == ("all but 1 in 2,200", "all but 1 in 1,900")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=3))
def test_a_frequency_stands_beside_a_percentage_and_beside_nothing_else(chances: list[float]) -> None:
    """What is told as a frequency already isn't told so twice."""
    pairs = told_with_frequencies(*chances)
    assert tuple(words for words, _ in pairs) == told_apart(*chances)
    wanted = [frequency(one) if words.endswith("%") else "" for one, (words, _) in zip(chances, pairs, strict=True)]
    assert [often for _, often in pairs] == wanted
    assert span(0.3, 0.3) == "30%"
    assert span(0.84, 0.99) == "84 to 99%"


def test_nothing_is_told_without_a_sign_of_its_own() -> None:
    """A weight that rounds to nothing is +0.0 from either side; between equal certainties nothing moves; chances at the ends are words."""
    assert decibans(-0.001) == decibans(0) == "+0.0 dB"
    assert odds_shift(1.0, 1.0) == "+0.0 dB"
    assert odds_shift(0.5, 1.0) == "without bound"
    assert frequency(0.0) == "never"
    assert frequency(1.0) == "always"
    assert frequency(0.05) == "5 in 100"
    assert frequency(0.996) == "all but 1 in 250"
