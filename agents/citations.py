"""Which works a text speaks of: matching names and years against a case's bibliography."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from knowledge.records import UNKNOWN, Upstream
from knowledge.vocabulary import UpstreamKind
from sources.case_files import BibliographyEntry, Case
from sources.documents import Document
from sources.searching.copies import bare


def entries_of(document: Document, case: Case) -> tuple[BibliographyEntry, ...]:
    """Return the bibliography's entries of the works that a document reports, in its order, or of the one that it is."""
    if document.reports:
        known = {entry.key: entry for entry in case.bibliography}
        return tuple(known[key] for key in dict.fromkeys(document.reports) if key in known)
    here = UNKNOWN if document.url == UNKNOWN else bare(document.url)
    same = (entry for entry in case.bibliography if UNKNOWN not in {here, entry.url} and bare(entry.url) == here)
    return tuple(same)[:1]


def work_of(entry: BibliographyEntry) -> Upstream:
    """Name a work as literature does: who, when, where, what."""
    year = entry.published[:4] if entry.published != UNKNOWN else "undated"
    return Upstream(name=f"{short_authors(entry)} {year}, {entry.title}", kind=UpstreamKind.WORK, url=entry.url)


@dataclass(frozen=True)
class WorkName:
    """What a work's name tells: the surname of its first author, the year ("undated" if unknown) and the title; "" for what it doesn't."""

    author: str
    year: str
    title: str


def parts_of(work: Upstream) -> WorkName:
    """Take a work's name apart, the reverse of `work_of`; one that isn't built so is all title."""
    named = re.fullmatch(r"(?P<authors>.{1,80}?) (?P<year>\d{4}|undated), (?P<title>.+)", work.name)
    if not named:
        return WorkName("", "", work.name)
    return WorkName(re.split(r" and |,", named["authors"])[0], named["year"], named["title"])


def short_authors(entry: BibliographyEntry) -> str:
    """Shorten authors to surnames: "Zhong and others", "Giddings and Mangano", or the publisher if there are none."""
    surnames = [surname(author) for author in entry.authors if author != "others"]
    if not surnames:
        return entry.publisher if entry.publisher != UNKNOWN else "Unknown authors"
    if len(surnames) == 2 and "others" not in entry.authors:
        return " and ".join(surnames)
    return surnames[0] if len(entry.authors) == 1 else f"{surnames[0]} and others"


def surname(author: str) -> str:
    """Return a person's last name, or an institution's whole name."""
    words = author.replace(",", " ").split()
    institution = len(words) > 4 or any(word.casefold() in _INSTITUTIONAL for word in words)
    return author if institution or len(words) < 2 else words[0] if "," in author else words[-1]


_INSTITUTIONAL = {"of", "the", "group", "committee", "association", "office", "council", "collaboration", "cern", "and", "for"}


def cited_works(text: str, case: Case, *, but: Collection[BibliographyEntry]) -> Iterator[Upstream]:
    """Yield the works that a text names: a surname with "et al.", "and colleagues", a co-author or a year.

    Of works that author and year don't tell apart, the bibliography's first is meant.
    """
    seen: set[tuple[str, ...]] = set()
    for entry in case.bibliography:
        if not _names(text, entry):
            continue
        marks = (*(surname(author) for author in entry.authors[:2]), entry.published[:4])
        if marks not in seen and entry not in but:
            yield work_of(entry)
        seen.add(marks)


def _names(text: str, entry: BibliographyEntry) -> bool:
    surnames = [re.escape(surname(author)) for author in entry.authors if author != "others"]
    if not surnames:
        return False
    first, year = surnames[0], re.escape(entry.published[:4])
    after = [r"et al\b", r"and (?:his |her |their )?(?:colleagues|co-?(?:authors|workers)|others|team)\b", rf"\(?{year}\)?"]
    after += [rf"(?:and|&) {other}\b" for other in surnames[1:2]]
    return re.search(rf"\b{first}(?:'s?)?,?\s+(?:{'|'.join(after)})", text) is not None
