"""A view: the live records of one revision, with the indexes that readers need."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from knowledge.errors import UnknownRecord
from knowledge.records import Assertion, Claim, Equivalence, Passage, Record, Reliance, Retraction, Source, Upstream

R = TypeVar("R", bound=Record)


def live_ids(named: Mapping[str, tuple[str, ...]], retracts: Mapping[str, str]) -> frozenset[str]:
    """Say which records of a set count: not retracted, and naming only records that count.

    ``named`` maps every record's id to the ids that it names (a retraction's own target left out); ``retracts`` maps a retraction
    to its target. The result depends on the set alone, never on an order, so union is all there is to merging. A retraction can be
    retracted, and content-addressing makes chains of them end.
    """
    retractions_of: dict[str, list[str]] = defaultdict(list)
    for retraction, target in retracts.items():
        retractions_of[target].append(retraction)
    known: dict[str, bool] = {}
    for start in named:
        stack = [start]
        while stack:
            current = stack[-1]
            if current in known:
                stack.pop()
                continue
            waits_for = [other for other in (*retractions_of[current], *named.get(current, ())) if other not in known]
            if waits_for and current in named:
                stack += waits_for
                continue
            stack.pop()
            known[current] = (
                current in named
                and not any(known[retraction] for retraction in retractions_of[current])
                and all(known[other] for other in named[current])
            )
    return frozenset(record for record in named if known[record])


def fold(records: Iterable[Record]) -> dict[str, Record]:
    """Return the live records of a set by id, in the order of their ids."""
    by_id = {record.id: record for record in records}
    retracts = {record.id: record.record for record in by_id.values() if isinstance(record, Retraction)}
    named = {key: () if key in retracts else tuple(other for _, other, _ in record.named()) for key, record in by_id.items()}
    return {key: by_id[key] for key in sorted(live_ids(named, retracts))}


def digest_of(ids: Iterable[str]) -> str:
    """Return the hex sha256 that names a set of live records, whatever the history that led to it."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


@dataclass(frozen=True)
class View:
    """The live records of a revision. Build it with `View.of`, or ask the store."""

    revision: str
    records: Mapping[str, Record]

    @classmethod
    def of(cls, records: Iterable[Record], *, revision: str = "") -> View:
        """Fold any set of records."""
        return cls(revision=revision, records=fold(records))

    def extended(self, records: Iterable[Record], *, revision: str = "") -> View | None:
        """Return the view after a changeset that met the rules, without folding the whole history again.

        None if that can't be told from the live records alone: something is retracted or restored, or was retracted before.
        """
        new = {record.id: record for record in records}
        retracted = {retraction.record for retraction in self.all(Retraction)}
        if any(isinstance(record, Retraction) for record in new.values()) or not retracted.isdisjoint(new):
            return None
        both = {**self.records, **new}
        return View(revision=revision, records={key: both[key] for key in sorted(both)})

    @cached_property
    def digest(self) -> str:
        """The digest of the live records: equal for equal knowledge."""
        return digest_of(self.records)

    @cached_property
    def _by_kind(self) -> dict[type[Record], tuple[Record, ...]]:
        grouped: dict[type[Record], list[Record]] = defaultdict(list)
        for record in self.records.values():
            grouped[type(record)].append(record)
        return {kind: tuple(members) for kind, members in grouped.items()}

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """Return the live records of a kind, in the order of their ids."""
        return self._by_kind.get(kind, ())  # type: ignore[return-value]  # grouped by exactly this type

    def get(self, record_id: str, kind: type[R]) -> R:
        """Return one live record.

        Raises:
            UnknownRecord: no live record of this kind has the id.
        """
        record = self.records.get(record_id)
        if not isinstance(record, kind):
            raise UnknownRecord(record_id, f"no live {kind.kind_name} of this revision")
        return record

    @cached_property
    def _representatives(self) -> dict[str, tuple[str, bool]]:
        """Map each member to its representative. Of rival ones (after a merge) the smallest id counts; chains are not followed."""
        found: dict[str, tuple[str, bool]] = {}
        for record in sorted(self.all(Equivalence), key=lambda record: (record.representative, record.negated), reverse=True):
            found[record.member] = (record.representative, record.negated)
        return found

    def representative(self, claim: str) -> tuple[str, bool]:
        """Return the claim that stands for this one, and whether it says the opposite."""
        return self._representatives.get(claim, (claim, False))

    @cached_property
    def members(self) -> dict[str, tuple[tuple[str, bool], ...]]:
        """Map each representative to (member, negated), itself first."""
        found: dict[str, list[tuple[str, bool]]] = {
            claim.id: [(claim.id, False)] for claim in self.all(Claim) if claim.id not in self._representatives
        }
        for member, (representative, negated) in sorted(self._representatives.items()):
            found.setdefault(representative, [(representative, False)]).append((member, negated))
        return {representative: tuple(members) for representative, members in found.items()}

    @cached_property
    def _assertions_by_claim(self) -> dict[str, tuple[Assertion, ...]]:
        return group(self.all(Assertion), lambda assertion: assertion.claim)

    def assertions_of(self, claim: str) -> Iterator[tuple[Assertion, bool]]:
        """Yield every assertion of a representative claim or a member, and whether it is of the opposite."""
        for member, negated in self.members.get(claim, ((claim, False),)):
            for assertion in self._assertions_by_claim.get(member, ()):
                yield assertion, negated

    def source_of(self, assertion: Assertion) -> Source:
        """Return the document in which an assertion stands."""
        return self.get(self.get(assertion.passage, Passage).source, Source)

    @cached_property
    def _upstreams(self) -> dict[str, tuple[Reliance, ...]]:
        return group(self.all(Reliance), lambda reliance: reliance.record)

    def upstreams_of(self, record: str) -> Iterator[tuple[Upstream, Reliance]]:
        """Yield what a record leans on directly."""
        for reliance in self._upstreams.get(record, ()):
            yield self.get(reliance.upstream, Upstream), reliance

    def counts(self) -> dict[str, int]:
        """Return how many live records there are of each kind that occurs."""
        return {kind.kind_name: len(members) for kind, members in sorted(self._by_kind.items(), key=lambda item: item[0].kind_name)}


def group(records: Iterable[R], key: Callable[[R], str]) -> dict[str, tuple[R, ...]]:
    """Group records by a key, keeping their order."""
    grouped: dict[str, list[R]] = defaultdict(list)
    for record in records:
        grouped[key(record)].append(record)
    return {name: tuple(members) for name, members in grouped.items()}
