"""Comparing two configurations on one scorer, and saying no more than the numbers bear."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from evals.statistics import DIFFERENCES, Interval, detectable, holm, mean_interval, paired, permutation_p, smallest_p

LEVEL: Final = 0.05
MARGIN: Final = 0.02
"""Differences of a score within this are no reason to choose, whatever their p."""


class Verdict(StrEnum):
    """What may be said about two configurations."""

    FIRST = "first is better"
    SECOND = "second is better"
    OPEN = "not told apart"
    IDENTICAL = "identical on every case"


@dataclass(frozen=True)
class Comparison:
    """``second`` minus ``first`` on one scorer over the cases that both have.

    ``headline``: one of the few measures by which to choose, fixed before the run: these looks are corrected together by Holm, and
    ``p_adjusted`` is what counts. All others are exploratory: their p counts as it is, and is told with how many looks there were.
    ``looks``: how many of its kind. ``detectable``: the true difference that so many cases would have shown with 80% power at the level
    that the first of so many looks must pass, given the spread seen here; infinite where no outcome at all could have passed it.
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
    headline: bool = True
    integrity: bool = False
    looks: int = 1

    @property
    def winner(self) -> str:
        """Who is better; "" if that isn't told apart."""
        return {Verdict.FIRST: self.first, Verdict.SECOND: self.second}.get(self.verdict, "")

    @property
    def loser(self) -> str:
        """Who is worse; "" if that isn't told apart."""
        return {Verdict.FIRST: self.second, Verdict.SECOND: self.first}.get(self.verdict, "")

    @property
    def blind(self) -> bool:
        """Whether nothing could have been told apart, whatever had come out."""
        return smallest_p(self.difference.n) > _level(self.looks, headline=self.headline)

    @property
    def told(self) -> str:
        """The comparison as a sentence."""
        n, size = self.difference.n, self.difference.estimate
        if n == 0:
            return f"{self.scorer}: no case is scored under both {self.first} and {self.second}."
        seen = f"{self.second} minus {self.first}: {size:+.3f} [{self.difference.low:+.3f}, {self.difference.high:+.3f}], {n} cases"
        if self.verdict is Verdict.IDENTICAL:
            return f"{self.scorer}: {self.first} and {self.second} score the same on each of {n} cases."
        p = f"p {self.p_adjusted:.3g} after Holm" if self.headline else f"p {self.p:.3g} unadjusted, one of {self.looks} exploratory looks"
        if self.verdict is Verdict.OPEN:
            return f"{self.scorer}: not told apart. {seen}, {p}; {self.limit}."
        return f"{self.scorer}: {self.winner} is better. {seen}, {p}."

    @property
    def limit(self) -> str:
        """What could have been told apart."""
        n = self.difference.n
        looks = f" and {self.looks} looks" if self.headline else ""
        if self.blind:
            return f"no difference could have been told apart with {n} cases{looks} (the smallest possible p is {smallest_p(n):.2g})"
        return f"with {n} cases{looks} a difference of {self.detectable:.3f} could have been seen"


def _level(looks: int, *, headline: bool) -> float:
    """Return what Holm asks of the smallest p of the headline measures; of an exploratory look as much as of any."""
    return LEVEL / max(looks, 1) if headline else LEVEL


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
    headline: bool = True
    integrity: bool = False


def compare(contests: Sequence[Contest]) -> tuple[Comparison, ...]:
    """Compare all; the headline measures are corrected together, each look at them counts."""
    pairs = [paired(*contest.scores) for contest in contests]
    raw = [permutation_p(first, second) for first, second in pairs]
    # Where no case differs p is 1 however cases are swapped: no look that could have come out otherwise (Tarone 1990, Biometrics 46:515).
    looked = [at for at, (first, second) in enumerate(pairs) if len(first) and not np.array_equal(first, second)]
    confirmed = [at for at in looked if contests[at].headline]
    corrected = dict(zip(confirmed, holm([raw[at] for at in confirmed]), strict=True))
    looks = {True: len(confirmed), False: len(looked) - len(confirmed)}
    return tuple(
        _compared(contest, pairs[at], raw[at], corrected.get(at, raw[at]), looks[contest.headline]) for at, contest in enumerate(contests)
    )


def _compared(contest: Contest, pair: tuple[np.ndarray, np.ndarray], p: float, adjusted: float, looks: int) -> Comparison:
    first, second = pair
    differences = second - first
    interval = mean_interval(differences, bounds=DIFFERENCES if contest.bounded else None)
    shared = sorted(contest.scores[0].keys() & contest.scores[1].keys())
    spread = float(np.std(differences, ddof=1)) if len(differences) > 1 else math.nan
    level = _level(looks, headline=contest.headline)
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
        headline=contest.headline,
        integrity=contest.integrity,
        looks=looks,
    )


def _verdict(contest: Contest, differences: np.ndarray, interval: Interval, adjusted: float) -> Verdict:
    """Rank only what the interval and the test both tell apart by more than the margin means.

    Nothing is called equal but what was identical: to bound what the cases didn't show by `MARGIN` takes 180 of them.
    """
    if interval.n < 2:
        return Verdict.OPEN
    if not differences.any():
        return Verdict.IDENTICAL
    if math.isnan(interval.low):
        return Verdict.OPEN
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
        if found.scorer == scorer and found.winner:
            beaten[found.loser].add(found.winner)
    left, tiers = list(configurations), []
    while left:
        tier = [name for name in left if not beaten[name] & set(left)] or left
        tiers.append(tuple(tier))
        left = [name for name in left if name not in tier]
    return tuple(tiers)
