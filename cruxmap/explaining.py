"""Opening one crux, and asking what if, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from credence.engine import assess_question, coherent_judgments
from credence.explaining import NoNumber, Why, what_if, why
from credence.judgments import Key, perspectives_of
from credence.results import Crux, Refusal
from credence.wording import answers_of
from credence.words import (
    as_set,
    crux_sentence,
    decibans,
    frequency,
    odds_shift,
    outcome_words,
    percent,
    points,
    times,
    times_likelier,
    told_with_frequencies,
)
from cruxmap.double_counting import double_counting_lines
from cruxmap.errors import UsageError
from explorer.phrases import step_words, subject_words
from explorer.standings import MOST_PIECES
from explorer.summaries import Summary
from explorer.wording import standing as stands_at
from knowledge.errors import UnknownRecord
from knowledge.records import Answer, Assertion, Claim, Link, Passage, Perspective, Question, Upstream
from knowledge.store import KnowledgeStore
from knowledge.views import View
from knowledge.vocabulary import Quantity

SHOWN = 5
_TOO_MANY: Final = (f"  what shared evidence does to it is not worked out: more than {MOST_PIECES:,} testimonies bear on it",)
_WORDS = {
    Quantity.EVIDENCE: "what this testimony says",
    Quantity.EXPECTEDNESS: "how expected it is",
    Quantity.WARRANT: "whether the step holds",
    Quantity.DEFEAT: "how far an objection defeats the step",
}


def subject_of(store: KnowledgeStore, view: View, beginning: str) -> str:
    """Return the id of the claim or link of a view that begins so.

    Raises:
        UnknownRecord: none does, or several do.
    """
    whole = beginning if beginning.startswith(("claim-", "link-")) else f"claim-{beginning}"
    found = store.find_starting(whole)
    if found.id not in view.records or not isinstance(found, Claim | Link):
        raise UnknownRecord(beginning, "no live claim or link of this run")
    return found.id


def perspective_of(view: View, name: str) -> str:
    """Return the id of the perspective with a name, or an id that begins so.

    Raises:
        UnknownRecord: none has, or several have; the message names those that there are.
    """
    there = view.all(Perspective)
    found = [one for one in there if one.name == name] or [one for one in there if name and one.id.startswith(name)]
    if len(found) != 1:
        names = ", ".join(f"“{one.name}”" for one in there) or "none at all"
        raise UnknownRecord(name, f"{'several perspectives begin so' if found else 'no perspective of this run'}; there are {names}")
    return found[0].id


def under_lines(view: View, questions: Sequence[Question], perspective: str | None, *, temperature: float = 1.0) -> Iterator[str]:
    """Tell each question's answers and cruxes as one perspective's judgments have them (None: the main one), tempered if asked."""
    judgments, refused = coherent_judgments(view, perspective)
    if perspective is not None:
        own, main = view.get(perspective, Perspective), perspectives_of(view)[0]
        yield f"as “{own.name}” judges" + (f"; what it doesn't judge is as “{main.name}” does" if own != main else "")
    if temperature != 1:
        yield f"tempered: the log-odds that the argument gives times {temperature:g}, before anything is kept back for model error"
    for question in questions:
        found = assess_question(view, question, judgments, temperature=temperature)
        answers = answers_of(view, question.id)
        now = [answer.probability for answer in found.answers]
        yield f"\n{question.text}"
        yield from (f"  {percent(one.probability):>8}  {answer.text}" for one, answer in zip(found.answers, answers, strict=True))
        for number, crux in enumerate(found.cruxes[:SHOWN], 1):
            yield f"{number:2}. {crux_sentence(subject_words(view, crux.subject), crux, [answer.name for answer in answers], now)}"
            yield f"    {outcome_words(crux, now)}"
    yield from refused_lines(view, refused)


def crux_lines(view: View, summary: Summary, *, as_of: str = "") -> Iterator[str]:
    """Tell each question's leading answer and cruxes, of the inquiry also what shared evidence does to it; then what was refused."""
    for number, question in enumerate(summary.questions):
        now = [answer.probability for answer in question.answers]
        yield f"\n{question.text}"
        yield f"  {stands_at(question.answers)}"
        for place, crux in enumerate(question.cruxes, 1):
            yield f"{place:2}. {crux.sentence}"
            yield f"    {outcome_words(crux, now)}"
        yield from (f"  no evidence settles this, as it is about {dispute}: {text}" for _, text, dispute in question.beyond_evidence)
        if number == 0 and not as_of:
            yield from double_counting_lines(view, question) if question.pieces <= MOST_PIECES else _TOO_MANY
    yield from refused_lines(view, summary.refused)


