"""What a scorer is: a name, a version, a direction, and a pure function from what was produced and the gold to a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from credence.engine import assess
from credence.results import QuestionAssessment
from evals.alignment import Alignment, align
from evals.gold import GoldCase
from knowledge.blobs import digest_of_text
from knowledge.records import Source
from knowledge.views import View
from sources.embedding import Embedder


@dataclass(frozen=True)
class Used:
    """What a trial took. ``cost_usd`` None: some call has no known price.

    ``characters``: of all prompts, their schemas and answers.
    ``counted``: whether all tokens are; answers by exchange often come without figures.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0
    characters: int = 0
    counted: bool = True

    def __add__(self, other: Used) -> Used:
        """Add up what two runs took."""
        return Used(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            None if self.cost_usd is None or other.cost_usd is None else self.cost_usd + other.cost_usd,
            self.seconds + other.seconds,
            self.characters + other.characters,
            self.counted and other.counted,
        )


@dataclass(frozen=True)
class Produced:
    """What an investigation came to: a view, the text of each source by source id, and what it took."""

    view: View
    texts: Mapping[str, str]
    used: Used = Used()

    @cached_property
    def main(self) -> QuestionAssessment:
        """What the credence engine says of the main question, worked out when it is first asked for."""
        return assess(self.view).questions[0]

    def documents(self, case: GoldCase) -> dict[str, str]:
        """Map each source's id to the gold's name of the document, by its text."""
        names = {digest_of_text(text): name for name, text in case.texts.items()}
        return {source.id: names[source.text] for source in self.view.all(Source) if source.text in names}


@dataclass(frozen=True)
class Scored:
    """A value in [0, 1] (costs: any), or None where the gold has nothing to score. ``misses``: what would have earned more, in words."""

    value: float | None
    misses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """One produced case beside its gold. ``others``: the suite's other cases, for what must be specific to this one."""

    produced: Produced
    case: GoldCase
    embedder: Embedder
    others: Sequence[GoldCase] = ()

    @property
    def view(self) -> View:
        """What was produced."""
        return self.produced.view

    @cached_property
    def alignment(self) -> Alignment:
        """Which produced assertion, claim and link is which of the gold's."""
        return align(self.view, self.produced.documents(self.case), self.case, self.embedder)


@dataclass(frozen=True)
class Scorer:
    """A measure. ``integrity``: see `evals.suites.suite.Measure`."""

    name: str
    version: int
    measure: Callable[[Work], Scored]
    higher_is_better: bool = True
    bounded: bool = True
    integrity: bool = False

    @property
    def id(self) -> str:
        """``name/version``: the key under which values are kept, so that versions can't mix."""
        return f"{self.name}/{self.version}"


def f1(hits: float, produced: int, wanted: int) -> float | None:
    """Return 2 hits / (produced + wanted); None if nothing was wanted and nothing given."""
    return 2 * hits / (produced + wanted) if produced + wanted else None


def against_gold(hits: float, produced: int, wanted: int, misses: Sequence[str] = ()) -> Scored:
    """Score by F1 where the gold has something of the kind; without, there is nothing to score."""
    return Scored(f1(hits, produced, wanted) if wanted else None, tuple(misses))


def share(hits: float, of: int, misses: Sequence[str] = ()) -> Scored:
    """Score hits among so many; None if there are none to hit."""
    return Scored(hits / of if of else None, tuple(misses))
