"""What structuring asks: what else the sources dispute, and which claims lean on which, bear on an answer or imply each other."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from knowledge.vocabulary import Matter, Relation
from prompts.tasks.base import Inputs, Output, Role, Task
from prompts.tasks.claims import Excerpt, PlacedClaim

Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([ -][a-z0-9]+)*$", max_length=40)]
"""Two to four plain words in small letters."""


class KnownQuestion(Output):
    """A question of the case or one that was posed before: 1 is the inquiry. ``under``: the number of the one it is a part of."""

    number: int = Field(ge=1)
    text: str
    under: int | None = None
    answers: tuple[str, ...]


class DisputedClaim(Output):
    """A claim and what is said of it. ``held`` and ``denied``: whether anybody holds it, and whether anybody speaks against it."""

    number: int = Field(ge=1)
    claim: str
    said: tuple[str, ...] = ()
    held: bool = False
    denied: bool = False


class QuestionsInputs(Inputs):
    """The questions that are known, and the claims of all sources, those alike near each other."""

    questions: tuple[KnownQuestion, ...]
    claims: tuple[DisputedClaim, ...]


class Framing(Output):
    """What those who answer a question differently differ over, and what all of them take for granted."""

    turns_on: Matter
    presupposes: tuple[str, ...] = Field(default=(), max_length=2)


class FramedQuestion(Framing):
    """The framing of a question that is known, by its number."""

    question: int = Field(ge=1)


class PosedAnswer(Output):
    """An answer, and by number the claims that who gives it asserts, and those that they deny: somebody must."""

    label: Label
    text: str = Field(min_length=8)
    also_called: tuple[str, ...] = Field(default=(), max_length=4)
    asserted: tuple[int, ...] = ()
    denied: tuple[int, ...] = ()


class SubQuestion(Framing):
    """A question that the sources answer differently. ``under``: the number of the one on which its answer bears."""

    label: Label
    text: str = Field(min_length=8)
    under: int = Field(default=1, ge=1)
    answers: tuple[PosedAnswer, ...] = Field(min_length=2, max_length=5)


class IssueTree(Output):
    """The sub-questions that are missing, numbered on from the known ones in their order, and the framing of the known ones."""

    questions: tuple[SubQuestion, ...] = Field(default=(), max_length=5)
    known: tuple[FramedQuestion, ...] = ()


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


QUESTIONS: Final = Task("structuring/questions", Role.STRUCTURE, QuestionsInputs, IssueTree)
RELATE: Final = Task("structuring/relate", Role.STRUCTURE, RelateInputs, Relations)
