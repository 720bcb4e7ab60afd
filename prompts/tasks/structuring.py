"""What structuring asks: which claims lean on which within a document, and which bear on an answer."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from knowledge.records import Relation
from prompts.tasks.base import Inputs, Output, Role, Task


class PlacedClaim(Output):
    """A claim as it stands in a document: its number in the list, its wording, who says it, and the words that say it."""

    number: int = Field(ge=1)
    claim: str
    speaker: str
    stance: str
    passage: str


class RelateInputs(Inputs):
    """A document's claims in the order of the text."""

    question: str
    title: str
    claims: tuple[PlacedClaim, ...]


class RelatedClaims(Output):
    """Premises (together) for or against a conclusion, as the document itself argues. Numbers are those of the list."""

    premises: tuple[int, ...] = Field(min_length=1)
    conclusion: int
    relation: Relation = Relation.SUPPORTS
    warrant: str = Field(
        min_length=8,
        description="why the premises are supposed to bear on it, as a statement that can be doubted",
    )


class Undercut(Output):
    """A claim that attacks the step from premises to conclusion, not the conclusion. ``link``: its place in ``links``, from 1."""

    premise: int
    link: int = Field(ge=1)
    warrant: str = Field(min_length=8)


class Relations(Output):
    """The inference links that the document makes."""

    links: tuple[RelatedClaims, ...] = ()
    undercuts: tuple[Undercut, ...] = ()


class NumberedAnswer(Output):
    """An answer to the question. Claims may speak of it by the names in ``also_called``."""

    number: int = Field(ge=1)
    text: str
    also_called: tuple[str, ...] = ()


class NumberedClaim(Output):
    """A claim of the list."""

    number: int = Field(ge=1)
    claim: str


class BearInputs(Inputs):
    """A question with its answers, and a batch of claims."""

    question: str
    answers: tuple[NumberedAnswer, ...]
    claims: tuple[NumberedClaim, ...]


class Bearing(Output):
    """A claim for or against an answer."""

    claim: int
    answer: int
    relation: Relation = Field(description="supports or attacks")
    warrant: str = Field(min_length=8)


class Bearings(Output):
    """Only the claims that bear on an answer directly; most don't."""

    bearings: tuple[Bearing, ...] = ()


RELATE: Final = Task("structuring/relate", Role.STRUCTURE, RelateInputs, Relations)
BEAR: Final = Task("structuring/bear", Role.STRUCTURE, BearInputs, Bearings)
