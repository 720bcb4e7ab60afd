"""Where a question stands and how firmly, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from credence.robustness import WIDEST_RADIUS, Radius
from credence.settling import LONGEST_STORY
from credence.standing import Standing, standing
from credence.wording import answers_of
from credence.words import decibans, frequency, leads, points, span, times, told_apart
from cruxmap.explaining import SHOWN
from explorer.phrases import subject_words
from explorer.reckonings import Reckoning
from knowledge.records import Question
from knowledge.views import View


def standing_lines(reckoning: Reckoning) -> Iterator[str]:
    """Tell where the inquiry stands: its cruxes without near copies, what it rests on, what would overturn it, how stable that is."""
    view, found, noise = reckoning.view, standing(reckoning.varied), reckoning.stability
    question = view.get(found.question, Question)
    answers = answers_of(view, question.id)
    names = {answer.id: answer.name for answer in answers}
    ahead = f"“{names[found.leading]}” leads"
    if not leads(found.answers):
        first, second = told_apart(*sorted(found.answers, reverse=True)[:2])
        ahead = f"no answer leads: “{names[found.leading]}” stands at {first}, the next at {second}"
    yield f"\n{question.text}\n  {found.verdict.value}; {ahead}"
    for answer, (low, high) in zip(answers, noise.bands, strict=True):
        yield f"  judged again {noise.samples} times with its noise, nine times in ten “{answer.name}” is within {span(low, high)}"
    yield f"  “{names[found.leading]}” comes first in {round(noise.same_leader * noise.samples)} of these {noise.samples}"
    for number, member in enumerate(found.cruxes, 1):
        often = round(noise.in_top.get(member.subject, 0.0) * noise.samples)
        yield f"  crux {number}: {subject_words(view, member.subject)}  [{member.subject}]"
        yield (
            f"    once those before it are settled, it would shift another {points(member.adds)} of the credence on average; among the "
            f"first three in {often} of these {noise.samples}"
        )
    yield from _resting_lines(view, found, [answer.id for answer in answers], names)
    if found.story is None:
        yield f"  no story of up to {LONGEST_STORY} settlements was found that overturns it"
    else:
        yield f"  cheapest story found that overturns it ({frequency(found.story.probability)}):"
        yield from (f"    {'it is so' if step.true else 'it is not so'}: {subject_words(view, step.subject)}" for step in found.story.steps)
    yield f"  {_radius_words(found.radius)}"
    bars = reckoning.sensitive.bars[:SHOWN]
    if bars:
        tried = "one judgment by itself, of those behind the first three cruxes"
        yield f"  {tried}, lower or higher by its noise, does this to “{names[found.leading]}”:"
    for bar in bars:
        lower, higher = told_apart(bar.if_lower, bar.if_higher)
        yield f"    {lower} if lower, {higher} if higher ({decibans(bar.noise).lstrip('+')}): {bar.text}  [{bar.record}]"


def _resting_lines(view: View, found: Standing, answers: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    for crux in found.resting_on[:SHOWN]:
        challenger = answers.index(found.challenger)
        so = crux.if_true[challenger] < crux.if_false[challenger]
        now = found.answers[challenger]
        then = max(crux.if_true[challenger], crux.if_false[challenger])
        first, last = told_apart(now, then)
        yield (
            f"  rests on this being {'so' if so else 'not so'}: {subject_words(view, crux.subject)} "
            f"(else “{names[found.challenger]}” would go from {first} to {last}, {times(then / now)} times as likely)"
        )


def _radius_words(radius: Radius) -> str:
    off = decibans(WIDEST_RADIUS if radius.nats is None else radius.nats).lstrip("+")
    if radius.nats is None:
        tried = "whichever way" if radius.exact else "each in the direction that was found to hurt most; not every combination can be tried"
        return f"it stands if every leading judgment is off by up to {off}, {tried}"
    sooner = "and by no less, whichever way" if radius.exact else "perhaps by less, as not every combination of directions can be tried"
    return f"it falls if every leading judgment is off by {off}, each in the direction that hurts it; {sooner}"
