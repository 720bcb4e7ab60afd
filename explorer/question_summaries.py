"""A question with its answers and cruxes, in words and numbers for a reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from credence.disputed import identity, named_decisive
from credence.results import Crux, QuestionAssessment
from credence.wording import answers_of
from credence.words import crux_sentence
from explorer.phrases import subject_words
from knowledge.records import Answer, Claim, Finding, Judgment, Question, Tag
from knowledge.views import View
from knowledge.vocabulary import GIVEN_BY_ASSERTING, GIVEN_BY_DENYING, PRESUPPOSES, TURNS_ON, Quantity, grants, side_of

TOP_CRUXES: Final = 10


@dataclass(frozen=True)
class AnswerSummary:
    """An answer and its credences; see `credence.results.AnswerCredence`.

    ``low`` and ``high`` are the band in which nine of ten lie if every judgment is drawn again with its noise; None: not worked out.
    """

    id: str
    name: str
    text: str
    prior: float
    modelled: float
    probability: float
    independent: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class CruxSummary:
    """A crux in words. ``if_true`` and ``if_false`` follow the order of the answers.

    ``held_by``, ``denied_by`` and ``granted_by`` are speakers, as `Voices` tells them apart.
    """

    subject: str
    kind: str
    text: str
    sentence: str
    probability: float
    expected_shift: float
    worst_case: float
    risk_ratio: float
    if_true: tuple[float, ...]
    if_false: tuple[float, ...]
    held_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    granted_by: tuple[str, ...]
    disputed: bool
    """Whether the sources differ over it."""
    named: int | None = None
    """How many of the answers, which come first, are named ones."""
    decisive: tuple[str, ...] = ()
    """Why readings of the whole dispute name it as what it turns on (`agents.decisive`), one reason a reading; none: they don't."""


@dataclass(frozen=True)
class NamedSummary:
    """A claim or step that readings of the whole dispute name as what it turns on, though it is none of the cruxes told.

    ``reasons``: one a reading. By the local judgments it moves the answers too little, or the argument doesn't hold it: they and the
    readings can't both be right.
    """

    subject: str
    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class QuestionSummary:
    """A question with its answers and cruxes."""

    id: str
    name: str
    text: str
    answers: tuple[AnswerSummary, ...]
    cruxes: tuple[CruxSummary, ...]
    settled: bool
    model_error: float
    pieces: int
    effective_pieces: float
    method: str
    error: float
    left_out: int
    beyond_evidence: tuple[tuple[str, str, str], ...]
    """What is no matter of evidence: (id, text, what it is about: words, values or the question itself), claims and findings."""
    within: tuple[float, ...] = ()
    """Of a sub-question that the inquiry's argument holds, its answers' credences with all that bears on the inquiry; else none."""
    words_answers: tuple[tuple[str, str, str], ...] = ()
    """Claims that only word an answer: (id, text, names of the answers). Settling them is settling the question."""
    named_besides: tuple[NamedSummary, ...] = ()
    """What readings of the whole name beside the cruxes, what most of them name first."""
    model_errors: tuple[float, ...] = ()
    """The judgments from which ``model_error`` was pooled, in the order in which they were asked; none: it is assumed."""
    turns_on: tuple[str, ...] = ()
    """Over what those who answer it differently differ (`knowledge.vocabulary.Matter`)."""
    presupposes: tuple[str, ...] = ()
    """What all its answers take for granted."""
    posed: bool = False
    """Whether it was posed from what the sources dispute, and isn't the case's own."""
    under: str = ""
    """The question that it is a part of, by id; empty for the inquiry."""
    above: str = ""
    """That question's words, where it isn't the inquiry."""


def question_summary(
    view: View,
    assessed: QuestionAssessment,
    band: Sequence[tuple[float, float]] | None,
    within: tuple[float, ...] = (),
    model_errors: tuple[float, ...] = (),
) -> QuestionSummary:
    """Put an assessed question into words. ``band``: each answer's (low, high), if worked out; for the others see `QuestionSummary`."""
    question = view.get(assessed.question, Question)
    answers = answers_of(view, question.id)
    now = [credence.probability for credence in assessed.answers]
    ends: Sequence[tuple[float | None, float | None]] = band or [(None, None)] * len(answers)
    return QuestionSummary(
        id=question.id,
        name=question.name,
        text=question.text,
        answers=tuple(
            AnswerSummary(
                answer.id,
                answer.name,
                answer.text,
                credence.prior,
                credence.modelled,
                credence.probability,
                credence.independent,
                low,
                high,
            )
            for answer, credence, (low, high) in zip(answers, assessed.answers, ends, strict=True)
        ),
        cruxes=tuple(_crux(view, crux, answers, now) for crux in assessed.cruxes[:TOP_CRUXES]),
        settled=assessed.settled,
        model_error=assessed.model_error,
        pieces=assessed.pieces,
        effective_pieces=assessed.effective_pieces,
        method=assessed.method,
        error=assessed.error,
        left_out=len(assessed.left_out),
        beyond_evidence=tuple((one.record, _worded(view, one.record), one.dispute) for one in assessed.unnumbered),
        within=within,
        words_answers=tuple(
            (one.claim, view.get(one.claim, Claim).text, ", ".join(answer.name for answer in answers if answer.id in one.answers))
            for one in assessed.words_answers
        ),
        named_besides=tuple(_named_besides(view, assessed)),
        model_errors=model_errors,
        turns_on=_tagged(view, question.id, TURNS_ON),
        presupposes=_tagged(view, question.id, PRESUPPOSES),
        posed=any(given_by(view, answer.id) for answer in answers),
        under=question.parent or "",
        above=_above(view, question),
    )