def refused_lines(view: View, refused: Sequence[Refusal]) -> Iterator[str]:
    """Tell the judgments that can't stand as they are, why, and what is used instead."""
    for one in refused:
        instead = "it is left aside" if one.nearest is None else f"{one.nearest:.3g} is used"
        about = f"“{subject_words(view, one.record).rstrip('. ')}” [{one.record}]" if _nameable(view, one.record) else one.record
        yield f"refused: {one.value:.3g} as {one.quantity} of {about}: {one.reason}; {instead}"


def _nameable(view: View, record: str) -> bool:
    return isinstance(view.records.get(record), Claim | Link | Upstream)


def why_lines(view: View, questions: Sequence[Question], subject: str, *, perspective: str | None = None) -> Iterator[str]:
    """Tell, for each question whose argument holds a subject, what its number rests on.

    Raises:
        UnknownRecord: no question's argument holds it, or none gives it a number; the message says which.
    """
    credences: list[float] = []
    numberless = None
    for question in questions:
        try:
            found = why(view, question, subject, perspective=perspective)
        except NoNumber as problem:
            numberless = problem
            continue
        except UnknownRecord:
            continue
        credences.append(found.crux.probability)
        yield from _opened(view, question, found)
    if len({percent(credence) for credence in credences}) > 1:
        yield (
            "\nIts credence differs between the questions because each is reckoned by itself, on the arguments that "
            "bear on its own answers, and what speaks for or against an answer tells back on the claims that it rests on."
        )
    if not credences and numberless is not None:
        raise numberless
    if not credences:
        raise UnknownRecord(subject, "no question's argument rests on it: nothing leads from it to an answer, or nothing is said on it")


def _opened(view: View, question: Question, found: Why) -> Iterator[str]:
    answers = answers_of(view, question.id)
    names = [answer.name for answer in answers]
    leading = next(answer.name for answer in answers if answer.id == found.leading)
    crux = found.crux
    yield f"\n{question.text}"
    yield f"  {subject_words(view, crux.subject)}  [{crux.subject}]"
    yield f"  {crux_sentence(subject_words(view, crux.subject), crux, names, found.answers)}"
    yield (
        f"  credence {percent(crux.probability)} ({frequency(crux.probability)}); settling it would shift "
        f"{points(crux.expected_shift)} of the credence between the answers on average, {points(crux.worst_case)} at most, and tell "
        f"{crux.information:.3f} bits"
    )
    yield f"  {_risk_words(crux, names, found.answers)}"
    carried = decibans(abs(found.carried)).lstrip("+")
    without, change = "it" if crux.is_warrant else "what is said on it", "lose" if found.carried >= 0 else "gain"
    would = "stay as it is" if carried == "0.0 dB" else f"{change} {carried}"
    yield f"  without {without}, “{leading}” would {would}"
    if found.said:
        testimonies = "1 testimony" if len(found.said) == 1 else f"{len(found.said)} testimonies"
        yield f"  what is said on it: {decibans(found.weight)} together, of {testimonies}"
        for one in found.said[:SHOWN]:
            assertion = view.get(one.assertion, Assertion)
            words = " ".join(view.get(assertion.passage, Passage).text.split())
            assumed = "" if one.judged else " (assumed)"
            yield f"    {decibans(one.weight)}{assumed}  {assertion.speaker} {assertion.stance.value}: “{words[:160]}”"
    for path in found.paths:
        yield "  how it bears: " + "; then ".join(step_words(view, view.get(link, Link)) for link in path if link in view.records)
    for bar in found.rests_on[:SHOWN]:
        low, high = percent(min(bar.if_lower, bar.if_higher)), percent(max(bar.if_lower, bar.if_higher))
        if low != high:
            off = decibans(bar.noise).lstrip("+")
            yield f"  if {_judged(view, bar.key)} were off by {off} either way, “{leading}” would be {low} to {high}  [{bar.key.record}]"
    yield from (f"  it leans on itself in a circle with: {subject_words(view, other)}  [{other}]" for other in found.circle)
    yield from (f"  left out: {left.record}, {left.reason}" for left in found.left_out)


