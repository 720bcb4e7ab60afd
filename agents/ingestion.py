"""Ingestion: from documents to sources, passages, claims and who takes which stance on them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from agents.citations import cited_works, entries_of, work_of
from agents.dating import dated_otherwise, sentence_around
from agents.proposals import Proposal
from agents.splitting import unanswered
from credence.voices import voice
from knowledge.blobs import digest_of_text
from knowledge.records import UNKNOWN, Assertion, Claim, Incident, Passage, Record, Reliance, Source, Tag, Upstream
from knowledge.vocabulary import LANGUAGE, LOST, SKIPPED, RelianceKind, SourceKind, UpstreamKind
from prompts.tasks.ingestion import EXTRACT, SEVERAL, ExtractedAssertion, ExtractInputs, Extraction
from reasoners.errors import ContextOverflow, Truncated, Unanswered
from reasoners.reasoner import Reasoner
from sources.case_files import BibliographyEntry, Case
from sources.documents import Document
from sources.figures import unfounded
from sources.languages import other_language
from sources.locating import Located, locate
from sources.ordering import last_without_orders, without_orders
from sources.seams import seam
from sources.segmenting import Part, Segment, furniture, halved, parts, segments

STAGE: Final = "ingest"
UNFOUNDED: Final = "a claim gives a number that is nowhere in the text"
PART_SIZE: Final = 12_000
"""Characters of a document per prompt: about 3,000 tokens, which small local models still hold with the answer."""
SMALLEST_PART: Final = 600
"""Characters below which a part is not halved again: a paragraph."""
_PAPERS: Final = (
    "answer|bulletin|communiqué|declaration|guideline|letter|memo|minute|note|opinion|page|position|release|reply|report|response|"
    "statement|testimony"
)
"""What is somebody's where a title says so."""
_IDLE: Final = "works cited, navigation or notices, which nobody was asked about"


def take_in(document: Document, case: Case) -> Proposal:
    """Take a document in without reading it: the source, what it reports, what its page lost."""
    entries = entries_of(document, case)
    source = _source(document, entries)
    return Proposal((source, *_provenance(source, document, case, entries)), (document.text,))


@dataclass(frozen=True)
class Parted:
    """A document's parts, and those of them that nobody is asked about. ``places``: "part 3 of 7"; none where there is one part."""

    parts: tuple[Part, ...]
    idle: tuple[Part, ...]
    places: Mapping[Part, str]

    @property
    def asked(self) -> list[Part]:
        """Those that are asked about, in their order."""
        return [part for part in self.parts if part not in self.idle]


def parted(text: str) -> Parted:
    """Cut a document into the parts that are asked about one by one."""
    whole = parts(text, PART_SIZE)
    several = len(whole) > 1
    places = {part: f"part {number} of {len(whole)}" for number, part in enumerate(whole, 1) if several}
    return Parted(whole, furniture(text, whole) if several else (), places)


def inputs_of(part: Part, place: str, document: Document, case: Case) -> ExtractInputs:
    """Return what is asked about one part of a document."""
    entries = entries_of(document, case)
    own = entries[0].authors if entries and not document.reports else document.authors
    above = seam(document.text, part.start)
    return ExtractInputs(
        question=case.question.text,
        title=without_orders(document.title),
        authors=", ".join(own),
        published=document.published,
        source_kind=SourceKind.BRIEF.value if document.reports else document.kind.value,
        reports=_described(entries) if document.reports else "",
        context=without_orders(part.context),
        language=foreign_to(case, document.text),
        place=place,
        speaker=without_orders(above.speaker),
        before=last_without_orders(document.text[: part.start], part.start - above.before).strip() if above.before < part.start else "",
        text=without_orders(document.text[part.start : part.end]),
    )


def foreign_to(case: Case, text: str) -> str:
    """Return the code of a text's language where it is plainly another than the one in which the case asks; "" else."""
    return other_language(text, " ".join(words_of(case)))


