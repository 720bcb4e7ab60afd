"""What a judge of evaluations is asked. No agent asks it: a judge sees what agents made, never which of them made it."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from prompts.tasks.base import Inputs, Output, Role, Task


class JudgedRecord(Output):
    """A claim as it was recorded, and the passage that it was taken from."""

    number: int = Field(ge=1)
    claim: str
    stance: str
    hedge: str
    passage: str
    around: str


class EntailmentInputs(Inputs):
    """Records to judge. ``passage_first``: the other order in which the same is shown."""

    items: tuple[JudgedRecord, ...]
    passage_first: bool


class Entailment(Output):
    """Whether the passage says at least what the record says."""

    number: int = Field(ge=1)
    why: str = Field(min_length=3)
    entailed: bool


class Entailments(Output):
    """A verdict for each item."""

    verdicts: tuple[Entailment, ...]


ENTAIL: Final = Task("judge/entailment", Role.JUDGE, EntailmentInputs, Entailments)


class JudgedPair(Output):
    """Two texts of one kind ("gap" or "crux") on one question."""

    number: int = Field(ge=1)
    kind: str
    question: str
    first: str
    second: str


class SamenessInputs(Inputs):
    """Pairs to judge. ``swapped``: the other order in which the same is shown."""

    items: tuple[JudgedPair, ...]
    swapped: bool


class Sameness(Output):
    """Whether both texts say the same."""

    number: int = Field(ge=1)
    why: str = Field(min_length=3)
    same: bool


class Samenesses(Output):
    """A verdict for each item."""

    verdicts: tuple[Sameness, ...]


SAME: Final = Task("judge/sameness", Role.JUDGE, SamenessInputs, Samenesses)
