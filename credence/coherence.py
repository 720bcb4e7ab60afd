"""Judgments that can't all be true together: refused with the reason and the nearest value that can stand (facts/credence.md 2.1)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from credence.defaults import STRONGEST_EVIDENCE
from credence.judgments import NEVER_CERTAIN, Judgments, Key, Place
from credence.materials import ANY_SUFFICES
from credence.results import Refusal
from knowledge.records import Answer, Link, Tag
from knowledge.views import View
from knowledge.vocabulary import Quantity

SLACK: Final = 0.02
"""Differences of probabilities that rounding explains."""


class IncoherentRatios(ValueError):
    """Log likelihood ratios that no pair of probabilities has; ``nearest`` is the closest pair of ratios that some pair has."""

    def __init__(self, reason: str, nearest: tuple[float, float]) -> None:
        super().__init__(f"{reason}; the nearest coherent pair is {nearest[0]:+.3f}, {nearest[1]:+.3f} nats")
        self.nearest = nearest


def rates_of(if_true: float, if_false: float) -> tuple[float, float]:
    """Return P(s | t) and P(s | not t) from the log likelihood ratios for t, in nats, of s being true and of s being false.

    P(s | not t) = (1 - e^w-) / (e^w+ - e^w-), P(s | t) = e^w+ P(s | not t) (facts/credence.md 2.1).

    Raises:
        IncoherentRatios: both have the same sign; what speaks for t whether s is true or false can't be.
    """
    if if_true == 0 and if_false == 0:
        return 0.5, 0.5
    if if_true * if_false >= 0:
        nearest = (if_true, 0.0) if abs(if_true) > abs(if_false) else (0.0, if_false)
        raise IncoherentRatios(f"ratios of {if_true:+.3f} and {if_false:+.3f} nats speak for the same side whatever is found", nearest)
    unless = -math.expm1(if_false) / (math.exp(if_true) - math.exp(if_false))
    return math.exp(if_true) * unless, unless


def ratios_of(if_true: float, if_false: float) -> tuple[float, float]:
    """Return the log likelihood ratios for t, in nats, of s true and s false, from P(s | t) and P(s | not t)."""
    return math.log(if_true / if_false), math.log((1 - if_true) / (1 - if_false))


def refuse(view: View, judgments: Judgments) -> tuple[Refusal, ...]:
    """Find what can't stand among one perspective's judgments, each with the nearest value that can (None: it is about nothing)."""
    values = judgments.judged()
    found = [*_out_of_range(values), *_priors(view, values), *_conditions(view, values), *_conjunctions(view, values)]
    return tuple({(one.record, one.quantity, one.given): one for one in found}.values())


def accepted(judgments: Judgments, refused: Sequence[Refusal]) -> Judgments:
    """Return the judgments with the nearest coherent values in place of the refused ones."""
    return judgments.otherwise(
        {Key(one.record, Quantity(one.quantity), one.given): one.nearest for one in refused if one.nearest is not None}
    )


def _refusal(place: Place, value: float, nearest: float | None, reason: str) -> Refusal:
    record, quantity, given = place
    return Refusal(record, quantity.value, given, value, nearest, reason)


def _out_of_range(values: Mapping[Place, float]) -> Iterator[Refusal]:
    """Refuse what no evidence could ever outweigh."""
    for place, value in [one for one in values.items() if not 0 < one[1] < 1]:
        if place[1] is Quantity.EVIDENCE:
            if abs(value) > STRONGEST_EVIDENCE:
                nearest = math.copysign(STRONGEST_EVIDENCE, value)
                yield _refusal(place, value, nearest, f"one testimony can't carry more than {STRONGEST_EVIDENCE:.0f} nats")
        elif place[1] in {Quantity.PRIOR, Quantity.EXPECTEDNESS}:
            nearest = min(max(value, NEVER_CERTAIN), 1 - NEVER_CERTAIN)
            yield _refusal(place, value, nearest, "certainty that no evidence could move")


def _priors(view: View, values: Mapping[Place, float]) -> Iterator[Refusal]:
    """Refuse priors of one question's answers that don't sum to 1."""
    keys: dict[str, list[Place]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for answer in view.all(Answer):
        counts[answer.question] += 1
        place = (answer.id, Quantity.PRIOR, None)
        if place in values:
            keys[answer.question].append(place)
    for question, judged in keys.items():
        total = math.fsum(values[place] for place in judged)
        complete = len(judged) == counts[question]
        if (complete and abs(total - 1) > SLACK) or total > 1 + SLACK:
            why = f"the priors of this question's answers sum to {total:.3g}"
            yield from (_refusal(place, values[place], values[place] / total, why) for place in judged)


def _conditions(view: View, values: Mapping[Place, float]) -> Iterator[Refusal]:
    """Refuse expectednesses given states that the link's target doesn't have.

    That a premise is offered for a target and judged to speak against it is no incoherence: on that perspectives may differ.
    """
    answers: dict[str, set[str]] = defaultdict(set)
    for answer in view.all(Answer):
        answers[answer.question].add(answer.id)
    targets = {link.id: link.target for link in view.all(Link)}
    expected = Quantity.EXPECTEDNESS
    for place in [one for one in values if one[1] is expected and one[2] != targets.get(one[0], one[2])]:
        record, _, given = place
        at = targets[record]
        if given is not None or at.startswith("answer-"):
            target = view.find(at)
            if not isinstance(target, Answer) or given not in answers[target.question]:
                yield _refusal(place, values[place], None, "it is given something that the link's target can't be")


def _conjunctions(view: View, values: Mapping[Place, float]) -> Iterator[Refusal]:
    """Refuse that several premises together are expected more than one of them alone, given the same.

    Where any one of the premises suffices (a link tagged `premises: any`) it is the other way round: that one of them at least is so can't
    be less likely than that a certain one is.
    """
    joint = {link.id: link for link in view.all(Link) if len(link.premises) > 1}
    if not joint:
        return
    any_of = {tag.record for tag in view.all(Tag) if (tag.name, tag.value) == ANY_SUFFICES}
    places = {(claim, link.target) for link in joint.values() for claim in link.premises}
    alone = {link.id: link for link in view.all(Link) if len(link.premises) == 1 and (link.premises[0], link.target) in places}
    single: dict[tuple[str, str, str | None], list[float]] = defaultdict(list)
    together: list[tuple[Place, float]] = []
    for place, value in values.items():
        record, quantity, given = place
        if quantity is Quantity.EXPECTEDNESS and record in alone:
            single[alone[record].premises[0], alone[record].target, given].append(value)
        elif quantity is Quantity.EXPECTEDNESS and record in joint:
            together.append((place, value))
    for place, value in together:
        link = joint[place[0]]
        known = [rate for claim in link.premises for rate in single.get((claim, link.target, place[2]), ())]
        if place[0] in any_of and known and value < max(known) - SLACK:
            why = f"that any of the premises is so can't be less likely than that one of them is, which is {max(known):.3g}"
            yield _refusal(place, value, max(known), why)
        elif place[0] not in any_of and known and value > min(known) + SLACK:
            why = f"all premises together can't be likelier than one of them alone, which is {min(known):.3g}"
            yield _refusal(place, value, min(known), why)
