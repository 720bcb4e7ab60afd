"""Claims as prompts show them: numbered, with who says them, and the documents in which they stand."""

from __future__ import annotations

from pydantic import Field

from prompts.tasks.base import Output


class Statement(Output):
    """Somebody's stance on a claim in a document (by number). ``start``: where its passage begins, in characters."""

    document: int = Field(ge=1)
    start: int = Field(ge=0)
    speaker: str
    stance: str
    hedge: str
    passage: str


class PlacedClaim(Output):
    """A claim with its number in the list, its wording, and who takes which stance on it, in the order of the documents."""

    number: int = Field(ge=1)
    claim: str
    said: tuple[Statement, ...] = ()


class Excerpt(Output):
    """A document, or of a long one what stands around the claims. ``text`` has ⟦n⟧ behind the words from which claim n was taken."""

    number: int = Field(ge=1)
    title: str
    authors: str
    published: str
    text: str
