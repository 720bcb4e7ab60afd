"""Numbers in words that don't say more than the numbers do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final, Protocol

from credence.defaults import SETTLED_SHIFT
from credence.results import Crux

REST_INSTEAD: Final = 3
"""How many times as much as any answer with a name "something else" must move to be told."""
REST_MOVES: Final = 0.005
"""How much it must move besides: half a point."""
ALL_BUT_CERTAIN: Final = 0.99
LEAST_LEAD: Final = 0.01
"""Credence by which an answer must be ahead to be said to lead: a percentage point."""
_LEAST: Final = 1e-12
"""Nearer to 0 or 1 than this no number here means anything."""


def span(low: float, high: float) -> str:
    """Write a band of probabilities; one number where both ends read the same."""
    first, last = percent(low), percent(high)
    if first == last:
        return first
    return f"{first.rstrip('%') if last.endswith('%') else first} to {last}"


def percent(probability: float) -> str:
    """Write a probability as a percentage; very small and very large ones as odds, never as 0% or 100%."""
    if probability < 0.0001:
        return "less than 1 in 10,000"
    if probability > 0.9999:
        return "more than 9,999 in 10,000"
    if probability < 0.01:
        return f"{100 * probability:.2g}%"
    if probability > 0.99:
        return f"{100 * probability:.4g}%"
    return f"{100 * probability:.0f}%"


def leads(probabilities: Sequence[float]) -> bool:
    """Whether the most probable of some answers, one or more, is far enough ahead of the next to be said to lead."""
    first, *others = sorted(probabilities, reverse=True)
    return not others or first - others[0] >= LEAST_LEAD


def as_set(probability: float) -> str:
    """Write a probability that somebody set, just as it was set."""
    return f"{100 * probability:.10g}%"


def told_apart(*probabilities: float) -> tuple[str, ...]:
    """Write probabilities as percentages, with as many digits, up to two, as tell neighbours apart; none for what no digit tells apart.

    Near 0 and 1, where percentages say no more, as natural frequencies: "1 in 18,000".
    """
    return tuple(told for told, _ in told_with_frequencies(*probabilities))


def told_with_frequencies(*probabilities: float) -> tuple[tuple[str, str], ...]:
    """Write probabilities as `told_apart` does, each with its natural frequency beside it; empty where the words are one already."""
    told = tuple(percent(one) for one in probabilities)
    for digits in (1, 2):
        finer = tuple(f"{100 * one:.{digits}f}%" if 0.01 <= one <= 0.99 else percent(one) for one in probabilities)
        if _differing(finer) > _differing(told):
            told = finer
    finer = tuple(frequency(one) if _extreme(one) else words for one, words in zip(probabilities, told, strict=True))
    often = _differing(finer) > _differing(told)
    return tuple(
        (words, "" if (often and _extreme(one)) or not 0.0001 <= one <= 0.9999 else frequency(one))
        for one, words in zip(probabilities, finer if often else told, strict=True)
    )


def _extreme(probability: float) -> bool:
    return _LEAST < probability < 0.0001 or 0.99 < probability < 1 - _LEAST


def _differing(told: Sequence[str]) -> int:
    return sum(one != other for one, other in pairwise(told))


def moved_answer(crux: _Moving, now: Sequence[float]) -> int:
    """Return the place of the answer that a crux moves most; where one is all but certain, of the rival that it multiplies most.

    "Something else" is told only where it moves `REST_INSTEAD` times as much as any answer with a name, and by `REST_MOVES` at the least:
    of it a reader learns little.
    """
    spread = [abs(true - false) for true, false in zip(crux.if_true, crux.if_false, strict=True)]
    rest = [size >= REST_MOVES for size in spread]
    if max(now) > ALL_BUT_CERTAIN:
        spread = [size / value if value else 0.0 for size, value in zip(spread, now, strict=True)]
    named = len(now) if crux.named is None else crux.named
    spread[named:] = [size / REST_INSTEAD if told else 0.0 for size, told in zip(spread[named:], rest[named:], strict=True)]
    return max(range(len(now)), key=lambda at: (spread[at], now[at], -at))


def crux_sentence(subject: str, crux: Crux, names: Sequence[str], now: Sequence[float]) -> str:
    """Say what settling a crux would do: "If it were shown that ..., A would go from x to y; if not, to z."."""
    subject = subject.rstrip(". ")
    at = moved_answer(crux, now)
    what = f"If it were settled that this step holds: {subject}" if crux.is_warrant else f"If it were settled that “{subject}” is true"
    true, start, false = told_apart(crux.if_true[at], now[at], crux.if_false[at])
    if true == start == false:
        return f"{what}, or that it is not, “{names[at]}” would stay at {start}."
    return f"{what}, “{names[at]}” would go from {start} to {true}; if not, to {false}.{undisputed(crux)}"


def outcome_words(crux: _Moving, now: Sequence[float]) -> str:
    """Say of the answer that a crux moves most how often it is so, in natural frequencies, and what each outcome weighs in decibans."""
    at = moved_answer(crux, now)
    true, false = crux.if_true[at], crux.if_false[at]
    return (
        f"now {frequency(now[at])}; if so {frequency(true)} ({odds_shift(now[at], true)}), "
        f"if not {frequency(false)} ({odds_shift(now[at], false)})"
    )


def times_likelier(crux: Crux, now: Sequence[float]) -> tuple[int, float]:
    """Return the place of the answer that one of a crux's outcomes multiplies most, as published, and by how much."""
    ratios = [max(true, false) / value if value else 1.0 for true, false, value in zip(crux.if_true, crux.if_false, now, strict=True)]
    at = max(range(len(now)), key=lambda at: (ratios[at], -at))
    return at, ratios[at]


