"""Results: from the trials of a batch to means with intervals, comparisons, and what may be said of them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Final

from credence.calibration import Calibration
from evals.batches import Plan, PlannedMeasure, load_plan
from evals.calibrating import calibrations
from evals.comparing import Comparison, Contest, Verdict, compare, ranking
from evals.errors import ResultUnusable
from evals.statistics import SHARES, Interval, Spread, cluster_means, mean_interval, spread_of
from evals.trials import Trial, kept

SAME_BUDGET: Final = 0.15
"""The share by which what two configurations read and wrote may differ for them to be called compared at one budget."""


@dataclass(frozen=True)
class Result:
    """A batch with all trials that have ended."""

    plan: Plan
    trials: tuple[Trial, ...]
    folder: Path

    @property
    def complete(self) -> bool:
        """Whether every trial has ended."""
        return len(self.trials) == len(self.plan.cases) * len(self.plan.configurations) * self.plan.repeats

    @property
    def configurations(self) -> tuple[str, ...]:
        """The configurations in the order in which they were given."""
        return tuple(self.plan.configurations)

    def measure(self, name: str) -> PlannedMeasure:
        """Return a measure by its id."""
        return next(measure for measure in self.plan.measures if measure.id == name)

    def of(self, configuration: str) -> list[Trial]:
        """Return a configuration's trials."""
        return [trial for trial in self.trials if trial.configuration == configuration]

    @cached_property
    def calibrations(self) -> Mapping[str, Mapping[str, Calibration]]:
        """How well calibrated each configuration is, by what its forecasts are of; worked out when it is first asked for."""
        return calibrations({name: self.of(name) for name in self.configurations})


def load_result(folder: Path) -> Result:
    """Read a result.

    Raises:
        ResultUnusable: it is none.
    """
    return Result(load_plan(folder), tuple(kept(folder)), folder)


def values(result: Result, measure: str, configuration: str) -> list[tuple[str, str, float]]:
    """Return (cluster, case, value) for each trial that has a value.

    A failed trial gets the worst of a measure wherever some other trial of its case is scored: leaving failures out would flatter
    whoever fails on hard cases, and nought would where lower is better. Of what has no bounds the worst is what any trial came to.
    """
    of_all = [(trial.case, line.value) for trial in result.trials if (line := trial.scores.get(measure)) and line.value is not None]
    scored = {case for case, _ in of_all}
    worst = _worst(result.measure(measure), [value for _, value in of_all])
    found = []
    for trial in result.of(configuration):
        line = trial.scores.get(measure)
        if trial.outcome == "failed" and trial.case in scored:
            found.append((trial.cluster, trial.case, worst))
        elif line is not None and line.value is not None:
            found.append((trial.cluster, trial.case, line.value))
    return found


def _worst(measure: PlannedMeasure, seen: Sequence[float]) -> float:
    if measure.bounded:
        return 0.0 if measure.higher_is_better else 1.0
    return min(seen, default=0.0) if measure.higher_is_better else max(seen, default=0.0)


def by_cluster(result: Result, measure: str, configuration: str) -> dict[str, float]:
    """Average a measure over repeats, then over the cases of each cluster."""
    of_case = cluster_means((f"{cluster}\0{case}", value) for cluster, case, value in values(result, measure, configuration))
    return cluster_means((key.partition("\0")[0], value) for key, value in of_case.items())


def means(result: Result) -> dict[str, dict[str, Interval]]:
    """Return every measure's mean with its interval, by measure and configuration."""
    return {
        measure.id: {
            name: mean_interval(list(by_cluster(result, measure.id, name).values()), bounds=SHARES if measure.bounded else None)
            for name in result.configurations
        }
        for measure in result.plan.measures
    }


def cost_of(trials: Sequence[Trial]) -> dict[str, float | None]:
    """Add up what trials took."""
    prices = [trial.cost_usd for trial in trials]
    return {
        "calls": float(sum(trial.calls for trial in trials)),
        "tokens": float(sum(trial.input_tokens + trial.output_tokens for trial in trials)) if all(one.counted for one in trials) else None,
        "characters": float(sum(trial.characters for trial in trials)),
        "USD": None if any(price is None for price in prices) else math.fsum(price or 0.0 for price in prices),
        "seconds": math.fsum(trial.seconds for trial in trials),
    }


def in_common(result: Result, names: Sequence[str]) -> dict[str, list[Trial]]:
    """Return of each configuration the trials whose case and repeat all of them have: an unfinished batch has more of some."""
    keys = [{(trial.case, trial.repeat) for trial in result.of(name)} for name in names]
    shared = set.intersection(*keys) if keys else set()
    return {name: [trial for trial in result.of(name) if (trial.case, trial.repeat) in shared] for name in names}


def comparisons(result: Result) -> tuple[Comparison, ...]:
    """Compare all pairs of configurations on all bounded measures, the headline ones corrected together; costs are told, not tested."""
    contests = [
        Contest(
            measure.id,
            first,
            second,
            measure.higher_is_better,
            (_scores(result, measure, first), _scores(result, measure, second)),
            headline=measure.id in result.plan.headline,
            integrity=measure.integrity,
        )
        for first, second in combinations(result.configurations, 2)
        for measure in result.plan.measures
        if measure.bounded
    ]
    return tuple(found for found in compare(contests) if found.difference.n)


