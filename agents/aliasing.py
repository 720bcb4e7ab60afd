"""Aliases: one data set, cohort, instrument, model or witness under several names."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from agents.blocks import ALIKE, COMPARED_AT_ONCE, NEIGHBOURS, in_blocks
from agents.excerpts import leaned_on
from agents.matching import STAGE, gathered
from agents.naming import Thing, certainly_same
from agents.proposals import Proposal
from agents.splitting import ask_in_parts
from credence.leaning import DATA
from credence.voices import connected
from knowledge.layers import group
from knowledge.records import Alias, Assertion, Claim, Incident, Passage, Record, Retraction, Source, Upstream
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import UpstreamKind
from prompts.tasks.ingestion import UPSTREAMS, Mention, NamedUpstream, NamingDocument, UpstreamsInputs
from reasoners.reasoner import Reasoner
from sources.embedding import Embedder, similar_pairs
from sources.ordering import without_orders

MENTIONS: Final = 3
"""Passages that show a name: of different documents where there are several."""


async def match_upstreams(view: View, question: str, text_of: TextOf, reasoner: Reasoner, embedder: Embedder) -> Proposal:
    """Record which names of upstreams are one thing's: those that certainly are, and of the others those that whoever is asked says.

    Works are told apart by bibliographies and addresses alone. Where a recording has no answer, that is an incident, and names that aren't
    certainly one stay apart.

    Raises:
        RunStops: the run can't go on now.
    """
    things = known_things(view, [text_of(source.text) for source in view.all(Source)])
    mentions = _mentions(view)
    asked = [thing for thing in things if view.get(thing.lead, Upstream).kind is not UpstreamKind.WORK and _said(thing, mentions)]
    sources = {passage.source for thing in asked for _, passage in _said(thing, mentions)}
    blocks = await asyncio.to_thread(_blocks, view, asked, mentions, embedder) if len(asked) > 1 and len(sources) > 1 else []
    jobs = [_compare(view, question, reasoner, mentions, block) for block in blocks]
    answers = [one for answer in await asyncio.gather(*jobs) for one in answer]
    same = [one for one in answers if isinstance(one, Thing)]
    return Proposal((*(one for one in answers if isinstance(one, Incident)), *aliases(view, things, same)))


def known_things(view: View, texts: Sequence[str] = ()) -> list[Thing]:
    """List every upstream by its lead, with those that are recorded to be the same, or under any name certainly are, as one."""
    groups: dict[str, int] = {}
    news: dict[str, str] = {}
    for at, thing in enumerate(certainly_same(view.all(Upstream), texts)):
        groups |= dict.fromkeys(thing.upstreams, at)
        if len({view.origin(one) for one in thing.upstreams}) > 1:
            news |= dict.fromkeys(thing.upstreams, thing.reason)

    def marks(one: str) -> set[str]:
        return {view.origin(one), *([f"group {groups[one]}"] if one in groups else [])}

    found = []
    for names in connected([one.id for one in view.all(Upstream)], marks):
        reasons = sorted({news[one] for one in names if one in news})
        found.append(Thing(_led(view, names), "; ".join(reasons)))
    return sorted(found, key=lambda thing: thing.lead)


def _led(view: View, upstreams: Iterable[str]) -> tuple[str, ...]:
    """Put that first which stands for the others: one that does so already, one from which results are made, one with a full name."""

    def rank(one: str) -> tuple[bool, int, bool, int, str]:
        upstream = view.get(one, Upstream)
        return view.origin(one) != one, -len(view.names(one)), upstream.kind not in DATA, -len(upstream.name), one

    return tuple(sorted(upstreams, key=rank))


Mentions = Mapping[str, Sequence[tuple[str, Passage]]]
"""Where each upstream is leaned on: the claim's words and the passage, in the order of the sources and their texts."""


def _mentions(view: View) -> Mentions:
    grouped: dict[str, list[tuple[str, Passage]]] = defaultdict(list)
    for upstream, record, passage in leaned_on(view):
        if isinstance(record, Assertion):
            grouped[upstream].append((view.get(record.claim, Claim).text, passage))
    return {upstream: sorted(several, key=lambda one: (one[1].source, one[1].start, one[0])) for upstream, several in grouped.items()}


def _said(thing: Thing, mentions: Mentions) -> list[tuple[str, Passage]]:
    """Return where a thing is leaned on, the first of each document before the second of any."""
    places: dict[str, int] = defaultdict(int)
    ranked: list[tuple[int, int, str, Passage]] = []
    seen: set[str] = set()
    for one in thing.upstreams:
        for claim, passage in mentions.get(one, ()):
            if passage.id not in seen:
                seen.add(passage.id)
                ranked.append((places[passage.source], len(ranked), claim, passage))
                places[passage.source] += 1
    return [(claim, passage) for _, _, claim, passage in sorted(ranked, key=lambda one: one[:2])]


