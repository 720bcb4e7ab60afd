"""Rescoring: what a result's runs came to, measured by today's scorers against today's gold. Nobody is asked anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evals.batches import load_plan, scoring_of, write_plan
from evals.benches import Bench, TrialFailed, Unfinished
from evals.errors import ResultUnusable
from evals.suites.suite import Suite
from evals.trials import Trial, finished, keep, kept


def rescored(folder: Path, suite: Suite, benches: Mapping[str, Bench]) -> bool:
    """Score a result's runs anew if the suite measures otherwise than when they were made; say whether it does.

    All or none: a result in which some scores are of today and others of then could be compared with nothing. ``benches`` give back what
    the runs in the homes of a configuration came to, and refuse a run of other documents or questions than the case has now.

    Raises:
        ResultUnusable: some run can't be scored by the suite of today; the result stays as it was.
    """
    plan = load_plan(folder)
    chosen = suite.only(plan.cases)
    if gone := sorted(set(plan.cases) - {case.name for case in chosen.cases}):
        raise ResultUnusable(f"the suite {suite.name} {suite.version} has no case {', '.join(gone)}")
    today = plan.model_copy(update={**scoring_of(chosen)})
    if today == plan:
        return False
    before = list(kept(folder))
    if plan.cases_digest != today.cases_digest and len(before) < len(plan.cases) * len(plan.configurations) * plan.repeats:
        raise ResultUnusable("its cases are others now and it is unfinished: what is still open was begun with the cases of then")
    trials = _anew(before, folder, chosen, benches)
    for trial in trials:
        keep(folder, trial)
    write_plan(folder, today)
    return True


def _anew(trials: list[Trial], folder: Path, suite: Suite, benches: Mapping[str, Bench]) -> list[Trial]:
    """Score every trial that came to its end.

    Raises:
        ResultUnusable: some can't be; each is named with why.
    """
    cases = {case.name: case for case in suite.cases}
    found, left = [], []
    for trial in trials:
        home, bench = folder / trial.home, benches[trial.configuration]
        try:
            found.append(
                trial
                if trial.outcome == "failed"
                else finished(trial.key, trial.cluster, cases[trial.case].measure(bench, home), trial.home, bench.places(home))
            )
        except (TrialFailed, Unfinished) as problem:
            left.append(f"{trial.configuration} on {trial.case}: {problem}")
    if left:
        raise ResultUnusable("\n".join([f"{len(left)} of {len(trials)} trials can't be scored as it measures today:", *left]))
    return found
