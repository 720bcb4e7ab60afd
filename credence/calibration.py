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
    """Scores of binary forecasts, with 90% bootstrap intervals.

    ``brier`` lies in [0, 1]; ``log_score`` is in nats, lower is better; ``groups``: how many independent groups they are of.
    ``temperature`` multiplies log-odds: below 1 the forecasts were overconfident.
    """

    count: int
    groups: int
    brier: float
    brier_interval: tuple[float, float]
    log_score: float
    log_score_interval: tuple[float, float]
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
    """Return the places of the forecasts in bins of equal mass; equal forecasts stay in one bin, as no order among them means anything."""
    order = np.argsort(forecasts, kind="stable")
    ordered = forecasts[order]
    even = np.cumsum([len(part) for part in np.array_split(order, min(bins, len(order)))])[:-1]
    starts, stops = (np.searchsorted(ordered, ordered[even], side=side) for side in ("left", "right"))
    cuts = np.unique(np.where((starts > 0) & ((even - starts <= stops - even) | (stops == len(order))), starts, stops))
    return [part for part in np.split(order, cuts) if len(part)]


def _ece(forecasts: Array, outcomes: Array, bins: int) -> float:
    parts = _split(forecasts, bins)
    return float(sum(len(part) * abs(forecasts[part].mean() - outcomes[part].mean()) for part in parts) / len(forecasts))


def calibrate_forecasts(
    forecasts: Sequence[float], outcomes: Sequence[bool], *, groups: Sequence[str] = (), bins: int = 10, resamples: int = 1000
) -> Calibration:
    """Score forecasts of resolved binary questions. Intervals are from a seeded bootstrap, so the same data give the same result.

    ``groups`` names for each forecast what it hangs together with (claims of one dispute): groups are resampled whole, since a dispute
    read wrongly is wrong in many claims at once. Without it each forecast stands for itself.

    Raises:
        ValueError: there are no forecasts, or not as many outcomes or groups.
    """
    if len(forecasts) != len(outcomes) or not len(forecasts) or len(groups or forecasts) != len(forecasts):
        raise ValueError(f"{len(forecasts)} forecasts and {len(outcomes)} outcomes of {len(groups)} groups can't be scored together")
    said, came = np.array(forecasts, dtype=np.float64), np.array(outcomes, dtype=np.float64)
    members = _members(groups or [str(at) for at in range(len(said))])
    draws = _draws(members, resamples)
    losses = (said - came) ** 2
    kept = np.clip(said, CLIP, 1 - CLIP)
    surprise = -np.where(came == 1, np.log(kept), np.log(1 - kept))
    return Calibration(
        len(said),
        len(members),
        brier(forecasts, outcomes),
        _spread([float(losses[draw].mean()) for draw in draws]),
        log_score(forecasts, outcomes),
        _spread([float(surprise[draw].mean()) for draw in draws]),
        _ece(said, came, bins),
        _spread([_ece(said[draw], came[draw], bins) for draw in draws]),
        fit_temperature(forecasts, outcomes),
        tuple(_bin(part, said, came, draws) for part in _split(said, bins)),
    )


def _members(groups: Sequence[str]) -> list[Numbers]:
    """Return the places of each group's forecasts."""
    names = np.array(groups)
    return [np.flatnonzero(names == name) for name in dict.fromkeys(groups)]


def _draws(members: Sequence[Numbers], resamples: int) -> list[Numbers]:
    """Draw as many groups as there are, with replacement, and return the places of their forecasts."""
    generator = np.random.default_rng(SEED)
    if all(len(places) == 1 for places in members):
        return list(np.concatenate(members)[generator.integers(0, len(members), size=(resamples, len(members)))])
    return [np.concatenate([members[at] for at in drawn]) for drawn in generator.integers(0, len(members), size=(resamples, len(members)))]


def _bin(part: Numbers, said: Array, came: Array, draws: Sequence[Numbers]) -> Bin:
    """Describe a bin; how often its forecasts came true varies as over the draws that hold any of them."""
    inside = np.zeros(len(said), dtype=bool)
    inside[part] = True
    rates = [float(came[kept].mean()) for draw in draws if len(kept := draw[inside[draw]])]
    low, high = _spread(rates)
    return Bin(float(said[part].mean()), float(came[part].mean()), low, high, len(part))


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """Return the bounds of the middle 90%."""
    low, high = np.quantile(values, (0.05, 0.95))
    return float(low), float(high)
