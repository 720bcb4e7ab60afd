"""Comparing two configurations on one scorer, and saying no more than the numbers bear."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from evals.statistics import Interval, detectable, holm, mean_interval, paired, permutation_p, smallest_p

LEVEL: Final = 0.05
MARGIN: Final = 0.02
"""Differences of a score within this are no reason to choose, whatever their p."""


class Verdict(StrEnum):
    """What may be said about two configurations."""

    FIRST = "first is better"
    SECOND = "second is better"
    EQUAL = "as good as equal"
    OPEN = "not told apart"
    IDENTICAL = "identical on every case"


@dataclass(frozen=True)
class Comparison:
    """``second`` minus ``first`` on one scorer over the cases that both have. ``p`` is raw, ``p_adjusted`` after Holm.

    ``detectable``: the true difference that so many cases would have shown with 80% power after correction, given the spread seen here.
    """

    scorer: str
    first: str
    second: str
    means: tuple[float, float]
    difference: Interval
    p: float
    p_adjusted: float
    detectable: float
    verdict: Verdict
    by_case: Mapping[str, float]

    @property
    def told(self) -> str:
        """The comparison as a sentence."""
        n, size = self.difference.n, self.difference.estimate
        if n == 0:
            return f"{self.scorer}: no case is scored under both {self.first} and {self.second}."
        seen = f"{self.second} minus {self.first}: {size:+.3f} [{self.difference.low:+.3f}, {self.difference.high:+.3f}], {n} cases"
        if self.verdict is Verdict.IDENTICAL:
            return f"{self.scorer}: {self.first} and {self.second} score the same on each of {n} cases."
        if self.verdict is Verdict.OPEN:
            limit = (
                f"so few cases can't show any difference (the smallest possible p is {smallest_p(n):.2g})"
                if smallest_p(n) > LEVEL
                else f"with {n} cases a difference of {self.detectable:.3f} could have been seen"
            )
            return f"{self.scorer}: not told apart. {seen}, p {self.p_adjusted:.3g} after Holm; {limit}."
        if self.verdict is Verdict.EQUAL:
            return f"{self.scorer}: as good as equal, within {MARGIN}. {seen}."
        better = self.first if self.verdict is Verdict.FIRST else self.second
        return f"{self.scorer}: {better} is better. {seen}, p {self.p_adjusted:.3g} after Holm."


@dataclass(frozen=True)
class Contest:
    """What is to be compared: a scorer, two configurations, and each one's mean by case."""

    scorer: str
    first: str
    second: str
    higher_is_better: bool
    scores: tuple[Mapping[str, float], Mapping[str, float]]
    bounded: bool = True
    """Scores in [0, 1], for which `MARGIN` means something; costs have no margin."""


def compare(contests: Sequence[Contest]) -> tuple[Comparison, ...]:
    """Compare all, corrected together: each look at the data counts."""
    pairs = [paired(*contest.scores) for contest in contests]
    raw = [permutation_p(first, second) for first, second in pairs]
    # A comparison without any difference is no look that could have come out otherwise by chance.
    looked = [at for at, (first, second) in enumerate(pairs) if len(first) and not np.array_equal(first, second)]
    corrected = dict(zip(looked, holm([raw[at] for at in looked]), strict=True))
    # What Holm asks of the smallest p: a difference that could be seen must be seen among all that were looked at.
    level = LEVEL / max(len(looked), 1)
    return tuple(_compared(contest, pairs[at], raw[at], corrected.get(at, 1.0), level) for at, contest in enumerate(contests))


def _compared(contest: Contest, pair: tuple[np.ndarray, np.ndarray], p: float, adjusted: float, level: float) -> Comparison:
    first, second = pair
    differences = second - first
    interval = mean_interval(differences)
    shared = sorted(contest.scores[0].keys() & contest.scores[1].keys())
    spread = float(np.std(differences, ddof=1)) if len(differences) > 1 else math.nan
    return Comparison(
        scorer=contest.scorer,
        first=contest.first,
        second=contest.second,
        means=(float(first.mean()), float(second.mean())) if len(first) else (math.nan, math.nan),
        difference=interval,
        p=p,
        p_adjusted=adjusted,
        detectable=detectable(spread, len(differences), level=level) if len(differences) > 1 else math.inf,
        verdict=_verdict(contest, differences, interval, adjusted),
        by_case={case: float(value) for case, value in zip(shared, differences, strict=True)},
    )


def _verdict(contest: Contest, differences: np.ndarray, interval: Interval, adjusted: float) -> Verdict:
    """Rank only what the interval and the corrected test both tell apart by more than the margin means."""
    if interval.n == 0 or math.isnan(interval.low):
        return Verdict.OPEN
    if not differences.any():
        return Verdict.IDENTICAL
    if contest.bounded and interval.low >= -MARGIN and interval.high <= MARGIN:
        return Verdict.EQUAL
    apart = interval.low > 0 or interval.high < 0
    if adjusted > LEVEL or not apart or (contest.bounded and abs(interval.estimate) < MARGIN):
        return Verdict.OPEN
    return Verdict.SECOND if (interval.estimate > 0) == contest.higher_is_better else Verdict.FIRST


def ranking(configurations: Sequence[str], comparisons: Sequence[Comparison], scorer: str) -> tuple[tuple[str, ...], ...]:
    """Order configurations in tiers: one stands above another only if it beats it. Near-ties share a tier, never an order.

    A tier holds those that nobody still standing beats (Pareto layers); beating is a partial order in practice, and where it is
    not (a cycle), the rest share one tier.
    """
    beaten: dict[str, set[str]] = {name: set() for name in configurations}
    for found in comparisons:
        if found.scorer == scorer and found.verdict in {Verdict.FIRST, Verdict.SECOND}:
            winner, loser = (found.first, found.second) if found.verdict is Verdict.FIRST else (found.second, found.first)
            beaten[loser].add(winner)
    left, tiers = list(configurations), []
    while left:
        tier = [name for name in left if not beaten[name] & set(left)] or left
        tiers.append(tuple(tier))
        left = [name for name in left if name not in tier]
    return tuple(tiers)
