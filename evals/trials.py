"""Trials: one configuration on one case once. Each is a file, written whole or not at all, so that a batch can stop anywhere."""

from __future__ import annotations

import math
import os
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.errors import ResultUnusable
from evals.scorers.credences import Forecast
from evals.scorers.scorer import Used
from evals.suites.suite import Measured, Suite

Outcome = Literal["done", "failed"]


@dataclass(frozen=True, order=True)
class TrialKey:
    """Which trial. ``repeat`` counts from 0."""

    case: str
    configuration: str
    repeat: int

    @property
    def file(self) -> str:
        """A name for its files: readable, and none for two trials."""
        return f"{_plain(self.configuration)}/{_plain(self.case)}/{self.repeat}"


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name)


class ScoreLine(BaseModel):
    """A score as it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    value: float | None
    misses: tuple[str, ...] = ()


class Trial(BaseModel):
    """A finished trial as it is kept. ``problem``: why it failed.

    ``home``: its folder inside the result; ``places``: where in it its runs or journals can be looked into ("." for itself).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    case: str
    cluster: str
    configuration: str
    repeat: int
    outcome: Outcome
    problem: str = ""
    scores: dict[str, ScoreLine] = {}
    forecasts: tuple[Forecast, ...] = ()
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0
    characters: int = 0
    counted: bool = True
    run: str = ""
    home: str = ""
    places: tuple[str, ...] = ()

    @property
    def homes(self) -> tuple[str, ...]:
        """The homes to look into, inside the result."""
        return tuple((Path(self.home) / place).as_posix() for place in self.places or (".",))

    @property
    def key(self) -> TrialKey:
        """Which trial it is."""
        return TrialKey(self.case, self.configuration, self.repeat)


def finished(key: TrialKey, cluster: str, measured: Measured, home: str, places: Sequence[str] = ()) -> Trial:
    """Describe a trial that came to its end."""
    return Trial(
        **asdict(key),
        cluster=cluster,
        outcome="done",
        scores={name: ScoreLine(value=_finite(score.value), misses=score.misses[:40]) for name, score in measured.scores.items()},
        forecasts=tuple(measured.forecasts),
        **asdict(measured.used),
        run=measured.run,
        home=home,
        places=tuple(places),
    )


def failed(key: TrialKey, cluster: str, problem: str, home: str, used: Mapping[str, Used]) -> Trial:
    """Describe a trial that ended without a result; what it used until then was used all the same."""
    return Trial(
        **asdict(key),
        cluster=cluster,
        outcome="failed",
        problem=problem,
        **asdict(sum(used.values(), start=Used())),
        home=home,
        places=tuple(used),
    )


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise ValueError(f"a score of {value} is none")
    return value


def ordered(suite: Suite, configurations: Sequence[str], repeats: int, seed: int) -> list[TrialKey]:
    """List all trials, shuffled: the time of day and what was warm then must not favour a configuration.

    Stopped early, a batch has whole blocks: all configurations on some cases rather than one configuration on all.
    """
    rng = random.Random(seed)  # noqa: S311  # an order, not a secret
    blocks = [(case.name, repeat) for repeat in range(repeats) for case in suite.cases]
    rng.shuffle(blocks)
    return [
        TrialKey(case, configuration, repeat)
        for case, repeat in blocks
        for configuration in rng.sample(list(configurations), k=len(configurations))
    ]


def keep(folder: Path, trial: Trial) -> None:
    """Write a trial's file in one step."""
    path = folder / "trials" / f"{trial.key.file}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(trial.model_dump_json(indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def kept(folder: Path) -> Iterator[Trial]:
    """Yield the trials that a result holds.

    Raises:
        ResultUnusable: a file of it is no trial.
    """
    for path in sorted((folder / "trials").rglob("*.json")):
        try:
            yield Trial.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as problem:
            raise ResultUnusable(f"{path} is no trial ({problem}); remove it and run the batch again") from problem
