"""Structuring: which claims say the same, which lean on which, and which bear on an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np

from agents.proposals import Proposal, batches
from agents.splitting import ask_in_parts
from credence.engine import answers_of
from knowledge.records import (
    Answer,
    Argument,
    Assertion,
    Claim,
    Finding,
    FindingKind,
    Link,
    Passage,
    Question,
    Record,
    Relation,
    Retraction,
    Source,
    Stance,
    Warrant,
)
from knowledge.views import View
from prompts.tasks.structuring import BEAR, RELATE, BearInputs, NumberedAnswer, NumberedClaim, PlacedClaim, RelateInputs, Relations
from reasoners.reasoner import Reasoner
from sources.embedding import Embedder

STAGE: Final = "structure"
CLAIMS_RELATED: Final = 40
CLAIMS_WEIGHED: Final = 30
MOST_BEARING: Final = 240
"""Claims of a case that are asked about per question: those nearest to the question and its answers."""
AGAINST: Final = {Stance.DENIES, Stance.DOUBTS}


async def relate_claims(view: View, question: Question, reasoner: Reasoner) -> Proposal:
    """Find the links that each document makes between its own claims.

    Raises:
        RunStops: the run can't go on now.
    """
    jobs = [
        ask_in_parts(partial(_relate, view, source, question, reasoner), batch, stage=STAGE, subject=source.title, least=2)
        for source in view.all(Source)
        for batch in batches(assertions_in(view, source), CLAIMS_RELATED)
        if len(batch) > 1
    ]
    return Proposal.of(await asyncio.gather(*jobs))


def assertions_in(view: View, source: Source) -> list[Assertion]:
    """Return a source's assertions in the order of its text."""
    placed = [(view.get(assertion.passage, Passage), assertion) for assertion in view.all(Assertion)]
    here = [(passage.start, assertion.id, assertion) for passage, assertion in placed if passage.source == source.id]
    return [assertion for _, _, assertion in sorted(here, key=lambda item: item[:2])]


async def _relate(view: View, source: Source, question: Question, reasoner: Reasoner, assertions: Sequence[Assertion]) -> list[Record]:
    placed = tuple(
        PlacedClaim(
            number=number,
            claim=view.get(assertion.claim, Claim).text,
            speaker=assertion.speaker,
            stance=assertion.stance.value,
            passage=view.get(assertion.passage, Passage).text,
        )
        for number, assertion in enumerate(assertions, 1)
    )
    inputs = RelateInputs(question=question.text, title=source.title, claims=placed)
    return links_of(await reasoner.answer(RELATE, inputs, step=STAGE), assertions)


def links_of(relations: Relations, assertions: Sequence[Assertion]) -> list[Record]:
    """Turn numbers into links. A denied premise or conclusion turns the relation round: claims stand in the affirmative."""
    records: list[Record] = []
    made: dict[int, Link] = {}
    for place, related in enumerate(relations.links, 1):
        premises = [assertions[number - 1] for number in related.premises]
        conclusion = assertions[related.conclusion - 1]
        denied = sum(assertion.stance in AGAINST for assertion in (*premises, conclusion))
        claims = tuple(sorted({assertion.claim for assertion in premises}))
        if conclusion.claim in claims or related.relation is Relation.UNDERCUTS:
            continue
        warrant = Warrant(text=related.warrant)
        link = Link(
            premises=claims,
            target=conclusion.claim,
            relation=_turned(related.relation) if denied % 2 else related.relation,
            warrant=warrant.id,
        )
        made[place] = link
        records += [warrant, link, Argument(link=link.id, passage=conclusion.passage, speaker=conclusion.speaker)]
    for undercut in relations.undercuts:
        attacker = assertions[undercut.premise - 1]
        if undercut.link not in made or attacker.stance in AGAINST:
            continue
        warrant = Warrant(text=undercut.warrant)
        link = Link(premises=(attacker.claim,), target=made[undercut.link].id, relation=Relation.UNDERCUTS, warrant=warrant.id)
        records += [warrant, link, Argument(link=link.id, passage=attacker.passage, speaker=attacker.speaker)]
    return records


def _turned(relation: Relation) -> Relation:
    return Relation.ATTACKS if relation is Relation.SUPPORTS else Relation.SUPPORTS


async def weigh_bearings(view: View, reasoner: Reasoner, embedder: Embedder) -> Proposal:
    """Find the claims that bear directly on the answers to each question.

    Raises:
        RunStops: the run can't go on now.
    """
    jobs = []
    for question in view.all(Question):
        answers = [answer for answer in answers_of(view, question.id) if not answer.something_else]
        claims = await asyncio.to_thread(_nearest_claims, view, question, answers, embedder)
        ask = partial(_bear, question, answers, reasoner)
        jobs += [ask_in_parts(ask, batch, stage=STAGE, subject=question.name) for batch in batches(claims, CLAIMS_WEIGHED)]
    return Proposal.of(await asyncio.gather(*jobs))


def _nearest_claims(view: View, question: Question, answers: Sequence[Answer], embedder: Embedder) -> list[Claim]:
    """Pick the representative claims nearest to a question or one of its answers, or that call an answer by name."""
    claims = [view.get(claim, Claim) for claim in sorted(view.members) if any(True for _ in view.assertions_of(claim))]
    if not claims:
        return []
    aims = embedder.embed([question.text, *(answer.text for answer in answers)])
    nearness = np.round((embedder.embed([claim.text for claim in claims]) @ aims.T).max(axis=1), 4)
    names = [name.casefold() for answer in answers for name in answer.also_called]
    named = np.array([any(name in claim.text.casefold() for name in names) for claim in claims])
    order = sorted(range(len(claims)), key=lambda at: (-nearness[at] - 0.3 * named[at], claims[at].id))
    return sorted((claims[at] for at in order[:MOST_BEARING]), key=lambda claim: claim.id)


async def _bear(question: Question, answers: Sequence[Answer], reasoner: Reasoner, claims: Sequence[Claim]) -> list[Record]:
    inputs = BearInputs(
        question=question.text,
        answers=tuple(NumberedAnswer(number=at, text=answer.text, also_called=answer.also_called) for at, answer in enumerate(answers, 1)),
        claims=tuple(NumberedClaim(number=at, claim=claim.text) for at, claim in enumerate(claims, 1)),
    )
    bearings = await reasoner.answer(BEAR, inputs, step=STAGE)
    records: list[Record] = []
    for bearing in bearings.bearings:
        if bearing.relation is Relation.UNDERCUTS:
            continue
        warrant = Warrant(text=bearing.warrant)
        target = answers[bearing.answer - 1].id
        records += [
            warrant,
            Link(premises=(claims[bearing.claim - 1].id,), target=target, relation=bearing.relation, warrant=warrant.id),
        ]
    return records


def repairs(view: View) -> Proposal:
    """Retract what the critic found to be orders to a machine: passages that speak to the reader's program are no evidence."""
    orders = {
        passage for finding in view.all(Finding) if finding.kind is FindingKind.HIDDEN_INSTRUCTION for passage in finding.observations
    }
    retracted: list[Record] = [
        Retraction(record=assertion.id, reason="its passage gives orders to a machine; see the finding on its source")
        for assertion in view.all(Assertion)
        if assertion.passage in orders
    ]
    return Proposal(tuple(retracted))
