"""Plain sentences about results, for readers who have a minute."""

from __future__ import annotations

import math
from collections.abc import Sequence

from credence.words import percent, span
from explorer.summaries import AnswerSummary, CruxSummary, QuestionSummary
from knowledge.records import Answer, Judgment, Quantity
from knowledge.views import View

_STANCES = {
    "asserts": ("says so", "says the opposite"),
    "denies": ("denies it", "denies the opposite"),
    "doubts": ("doubts it", "doubts the opposite"),
    "concedes": ("concedes it", "concedes the opposite"),
    "reports": ("reports it", "reports the opposite"),
    "supposes": ("supposes it for the sake of argument", "supposes the opposite for the sake of argument"),
}
_HEDGES = {"certain": ", as certain", "plain": "", "likely": ", as likely", "possible": ", as possible", "doubtful": ", as doubtful"}


def counted(number: int, noun: str) -> str:
    """Write a number with its noun, in the plural unless it is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


SMALL = 0.01
"""Below this a probability is told as a multiple too: nobody feels the way from 0.06% to 0.08%."""


def stance_words(stance: str, hedge: str, *, opposite: bool) -> str:
    """Word what a speaker does with a claim, and how surely."""
    return _STANCES[stance][opposite] + _HEDGES[hedge]


def named(name: str) -> str:
    """Write a short label as words."""
    return name.replace("_", " ").replace("-", " ")


def standing(answers: Sequence[AnswerSummary]) -> str:
    """Say which answer leads, and from where it came."""
    if not answers:
        return "The question has no answers to choose from yet."
    lead = max(answers, key=lambda answer: answer.probability)
    hardly = ", so the reading hardly moved it" if abs(lead.probability - lead.prior) < 0.005 else ""
    spread = within(lead)
    stands = f"{spread} (best guess {percent(lead.probability)})" if spread else percent(lead.probability)
    return (
        f"The most probable answer is “{lead.text.rstrip('.')}”, at {stands}; before the reading it stood at {percent(lead.prior)}{hardly}."
    )


def most_moved(question: QuestionSummary, crux: CruxSummary) -> int:
    """Return the place of the answer that a crux moves most."""
    now = [answer.probability for answer in question.answers]
    spread = [abs(true - false) for true, false in zip(crux.if_true, crux.if_false, strict=True)]
    if max(now) > 1 - SMALL:  # all but certain: what matters is how its rivals multiply
        spread = [size / value if value else 0.0 for size, value in zip(spread, now, strict=True)]
    return max(range(len(now)), key=lambda at: (spread[at], now[at], -at))


def moves(question: QuestionSummary, crux: CruxSummary) -> str:
    """Say what settling a crux would do to the answer that it moves most."""
    at = most_moved(question, crux)
    name, now = named(question.answers[at].name), percent(question.answers[at].probability)
    so, not_so = ("it is true", "it is false") if crux.kind == "claim" else ("the step holds", "it does not")
    return (
        f"If {so}, “{name}” {_goes(now, crux.if_true[at], question.answers[at].probability)}; "
        f"if {not_so}, it {_goes('', crux.if_false[at], question.answers[at].probability)}."
    )


def _goes(start: str, to: float, now: float) -> str:
    end = percent(to)
    if end == percent(now):
        return f"stays at {end}"
    verb = "rises" if to > now else "falls"
    times = f" ({to / now:.1f} times as likely)" if 0 < now < SMALL else ""
    return (f"{verb} from {start} to {end}" if start else f"{verb} to {end}") + times


def within(answer: AnswerSummary) -> str:
    """Write the band in which nine of ten credences lie if every judgment is drawn again with its noise; empty if not worked out."""
    return span(answer.low, answer.high) if answer.low is not None and answer.high is not None else ""


def band(question: QuestionSummary, answer: AnswerSummary) -> tuple[float, float]:
    """Return the band of an answer's credence: by the noise of the judgments where that was worked out.

    Else the least and the most that it can be, whatever holds if the model is unsound.

    P(A) = (1 - e) P(A | sound) + e P(A | unsound), and P(A | unsound) is somewhere in [0, 1] (facts/credence.md 2.6).
    """
    if answer.low is not None and answer.high is not None:
        return answer.low, answer.high
    low = (1 - question.model_error) * answer.modelled
    return low, low + question.model_error


def judged(judgment: Judgment, view: View) -> dict[str, str]:
    """Word a judgment: what was judged, its value with its unit, by whom and why."""
    value = judgment.value
    match judgment.quantity:
        case Quantity.EVIDENCE:
            side = "for" if value >= 0 else "against"
            what, told = "Weight of a testimony", f"{math.exp(abs(value)):.1f} to 1 {side} the claim"
        case Quantity.EXPECTEDNESS:
            given = view.records.get(judgment.given or "")
            if isinstance(given, Answer):
                state = f"“{given.text.rstrip('.')}” is the answer"
            else:
                state = "what it is offered for is true" if judgment.given else "what it is offered for is false"
            what, told = f"How expected if {state}", percent(value)
        case Quantity.WARRANT:
            what, told = "How likely the step of reasoning holds", percent(value)
        case Quantity.DEFEAT:
            what, told = "How completely the objection would defeat the step", percent(value)
        case _:
            what, told = judgment.quantity.value.replace("_", " ").capitalize(), percent(value)
    return {"what": what, "value": told, "judge": judgment.judge, "reason": judgment.reason}


GLOSSARY = (
    ("Credence", "how probable something is, given what was read and the judgments made on it; from 0% to 100%."),
    ("Prior", "the credence before anything was read; the case states it, with its reason."),
    ("By the model alone", "the credence before anything is kept back for the case that the whole argument is unsound."),
    ("Crux", "a claim or a step of reasoning that would most change the answer if it were settled."),
    ("Expected shift", "how much credence settling a crux is expected to move between the answers: the average over how it may turn out."),
    ("Claim", "something that can be true or false, worded to stand alone."),
    ("Assertion", "somebody taking a stance on a claim in a passage of a source."),
    ("Link, or step", "claims offered for or against an answer or another claim; an undercut attacks a step itself."),
    ("Warrant", "why a step's premises are supposed to bear on what they are offered for."),
    ("Origin, or upstream", "the data set, cohort, instrument, witness or work that several pieces of evidence come from."),
    ("Variant", "two claims that are alike but not identical, with how they differ."),
    ("Perspective", "one consistent set of judgments."),
    (
        "Finding",
        "what a critic says may be wrong, with both sides' strongest case. Load-bearing: about what a leading crux rests on.",
    ),
    ("Gap", "a source, point of view, measurement or argument that is missing."),
    ("Incident", "work that failed and stayed failed."),
    ("Revision", "the state of the knowledge after a step; nothing is ever edited, only added or retracted."),
)
"""The words of art that the pages use, each in one line."""
