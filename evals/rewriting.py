"""Rewriting a knowledge base: change records, and every id that names them changes with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from knowledge.records import Link, Record, Variant

Change = Callable[[Record], Record]
_SORTED: Final[dict[type[Record], str]] = {Link: "premises", Variant: "claims"}
"""Fields whose ids are kept in order."""


def rewritten(records: Iterable[Record], change: Change) -> dict[str, Record]:
    """Apply a change to records, named ones first; return the new records by their old ids.

    Content-addressing has no cycles, so every record comes after those that it names. What names a record outside the set keeps it.
    """
    by_id = {record.id: record for record in records}
    done: dict[str, Record] = {}
    ids: dict[str, str] = {}
    for start in by_id:
        stack = [start]
        while stack:
            current = stack[-1]
            waits_for = [named for _, named, _ in by_id[current].named() if named in by_id and named not in done]
            if current in done or not waits_for:
                stack.pop()
                if current not in done:
                    done[current] = change(_renamed(by_id[current], ids))
                    ids[current] = done[current].id
            else:
                stack += waits_for
    return done


def _renamed(record: Record, ids: Mapping[str, str]) -> Record:
    """Make a record name the new ids."""
    fields: dict[str, Any] = record.model_dump()
    for field in {field for field, _, _ in record.named()}:
        value = fields[field]
        new = tuple(ids.get(one, one) for one in value) if isinstance(value, tuple) else ids.get(value, value)
        fields[field] = tuple(sorted(new)) if _SORTED.get(type(record)) == field else new
    return type(record)(**fields)
