"""The bench: what a suite needs from the program to put a configuration to work. The command line provides it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from evals.errors import EvalError
from evals.scorers.scorer import Produced, Used
from reasoners.reasoner import Reasoner
from sources.embedding import Embedder

T = TypeVar("T")


class Unfinished(EvalError):
    """A trial that can go on later: it waits for answers, or a limit stopped it. The message says how to go on."""


class TrialFailed(EvalError):
    """A trial that ended without a result: a datum like any other."""


class Interrupted(EvalError):
    """Somebody stopped the batch: nothing more is begun."""


@dataclass(frozen=True)
class Investigated:
    """What an investigation came to. ``run``: its id in its home, for whoever wants to see why a score is what it is."""

    produced: Produced
    run: str


class Bench(Protocol):
    """One configuration, ready to work in any home. Nothing goes from one home to another."""

    @property
    def embedder(self) -> Embedder:
        """The embedder that scorers use; its vectors depend on nothing but the text."""
        ...

    def identity(self) -> Mapping[str, str]:
        """Name all that shapes the answers: settings, prompts by digest, models by role."""
        ...

    def keep_prompts(self, folder: Path) -> None:
        """Keep in a folder of the result the prompts that its questions are asked by, so that its answers can be found later."""
        ...

    def ablates(self) -> tuple[str, str]:
        """Name the configuration of which this one leaves something out, and what; ("", "") if it is no ablation."""
        ...

    def investigate(self, folder: Path, home: Path) -> Investigated:
        """Run a case in a home of its own, or go on with the run that is there.

        Raises:
            Unfinished: it can go on later.
            TrialFailed: it ended without a result.
        """
        ...

    def places(self, home: Path) -> Sequence[str]:
        """Name the places of the runs or journals below a trial's home ("." for its own)."""
        ...

    def used(self, home: Path) -> Mapping[str, Used]:
        """Say what each run or journal below a trial's home used, by its own home's place in it ("." for the trial's)."""
        ...

    def ask(self, home: Path, questions: Callable[[Reasoner], Awaitable[T]]) -> tuple[T, Used]:
        """Ask single questions, journalled in the home.

        Raises:
            Unfinished: it can go on later.
            TrialFailed: no usable answers came.
        """
        ...