def _risk_words(crux: Crux, names: Sequence[str], now: Sequence[float]) -> str:
    """Tell the ratios that matter where every shift is tiny: as published, which is what all credences are, and by the model alone."""
    at, likelier = times_likelier(crux, now)
    return (
        f"no answer would become more than {times(likelier)} times as likely as it is now (“{names[at]}”); by the model alone, before "
        f"anything is kept back for model error, risk achievement {times(crux.achievement[at])}, risk reduction {times(crux.reduction[at])}"
    )


def _judged(view: View, key: Key) -> str:
    words = _WORDS.get(key.quantity, key.quantity.value)
    if key.quantity is not Quantity.EXPECTEDNESS:
        return words
    given = view.records.get(key.given or "")
    state = f"under “{given.name}”" if isinstance(given, Answer) else "if the target is true" if given else "if the target is false"
    return f"{words} {state}"


def supposed(store: KnowledgeStore, view: View, given: Sequence[str]) -> dict[str, float]:
    """Read ``CLAIM=0.2`` arguments.

    Raises:
        UsageError: one is none, or its number is no probability.
        UnknownRecord: a claim isn't there.
    """
    found: dict[str, float] = {}
    for one in given:
        name, equals, number = one.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not equals or not 0 <= value <= 1:
            raise UsageError(f"{one}: write a claim's or link's id, or its beginning, and a probability, such as claim-1a2b=0.2")
        found[subject_of(store, view, name)] = value
    return found


def what_if_lines(view: View, questions: Sequence[Question], credences: dict[str, float]) -> Iterator[str]:
    """Tell what each question's answers would become.

    Raises:
        UsageError: the credences can't all hold at once.
    """
    for record, value in credences.items():
        yield f"taken as {_taken(record, value)}: {subject_words(view, record)}"
    idle = set(credences)
    for question in questions:
        try:
            found = what_if(view, question, credences)
        except ValueError as problem:
            raise UsageError(str(problem)) from problem
        idle &= set(found.missing)
        if len(found.missing) == len(credences):
            continue
        answers = answers_of(view, question.id)
        yield f"\n{question.text}"
        for answer, before, after in zip(answers, found.before, found.after, strict=True):
            (first, rare), (then, rarely) = told_with_frequencies(before, after)
            often = f"{frequency(before)} -> {frequency(after)}, " if rare or rarely else ""
            yield f"  {first:>8} -> {then:<8} {answer.text} ({often}{odds_shift(before, after)})"
        if found.cruxes:
            crux = found.cruxes[0]
            names = [answer.name for answer in answers]
            yield f"  then the first crux: {crux_sentence(subject_words(view, crux.subject), crux, names, found.after)}"
    yield from (f"it changes nothing, as no answer rests on it: {subject_words(view, record)}" for record in credences if record in idle)


def _taken(record: str, value: float) -> str:
    false, true = ("failing", "holding") if record.startswith("link-") else ("false", "true")
    return {0.0: false, 1.0: true}.get(value, f"{as_set(value)} probable")
