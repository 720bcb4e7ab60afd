"""Layers: a view as a few groups of records, so that committing a little costs a little, however much is there already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from knowledge.records import Assertion, Equivalence, Record, Retraction

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Layer:
    """Some live records by id, in the order of their ids, with the indexes over them alone. Views share layers."""

    records: Mapping[str, Record]

    @cached_property
    def by_kind(self) -> Mapping[type[Record], tuple[Record, ...]]:
        """The records of each kind."""
        grouped: dict[type[Record], list[Record]] = defaultdict(list)
        for record in self.records.values():
            grouped[type(record)].append(record)
        return {kind: tuple(members) for kind, members in grouped.items()}

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """Return the records of a kind."""
        return self.by_kind.get(kind, ())  # type: ignore[return-value]  # grouped by exactly this type

    @cached_property
    def retracted(self) -> frozenset[str]:
        """What the layer's retractions take away."""
        return frozenset(retraction.record for retraction in self.all(Retraction))

    @cached_property
    def assertions_by_claim(self) -> Mapping[str, tuple[Assertion, ...]]:
        """The assertions of each claim."""
        return group(self.all(Assertion), lambda assertion: assertion.claim)

    @cached_property
    def by_member(self) -> Mapping[str, tuple[Equivalence, ...]]:
        """What each claim is said to be the same as."""
        return group(self.all(Equivalence), lambda equivalence: equivalence.member)

    @cached_property
    def by_representative(self) -> Mapping[str, tuple[Equivalence, ...]]:
        """What is said to be the same as each claim."""
        return group(self.all(Equivalence), lambda equivalence: equivalence.representative)


def laid_on(layers: tuple[Layer, ...], records: Mapping[str, Record]) -> tuple[Layer, ...]:
    """Add records on top, joining layers of like size: n records lie in log n layers, and each is moved log n times in all."""
    found = [*layers, Layer(in_order(records))]
    while len(found) > 1 and 2 * len(found[-1].records) >= len(found[-2].records):
        top, below = found.pop(), found.pop()
        found.append(Layer(in_order({**below.records, **top.records})))
    return tuple(found)


def in_order(records: Mapping[str, Record]) -> dict[str, Record]:
    """Sort records by id."""
    return {key: records[key] for key in sorted(records)}


def group(records: Iterable[R], key: Callable[[R], str]) -> dict[str, tuple[R, ...]]:
    """Group records by a key, keeping their order."""
    grouped: dict[str, list[R]] = defaultdict(list)
    for record in records:
        grouped[key(record)].append(record)
    return {name: tuple(members) for name, members in grouped.items()}
