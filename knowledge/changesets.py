"""Changesets: what one author added at once. A revision is a changeset's id, and its parents are revisions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import rfc8785

from knowledge.records import Record


class Author(StrEnum):
    """Who proposes: one of the agents, the run itself, or a person."""

    CASE = "case"
    INGESTION = "ingestion"
    STRUCTURING = "structuring"
    CRITIC = "critic"
    CRUXES = "cruxes"
    RUN = "run"
    PERSON = "person"


@dataclass(frozen=True)
class Changeset:
    """Records to add on top of ``parents`` (two or more: a merge). Retracting is adding `knowledge.records.Retraction` records.

    The time is not part of it: a step that is run again after a crash proposes the same changeset and gets the same revision.
    """

    parents: tuple[str, ...]
    records: tuple[Record, ...]
    author: Author
    run: str
    reason: str

    @cached_property
    def revision(self) -> str:
        """``revision-<20 hex digits>`` over parents, record ids, author, run and reason."""
        identity = {
            "parents": sorted(set(self.parents)),
            "records": sorted({record.id for record in self.records}),
            "author": self.author.value,
            "run": self.run,
            "reason": self.reason,
        }
        return f"revision-{hashlib.sha256(rfc8785.dumps(identity)).hexdigest()[:20]}"


@dataclass(frozen=True)
class Revision:
    """A line of the log: one committed changeset. ``added`` counts its records; ``at`` is ISO 8601 in UTC."""

    id: str
    parents: tuple[str, ...]
    author: str
    run: str
    reason: str
    at: str
    added: int


@dataclass(frozen=True)
class Loss:
    """A record that no longer counts, and the reasons given (empty if it fell with something it names)."""

    record: Record
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Diff:
    """What changed from one revision to another, among live records."""

    added: tuple[Record, ...]
    lost: tuple[Loss, ...]
