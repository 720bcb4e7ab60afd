"""Editions: several texts of one work, so that nothing in them counts twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from rapidfuzz import fuzz

from agents.authors import identity
from agents.matching import STAGE
from agents.proposals import Proposal
from knowledge.layers import group
from knowledge.records import UNKNOWN, Incident, Record, Reliance, Source, Upstream
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import RelianceKind, SourceKind, UpstreamKind
from sources.searching.copies import bare, contained, same_title, spelt

_LIKE: Final = 75.0
"""Percent of the shorter title's letters that stand in the longer one ("The dam (abstract)"), from which on they may be one work's."""


def same_works(view: View, text_of: TextOf) -> Proposal:
    """Record which documents are texts of one work: copies of each other, or one that stands in another and says so.

    An abstract stands in its paper as a quotation stands in a book: where only one text holds the other, the titles must be alike or an
    author the same. A document that quotes another whole is no edition of it. A preprint may share no sentence with what was printed: its
    title and an author are the same.
    """
    sources = {source.id: source for source in view.all(Source)}
    found = list(contained({key: text_of(source.text) for key, source in sources.items()}))
    found += _rewritten(list(sources.values()), {frozenset(pair) for *pair, _ in found})
    records: list[Record] = []
    for part, whole, copies in found:
        if copies or _of_one_hand(sources[part], sources[whole]):
            records += one_work(View.of([*view.records.values(), *records]) if records else view, (part, whole))
    alike = {frozenset(pair) for *pair, _ in found}
    return Proposal((*dict.fromkeys(records), *_one_address(sources.values(), alike)))


def _one_address(sources: Iterable[Source], alike: Collection[frozenset[str]]) -> Iterator[Incident]:
    """Tell of documents that are taken for one work by their address alone, as nothing in their words bears it out."""
    own = [one for one in sources if one.kind is not SourceKind.BRIEF and one.url != UNKNOWN]
    for address, several in sorted(group(own, lambda one: bare(one.url)).items()):
        if len(several) > 1 and not any(frozenset((one.id, other.id)) in alike for one, other in combinations(several, 2)):
            yield Incident(
                stage=STAGE,
                subject=address,
                problem=f"{len(several)} documents have this address and share hardly a sentence; they are told as one work: "
                + "; ".join(sorted({one.title for one in several})),
                advice="If they are several works, give each an address of its own and its title in its header.",
            )


def _rewritten(sources: Sequence[Source], known: Collection[frozenset[str]]) -> Iterator[tuple[str, str, bool]]:
    """Yield pairs of documents that bear one title and share an author; what reports a work under its title is no text of it."""
    for one, other in combinations((one for one in sources if one.kind is not SourceKind.BRIEF and one.authors), 2):
        if frozenset((one.id, other.id)) not in known and same_title(one.title, other.title) and _share_an_author(one, other):
            yield one.id, other.id, False


def _share_an_author(one: Source, other: Source) -> bool:
    return not {identity(name) for name in one.authors}.isdisjoint(identity(name) for name in other.authors)


def _of_one_hand(one: Source, other: Source) -> bool:
    return _share_an_author(one, other) or fuzz.partial_ratio(spelt(one.title), spelt(other.title)) >= _LIKE


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