class _Moving(Protocol):
    """What is known here of what moves answers: P(answers) if it is so, and if not."""

    @property
    def named(self) -> int | None: ...
    @property
    def if_true(self) -> tuple[float, ...]: ...
    @property
    def if_false(self) -> tuple[float, ...]: ...


class _Rated(Protocol):
    """What is told of a crux here, by the engine or in a summary."""

    @property
    def disputed(self) -> bool: ...
    @property
    def expected_shift(self) -> float: ...


def undisputed(crux: _Rated) -> str:
    """Say of what would move an answer by a percent or more that no source disputes it, where none does; else nothing."""
    return "" if crux.disputed or crux.expected_shift < SETTLED_SHIFT else " No source here disputes it."


def decibans(nats: float) -> str:
    """Write a weight of evidence in decibans: 10 log10 of the ratio; 3 double the odds, 10 make them tenfold."""
    return f"{round(10 * nats / math.log(10), 1) + 0.0:+.1f} dB"  # plus 0.0: there is no less than nothing


def frequency(probability: float) -> str:
    """Write a probability as a natural frequency that most people read right: "7 in 10", "1 in 330"."""
    if not 0 < probability < 1:
        return "never" if probability <= 0 else "always"
    if probability > 0.5:
        few = 1 - probability
        return f"all but {frequency(few)}" if few < 0.05 else _in(probability)
    return _in(probability)


def points(shift: float) -> str:
    """Write a shift of credence in percentage points; what is no more than rounding is 0."""
    if 1e-12 < abs(shift) < 1e-5:
        return "less than 0.001 points"
    told = f"{100 * shift if abs(shift) >= 1e-5 else 0:.3g}"
    return f"{told} {'point' if told in {'1', '-1'} else 'points'}"


def in_cases(probability: float) -> str:
    """Write a probability as what to expect of such cases: "in 97 of 100 such cases"; most people reason better so than with percents."""
    if not 0 < probability < 1:
        return "in no such case" if probability <= 0 else "in every such case"
    if 0.01 <= probability <= 0.99:
        return f"in {round(100 * probability)} of 100 such cases"
    rare = min(probability, 1 - probability)
    return f"in {'1' if probability < 0.5 else 'all but 1'} of {float(f'{1 / rare:.2g}'):,.0f} such cases"


def odds_shift(now: float, then: float) -> str:
    """Write how far a change of probability moves the odds, in decibans, signed."""
    if now == then:
        return decibans(0)
    if not (0 < now < 1 and 0 < then < 1):
        return "without bound"
    return decibans(math.log(then / (1 - then)) - math.log(now / (1 - now)))


def _in(probability: float) -> str:
    if probability >= 0.05:
        near = Fraction(probability).limit_denominator(10)
        if near and abs(float(near) - probability) < 0.004:
            return f"{near.numerator} in {near.denominator}"
        return f"{round(100 * probability)} in 100"
    return f"1 in {float(f'{1 / probability:.2g}'):,.0f}"


def times(factor: float) -> str:
    """Write a factor with as many digits as it deserves."""
    return f"{factor:.1f}" if factor < 10 else f"{factor:.0f}"
