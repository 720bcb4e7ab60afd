"""Choosing: which configuration a person should use by a result, in one sentence, and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evals.comparing import LEVEL, Comparison, Verdict
from evals.results import Result, cost_of, in_common

UNITS = ("USD", "tokens", "characters", "seconds")
"""Costs, the one that matters most first; the first that is known of all, and isn't nought for all, is gone by."""
SAME_COST: Final = 0.05
"""Costs that differ by no more than this share are the same."""


@dataclass(frozen=True)
class Choice:
    """``use``: the configuration to use; "" if the result doesn't say. ``headline``: that in a sentence; ``why``: what it rests on."""

    use: str
    headline: str
    why: tuple[str, ...]


def cost_unit(result: Result) -> str:
    """Name the cost by which the configurations can be compared."""
    costs = [cost_of(trials) for trials in in_common(result, result.configurations).values()]
    for unit in UNITS[:-1]:
        spent = [cost[unit] for cost in costs]
        if None not in spent and any(spent):
            return unit
    return UNITS[-1]


def choose(result: Result, found: Sequence[Comparison]) -> Choice:
    """Choose of those that nothing beats on a headline measure and nothing on integrity; the cheapest if nothing else tells them apart.

    What isn't told apart isn't equal, and that is said. Integrity bars without any correction: a safeguard errs on the safe side.
    """
    names = result.configurations
    if len(names) == 1:
        return Choice("", f"{names[0]} alone: nothing to choose between.", ())
    headline = [one for one in found if one.headline]
    if all(one.blind for one in headline):
        return _nothing(result, found, headline)
    out = {name: _losses(name, [one for one in found if one.headline or one.integrity]) for name in names}
    standing = [name for name in names if not out[name]]
    if not standing:
        told = tuple(f"{name}: {_told(losses)}." for name in names if (losses := _losses(name, found)))
        return Choice("", "It depends on what matters to you: each is beaten on a headline measure or on integrity.", told)
    why = [f"{name} is out: {_told(out[name])}." for name in names if out[name]]
    begun = "" if result.complete else "So far: "
    unit = cost_unit(result)
    alike = in_common(result, standing)
    if not any(alike.values()):
        return Choice("", f"{begun}No choice: {' and '.join(standing)} have no trial of the same case yet.", tuple(why))
    costs = {name: cost_of(trials)[unit] or 0.0 for name, trials in alike.items()}
    least = min(costs.values())
    cheap = [name for name in standing if costs[name] <= least * (1 + SAME_COST)]
    use = _best(cheap, found)
    prices = {name: _priced(use, name, found, (costs[use], costs[name], unit)) for name in standing if name != use}
    traded = {name: losses for name in prices if (losses := _losses(use, _between(use, name, found)))}
    if traded:
        on = sorted({loss.scorer for losses in traded.values() for loss in losses})
        told = tuple(f"{_told([*losses, *_wins(use, name, found)])}. {prices[name]}" for name, losses in traded.items())
        return Choice("", f"{begun}It depends on {', '.join(on)}: {' or '.join([use, *traded])}.", (*told, *why))
    level = [name for name in cheap if name != use and not _wins(use, name, found)]
    if level:
        return Choice("", f"{begun}{' or '.join([use, *level])}: not told apart, and they cost the same.", (*why, *prices.values()))
    return Choice(use, f"{begun}Use {use}.", (*why, *prices.values()))


def _nothing(result: Result, found: Sequence[Comparison], headline: Sequence[Comparison]) -> Choice:
    """Say that no outcome at all would have told the configurations apart, and what barred one all the same."""
    clusters = len({trial.cluster for trial in result.trials})
    looks = max((one.looks for one in headline), default=0)
    told = f"No choice: no difference could have been told apart with {clusters} cases and {looks} looks at the headline measures."
    integrity = [one for one in found if one.integrity]
    barred = [f"{_told(losses)}." for name in result.configurations if (losses := _losses(name, integrity))]
    needed = math.ceil(1 + math.log2(max(looks, 1) / LEVEL))
    return Choice("", told, (f"{needed} cases or more could tell something apart.", *barred))


def _between(one: str, other: str, found: Sequence[Comparison]) -> list[Comparison]:
    return [compared for compared in found if {compared.first, compared.second} == {one, other}]


def _best(cheap: Sequence[str], found: Sequence[Comparison]) -> str:
    """Return the first of those that cost the same that none of the others is better than at anything, or else the first."""
    among = [one for one in found if {one.first, one.second} <= set(cheap)]
    return next((name for name in cheap if not _losses(name, among)), cheap[0])


def _losses(name: str, found: Sequence[Comparison]) -> list[Comparison]:
    """Return where a configuration is beaten."""
    return [one for one in found if one.loser == name]


def _wins(name: str, other: str, found: Sequence[Comparison]) -> list[Comparison]:
    return [one for one in _between(name, other, found) if one.winner == name]


def _told(found: Sequence[Comparison]) -> str:
    """Say who is better on what by how much; what is exploratory after what isn't, and as such."""
    parts = []
    for winner in dict.fromkeys(one.winner for one in found):
        of_both = [[one for one in found if one.winner == winner and one.headline is headline] for headline in (True, False)]
        sure, exploratory = (", ".join(f"{one.scorer} by {abs(one.difference.estimate):.2f}" for one in kind) for kind in of_both)
        looks = f"exploratory, uncorrected, of {of_both[1][0].looks} looks" if exploratory else ""
        parts.append(f"{winner} is better on {sure or exploratory}{f' ({looks})' * bool(exploratory and not sure)}")
        parts += [f"and on {exploratory} ({looks})"] if sure and exploratory else []
    return "; ".join(parts)


def _priced(use: str, name: str, found: Sequence[Comparison], costs: tuple[float, float, str]) -> str:
    """Compare with another that nothing beats: what it costs, and how large a difference could have gone unseen."""
    between = [one for one in _between(use, name, found) if one.headline]
    own, other, unit = costs
    same = abs(other - own) <= SAME_COST * min(own, other)
    price = f"costs as much ({unit})" if same or not own else f"costs {other / own:.2g} times as much ({unit})"
    if between and all(one.verdict is Verdict.IDENTICAL for one in between):
        return f"{name} scores the same on every headline measure and {price}."
    unseen = [one.detectable for one in between if one.verdict is Verdict.OPEN and math.isfinite(one.detectable)]
    blind = sum(one.verdict is Verdict.OPEN and one.blind for one in between)
    hidden = f"; a true difference below {max(unseen):.2f} could have gone unseen" if unseen else ""
    hidden += f"; on {blind} of them none could have been told apart" if blind else ""
    return f"{name} is not told apart from it on any headline measure and {price}{hidden}."
