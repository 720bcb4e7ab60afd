"""Leads from what providers send: plain text, known dates, bare DOIs. What is missing stays unknown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any, Final

from knowledge.records import UNKNOWN, Lead
from knowledge.vocabulary import SourceKind

LONGEST_TITLE: Final = 500
LONGEST_SUMMARY: Final = 5_000
"""Characters: abstracts are shorter, and what is longer is no summary."""
_HEAD: Final = 3_000
"""Characters in which a document says its own DOI, if it says it."""
_MOST_AUTHORS: Final = 20
_MARKUP: Final = re.compile(r"<[^<>]{1,200}>")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d-])")
_DOI: Final = re.compile(r"\b10\.\d{4,9}/[^\s\"<>?#]+", re.IGNORECASE)

KINDS: Final = {
    "article": SourceKind.JOURNAL_ARTICLE,
    "journal-article": SourceKind.JOURNAL_ARTICLE,
    "journalarticle": SourceKind.JOURNAL_ARTICLE,
    "proceedings-article": SourceKind.JOURNAL_ARTICLE,
    "review": SourceKind.NARRATIVE_REVIEW,
    "metaanalysis": SourceKind.META_ANALYSIS,
    "preprint": SourceKind.PREPRINT,
    "posted-content": SourceKind.PREPRINT,
    "letter": SourceKind.LETTER,
    "lettersandcomments": SourceKind.LETTER,
    "editorial": SourceKind.OPINION,
    "news": SourceKind.NEWS,
    "book": SourceKind.BOOK,
    "monograph": SourceKind.BOOK,
    "book-chapter": SourceKind.BOOK,
    "dataset": SourceKind.DATASET,
    "report": SourceKind.GOVERNMENT_REPORT,
}
"""What providers call the kinds of works, in lower case."""


def plain(value: object) -> str:
    """Return a text without markup, entities, control characters and runs of spaces; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    return " ".join(_CONTROL.sub(" ", html.unescape(_MARKUP.sub(" ", value))).split())


def date_of(value: object) -> str:
    """Return the date that a value begins with, as exact as it says; `UNKNOWN` if it doesn't say."""
    found = _DATE.match(str(value or "").strip())
    if not found:
        return UNKNOWN
    year, month, day = found.groups()
    if month is None or not 1 <= int(month) <= 12:
        return str(year)
    return "-".join(filter(None, (year, month, day if day and 1 <= int(day) <= 31 else None)))


def doi_in(value: object) -> str:
    """Return the first DOI in a text, bare and in lower case; "" if there is none. DOIs don't distinguish case (DOI Handbook, 2.4)."""
    found = _DOI.search(value) if isinstance(value, str) else None
    return found[0].rstrip(".,;:)]}'*").casefold() if found else ""


def doi_of(url: str, text: str) -> str:
    """Return a document's own DOI: from its address, or as its first lines say it; `UNKNOWN` if neither does."""
    return doi_in(url) or doi_in(text[:_HEAD]) or UNKNOWN


def web_address(*values: object) -> str:
    """Return the first value that is a web address."""
    for value in values:
        if isinstance(value, str) and re.fullmatch(r"https?://\S{1,2000}", value.strip()):
            return value.strip()
    return UNKNOWN


def lead_of(
    title: object,
    *,
    place: str = UNKNOWN,
    doi: str = "",
    authors: Iterable[object] = (),
    publisher: object = "",
    published: str = UNKNOWN,
    kind: SourceKind = SourceKind.UNKNOWN,
    summary: object = "",
) -> Lead | None:
    """Make a lead, or None where there is no title or nothing by which the document could be got or read."""
    named = plain(title)[:LONGEST_TITLE]
    told = plain(summary)[:LONGEST_SUMMARY]
    if not named or (place == UNKNOWN and not doi and not told):
        return None
    return Lead(
        title=named,
        place=place if place != UNKNOWN else f"https://doi.org/{doi}" if doi else UNKNOWN,
        doi=doi or UNKNOWN,
        authors=tuple(filter(None, map(plain, authors)))[:_MOST_AUTHORS],
        publisher=plain(publisher)[:LONGEST_TITLE] or UNKNOWN,
        published=published,
        kind=kind,
        summary=told,
    )


def kind_of(value: object) -> SourceKind:
    """Return what a provider's name for a kind of work means; unknown if it is not known here."""
    return KINDS.get(value.casefold(), SourceKind.UNKNOWN) if isinstance(value, str) else SourceKind.UNKNOWN


def items(value: Any, *path: str) -> list[dict[str, Any]]:
    """Follow names into what was parsed from JSON and return the objects of the list there; what isn't as documented is left out."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def part(value: Any, *path: str) -> Any:
    """Follow names into what was parsed from JSON; None where there is nothing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