async def read_document(document: Document, case: Case, reasoner: Reasoner) -> Proposal:
    """Extract a document's assertions with the passages that show them.

    Raises:
        ReasonerError: the run must stop (limit reached, waiting for answers, no credentials).
    """
    entries = entries_of(document, case)
    source = _source(document, entries)
    cut = parted(document.text)
    extracted = await asyncio.gather(*(_extract(part, cut.places.get(part, ""), document, case, reasoner) for part in cut.asked))
    records: list[Record] = [source, *_provenance(source, document, case, entries)]
    records += [Tag(record=source.id, name=SKIPPED, value=f"{cut.places[part]}: {_IDLE}") for part in cut.idle]
    answers = [one for several in extracted for one in several]
    heard = [said.speaker for _, extraction in answers if isinstance(extraction, Extraction) for said in extraction.assertions]
    reader = Reader(source, document.text, entries, case, _body(source, heard))
    for part, extraction in answers:
        if isinstance(extraction, Incident):
            records.append(extraction)
            continue
        records += [Tag(record=source.id, name=LOST, value=lost) for lost in extraction.lost]
        records += [Tag(record=source.id, name=SKIPPED, value=skipped) for skipped in extraction.skipped]
        for assertion in extraction.assertions:
            records += reader.records_of(assertion, part)
    return Proposal(tuple(records), (document.text,))


def _body(source: Source, speakers: Sequence[str]) -> str:
    """Return the body in whose name a document speaks that names no author: the one speaker that its title names; "" if it isn't clear."""
    if source.authors or source.kind is SourceKind.BRIEF:
        return ""
    named = {_plain(name).removeprefix("the "): name.strip() for name in speakers if name.strip() not in {"", UNKNOWN}}
    signed = [said for name, said in named.items() if _signature(name).search(_plain(source.title))]
    return signed[0] if len(signed) == 1 else ""


def _plain(words: str) -> str:
    return words.strip().casefold().replace("’", "'")


def _signature(name: str) -> re.Pattern[str]:
    """Find a name, plain, where a title says that a document is its: not where it is what the document is about."""
    the_name = rf"(?:the )?{re.escape(name)}"
    return re.compile(rf"\b(?:by|from|(?:{_PAPERS})s? of) {the_name}(?![\w'])|^{the_name}(?:'s?)? (?:\w+ ){{0,2}}(?:{_PAPERS})s?\b")


async def _extract(part: Part, place: str, document: Document, case: Case, reasoner: Reasoner) -> list[tuple[Part, Extraction | Incident]]:
    """Ask for a part's assertions; where the part or its answer is too long for the model, for those of each half."""
    try:
        return [(part, await reasoner.answer(EXTRACT, inputs_of(part, place, document, case), step=STAGE))]
    except Unanswered as problem:
        halves = halved(document.text, part) if isinstance(problem, ContextOverflow | Truncated) else (part,)
        if len(halves) == 1 or part.end - part.start <= SMALLEST_PART:
            return [(part, unanswered(STAGE, f"{document.title}, characters {part.start} to {part.end}", problem))]
    answered = await asyncio.gather(*(_extract(half, place, document, case, reasoner) for half in halves))
    return [one for half in answered for one in half]


def _described(entries: Sequence[BibliographyEntry]) -> str:
    """Say which works a brief reports, each with who wrote it; what it says itself can't be told to be the one's or the other's."""
    told = [f"{', '.join(entry.authors) or 'authors unknown'}: {entry.title} ({entry.publisher}, {entry.published})" for entry in entries]
    return told[0] if len(told) == 1 else SEVERAL + "; ".join(told) if told else ""


def _source(document: Document, entries: Sequence[BibliographyEntry]) -> Source:
    """Describe the document itself. A brief is not the work that it reports and doesn't take its authors or date."""
    from_bibliography = entries[0] if entries and not document.reports else None
    return Source(
        title=from_bibliography.title if from_bibliography else document.title,
        authors=from_bibliography.authors if from_bibliography else document.authors,
        publisher=from_bibliography.publisher if from_bibliography else document.publisher,
        published=from_bibliography.published if from_bibliography else document.published,
        url=from_bibliography.url if from_bibliography else document.url,
        kind=SourceKind.BRIEF if document.reports else from_bibliography.kind if from_bibliography else document.kind,
        media_type=document.media_type,
        text=digest_of_text(document.text),
    )


def _provenance(source: Source, document: Document, case: Case, entries: Sequence[BibliographyEntry]) -> Iterator[Record]:
    """Yield what the source reports at second hand, what its page visibly lost, and its language where it isn't the case's."""
    for lost in document.lost:
        yield Tag(record=source.id, name=LOST, value=lost)
    if language := foreign_to(case, document.text):
        yield Tag(record=source.id, name=LANGUAGE, value=language)
    for entry in entries:
        work = work_of(entry)
        yield work
        yield Reliance(record=source.id, upstream=work.id, how=RelianceKind.REPORTS)
        yield Tag(record=work.id, name="kind", value=entry.kind.value)
        yield Tag(record=work.id, name="published", value=entry.published)
        for author in entry.authors:
            yield Tag(record=work.id, name="author", value=author)


