"""Choosing: which configuration a person should use by a result, in one sentence, and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evals.comparing import LEVEL, Comparison, Verdict
from evals.results import Result, cost_of
from evals.statistics import smallest_p

UNITS = ("USD", "tokens", "characters", "seconds")
"""Costs, the one that matters most first; the first that is known of all, and isn't nought for all, is gone by."""


@dataclass(frozen=True)
class Choice:
    """``use``: the configuration to use; "" if the result doesn't say. ``headline``: that in a sentence; ``why``: what it rests on."""

    use: str
    headline: str
    why: tuple[str, ...]


def cost_unit(result: Result) -> str:
    """Name the cost by which the configurations can be compared."""
    costs = [cost_of(result.of(name)) for name in result.configurations]
    for unit in UNITS[:-1]:
        spent = [cost[unit] for cost in costs]
        if None not in spent and any(spent):
            return unit
    return UNITS[-1]


def choose(result: Result, found: Sequence[Comparison]) -> Choice:
    """Choose: of those that nothing beats on any headline measure, the cheapest. What isn't told apart isn't equal, and that is said."""
    names = result.configurations
    if len(names) == 1:
        return Choice("", f"{names[0]} alone: nothing to choose between.", ())
    clusters = len({trial.cluster for trial in result.trials})
    if smallest_p(clusters) > LEVEL:
        return Choice("", f"No choice yet: {clusters} cases can't tell anything apart. Run six or more.", ())
    beaten = {name: _losses(name, [one for one in found if one.scorer in result.plan.headline]) for name in names}
    standing = [name for name in names if not beaten[name]]
    if not standing:
        return Choice("", "It depends on what matters to you: each is beaten on some headline measure.", _told_losses(names, found))
    unit = cost_unit(result)
    costs = {name: cost_of(result.of(name))[unit] or 0.0 for name in names}
    use = min(standing, key=lambda name: (costs[name], names.index(name)))
    why = [_beats(use, name, beaten[name]) for name in names if beaten[name]]
    why += [_cheaper(result, use, name, found, (costs[use], costs[name], unit)) for name in standing if name != use]
    why += [f"But {loss}." for loss in _losses(use, found)]
    begun = "" if result.complete else "So far: "
    return Choice(use, f"{begun}Use {use}.", tuple(why))


def _losses(name: str, found: Sequence[Comparison]) -> list[str]:
    """Say by whom, and on what, a configuration is beaten."""
    lost = []
    for one in found:
        winner = {Verdict.FIRST: one.first, Verdict.SECOND: one.second}.get(one.verdict)
        if winner and name in {one.first, one.second} and winner != name:
            lost.append(f"{winner} is better on {one.scorer} by {abs(one.difference.estimate):.2f}")
    return lost


def _told_losses(names: Sequence[str], found: Sequence[Comparison]) -> tuple[str, ...]:
    return tuple(f"{name}: {'; '.join(losses)}." for name in names if (losses := _losses(name, found)))


def _beats(use: str, name: str, losses: Sequence[str]) -> str:
    mine = [loss for loss in losses if loss.startswith(f"{use} is better")]
    return f"{name} is out: {'; '.join(mine or losses)}."


def _cheaper(result: Result, use: str, name: str, found: Sequence[Comparison], costs: tuple[float, float, str]) -> str:
    """Compare with another that nothing beats: what it costs, and how large a difference could have gone unseen."""
    between = [one for one in found if {one.first, one.second} == {use, name} and one.scorer in result.plan.headline]
    unseen = [one.detectable for one in between if one.verdict is Verdict.OPEN and math.isfinite(one.detectable)]
    own, other, unit = costs
    price = f"costs {other / own:.2g} times as much ({unit})" if own and other > own else f"costs as much ({unit})"
    if all(one.verdict is Verdict.IDENTICAL for one in between):
        return f"{name} scores the same on every headline measure and {price}."
    hidden = f"; a true difference below {max(unseen):.2f} could have gone unseen" if unseen else ""
    return f"{name} is not told apart from it on any headline measure and {price}{hidden}."
