"""What would settle a crux: what to look for, how good it would have to be, and which of the gaps speak to it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from credence.words import times
from explorer.entries import ClaimEntry, Step
from explorer.materials import Material
from explorer.phrases import named, words_of
from explorer.question_summaries import CruxSummary, QuestionSummary
from explorer.wording import most_moved, percent
from knowledge.records import Gap, Link, Warrant
from knowledge.vocabulary import Relation

UNSETTLED: Final = (0.05, 0.95)
"""A reason whose credence lies between these is itself worth looking into."""
ACCURACIES: Final = (0.7, 0.9, 0.99)
"""How often the observations of the table are right, either way."""
MOST_REASONS: Final = 3
NEAR: Final = 2
"""Uncommon words that a gap and a crux must share for the gap to be told with it."""


@dataclass(frozen=True)
class Look:
    """Something to look for: in a word, in a sentence, and where it stands ('' for what stands nowhere yet)."""

    kind: str
    text: str
    at: str


@dataclass(frozen=True)
class Trial:
    """An observation that is right in a share of cases, either way: where the answer goes if it speaks for and against, on average."""

    right: float
    if_for: float
    if_against: float
    shift: float


@dataclass(frozen=True)
class Settling:
    """All of it. ``answer`` is the one that the crux moves most; ``gaps`` are about the crux, ``near`` share its words, ``wider`` don't."""

    looks: tuple[Look, ...]
    answer: str
    now: float
    trials: tuple[Trial, ...]
    overturn: str
    gaps: tuple[Gap, ...]
    near: tuple[Gap, ...]
    wider: tuple[Gap, ...]


def settling(material: Material, question: QuestionSummary, crux: CruxSummary, entries: Sequence[ClaimEntry]) -> Settling:
    """Say what would settle a crux; ``entries`` are its claim, or the premises of its step."""
    at = most_moved(question, crux)
    about = {crux.subject, *(entry.id for entry in entries), *(one.id for entry in entries for one in entry.quotations)}
    about |= {step.id for entry in entries for step in (*entry.reasons, *entry.bears_on) if crux.kind == "claim" or step.id == crux.subject}
    about |= {variant.claim for entry in entries for variant in entry.variants}
    everywhere = [gap for gap in material.view.all(Gap) if gap.about in about | {question.id, None}]
    own = tuple(gap for gap in everywhere if gap.about in about)
    rest = [gap for gap in everywhere if gap not in own]
    words = words_of(" ".join([crux.text, *(step.premises for entry in entries for step in entry.reasons)])) - material.common_words
    near = tuple(gap for gap in rest if len(words_of(f"{gap.text} {gap.how}") & words) >= NEAR)
    looks = (*_sayings(material, entries), *_reasons(material, entries), *_replies(material, crux, entries))
    return Settling(
        looks=looks,
        answer=question.answers[at].name,
        now=question.answers[at].probability,
        trials=tuple(trial(crux, at, question.answers[at].probability, right) for right in ACCURACIES),
        overturn=overturned_by(question, crux),
        gaps=own,
        near=near,
        wider=tuple(gap for gap in rest if gap not in near),
    )


def _sayings(material: Material, entries: Sequence[ClaimEntry]) -> Iterator[Look]:
    """Tell where a claim has but one source, or where all its sources lean on one origin."""
    for entry in entries:
        sources = {one.source_id: one.source for one in entry.quotations}
        if len(sources) == 1:
            told = f"“{next(iter(sources.values()))}”"
            words = f"Only one source here speaks to it: {told}. One that found it out by itself would be the first check."
            yield Look("second source", words, material.to(entry.id))
        elif sources:
            leaning = [{upstream.id for upstream, _ in material.view.upstreams_of(source)} for source in sources]
            for shared in sorted(set.intersection(*leaning))[:1]:
                name = material.view.called(shared)
                words = f"All {len(sources)} sources on it lean on {name}. Evidence that does not come from there would count anew."
                yield Look("other origin", words, material.to(shared))


