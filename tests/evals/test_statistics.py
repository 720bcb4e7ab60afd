"""The statistics: what a sceptic would try first."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.comparing import Contest, Verdict, compare, ranking
from evals.statistics import (
    DIFFERENCES,
    EXACT,
    SHARES,
    cluster_means,
    detectable,
    holm,
    mean_interval,
    paired,
    permutation_p,
    power,
    smallest_p,
    spread_of,
)

SCORES = st.floats(0, 1, allow_nan=False).map(lambda value: round(value, 4))
P_VALUES = st.lists(st.floats(0, 1), max_size=12)


@given(P_VALUES)
def test_holm_only_raises_p_and_keeps_their_order(p_values: list[float]) -> None:
    """No corrected p is below its raw one, above one, or out of order; the smallest is multiplied by their number."""
    adjusted = holm(p_values)
    assert all(raw <= corrected <= 1 for raw, corrected in zip(p_values, adjusted, strict=True))
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    assert [adjusted[at] for at in order] == sorted(adjusted)
    if p_values:
        assert adjusted[order[0]] == pytest.approx(min(1, len(p_values) * p_values[order[0]]))


def test_holm_gives_the_textbook_numbers() -> None:
    """The example of Holm's own rule: 0.01, 0.04, 0.03, 0.005 become 0.03, 0.06, 0.06, 0.02."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(SCORES, SCORES), min_size=2, max_size=9))
def test_the_permutation_test_is_symmetric_and_exact(pairs: list[tuple[float, float]]) -> None:
    """Swapping the configurations changes nothing, and p is the share of sign patterns at least as far out."""
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    p = permutation_p(first, second)
    assert p == pytest.approx(permutation_p(second, first))
    differences = first - second
    seen = round(abs(float(np.mean(differences))), 12)
    patterns = np.array(np.meshgrid(*[[-1, 1]] * len(differences))).reshape(len(differences), -1)
    means = np.abs(np.round((patterns * differences[:, None]).mean(axis=0), 12))
    assert p == pytest.approx(float(np.mean(means >= seen - 1e-12)), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(SCORES, min_size=2, max_size=20), st.floats(-1, 1))
def test_intervals_hold_the_estimate_and_move_with_the_data(values: list[float], shift: float) -> None:
    """The mean lies in its interval, and adding a number to all moves both bounds by it; equal values without bounds have none."""
    found, moved = mean_interval(values), mean_interval([value + shift for value in values])
    if len(set(values)) == 1:
        assert math.isnan(found.low)
        return
    assert found.low <= found.estimate <= found.high
    assert moved.low == pytest.approx(found.low + shift, abs=1e-9)
    assert moved.high == pytest.approx(found.high + shift, abs=1e-9)


def test_a_row_of_equal_scores_is_no_proof() -> None:
    """Twelve cases all at 1 leave room for a mean of 0.74, and twelve at any other value for as much on both sides of it."""
    ones, noughts = (mean_interval([value] * 12, bounds=SHARES) for value in (1.0, 0.0))
    assert (ones.low, ones.high) == (pytest.approx(0.735, abs=0.001), 1)
    assert (noughts.low, noughts.high) == (0, pytest.approx(1 - ones.low))
    assert ones.low**12 == pytest.approx(0.025)
    between = mean_interval([0.748, 0.748], bounds=SHARES)
    assert between.low < 0.2 < 0.9 < between.high


@pytest.mark.parametrize(
    ("nearly", "equal", "bounds"),
    [
        ([0.0, 0.001], [0.001, 0.001], DIFFERENCES),
        ([0.0, 0.001, 0.002], [0.0] * 3, DIFFERENCES),
        ([0.0] * 7 + [0.01], [0.0] * 8, SHARES),
        ([1.0] * 11 + [0.99], [1.0] * 12, SHARES),
    ],
)
def test_nearly_equal_scores_are_no_more_proof_than_equal_ones(
    nearly: list[float], equal: list[float], bounds: tuple[float, float]
) -> None:
    """One stray value doesn't narrow the interval to itself: what so many cases may have failed to show stays."""
    one, other = mean_interval(nearly, bounds=bounds), mean_interval(equal, bounds=bounds)
    assert (one.low, one.high) == (pytest.approx(other.low, abs=0.01), pytest.approx(other.high, abs=0.01))


