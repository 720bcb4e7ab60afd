"""The records of a knowledge base: frozen, content-addressed, and nothing else.

A record's id is its kind and the first 20 hex digits of the sha256 of its fields in canonical JSON (RFC 8785), so two teams that
find the same thing name it alike. Who added a record, when and why stands in the changeset, never here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Any, ClassVar, Final, Self, get_args

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, StringConstraints, model_serializer, model_validator

from knowledge.vocabulary import (
    Difference,
    Fault,
    FindingKind,
    GapKind,
    Hedge,
    Quantity,
    Relation,
    RelianceKind,
    SearchAim,
    Severity,
    SourceKind,
    Stance,
    UpstreamKind,
)

UNKNOWN: Final = "unknown"
"""What stands where a speaker, a date or an address is not known. Never a guess."""


@dataclass(frozen=True)
class Names:
    """Marks a field as naming other records, of these kinds (empty: of any kind)."""

    kinds: tuple[str, ...] = ()


_ID = r"[a-z]+-[0-9a-f]{20}"

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Date = Annotated[str, Field(pattern=r"^(unknown|\d{4}(-\d{2}(-\d{2})?)?)$")]
"""``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or ``unknown``."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""Hex sha256 of a blob."""
RecordId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names()]
SourceId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("source",))]
PassageId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("passage",))]
ClaimId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("claim",))]
QuestionId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("question",))]
LinkId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("link",))]
WarrantId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("warrant",))]
UpstreamId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("upstream",))]
LeadId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("lead",))]
TargetId = Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("claim", "answer", "link"))]


class Record(BaseModel):
    """What every record has: an id that is a function of its fields, and the ids that it names."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    kind_name: ClassVar[str]

    @cached_property
    def id(self) -> str:
        """``<kind>-<20 hex digits>`` over the canonical JSON of all fields."""
        return f"{self.kind_name}-{hashlib.sha256(self.canonical()).hexdigest()[:20]}"

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy, with other fields where ``update`` says so: what was worked out of the old ones, the id above all, is worked out anew."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("id", None)
        return copied

    def canonical(self) -> bytes:
        """Return the fields as RFC 8785 canonical JSON, UTF-8."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    def named(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield (field, id, kinds allowed there) for each record that this one names."""
        for field, kinds in _naming_fields(type(self)):
            value = getattr(self, field)
            for named in (value,) if isinstance(value, str) else value or ():
                yield field, named, kinds


