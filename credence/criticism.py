"""Who cites a work to argue against it: a critic doesn't lean on what it criticises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from credence.voices import voice
from knowledge.layers import group
from knowledge.records import Argument, Assertion, Link, Passage, Reliance, Tag, Upstream
from knowledge.views import View
from knowledge.vocabulary import TURNED, Relation, RelianceKind, side_of

Teller = tuple[str, str]
"""A source (id) and a voice in it: one document can tell critics and defenders."""


class Criticism:
    """Says which citations are a critic's.

    A voice in a document criticises a work if it speaks against a claim that the work's own document holds, or holds a premise of an
    objection to such a claim or to a step that is drawn there; or against what the work's author is told to hold, who wrote no other. Its
    citations of that work say what it argues against.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._criticised = self._works() if any(one.how is RelianceKind.CITES for one in view.all(Reliance)) else {}

    def criticises(self, reliance: Reliance) -> bool:
        """Say whether a record names an upstream to argue against it."""
        if reliance.how is not RelianceKind.CITES or not self._criticised:
            return False
        told = self._view.records[reliance.record]
        teller = (self._view.source_of(told).id, voice(told.speaker)) if isinstance(told, Assertion) else None
        return teller in self._criticised and self._view.origin(reliance.upstream) in self._criticised[teller]

    def leans_on(self, record: str) -> Iterator[Upstream]:
        """Yield the upstreams of a record but those that it criticises."""
        return (upstream for upstream, reliance in self._view.upstreams_of(record) if not self.criticises(reliance))

    def _works(self) -> dict[Teller, frozenset[str]]:
        """Map each voice in a document to the works (ids) against which it argues."""
        view = self._view
        holding, against = self._sides()
        for link in view.all(Link):
            target, turned = view.representative(link.target) if link.target.startswith("claim-") else (link.target, False)
            if (TURNED[link.relation] if turned else link.relation) is not Relation.SUPPORTS:
                objected = self._works_of(holding[target]) | self._works_of((source, "") for source in self._drawn[target])
                for critic in (one for premise in link.premises for one in holding[view.representative(premise)[0]]):
                    against[critic] |= objected
        return {critic: frozenset(works) - self._reported.get(critic[0], frozenset()) for critic, works in against.items()}

    def _sides(self) -> tuple[dict[str, set[Teller]], dict[Teller, set[str]]]:
        """Map each claim to who holds it, and who speaks against one to the works of those who hold it."""
        holding: dict[str, set[Teller]] = defaultdict(set)
        against: dict[Teller, set[str]] = defaultdict(set)
        for claim in self._view.members:
            critics: set[Teller] = set()
            for told, negated in self._view.assertions_of(claim):
                side = side_of(told.stance, opposite=negated, hedge=told.hedge)
                if side:
                    (holding[claim] if side > 0 else critics).add((self._view.source_of(told).id, voice(told.speaker)))
            for critic in critics:
                against[critic] |= self._works_of(holding[claim])
        return holding, against

    def _works_of(self, tellers: Iterable[Teller]) -> set[str]:
        """Return the works of whoever holds something: those that the document reports, and the one that the voice has written."""
        return {work for source, speaks in tellers for work in (*self._reported.get(source, ()), *self._only_work.get(speaks, ()))}

    @cached_property
    def _only_work(self) -> dict[str, tuple[str, ...]]:
        """Map a voice to its work, since a critic tells what it answers itself. Of who wrote several it can't be told which is meant."""
        wrote = group([tag for tag in self._view.all(Tag) if tag.name == "author"], lambda tag: voice(tag.value))
        works = {speaks: tuple({self._view.origin(tag.record) for tag in tags}) for speaks, tags in wrote.items()}
        return {speaks: found for speaks, found in works.items() if len(found) == 1 and speaks}

    @cached_property
    def _drawn(self) -> dict[str, set[str]]:
        """Map each link to the sources that draw it."""
        found: dict[str, set[str]] = defaultdict(set)
        for drawn in self._view.all(Argument):
            found[drawn.link].add(self._view.get(drawn.passage, Passage).source)
        return found

    @cached_property
    def _reported(self) -> dict[str, frozenset[str]]:
        """Map each source to the works that it is or reports."""
        reports = group([one for one in self._view.all(Reliance) if one.how is RelianceKind.REPORTS], lambda one: one.record)
        return {source: frozenset(self._view.origin(one.upstream) for one in several) for source, several in reports.items()}
