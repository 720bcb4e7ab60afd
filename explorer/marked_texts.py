"""A source's text with its passages marked, paragraph by paragraph, for a page with claims in the margin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.records import Passage


@dataclass(frozen=True)
class Piece:
    """A stretch of text within one paragraph: the passages that cover it, and those that begin here."""

    text: str
    passages: tuple[str, ...]
    begins: tuple[str, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph's pieces; joined they are exactly its text."""

    pieces: tuple[Piece, ...]

    @property
    def begins(self) -> tuple[str, ...]:
        """The passages that begin in this paragraph, in order."""
        return tuple(passage for piece in self.pieces for passage in piece.begins)


def paragraphs(text: str, passages: Sequence[Passage]) -> tuple[Paragraph, ...]:
    """Cut a text at blank lines and at the ends of passages, which may overlap; nothing of the text is lost but the blank lines."""
    ordered = sorted({passage.id: passage for passage in passages}.values(), key=lambda one: (one.start, -one.end, one.id))
    found = []
    for start, end in _spans(text):
        here = [one for one in ordered if one.start < end and one.end > start]
        cuts = sorted({start, end, *(min(max(place, start), end) for one in here for place in (one.start, one.end))})
        found.append(Paragraph(tuple(_piece(text, left, right, here) for left, right in pairwise(cuts))))
    return tuple(found)


def _piece(text: str, left: int, right: int, here: Sequence[Passage]) -> Piece:
    """A passage begins where its first visible character stands, which is in one piece only."""
    covering = tuple(one.id for one in here if one.start <= left and one.end >= right)
    begins = tuple(one.id for one in here if left <= one.end - len(text[one.start : one.end].lstrip()) < right)
    return Piece(text[left:right], covering, begins)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each paragraph: what lies between blank lines."""
    start = 0
    for gap in re.finditer(r"\n[ \t]*\n\s*", text):
        if text[start : gap.start()].strip():
            yield start, gap.start()
            start = gap.end()
    if text[start:].strip():
        yield start, len(text)
