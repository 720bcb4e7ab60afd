"""Plain sentences about results, for readers who have a minute."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from credence import words
from credence.standing import Verdict
from credence.words import span, times
from explorer.contesting import ContestedSummary
from explorer.phrases import named
from explorer.question_summaries import AnswerSummary, CruxSummary, QuestionSummary
from explorer.sides import SideSummary
from explorer.standings import Pillar, StandingSummary
from knowledge.records import Answer, Judgment
from knowledge.views import View
from knowledge.vocabulary import Matter, Quantity

UNMOVED = "hardly changes"


def percent(probability: float) -> str:
    """Write a probability as a percentage, as short as can be; never as 0% or 100%."""
    return "under 0.01%" if probability < 0.0001 else "over 99.99%" if probability > 0.9999 else words.percent(probability)


def counted(number: int, noun: str) -> str:
    """Write a number with its noun, in the plural unless it is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


SMALL = 0.01
"""Below this a probability is told as a multiple too: nobody feels the way from 0.06% to 0.08%."""


def standing(answers: Sequence[AnswerSummary]) -> str:
    """Say which answer leads, and from where it came."""
    if not answers:
        return "The question has no answers to choose from yet."
    lead, *others = sorted(answers, key=lambda answer: -answer.probability)
    if not words.leads([answer.probability for answer in answers]):
        near = [other for other in others if not words.leads([lead.probability, other.probability])]
        names = ", ".join(f"“{other.text.rstrip('.')}” at {percent(other.probability)}" for other in near)
        before = f"before the reading it stood at {percent(lead.prior)}"
        return (
            f"No answer leads: “{lead.text.rstrip('.')}” stands at {percent(lead.probability)}, and less than a percentage point behind it "
            f"{names}; {before}.{_reserve(answers)}"
        )
    hardly = ", so the reading hardly moved it" if abs(lead.probability - lead.prior) < 0.005 else ""
    spread = within(lead)
    stands = f"{spread} (best guess {percent(lead.probability)})" if spread else percent(lead.probability)
    return (
        f"The most probable answer is “{lead.text.rstrip('.')}”, at {stands}; before the reading it stood at {percent(lead.prior)}{hardly}."
        f"{_reserve(answers)}"
    )


def provisional(status: str, assumed: int) -> str:
    """Say before the first number of a run that is to go on that it is no result; "" of one that came to its end."""
    if status not in {"waiting", "interrupted", "running"}:
        return ""
    defaults = f", and {counted(assumed, 'number')} that nobody has judged so far stand at defaults" if assumed else ""
    return f"No result yet: this run is {status}{defaults}. As things stand: "


def in_short(question: QuestionSummary) -> str:
    """Say in a line what a sub-question's answers come to, with all that bears on the inquiry where its argument holds the sub-question."""
    chances = question.within or [answer.probability for answer in question.answers]
    return " · ".join(f"{named(answer.name)} {percent(chance)}" for answer, chance in zip(question.answers, chances, strict=True))


def within_inquiry(question: QuestionSummary) -> str:
    """Say what a sub-question's answers come to with all that bears on the inquiry, where that is another number than the one below."""
    if all(percent(one.probability) == percent(there) for one, there in zip(question.answers, question.within, strict=False)):
        return ""
    return f"With all that bears on the inquiry: {in_short(question)}. The numbers below are by what is argued on this question alone."


_MATTERS: Final = {
    Matter.FACT: "what is the case",
    Matter.INFERENCE: "what the facts show",
    Matter.DEFINITION: "what a word covers",
    Matter.VALUE: "what matters more",
    Matter.FRAME: "which question is to be asked",
}


def framing(question: QuestionSummary) -> str:
    """Say where a question comes from, over what those who answer it differently differ, and what all of them take for granted."""
    said = [f"A part of “{question.above}”"] if question.above else []
    if question.posed:
        said.append("Not of the case: posed from what the sources dispute.")
    if question.turns_on:
        said.append(f"Who answers it differently differs over {' and '.join(_MATTERS[Matter(one)] for one in question.turns_on)}.")
    if question.presupposes:
        said.append(f"All answers take for granted: {' '.join(question.presupposes)}")
    return " ".join(said)


def _reserve(answers: Sequence[AnswerSummary]) -> str:
    """Say of a tiny answer that it is mostly what is kept back for a wrong argument, where it is: else a reader takes it for a finding."""
    tiny = [answer for answer in answers if 0 < answer.modelled < answer.probability / 2 < SMALL / 2]
    if not tiny:
        return ""
    name, now, alone = named(tiny[0].name), words.frequency(tiny[0].probability), words.frequency(tiny[0].modelled)
    kept = "is kept back for the case that the argument itself is unsound"
    return f" Most of the {now} left for “{name}” {kept}: by the argument alone it would be {alone}."


