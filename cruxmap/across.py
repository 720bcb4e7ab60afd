"""Looking across the lines of a union: what no line could see alone. The result is a function of the union, whoever merges."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from agents.aliasing import aliases, known_things
from agents.blocks import ALIKE, NEIGHBOURS
from agents.editions import one_work
from agents.matching import Alike, Same, equivalences, variants
from knowledge.packages.unions import Union
from knowledge.records import UNKNOWN, Claim, Equivalence, Finding, Passage, Record, Reliance, Source, Variant
from knowledge.views import View
from knowledge.vocabulary import FindingKind, severity_of_sharing
from reasoners.baseline.lexicons import stems
from reasoners.baseline.matching import Matcher, Sameness
from sources.embedding import BLOCK, Embedder

MOST_EMBEDDED: Final = 4_000
"""Claims of a union that are compared by meaning. At 4 to 10 ms of work each that is 8 to 20 s on two cores; 10,000 took 104 s,
which breaks the minute that merging 100,000 records may take. Of more, those are that share the rarest words."""
MOST_SHARING: Final = 50
"""A word that more claims than this have says nothing about which two are alike."""
COPIED_PASSAGES: Final = 3
COPIED_LETTERS: Final = 60
"""Passages of this length, this many of them alike in two sources: one is an edition of the other."""


@dataclass(frozen=True)
class Edition:
    """One document in several guises, by source id, and what shows it."""

    sources: tuple[str, ...]
    sign: str


@dataclass(frozen=True)
class Shared:
    """An upstream on which sources of different lines lean."""

    upstream: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What is new in the union. ``unseen`` counts the claims that were left out of the comparison by meaning."""

    same: tuple[Equivalence, ...]
    alike: tuple[Variant, ...]
    editions: tuple[Edition, ...]
    shared: tuple[Shared, ...]
    records: tuple[Record, ...]
    unseen: int


def look_across(union: Union, embedder: Callable[[], Embedder]) -> Found:
    """Find the same claims, variants, editions and shared upstreams that only the union shows, and the records that say so."""
    if len(union.heads) < 2:
        return Found((), (), (), (), (), 0)
    one, near, unseen = _compared(union, embedder)
    same = [record for record in equivalences(union.view, one) if isinstance(record, Equivalence)]
    alike = [record for record in variants(union.view, near) if isinstance(record, Variant)]
    editions = tuple(_editions(union))
    records: list[Record] = [*same, *alike, *_works(union, editions), *_one_spelling(union)]
    view = View.of([*union.package.records.values(), *records])
    shared = tuple(_shared(union, view))
    records += _correlations(union, shared, view)
    return Found(tuple(same), tuple(alike), editions, shared, tuple(records), unseen)


# The same claim


def _compared(union: Union, embedder: Callable[[], Embedder]) -> tuple[list[Same], list[Alike], int]:
    """Give the baseline's verdict on claims of different lines that are near each other, the nearest first, and how many were left out."""
    claims = [
        claim for claim in union.view.all(Claim) if claim.id in union.view.members and len(union.lines_of(claim.id)) < len(union.heads)
    ]
    chosen = _shortlisted(union, claims)
    unseen = len(claims) - len(chosen)
    if len(chosen) < 2:
        return [], [], unseen
    model = embedder()
    matcher = Matcher(model)
    known = {variant.claims for variant in union.view.all(Variant)}
    same: list[Same] = []
    alike: list[Alike] = []
    for one, other, _ in sorted(_near(union, chosen, model), key=lambda pair: (-pair[2], pair)):
        if (one, other) in known:
            continue
        verdict = matcher.compare(union.view.get(one, Claim).text, union.view.get(other, Claim).text)
        if verdict.sameness is not Sameness.DIFFERENT:
            negated = frozenset({other} if verdict.sameness is Sameness.OPPOSITE else ())
            same.append(Same((one, other), negated, verdict.reason))
        elif verdict.differs_in is not None:
            alike.append(Alike((one, other), verdict.differs_in, verdict.reason))
    return same, alike, unseen


def _shortlisted(union: Union, claims: list[Claim]) -> list[Claim]:
    """Return the claims to compare: all, or of too many those that share the rarest words with a claim of another line."""
    if len(claims) <= MOST_EMBEDDED:
        return claims
    lines = [union.lines_of(claim.id) for claim in claims]
    words = [stems(claim.text) for claim in claims]
    having: dict[str, list[int]] = defaultdict(list)
    for at, some in enumerate(words):
        for word in some:
            having[word].append(at)
    nearness: Counter[tuple[int, int]] = Counter()
    for sharing in having.values():
        if 1 < len(sharing) <= MOST_SHARING:
            nearness.update(pair for pair in combinations(sharing, 2) if lines[pair[0]].isdisjoint(lines[pair[1]]))
    ranked = sorted(nearness, key=lambda pair: (-nearness[pair] / min(len(words[pair[0]]), len(words[pair[1]])), pair))
    chosen: set[int] = set()
    for pair in ranked:
        if len(chosen) >= MOST_EMBEDDED:
            break
        chosen.update(pair)
    return [claims[at] for at in sorted(chosen)]


