"""What the engine returns: credences and cruxes, with what they rest on. Probabilities are in [0, 1]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class SubjectKind(StrEnum):
    """What can be settled."""

    CLAIM = "claim"
    WARRANT = "warrant"
    UPSTREAM = "upstream"


@dataclass(frozen=True)
class AnswerCredence:
    """One answer's share.

    ``modelled`` is what the argument gives, tempered if asked; ``if_unsound`` is what stands if the argument as modelled is unsound;
    ``probability`` mixes the two by the question's model error; ``independent`` is the probability if every testimony counted apart.
    """

    answer: str
    prior: float
    modelled: float
    if_unsound: float
    probability: float
    independent: float


@dataclass(frozen=True)
class Crux:
    """A claim, a link's warrant or an upstream's soundness, and what settling it would do (tuples in the order of the question's answers).

    Settling means learning, not making it so: P(answer | subject true) and P(answer | subject false). Scores of facts/credence.md 2.7:
    ``expected_shift``: sum over both outcomes of P(outcome) x total variation. ``worst_case``: the larger of the two total variations.
    ``information``: mutual information with the answer, bits. ``log_odds_shift``: expected |change of log-odds|, nats, of the answer that
    it moves most. ``risk_ratio``: the largest P(answer | outcome) / P(answer), for cases where all shifts are tiny. ``achievement`` (RAW)
    and ``reduction`` (RRW): per answer, P(answer | its worse outcome) / P(answer) and P(answer) / P(answer | its better outcome), the worse
    outcome being the one that makes the answer likelier. ``sensitivity``: per answer, d logit P(answer) / d evidence on the subject
    = P(subject | answer) - P(subject | not the answer). The last five are of the modelled part alone.
    """

    subject: str
    kind: SubjectKind
    probability: float
    if_true: tuple[float, ...]
    if_false: tuple[float, ...]
    expected_shift: float
    worst_case: float
    information: float
    log_odds_shift: float
    risk_ratio: float
    achievement: tuple[float, ...]
    reduction: tuple[float, ...]
    sensitivity: tuple[float, ...]
    disputed: bool = False
    """Whether the sources differ over it (`credence.disputed`)."""
    decisive: tuple[str, ...] = ()
    """Why readings of the whole dispute name it as what it turns on, one reason a reading (`credence.disputed.named_decisive`)."""
    named: int | None = None
    """How many of the answers, which come first, are named ones; the last may be "something else"."""

    @property
    def is_warrant(self) -> bool:
        """Whether it is a link's warrant."""
        return self.kind is SubjectKind.WARRANT


@dataclass(frozen=True)
class LeftOut:
    """A link or claim that the network does not hold, and why."""

    record: str
    reason: str


@dataclass(frozen=True)
class Refusal:
    """A judgment that can't be as it is, why, and the nearest value that can, which the engine uses (None: it is left aside)."""

    record: str
    quantity: str
    given: str | None
    value: float
    nearest: float | None
    reason: str


@dataclass(frozen=True)
class Unnumbered:
    """What is no matter of evidence, so that it gets no number as a crux, and what it is about: words, values or the question itself.

    A claim of the argument, or the critic's finding that the question takes something for granted which the sources don't bear out.
    """

    record: str
    dispute: str


@dataclass(frozen=True)
class WordsAnswer:
    """A claim that only words an answer, or the opposite of one: no crux, since settling it is settling the question.

    ``answers`` are those under which it is true, ``probability`` their published share together. None where readings of the whole call it
    a conclusion and its own link doesn't make it an answer: then it is evidence as any claim, with a probability of its own, and no crux.
    """

    claim: str
    answers: tuple[str, ...]
    probability: float


@dataclass(frozen=True)
class QuestionAssessment:
    """A question's answers and cruxes.

    ``settled``: no claim or warrant could move any answer by more than a few percent. ``cruxes`` are claims and warrants, by expected
    shift, those first that the sources dispute, and of them those that readings of the whole name (`credence.disputed`); where it is
    settled, and every shift is tiny, by how many times likelier the likeliest rival becomes in the outcome that favours it.
    ``upstreams`` the same for shared upstreams. ``model_error`` is
    P(the modelled argument is unsound). ``credences`` maps every claim, link and upstream in the network to P(true), P(warrant holds) or
    P(sound). ``pieces`` counts testimonies as given and ``effective_pieces`` after copies and shared upstreams, with all verdicts as one.
    ``error`` is the largest known error of a modelled probability (0: exact). ``words_answers`` are the claims that only word an answer;
    ``words_parts`` maps those that word an answer to a sub-question to that, of which one is told as a crux.
    """

    question: str
    answers: tuple[AnswerCredence, ...]
    cruxes: tuple[Crux, ...]
    upstreams: tuple[Crux, ...]
    unnumbered: tuple[Unnumbered, ...]
    settled: bool
    model_error: float
    credences: Mapping[str, float]
    pieces: int
    effective_pieces: float
    method: str
    error: float
    left_out: tuple[LeftOut, ...] = ()
    circles: tuple[tuple[str, ...], ...] = ()
    """Claims that lean on each other in a circle and were taken as one block: mostly mistakes of extraction."""
    words_answers: tuple[WordsAnswer, ...] = ()
    words_parts: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """By sub-question that stands in this question's network, P(its answers) there, with all that bears on this question."""


@dataclass(frozen=True)
class Assessment:
    """All questions under one perspective, the inquiry first. ``assumed`` counts the default numbers used where no judgment stands."""

    perspective: str
    questions: tuple[QuestionAssessment, ...]
    assumed: int
    refused: tuple[Refusal, ...] = ()

    @property
    def credences(self) -> dict[str, float]:
        """Every claim's and link's probability: by the inquiry's network, or by a sub-question's if only that holds it."""
        return {record: chance for question in reversed(self.questions) for record, chance in question.credences.items()}