def words_of(case: Case) -> Iterator[str]:
    """Yield the words in which a case asks: whoever reads a document for it may word a claim in them."""
    yield case.title
    for question in case.questions:
        yield question.text
        yield from (answer.text for answer in question.answers)


@dataclass(frozen=True)
class Reader:
    """Turns extracted assertions into records of one source.

    ``beside``: other texts that whoever extracted had in sight. ``body``: who speaks in it, where that stands in no list of authors.
    Readers are asked to leave a document's author out of the reporters, so what others say there has come through this body.
    """

    source: Source
    text: str
    entries: tuple[BibliographyEntry, ...]
    case: Case
    body: str = ""
    beside: tuple[str, ...] = ()

    def records_of(self, extracted: ExtractedAssertion, part: Part) -> Iterator[Record]:
        """Yield an assertion's records, or an incident: its quotation is nowhere or only before the part, or a number is from nowhere."""
        located = self._located(extracted.quotation, part)
        if located is None:
            yield self._dropped(f"a quotation is not in the text: {extracted.quotation[:120]!r}", "nothing is quoted that isn't there")
            return
        if part.start > located.start >= seam(self.text, part.start).before:
            why = "what stands before a part belongs to the one before and is only shown"
            yield self._dropped(f"a quotation is of the words before its part: {extracted.quotation[:120]!r}", why)
            return
        if new := unfounded(extracted.claim, *self._known_figures):
            yield self._dropped(f"{UNFOUNDED} ({', '.join(new)}): {extracted.claim[:120]!r}", "no claim says more than its document")
            return
        through = tuple(name for name in extracted.reporters if name.strip())
        speaker = extracted.speaker.strip() or UNKNOWN
        if self.body and voice(self.body) not in {voice(name) for name in (speaker, *through)} and speaker != UNKNOWN:
            through = (self.body, *through)
        passage = Passage(source=self.source.id, start=located.start, end=located.end, text=self.text[located.start : located.end])
        claim = Claim(text=extracted.claim)
        assertion = Assertion(
            claim=claim.id,
            passage=passage.id,
            speaker=speaker,
            stance=extracted.stance,
            hedge=extracted.hedge,
            reporters=through,
            said=self._said(passage),
        )
        yield from (passage, claim, assertion, Tag(record=claim.id, name="kind", value=extracted.claim_kind))
        yield from self._reliances(extracted, assertion, passage)

    def _dropped(self, problem: str, why: str) -> Incident:
        return Incident(stage=STAGE, subject=self.source.title, problem=problem, advice=f"The assertion is dropped; {why}.")

    @cached_property
    def _known_figures(self) -> tuple[str, ...]:
        """Return where a claim's numbers may come from: the document, what is known of it or read with it, and the case's own words."""
        works = [f"{entry.title} {entry.published}" for entry in self.entries]
        return (self.source.title, self.source.published, *works, *words_of(self.case), self.text, *self.beside)

    def _located(self, quotation: str, part: Part) -> Located | None:
        """Find a quotation in its part, else anywhere in the document."""
        inside = locate(quotation, self.text[part.start : part.end])
        if inside is None:
            return locate(quotation, self.text, near=part.start)
        return replace(inside, start=part.start + inside.start, end=part.start + inside.end)

    def _said(self, passage: Passage) -> str:
        """Date a statement by the document or the one work that it reports, unless its sentence shows that it was made at another time."""
        if len(self.entries) > 1:
            return UNKNOWN
        date = self.entries[0].published if self.entries else self.source.published
        told = self.entries and self.source.kind is SourceKind.BRIEF
        if not told:
            return date
        first, last = sentence_around(self._sentences, passage.start, passage.end)
        return UNKNOWN if dated_otherwise(self.text[first:last], date) else date

    @cached_property
    def _sentences(self) -> tuple[Segment, ...]:
        return segments(self.text)

    def _reliances(self, extracted: ExtractedAssertion, assertion: Assertion, passage: Passage) -> Iterator[Record]:
        for named in extracted.upstreams:
            upstream = Upstream(name=named.name, kind=named.kind)
            if named.kind is not UpstreamKind.WORK:
                yield upstream
                yield Reliance(record=assertion.id, upstream=upstream.id, how=RelianceKind.USES, passage=passage.id)
        for work in cited_works(f"{extracted.speaker}: {passage.text}", self.case, but=self.entries):
            yield work
            yield Reliance(record=assertion.id, upstream=work.id, how=RelianceKind.CITES, passage=passage.id)