_VERDICTS = {
    Verdict.SETTLED: ("Settled, as far as what was read goes.", "No claim or step would by itself move it by more than a percent."),
    Verdict.CRUXES: ("Open.", "Settling one of the claims below would still move it."),
    Verdict.NO_CRUX: ("Open.", "Yet no claim or step would by itself move it by more than a percent."),
}


def verdict(question: QuestionSummary, found: StandingSummary | None) -> tuple[str, str]:
    """Say whether a question is settled, in a word and in a sentence."""
    if found is not None:
        return _VERDICTS[found.verdict]
    if question.settled:
        return _VERDICTS[Verdict.SETTLED]
    return _VERDICTS[Verdict.CRUXES] if question.cruxes else _VERDICTS[Verdict.NO_CRUX]


def pillar_moves(question: QuestionSummary, found: StandingSummary, pillar: Pillar) -> str:
    """Say what would become of the challenger if a pillar gave way."""
    now = next(answer.probability for answer in question.answers if answer.name == found.challenger)
    if pillar.is_step:
        state = "it holds after all" if pillar.true else "it does not hold"
    else:
        state = "it is true after all" if pillar.true else "it is false"
    return f"If {state}, “{named(found.challenger)}” {_goes(percent(now), pillar.then, now)}."


def asked(question: QuestionSummary) -> str:
    """Say what was answered to each wording, where how far the argument is trusted was asked in several; else ""."""
    if len(question.model_errors) < 2:
        return ""
    *others, last = map(percent, question.model_errors)
    return f" (asked in {len(question.model_errors)} wordings: {', '.join(others)} and {last})"


def who_holds(one: CruxSummary | ContestedSummary) -> str:
    """Say who holds a claim, who denies or doubts it, and who thinks it possible and no more."""
    told = [
        f"{what} {', '.join(names)}"
        for what, names in (("held by", one.held_by), ("denied or doubted by", one.denied_by), ("thought possible by", one.granted_by))
        if names
    ]
    return "; ".join(told) if one.held_by else "; ".join(["held by nobody by name", *told])


def most_moved(question: QuestionSummary, crux: CruxSummary) -> int:
    """Return the place of the answer that a crux moves most."""
    return words.moved_answer(crux, [answer.probability for answer in question.answers])


def moves(question: QuestionSummary, crux: CruxSummary) -> str:
    """Say what settling a crux would do to the answer that it moves most."""
    at = most_moved(question, crux)
    name, now = named(question.answers[at].name), percent(question.answers[at].probability)
    so, not_so = ("it is true", "it is false") if crux.kind == "claim" else ("the step holds", "it does not")
    ends = [_goes(start, to, question.answers[at].probability) for start, to in ((now, crux.if_true[at]), ("", crux.if_false[at]))]
    if ends == [UNMOVED, UNMOVED]:
        return f"Either way “{name}” {UNMOVED}, as published.{words.undisputed(crux)}"
    return f"If {so}, “{name}” {ends[0]}; if {not_so}, it {ends[1]}.{words.undisputed(crux)}"


def by_argument_alone(question: QuestionSummary, crux: CruxSummary) -> str:
    """Say what settling a crux would do if the argument as a whole were sound for certain; "" where that is the same to the reader.

    Published probabilities keep a share for an unsound argument, which nothing inside the argument moves: (1 - error) times the
    modelled one plus error times what stands without it (facts/credence.md 2.6), solved here for the modelled one.
    """
    at, error = most_moved(question, crux), question.model_error
    if error < SMALL:
        return ""
    answer = question.answers[at]
    kept = answer.probability - (1 - error) * answer.modelled
    outcomes = [min(max((then - kept) / (1 - error), 0.0), 1.0) for then in (crux.if_true[at], crux.if_false[at])]
    if_true, now, if_false = words.told_apart(outcomes[0], answer.modelled, outcomes[1])
    so, not_so = ("it is true", "it is false") if crux.kind == "claim" else ("the step holds", "it does not")
    return f"By the argument alone, if that is sound, from {now} to {if_true} if {so}, to {if_false} if {not_so}."


def why_decisive(crux: CruxSummary) -> str:
    """Say how many readings of the whole dispute name a crux as what it turns on, and why; "" if none does."""
    if not crux.decisive:
        return ""
    read = "One reading" if len(crux.decisive) == 1 else "Both readings"
    return f"{read} of the whole dispute {'names' if len(crux.decisive) == 1 else 'name'} it: {crux.decisive[0]}"


