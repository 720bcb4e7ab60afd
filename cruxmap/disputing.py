"""Two perspectives side by side, as lines of text: what would close their gap, and whose judgments it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator

from credence.perspectives import MOST_BLOCKS, REST, BlockShare, Dispute, DoubleCrux, dispute
from credence.words import decibans, percent
from explorer.phrases import subject_words
from knowledge.records import Answer, Perspective, Question
from knowledge.views import View

SHOWN = 5
SMALL = 0.005
"""Differences of probabilities below half a point are none."""
TELLING = 0.05
"""The part of the gap that a subject must close to be named."""
SAME_LEFT = 0.8
"""If settling a subject leaves this much of the gap, settling it does not end the dispute."""


def double_lines(view: View, question: Question, *, first: str, second: str, blocks: int = MOST_BLOCKS) -> Iterator[str]:
    """Tell what divides two perspectives (ids) on a question: double cruxes, then the judgments to which the gap goes back."""
    found = dispute(view, question, first=first, second=second, blocks=blocks)
    sides = tuple(view.get(one, Perspective).name for one in found.perspectives)
    answer = view.get(found.answer, Answer)
    yield f"\n{question.text}"
    if abs(found.gap) < SMALL:
        yield f"  “{sides[0]}” and “{sides[1]}” give the same answers, within half a point"
        return
    yield (
        f"  “{sides[0]}” gives “{answer.name}” {percent(found.probabilities[0])}, “{sides[1]}” {percent(found.probabilities[1])}: "
        f"a gap of {_points(abs(found.gap))}, {_weight(found.log_odds_gap)} of log-odds (before model error)"
    )
    telling = TELLING * abs(found.gap)
    told = [one for one in found.double_cruxes if one.closing > telling][:SHOWN]
    for number, one in enumerate(told, 1):
        yield from _double_crux(view, found, one, number, sides)
    if not told:
        yield f"  no double crux: no single claim or step closes as much as {percent(TELLING)} of it"
    for beyond in found.unnumbered:
        yield f"  they differ on this too, which no evidence settles, as it is about {beyond.dispute}: {subject_words(view, beyond.record)}"
    yield "  the judgments on which the gap rests, in decibans that sum to it (below zero: it would be wider without):"
    for share in found.blocks:
        yield f"    {_share(view, share, math.copysign(1.0, found.log_odds_gap))}"


def _double_crux(view: View, found: Dispute, one: DoubleCrux, number: int, sides: tuple[str, ...]) -> Iterator[str]:
    gap = abs(found.gap)
    mine, theirs = one.credences
    yield f"  {number}. {subject_words(view, one.subject)}  [{one.subject}]"
    yield f"     “{sides[0]}” gives it {percent(mine)}, “{sides[1]}” {percent(theirs)}"
    if abs(mine - theirs) < SMALL:
        yield "     they agree on it; what differs is how it bears"
    else:
        moves = " and ".join(
            f"“{side}” {'stays' if abs(move) < SMALL else f'moves by {_points(move, signed=True)}'}"
            for side, move in zip(sides, one.moves, strict=True)
        )
        both = ", so it is a double crux" if min(abs(move) for move in one.moves) > TELLING * gap else ""
        yield f"     if each took the other's credence {_points(one.closes)} of {_points(gap)} would close: {moves}{both}"
    left = "; settling it does not end the dispute" if one.unresolved > SAME_LEFT * gap else ""
    yield f"     once it is settled, a gap of {_points(one.unresolved)} is to be expected{left}"
    if abs(one.local) > SMALL:
        yield f"     if each took only the other's own judgments on it, {_points(one.local)} would close"
    else:
        yield "     they judge nothing of it differently: their credences differ by what they think elsewhere"


def _share(view: View, share: BlockShare, sign: float) -> str:
    what = "the priors" if share.record == "priors" else share.record if share.record == REST else subject_words(view, share.record)
    warrant = " (they agree on the claim and differ on the warrant)" if share.on_warrant else ""
    error = f", give or take {_weight(share.error)}" if share.error > 0 else ""
    where = "" if share.record in {"priors", REST} else f"  [{share.record}]"
    return f"{decibans(sign * share.shapley)}{error} ({decibans(sign * share.alone)} if swapped alone): {what}{warrant}{where}"


def _points(probability: float, *, signed: bool = False) -> str:
    return f"{round(100 * probability, 1) + 0.0:{'+' if signed else ''}.1f} points"


def _weight(nats: float) -> str:
    return decibans(abs(nats)).lstrip("+")