def _reasons(material: Material, entries: Sequence[ClaimEntry]) -> Iterator[Look]:
    """Tell which of its own reasons are unsettled, the least settled first."""
    found: list[tuple[float, Step]] = []
    for step in (step for entry in entries for step in entry.reasons):
        credence = min((material.credences.get(claim, 0.0) for claim in _premises(material, step)), default=0.0)
        if UNSETTLED[0] < credence < UNSETTLED[1]:
            found.append((credence, step))
    for credence, step in sorted(found, key=lambda one: (abs(one[0] - 0.5), one[1].id))[:MOST_REASONS]:
        side = "for" if step.relation is Relation.SUPPORTS else "against"
        yield Look(
            "reason", f"Whether {step.premises} (now {percent(credence)} probable), which is offered {side} it.", material.to(step.id)
        )


def _premises(material: Material, step: Step) -> list[str]:
    return material.standing_for(material.view.get(step.id, Link).premises)


def _replies(material: Material, crux: CruxSummary, entries: Sequence[ClaimEntry]) -> Iterator[Look]:
    """Tell where nobody was read who speaks against it, and what would show that a step fails."""
    if crux.kind == "warrant":
        link = material.view.get(crux.subject, Link)
        why = material.view.get(link.warrant, Warrant).text
        case = (
            "what it starts from is so, and the step that it attacks holds all the same"
            if link.relation is Relation.UNDERCUTS
            else "what it starts from is so, and what it speaks for is not (or is, if it speaks against)"
        )
        words = f"The step is supposed to hold because: {why} Cases in which {case} would tell how often it does."
        yield Look("counterexample", words, "")
    against = any(one.side < 0 for entry in entries for one in entry.quotations)
    against |= any(step.relation is not Relation.SUPPORTS or step.objections for entry in entries for step in entry.reasons)
    against |= any(step.id == crux.subject and step.objections for entry in entries for step in entry.bears_on)
    if not against:
        yield Look("reply", "Nobody who was read speaks against it. The answer of somebody who would have reason to is missing.", "")


def trial(crux: CruxSummary, at: int, now: float, right: float) -> Trial:
    """Work out what an observation would do, by Bayes' rule; the answer is linear in the crux's credence."""
    chance = crux.probability
    positive = right * chance + (1 - right) * (1 - chance)
    after = [_mixed(crux, at, right * chance / positive), _mixed(crux, at, (1 - right) * chance / (1 - positive))]
    return Trial(right, after[0], after[1], positive * abs(after[0] - now) + (1 - positive) * abs(after[1] - now))


def _mixed(crux: CruxSummary, at: int, chance: float) -> float:
    return chance * crux.if_true[at] + (1 - chance) * crux.if_false[at]


def overturned_by(question: QuestionSummary, crux: CruxSummary) -> str:
    """Say how telling an observation must be for another answer to lead, or that none could be."""
    chances = [answer.probability for answer in question.answers]
    lead = max(range(len(chances)), key=chances.__getitem__)
    name, what = named(question.answers[lead].name), "it" if crux.kind == "claim" else "the step"
    found: list[tuple[float, bool, int]] = []
    for other in range(len(chances)):
        gap = crux.if_false[lead] - crux.if_false[other]
        slope = gap - (crux.if_true[lead] - crux.if_true[other])
        even = gap / slope if slope else -1.0
        if other != lead and 0 < even < 1 and 0 < crux.probability < 1:
            ratio = math.log(even / (1 - even)) - math.log(crux.probability / (1 - crux.probability))
            found.append((abs(ratio), ratio > 0, other))
    if not found:
        least = min(crux.if_true[lead], crux.if_false[lead])
        return f"No observation of this alone would overturn “{name}”: even for certain, the worst leaves it at {percent(least)}."
    size, if_true, other = min(found)
    so, else_ = ("true", "false") if crux.kind == "claim" else ("so", "not so")
    first, second = (so, else_) if if_true else (else_, so)
    other_name, ratio_words = named(question.answers[other].name), times(math.exp(size))
    likelier = f"at least {ratio_words} times as likely if {what} is {first} as if {what} is {second}"
    return f"For “{other_name}” to lead instead of “{name}”, something must be seen that is {likelier}."
