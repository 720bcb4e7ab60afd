"""What testimony leans on: the upstreams that it names, and the data that its document elsewhere says it is made from."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from credence.criticism import Criticism
from credence.voices import bare_words, connected, voice
from knowledge.records import Assertion, Passage
from knowledge.views import View
from knowledge.vocabulary import RelianceKind, UpstreamKind

DATA: Final = frozenset({UpstreamKind.COHORT, UpstreamKind.DATASET, UpstreamKind.INSTRUMENT, UpstreamKind.MODEL, UpstreamKind.WITNESS})
"""What a result is made from. A cited work or an organisation is leaned on only where it is named."""
Shares = tuple[tuple[str, float], ...]
"""Upstreams, by id, with the share of a testimony's weight that stands or falls with each; the shares sum to at most 1."""


class Leanings:
    """Says what each assertion of a view leans on, and how much.

    Documents name their data once ("we followed the women of cohort C") and then give results. So testimony that names no shared data
    itself leans on what its document says, in the same voice, that it uses; but only as far as other documents lean on that too: what one
    document alone uses makes nothing count twice, and what it calls its own pool ("the updated meta-analysis") doesn't hide the cohorts in
    it. Of k upstreams each carries 1/k of the weight, the equal variances of facts/credence.md 2.4; through the document 1/(k + 1), since
    it may rest on more than it says. A document is another unless it reports the same work (or, where no work is known, speaks with the
    same voice) or says it in the same words: a copied document shows nothing to be shared.
    """

    def __init__(self, view: View) -> None:
        self._view, self._criticism = view, Criticism(view)
        self._used: dict[tuple[str, str], set[str]] = defaultdict(set)
        tellers: dict[str, list[tuple[Assertion, str]]] = defaultdict(list)
        for told in view.all(Assertion):
            for upstream, reliance in view.upstreams_of(told.id):
                if reliance.how is RelianceKind.USES and upstream.kind in DATA:
                    source = view.source_of(told).id
                    self._used[source, voice(told.speaker)].add(upstream.id)
                    tellers[upstream.id].append((told, source))
        self._shared = {upstream for upstream, several in tellers.items() if len(connected(several, lambda one: self._marks(*one))) > 1}

    def _marks(self, told: Assertion, source: str) -> set[str]:
        """Return what would show that two assertions come from one document: it, its words, the work that it reports, or else its voice."""
        works = {upstream.id for upstream, reliance in self._view.upstreams_of(source) if reliance.how is RelianceKind.REPORTS}
        speaks = voice(told.speaker)
        return {source, f"words {bare_words(self._view.get(told.passage, Passage).text)}"} | (
            works or ({f"voice {speaks}"} if speaks else set())
        )

    def named(self, assertion: Assertion) -> frozenset[str]:
        """Return the upstreams that an assertion itself leans on: what it cites to argue against it isn't one."""
        return frozenset(upstream.id for upstream in self._criticism.leans_on(assertion.id))

    def through_document(self, assertion: Assertion) -> frozenset[str]:
        """Return the shared data that an assertion which names none of them leans on through its document."""
        if not self._shared:
            return frozenset()
        if any(upstream.id in self._shared for upstream, _ in self._view.upstreams_of(assertion.id)):
            return frozenset()
        return frozenset(self._of_document(assertion) & self._shared)

    def _of_document(self, assertion: Assertion) -> set[str]:
        return self._used.get((self._view.source_of(assertion).id, voice(assertion.speaker)), set())

    def shares(self, assertion: Assertion) -> Shares:
        """Return what an assertion leans on, and how much."""
        named, through = self.named(assertion), self.through_document(assertion)
        parts = len(named | self._of_document(assertion)) + 1 if through else len(named)
        return tuple((upstream, 1 / parts) for upstream in sorted(named | through))


def pooled(several: Iterable[tuple[float, Shares]]) -> Shares:
    """Average the shares of several testimonies that count as one by their weights (nats, of any sign)."""
    found: dict[str, list[float]] = defaultdict(list)
    weights = []
    for weight, shares in several:
        weights.append(abs(weight))
        for upstream, share in shares:
            found[upstream].append(abs(weight) * share)
    total = math.fsum(weights)
    return tuple((upstream, math.fsum(parts) / total) for upstream, parts in sorted(found.items()))
