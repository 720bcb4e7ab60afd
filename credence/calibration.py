"""How good probabilities were, on resolved questions only (facts/credence.md 4.3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from credence.factors import Array, Numbers

CLIP: Final = 1e-4
"""No probability is scored as more certain than this: one outcome at 0 would otherwise outweigh all others."""
SEED: Final = 18_881_109


@dataclass(frozen=True)
class Bin:
    """Forecasts of about one size: their mean, how often it came true, with a 90% bootstrap interval, and how many they are."""

    forecast: float
    observed: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Calibration:
    """Scores of binary forecasts.

    ``brier`` lies in [0, 1]; ``log_score`` is in nats, lower is better; ``ece`` has a 90% interval. ``temperature`` multiplies log-odds:
    below 1 the forecasts were overconfident.
    """

    count: int
    brier: float
    log_score: float
    ece: float
    ece_interval: tuple[float, float]
    temperature: float
    bins: tuple[Bin, ...]


def brier(forecasts: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Return the mean squared error of probabilities."""
    return float(np.mean((np.array(forecasts) - np.array(outcomes, dtype=float)) ** 2))


def log_score(forecasts: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Return the mean negative log-likelihood, in nats, of forecasts clipped to [1e-4, 1 - 1e-4]."""
    kept = np.clip(np.array(forecasts), CLIP, 1 - CLIP)
    return float(-np.mean(np.where(outcomes, np.log(kept), np.log(1 - kept))))


def fit_temperature(forecasts: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Return the factor on log-odds, in [0.05, 20], that makes the log score best (golden section; the score is convex in it).

    Raises:
        ValueError: there are no forecasts.
    """
    if not len(forecasts):
        raise ValueError("a temperature needs resolved questions to be fitted on")
    kept = np.clip(np.array(forecasts), CLIP, 1 - CLIP)
    odds, came = np.log(kept / (1 - kept)), np.array(outcomes, dtype=float)

    def loss(logarithm: float) -> float:
        scaled = math.exp(logarithm) * odds
        return float(np.mean(np.logaddexp(0.0, scaled) - came * scaled))

    low, high = math.log(0.05), math.log(20.0)
    ratio = (math.sqrt(5) - 1) / 2
    while high - low > 1e-6:
        one, other = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, other) if loss(one) < loss(other) else (one, high)
    return math.exp((low + high) / 2)


def _split(forecasts: Array, bins: int) -> list[Numbers]:
    """Return the places of the forecasts in bins of equal mass."""
    order = np.argsort(forecasts, kind="stable")
    return [part for part in np.array_split(order, min(bins, len(order))) if len(part)]


def _ece(forecasts: Array, outcomes: Array, bins: int) -> float:
    parts = _split(forecasts, bins)
    return float(sum(len(part) * abs(forecasts[part].mean() - outcomes[part].mean()) for part in parts) / len(forecasts))


def calibrate_forecasts(forecasts: Sequence[float], outcomes: Sequence[bool], *, bins: int = 10, resamples: int = 1000) -> Calibration:
    """Score forecasts of resolved binary questions. Intervals are from a seeded bootstrap, so the same data give the same result.

    Raises:
        ValueError: there are no forecasts, or not as many outcomes.
    """
    if len(forecasts) != len(outcomes) or not len(forecasts):
        raise ValueError(f"{len(forecasts)} forecasts and {len(outcomes)} outcomes can't be scored together")
    said, came = np.array(forecasts, dtype=np.float64), np.array(outcomes, dtype=np.float64)
    generator = np.random.default_rng(SEED)
    found = []
    for part in _split(said, bins):
        rates = generator.binomial(len(part), came[part].mean(), size=resamples) / len(part)
        low, high = np.quantile(rates, (0.05, 0.95))
        found.append(Bin(float(said[part].mean()), float(came[part].mean()), float(low), float(high), len(part)))
    draws = generator.integers(0, len(said), size=(resamples, len(said)))
    spread = np.quantile([_ece(said[draw], came[draw], bins) for draw in draws], (0.05, 0.95))
    return Calibration(
        len(said),
        brier(forecasts, outcomes),
        log_score(forecasts, outcomes),
        _ece(said, came, bins),
        (float(spread[0]), float(spread[1])),
        fit_temperature(forecasts, outcomes),
        tuple(found),
    )
