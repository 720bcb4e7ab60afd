"""What an agent hands back: records to commit, and the texts that they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from knowledge.changesets import Author, Changeset
from knowledge.errors import Refused
from knowledge.records import Incident, Record
from knowledge.store import KnowledgeStore

T = TypeVar("T")


@dataclass(frozen=True)
class Proposal:
    """Records to add, and texts to store before them. Proposals add up."""

    records: tuple[Record, ...] = ()
    texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, answers: Iterable[Iterable[Record]]) -> Proposal:
        """Put the records of several answers together, each once."""
        return cls.joined([cls(tuple(answer)) for answer in answers])

    @classmethod
    def joined(cls, proposals: Iterable[Proposal]) -> Proposal:
        """Put proposals together, each record once."""
        several = list(proposals)
        records = {record.id: record for proposal in several for record in proposal.records}
        return cls(tuple(records.values()), tuple(dict.fromkeys(text for proposal in several for text in proposal.texts)))


def commit(store: KnowledgeStore, proposal: Proposal, *, parents: tuple[str, ...], author: Author, run: str, reason: str) -> str:
    """Commit what the rules allow and return the revision; each refused record becomes an incident that gives the reason.

    Records that name a refused one fall with it, so this ends: every try has fewer records.

    Raises:
        StoreUnusable: the database failed.
    """
    for text in proposal.texts:
        store.put_text(text)
    records = {record.id: record for record in proposal.records}
    while True:
        changeset = Changeset(parents, tuple(records.values()), author, run, reason)
        try:
            return store.commit(changeset)
        except Refused as refused:
            for refusal in refused.refusals:
                fallen = records.pop(refusal.record, None)
                if fallen is None:
                    continue
                incident = Incident(
                    stage=author.value,
                    subject=f"{fallen.kind_name} {refusal.record}",
                    problem=f"refused at commit: {refusal.reason}",
                    advice="The record is left out; the rest stands.",
                )
                records[incident.id] = incident


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most ``size``, in order."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