def test_two_nearly_equal_cases_show_nothing() -> None:
    """Differences of 0 and 0.001 rank nobody and make nobody equal, as two of 0.001 don't."""
    for differences in ([0.0, 0.001], [0.001, 0.001]):
        found = compare([contest([0.5, 0.5], [0.5 + one for one in differences])])[0]
        assert found.verdict is Verdict.OPEN
        assert found.difference.low < -0.8 < 0.8 < found.difference.high


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7, 8, 12])
def test_intervals_cover_what_they_promise(n: int) -> None:
    """A 95% interval of two cases or of twelve holds the truth in 92 of 100 samples, in 89 of skewed scores or of ones that are rarely all."""
    rng = np.random.default_rng(7)
    draws = {
        "normal": (lambda: rng.normal(0.1, 0.2, n), 0.1, None, 0.92),
        "skewed": (lambda: rng.beta(1, 4, n), 0.2, SHARES, 0.89),
        "yes or no": (lambda: (rng.random(n) < 0.9) * 1.0, 0.9, SHARES, 0.92),
        "rarely all": (lambda: rng.choice([0.0, 0.01, 1.0], n, p=[0.7, 0.25, 0.05]), 0.0525, SHARES, 0.89),
        "mostly a half": (lambda: rng.choice([0.5, 1.0], n, p=[0.8, 0.2]), 0.6, SHARES, 0.92),
    }
    for name, (draw, truth, bounds, least) in draws.items():
        held = [found.low - 1e-9 <= truth <= found.high + 1e-9 for found in (mean_interval(draw(), bounds=bounds) for _ in range(800))]
        assert np.mean(held) > least, name


def test_the_permutation_test_is_exact_where_cases_are_few() -> None:
    """Fourteen cases that all differ one way have p 2 in 2^14, not 2 in so many drawn patterns."""
    assert EXACT >= 14
    assert permutation_p(np.arange(14) / 100, np.ones(14)) == 2 / 2**14


def test_repeats_are_no_new_cases() -> None:
    """Ten copies of the same trial give the same mean, interval and p as one."""
    trials = [("a", 0.1), ("b", 0.3), ("c", 0.2)]
    assert cluster_means(trials * 10) == cluster_means(trials)


def test_too_few_cases_can_show_nothing() -> None:
    """With one case there is no interval, and with five no p reaches 0.05, however large the difference."""
    assert math.isnan(mean_interval([0.5]).low)
    first, second = np.arange(5) / 100, np.ones(5)
    assert permutation_p(first, second) == smallest_p(5) > 0.05
    assert permutation_p(np.zeros(6) + np.arange(6) / 100, np.ones(6)) == smallest_p(6) < 0.05


def test_power_agrees_with_the_tables() -> None:
    """A paired t test over 34 pairs sees half a standard deviation in 8 of 10 samples (Cohen 1988, table 2.4.1)."""
    assert power(0.5, 1.0, 34) == pytest.approx(0.80, abs=0.01)
    assert detectable(1.0, 34) == pytest.approx(0.5, abs=0.01)
    assert detectable(1.0, 1) == math.inf


@given(st.floats(0.01, 1), st.integers(2, 200))
def test_what_can_be_seen_shrinks_with_more_cases(spread: float, n: int) -> None:
    """More cases never make a difference harder to see."""
    assert detectable(spread, n + 1) <= detectable(spread, n) * (1 + 1e-5)


def test_more_cases_beat_more_repeats() -> None:
    """Where cases differ more than repeats do, doubling the cases narrows the error more than doubling the repeats."""
    rng = np.random.default_rng(3)
    effect = {f"case-{number}": rng.normal(0, 0.2) for number in range(40)}
    spread = spread_of((case, mean + rng.normal(0, 0.1)) for case, mean in effect.items() for _ in range(4))
    assert spread.between == pytest.approx(0.04, rel=0.5)
    assert spread.within == pytest.approx(0.01, rel=0.5)
    assert spread.standard_error(80, 4) < spread.standard_error(40, 8)


def contest(first: list[float], second: list[float], *, higher: bool = True, scorer: str = "s/1") -> Contest:
    named = [{f"case-{at:02}": value for at, value in enumerate(values)} for values in (first, second)]
    return Contest(scorer, "A", "B", higher, (named[0], named[1]))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(SCORES, SCORES), min_size=6, max_size=12))
