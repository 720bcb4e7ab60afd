"""The crux finder: elicits local judgments; the credence engine does the rest.

What a link says is asked for in two wordings, the links and their worlds in either order, and where the two answers are far apart, or
can't stand together, in a third. The engine pools them, and takes their spread for their noise (`credence.judgments`).
"""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Final

from agents.proposals import Proposal, batches
from agents.reaching import bearing_on
from agents.splitting import ask_in_parts
from agents.weighing import AT_ONCE, STAGE, weigh
from credence.engine import coherent_judgments
from credence.judgments import NEVER_CERTAIN, logit
from credence.wording import answers_of
from knowledge.records import Answer, Claim, Incident, Judgment, Link, Perspective, Record, Warrant
from knowledge.views import View
from knowledge.vocabulary import Quantity, Relation
from prompts.tasks.cruxes import LINKS, JudgedLink, LinkAngle, LinkJudgments, LinksInputs
from reasoners.reasoner import Reasoner

FAR_APART: Final = 1.5
"""Nats between two judgments of one link, of how much likelier the premises are in its world or of whether its warrant holds, from which on
a third is asked for. Chosen: of the three shipped cases' links one in 12 to one in 230 is (docs/credence.md)."""
MOST_AGAIN: Final = 60
"""Links that are judged a third time, those whose judgments are furthest apart."""
FIRST_TWO: Final = (LinkAngle.DIRECT, LinkAngle.FREQUENCY)
_TURNED: Final = {LinkAngle.DIRECT: 1, LinkAngle.FREQUENCY: -1, LinkAngle.CONTRARY: 1}
"""In which direction the links and the worlds of each are listed."""
_ONCE_LESS: Final = "links are judged once less"


async def judge(view: View, perspective: Perspective, reasoner: Reasoner, *, twice: bool = True) -> Proposal:
    """Elicit what the network needs and has no judgment of yet: the weight of each testimony, the strength of each link.

    ``twice``: links in two wordings. Where a recording is older than the second, that is an incident.

    Raises:
        RunStops: the run can't go on now.
    """
    bearing = bearing_on(view, (answer.id for answer in view.all(Answer)))
    relevant = [link for link in view.all(Link) if link.id in bearing]
    claims = {view.representative(claim)[0] for link in relevant for claim in link.premises}
    jobs = [weigh(view, perspective, reasoner, claims)]
    angles = FIRST_TWO if twice else FIRST_TWO[:1]
    jobs += [_judged_from(view, perspective, reasoner, _unjudged(view, perspective, reasoner, relevant, angle), angle) for angle in angles]
    return Proposal.of(await asyncio.gather(*jobs))


async def judge_again(view: View, perspective: Perspective, reasoner: Reasoner) -> Proposal:
    """Elicit a third judgment of the links whose two are far apart or refused by the engine; nobody is told of the two.

    Raises:
        RunStops: the run can't go on now.
    """
    links = await asyncio.to_thread(at_odds, view, perspective)
    if not links:
        return Proposal()
    left = [_left_at_odds(len(links) - MOST_AGAIN)] if len(links) > MOST_AGAIN else []
    return Proposal.of([await _judged_from(view, perspective, reasoner, links[:MOST_AGAIN], LinkAngle.CONTRARY), left])


def _left_at_odds(links: int) -> Incident:
    problem = f"{links} links more than are asked about a third time have two judgments that are far apart"
    return Incident(stage=STAGE, subject="the strength of links", problem=problem, advice="Both count; the bands are the wider for it.")


def _unjudged(view: View, perspective: Perspective, reasoner: Reasoner, links: Sequence[Link], angle: LinkAngle) -> list[Link]:
    """Return the links that nobody has judged, and those of which this judge has answered, but not from this angle."""
    judge, wording = reasoner.answerer.model_for(LINKS.role), angle.wording
    judgments = [one for one in view.all(Judgment) if one.perspective == perspective.id]
    judged = {one.record for one in judgments if one.wording == wording or one.judge != judge}
    return [link for link in links if link.id not in judged]


def at_odds(view: View, perspective: Perspective) -> list[Link]:
    """Return the links whose two judgments are `FAR_APART` or can't stand together: the furthest apart first, ties by id."""
    by_wording: dict[str, dict[int, list[Judgment]]] = defaultdict(lambda: defaultdict(list))
    for one in view.all(Judgment):
        if one.perspective == perspective.id and one.record.startswith("link-"):
            by_wording[one.record][one.wording].append(one)
    twice = {record: several for record, several in by_wording.items() if several.keys() == {angle.wording for angle in FIRST_TWO}}
    if not twice:
        return []
    refused = {one.record for one in coherent_judgments(view, perspective.id)[1]}
    far: dict[str, float] = {}
    for record, several in twice.items():
        first, second = (_said(view, record, one) for one in several.values())
        apart = max((abs(first[what] - second[what]) for what in first.keys() & second.keys()), default=0.0)
        if apart >= FAR_APART or record in refused:
            far[record] = apart
    return [view.get(record, Link) for record in sorted(far, key=lambda record: (-far[record], record))]


