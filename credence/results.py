"""What the engine returns: credences and cruxes, with what they rest on. Probabilities are in [0, 1]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class AnswerCredence:
    """One answer's share. ``modelled`` is before the mixture with model error; ``independent``: if every testimony counted apart."""

    answer: str
    prior: float
    modelled: float
    probability: float
    independent: float


@dataclass(frozen=True)
class Crux:
    """A claim, or a link's warrant, and what settling it would do to the answers (all tuples in the order of the question's answers).

    Settling means learning, not making it so: P(answer | subject true) and P(answer | subject false).
    ``expected_shift``: sum over both outcomes of P(outcome) x total variation (facts/credence.md 2.7). ``worst_case``: the larger of the
    two total variations. ``risk_ratio``: the largest P(answer | outcome) / P(answer), for cases where all shifts are tiny.
    """

    subject: str
    is_warrant: bool
    probability: float
    if_true: tuple[float, ...]
    if_false: tuple[float, ...]
    expected_shift: float
    worst_case: float
    risk_ratio: float


@dataclass(frozen=True)
class LeftOut:
    """A link or claim that the network does not hold, and why."""

    record: str
    reason: str


@dataclass(frozen=True)
class QuestionAssessment:
    """A question's answers and cruxes. ``settled``: no subject could move any answer by more than a few percent.

    ``model_error`` is P(the modelled argument is unsound); ``credences`` maps every claim and link in the network to P(true) or
    P(warrant holds); ``pieces`` counts testimonies as given and ``effective_pieces`` after copies and shared upstreams.
    """

    question: str
    answers: tuple[AnswerCredence, ...]
    cruxes: tuple[Crux, ...]
    settled: bool
    model_error: float
    credences: Mapping[str, float]
    pieces: int
    effective_pieces: float
    method: str
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """All questions under one perspective, the inquiry first. ``assumed`` counts the default numbers used where no judgment stands."""

    perspective: str
    questions: tuple[QuestionAssessment, ...]
    assumed: int