def _near(union: Union, claims: list[Claim], model: Embedder) -> list[tuple[str, str, float]]:
    """Pair each claim with its nearest ones of other lines; both ids in order, with the cosine rounded to 4 digits."""
    vectors = model.embed([claim.text for claim in claims])
    held = np.array([[head in union.lines_of(claim.id) for head in union.heads] for claim in claims], dtype=np.float32)
    found: dict[tuple[str, str], float] = {}
    for start in range(0, len(claims), BLOCK):
        cosines = np.round(vectors[start : start + BLOCK] @ vectors.T, 4)
        cosines[(held[start : start + BLOCK] @ held.T) > 0] = -1
        for row, line in enumerate(cosines):
            near = np.flatnonzero(line >= ALIKE)
            for other in sorted(near, key=lambda other: (-line[other], other))[:NEIGHBOURS]:
                one, two = sorted((claims[start + row].id, claims[int(other)].id))
                found[one, two] = float(line[other])
    return [(*pair, found[pair]) for pair in sorted(found)]


# The same source


def _editions(union: Union) -> Iterator[Edition]:
    """Find sources of different lines that are one document: the same text, address, title, or passages word for word."""
    taken: set[frozenset[str]] = set()
    for sign, groups in (
        ("the same text", _grouped((source.text, source.id) for source in union.view.all(Source))),
        ("the same address", _grouped((_bare(source.url), source.id) for source in union.view.all(Source) if source.url != UNKNOWN)),
        ("the same title", _grouped((_bare(source.title), source.id) for source in union.view.all(Source))),
        ("the same passages", _copied(union)),
    ):
        for group in groups:
            if frozenset(group) not in taken and union.apart(group):
                taken.add(frozenset(group))
                yield Edition(group, sign)


def _grouped(keyed: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, member in keyed:
        found[key].add(member)
    return sorted(tuple(sorted(members)) for members in found.values() if len(members) > 1)


def _bare(words: str) -> str:
    """Reduce an address or a title to what its spellings share."""
    return " ".join(re.findall(r"\w+", re.sub(r"^https?://(www\.|dx\.)?", "", words.casefold())))


def _copied(union: Union) -> list[tuple[str, ...]]:
    sources_of = _grouped(
        (f"{_bare(passage.text)}", passage.source) for passage in union.view.all(Passage) if len(passage.text) >= COPIED_LETTERS
    )
    shared = Counter(pair for sources in sources_of for pair in combinations(sources, 2))
    return sorted(pair for pair, count in shared.items() if count >= COPIED_PASSAGES)


def _works(union: Union, editions: Iterable[Edition]) -> Iterator[Record]:
    """Say that editions of one document report one work, so that nothing in them counts twice."""
    for edition in editions:
        yield from one_work(union.view, edition.sources)


# The same upstream


def _one_spelling(union: Union) -> Iterator[Record]:
    """Say that names of different lines that certainly stand for one upstream do, so that what leans on it leans on it under all."""
    for thing in known_things(union.view, tuple(union.package.texts.values())):
        if thing.reason and union.apart(thing.upstreams):
            yield from aliases(union.view, [thing])


def _shared(union: Union, view: View) -> Iterator[Shared]:
    """List the upstreams that join sources of different lines, those of most sources first. ``view``: the union with what was found."""
    users: dict[str, set[str]] = defaultdict(set)
    for reliance in view.all(Reliance):
        source = view.home_of(reliance.record)
        if source:
            users[view.origin(reliance.upstream)].add(source)
    shared = [Shared(upstream, tuple(sorted(sources))) for upstream, sources in users.items() if len(sources) > 1 and union.apart(sources)]
    yield from sorted(shared, key=lambda one: (-len(one.sources), one.upstream))


def _correlations(union: Union, shared: Iterable[Shared], view: View) -> Iterator[Finding]:
    """Say of each upstream that only the union shows to be shared that what leans on it is no independent evidence."""
    told = {view.origin(finding.about) for finding in union.view.all(Finding) if finding.kind is FindingKind.CORRELATED_EVIDENCE}
    for one in shared:
        if one.upstream in told:
            continue
        name = view.called(one.upstream)
        titles = "; ".join(union.view.get(source, Source).title for source in one.sources)
        yield Finding(
            about=one.upstream,
            kind=FindingKind.CORRELATED_EVIDENCE,
            severity=severity_of_sharing(len(one.sources)),
            sound_case="They may use different parts of it, or name it without resting on it.",
            flawed_case=f"Investigated apart, each seemed to stand alone; where they rest on {name}, an error in it is in all at once.",
            verdict=f"Joined, {len(one.sources)} sources lean on {name} and are not independent: {titles}.",
        )
