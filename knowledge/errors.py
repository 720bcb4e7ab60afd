"""What can go wrong with a knowledge base.

KnowledgeError
├── UnknownRecord      an id that names nothing here
├── UnknownRevision    a revision that this store doesn't hold
├── UnknownBlob        a text that this store doesn't hold
├── Refused            records that break a rule; nothing of the changeset was committed
└── StoreUnusable      the database can't be opened, read or written
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class KnowledgeError(Exception):
    """Whatever goes wrong with a knowledge base."""


class UnknownRecord(KnowledgeError):
    """An id that names nothing here."""

    def __init__(self, record_id: str, why: str) -> None:
        super().__init__(f"{record_id}: {why}")


class UnknownRevision(KnowledgeError):
    """A revision that this store doesn't hold."""


class UnknownBlob(KnowledgeError):
    """A text that this store doesn't hold."""


@dataclass(frozen=True)
class Refusal:
    """One record that breaks a rule, and which."""

    record: str
    reason: str


class Refused(KnowledgeError):
    """Records that break a rule; nothing of the changeset was committed."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        shown = "; ".join(f"{refusal.record}: {refusal.reason}" for refusal in self.refusals[:3])
        more = f"; and {len(self.refusals) - 3} more" if len(self.refusals) > 3 else ""
        super().__init__(f"refused at commit: {shown}{more}")


class StoreUnusable(KnowledgeError):
    """The database can't be opened, read or written; the message says which file and what to do."""
