"""Unions: several packages as one, and the changeset that joins what was found across them.

What a merge found is left out of the union that it is merged into, and found again there: so merging is a function of the set of the
others' changesets alone, and therefore commutative, associative and idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from knowledge.changesets import Author, Changeset, Committed
from knowledge.packages.contents import Package, ancestors
from knowledge.records import Record, Source
from knowledge.rules import broken_rules
from knowledge.views import View

RUN: Final = "merge"


@dataclass(frozen=True)
class Union:
    """Several lines of work side by side. ``package`` may have many heads; each head is one line."""

    package: Package

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The ends of the lines, sorted."""
        return self.package.heads

    @cached_property
    def views(self) -> Mapping[str, View]:
        """What each line holds by itself, by its head."""
        return {head: View.of(self.package.records_up_to((head,)).values(), revision=head) for head in self.heads}

    @cached_property
    def view(self) -> View:
        """What all of them hold together, before anything is looked for across them."""
        return View.of(self.package.records.values())

    @cached_property
    def own(self) -> Mapping[str, frozenset[str]]:
        """The ids of the records that each line added since it parted from every other one."""
        up_to = {head: ancestors(self.package.changesets, (head,)) for head in self.heads}
        found = {}
        for head in self.heads:
            others = set().union(*(known for other, known in up_to.items() if other != head))
            found[head] = frozenset(key for one in up_to[head] - others for key in self.package.changesets[one].records)
        return found

    @cached_property
    def _lines_of(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for head, view in self.views.items():
            for key in view.records:
                found.setdefault(key, set()).add(head)
        return {key: frozenset(lines) for key, lines in found.items()}

    def lines_of(self, record: str) -> frozenset[str]:
        """Return the heads of the lines in which a record is live."""
        return self._lines_of.get(record, frozenset())

    def apart(self, records: Iterable[str]) -> bool:
        """Say whether no line holds all of these records: then nobody can have seen them together."""
        return not frozenset(self.heads).intersection(*(self.lines_of(record) for record in records))


def unite(packages: Sequence[Package]) -> Union:
    """Put packages side by side, without what earlier merges found on top. Of two times of one changeset the earlier counts."""
    changesets: dict[str, Committed] = {}
    for package in packages:
        for key, one in package.changesets.items():
            known = changesets.get(key)
            changesets[key] = one if known is None or one.at < known.at else known
    kept = ancestors(changesets, (key for key, one in changesets.items() if one.author is not Author.MERGE))
    changesets = {key: one for key, one in changesets.items() if key in kept}
    named = {key for one in changesets.values() for key in one.records}
    records = {key: record for package in packages for key, record in package.records.items() if key in named}
    quoted = {record.text for record in records.values() if isinstance(record, Source)}
    texts = {digest: text for package in packages for digest, text in package.texts.items() if digest in quoted}
    return Union(Package(changesets, records, texts))


def joined(union: Union, found: Iterable[Record]) -> Package:
    """Return one package of all lines, with a last changeset that adds what was found across them; a single line stays as it is.

    What breaks a rule is left out, and what rests on it: that two lines disagree is no reason not to join them.
    """
    package = union.package
    if len(union.heads) < 2:
        return package
    new = {record.id: record for record in found if record.id not in package.records}
    while True:
        changeset = Changeset(union.heads, tuple(new.values()), Author.MERGE, RUN, f"join {len(union.heads)} lines of work")
        refused = broken_rules(changeset, union.view, package.texts.__getitem__, package.records.get) if new else []
        if not refused:
            break
        for refusal in refused:
            new.pop(refusal.record, None)
    last = Committed(
        id=changeset.revision,
        parents=union.heads,
        author=Author.MERGE,
        run=RUN,
        reason=changeset.reason,
        at=max(package.changesets[head].at for head in union.heads),
        records=tuple(sorted(new)),
    )
    return Package({**package.changesets, last.id: last}, {**package.records, **new}, package.texts)
