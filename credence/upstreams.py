"""Which shared upstreams can fail as one: data sets, witnesses and works on which testimony for several claims leans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from credence.defaults import MOST_UPSTREAMS
from credence.testimony import Evidence
from credence.wording import Event


def choose_upstreams(testimony: Sequence[tuple[Event, Evidence]]) -> dict[str, int]:
    """Return the shared upstreams that carry most, with the number of variables that lean on each (at least two).

    Each becomes a gate over all testimony that leans on it (facts/credence.md 2.4, third rung); `MOST_UPSTREAMS` at most.
    """
    leaning: dict[str, set[str]] = defaultdict(set)
    carried: dict[str, float] = defaultdict(float)
    for event, found in testimony:
        for piece in found.parts:
            for upstream, share in piece.leans:
                leaning[upstream].add(event.variable)
                carried[upstream] += abs(piece.weight) * share
    shared = [upstream for upstream, variables in leaning.items() if len(variables) > 1]
    kept = sorted(shared, key=lambda upstream: (-round(carried[upstream], 9), upstream))[:MOST_UPSTREAMS]
    return {upstream: len(leaning[upstream]) for upstream in kept}