def _blocks(view: View, things: Sequence[Thing], mentions: Mentions, embedder: Embedder) -> list[list[Thing]]:
    """Cut names into blocks to compare: all together if they are few, else so that those meet that are near by name or by what is said."""
    if len(things) <= COMPARED_AT_ONCE:
        return [list(things)]
    names = [view.get(thing.lead, Upstream).name for thing in things]
    spoken = [" ".join(claim for claim, _ in _said(thing, mentions)[:1]) for thing in things]
    pairs = [pair for texts in (spoken, names) for pair in similar_pairs(embedder.embed(texts), ALIKE, most=NEIGHBOURS)]
    by_lead = {thing.lead: thing for thing in things}
    blocks = in_blocks(list(by_lead), pairs)
    return [[by_lead[lead] for lead in block] for block in blocks]


async def _compare(view: View, question: str, reasoner: Reasoner, mentions: Mentions, block: Sequence[Thing]) -> Sequence[Thing | Incident]:
    return await ask_in_parts(
        partial(_ask, view, question, reasoner, mentions),
        block,
        stage=STAGE,
        subject="the names of data",
        least=2,
        unrecorded="one data set under several names may count as several",
    )


async def _ask(view: View, question: str, reasoner: Reasoner, mentions: Mentions, things: Sequence[Thing]) -> list[Thing]:
    said = [_said(thing, mentions)[:MENTIONS] for thing in things]
    numbers = {source: at for at, source in enumerate(sorted({passage.source for several in said for _, passage in several}), 1)}
    inputs = UpstreamsInputs(
        question=question,
        documents=tuple(_document(view, source, number) for source, number in numbers.items()),
        upstreams=tuple(_named(view, number, *one, numbers) for number, one in enumerate(zip(things, said, strict=True), 1)),
    )
    answer = await reasoner.answer(UPSTREAMS, inputs, step=STAGE)
    return [Thing(tuple(things[number - 1].lead for number in one.upstreams), one.reason) for one in answer.groups]


def _document(view: View, source_id: str, number: int) -> NamingDocument:
    source = view.get(source_id, Source)
    works = sorted({upstream.name for upstream, _ in view.upstreams_of(source_id) if upstream.kind is UpstreamKind.WORK})
    return NamingDocument(
        number=number,
        title=without_orders(source.title),
        authors=", ".join(source.authors),
        published=source.published,
        reports="; ".join(works),
    )


def _named(view: View, number: int, thing: Thing, said: Sequence[tuple[str, Passage]], documents: Mapping[str, int]) -> NamedUpstream:
    first, *others = dict.fromkeys(without_orders(view.get(one, Upstream).name) for one in thing.upstreams)
    return NamedUpstream(
        number=number,
        name=first,
        kind=view.get(thing.lead, Upstream).kind.value,
        also_called=tuple(others),
        said=tuple(
            Mention(document=documents[passage.source], claim=without_orders(claim), passage=without_orders(passage.text))
            for claim, passage in said
        ),
    )


def aliases(view: View, things: Sequence[Thing], same: Sequence[Thing] = ()) -> list[Record]:
    """Return what is to be recorded of things that are one: an alias for each name but the one that stands for all, and what that undoes.

    A thing joins only what it was compared with itself. Where what stood for others turns out to be one of another thing's names, its
    aliases are retracted and made anew.
    """
    by_lead = {thing.lead: thing for thing in things}
    joined = defaultdict[str, list[tuple[Thing, str]]](list)
    members = set()
    for member, representative, at in gathered([one.upstreams for one in same]):
        joined[representative].append((by_lead[member], same[at].reason))
        members.add(member)
    records: list[Record] = []
    for thing in things:
        reasons = dict.fromkeys(thing.upstreams, thing.reason)
        for other, reason in joined[thing.lead]:
            reasons |= dict.fromkeys(other.upstreams, reason)
        if thing.lead not in members and len(reasons) > 1:
            records += _led_by(view, _representative(view, thing, reasons), reasons)
    return records


def _representative(view: View, thing: Thing, names: Iterable[str]) -> str:
    """Choose which name stands for all: one that stands for others already, else the first; but rather one from which results are made."""
    ranked = _led(view, names)
    first = ranked[0] if len(view.names(ranked[0])) > 1 else thing.lead
    return next((one for one in (first, *ranked) if view.get(one, Upstream).kind in DATA), first)


def _led_by(view: View, lead: str, reasons: Mapping[str, str]) -> Iterator[Record]:
    """Yield an alias for each other name that has none yet to the one that stands for all, and retract what contradicts that."""
    before = group(view.all(Alias), lambda one: one.member)
    joining = next((reason for reason in reasons.values() if reason), "")
    for name, reason in reasons.items():
        known = before.get(name, ())
        if any(one.representative == lead for one in known) or (name == lead == view.origin(name)):
            continue
        for one in known:
            yield Retraction(record=one.id, reason="what stood for it is another name of the same thing; the alias is made anew")
        if name != lead:
            yield Alias(member=name, representative=lead, reason=reason or (known[0].reason if known else joining))
