"""Calibration of a result: the forecasts of all its cases together, by configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from credence.calibration import Bin, Calibration, calibrate_forecasts
from evals.scorers.credences import Forecast
from evals.trials import Trial

LEAST: Final = 6
"""Fewer disputes say nothing of calibration; none is told of them."""
A_BIN: Final = 6
"""Forecasts for each bin, at least: fewer and larger bins rather than many of two."""


def calibrations(trials: Mapping[str, Sequence[Trial]]) -> dict[str, dict[str, Calibration]]:
    """Return the calibration of answers and of claims, by configuration as its trials are; nothing of fewer than `LEAST` disputes.

    A failed trial made no forecast. Repeats of a case and the claims of it hang together and are resampled together.
    """
    found: dict[str, dict[str, Calibration]] = {}
    for name, done in trials.items():
        for of in ("answers", "claims"):
            made = [(trial.cluster, one) for trial in done for one in trial.forecasts if one.of == of]
            if len({cluster for cluster, _ in made}) >= LEAST:
                found.setdefault(name, {})[of] = _calibrated(made)
    return found


def _calibrated(made: list[tuple[str, Forecast]]) -> Calibration:
    return calibrate_forecasts(
        [one.probability for _, one in made],
        [one.outcome for _, one in made],
        groups=[cluster for cluster, _ in made],
        bins=max(2, min(10, len(made) // A_BIN)),
    )


def calibration_lines(found: Mapping[str, Mapping[str, Calibration]]) -> list[str]:
    """Say how well calibrated each configuration is, in a few lines."""
    lines = []
    for name, kinds in found.items():
        for of, one in kinds.items():
            lines.append(f"{name}, {of}: {told(one)}")
            lines.append(f"  {'; '.join(_bin(part) for part in one.bins)}")
    return ["", "Calibration (90% intervals, by dispute)", *lines] if lines else []


def told(one: Calibration) -> str:
    """Say the scores of forecasts in a sentence."""
    brier, log, ece = (
        f"{value:.3f} [{low:.3f}, {high:.3f}]"
        for value, (low, high) in (
            (one.brier, one.brier_interval),
            (one.log_score, one.log_score_interval),
            (one.ece, one.ece_interval),
        )
    )
    return (
        f"{one.count} forecasts of {one.groups} disputes; Brier {brier}, log score {log} nats, calibration error {ece}, "
        f"best temperature {one.temperature:.2f} (below 1: overconfident)"
    )


def _bin(part: Bin) -> str:
    return f"said {part.forecast:.2f}, came true {part.observed:.2f} [{part.low:.2f}, {part.high:.2f}] of {part.count}"
