"""Structuring: which claims lean on which, bear on an answer or imply each other, and what attacks such a step."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from agents.excerpts import placed_claims
from agents.proposals import Proposal, batches
from agents.splitting import ask_in_parts
from credence.wording import answers_of
from knowledge.records import Answer, Argument, Assertion, Claim, Finding, Link, Passage, Question, Record, Retraction, Tag, Warrant
from knowledge.rules import TextOf, supports_itself
from knowledge.views import View
from knowledge.vocabulary import FindingKind, Relation, side_of
from prompts.tasks.structuring import RELATE, Implication, KnownLink, NumberedAnswer, PosedQuestion, RelateInputs, Relations
from reasoners.reasoner import Reasoner
from sources.embedding import Embedder, in_families, near_together, similar_pairs

STAGE: Final = "structure"
RELATED_AT_ONCE: Final = 45
"""Claims in one prompt: about 12,000 tokens with what stands around them."""
NEAREST: Final = 4
IMPLIED: Final = "implied"
"""A tag on an analyst's link between two claims: by what their words mean the premise implies the target, or excludes it."""

LinkKey = tuple[tuple[str, ...], str, Relation]
Known = Mapping[LinkKey, tuple[Link, Warrant]]
"""Links by what they join, with their warrants."""


@dataclass(frozen=True)
class Dispute:
    """What every prompt of a structuring says: the revision, its questions, their answers as they are numbered, and the texts."""

    view: View
    questions: tuple[PosedQuestion, ...]
    answers: tuple[Answer, ...]
    text_of: TextOf

    @classmethod
    def of(cls, view: View, text_of: TextOf, questions: Sequence[Question] = ()) -> Dispute:
        """Number the answers through over some questions, or all; "something else" is none that a claim could speak for."""
        posed, numbered = [], list[Answer]()
        for question in questions or view.all(Question):
            answers = [answer for answer in answers_of(view, question.id) if not answer.something_else]
            numbers = range(len(numbered) + 1, len(numbered) + len(answers) + 1)
            posed.append(
                PosedQuestion(
                    text=question.text,
                    answers=tuple(
                        NumberedAnswer(number=at, text=answer.text, also_called=answer.also_called)
                        for at, answer in zip(numbers, answers, strict=True)
                    ),
                )
            )
            numbered += answers
        return cls(view, tuple(posed), tuple(numbered), text_of)


async def structure_claims(view: View, text_of: TextOf, reasoner: Reasoner, embedder: Embedder) -> Proposal:
    """Find the links: within groups of documents that fit a prompt, between the groups, and from sub-questions to the question above.

    Between the groups the links found so far are in sight.

    Raises:
        RunStops: the run can't go on now.
    """
    dispute = Dispute.of(view, text_of)
    groups = await asyncio.to_thread(_groups, view, embedder)
    jobs = [
        ask_in_parts(partial(_relate, dispute, {}, within, reasoner), claims, stage=STAGE, subject="links within documents", least=2)
        for within, claims in groups
    ]
    known, records = _joined(await asyncio.gather(*jobs), {})
    if len(groups) > 1:
        linked = await asyncio.to_thread(_linked, view, known, embedder)
        jobs = [
            ask_in_parts(partial(_relate, dispute, known, None, reasoner), claims, stage=STAGE, subject="links between documents", least=2)
            for claims in batches(linked, RELATED_AT_ONCE)
            if len(claims) > 1
        ]
        records += _joined(await asyncio.gather(*jobs), known)[1]
    return Proposal.of([supported_elsewhere(view, records), *await asyncio.gather(*_fed(view, text_of, reasoner))])


def supported_elsewhere(view: View, records: Sequence[Record]) -> list[Record]:
    """Leave out the links by which a passage supports itself, which the store would refuse, and what is said of these links.

    No incident tells it: a reader asked which sentence gives the reason for which rightly finds them in one passage.
    """
    return _without(records, {record.id for record in records if isinstance(record, Link) and supports_itself(view, record)})


def _without(records: Sequence[Record], out: set[str]) -> list[Record]:
    """Leave out some records, what names them, and warrants that no link has any more."""
    kept, before = list(records), len(records) + 1
    while len(kept) < before:
        before = len(kept)
        out |= {one.id for one in kept if any(name in out for _, name, _ in one.named())}
        kept = [one for one in kept if one.id not in out]
    used = {one.warrant for one in kept if isinstance(one, Link)}
    return [one for one in kept if not isinstance(one, Warrant) or one.id in used]


