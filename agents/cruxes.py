"""The crux finder: elicits local judgments; the credence engine does the rest."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from functools import partial
from typing import Final

from agents.proposals import Proposal, batches
from agents.reaching import bearing_on
from agents.splitting import ask_in_parts
from credence.wording import answers_of
from knowledge.records import (
    Answer,
    Assertion,
    Claim,
    Judgment,
    Link,
    Passage,
    Perspective,
    Quantity,
    Record,
    Relation,
    SourceKind,
    Tag,
    UpstreamKind,
    Warrant,
)
from knowledge.views import View
from prompts.tasks.cruxes import LINKS, TESTIMONY, JudgedLink, LinkJudgments, LinksInputs, TestimonyInputs, WeighedTestimony
from reasoners.reasoner import Reasoner

STAGE: Final = "find_cruxes"
AT_ONCE: Final = 20


async def judge(view: View, perspective: Perspective, reasoner: Reasoner) -> Proposal:
    """Elicit what the network needs and has no judgment of yet: the weight of each testimony, the strength of each link.

    Raises:
        RunStops: the run can't go on now.
    """
    judged = {judgment.record for judgment in view.all(Judgment) if judgment.perspective == perspective.id}
    bearing = bearing_on(view, (answer.id for answer in view.all(Answer)))
    relevant = [link for link in view.all(Link) if link.id in bearing]
    links = [link for link in relevant if link.id not in judged]
    claims = {view.representative(claim)[0] for link in relevant for claim in link.premises}
    assertions = sorted(
        {assertion.id: assertion for claim in claims for assertion, _ in view.assertions_of(claim) if assertion.id not in judged}.items()
    )
    weigh, weighed = partial(_weigh, view, perspective, reasoner), [assertion for _, assertion in assertions]
    jobs = [ask_in_parts(weigh, batch, stage=STAGE, subject="the weight of testimonies") for batch in batches(weighed, AT_ONCE)]
    judged_by = partial(_judge, view, perspective, reasoner)
    jobs += [ask_in_parts(judged_by, batch, stage=STAGE, subject="the strength of links") for batch in batches(links, AT_ONCE)]
    return Proposal.of(await asyncio.gather(*jobs))


async def _weigh(view: View, perspective: Perspective, reasoner: Reasoner, assertions: Sequence[Assertion]) -> list[Record]:
    inputs = TestimonyInputs(
        testimonies=tuple(
            WeighedTestimony(
                number=number,
                claim=view.get(assertion.claim, Claim).text,
                speaker=assertion.speaker,
                stance=assertion.stance.value,
                hedge=assertion.hedge.value,
                source_kind=kind_of(view, assertion).value,
                passage=view.get(assertion.passage, Passage).text,
            )
            for number, assertion in enumerate(assertions, 1)
        )
    )
    answer = await reasoner.answer(TESTIMONY, inputs, step=STAGE)
    return [
        Judgment(
            record=assertions[weight.number - 1].id,
            quantity=Quantity.EVIDENCE,
            value=math.log(weight.odds),
            perspective=perspective.id,
            judge=reasoner.answerer.model_for(TESTIMONY.role),
            reason=weight.reason,
        )
        for weight in answer.weights
    ]


def kind_of(view: View, assertion: Assertion) -> SourceKind:
    """Say what kind of document speaks: of a brief, the work that it reports."""
    source = view.source_of(assertion)
    works = {name.id for work, _ in view.upstreams_of(source.id) if work.kind is UpstreamKind.WORK for name in view.names(work.id)}
    kinds = [tag.value for tag in view.all(Tag) if tag.name == "kind" and tag.record in works]
    return SourceKind(kinds[0]) if source.kind is SourceKind.BRIEF and kinds else source.kind


async def _judge(view: View, perspective: Perspective, reasoner: Reasoner, links: Sequence[Link]) -> list[Record]:
    answer = await reasoner.answer(LINKS, LinksInputs(links=shown_links(view, links)), step=STAGE)
    return link_judgments(view, perspective, links, answer, judge=reasoner.answerer.model_for(LINKS.role))


def shown_links(view: View, links: Sequence[Link]) -> tuple[JudgedLink, ...]:
    """Return links as they are shown to whoever judges them."""
    return tuple(
        JudgedLink(
            number=number,
            premises=tuple(view.get(claim, Claim).text for claim in link.premises),
            relation=link.relation.value,
            warrant=view.get(link.warrant, Warrant).text,
            worlds=tuple(words for _, words in _worlds(view, link)),
        )
        for number, link in enumerate(links, 1)
    )


def link_judgments(view: View, perspective: Perspective, links: Sequence[Link], answer: LinkJudgments, *, judge: str) -> list[Record]:
    """Return what was answered of links as judgments of a perspective."""
    records: list[Record] = []
    for judged in answer.judgments:
        link = links[judged.number - 1]
        values: list[tuple[Quantity, float, str | None]] = [
            (Quantity.DEFEAT if link.relation is Relation.UNDERCUTS else Quantity.WARRANT, judged.holds, None)
        ]
        if link.relation is not Relation.UNDERCUTS:
            worlds = zip(_worlds(view, link), judged.expectedness, strict=True)
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
            )
            for quantity, value, given in values
        ]
    return records


def _worlds(view: View, link: Link) -> list[tuple[str | None, str]]:
    """Return (what a judgment names, words) for each state of a link's target, the one that it is offered for or against first."""
    target = view.records[link.target]
    if isinstance(target, Answer):
        answers = sorted(answers_of(view, target.question), key=lambda answer: answer.id != target.id)
        return [(answer.id, answer.text) for answer in answers]
    if isinstance(target, Claim):
        return [(target.id, target.text), (None, f"It is not so: {target.text}")]
    assert isinstance(target, Link)
    warrant = view.get(target.warrant, Warrant).text
    return [(target.id, f"The step holds: {warrant}"), (None, f"The step fails: {warrant}")]
