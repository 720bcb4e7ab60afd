"""Calibration on forecasts whose truth is known because it is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from credence.calibration import brier, calibrate_forecasts, fit_temperature, log_score


def drawn(overconfidence: float, count: int = 20_000) -> tuple[list[float], list[bool]]:
    """Forecasts whose log-odds are too large by a factor, and outcomes drawn from the right ones."""
    random = np.random.default_rng(7)
    odds = random.normal(scale=1.5, size=count)
    came = random.random(count) < 1 / (1 + np.exp(-odds))
    return (1 / (1 + np.exp(-overconfidence * odds))).tolist(), came.tolist()


def test_calibrated_forecasts_need_no_temperature() -> None:
    """Forecasts drawn from their own odds have a temperature of 1 and an error within its interval of nothing."""
    said, came = drawn(1.0)
    found = calibrate_forecasts(said, came, resamples=100)
    assert found.temperature == pytest.approx(1.0, abs=0.05)
    assert found.ece < 0.015
    assert all(one.low - 0.02 <= one.forecast <= one.high + 0.02 for one in found.bins)
    assert {one.count for one in found.bins} == {2000}, "bins of equal mass"


def test_overconfidence_is_found_and_undone() -> None:
    """Odds too large by 2.5 are recovered as a temperature of 0.4, and make all scores worse."""
    said, came = drawn(2.5)
    found = calibrate_forecasts(said, came, resamples=50)
    good = calibrate_forecasts(*drawn(1.0), resamples=50)
    assert found.temperature == pytest.approx(0.4, abs=0.03)
    assert found.brier > good.brier
    assert found.log_score > good.log_score
    assert found.ece > 0.05
    assert found.ece_interval[0] <= found.ece <= found.ece_interval[1] + 0.01


def test_scores_of_single_forecasts() -> None:
    """A sure and right forecast costs nothing, a sure and wrong one is clipped, a coin costs ln 2."""
    assert brier([1.0], [True]) == 0
    assert log_score([0.5, 0.5], [True, False]) == pytest.approx(np.log(2))
    assert log_score([0.0], [True]) == pytest.approx(-np.log(1e-4))


def test_nothing_resolved_is_no_calibration() -> None:
    """Without resolved questions, or with outcomes that don't match, there is no score."""
    with pytest.raises(ValueError, match="resolved"):
        fit_temperature([], [])
    with pytest.raises(ValueError, match="can't be scored"):
        calibrate_forecasts([0.3], [True, False])


def test_forecasts_that_hang_together_tell_less() -> None:
    """The same forecasts in ten groups of like outcomes have wider intervals than apart, and the same scores."""
    said = [0.8] * 100
    came = [group < 8 for group in range(10) for _ in range(10)]
    names = [f"case {group}" for group in range(10) for _ in range(10)]
    together, apart = calibrate_forecasts(said, came, groups=names, bins=1), calibrate_forecasts(said, came, bins=1)
    assert (together.groups, apart.groups) == (10, 100)
    assert together.brier == apart.brier
    width = [one.brier_interval[1] - one.brier_interval[0] for one in (together, apart)]
    assert width[0] > 2 * width[1]
    assert together.brier_interval[0] < together.brier < together.brier_interval[1]
    assert together.bins[0].high - together.bins[0].low > apart.bins[0].high - apart.bins[0].low
    with pytest.raises(ValueError, match="groups"):
        calibrate_forecasts([0.3, 0.4], [True, False], groups=["one"])


def test_equal_forecasts_share_a_bin() -> None:
    """Who always says 0.5 of what comes true half of the time has no calibration error, however the outcomes are ordered."""
    found = calibrate_forecasts([0.5] * 40, [True] * 20 + [False] * 20, resamples=20)
    assert found.ece == 0
    assert [one.count for one in found.bins] == [40]
