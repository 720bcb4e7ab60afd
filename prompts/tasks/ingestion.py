"""What ingestion asks: the claims of a text, and which claims say the same."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import Field

from knowledge.records import UNKNOWN, Difference, Hedge, Stance, UpstreamKind
from prompts.tasks.base import Inputs, Output, Role, Task


class ExtractInputs(Inputs):
    """One part of one document. ``text`` is the part as it stands; ``context`` is what came before: title, section."""

    question: str
    title: str
    authors: str
    published: str
    source_kind: str
    reports: str
    """The work that the document reports at second hand, with its authors; empty if it speaks for itself."""
    context: str
    text: str


class ExtractedUpstream(Output):
    """A data set, cohort, instrument, model, witness or work that an assertion leans on, as the text names it."""

    name: str = Field(min_length=2, max_length=200)
    kind: UpstreamKind


class ExtractedAssertion(Output):
    """One stance on one claim, with the words of the text that show it."""

    quotation: str = Field(min_length=8, description="verbatim from the text")
    claim: str = Field(min_length=8, max_length=600, description="stands alone, affirmative, says no more than the quotation")
    speaker: str = Field(default=UNKNOWN, description="who takes the stance; 'unknown' if the text doesn't say")
    reporters: tuple[str, ...] = Field(default=(), description="through whom it comes, outermost first; the document's author is left out")
    stance: Stance = Stance.ASSERTS
    hedge: Hedge = Hedge.PLAIN
    claim_kind: str = Field(
        default="empirical", pattern="^(empirical|causal|statistical|predictive|definitional|methodological|normative)$"
    )
    upstreams: tuple[ExtractedUpstream, ...] = ()


class Extraction(Output):
    """All assertions of a part, in the order of the text, and what the page visibly lost (figures, stripped lists)."""

    assertions: tuple[ExtractedAssertion, ...] = ()
    lost: tuple[str, ...] = ()


class ClaimPair(Output):
    """Two claims that may say the same."""

    first: str
    second: str


class MatchInputs(Inputs):
    """A batch of pairs, answered in order."""

    question: str
    pairs: tuple[ClaimPair, ...]


class Sameness(StrEnum):
    """How two claims stand to each other."""

    SAME = "same"
    OPPOSITE = "opposite"
    VARIANT = "variant"
    DIFFERENT = "different"


class MatchVerdict(Output):
    """``differs_in`` is given for variants only."""

    verdict: Sameness
    differs_in: Difference | None = None
    reason: str = Field(min_length=1)


class Matches(Output):
    """One verdict a pair, in the order of the pairs."""

    verdicts: tuple[MatchVerdict, ...]


EXTRACT: Final = Task("ingestion/extract", Role.EXTRACT, ExtractInputs, Extraction)
MATCH: Final = Task("ingestion/match", Role.EXTRACT, MatchInputs, Matches)
