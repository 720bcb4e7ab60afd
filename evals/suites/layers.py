"""Layer suites: one layer of the pipeline asked alone, over labelled research data that stay where they are."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from evals.benches import Bench, TrialFailed
from evals.errors import SuiteUnusable
from evals.scorers.scorer import Scored
from evals.suites.suite import Measured
from prompts.tasks.claims import Excerpt, PlacedClaim, Statement
from reasoners.errors import Unanswered
from reasoners.reasoner import Reasoner

A = TypeVar("A")


@dataclass(frozen=True)
class LayerCase(Generic[A]):
    """A few questions to one layer. ``content``: all that it is made of, for its digest."""

    name: str
    cluster: str
    content: str
    questions: Callable[[Reasoner], Awaitable[A]]
    scores: Callable[[A], Mapping[str, Scored]]

    @property
    def digest(self) -> str:
        """Hex sha256 of the content."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    def measure(self, bench: Bench, home: Path) -> Measured:
        """Ask, and score the answers; what stays unanswered fails the trial."""
        try:
            answers, used = bench.ask(home, self.questions)
        except Unanswered as problem:
            raise TrialFailed(str(problem)) from problem
        return Measured(self.scores(answers), used)


def numbered_text(number: int, title: str, units: Mapping[int, str]) -> Excerpt:
    """Show a document whose claims are given: units of text by their claims' numbers, each number behind its unit."""
    return Excerpt(number=number, title=title, authors="", published="", text=" ".join(f"{text} ⟦{at}⟧" for at, text in units.items()))


def given_claim(number: int, text: str, *, document: int, start: int = 0, speaker: str) -> PlacedClaim:
    """Show a claim that somebody asserts plainly in its own words. ``start``: what orders the claims of a document."""
    said = Statement(document=document, start=start, speaker=speaker, stance="asserts", hedge="plain", passage=text)
    return PlacedClaim(number=number, claim=text, said=(said,))


def data_file(datasets: Path, *parts: str) -> Path:
    """Find a file or folder of a data set.

    Raises:
        SuiteUnusable: it is not here; the reason is given.
    """
    path = datasets.joinpath(*parts)
    if not path.exists():
        raise SuiteUnusable(
            f"skipped: {path} is not here. The labelled data sets are research data that the project doesn't ship; give --datasets FOLDER"
        )
    return path
