"""Rescoring: what a result's runs came to, measured by today's scorers against today's gold. Nobody is asked anything."""

from __future__ import annotations

from pathlib import Path

from evals.batches import PLAN_FILE, PlannedMeasure, load_plan
from evals.benches import Bench, TrialFailed, Unfinished
from evals.errors import ResultUnusable
from evals.suites.suite import EvalCase, Suite
from evals.trials import Trial, finished, keep, kept


def rescored(folder: Path, suite: Suite, bench: Bench) -> list[str] | None:
    """Score a result's runs anew where the suite measures otherwise than when they were made; None if it doesn't.

    ``bench`` gives back what the runs in the homes came to, and refuses a run of other documents or questions than the case has now:
    such a trial is left without scores, and what is returned says why.

    Raises:
        ResultUnusable: the suite has no such cases; the result stays as it was.
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
        return None
    cases = {case.name: case for case in chosen.cases}
    trials = [trial if trial.outcome == "failed" else _anew(trial, cases[trial.case], folder, bench) for trial in kept(folder)]
    for trial in trials:
        keep(folder, trial)
    (folder / PLAN_FILE).write_text(today.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return [f"{trial.configuration} on {trial.case}: {trial.problem}" for trial in trials if trial.outcome == "done" and trial.problem]


def _anew(trial: Trial, case: EvalCase, folder: Path, bench: Bench) -> Trial:
    home = folder / trial.home
    try:
        measured = case.measure(bench, home)
    except (TrialFailed, Unfinished) as problem:
        return trial.model_copy(update={"scores": {}, "forecasts": (), "problem": f"not scored: {problem}"})
    return finished(trial.key, trial.cluster, measured, trial.home, tuple(bench.used(home)))