def _fed(view: View, text_of: TextOf, reasoner: Reasoner) -> Iterator[Awaitable[list[Record]]]:
    """Ask how the answers to the sub-questions of a question bear on its own: each is put as a claim, which nobody needs to have said.

    Without this a sub-question feeds its parent only where a source words its answer and says what follows from it, and much that is
    argued on the sub-question moves nothing.
    """
    for question in view.all(Question):
        parts = sorted((one for one in view.all(Question) if one.parent == question.id), key=lambda one: (one.name, one.id))
        claims: dict[str, Claim] = {}
        answered: dict[str, str] = {}
        for part in parts:
            for answer in answers_of(view, part.id):
                claim = Claim(text=answer.text)
                if not answer.something_else:
                    claims[claim.id], answered[claim.id] = claim, part.id
        if claims:
            dispute = Dispute.of(View.of([*view.records.values(), *claims.values()]), text_of, (question,))
            yield _bearing(dispute, claims, answered, reasoner)


async def _bearing(dispute: Dispute, claims: Mapping[str, Claim], answered: Mapping[str, str], reasoner: Reasoner) -> list[Record]:
    """Ask how some claims bear on a question's answers, and add those that do. ``answered``: the sub-question that each is an answer to."""
    ask = partial(_relate, dispute, {}, None, reasoner)
    _, found = _joined([await ask_in_parts(ask, list(claims), stage=STAGE, subject="answers of sub-questions")], {})
    records = _without_rivals(found, answered)
    ends = {end for record in records if isinstance(record, Link) for end in (*record.premises, record.target)}
    return [*(claim for name, claim in claims.items() if name in ends), *records]


def _without_rivals(records: Sequence[Record], answered: Mapping[str, str]) -> list[Record]:
    """Drop links between answers of one question, and what hangs on them: that they exclude each other is what answers are."""
    links = [record for record in records if isinstance(record, Link)]
    return _without(records, {link.id for link in links if answered.get(link.target) in {answered[one] for one in link.premises}})


def _groups(view: View, embedder: Embedder) -> list[tuple[frozenset[str], list[str]]]:
    """Group documents that are about the same, as many as fit a prompt: their source ids, and the claims in the order of the texts.

    A document with more claims than fit is cut.
    """
    claims: dict[str, dict[str, None]] = defaultdict(dict)
    for passage, assertion in sorted(
        ((view.get(one.passage, Passage), one) for one in view.all(Assertion)), key=lambda pair: (pair[0].start, pair[1].id)
    ):
        claims[passage.source][view.representative(assertion.claim)[0]] = None
    if not claims:
        return []
    sources = sorted(claims)
    texts = [[view.get(claim, Claim).text for claim in claims[source]] for source in sources]
    centres = np.array([embedder.embed(several).mean(axis=0) for several in texts])
    groups: list[tuple[frozenset[str], list[str]]] = []
    for at in near_together(len(sources), similar_pairs(centres, -1.0, most=NEAREST)):
        for cut in batches(list(claims[sources[at]]), RELATED_AT_ONCE):
            within, last = groups[-1] if groups else (frozenset[str](), list[str]())
            together = list(dict.fromkeys([*last, *cut]))
            if groups and len(together) <= RELATED_AT_ONCE:
                groups[-1] = (within | {sources[at]}, together)
            else:
                groups.append((frozenset({sources[at]}), list(cut)))
    return groups


def _linked(view: View, known: Known, embedder: Embedder) -> list[str]:
    """Return the claims that take part in a link, near ones near each other."""
    claims = sorted({claim for link, _ in known.values() for claim in (*link.premises, link.target) if claim.startswith("claim-")})
    vectors = embedder.embed([view.get(claim, Claim).text for claim in claims])
    return [claims[at] for at in in_families(vectors)]


async def _relate(dispute: Dispute, known: Known, within: frozenset[str] | None, reasoner: Reasoner, claims: Sequence[str]) -> list[Record]:
    """Ask about some claims, of some documents only or of all."""
    placed = placed_claims(dispute.view, dispute.text_of, claims, within=within)
    ends = {*claims, *(answer.id for answer in dispute.answers)}
    shown = [(link, warrant) for link, warrant in known.values() if {*link.premises, link.target} <= ends]
    known_links = tuple(_known(dispute, claims, shown))
    inputs = RelateInputs(questions=dispute.questions, documents=placed.documents, claims=placed.claims, known=known_links)
    relations = await reasoner.answer(RELATE, inputs, step=STAGE)
    return list(links_of(relations, dispute, claims, placed.sources, [link for link, _ in shown]))


