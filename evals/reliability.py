"""Agreement beyond chance between two annotators: Cohen's kappa and Krippendorff's alpha, over one case or many."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import scipy

from evals.statistics import CONFIDENCE, RESAMPLES, SEED, Interval

Table = Counter[tuple[Hashable, Hashable]]
"""How often the first annotator gave one label where the second gave the other. A Counter, so that tables add up."""


def table_of(first: Iterable[Hashable], second: Iterable[Hashable]) -> Table:
    """Count the labels that two annotators gave the same units, in the same order.

    Raises:
        ValueError: they labelled unlike many.
    """
    return Counter(zip(first, second, strict=True))


def raw_agreement(tables: Sequence[Table]) -> float | None:
    """Return the share of units that got the same label twice; None without units."""
    n = sum(table.total() for table in tables)
    return sum(count for table in tables for (one, other), count in table.items() if one == other) / n if n else None


def cohen_kappa(tables: Sequence[Table]) -> float | None:
    """Return kappa (Cohen 1960): 1 at best, 0 at chance; None where chance agrees on everything.

    Over several cases, what is agreed beyond chance and what chance leaves open are summed before they are divided. So chance is reckoned
    within each case: other people speak in each, and what differs between cases is no agreement.
    """
    beyond, open_to_chance = 0.0, 0.0
    for table in tables:
        n = table.total()
        if not n:
            continue
        rows, columns = _margins(table)
        seen = sum(count for (one, other), count in table.items() if one == other)
        chance = sum(rows[label] * columns[label] for label in rows) / n
        beyond += seen - chance
        open_to_chance += n - chance
    return beyond / open_to_chance if open_to_chance > 0 else None


def _margins(table: Table) -> tuple[Counter[Hashable], Counter[Hashable]]:
    rows: Counter[Hashable] = Counter()
    columns: Counter[Hashable] = Counter()
    for (one, other), count in table.items():
        rows[one] += count
        columns[other] += count
    return rows, columns


def krippendorff_alpha(tables: Sequence[Table]) -> float | None:
    """Return alpha for nominal labels and two annotators (Krippendorff 2011): 1 - observed / expected disagreement, over all units.

    Chance is reckoned within each case, as for `cohen_kappa`. None where only one label occurs.
    """
    observed, expected = 0.0, 0.0
    for table in tables:
        rows, columns = _margins(table)
        values = rows + columns
        n = values.total()
        if n > 1:
            observed += 2 * sum(count for (one, other), count in table.items() if one != other)
            expected += (n**2 - sum(count**2 for count in values.values())) / (n - 1)
    return 1 - observed / expected if expected > 0 else None


def kappa_interval(tables: Sequence[Table]) -> Interval:
    """Bound kappa over cases: 95%, bootstrap over cases with the tail widened for few (Hesterberg 2015, see `evals.statistics`).

    nan where kappa isn't known, and bounds nan with fewer than two cases that have units.
    """
    counted = [table for table in tables if table.total()]
    estimate, n = cohen_kappa(counted), len(counted)
    if estimate is None or n < 2:
        return Interval(math.nan if estimate is None else estimate, math.nan, math.nan, n)
    drawn = np.random.default_rng(SEED).integers(n, size=(RESAMPLES, n))
    kappas = [kappa for places in drawn if (kappa := cohen_kappa([counted[place] for place in places])) is not None]
    tail = float(scipy.stats.norm.cdf(-math.sqrt(n / (n - 1)) * scipy.stats.t.ppf(1 - (1 - CONFIDENCE) / 2, n - 1)))
    low, high = (float(bound) for bound in np.quantile(kappas, [tail, 1 - tail]))
    return Interval(estimate, min(low, estimate), max(high, estimate), n)
