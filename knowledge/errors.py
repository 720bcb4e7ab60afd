"""What can go wrong with a knowledge base.

KnowledgeError
├── UnknownRecord      an id that names nothing here
├── UnknownRevision    a revision that this store doesn't hold
├── UnknownBlob        a text that this store doesn't hold
├── BrokenFile         a file that can't be imported: the line and the reason
├── Unsuitable         what was asked to be exported can't stand in the format
├── Refused            records that break a rule; nothing of the changeset was committed
└── StoreUnusable      the database can't be opened, read or written
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


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


class BrokenFile(KnowledgeError):
    """A file that can't be imported; nothing of it was. ``line`` counts from 1; 0 is the file as a whole."""

    def __init__(self, line: int, reason: str, *, path: str = "") -> None:
        self.line, self.reason = line, reason
        place = ", ".join(part for part in (path, f"line {line}" if line else "") if part)
        super().__init__(f"{place}: {reason}" if place else reason)

    def within(self, path: Path) -> BrokenFile:
        """Return the same with the file's name."""
        return BrokenFile(self.line, self.reason, path=str(path))


class Unsuitable(KnowledgeError):
    """What was asked to be exported can't stand in the format; the message says why and what to do."""


class StoreUnusable(KnowledgeError):
    """The database can't be opened, read or written; the message says which file and what to do."""