def _above(view: View, question: Question) -> str:
    above = view.get(question.parent, Question) if question.parent else question
    return above.text if above.parent else ""


def in_tree_order(questions: Sequence[QuestionSummary]) -> tuple[QuestionSummary, ...]:
    """Put behind each question its parts, in the order in which they come; what hangs on none that is there stands first."""
    there = {question.id for question in questions}

    def below(parent: str) -> Iterator[QuestionSummary]:
        for question in questions:
            if question.under == parent or (not parent and question.under not in there):
                yield question
                yield from below(question.id)

    return tuple(below(""))


def given_by(view: View, answer: str) -> tuple[tuple[str, bool], ...]:
    """Return the claims by which an answer that was posed from the sources' dispute is given, and whether by asserting them."""
    asserted, denied = (_tagged(view, answer, name) for name in (GIVEN_BY_ASSERTING, GIVEN_BY_DENYING))
    return tuple((view.representative(claim)[0], at == 0) for at, claims in enumerate((asserted, denied)) for claim in claims)


def _tagged(view: View, record: str, name: str) -> tuple[str, ...]:
    return tuple(sorted(tag.value for tag in view.all(Tag) if (tag.record, tag.name) == (record, name)))


def _named_besides(view: View, assessed: QuestionAssessment) -> Iterator[NamedSummary]:
    """Yield what readings of the whole name and no crux that is told says; what words an answer is told as such."""
    parts = assessed.words_parts
    told = {parts.get(crux.subject) or identity(view, crux.subject) for crux in assessed.cruxes[:TOP_CRUXES]}
    told_apart = {one.claim for one in assessed.words_answers}
    named = named_decisive(view, view.get(assessed.question, Question))
    for record, reasons in sorted(named.items(), key=lambda item: (-len(item[1]), item[0])):
        if (what := parts.get(record) or identity(view, record)) not in told and record not in told_apart:
            told.add(what)  # A step is named under each link that takes it.
            yield NamedSummary(record, subject_words(view, record), reasons)


def model_errors(view: View, question: str, perspective: str) -> tuple[float, ...]:
    """Return what a perspective judged of how probable it is that the argument about a question is unsound, in the order of asking."""
    judged = (one for one in view.all(Judgment) if one.quantity is Quantity.MODEL_ERROR and one.record == question)
    own = sorted((one for one in judged if one.perspective == perspective), key=lambda one: (one.wording, one.id))
    return tuple(one.value for one in own)


def _worded(view: View, record: str) -> str:
    found = view.records[record]
    return found.verdict if isinstance(found, Finding) else view.get(record, Claim).text


def _crux(view: View, crux: Crux, answers: tuple[Answer, ...], now: list[float]) -> CruxSummary:
    text = subject_words(view, crux.subject)
    heard = voices(view, crux.subject) if not crux.is_warrant else Voices()
    return CruxSummary(
        subject=crux.subject,
        kind="warrant" if crux.is_warrant else "claim",
        text=text,
        sentence=crux_sentence(text, crux, [answer.name for answer in answers], now),
        probability=crux.probability,
        expected_shift=crux.expected_shift,
        worst_case=crux.worst_case,
        risk_ratio=crux.risk_ratio,
        if_true=crux.if_true,
        if_false=crux.if_false,
        held_by=heard.hold,
        denied_by=heard.deny,
        granted_by=heard.grant,
        disputed=crux.disputed,
        decisive=crux.decisive,
        named=crux.named,
    )


class Voices(NamedTuple):
    """Who holds a claim, who denies or doubts it, and who thinks it possible and nowhere more; sorted."""

    hold: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    grant: tuple[str, ...] = ()


def voices(view: View, claim: str) -> Voices:
    """Return who says what of a claim or an equivalent; who only supposes it is left out."""
    sides: dict[int, set[str]] = {1: set(), -1: set(), 0: set()}
    granting = set()
    for assertion, negated in view.assertions_of(claim):
        sides[side_of(assertion.stance, opposite=negated, hedge=assertion.hedge)].add(assertion.speaker)
        if grants(assertion.stance, opposite=negated, hedge=assertion.hedge):
            granting.add(assertion.speaker)
    return Voices(_once(sides[1]), _once(sides[-1]), _once(granting - sides[1]))


def _once(speakers: set[str]) -> tuple[str, ...]:
    """Sort speakers, without short forms of names that are there in full ("Unruh" beside "William Unruh")."""
    words = {speaker: set(speaker.casefold().split()) for speaker in speakers}
    return tuple(sorted(one for one in speakers if not any(words[one] < words[other] for other in speakers)))
