"""What a single prompt asks: the whole investigation at once. The configuration that the agents must beat to be worth their cost."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from knowledge.vocabulary import Difference, Relation
from prompts.tasks.base import Inputs, Output, Role, Task
from prompts.tasks.critic import Critique, MissingPiece
from prompts.tasks.ingestion import ExtractedAssertion
from prompts.tasks.structuring import NumberedAnswer, Undercut


class WholeDocument(Output):
    """A document, whole."""

    number: int = Field(ge=1)
    title: str
    authors: str
    published: str
    text: str


class WholeInputs(Inputs):
    """A case, whole. ``draft``: the answer of the pass before as JSON, to be improved; "" on the first."""

    question: str
    answers: tuple[NumberedAnswer, ...]
    documents: tuple[WholeDocument, ...]
    draft: str


class WholeAssertion(ExtractedAssertion):
    """An assertion and the document (by number) in which it stands. What says the same has the same claim, word for word."""

    document: int = Field(ge=1)
    probability: float | None = Field(default=None, ge=0, le=1, description="that the claim is true, whoever asserts or denies it")


class AnswerProbability(Output):
    """How likely one of the answers (by number) is to be right. What is left of 1 is for an answer that isn't listed."""

    answer: int = Field(ge=1)
    probability: float = Field(ge=0, le=1)


class WholeVariant(Output):
    """Two assertions (by number, from 1) whose claims are alike and not the same."""

    first: int
    second: int
    differs_in: Difference


class RelatedClaims(Output):
    """Premises (together) for or against a conclusion, as the document itself argues. Numbers are those of the list."""

    premises: tuple[int, ...] = Field(min_length=1)
    conclusion: int
    relation: Relation = Relation.SUPPORTS
    warrant: str = Field(
        min_length=8,
        description="why the premises are supposed to bear on it, as a statement that can be doubted",
    )


class Bearing(Output):
    """A claim for or against an answer."""

    claim: int
    answer: int
    relation: Relation = Field(description="supports or attacks")
    warrant: str = Field(min_length=8)


class WholeAnswer(Output):
    """Everything; claims are named by the number of an assertion that states them, from 1."""

    notes: str = Field(default="", description="room to think before the rest is written; nobody reads it")
    assertions: tuple[WholeAssertion, ...] = ()
    variants: tuple[WholeVariant, ...] = ()
    links: tuple[RelatedClaims, ...] = ()
    undercuts: tuple[Undercut, ...] = ()
    bearings: tuple[Bearing, ...] = ()
    critiques: tuple[Critique, ...] = ()
    missing: tuple[MissingPiece, ...] = ()
    false_premise: str = ""
    cruxes: tuple[int, ...] = Field(default=(), description="the claims that would move the answer most if settled, the first first")
    probabilities: tuple[AnswerProbability, ...] = ()


INVESTIGATE: Final = Task("single/investigate", Role.STRUCTURE, WholeInputs, WholeAnswer)
