"""Grounds: on what a document's assertions rest, and what it says of itself, asked once they are known.

What is found changes no number and no claim: it is told beside them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from agents.critic import assertions_in
from agents.proposals import Proposal, batches
from agents.splitting import ask_in_parts
from knowledge.records import Assertion, Claim, Incident, Passage, Record, Source, Tag
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import ASSUMES, DEFERS_TO, METHOD
from prompts.tasks.ingestion import GROUNDS, GroundedAssertion, Grounds, GroundsInputs
from reasoners.reasoner import Reasoner
from sources.funding import funding_statements
from sources.locating import locate
from sources.ordering import without_orders

STAGE: Final = "match"
AT_ONCE: Final = 40
_UNTOLD: Final = "on what its assertions rest isn't told"
OPENING: Final = 1_500
"""Characters of a document's beginning that are shown: title, authors, journal and date stand there."""


async def ground(view: View, text_of: TextOf, reasoner: Reasoner) -> Proposal:
    """Say of every document on what its assertions rest, as tags of them and of the source. What was asked before costs nothing again.

    Raises:
        RunStops: the run can't go on now.
    """
    jobs = [
        ask_in_parts(
            partial(_ask, view, source, without_orders(text_of(source.text)), reasoner),
            batch,
            stage=STAGE,
            subject=source.title,
            unrecorded=_UNTOLD,
        )
        for source in view.all(Source)
        for batch in batches(assertions_in(view, source), AT_ONCE)
    ]
    return Proposal.of(await asyncio.gather(*jobs))


async def _ask(view: View, source: Source, text: str, reasoner: Reasoner, assertions: Sequence[Assertion]) -> list[Record]:
    inputs = GroundsInputs(
        title=without_orders(source.title),
        source_kind=source.kind.value,
        opening=text[:OPENING],
        on_interests=funding_statements(text),
        assertions=tuple(_shown(number, view, one) for number, one in enumerate(assertions, 1)),
    )
    answer = await reasoner.answer(GROUNDS, inputs, step=STAGE)
    return [*_grounds(answer, assertions), *_of_itself(answer, source, text)]


def _shown(number: int, view: View, assertion: Assertion) -> GroundedAssertion:
    return GroundedAssertion(
        number=number,
        speaker=assertion.speaker,
        stance=assertion.stance.value,
        claim=view.get(assertion.claim, Claim).text,
        passage=without_orders(view.get(assertion.passage, Passage).text),
    )


def _grounds(answer: Grounds, assertions: Sequence[Assertion]) -> Iterator[Tag]:
    for one in answer.assertions:
        record = assertions[one.number - 1].id
        if one.method:
            yield Tag(record=record, name=METHOD, value=one.method.value)
        if one.defers_to.strip():
            yield Tag(record=record, name=DEFERS_TO, value=one.defers_to.strip())
        for assumed in one.assumes:
            yield Tag(record=record, name=ASSUMES, value=assumed)


def _of_itself(answer: Grounds, source: Source, text: str) -> Iterator[Record]:
    """Yield what a document says of itself in words that stand in it; an incident for what doesn't."""
    for one in answer.document:
        located = locate(one.quotation, text)
        if located is None:
            yield Incident(
                stage=STAGE,
                subject=source.title,
                problem=f"what it says of itself ({one.what.value}) is not in the text: {one.quotation[:120]!r}",
                advice="It is dropped; nothing is quoted that isn't there.",
            )
        else:
            yield Tag(record=source.id, name=one.what.value, value=" ".join(text[located.start : located.end].split()))
