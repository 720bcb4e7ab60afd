"""Changesets: what one author added at once. A revision is a changeset's id, and its parents are revisions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

from knowledge.records import Record


class Author(StrEnum):
    """Who proposes: one of the agents, the run itself, a merge, or a person."""

    CASE = "case"
    INGESTION = "ingestion"
    STRUCTURING = "structuring"
    CRITIC = "critic"
    CRUXES = "cruxes"
    RUN = "run"
    PERSON = "person"
    MERGE = "merge"


AGENTS = frozenset({Author.INGESTION, Author.STRUCTURING, Author.CRITIC, Author.CRUXES})
"""Authors that are programs with an opinion: what a person has said is not theirs to undo."""


def revision_id(*, parents: Iterable[str], records: Iterable[str], author: Author, run: str, reason: str) -> str:
    """Return ``revision-<20 hex digits>``, the name of what was added, on top of what, by whom, in which run and why."""
    identity = {
        "parents": sorted(set(parents)),
        "records": sorted(set(records)),
        "author": author.value,
        "run": run,
        "reason": reason,
    }
    return f"revision-{hashlib.sha256(rfc8785.dumps(identity)).hexdigest()[:20]}"


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
        ids = (record.id for record in self.records)
        return revision_id(parents=self.parents, records=ids, author=self.author, run=self.run, reason=self.reason)


class Committed(BaseModel):
    """A changeset as it was committed, with the ids of its records; ``parents`` and ``records`` are sorted."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^revision-[0-9a-f]{20}$")
    parents: tuple[str, ...]
    author: Author
    run: str
    reason: str
    at: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$")
    records: tuple[str, ...]

    @property
    def expected_id(self) -> str:
        """What its fields say that it must be called."""
        return revision_id(parents=self.parents, records=self.records, author=self.author, run=self.run, reason=self.reason)


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
