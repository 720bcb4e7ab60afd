"""Authors who stand behind several documents: their agreement is no second opinion."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agents.citations import surname
from agents.proposals import Proposal
from knowledge.layers import group
from knowledge.records import UNKNOWN, Finding, Record, Reliance, Retraction, Source, Tag, Upstream
from knowledge.views import View
from knowledge.vocabulary import FindingKind, RelianceKind, SourceKind, UpstreamKind, severity_of_sharing

_NOBODY: Final = re.compile(rf"{UNKNOWN}|others|et al\.?|(?:an? )?anonymous\b.*", re.IGNORECASE)
_AUTHOR, _AUTHORS = "(author)", "(authors)"
_NAMED: Final = 3
"""Authors whose names an upstream bears; there are papers by hundreds."""


def shared_authors(view: View) -> Proposal:
    """Record the authors of two works or more that documents here are or report: for those of the same works an upstream.

    What was recorded when fewer documents were read is retracted. Several texts of one work are one.
    """
    authors = group([tag for tag in view.all(Tag) if tag.name == "author"], lambda tag: tag.record)
    works = {source.id: _works(view, source, authors) for source in view.all(Source)}
    named: dict[str, str] = {}
    wrote: dict[str, set[str]] = defaultdict(set)
    for work, names in ((work, names) for found in works.values() for work, names in found.items()):
        for author in names:
            person = identity(author)
            named[person] = max(named.get(person, ""), author, key=lambda name: (len(name), name))
            wrote[person].add(work)
    together: dict[frozenset[str], list[str]] = defaultdict(list)
    for person, theirs in wrote.items():
        if len(theirs) > 1:
            together[frozenset(theirs)].append(named[person])
    records: list[Record] = []
    for several, people in sorted(together.items(), key=lambda one: sorted(one[1])):
        sources = sorted(source for source, found in works.items() if several & found.keys())
        if len(sources) > 1:
            records += _standing_behind(sorted(people, key=lambda name: (surname(name), name)), sources)
    kept = {one.id for one in records}
    reason = "more documents were read: their authors are found again"
    old = (one.id for one in view.all(Reliance) if is_author(view.get(one.upstream, Upstream)) and one.id not in kept)
    return Proposal((*records, *(Retraction(record=one, reason=reason) for one in old)))


def is_author(upstream: Upstream) -> bool:
    """Say whether an upstream stands for the authors of documents."""
    return upstream.kind is UpstreamKind.WITNESS and upstream.name.endswith((_AUTHOR, _AUTHORS))


def author_findings(view: View, but: frozenset[str]) -> Iterator[Finding]:
    """Find that authors stand behind several documents; of those in ``but`` (upstreams) something was said already."""
    behind = group([one for one in view.all(Reliance) if is_author(view.get(one.upstream, Upstream))], lambda one: one.upstream)
    for upstream, found in sorted(behind.items()):
        if upstream in but:
            continue
        told = view.get(upstream, Upstream).name
        titles = sorted(view.get(one.record, Source).title for one in found)
        yield Finding(
            about=upstream,
            kind=FindingKind.CORRELATED_EVIDENCE,
            severity=severity_of_sharing(len(found)),
            sound_case="Each may rest on evidence of its own, and who knows a field is rightly heard on it more than once.",
            flawed_case="What an author overlooks or takes for granted once is likely to be overlooked or taken for granted again.",
            verdict=f"{len(found)} documents, whose agreement is no second opinion, come from {told}: {'; '.join(titles)}.",
        )


def _works(view: View, source: Source, authors: Mapping[str, Sequence[Tag]]) -> dict[str, tuple[str, ...]]:
    """Map the works (upstream ids) that a document is or reports to their authors; a document of no known work is its own."""
    own = () if source.kind is SourceKind.BRIEF else source.authors
    reported = [upstream.id for upstream, reliance in view.upstreams_of(source.id) if reliance.how is RelianceKind.REPORTS]
    found = {work: tuple(tag.value for tag in authors.get(work, ())) or own for work in reported} or {source.id: own}
    return {work: tuple(name for name in names if not _NOBODY.fullmatch(name.strip())) for work, names in found.items()}


def identity(author: str) -> str:
    """Reduce a name to surname and initial: "Victor W. Zhong", "V. Zhong" and "Zhong, Victor" are one person; a body has its whole name."""
    last = surname(author)
    given = author.replace(",", " ").replace(last, " ", 1).split()
    return f"{last} {given[0][0] if given else ''}".casefold()


def _standing_behind(names: Sequence[str], sources: Sequence[str]) -> Iterator[Record]:
    shown = names if len(names) <= _NAMED else [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} others"]
    told = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    upstream = Upstream(name=f"{told} {_AUTHORS if len(names) > 1 else _AUTHOR}", kind=UpstreamKind.WITNESS)
    yield upstream
    for source in sources:
        yield Reliance(record=source, upstream=upstream.id, how=RelianceKind.USES)
