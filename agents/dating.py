"""Citations of what can't have been written yet: a year in a citation after the date of the document that cites it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agents.citations import WorkName, parts_of
from knowledge.records import UNKNOWN, Assertion, Finding, Passage, Source, Upstream
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import FindingKind, Severity, UpstreamKind
from sources.ordering import without_orders
from sources.segmenting import Segment, segments

AHEAD: Final = 1
"""Years by which a citation may be ahead: an article stands on the web before the issue that it, or what it cites, is dated by."""
MOST: Final = 3
"""Later works that one document cites before its own date is the likelier mistake: it was revised, or is dated by its first edition."""

_YEAR: Final = r"(?P<year>(?:19|20|21)\d\d)[a-z]?\b"
_NAME: Final = r"(?-i:[A-Z][\w'’-]+)"
_WORK: Final = (
    r"(?:meta-analys[ie]s|analys[ie]s|stud(?:y|ies)|papers?|articles?|reviews?|trials?|preprints?|experiments?|books?|reports?|surveys?)"
)
_ONE_WORK: Final = r"(?:meta-analysis|analysis|study|paper|article|review|trial|preprint|experiment|book|report|survey)"
_SAYS: Final = r"(?:found|finds?|show(?:s|ed|n)?|report(?:s|ed)|concluded?s?|demonstrated?s?|argued?s?|wrote|writes)"
_CITED: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bet al\.?,?\s*[(\[]?{_YEAR}",
        rf"\b{_NAME},?\s+and\s+(?:his\s+|her\s+|their\s+)?(?:colleagues|others|co-?workers|co-?authors|team),?\s*\(?{_YEAR}",
        rf"\b{_NAME}\s+(?:and|&)\s+{_NAME},?\s*\(?{_YEAR}(?=\s*[);\]])",
        rf"[(\[;]\s*(?:see|e\.g\.,?|cf\.)\s+{_NAME},\s+{_YEAR}(?=[)\];])",
        rf"\b(?:{_SAYS}|{_WORK}|evidence|data|results?|according)\b[^.!?\n]{{0,150}}[(\[;]\s*{_NAME},\s+{_YEAR}(?=[)\];])",
        rf"\b{_NAME}\s+\({_YEAR}\)\s+{_SAYS}\b",
        rf"\b{_WORK}\s+(?:of|from|in|dated)\s+{_YEAR}(?=\s*[.,;:)\]]|\s*$|\s+(?:by|which|that|{_SAYS})\b)",
        rf"\b(?:in|by|the|a|an|this|that|their|his|her|\w+['’]s?)\s+{_YEAR}\s+{_ONE_WORK}\b",
        rf"\b(?:published|appeared|printed)\s+(?:online\s+)?in\s+(?:(?-i:[A-Z])\w+\s+){{0,4}}(?:in\s+)?{_YEAR}",
        rf"\b(?:(?-i:[A-Z])\w*\.?[ ]+){{0,6}}{_YEAR};\s*\d+(?:\s*\([\w-]+\))?:\s*[A-Za-z]?\d+",
        rf"(?-i:\b(?:[A-Z][a-z]*\.\s*)+|\b[A-Z]{{2,}})\s*(?:[A-Z]\s*)?\d+(?:\s*\([\w-]+\))?\s*[,:]\s*[A-Za-z]{{0,2}}\d+(?:\s*[-–]\s*\d+)?\s*\({_YEAR}\)",
    )
)
"""How works are cited: by author and year, as "the study of 2019", as "the 2019 paper", by volume and page. No bare year is one."""
_OF_WHAT_COMES: Final = re.compile(
    r"\b(?:will|shall|would|won['’]t|to\s+be|to\s+appear|to\s+come|in\s+press|forthcoming|upcoming|planned|plans?|expect\w*|due|scheduled|until|"
    r"project(?:s|ed|ions?)|forecast\w*|predict\w*|scenarios?|targets?|goals?|horizons?|imagin\w+|suppose|fiction\w*|novels?|films?)\b",
    re.IGNORECASE,
)
"""Words of a sentence that speaks of the future, or of what is made up."""
_MONTHS: Final = {
    name: at for at, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
"""Months by the letters that all their spellings begin with."""
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_DATED: Final = re.compile(
    rf"\b(?:in|on|of|since|by)\s+(?:(?:early|mid|late|{_DAY})[\s-]+)?"
    rf"(?:(?P<month>{_MONTH})\.?(?:\s+{_DAY})?,?\s+)?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
"""A date in a sentence, and no number of other things."""
_SAME_WORK: Final = re.compile(r"\b(?:version|edition|revision|update|correction)\b", re.IGNORECASE)
"""Words of a sentence that speaks of the same work in a later form."""


@dataclass(frozen=True)
class Citation:
    """A citation of a later year in a text: the sentence in which it stands, and where."""

    year: int
    sentence: str
    start: int
    end: int


def later_citations(text: str, written: int) -> Iterator[Citation]:
    """Yield the citations of works later than ``written`` (a year) by more than `AHEAD`: one a sentence and year, in their order."""
    later = [match for pattern in _CITED for match in pattern.finditer(text) if int(match["year"]) > written + AHEAD]
    sentences = segments(text) if later else ()
    found: dict[tuple[int, int], Citation] = {}
    for match in later:
        start, end = sentence_around(sentences, match.start(), match.end())
        year = int(match["year"])
        if not _OF_WHAT_COMES.search(text[start:end]):
            found.setdefault((start, year), Citation(year, " ".join(text[start:end].split()), start, end))
    yield from (found[at] for at in sorted(found))


def dated_otherwise(sentence: str, date: str) -> bool:
    """Say whether a sentence tells that what it says was said at another time than ``date`` (YYYY...; or unknown).

    It does if it names a later month or year, and speaks neither of the future nor of a later version of the same work: "in December 2023 a
    committee found". An earlier year tells nothing: most are of what is spoken of ("symptoms rose after 2010").
    """
    if date == UNKNOWN or _OF_WHAT_COMES.search(sentence) or _SAME_WORK.search(sentence):
        return False
    return any(_after(match["year"], match["month"], date) for match in _DATED.finditer(sentence))


def _after(year: str, month: str | None, date: str) -> bool:
    """Say whether a year, or its month where both tell one, is later than a date (YYYY, YYYY-MM or YYYY-MM-DD)."""
    if month is None or len(date) == len(year):
        return year > date[:4]
    return f"{year}-{_MONTHS[month.casefold()[:3]]:02}" > date[:7]


def sentence_around(sentences: Sequence[Segment], start: int, end: int) -> tuple[int, int]:
    """Return the span of the sentences, in their order, that hold ``[start, end)``, or of itself where none does (a mark of a list)."""
    here = sentences[bisect_right(sentences, start, key=lambda one: one.end) : bisect_left(sentences, end, key=lambda one: one.start)]
    return (min(start, here[0].start), max(end, here[-1].end)) if here else (start, end)


def citations_of_the_future(view: View, text_of: TextOf, today: str) -> Iterator[Finding]:
    """Say which documents cite works that are dated after them; one without a date is held against ``today`` (YYYY...; or unknown).

    A brief is dated by itself and not by the work that it reports. A work that is known here with that year is no invention.
    """
    works = [parts_of(one) for one in view.all(Upstream) if one.kind is UpstreamKind.WORK]
    passages = _passages(view)
    for source in view.all(Source):
        date = source.published if source.published != UNKNOWN else today
        if date == UNKNOWN:
            continue
        later = later_citations(text_of(source.text), int(date[:4]))
        found = [one for one in later if not any(_known(one, work) for work in works)]
        if len(found) > MOST:
            yield _misdated(source, found)
        else:
            yield from (_finding(source, one, passages.get(source.id, ())) for one in found)


def _known(citation: Citation, work: WorkName) -> bool:
    """Say whether a work's name has the year, and an author whom the sentence names."""
    return work.year == str(citation.year) and work.author in citation.sentence


