"""Reading: files and bytes to documents, and the documents of a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from knowledge.records import UNKNOWN
from sources.documents import Document, Parsed
from sources.errors import Unreadable
from sources.media_types import PLAIN, media_type, promises_another
from sources.normalising import normalise
from sources.parsing import PARSERS

LARGEST: Final = 50_000_000
"""Bytes of a document; beyond that it is a mistake more often than a source."""
LONGEST: Final = 5_000_000
"""Characters of a document's text."""
LEAST_WORDS: Final = 5
READABLE: Final = "Give it as HTML, PDF, JATS XML, Markdown, plain text or subtitles (WebVTT, SubRip)."


def read_file(path: Path) -> Document:
    """Read a document from a file.

    Raises:
        Unreadable: it is missing, too large, or holds no text; the message names it and says what to do.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Unreadable(str(path), f"it has {size:,} bytes, the limit is {LARGEST:,}", "Cut it to the part that matters.")
        content = path.read_bytes()
    except OSError as problem:
        raise Unreadable(str(path), f"it can't be opened: {problem.strerror}", "Check the path and its permissions.") from problem
    return read_bytes(content, str(path))


def read_bytes(content: bytes, location: str, *, url: str = UNKNOWN) -> Document:
    """Turn bytes into a document. ``location`` names it in messages; ``url`` is where it came from, if from the web.

    Raises:
        Unreadable: it holds no text that could be read.
    """
    if not content.strip():
        raise Unreadable(location, "it is empty", "Remove it or fill it.")
    if len(content) > LARGEST:
        raise Unreadable(location, f"it has {len(content):,} bytes, the limit is {LARGEST:,}", "Cut it to the part that matters.")
    kind = media_type(content, location)
    ending = promises_another(location) if kind == PLAIN else ""
    if ending:
        raise Unreadable(location, f"{ending} is not a format that is read, though this file holds plain text", READABLE)
    parser = PARSERS.get(kind)
    if parser is None:
        raise Unreadable(location, f"it is {kind}, which is not a format that is read", READABLE)
    return _document(parser(content, location), content, kind, location, url)


def _document(parsed: Parsed, content: bytes, kind: str, location: str, url: str) -> Document:
    text, original = normalise(parsed.text)
    if len(text.split()) < LEAST_WORDS:
        raise Unreadable(location, f"it holds {len(text.split())} words", "Check that the file is the document itself.")
    if len(text) > LONGEST:
        raise Unreadable(location, f"its text has {len(text):,} characters, the limit is {LONGEST:,}", "Cut it into several files.")
    return Document(
        location=location,
        digest=hashlib.sha256(content).hexdigest(),
        media_type=kind,
        title=" ".join(parsed.title.split()) or Path(location).stem,
        authors=parsed.authors,
        published=parsed.published,
        publisher=parsed.publisher,
        url=url if url != UNKNOWN else parsed.url,
        kind=parsed.kind,
        text=text,
        raw=parsed.text,
        original=original,
        lost=parsed.lost,
        reports=parsed.reports,
    )


def list_documents(place: Path, *, within: Path) -> Iterator[Path]:
    """Yield the files at a place in a stable order: the file itself, or all files below the folder, hidden ones left out.

    Raises:
        Unreadable: the place is missing, or it (or a link in it) leads out of ``within``.
    """
    root = within.resolve()
    if not place.exists():
        raise Unreadable(str(place), "there is no such file or folder", "Check `documents` in the case file.")
    candidates = [place] if place.is_file() else sorted(place.rglob("*"))
    for path in candidates:
        if any(part.startswith(".") for part in path.relative_to(place if place.is_dir() else place.parent).parts):
            continue
        if not path.resolve().is_relative_to(root):
            raise Unreadable(str(path), f"it leads out of the case's folder {within}", "Copy the document into the case.")
        if path.is_file():
            yield path