def _known(dispute: Dispute, claims: Sequence[str], links: Sequence[tuple[Link, Warrant]]) -> Iterator[KnownLink]:
    answers = [answer.id for answer in dispute.answers]
    for number, (link, warrant) in enumerate(links, 1):
        yield KnownLink(
            number=number,
            premises=tuple(claims.index(premise) + 1 for premise in link.premises),
            conclusion=claims.index(link.target) + 1 if link.target in claims else None,
            answer=answers.index(link.target) + 1 if link.target in answers else None,
            relation=link.relation,
            warrant=warrant.text,
        )


def links_of(
    relations: Relations, dispute: Dispute, claims: Sequence[str], sources: Sequence[str], known: Sequence[Link]
) -> Iterator[Record]:
    """Turn numbers into links. One that a document draws itself has an argument: the passage of its premise there, and who says it."""
    numbered = list(known)
    for step in relations.links:
        warrant = Warrant(text=step.warrant)
        link = Link(
            premises=tuple(sorted({claims[number - 1] for number in step.premises})),
            target=dispute.answers[step.answer - 1].id if step.answer else claims[(step.conclusion or 0) - 1],
            relation=step.relation,
            warrant=warrant.id,
        )
        numbered.append(link)
        yield from (warrant, link, *_argument(dispute.view, link, sources, step.drawn_in))
    for undercut in relations.undercuts:
        warrant, attacked = Warrant(text=undercut.warrant), numbered[undercut.link - 1]
        link = Link(premises=(claims[undercut.premise - 1],), target=attacked.id, relation=Relation.UNDERCUTS, warrant=warrant.id)
        yield from (warrant, link, *_argument(dispute.view, link, sources, undercut.drawn_in))
    yield from _implied(relations.implied, claims, numbered)


def _implied(pairs: Sequence[Implication], claims: Sequence[str], links: Sequence[Link]) -> Iterator[Record]:
    """Turn pairs into tagged links, but those that are links already. Of a pair that is given both ways the first counts."""
    joined = {(link.premises, link.target, link.relation) for link in links}
    for pair in pairs:
        one, other = claims[pair.premise - 1], claims[pair.conclusion - 1]
        if ((one,), other, pair.relation) not in joined:
            warrant = Warrant(text=pair.reason)
            link = Link(premises=(one,), target=other, relation=pair.relation, warrant=warrant.id)
            yield from (warrant, link, Tag(record=link.id, name=IMPLIED, value="by what the words mean"))
            joined |= {((one,), other, pair.relation), ((other,), one, pair.relation)}


def _argument(view: View, link: Link, sources: Sequence[str], drawn_in: int | None) -> Iterator[Argument]:
    """Yield who offers a link in the document that draws it: whoever says a premise there, an asserting one first."""
    if drawn_in is None:
        return
    there = [
        (side_of(assertion.stance, opposite=negated) < 0, passage.start, assertion)
        for premise in link.premises
        for assertion, negated in view.assertions_of(premise)
        if (passage := view.get(assertion.passage, Passage)).source == sources[drawn_in - 1]
    ]
    if there:
        assertion = min(there, key=lambda one: (one[0], one[1], one[2].id))[2]
        yield Argument(link=link.id, passage=assertion.passage, speaker=assertion.speaker)


def _joined(answers: Sequence[Sequence[Record]], known: Known) -> tuple[Known, list[Record]]:
    """Put answers together, in order: of links that join the same, in whatever words, the first counts, and what names another names it.

    Returns all links known now, the known ones first, and the records that are new.
    """
    found = dict(known)
    first: dict[str, str] = {}
    kept: list[Record] = []
    for answer in answers:
        warrants = {record.id: record for record in answer if isinstance(record, Warrant)}
        fresh: set[str] = set()
        for record in answer:
            if isinstance(record, Link):
                target = first.get(record.target, record.target)
                link = record.model_copy(update={"target": target}) if target != record.target else record
                key = (link.premises, target, link.relation)
                if key not in found:
                    found[key] = (link, warrants[link.warrant])
                    kept += [warrants[link.warrant], link]
                    fresh.add(link.id)
                first[record.id] = found[key][0].id
            elif isinstance(record, Argument):
                kept.append(record.model_copy(update={"link": first[record.link]}))
            elif not isinstance(record, Warrant | Tag) or (isinstance(record, Tag) and record.record in fresh):
                kept.append(record)
    return found, kept


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