def _passages(view: View) -> dict[str, list[tuple[Passage, str]]]:
    """Map each source to its passages, each with the assertion that it shows."""
    found: dict[str, list[tuple[Passage, str]]] = defaultdict(list)
    for assertion in view.all(Assertion):
        passage = view.get(assertion.passage, Passage)
        found[passage.source].append((passage, assertion.id))
    return found


def _finding(source: Source, citation: Citation, passages: Sequence[tuple[Passage, str]]) -> Finding:
    """Word it; it is about what is said in that sentence, or else about the document."""
    here = sorted((one.start, said, one.id) for one, said in passages if one.start < citation.end and citation.start < one.end)
    written = f"is of {source.published}" if source.published != UNKNOWN else "was read before that year"
    return Finding(
        about=here[0][1] if here else source.id,
        kind=FindingKind.INCONSISTENT_NUMBER,
        severity=Severity.HIGH,
        observations=(here[0][2],) if here else (),
        sound_case="The year may be a slip of the pen, or the document may have been revised after its date.",
        flawed_case=f"“{without_orders(citation.sentence)}”: the document {written}, so it can't have read a work of {citation.year}.",
        verdict=f"It rests on a work of {citation.year} that did not exist when this was written: nobody can look it up.",
    )


def _misdated(source: Source, found: Sequence[Citation]) -> Finding:
    years = ", ".join(str(year) for year in sorted({one.year for one in found}))
    return Finding(
        about=source.id,
        kind=FindingKind.INCONSISTENT_NUMBER,
        severity=Severity.LOW,
        sound_case="The document was probably revised after the date that it bears, or is dated by its first edition.",
        flawed_case=f"“{without_orders(found[0].sentence)}”: {len(found)} sentences cite works of {years}, the first of them here.",
        verdict="Its date and its citations don't agree, so what was known when it was written can't be told.",
    )
