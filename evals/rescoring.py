"""Rescoring: what a result's runs came to, measured by today's scorers against today's gold. Nobody is asked anything."""

from __future__ import annotations

from pathlib import Path

from evals.batches import PLAN_FILE, PlannedMeasure, load_plan
from evals.benches import Bench, TrialFailed, Unfinished
from evals.errors import ResultUnusable
from evals.suites.suite import Suite
from evals.trials import finished, keep, kept


def rescored(folder: Path, suite: Suite, bench: Bench) -> bool:
    """Score a result's runs anew where the suite measures otherwise than when they were made; say whether it does.

    ``bench`` gives back what the runs in the homes came to, and refuses a run of other documents or questions than the case has now.

    Raises:
        ResultUnusable: it can't be, and why; the result stays as it was.
    """
    plan = load_plan(folder)
    chosen = suite.only(plan.cases)
    if gone := sorted(set(plan.cases) - {case.name for case in chosen.cases}):
        raise ResultUnusable(f"{folder}: the suite {suite.name} {suite.version} has no case {', '.join(gone)}")
    today = plan.model_copy(
        update={
            "version": suite.version,
            "about": suite.about,
            "digest": chosen.digest,
            "cases_digest": chosen.cases_digest,
            "measures": tuple(PlannedMeasure.of(measure) for measure in suite.measures),
            "headline": suite.headline,
        }
    )
    if today == plan:
        return False
    cases, trials = {case.name: case for case in chosen.cases}, []
    for trial in kept(folder):
        if trial.outcome == "failed":
            continue
        home = folder / trial.home
        try:
            measured = cases[trial.case].measure(bench, home)
        except (TrialFailed, Unfinished) as problem:
            raise ResultUnusable(f"{folder}: {trial.configuration} on {trial.case} can't be scored anew: {problem}") from problem
        trials.append(finished(trial.key, trial.cluster, measured, trial.home, tuple(bench.used(home))))
    for made in trials:
        keep(folder, made)
    (folder / PLAN_FILE).write_text(today.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return True
