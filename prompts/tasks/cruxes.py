"""What the crux finder asks: local judgments only, never what to believe all things considered."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import Field

from prompts.tasks.base import Inputs, Output, Role, Task


class Criticism(Output):
    """What a critic holds against a testimony, and the best that can be said for it."""

    flawed_case: str
    sound_case: str


class WeighedTestimony(Output):
    """An assertion to weigh: who says what, how surely, in what kind of document, and what a critic made of it if that is to be heard."""

    number: int = Field(ge=1)
    claim: str
    speaker: str
    stance: str
    hedge: str
    source_kind: str
    passage: str
    criticisms: tuple[Criticism, ...] = ()


class TestimonyInputs(Inputs):
    """A batch of testimonies about claims, each to be weighed alone."""

    testimonies: tuple[WeighedTestimony, ...]


class TestimonyWeight(Output):
    """How much likelier the testimony is if its claim is true than if it is false."""

    number: int = Field(ge=1)
    odds: float = Field(ge=0.01, le=100, description="P(this is said | claim true) / P(this is said | claim false)")
    reason: str = Field(min_length=1)


class TestimonyWeights(Output):
    """One weight a testimony."""

    weights: tuple[TestimonyWeight, ...]


class JudgedLink(Output):
    """A link to judge: premises (all true together) offered for or against a target, which is world ``offered``, from 1."""

    number: int = Field(ge=1)
    premises: tuple[str, ...]
    relation: str
    offered: int = Field(ge=1)
    warrant: str
    worlds: tuple[str, ...] = Field(min_length=2)
    """The alternatives under which the premises' expectedness is asked: the question's answers, or the target true and false."""


class Angle(StrEnum):
    """In which words the same is asked for."""

    @property
    def wording(self) -> int:
        """Its place, as judgments have it."""
        return list(type(self)).index(self)


class LinkAngle(Angle):
    """How links are asked for: straight, by counting cases, or by what speaks to the contrary."""

    DIRECT = "direct"
    FREQUENCY = "frequency"
    CONTRARY = "contrary"


class LinkBatch(Inputs):
    """Links, each judged alone."""

    links: tuple[JudgedLink, ...]


class LinksInputs(LinkBatch):
    """The same, and how they are asked for."""

    angle: LinkAngle


class ArgueInputs(LinkBatch):
    """The same for one side of the dispute: what it concludes, and what it says."""

    side: str
    passages: tuple[str, ...]


class LinkJudgment(Output):
    """``expectedness``: P(premises | world) for each world, in order. ``holds``: P(the warrant holds)."""

    number: int = Field(ge=1)
    expectedness: tuple[float, ...]
    holds: float = Field(ge=0, le=1)
    reason: str = Field(min_length=1)


class LinkJudgments(Output):
    """One judgment a link."""

    judgments: tuple[LinkJudgment, ...]


class DirectReason(Output):
    """What is offered for or against an answer (its place from 1), and by how many testimonies to its premises."""

    premises: tuple[str, ...]
    relation: str
    answer: int = Field(ge=1)
    testimonies: int = Field(ge=0)


class SoundnessAngle(Angle):
    """How the soundness of an argument is asked for: straight, by a reference class, or from the end, as if it had failed."""

    DIRECT = "direct"
    REFERENCE_CLASS = "reference_class"
    BACKWARDS = "backwards"


class SoundnessInputs(Inputs):
    """A question, its answers and what is offered directly for and against them."""

    angle: SoundnessAngle
    question: str
    answers: tuple[str, ...] = Field(min_length=1)
    reasons: tuple[DirectReason, ...]


class Soundness(Output):
    """P(the modelled argument is unsound), and P(each answer | it is), in the order of the answers; none: the priors stand."""

    unsound: float = Field(ge=0, le=1)
    if_unsound: tuple[float, ...]
    reason: str = Field(min_length=1)


class Candidate(Output):
    """What the sources differ over: a claim, or with ``leads_to`` the step from it. ``said``: who takes which side, and objections."""

    number: int = Field(ge=1)
    text: str
    leads_to: str = ""
    said: tuple[str, ...] = ()


class DecisiveInputs(Inputs):
    """A question, its answers, what is offered directly for and against them, and what the sources differ over."""

    question: str
    answers: tuple[str, ...] = Field(min_length=1)
    reasons: tuple[DirectReason, ...]
    candidates: tuple[Candidate, ...] = Field(min_length=1)


class NamedCrux(Output):
    """One candidate on which the answer turns, by its number, and what follows from how it is settled."""

    number: int = Field(ge=1)
    reason: str = Field(min_length=1)


class Decisive(Output):
    """The candidates that would most change the answer if they were settled, the first first; and those that only conclude."""

    cruxes: tuple[NamedCrux, ...] = Field(max_length=5)
    conclusions: tuple[int, ...] = Field(default=(), description="numbers of claims that only say which answer is right, or how likely")


TESTIMONY: Final = Task("cruxes/testimony", Role.JUDGE, TestimonyInputs, TestimonyWeights)
LINKS: Final = Task("cruxes/links", Role.JUDGE, LinksInputs, LinkJudgments)
ARGUE: Final = Task("cruxes/argue", Role.JUDGE, ArgueInputs, LinkJudgments)
SOUNDNESS: Final = Task("cruxes/soundness", Role.JUDGE, SoundnessInputs, Soundness)
DECISIVE: Final = Task("cruxes/decisive", Role.JUDGE, DecisiveInputs, Decisive)
