"""What a suite is: named cases with a version, each of which puts a bench to work and scores what comes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Protocol

from evals.benches import Bench
from evals.scorers.credences import Forecast
from evals.scorers.scorer import Scored, Used

Half = Literal["tuning", "held-out"]
HALVES: Final[tuple[Half, ...]] = ("tuning", "held-out")
ELICITED_TWICE: Final = 0.05
"""The most that a credence which nothing should move may move: two elicitations of the same differ by some percent."""


@dataclass(frozen=True)
class Measure:
    """What a scorer's id stands for. ``chance``: what knowing nothing earns, where that is known.

    ``integrity``: whoever is worse at it isn't advised, whatever else they are good at: true quotations, no invented names, hedges, alarms.
    """

    id: str
    higher_is_better: bool = True
    bounded: bool = True
    chance: float | None = None
    integrity: bool = False


@dataclass(frozen=True)
class Measured:
    """A trial's scores by measure, what it took, the run to look into, and probabilities of what is known to be true or false."""

    scores: Mapping[str, Scored]
    used: Used
    run: str = ""
    forecasts: Sequence[Forecast] = ()


class EvalCase(Protocol):
    """One case. Cases of one ``cluster`` are not independent and count as one in every test."""

    @property
    def name(self) -> str:
        """The case's name, unique in its suite."""
        ...

    @property
    def cluster(self) -> str:
        """What it shares with other cases; its own name if nothing."""
        ...

    @property
    def digest(self) -> str:
        """Hex sha256 of all that it is made of."""
        ...

    def measure(self, bench: Bench, home: Path) -> Measured:
        """Put the bench to work and score.

        Raises:
            Unfinished, TrialFailed: see `evals.benches`.
        """
        ...


@dataclass(frozen=True)
class Suite:
    """``version`` counts up when cases or what is scored change; ``headline``: the measures by which to choose, the first first.

    ``task``: the one task that a layer's suite asks, by its prompt's name; a configuration that never asks it can't be put to the suite.
    ``later``: clusters that came after halves were first used; they don't change the half of any other.
    """

    name: str
    version: int
    about: str
    measures: tuple[Measure, ...]
    headline: tuple[str, ...]
    cases: Sequence[EvalCase]
    _: KW_ONLY
    task: str = ""
    later: frozenset[str] = frozenset()

    @cached_property
    def digest(self) -> str:
        """Hex sha256 over version, measures and cases: results of different digests are not compared."""
        lines = [
            f"{self.name} {self.version}",
            *(measure.id for measure in self.measures),
            *(f"{case.name} {case.digest}" for case in self.cases),
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @cached_property
    def cases_digest(self) -> str:
        """Hex sha256 over the cases alone: another way of measuring leaves it as it is."""
        return hashlib.sha256("\n".join(f"{case.name} {case.digest}" for case in self.cases).encode()).hexdigest()

    def only(self, names: Sequence[str]) -> Suite:
        """Return the suite with these cases only; all if none are named."""
        return self._of([case for case in self.cases if not names or case.name in names])

    def half(self, which: Half) -> Suite:
        """Return every second case in the order of their names' digests: a prompt is tuned on one half and compared on the other.

        The order is nobody's choice and new cases don't follow a pattern of names; a cluster goes with its own digest, whole.
        """
        named = {case.cluster for case in self.cases}
        order = sorted(named, key=lambda name: (name in self.later, hashlib.sha256(name.encode()).hexdigest()))
        chosen = set(order[HALVES.index(which) :: 2])
        return self._of([case for case in self.cases if case.cluster in chosen])

    def _of(self, cases: Sequence[EvalCase]) -> Suite:
        return replace(self, cases=cases)
