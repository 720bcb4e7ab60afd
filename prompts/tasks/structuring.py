"""What structuring asks: which claims lean on which, bear on an answer or imply each other, and what attacks such a step."""

from __future__ import annotations

from typing import Final, Self

from pydantic import Field, model_validator

from knowledge.vocabulary import Relation
from prompts.tasks.base import Inputs, Output, Role, Task
from prompts.tasks.claims import Excerpt, PlacedClaim


class NumberedAnswer(Output):
    """An answer to a question. Claims may speak of it by the names in ``also_called``."""

    number: int = Field(ge=1)
    text: str
    also_called: tuple[str, ...] = ()


class PosedQuestion(Output):
    """A question of the case with its answers, which are numbered through over all questions."""

    text: str
    answers: tuple[NumberedAnswer, ...]


class KnownLink(Output):
    """A link that is known already: to a claim or an answer (by number)."""

    number: int = Field(ge=1)
    premises: tuple[int, ...]
    conclusion: int | None = None
    answer: int | None = None
    relation: Relation
    warrant: str


class RelateInputs(Inputs):
    """Claims with the documents in which they stand, the questions, and the links among the claims that are known."""

    questions: tuple[PosedQuestion, ...]
    documents: tuple[Excerpt, ...]
    claims: tuple[PlacedClaim, ...]
    known: tuple[KnownLink, ...] = ()


class Step(Output):
    """Premises (together) for or against a claim or an answer, of which exactly one is given. Numbers are those of the lists."""

    premises: tuple[int, ...] = Field(min_length=1)
    conclusion: int | None = Field(default=None, description="the number of a claim")
    answer: int | None = Field(default=None, description="the number of an answer")
    relation: Relation = Field(default=Relation.SUPPORTS, description="supports or attacks")
    warrant: str = Field(min_length=8, description="why the premises are supposed to bear on it, as a statement that can be doubted")
    drawn_in: int | None = Field(default=None, description="the document that argues so itself; none if you draw the step")

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if (self.conclusion is None) == (self.answer is None):
            raise ValueError("give either a conclusion or an answer, and only one of them")
        if self.relation is Relation.UNDERCUTS:
            raise ValueError("a link supports or attacks; an undercut goes into undercuts")
        if self.conclusion in self.premises:
            raise ValueError("a claim is no reason for itself")
        return self


class Undercut(Output):
    """A claim that attacks the step from premises to conclusion, not the conclusion. ``link``: its number, known links first."""

    premise: int
    link: int = Field(ge=1)
    warrant: str = Field(min_length=8)
    drawn_in: int | None = None


class Implication(Output):
    """Two claims of which, by what their words mean, the premise can't be true unless the conclusion is true, or (attacks) is false."""

    premise: int = Field(description="the number of the claim that says more")
    conclusion: int = Field(description="the number of the claim that follows, or is excluded")
    relation: Relation = Field(default=Relation.SUPPORTS, description="supports (implies it) or attacks (excludes it)")
    reason: str = Field(min_length=8, description="what in their words makes it so, as a statement")

    @model_validator(mode="after")
    def _two_claims(self) -> Self:
        if self.relation is Relation.UNDERCUTS:
            raise ValueError("an implied pair supports or attacks; an undercut goes into undercuts")
        if self.premise == self.conclusion:
            raise ValueError("an implied pair has two claims; a claim doesn't imply or exclude itself")
        return self


class Relations(Output):
    """The links, numbered on from the known ones in their order, what undercuts a link, and the pairs by meaning, which have no number."""

    links: tuple[Step, ...] = ()
    undercuts: tuple[Undercut, ...] = ()
    implied: tuple[Implication, ...] = ()


RELATE: Final = Task("structuring/relate", Role.STRUCTURE, RelateInputs, Relations)
