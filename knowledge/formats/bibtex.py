"""BibTeX of the sources and the works that they report. Out only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from knowledge.formats.bundles import Bundle
from knowledge.formats.csl import TYPES
from knowledge.formats.files import printable, write_file
from knowledge.formats.works import Work, works_of
from knowledge.vocabulary import SourceKind

_ENTRIES: Final = {"article-journal": "article", "book": "book", "report": "techreport"}
_ESCAPES: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "%": r"\%",
        "&": r"\&",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_PERSON_WORDS: Final = 4
"""A name of more words is taken for an institution's and kept whole by braces."""


def write_bibtex(bundle: Bundle, path: Path) -> None:
    """Write one entry a work, in UTF-8, with the record's id as its key."""
    write_file(path, "\n".join(_entry(work) for work in works_of(bundle.view)))


def _entry(work: Work) -> str:
    fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in _fields(work))
    return f"@{_ENTRIES.get(TYPES[work.kind], 'misc')}{{{work.id},\n{fields}\n}}\n"


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    # Double braces keep the title's capitals.
    yield "title", f"{{{_tex(work.title)}}}"
    if work.authors:
        yield "author", " and ".join(_name(author) for author in work.authors)
    if work.published:
        yield "year", work.published[:4]
        if len(work.published) > 4:
            yield "month", str(int(work.published[5:7]))
            yield "date", work.published
    if work.publisher:
        where = {"article-journal": "journal", "report": "institution", "book": "publisher"}
        yield where.get(TYPES[work.kind], "howpublished"), _tex(work.publisher)
    if work.doi:
        yield "doi", _tex(work.doi)
    if work.url:
        # \url takes its argument as it is, but for braces and backslashes, which no address needs.
        yield "url", re.sub(r"[{}\\\s]", "", printable(work.url))
    if work.kind is not SourceKind.UNKNOWN:
        yield "note", _tex(work.kind.value.replace("_", " "))


def _name(author: str) -> str:
    """Keep an institution, and whatever holds an "and" of its own, together by braces."""
    whole = len(author.split()) > _PERSON_WORDS or re.search(r"\band\b", author)
    return f"{{{_tex(author)}}}" if whole else _tex(author)


def _tex(text: str) -> str:
    return " ".join(printable(text).translate(_ESCAPES).split())
