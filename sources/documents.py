"""A document as it was read: its text in plain form and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.records import UNKNOWN
from knowledge.vocabulary import SourceKind
from sources.normalising import OffsetMap


@dataclass(frozen=True)
class Parsed:
    """What a parser gets out of bytes: raw text and what the document says of itself.

    ``lost``: what the page visibly lost; ``reports``: the keys of the works that it tells of at second hand.
    """

    text: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = UNKNOWN
    publisher: str = UNKNOWN
    url: str = UNKNOWN
    kind: SourceKind = SourceKind.UNKNOWN
    lost: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A readable source. ``text`` is normalised and is what passages index; ``original`` maps its offsets to ``raw``."""

    location: str
    digest: str
    media_type: str
    title: str
    authors: tuple[str, ...]
    published: str
    publisher: str
    url: str
    kind: SourceKind
    text: str
    raw: str
    original: OffsetMap
    lost: tuple[str, ...]
    reports: tuple[str, ...]