def test_changing_places_changes_the_verdict_round(pairs: list[tuple[float, float]]) -> None:
    """Who wins doesn't depend on who is called first."""
    first, second = [list(side) for side in zip(*pairs, strict=True)]
    turned = {Verdict.FIRST: Verdict.SECOND, Verdict.SECOND: Verdict.FIRST}
    one, other = compare([contest(first, second)])[0], compare([contest(second, first)])[0]
    if one.difference.low != 0 != one.difference.high:  # resampling bounds at exactly nought may fall on either side
        assert abs(one.difference.estimate) == pytest.approx(abs(other.difference.estimate))
        assert {one.verdict, turned.get(other.verdict, other.verdict)} in ({one.verdict}, {one.verdict, Verdict.OPEN})


def test_noise_is_not_ranked() -> None:
    """Of 200 comparisons of a configuration with itself plus noise, hardly any is told apart, and after Holm none to speak of."""
    rng = np.random.default_rng(11)
    contests = [contest(list(rng.uniform(0.3, 0.7, 12)), list(rng.uniform(0.3, 0.7, 12)), scorer=f"s{number}/1") for number in range(200)]
    apart = [found for found in compare(contests) if found.verdict in {Verdict.FIRST, Verdict.SECOND}]
    assert len(apart) <= 1


def test_a_real_difference_is_seen_and_a_tie_is_called_one() -> None:
    """A steady gain ranks; equal scores are identical; a gain smaller than the margin ranks nobody."""
    base = list(np.linspace(0.2, 0.6, 12))
    better = [value + 0.1 + 0.01 * (at % 3) for at, value in enumerate(base)]
    tiny = [value + 0.004 * (at % 2) for at, value in enumerate(base)]
    found = compare([contest(base, better), contest(base, base), contest(base, tiny), contest(base, better, higher=False)])
    assert [one.verdict for one in found] == [Verdict.SECOND, Verdict.IDENTICAL, Verdict.OPEN, Verdict.FIRST]
    assert "B is better" in found[0].told


def test_only_headline_measures_are_corrected_and_others_say_that_they_are_exploratory() -> None:
    """Twenty exploratory looks cost the headline measure nothing, and each tells its p as it is with the number of such looks."""
    base = list(np.linspace(0.2, 0.6, 8))
    better = [value + 0.1 + 0.01 * (at % 3) for at, value in enumerate(base)]
    first = contest(base, better)
    others = [replace(contest(base, better, scorer=f"e{at}/1"), headline=False) for at in range(20)]
    alone, among = compare([first])[0], compare([first, *others])[0]
    assert (alone.p_adjusted, alone.verdict, alone.looks) == (among.p_adjusted, among.verdict, among.looks)
    assert "unadjusted, one of 20 exploratory looks" in compare([first, *others])[1].told


def test_what_could_not_have_been_seen_is_not_said_to_have_been_looked_for() -> None:
    """With seven cases and twenty headline looks no outcome passes Holm, so no size of difference is promised; with one look it is."""
    base, noisy = [0.1 * at for at in range(7)], [0.1 * at + (0.2 if at % 2 else -0.15) for at in range(7)]
    many = compare([contest(base, noisy, scorer=f"s{at}/1") for at in range(20)])[0]
    assert many.blind
    assert many.detectable == math.inf
    assert "no difference could have been told apart with 7 cases and 20 looks" in many.told
    one = compare([contest(base, noisy)])[0]
    assert not one.blind
    assert "could have been seen" in one.told


def test_near_ties_share_a_tier() -> None:
    """Configurations stand in order only where one beats the other."""
    base = list(np.linspace(0.2, 0.6, 12))
    better = [value + 0.1 + 0.01 * (at % 3) for at, value in enumerate(base)]
    found = compare([contest(base, better)])
    assert ranking(["A", "B", "C"], found, "s/1") == (("B", "C"), ("A",))


def test_only_shared_cases_are_paired() -> None:
    """A case that one configuration was never run on is left out of the pair, not made up."""
    first, second = paired({"a": 1.0, "b": 0.5}, {"b": 0.7, "c": 0.1})
    assert (list(first), list(second)) == ([0.5], [0.7])
