"""What a package holds: changesets up to one tip, their records, and the texts that they quote."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from knowledge.changesets import Committed
from knowledge.errors import UnknownRevision
from knowledge.records import Record, Source
from knowledge.store import KnowledgeStore
from knowledge.views import View


@dataclass(frozen=True)
class Package:
    """Changesets by id, closed under parents and with one tip; records by id, live or not; texts by digest."""

    changesets: Mapping[str, Committed]
    records: Mapping[str, Record]
    texts: Mapping[str, str]

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The changesets on which none rests, sorted."""
        return heads(self.changesets)

    @property
    def tip(self) -> str:
        """The one head.

        Raises:
            UnknownRevision: there are none or several; joining them is `knowledge.packages.merging`'s work.
        """
        if len(self.heads) != 1:
            raise UnknownRevision(f"a package has one tip; here are {len(self.heads)}: {', '.join(self.heads[:3])}")
        return self.heads[0]

    def records_up_to(self, revisions: Iterable[str]) -> dict[str, Record]:
        """Return the records of revisions and their ancestors."""
        return {key: self.records[key] for one in ancestors(self.changesets, revisions) for key in self.changesets[one].records}

    @cached_property
    def view(self) -> View:
        """What is live at the tip."""
        return View.of(self.records.values(), revision=self.tip)

    def save_to(self, store: KnowledgeStore) -> str:
        """Take the package into a store, all of it or nothing, and return its tip."""
        store.adopt(parents_first(self.changesets), self.records, self.texts.values())
        return self.tip


def packed(store: KnowledgeStore, revision: str) -> Package:
    """Take a revision with its whole history out of a store.

    Raises:
        UnknownRevision: it is not here.
    """
    records = store.history(revision)
    texts = {record.text: store.text(record.text) for record in records.values() if isinstance(record, Source)}
    return Package({one.id: one for one in store.committed(revision)}, records, texts)


def heads(changesets: Mapping[str, Committed]) -> tuple[str, ...]:
    """Return the changesets on which none of the others rests, sorted."""
    rested_on = {parent for one in changesets.values() for parent in one.parents}
    return tuple(sorted(set(changesets) - rested_on))


def ancestors(changesets: Mapping[str, Committed], revisions: Iterable[str]) -> set[str]:
    """Return revisions and all their ancestors."""
    found: set[str] = set()
    waiting = list(revisions)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += changesets[one].parents
    return found


def parents_first(changesets: Mapping[str, Committed]) -> Iterator[Committed]:
    """Yield changesets so that each comes after its parents, of those that could come next the smallest id first.

    Changesets whose parents are missing or that rest on themselves are left out.
    """
    children: dict[str, list[str]] = {}
    waits_for = {key: len(set(one.parents)) for key, one in changesets.items()}
    for key, one in changesets.items():
        for parent in set(one.parents):
            children.setdefault(parent, []).append(key)
    ready = [key for key, count in waits_for.items() if count == 0]
    heapq.heapify(ready)
    while ready:
        key = heapq.heappop(ready)
        yield changesets[key]
        for child in children.get(key, ()):
            waits_for[child] -= 1
            if waits_for[child] == 0:
                heapq.heappush(ready, child)
