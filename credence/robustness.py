"""How far all leading judgments can be off together before another answer leads (facts/credence.md 2.10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from credence.judgments import Key
from credence.noise import SUBJECTS_VARIED, Varied, moved

WIDEST_RADIUS: Final = 3.0
"""Nats; an answer that survives every judgment being off by a factor of 20 is not worth distinguishing further."""
MOST_TRIED: Final = 8
"""Judgments of which every combination of directions is tried (256); each more doubles them."""
MOST_ROUNDS: Final = 4
_PROBE: Final = 0.25
"""Nats, about what a judgment is off by."""
_Ways = Mapping[Key, float]


@dataclass(frozen=True)
class Radius:
    """The smallest step, in nats, that overturns the answer if every judgment behind the leading cruxes is off by it, each one way.

    None: none up to `WIDEST_RADIUS` does. ``exact``: every combination of directions was tried; else only those that an ascent led to, so
    that it may fall sooner, never later (the worst is NP-hard to find: de Campos and Cozman 2005, IJCAI).
    """

    nats: float | None
    exact: bool


def robustness_radius(varied: Varied, *, precision: float = 0.02) -> Radius:
    """Find the smallest step that overturns the answer.

    First every judgment goes in the direction that hurts the answer by itself. Then, at the step found, each is turned round in turn, as
    long as that hurts more, and the step is found anew: together some judgments hurt in the other direction. Of few judgments every
    combination is tried.
    """
    search = _Search(varied, precision)
    keys = varied.keys_of(varied.scored()[:SUBJECTS_VARIED])
    ways: _Ways = search.one_by_one(keys)
    nats = search.smallest(ways)
    for _ in range(MOST_ROUNDS):
        turned = search.turned(ways, WIDEST_RADIUS if nats is None else nats)
        if turned == ways:
            break
        ways, nats = turned, search.smallest(turned, most=nats)
    if len(keys) > MOST_TRIED:
        return Radius(nats, exact=False)
    while (below := WIDEST_RADIUS if nats is None else nats - precision) > 0 and (sooner := search.overturning(keys, below)) is not None:
        nats = search.smallest(sooner, most=below)
    return Radius(nats, exact=True)


class _Search:
    """One question's lead over the next answer, under judgments that are off in given directions."""

    def __init__(self, varied: Varied, precision: float) -> None:
        self._varied, self._precision = varied, precision

    def _lead(self, ways: _Ways, nats: float) -> float:
        """Return by how many nats the leading answer leads, as published; negative where another does."""
        instead = {key: moved(key, self._varied.used[key].value, way * nats) for key, way in ways.items()}
        logs = np.log(np.maximum(self._varied.under(instead).published, 1e-300))
        return float(logs[self._varied.leader] - np.delete(logs, self._varied.leader).max(initial=-np.inf))

    def one_by_one(self, keys: Iterable[Key]) -> dict[Key, float]:
        """Return for each judgment the direction (1 or -1) that hurts by itself; those that move nothing are left out."""
        now = self._varied.leading({})
        found = {}
        for key in keys:
            change = self._varied.leading({key: moved(key, self._varied.used[key].value, _PROBE)}) - now
            if change:
                found[key] = -1.0 if change > 0 else 1.0
        return found

    def turned(self, ways: _Ways, nats: float) -> _Ways:
        """Turn round, one after the other, every judgment that hurts more so."""
        now, found = self._lead(ways, nats), dict(ways)
        for key in ways:
            other = found | {key: -found[key]}
            lead = self._lead(other, nats)
            if lead < now - 1e-9:
                now, found = lead, other
        return found

    def smallest(self, ways: _Ways, *, most: float | None = None) -> float | None:
        """Return the smallest step that overturns the answer in these directions, by bisection; None if none does."""
        low, high = 0.0, WIDEST_RADIUS if most is None else most
        if self._lead(ways, high) >= 0:
            return most
        while high - low > self._precision:
            middle = (low + high) / 2
            low, high = (low, middle) if self._lead(ways, middle) < 0 else (middle, high)
        return high

    def overturning(self, keys: list[Key], nats: float) -> _Ways | None:
        """Return directions, of all there are, that overturn the answer at a step; None if none do."""
        ways = (dict(zip(keys, signs, strict=True)) for signs in product((-1.0, 1.0), repeat=len(keys)))
        return next((one for one in ways if self._lead(one, nats) < 0), None)
