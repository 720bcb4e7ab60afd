"""Statistics of paired comparisons: differences by case, bootstrap intervals, exact permutation tests, Holm, power.

The unit is the case (the cluster), never the trial: repeats of one case are no new cases. With few cases every interval here is wide,
and that is the honest answer.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy
from numpy.typing import NDArray

Values = NDArray[np.float64]
CONFIDENCE: Final = 0.95
RESAMPLES: Final = 4_000
PERMUTATIONS: Final = 9_999
"""Up to 13 cases every sign pattern is gone through; beyond that so many are drawn."""
SEED: Final = 20_260_101


@dataclass(frozen=True)
class Interval:
    """An estimate with its bounds. ``n``: clusters it rests on. With fewer than two the bounds are nan: nothing is known of the spread."""

    estimate: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Spread:
    """Where the variance of a difference comes from: between cases, and between repeats of one case. Both are variances."""

    between: float
    within: float

    def standard_error(self, cases: int, repeats: int) -> float:
        """Return the standard error of the mean difference that so many cases and repeats would have."""
        return math.sqrt((self.between + self.within / repeats) / cases)


def cluster_means(values: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Average the values of each cluster, so that each counts once however many trials it has."""
    grouped: dict[str, list[float]] = defaultdict(list)
    for cluster, value in values:
        grouped[cluster].append(value)
    return {cluster: math.fsum(members) / len(members) for cluster, members in sorted(grouped.items())}


def paired(first: Mapping[str, float], second: Mapping[str, float]) -> tuple[Values, Values]:
    """Return the values of the cases that both have, in one order."""
    shared = sorted(first.keys() & second.keys())
    return np.array([first[case] for case in shared], dtype=float), np.array([second[case] for case in shared], dtype=float)


def mean_interval(values: Sequence[float] | Values, *, confidence: float = CONFIDENCE) -> Interval:
    """Bootstrap a mean over clusters by the expanded percentile interval.

    The plain percentile interval is too narrow for few cases. Hesterberg (2015, "What Teachers Should Know About the Bootstrap",
    The American Statistician 69:371, section 4.4.2) widens its tail to Phi(-sqrt(n/(n-1)) t_{a/2,n-1}), so that for normal data it
    is as wide as Student's. The estimate stays inside its bounds.
    """
    data = np.asarray(values, dtype=float)
    n = len(data)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0)
    estimate = float(data.mean())
    if n < 2:
        return Interval(estimate, math.nan, math.nan, n)
    if float(np.ptp(data)) == 0.0:
        return Interval(estimate, estimate, estimate, n)
    tail = float(scipy.stats.norm.cdf(-math.sqrt(n / (n - 1)) * scipy.stats.t.ppf(1 - (1 - confidence) / 2, n - 1)))
    drawn = scipy.stats.bootstrap(
        (data,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=max(1 - 2 * tail, 0.5),
        method="percentile",
        vectorized=True,
        rng=np.random.default_rng(SEED),
    )
    low, high = float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)
    return Interval(estimate, min(low, estimate), max(high, estimate), n)


def share_interval(values: Sequence[float] | Values, *, confidence: float = CONFIDENCE) -> Interval:
    """Bound the mean of scores in [0, 1]; where all are 1, or all 0, no resampling can show a spread, and an exact bound is given.

    P(X = 1) is at most E X, so n cases all at 1 have probability at most mean^n: the mean is at least (a/2)^(1/n) (Clopper and Pearson
    1934, at the edge). Twelve perfect cases don't show more than 0.74.
    """
    found = mean_interval(values, confidence=confidence)
    if found.n == 0 or found.low != found.high or found.estimate not in {0.0, 1.0}:
        return found
    least = float(((1 - confidence) / 2) ** (1 / found.n))
    return Interval(1.0, least, 1.0, found.n) if found.estimate else Interval(0.0, 0.0, 1 - least, found.n)


def permutation_p(first: Values, second: Values) -> float:
    """Test whether two configurations differ, two-sided, by swapping them within cases (Fisher's randomisation test)."""
    if len(first) < 2 or np.array_equal(first, second):  # swapping a single pair tells nothing
        return 1.0

    def statistic(one: Any, other: Any, axis: int = -1) -> Any:
        # Rounded, so that sums in another order don't tell apart what is equal.
        return np.round(np.mean(one - other, axis=axis), 12)

    found = scipy.stats.permutation_test(
        (first, second),
        statistic,
        permutation_type="samples",
        n_resamples=PERMUTATIONS,
        vectorized=True,
        rng=np.random.default_rng(SEED),
    )
    return float(min(found.pvalue, 1.0))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Correct for many comparisons (Holm 1979): the chance of any false alarm stays below the level, whatever their dependence."""
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = highest
    return tuple(adjusted)


def power(difference: float, spread: float, n: int, *, level: float = 0.05) -> float:
    """Return the chance that a two-sided paired t test over ``n`` cases sees a true mean difference. ``spread``: sd of the differences.

    The permutation test has nearly the same power and no formula.
    """
    if n < 2:
        return 0.0
    if spread == 0:
        return 1.0 if difference else level
    shift = abs(difference) / spread * math.sqrt(n)
    critical = float(scipy.stats.t.ppf(1 - level / 2, n - 1))
    if shift > 30:  # the noncentral distribution underflows; there is nothing left to miss
        return 1.0
    # The far tail underflows to nan where it is nought for every purpose here.
    wrong_way = float(scipy.stats.nct.cdf(-critical, n - 1, shift))
    return float(scipy.stats.nct.sf(critical, n - 1, shift)) + (0.0 if math.isnan(wrong_way) else wrong_way)


def detectable(spread: float, n: int, *, level: float = 0.05, wanted: float = 0.8) -> float:
    """Return the smallest true difference that ``n`` cases would show with the power wanted; inf with fewer than two."""
    if n < 2:
        return math.inf
    if spread == 0:
        return 0.0
    top = 30 * spread / math.sqrt(n)
    if power(top, spread, n, level=level) < wanted:
        return math.inf
    return float(scipy.optimize.brentq(lambda size: power(size, spread, n, level=level) - wanted, 0.0, top, xtol=spread * 1e-6))


def smallest_p(n: int) -> float:
    """Return the smallest p that a two-sided test by swapping ``n`` pairs can give: with five cases or fewer it never reaches 0.05."""
    return min(1.0, 2.0 ** (1 - n))


def spread_of(differences: Iterable[tuple[str, float]]) -> Spread:
    """Split the variance of trial differences into that between cases and that within (one-way random effects, by moments)."""
    grouped: dict[str, list[float]] = defaultdict(list)
    for cluster, value in differences:
        grouped[cluster].append(value)
    repeated = [np.var(members, ddof=1) for members in grouped.values() if len(members) > 1]
    within = float(np.mean(repeated)) if repeated else 0.0
    means = [math.fsum(members) / len(members) for members in grouped.values()]
    repeats = float(scipy.stats.hmean([len(members) for members in grouped.values()])) if grouped else 1.0
    between = float(np.var(means, ddof=1)) - within / repeats if len(means) > 1 else 0.0
    return Spread(max(between, 0.0), within)