@lru_cache
def _naming_fields(record: type[Record]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List the fields of a kind of record that name others, with the kinds they may name."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for name, field in record.model_fields.items():
        marks = [*field.metadata, *_marks_within(field.annotation)]
        found += [(name, mark.kinds) for mark in marks if isinstance(mark, Names)]
    return tuple(dict.fromkeys(found))


def _marks_within(annotation: Any) -> list[object]:
    """Collect the metadata of Annotated types nested in an annotation, such as ``tuple[ClaimId, ...]``."""
    marks = list(getattr(annotation, "__metadata__", ()))
    for argument in get_args(annotation):
        marks += _marks_within(argument)
    return marks


class Source(Record):
    """One document: who published it, when, and (by digest) its exact text."""

    kind_name: ClassVar[str] = "source"
    title: Text
    authors: tuple[Text, ...] = ()
    publisher: Text = UNKNOWN
    published: Date = UNKNOWN
    url: Text = UNKNOWN
    kind: SourceKind = SourceKind.UNKNOWN
    media_type: Text = "text/plain"
    text: Digest


class Passage(Record):
    """A span of a source's text: characters ``start`` to ``end`` (code points, end exclusive), and the words themselves."""

    kind_name: ClassVar[str] = "passage"
    source: SourceId
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    text: str = Field(min_length=1)

    @model_validator(mode="after")
    def _span_fits_text(self) -> Self:
        if self.end - self.start != len(self.text):
            raise ValueError(f"a passage of {len(self.text)} characters can't span {self.start} to {self.end}")
        return self


class Claim(Record):
    """A proposition that can be true or false, worded to stand alone, in the affirmative."""

    kind_name: ClassVar[str] = "claim"
    text: Text


class Assertion(Record):
    """Somebody taking a stance on a claim in a passage.

    ``reporters`` are those through whom it comes, outermost first: "A writes that B denied C" has speaker B, reporters (A,).
    """

    kind_name: ClassVar[str] = "assertion"
    claim: ClaimId
    passage: PassageId
    speaker: Text = UNKNOWN
    stance: Stance = Stance.ASSERTS
    hedge: Hedge = Hedge.PLAIN
    reporters: tuple[Text, ...] = ()
    said: Date = UNKNOWN


class Equivalence(Record):
    """A claim that says the same as another in other words; ``negated`` if it says the opposite.

    A representative is never itself a member: sameness doesn't travel along chains.
    """

    kind_name: ClassVar[str] = "equivalence"
    member: ClaimId
    representative: ClaimId
    negated: bool = False
    reason: Text


class Variant(Record):
    """Two claims that are alike but not identical, and exactly how they differ. ``claims`` are sorted."""

    kind_name: ClassVar[str] = "variant"
    claims: tuple[ClaimId, ClaimId]
    differs_in: Difference
    explanation: Text

    @model_validator(mode="after")
    def _sorted_pair(self) -> Self:
        if self.claims[0] >= self.claims[1]:
            raise ValueError("the two claims of a variant are given in the order of their ids and differ")
        return self


class Question(Record):
    """The inquiry (``parent`` None) or one of its sub-questions. ``name`` is a short label."""

    kind_name: ClassVar[str] = "question"
    name: Text
    text: Text
    parent: QuestionId | None = None


class Answer(Record):
    """One of the mutually exclusive answers to a question, "something else" among them."""

    kind_name: ClassVar[str] = "answer"
    question: QuestionId
    name: Text
    text: Text
    also_called: tuple[Text, ...] = ()
    something_else: bool = False


class Warrant(Record):
    """Why a link's premises are supposed to bear on its target."""

    kind_name: ClassVar[str] = "warrant"
    text: Text


class Link(Record):
    """Claims (all of them together, sorted) offered for or against a claim, an answer, or another link."""

    kind_name: ClassVar[str] = "link"
    premises: tuple[ClaimId, ...] = Field(min_length=1)
    target: TargetId
    relation: Relation
    warrant: WarrantId

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        if tuple(sorted(set(self.premises))) != self.premises:
            raise ValueError("the premises of a link are given once each, in the order of their ids")
        if self.target in self.premises:
            raise ValueError("a claim can't be offered for or against itself")
        if (self.relation is Relation.UNDERCUTS) != self.target.startswith("link-"):
            raise ValueError("an undercut attacks a link; support and attack bear on a claim or an answer")
        return self


class Argument(Record):
    """Somebody offering a link in a passage."""

    kind_name: ClassVar[str] = "argument"
    link: LinkId
    passage: PassageId
    speaker: Text = UNKNOWN


class Upstream(Record):
    """The data set, cohort, instrument, model, witness or work that several pieces of evidence come from."""

    kind_name: ClassVar[str] = "upstream"
    name: Text
    kind: UpstreamKind
    url: Text = UNKNOWN


class Alias(Record):
    """An upstream that is, under another name, what another one is: one data set under two names.

    A representative is never itself a member, as of `Equivalence`.
    """

    kind_name: ClassVar[str] = "alias"
    member: UpstreamId
    representative: UpstreamId
    reason: Text


class Reliance(Record):
    """A record (mostly a source or an assertion) leaning on an upstream, and the passage that says so, if one does."""

    kind_name: ClassVar[str] = "reliance"
    record: RecordId
    upstream: UpstreamId
    how: RelianceKind
    passage: PassageId | None = None


class Tag(Record):
    """A label on a record: its topic, method, kind of claim, funding."""

    kind_name: ClassVar[str] = "tag"
    record: RecordId
    name: Text
    value: Text


class Perspective(Record):
    """One consistent set of judgments: a camp in the dispute, a source's author, an analyst."""

    kind_name: ClassVar[str] = "perspective"
    name: Text
    description: Text


class Judgment(Record):
    """One local number, by whom and why. See `Quantity` for what ``value`` means and its range.

    ``noise`` is the standard deviation of the judgment in nats (log-odds or log-ratio); ``wording`` numbers repeated elicitations.
    """

    kind_name: ClassVar[str] = "judgment"
    record: RecordId
    quantity: Quantity
    value: float
    given: RecordId | None = None
    noise: float = Field(default=0.5, ge=0)
    perspective: Annotated[str, Field(pattern=rf"^{_ID}$"), Names(("perspective",))]
    judge: Text
    reason: Text
    wording: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if self.quantity is not Quantity.EVIDENCE and not 0 <= self.value <= 1:
            raise ValueError(f"a judgment of {self.quantity} is a probability; {self.value} is none")
        return self


class Finding(Record):
    """What the critic says about a record: both sides' strongest case, then the verdict.

    ``fault_of`` None: nobody said whose fault it is, or it is about no one's words (shared data, a premise of the question, a whole
    document). Such a finding is written without the field, and so is the record that it was before there was one.
    """

    kind_name: ClassVar[str] = "finding"
    about: RecordId
    kind: FindingKind
    severity: Severity
    observations: tuple[PassageId, ...] = ()
    sound_case: Text
    flawed_case: Text
    verdict: Text
    fault_of: Fault | None = None

    @model_serializer(mode="wrap")
    def _without_an_unsaid_fault(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = write(self)
        return fields if self.fault_of else {name: value for name, value in fields.items() if name != "fault_of"}


class Gap(Record):
    """A source, perspective, measurement or argument that is missing, why it matters, and how to look for it."""

    kind_name: ClassVar[str] = "gap"
    kind: GapKind
    about: RecordId | None = None
    text: Text
    why: Text
    how: Text


class Lead(Record):
    """A document that a search found, as its provider describes it; nothing of it has been read.

    ``place``: an address, or a file of a searched folder as ``folder:NAME``. ``summary``: its abstract or an extract.
    """

    kind_name: ClassVar[str] = "lead"
    title: Text
    place: Text = UNKNOWN
    doi: Text = UNKNOWN
    authors: tuple[Text, ...] = ()
    publisher: Text = UNKNOWN
    published: Date = UNKNOWN
    kind: SourceKind = SourceKind.UNKNOWN
    summary: str = ""


class Search(Record):
    """What was asked of a provider in its own words, what for, and what it found, the provider's first choice first."""

    kind_name: ClassVar[str] = "search"
    provider: Text
    query: Text
    aim: SearchAim
    about: RecordId
    leads: tuple[LeadId, ...] = ()


class Incident(Record):
    """Work that failed and stayed failed. ``stage`` is the node, ``subject`` what it worked on."""

    kind_name: ClassVar[str] = "incident"
    stage: Text
    subject: Text
    problem: Text
    advice: Text


class Retraction(Record):
    """A record that no longer counts, and why. Retracting a retraction restores what it took away."""

    kind_name: ClassVar[str] = "retraction"
    record: RecordId
    reason: Text


KINDS: Final[dict[str, type[Record]]] = {record.kind_name: record for record in Record.__subclasses__()}
"""Every kind of record by its name."""


def parse_record(kind: str, canonical: bytes | str) -> Record:
    """Read a record back from its canonical JSON.

    Raises:
        KeyError: there is no such kind.
        pydantic.ValidationError: the JSON is not such a record.
    """
    return KINDS[kind].model_validate_json(canonical)
