"""Evidence that looks like several pieces and is one: a data set that documents call by different names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from agents.excerpts import leaned_on
from agents.naming import bare_name
from knowledge.records import Alias, Finding, Passage, Record, Reliance, Retraction, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import FindingKind, UpstreamKind, severity_of_sharing

SHOWN: Final = 6
"""Passages that a finding shows: one a name."""


@dataclass(frozen=True)
class Disguise:
    """An upstream (id) that so many documents present under names of their own: (name, their titles) each, passages, and why one."""

    upstream: str
    documents: int
    names: tuple[tuple[str, tuple[str, ...]], ...]
    passages: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def told(self) -> str:
        """The names and who uses them, in one sentence."""
        named = "; ".join(f"“{name}” ({', '.join(titles)})" for name, titles in self.names)
        return f"{len(self.names)} names stand for one thing: {named}."


def disguises(view: View) -> Mapping[str, Disguise]:
    """Map each upstream that two documents call by different names, neither using the other's, to how they do.

    A name that is spelt in another way, or more fully, is no other name. Works are left out: two editions of an article are told by their
    sources.
    """
    used: dict[str, dict[str, dict[str, list[Passage]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    if not view.all(Alias):
        return {}
    for upstream, _, passage in leaned_on(view):
        used[view.origin(upstream)][passage.source][upstream].append(passage)
    found = {}
    for origin, by_source in sorted(used.items()):
        spoken = [[bare_name(view.get(one, Upstream).name) for one in named] for named in by_source.values()]
        apart = any(not any(_one_in_other(*pair) for pair in product(*names)) for names in combinations(spoken, 2))
        if apart and view.get(origin, Upstream).kind is not UpstreamKind.WORK:
            found[origin] = _disguise(view, origin, by_source)
    return found


def _one_in_other(one: str, other: str) -> bool:
    """Say whether a reader sees at once that two bare names are one thing's: "17 trials" and "17 trials with healthy people"."""
    words, others = set(one.split()), set(other.split())
    return words <= others or others <= words


def _disguise(view: View, origin: str, by_source: Mapping[str, Mapping[str, list[Passage]]]) -> Disguise:
    titles: dict[str, set[str]] = defaultdict(set)
    first: dict[str, tuple[str, int, str]] = {}
    shown: dict[str, str] = {}
    for source, named in by_source.items():
        for upstream, passages in named.items():
            name = view.get(upstream, Upstream).name
            bare = bare_name(name)
            shown[bare] = min(shown.get(bare, name), name)
            titles[bare].add(view.get(source, Source).title)
            earliest = min((one.source, one.start, one.id) for one in passages)
            first[bare] = min(first.get(bare, earliest), earliest)
    names = sorted((shown[bare], tuple(sorted(titles[bare]))) for bare in titles)
    reasons = sorted({one.reason for one in view.all(Alias) if one.representative == origin})
    shown_first = tuple(place for _, _, place in sorted(first.values()))[:SHOWN]
    return Disguise(origin, len(by_source), tuple(names), shown_first, tuple(reasons))


def disguise_findings(found: Mapping[str, Disguise], but: frozenset[str]) -> Iterator[Finding]:
    """Word those on which nothing was said yet (``but``: the upstreams on which something was)."""
    for origin, one in found.items():
        if origin not in but:
            yield Finding(
                about=origin,
                kind=FindingKind.CORRELATED_EVIDENCE,
                severity=severity_of_sharing(one.documents),
                observations=one.passages,
                sound_case="The documents may use different parts of it, or have taken them for two for a reason that isn't said here.",
                flawed_case=f"Each document seems to bring data of its own. {one.told} {'; '.join(one.reasons)}.",
                verdict=f"{one.told} An error in it is in all of them.",
            )


def outdated(view: View, found: Sequence[Record]) -> Iterator[Retraction]:
    """Retract what was said before, when less was read, on the upstreams of which it is said anew that evidence shares them.

    So is what was said on those on which nothing leans any more.
    """
    new = [one for one in found if isinstance(one, Finding) and one.kind is FindingKind.CORRELATED_EVIDENCE]
    ids, about = {one.id for one in new}, {view.origin(one.about) for one in new}
    leant_on = {view.origin(one.upstream) for one in view.all(Reliance)}
    for old in view.all(Finding):
        if old.kind is not FindingKind.CORRELATED_EVIDENCE or old.id in ids:
            continue
        if (origin := view.origin(old.about)) in about or (old.about.startswith("upstream-") and origin not in leant_on):
            yield Retraction(record=old.id, reason="more was read: what shares this is found again")
