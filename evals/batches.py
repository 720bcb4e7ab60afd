"""The batch: case x configuration x repeat, resumable. Interrupted and resumed it comes to the same as uninterrupted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TypedDict

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.benches import Bench, TrialFailed, Unfinished
from evals.errors import ResultUnusable
from evals.suites.suite import EvalCase, Measure, Suite
from evals.trials import Trial, TrialKey, failed, finished, keep, kept, ordered
from evals.workers import worked

PLAN_FILE: Final = "plan.json"
PROMPTS: Final = "prompts"
"""The folder of a result with the prompts of each configuration."""
Note = Callable[[str], None]


class PlannedMeasure(BaseModel):
    """A measure as a plan names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    higher_is_better: bool
    bounded: bool
    chance: float | None
    integrity: bool = False

    @classmethod
    def of(cls, measure: Measure) -> PlannedMeasure:
        """Copy a measure."""
        return cls(**asdict(measure))


class Scoring(TypedDict):
    """The parts of a plan that say how runs are scored, and nothing of how they are made."""

    version: int
    about: str
    digest: str
    cases_digest: str
    measures: tuple[PlannedMeasure, ...]
    headline: tuple[str, ...]


class Plan(BaseModel):
    """What a batch is made of. A batch goes on only under the same plan. ``configurations``: by name, all that shapes the answers.

    ``ablations``: of a configuration the one of which it leaves something out, and what.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    suite: str
    version: int
    about: str
    digest: str
    cases_digest: str
    measures: tuple[PlannedMeasure, ...]
    headline: tuple[str, ...]
    cases: tuple[str, ...]
    configurations: dict[str, dict[str, str]]
    repeats: int
    seed: int
    ablations: dict[str, tuple[str, str]] = {}


@dataclass(frozen=True)
class Budget:
    """The most that a batch may use, earlier sittings included; None: no limit. Looked at before each trial: those in progress end."""

    max_usd: float | None = None
    max_calls: int | None = None
    max_minutes: float | None = None

    def reached(self, trials: Sequence[Trial]) -> str:
        """Say which limit is reached; "" if none."""
        cost = sum(trial.cost_usd or 0.0 for trial in trials)
        calls = sum(trial.calls for trial in trials)
        minutes = sum(trial.seconds for trial in trials) / 60
        if self.max_usd is not None and any(trial.cost_usd is None for trial in trials):
            return "some calls have no known price, so --max-usd can't be kept to; limit --max-calls instead"
        if self.max_usd is not None and cost >= self.max_usd:
            return f"${cost:.2f} of ${self.max_usd:.2f} are spent"
        if self.max_calls is not None and calls >= self.max_calls:
            return f"{calls} of {self.max_calls} calls are made"
        if self.max_minutes is not None and minutes >= self.max_minutes:
            return f"{minutes:.1f} of {self.max_minutes:g} minutes are used"
        return ""


def plan_of(suite: Suite, benches: Mapping[str, Bench], repeats: int, seed: int) -> Plan:
    """Write down what a batch is made of."""
    return Plan(
        suite=suite.name,
        **scoring_of(suite),
        cases=tuple(case.name for case in suite.cases),
        configurations={name: dict(bench.identity()) for name, bench in benches.items()},
        repeats=repeats,
        seed=seed,
        ablations={name: of for name, bench in benches.items() if (of := bench.ablates())[0]},
    )


def scoring_of(suite: Suite) -> Scoring:
    """Write down how a suite scores."""
    return Scoring(
        version=suite.version,
        about=suite.about,
        digest=suite.digest,
        cases_digest=suite.cases_digest,
        measures=tuple(PlannedMeasure.of(measure) for measure in suite.measures),
        headline=suite.headline,
    )


def load_plan(folder: Path) -> Plan:
    """Read a result's plan.

    Raises:
        ResultUnusable: there is none, or it was written by another version.
    """
    path = folder / PLAN_FILE
    try:
        return Plan.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as problem:
        raise ResultUnusable(f"{folder} is no result of `cruxmap eval run`: {problem}") from problem


def write_plan(folder: Path, plan: Plan) -> None:
    """Write a result's plan."""
    (folder / PLAN_FILE).write_text(plan.model_dump_json(indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Standing:
    """How a batch stands. ``open``: trials that can go on, with why; ``stopped``: the limit that was reached."""

    done: int
    failed: int
    of: int
    open: Mapping[TrialKey, str]
    stopped: str

    @property
    def complete(self) -> bool:
        """Whether every trial has ended."""
        return self.done + self.failed == self.of


def run_batch(
    suite: Suite, benches: Mapping[str, Bench], folder: Path, *, repeats: int, seed: int, budget: Budget, note: Note, jobs: int = 1
) -> Standing:
    """Run all trials that a result doesn't hold yet, ``jobs`` at a time.

    Raises:
        ResultUnusable: the folder holds a batch of something else, or one that was scored otherwise.
        Interrupted: somebody stopped it; what was in progress goes on next time.
    """
    plan = plan_of(suite, benches, repeats, seed)
    _hold(folder, plan)
    for name, bench in benches.items():
        bench.keep_prompts(folder / PROMPTS / name)
    cases = {case.name: case for case in suite.cases}
    ended = {trial.key: trial for trial in kept(folder)}
    keys = ordered(suite, list(benches), repeats, seed)
    unfinished: dict[TrialKey, str] = {}
    stopped = ""

    def due() -> Iterator[TrialKey]:
        nonlocal stopped
        for key in (key for key in keys if key not in ended):
            if stopped := budget.reached(list(ended.values())):
                return
            yield key

    for key, came in worked(lambda key: _tried(key, cases[key.case], benches[key.configuration], folder), due(), jobs):
        if isinstance(came, Unfinished):
            unfinished[key] = str(came)
            note(f"{key.configuration} on {key.case}: {came}")
            continue
        keep(folder, came)
        ended[key] = came
        note(f"{len(ended)} of {len(keys)}: {key.configuration} on {key.case}, {came.outcome}{f': {came.problem}' * bool(came.problem)}")
    without = sum(trial.outcome == "failed" for trial in ended.values())
    return Standing(len(ended) - without, without, len(keys), unfinished, stopped)


def _hold(folder: Path, plan: Plan) -> None:
    """Take a folder for a plan, or make sure that it is this plan's. ``ablations`` may change: they shape no run and score nothing.

    Raises:
        ResultUnusable: it is another's, or its runs were scored otherwise.
    """
    if not (folder / PLAN_FILE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_plan(folder, plan)
        return
    before = load_plan(folder)
    changed = [name for name in Plan.model_fields if name != "ablations" and getattr(before, name) != getattr(plan, name)]
    if changed:
        again = (
            "give another --out"
            if set(changed) - Scoring.__annotations__.keys()
            else (f"`cruxmap eval report {folder}` scores its runs anew and asks nobody, then go on; if it can't, give another --out")
        )
        raise ResultUnusable(f"{folder} holds a batch whose {', '.join(changed)} are others: go on with what it was begun with, or {again}")
    if before != plan:
        write_plan(folder, plan)


def _tried(key: TrialKey, case: EvalCase, bench: Bench, folder: Path) -> Trial:
    """Run a trial in a home that no other trial sees."""
    inside = f"homes/{key.file}"
    home = folder / inside
    try:
        measured = case.measure(bench, home)
    except TrialFailed as problem:
        return failed(key, case.cluster, str(problem), inside, bench.used(home))
    return finished(key, case.cluster, measured, inside, bench.places(home))


def forget_failed(folder: Path) -> int:
    """Remove failed trials with their homes, so that the batch tries them again; return how many."""
    without = [trial for trial in kept(folder) if trial.outcome == "failed"]
    for trial in without:
        (folder / "trials" / f"{trial.key.file}.json").unlink()
        shutil.rmtree(folder / trial.home, ignore_errors=True)
    return len(without)