def _scores(result: Result, measure: PlannedMeasure, configuration: str) -> Mapping[str, float]:
    return by_cluster(result, measure.id, configuration)


def spread(result: Result, measure: str, first: str, second: str) -> Spread:
    """Split the variance of a difference into that between cases and that between repeats."""
    one, other = ({trial.key.case + f"\0{trial.repeat}": trial for trial in result.of(name)} for name in (first, second))
    found = []
    for key in sorted(one.keys() & other.keys()):
        lines = one[key].scores.get(measure), other[key].scores.get(measure)
        if lines[0] and lines[1] and lines[0].value is not None and lines[1].value is not None:
            found.append((one[key].cluster, lines[1].value - lines[0].value))
    return spread_of(found)


def advice(result: Result, found: Sequence[Comparison]) -> list[str]:
    """Say in a few sentences which configuration to use, or that this can't be said."""
    lines = []
    for measure in result.plan.headline:
        tiers = ranking(result.configurations, found, measure)
        if len(tiers) > 1:
            lines.append(f"{measure}: {' > '.join(' = '.join(tier) for tier in tiers)}.")
    if len(result.configurations) > 1 and not lines:
        lines.append("No configuration is told apart from another by the headline measures.")
    lines += [*budgets(result), *idle(result, found)]
    if not result.complete:
        total = len(result.plan.cases) * len(result.plan.configurations) * result.plan.repeats
        lines.append(f"This batch is unfinished: {len(result.trials)} of {total} trials. Run it again to go on.")
    failed = {name: sum(trial.outcome == "failed" for trial in result.of(name)) for name in result.configurations}
    lines += [f"{name} failed on {count} trials, which count as the worst of every measure." for name, count in failed.items() if count]
    return lines


def budgets(result: Result) -> list[str]:
    """Say where a configuration that asks one prompt for everything read and wrote another amount than one of agents, by 15% or more.

    Characters, since everybody has them; over what both have done.
    """
    lines = []
    for single, agents in combinations(result.configurations, 2):
        if _passes(result, single) == _passes(result, agents) or 0 not in {_passes(result, single), _passes(result, agents)}:
            continue
        one, other = (single, agents) if _passes(result, single) else (agents, single)
        done = Result(result.plan, tuple(trial for trial in result.trials if trial.outcome == "done"), result.folder)
        mine, theirs = (sum(trial.characters for trial in trials) for trials in in_common(done, (one, other)).values())
        if theirs and abs(mine / theirs - 1) > SAME_BUDGET:
            lines.append(
                f"Not at the same budget: {one} read and wrote {mine / theirs:.2f} of the characters of {other}; set its passes by that."
            )
    return lines


def _passes(result: Result, name: str) -> int:
    """Return how often a configuration asks its single prompt; 0 if it has agents."""
    return int(json.loads(result.plan.configurations[name].get("settings", "{}")).get("passes", 0))


def idle(result: Result, found: Sequence[Comparison]) -> list[str]:
    """Name what could be left out: agents whose removal changes nothing, what changes no score at all first."""
    same, unshown = [], []
    for name, (whole, without) in result.plan.ablations.items():
        between = [one for one in found if {one.first, one.second} == {whole, name}]
        if between and all(one.verdict is Verdict.IDENTICAL for one in between):
            same.append(f"{without} changes nothing: {name} scores the same as {whole} on every case and measure.")
        elif between and not any(one.winner for one in between):
            unsure = [one for one in between if one.headline and one.verdict is Verdict.OPEN]
            told = f" ({max(unsure, key=lambda one: (one.blind, one.detectable)).limit})" if unsure else ""
            unshown.append(f"{without} is not shown to be worth anything: {name} is told apart from {whole} by no measure{told}.")
    return same + unshown


def between_results(before: Result, after: Result) -> tuple[Comparison, ...]:
    """Compare configurations of two results of one suite, those of one name with each other; else the first of each.

    Only measures with the same id and version, and only cases that both have.

    Raises:
        ResultUnusable: the results are of different suites, or of different versions of one.
    """
    if before.plan.suite != after.plan.suite or before.plan.version != after.plan.version or not _same_cases(before, after):
        raise ResultUnusable(
            f"{before.folder} is of {before.plan.suite} {before.plan.version}, {after.folder} of {after.plan.suite} {after.plan.version}"
            f"{'' if _same_cases(before, after) else ', with other cases'}; only results of one version of a suite can be compared"
        )
    shared = [name for name in before.configurations if name in after.configurations]
    pairs = [(name, name) for name in shared] or [(before.configurations[0], after.configurations[0])]
    known = {measure.id: measure for measure in after.plan.measures}
    contests = [
        Contest(
            measure.id,
            f"{first} (before)",
            f"{second} (after)",
            measure.higher_is_better,
            (by_cluster(before, measure.id, first), by_cluster(after, measure.id, second)),
            headline=measure.id in after.plan.headline,
            integrity=measure.integrity,
        )
        for first, second in pairs
        for measure in before.plan.measures
        if measure.bounded and measure.id in known
    ]
    return tuple(found for found in compare(contests) if found.difference.n)


def _same_cases(before: Result, after: Result) -> bool:
    """Say whether the cases are the same, byte for byte; measures may differ, of which only the common ones are compared."""
    return before.plan.cases_digest == after.plan.cases_digest