def in_such_cases(question: QuestionSummary, crux: CruxSummary) -> str:
    """Say the same as `moves` in natural frequencies, with the weight of each outcome in decibans (10 make the odds tenfold).

    "" where nothing moves as published, and what the argument alone says (`by_argument_alone`) is all that there is to tell.
    """
    at = most_moved(question, crux)
    now = question.answers[at].probability
    if question.model_error >= SMALL and all(_goes("", to, now) == UNMOVED for to in (crux.if_true[at], crux.if_false[at])):
        return ""
    so, not_so = ("true", "false") if crux.kind == "claim" else ("it holds", "it does not")
    outcomes = "; ".join(
        f"if {what}, {words.in_cases(then)} ({words.odds_shift(now, then)})"
        for what, then in ((so, crux.if_true[at]), (not_so, crux.if_false[at]))
    )
    return f"“{named(question.answers[at].name)}” is so {words.in_cases(now)} now; {outcomes}. Decibans (dB): 3 double the odds."


def _goes(start: str, to: float, now: float) -> str:
    end = percent(to)
    if 0 < now < SMALL and to < SMALL:
        return _multiplies(to, now)
    if end == percent(now):
        return f"stays at {end}"
    verb = "rises" if to > now else "falls"
    factor = f" ({times(to / now)} times as likely)" if 0 < now < SMALL else ""
    return (f"{verb} from {start} to {end}" if start else f"{verb} to {end}") + factor


def _multiplies(to: float, now: float) -> str:
    """Tell a change between two small probabilities as a multiple, and that it stays small."""
    ratio = to / now
    if 0.95 < ratio < 1.05:
        return UNMOVED
    if ratio > 1:
        return f"becomes {times(ratio)} times as likely, which is still {'' if to < 0.0001 else 'only '}{percent(to)}"
    return f"becomes {times(1 / max(ratio, 1e-9))} times less likely"


def within(answer: AnswerSummary) -> str:
    """Write the band in which nine of ten credences lie if every judgment is drawn again with its noise; empty if not worked out."""
    return span(answer.low, answer.high) if answer.low is not None and answer.high is not None else ""


def noise_of(answer: AnswerSummary) -> tuple[float, float] | None:
    """Return the same band as numbers; None: not worked out."""
    return (answer.low, answer.high) if answer.low is not None and answer.high is not None else None


def band(question: QuestionSummary, answer: AnswerSummary) -> tuple[float, float]:
    """Return the least and the most that an answer's credence can be, whatever holds if the model is unsound.

    P(A) = (1 - e) P(A | sound) + e P(A | unsound), and P(A | unsound) is somewhere in [0, 1] (facts/credence.md 2.6).
    """
    low = (1 - question.model_error) * answer.modelled
    return low, low + question.model_error


def side_story(side: SideSummary) -> str:
    """Tell where a side comes to on its own answer, by which steps, and, where that is below the reader's number, why."""
    before, unheard, now = (
        f"{100 * chance:.1f}%" if 0.001 < chance < 0.999 else percent(chance) for chance in (side.before, side.unheard, side.now)
    )
    told = (
        f"“{side.name}” puts “{named(side.answer)}” at {now}, the {side.reader} at {before}. With nothing taken on the word of those who "
        f"conclude otherwise the {side.reader} would say {unheard}; the leading steps as that side would judge them make it {now}."
    )
    why = ["what it doesn’t hear had, all told, spoken for it"] * (side.unheard < side.before)
    why += ["at its best it concedes steps that it could not defend before an opponent"] * (side.now < side.unheard)
    if side.now >= side.before or not why:
        return told
    because = f"It is lower because {' and '.join(why)}"
    return f"{told} {because}: a best case is the most defensible one, not the highest number that could be reached."


def judged(view: View, judgments: Iterable[Judgment]) -> list[dict[str, Any]]:
    """Word judgments of a record, an answer each: what was judged with its value and unit, by whom, in the how-manieth wording and why."""
    answers: dict[tuple[int, str, str], list[Judgment]] = {}
    for one in judgments:
        answers.setdefault((one.wording, one.judge, one.reason), []).append(one)
    return [
        {"wording": wording, "judge": judge, "reason": reason, "values": sorted(_valued(view, one) for one in several)}
        for (wording, judge, reason), several in sorted(answers.items())
    ]


def _valued(view: View, judgment: Judgment) -> tuple[str, str]:
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
    return what, told


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
    ("Perspective", "one consistent set of judgments: a camp in the dispute, an author, an analyst."),
    ("Position", "speakers who take the same sides; found from what the sources say, unlike a perspective, which is judged."),
    ("Double crux", "what, if two perspectives agreed on it, would close the largest part of the gap between them."),
    ("Judged again", "every number drawn anew within its own uncertainty, a hundred times; the range holds nine tenths of the results."),
    (
        "Finding",
        "what a critic says may be wrong, with both sides' strongest case. Load-bearing: about what a leading crux rests on.",
    ),
    ("Gap", "a source, point of view, measurement or argument that is missing."),
    ("Incident", "work that failed and stayed failed."),
    ("Revision", "the state of the knowledge after a step; nothing is ever edited, only added or retracted."),
)
"""The words of art that the pages use, each in one line."""
