"""What the critic asks: what is wrong with an assertion, and what is wrong or missing in the whole."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from knowledge.vocabulary import Fault, FindingKind, GapKind, Severity
from prompts.tasks.base import Inputs, Output, Role, Task


class ExaminedAssertion(Output):
    """One assertion with the passage it was taken from and some of the text around it."""

    number: int = Field(ge=1)
    claim: str
    speaker: str
    stance: str
    hedge: str
    passage: str
    surroundings: str
    reporters: tuple[str, ...] = ()
    """Those through whom it comes, outermost first; see `knowledge.records.Assertion`."""


class ExamineInputs(Inputs):
    """Assertions of one document."""

    question: str
    title: str
    assertions: tuple[ExaminedAssertion, ...]


class Critique(Output):
    """Observations first, then both sides, then the verdict. Only what is found flawed is recorded."""

    number: int = Field(ge=1)
    kind: FindingKind
    observation: str = Field(min_length=3, description="the words that show it, verbatim from the passage or its surroundings")
    sound_case: str = Field(min_length=8)
    flawed_case: str = Field(min_length=8)
    flawed: bool
    fault_of: Fault | None = Field(
        description="speaker: who takes the stance; reporter: the document says more than the speaker did; "
        "record: the claim as listed says more than its passage, or something else; null: it can't be told"
    )
    severity: Severity = Severity.LOW
    verdict: str = Field(min_length=8)


class Critiques(Output):
    """Empty when nothing is wrong, which is a good answer."""

    critiques: tuple[Critique, ...] = ()


class SurveyedSource(Output):
    """A source and what it leans on."""

    number: int = Field(ge=1)
    title: str
    authors: str
    kind: str
    upstreams: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    favours: tuple[str, ...] = ()
    """The answers (by name) that claims held here are offered for."""


class SurveyInputs(Inputs):
    """The case as a whole. ``answers`` are "name: text"; ``contested``: in words, what `agents.critic.contested` returns."""

    question: str
    answers: tuple[str, ...]
    sources: tuple[SurveyedSource, ...]
    contested: tuple[str, ...] = ()


class SharedUpstream(Output):
    """Sources (numbers) that lean on one upstream, and so are not independent."""

    upstream: str
    sources: tuple[int, ...] = Field(min_length=2)
    sound_case: str = Field(min_length=8)
    flawed_case: str = Field(min_length=8)
    severity: Severity = Severity.MEDIUM


class MissingPiece(Output):
    """Something that the sources don't hold and the question needs."""

    kind: GapKind
    text: str = Field(min_length=8)
    why: str = Field(min_length=8)
    how: str = Field(min_length=8, description="where to look, or the words to search for")


class Survey(Output):
    """What is wrong or missing in the whole. ``false_premise`` says what the question takes for granted wrongly, if it does."""

    correlated: tuple[SharedUpstream, ...] = ()
    missing: tuple[MissingPiece, ...] = ()
    false_premise: str = ""


class Accusation(Output):
    """A flaw and nothing that speaks for the assertion: what a critic asked for flaws alone gives. For comparison only."""

    number: int = Field(ge=1)
    kind: FindingKind
    observation: str = Field(min_length=3, description="the words that show it, verbatim from the passage or its surroundings")
    severity: Severity = Severity.LOW
    flaw: str = Field(min_length=8)


class Accusations(Output):
    """The flaws found."""

    accusations: tuple[Accusation, ...] = ()


EXAMINE: Final = Task("critic/examine", Role.CRITIC, ExamineInputs, Critiques)
ACCUSE: Final = Task("critic/accuse", Role.CRITIC, ExamineInputs, Accusations)
SURVEY: Final = Task("critic/survey", Role.CRITIC, SurveyInputs, Survey)
