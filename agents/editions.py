"""Editions: several texts of one work, so that nothing in them counts twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rapidfuzz import fuzz

from agents.authors import identity
from agents.proposals import Proposal
from knowledge.records import UNKNOWN, Record, Reliance, Source, Upstream
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import RelianceKind, UpstreamKind
from sources.searching.copies import contained, spelt

_LIKE: Final = 75.0
"""Percent of the shorter title's letters that stand in the longer one ("The dam (abstract)"), from which on they may be one work's."""


def same_works(view: View, text_of: TextOf) -> Proposal:
    """Record which documents are texts of one work: copies of each other, or one that stands in another and says so.

    An abstract stands in its paper as a quotation stands in a book: where only one text holds the other, the titles must be alike or an
    author the same. A document that quotes another whole is no edition of it.
    """
    sources = {source.id: source for source in view.all(Source)}
    found = contained({key: text_of(source.text) for key, source in sources.items()})
    pairs = [(part, whole) for part, whole, copies in found if copies or _of_one_hand(sources[part], sources[whole])]
    records: list[Record] = []
    for pair in pairs:
        records += one_work(View.of([*view.records.values(), *records]) if records else view, pair)
    return Proposal(tuple(dict.fromkeys(records)))


def _of_one_hand(one: Source, other: Source) -> bool:
    shared = {identity(name) for name in one.authors} & {identity(name) for name in other.authors}
    return bool(shared) or fuzz.partial_ratio(spelt(one.title), spelt(other.title)) >= _LIKE


def one_work(view: View, sources: Sequence[str]) -> Iterator[Record]:
    """Say that documents report one work: one that some of them are known to report, or a new one that bears the first one's title."""
    works = [
        {upstream.id: upstream for upstream, _ in view.upstreams_of(source) if upstream.kind is UpstreamKind.WORK} for source in sources
    ]
    if set.intersection(*(set(some) for some in works)):
        return
    known = {key: work for some in works for key, work in some.items()}
    first = next((view.get(one, Source) for one in sources if view.get(one, Source).url != UNKNOWN), view.get(sources[0], Source))
    work = known[min(known)] if known else Upstream(name=first.title, kind=UpstreamKind.WORK, url=first.url)
    yield work
    for source, some in zip(sources, works, strict=True):
        if work.id not in some:
            yield Reliance(record=source, upstream=work.id, how=RelianceKind.REPORTS)
