"""How much each testimony weighs: judged alone, and once more where the critic holds something against it (`credence.faults`)."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final

from agents.proposals import Proposal, batches
from agents.splitting import ask_in_parts
from credence.faults import HEARD, faults, is_heard
from knowledge.records import Assertion, Claim, Finding, Incident, Judgment, Passage, Perspective, Record, Tag
from knowledge.views import View
from knowledge.vocabulary import Quantity, SourceKind, UpstreamKind
from prompts.tasks.cruxes import TESTIMONY, Criticism, TestimonyInputs, WeighedTestimony
from reasoners.reasoner import Reasoner

STAGE: Final = "find_cruxes"
AT_ONCE: Final = 20
_NOT_HEARD: Final = "what the critic found changes no weight"
Ask = Callable[[Sequence[Assertion]], Awaitable[Sequence[Record]]]


async def weigh(view: View, perspective: Perspective, reasoner: Reasoner, claims: Collection[str]) -> list[Record | Incident]:
    """Weigh what is said on representative claims and has no weight yet, unseen by the critic.

    Raises:
        RunStops: the run can't go on now.
    """
    judged = {one.record for one in view.all(Judgment) if one.perspective == perspective.id}
    said = {assertion.id: assertion for claim in claims for assertion, _ in view.assertions_of(claim) if assertion.id not in judged}
    ask = partial(_weigh, view, perspective, reasoner, {})
    return await _in_batches(ask, [assertion for _, assertion in sorted(said.items())], "the weight of testimonies")


async def weigh_again(view: View, perspective: Perspective, reasoner: Reasoner) -> Proposal:
    """Weigh once more what has a weight and is found at fault, with both sides of the criticism to be read.

    Who was told one finding isn't asked again when there is another. What weighs nothing without the criticism is left.

    Raises:
        RunStops: the run can't go on now.
    """
    weights = [one for one in view.all(Judgment) if one.perspective == perspective.id and one.quantity is Quantity.EVIDENCE]
    heard = {one.record for one in weights if is_heard(one)}
    weighty = {one.record for one in weights if one.value != 0} - heard
    held_against = faults(view)
    faulty = [view.get(assertion, Assertion) for assertion in held_against if assertion in weighty]
    ask = partial(_weigh, view, perspective, reasoner, held_against)
    return Proposal.of([await _in_batches(ask, faulty, "the weight of what the critic speaks against", _NOT_HEARD)])


async def _in_batches(ask: Ask, assertions: Sequence[Assertion], subject: str, unrecorded: str = "") -> list[Record | Incident]:
    parts = (ask_in_parts(ask, batch, stage=STAGE, subject=subject, unrecorded=unrecorded) for batch in batches(assertions, AT_ONCE))
    return [one for part in await asyncio.gather(*parts) for one in part]


async def _weigh(
    view: View,
    perspective: Perspective,
    reasoner: Reasoner,
    held_against: Mapping[str, Sequence[Finding]],
    assertions: Sequence[Assertion],
) -> list[Record]:
    shown = (_shown(number, view, one, held_against.get(one.id, ())) for number, one in enumerate(assertions, 1))
    answer = await reasoner.answer(TESTIMONY, TestimonyInputs(testimonies=tuple(shown)), step=STAGE)
    return [
        Judgment(
            record=assertions[weight.number - 1].id,
            quantity=Quantity.EVIDENCE,
            value=math.log(weight.odds),
            perspective=perspective.id,
            judge=reasoner.answerer.model_for(TESTIMONY.role),
            reason=weight.reason,
            wording=HEARD if held_against else 0,
        )
        for weight in answer.weights
    ]


def _shown(number: int, view: View, assertion: Assertion, findings: Sequence[Finding]) -> WeighedTestimony:
    return WeighedTestimony(
        number=number,
        claim=view.get(assertion.claim, Claim).text,
        speaker=assertion.speaker,
        stance=assertion.stance.value,
        hedge=assertion.hedge.value,
        source_kind=_kind_of(view, assertion).value,
        passage=view.get(assertion.passage, Passage).text,
        criticisms=tuple(Criticism(flawed_case=one.flawed_case, sound_case=one.sound_case) for one in findings),
    )


def _kind_of(view: View, assertion: Assertion) -> SourceKind:
    """Say what kind of document speaks: of a brief, the work that it reports."""
    source = view.source_of(assertion)
    works = {name.id for work, _ in view.upstreams_of(source.id) if work.kind is UpstreamKind.WORK for name in view.names(work.id)}
    kinds = [tag.value for tag in view.all(Tag) if tag.name == "kind" and tag.record in works]
    return SourceKind(kinds[0]) if source.kind is SourceKind.BRIEF and kinds else source.kind