def _said(view: View, record: str, judgments: Sequence[Judgment]) -> dict[str, float]:
    """Return what one judgment of a link says, in nats: whether it holds, and how much likelier its premises are in its own world."""
    target = view.get(record, Link).target
    said = {one.quantity.value: logit(one.value) for one in judgments if one.quantity is not Quantity.EXPECTEDNESS}
    expected = {one.given: max(one.value, NEVER_CERTAIN) for one in judgments if one.quantity is Quantity.EXPECTEDNESS}
    if expected:
        elsewhere = math.fsum(value for given, value in expected.items() if given != target) / (len(expected) - 1)
        said["ratio"] = math.log(expected[target]) - math.log(elsewhere)
    return said


async def _judged_from(
    view: View, perspective: Perspective, reasoner: Reasoner, links: Sequence[Link], angle: LinkAngle
) -> list[Record | Incident]:
    """Return judgments of links as they are asked for from one angle."""
    missing = _ONCE_LESS if angle is not LinkAngle.DIRECT else ""
    judged_by = partial(_judge, view, perspective, reasoner, angle)
    listed = batches(links[:: _TURNED[angle]], AT_ONCE)
    subject = "the strength of links"
    answers = await asyncio.gather(*(ask_in_parts(judged_by, batch, stage=STAGE, subject=subject, unrecorded=missing) for batch in listed))
    return [one for answer in answers for one in answer]


async def _judge(view: View, perspective: Perspective, reasoner: Reasoner, angle: LinkAngle, links: Sequence[Link]) -> list[Record]:
    answer = await reasoner.answer(LINKS, LinksInputs(angle=angle, links=shown_links(view, links, angle)), step=STAGE)
    return link_judgments(view, perspective, links, answer, judge=reasoner.answerer.model_for(LINKS.role), angle=angle)


def shown_links(view: View, links: Sequence[Link], angle: LinkAngle = LinkAngle.DIRECT) -> tuple[JudgedLink, ...]:
    """Return links as they are shown to whoever judges them."""
    worlds = {link.id: _worlds(view, link, angle) for link in links}
    return tuple(
        JudgedLink(
            number=number,
            premises=tuple(view.get(claim, Claim).text for claim in link.premises),
            relation=link.relation.value,
            offered=[given for given, _ in worlds[link.id]].index(link.target) + 1,
            warrant=view.get(link.warrant, Warrant).text,
            worlds=tuple(words for _, words in worlds[link.id]),
        )
        for number, link in enumerate(links, 1)
    )


def link_judgments(
    view: View,
    perspective: Perspective,
    links: Sequence[Link],
    answer: LinkJudgments,
    *,
    judge: str,
    angle: LinkAngle = LinkAngle.DIRECT,
) -> list[Record]:
    """Return what was answered of links, as they were shown, as judgments of a perspective."""
    records: list[Record] = []
    for judged in answer.judgments:
        link = links[judged.number - 1]
        values: list[tuple[Quantity, float, str | None]] = [
            (Quantity.DEFEAT if link.relation is Relation.UNDERCUTS else Quantity.WARRANT, judged.holds, None)
        ]
        if link.relation is not Relation.UNDERCUTS:
            worlds = zip(_worlds(view, link, angle), judged.expectedness, strict=True)
            values += [(Quantity.EXPECTEDNESS, value, given) for (given, _), value in worlds]
        records += [
            Judgment(
                record=link.id,
                quantity=quantity,
                value=value,
                given=given,
                perspective=perspective.id,
                judge=judge,
                reason=judged.reason,
                wording=angle.wording,
            )
            for quantity, value, given in values
        ]
    return records


def _worlds(view: View, link: Link, angle: LinkAngle) -> list[tuple[str | None, str]]:
    """Return (what a judgment names, words) for each state of a link's target: the one that it is offered for or against first, or last."""
    return _states(view, link)[:: _TURNED[angle]]


def _states(view: View, link: Link) -> list[tuple[str | None, str]]:
    target = view.records[link.target]
    if isinstance(target, Answer):
        answers = sorted(answers_of(view, target.question), key=lambda answer: answer.id != target.id)
        return [(answer.id, answer.text) for answer in answers]
    if isinstance(target, Claim):
        return [(target.id, target.text), (None, f"It is not so: {target.text}")]
    assert isinstance(target, Link)
    warrant = view.get(target.warrant, Warrant).text
    return [(target.id, f"The step holds: {warrant}"), (None, f"The step fails: {warrant}")]
