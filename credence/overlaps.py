"""Evidence that overlaps in part: how much several pieces that share data amount to (facts/credence.md 2.4)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np

from credence.factors import Array

_RIDGE: Final = 1e-9
"""Keeps the correlation matrix of identical pieces invertible."""


def overlap(one: Collection[str], other: Collection[str], *, precision: Mapping[str, float] | None = None) -> float:
    """Return the correlation of two pooled estimates through the studies that both include, in [0, 1].

    rho = sum of v over shared studies / sqrt(sum over one's x sum over the other's), v the inverse variance of each study's estimate
    (1 for all where ``precision`` is not given). 0 where either includes nothing.
    """

    def total(studies: Collection[str]) -> float:
        return math.fsum(precision[study] if precision else 1.0 for study in sorted(studies))

    sizes = total(one) * total(other)
    return total(set(one) & set(other)) / math.sqrt(sizes) if sizes else 0.0


def overlap_of_sets(studies: Sequence[Collection[str]], *, precision: Mapping[str, float] | None = None) -> Array:
    """Return the matrix [n, n] of correlations of pooled estimates, 1 on the diagonal."""
    matrix = np.eye(len(studies))
    for row in range(len(studies)):
        for column in range(row):
            matrix[row, column] = matrix[column, row] = overlap(studies[row], studies[column], precision=precision)
    return matrix


def joint_weight(weights: Sequence[float], correlation: Array) -> float:
    """Combine correlated log likelihood ratios (nats): 1' C^-1 w, at least the strongest single one and at most their sum.

    Meant for pieces that agree in sign: without the floor a weak duplicate of a strong piece would take support away, and the ceiling holds
    where negative GLS coefficients would add more than independence does.

    Raises:
        ValueError: the pieces disagree in sign; a shared datum or a shared gate is the model for these.
    """
    if any(weight > 0 for weight in weights) and any(weight < 0 for weight in weights):
        raise ValueError("pieces of different sign can't be combined by their overlap; let them share a datum or a gate")
    pieces = np.array(weights, dtype=np.float64)
    combined = float(np.ones(len(pieces)) @ np.linalg.solve(correlation + _RIDGE * np.eye(len(pieces)), pieces))
    strongest, total = max(weights, key=abs), math.fsum(weights)
    magnitude = min(max(abs(combined) if combined * total > 0 else 0.0, abs(strongest)), abs(total))
    return math.copysign(magnitude, total)


def effective_number(correlation: Array) -> float:
    """Return how many independent pieces equally heavy correlated ones amount to: 1' C^-1 1, which is n/(1+(n-1)rho) for one common rho."""
    ones = np.ones(len(correlation))
    return float(np.clip(ones @ np.linalg.solve(correlation + _RIDGE * np.eye(len(ones)), ones), 1.0, len(ones)))
