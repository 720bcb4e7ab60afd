"""A view: the live records of one revision, with the indexes that readers need."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from knowledge.errors import UnknownRecord
from knowledge.layers import Layer, group, in_order, laid_on
from knowledge.records import Alias, Argument, Assertion, Claim, Equivalence, Passage, Record, Reliance, Retraction, Source, Tag, Upstream
from knowledge.vocabulary import LANGUAGE

R = TypeVar("R", bound=Record)
CALLED: Final = 3
"""Other names of an upstream that are told beside its own."""


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


@dataclass(frozen=True, eq=False)
class View:
    """The live records of a revision. Build it with `View.of`, or ask the store."""

    revision: str
    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, records: Iterable[Record], *, revision: str = "") -> View:
        """Fold any set of records."""
        return cls(revision, (Layer(fold(records)),))

    @classmethod
    def unfolded(cls, records: Mapping[str, Record]) -> View:
        """Take records as they are, those that no longer count too: to word them."""
        return cls("", (Layer(in_order(records)),))

    def extended(self, records: Iterable[Record], *, revision: str = "") -> View | None:
        """Return the view after a changeset that met the rules, in time in proportion to the changeset.

        None if that can't be told from the live records alone: something is retracted or restored, or was retracted before.
        """
        new = {record.id: record for record in records}
        if any(isinstance(record, Retraction) for record in new.values()):
            return None
        if not all(layer.retracted.isdisjoint(new) for layer in self.layers):
            return None
        return View(revision, laid_on(self.layers, {key: record for key, record in new.items() if key not in self}))

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """All of them by id, in the order of their ids."""
        if len(self.layers) == 1:
            return self.layers[0].records
        return in_order({key: record for layer in self.layers for key, record in layer.records.items()})

    def find(self, record_id: str) -> Record | None:
        """Return a live record, or None. Unlike ``records`` it needs nothing of the others."""
        return next((layer.records[record_id] for layer in self.layers if record_id in layer.records), None)

    def __contains__(self, record_id: str) -> bool:
        return any(record_id in layer.records for layer in self.layers)

    @cached_property
    def digest(self) -> str:
        """The digest of the live records: equal for equal knowledge."""
        return digest_of(self.records)

    @cached_property
    def _gathered(self) -> dict[type[Record], tuple[Record, ...]]:
        return {}

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """Return the live records of a kind, in the order of their ids."""
        if kind not in self._gathered:
            having = [found for layer in self.layers if (found := layer.all(kind))]
            several = sorted((record for found in having for record in found), key=lambda record: record.id) if len(having) > 1 else ()
            self._gathered[kind] = tuple(several) or (having[0] if having else ())
        return self._gathered[kind]  # type: ignore[return-value]  # gathered by exactly this type

    def get(self, record_id: str, kind: type[R]) -> R:
        """Return one live record.

        Raises:
            UnknownRecord: no live record of this kind has the id.
        """
        record = self.find(record_id)
        if not isinstance(record, kind):
            raise UnknownRecord(record_id, f"no live {kind.kind_name} of this revision")
        return record

    def samenesses(self, claims: Iterable[str]) -> Iterator[Equivalence]:
        """Yield what says that one of some claims is the same as another, or another the same as it."""
        for claim in claims:
            for layer in self.layers:
                yield from layer.by_member.get(claim, ())
                yield from layer.by_representative.get(claim, ())

    def representative(self, claim: str) -> tuple[str, bool]:
        """Return the claim that stands for this one, and whether it says the opposite.

        Of rival ones (after a merge) the smallest id counts; chains are not followed.
        """
        said = [record for layer in self.layers for record in layer.by_member.get(claim, ())]
        return min((record.representative, record.negated) for record in said) if said else (claim, False)

    @cached_property
    def members(self) -> dict[str, tuple[tuple[str, bool], ...]]:
        """Map each representative to (member, negated), itself first."""
        represented = {record.member: self.representative(record.member) for record in self.all(Equivalence)}
        found: dict[str, list[tuple[str, bool]]] = {
            claim.id: [(claim.id, False)] for claim in self.all(Claim) if claim.id not in represented
        }
        for member, (representative, negated) in sorted(represented.items()):
            found.setdefault(representative, [(representative, False)]).append((member, negated))
        return {representative: tuple(members) for representative, members in found.items()}

    def assertions_of(self, claim: str) -> Iterator[tuple[Assertion, bool]]:
        """Yield every assertion of a representative claim or a member, and whether it is of the opposite."""
        same = {record.member for layer in self.layers for record in layer.by_representative.get(claim, ())}
        represented = [(member, *self.representative(member)) for member in sorted(same)]
        members = [(claim, False), *((member, negated) for member, head, negated in represented if head == claim)]
        for member, negated in members:
            found = [one for layer in self.layers for one in layer.assertions_by_claim.get(member, ())]
            for assertion in sorted(found, key=lambda one: one.id):
                yield assertion, negated

    def stated_only_in(self, sources: Collection[str]) -> frozenset[str]:
        """Return the claims, as those that stand for them, that nobody states but some sources."""
        stated: dict[str, set[str]] = defaultdict(set)
        for assertion in self.all(Assertion):
            stated[self.representative(assertion.claim)[0]].add(self.get(assertion.passage, Passage).source)
        only = frozenset(sources)
        return frozenset(claim for claim, where in stated.items() if where <= only)

    def source_of(self, assertion: Assertion) -> Source:
        """Return the document in which an assertion stands."""
        return self.get(self.get(assertion.passage, Passage).source, Source)

    def home_of(self, record_id: str) -> str:
        """Return the id of the document that a live record is, or in which it stands; empty for one that stands in none."""
        record = self.find(record_id)
        if isinstance(record, Assertion | Argument):
            return self.get(record.passage, Passage).source
        return record_id if isinstance(record, Source) else ""

    @cached_property
    def _languages(self) -> dict[str, str]:
        return {tag.record: tag.value for tag in self.all(Tag) if tag.name == LANGUAGE}

    def language_of(self, source: str) -> str:
        """Return the ISO 639 code of a source's language; "" where it is the case's, or not known."""
        return self._languages.get(source, "")

    @cached_property
    def _upstreams(self) -> dict[str, tuple[Reliance, ...]]:
        return group(self.all(Reliance), lambda reliance: reliance.record)

    def upstreams_of(self, record: str) -> Iterator[tuple[Upstream, Reliance]]:
        """Yield what a record leans on directly: the upstream that stands for the one that it names, and where it names it."""
        for reliance in self._upstreams.get(record, ()):
            yield self.get(self.origin(reliance.upstream), Upstream), reliance

    @cached_property
    def _origins(self) -> dict[str, str]:
        heads: dict[str, str] = {}
        for alias in self.all(Alias):
            heads[alias.member] = min(alias.representative, heads.get(alias.member, alias.representative))
        found: dict[str, str] = {}
        for member in heads:
            path: dict[str, int] = {}
            last = member
            while last in heads and last not in found and last not in path:
                path[last] = len(path)
                last = heads[last]
            origin = min(list(path)[path[last] :]) if last in path else found.get(last, last)
            found |= dict.fromkeys(path, origin)
        return {member: origin for member, origin in found.items() if member != origin}

    def origin(self, upstream: str) -> str:
        """Return the upstream that stands for this one.

        Of rival ones the smallest id counts. No run makes chains or circles, but a merge can: these are followed to their end, in a circle
        to the smallest id. Claims differ: likeness of words fades along a chain. A data set is one thing under every name; to stop half-way
        would part the last name's evidence from the first's, and count what is one thing twice.
        """
        return self._origins.get(upstream, upstream)

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for member in sorted(self._origins):
            found[self._origins[member]].append(member)
        return {head: tuple(members) for head, members in found.items()}

    def names(self, upstream: str) -> tuple[Upstream, ...]:
        """Return an upstream and those that it stands for, itself first: one thing under all its names."""
        others = (self.get(member, Upstream) for member in self._names.get(upstream, ()))
        return (self.get(upstream, Upstream), *sorted(others, key=lambda one: (one.name, one.id)))

    def called(self, upstream: str) -> str:
        """Return an upstream's name, and in brackets others that it goes by, `CALLED` at most."""
        first, *others = dict.fromkeys(one.name for one in self.names(upstream))
        if len(others) > CALLED:
            others[CALLED:] = [f"{len(others) - CALLED} more names"]
        return f"{first} (also called {' or '.join(others)})" if others else first

    def counts(self) -> dict[str, int]:
        """Return how many live records there are of each kind that occurs."""
        found = Counter(kind.kind_name for layer in self.layers for kind, members in layer.by_kind.items() for _ in members)
        return dict(sorted(found.items()))
