"""What ingestion asks: the claims of a text, which claims say the same, and which upstreams are one."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from knowledge.records import UNKNOWN
from knowledge.vocabulary import Difference, Hedge, Method, SelfDescription, Stance, UpstreamKind
from prompts.tasks.base import Inputs, Output, Role, Task
from prompts.tasks.claims import Excerpt, PlacedClaim

SEVERAL: Final = "several works: "
"""How `ExtractInputs.reports` begins where a document reports more than one work."""


class ExtractInputs(Inputs):
    """One part of one document. ``text`` is the part as it stands; ``context`` is what came before: title, section.

    ``place``: which part of a long document it is, "part 3 of 7"; empty if the document is asked about whole. ``speaker``: who is
    speaking where it begins, or what introduces the quotation there; ``before``: the last words before it. Both empty at a beginning.
    """

    question: str
    title: str
    authors: str
    published: str
    source_kind: str
    reports: str
    """The work that the document reports at second hand, with its authors; empty if it speaks for itself."""
    context: str
    text: str
    language: str = ""
    """ISO 639 code of its language where that is plainly another than the question's; empty else."""
    place: str = ""
    speaker: str = ""
    before: str = ""


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
    """All assertions of a part, in the order of the text, what the page visibly lost (figures, stripped lists) and what was passed over."""

    assertions: tuple[ExtractedAssertion, ...] = ()
    lost: tuple[str, ...] = ()
    skipped: tuple[str, ...] = Field(default=(), description="what bears on the question and isn't written down, by kind and place")


class MatchInputs(Inputs):
    """Claims of one or several documents, and the documents around them."""

    question: str
    documents: tuple[Excerpt, ...]
    claims: tuple[PlacedClaim, ...]


class SameClaims(Output):
    """Claims (by number) that are one claim, the one that is worded best first. ``negated``: those that say the opposite of the first."""

    claims: tuple[int, ...] = Field(min_length=2)
    negated: tuple[int, ...] = ()
    reason: str = Field(min_length=1)


class VariantClaims(Output):
    """Two claims (by number) that are alike but not one, and how exactly they differ."""

    first: int
    second: int
    differs_in: Difference = Difference.WORDING
    reason: str = Field(min_length=1)


class Matches(Output):
    """What is the same and what only alike. What is in neither list is different."""

    groups: tuple[SameClaims, ...] = ()
    variants: tuple[VariantClaims, ...] = ()


class NamingDocument(Output):
    """A document in which upstreams are named, and the works that it reports at second hand ("" if none)."""

    number: int = Field(ge=1)
    title: str
    authors: str
    published: str
    reports: str = ""


class Mention(Output):
    """A passage of a document (by number) that leans on an upstream, and what it is taken to claim."""

    document: int = Field(ge=1)
    claim: str
    passage: str


class NamedUpstream(Output):
    """A name, its number in the list, other names that are known to be the same thing's, and where it is leaned on."""

    number: int = Field(ge=1)
    name: str
    kind: str
    also_called: tuple[str, ...] = ()
    said: tuple[Mention, ...] = ()


class UpstreamsInputs(Inputs):
    """The names of one case, or of many those that are near each other."""

    question: str
    documents: tuple[NamingDocument, ...]
    upstreams: tuple[NamedUpstream, ...]


class OneUpstream(Output):
    """Names (by number) that are one thing's, the one by which it can best be found first, and what shows it."""

    upstreams: tuple[int, ...] = Field(min_length=2)
    reason: str = Field(min_length=8)


class SameUpstreams(Output):
    """What is one thing under several names. A name that is in no group is a thing of its own."""

    groups: tuple[OneUpstream, ...] = ()


class GroundedAssertion(Output):
    """An assertion to look at: who says what, and the words that show it."""

    number: int = Field(ge=1)
    speaker: str
    stance: str
    claim: str
    passage: str


class GroundsInputs(Inputs):
    """Assertions of one document, with its beginning and its sentences on money and interests."""

    title: str
    source_kind: str
    opening: str
    on_interests: tuple[str, ...]
    assertions: tuple[GroundedAssertion, ...]


class Ground(Output):
    """On what one assertion rests, as far as the text shows it."""

    number: int = Field(ge=1)
    method: Method | None = None
    defers_to: str = Field(default="", max_length=200)
    assumes: tuple[Annotated[str, Field(min_length=8, max_length=400)], ...] = Field(default=(), max_length=2)


class OwnWords(Output):
    """What a document says of itself, and the words, verbatim."""

    what: SelfDescription
    quotation: str = Field(min_length=2, max_length=1000)


class Grounds(Output):
    """What the text shows: of some assertions, on what they rest, and of the document."""

    assertions: tuple[Ground, ...] = ()
    document: tuple[OwnWords, ...] = ()


EXTRACT: Final = Task("ingestion/extract", Role.EXTRACT, ExtractInputs, Extraction)
GROUNDS: Final = Task("ingestion/grounds", Role.EXTRACT, GroundsInputs, Grounds)
MATCH: Final = Task("ingestion/match", Role.EXTRACT, MatchInputs, Matches)
UPSTREAMS: Final = Task("ingestion/upstreams", Role.EXTRACT, UpstreamsInputs, SameUpstreams)
