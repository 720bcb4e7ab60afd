"""What a reader of a format hands back: records to commit, and the texts that they quote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from knowledge.blobs import digest_of_text
from knowledge.changesets import Author, Changeset, Committed
from knowledge.errors import BrokenFile, Refused, UnknownBlob
from knowledge.packages.contents import Package
from knowledge.records import Record
from knowledge.rules import broken_rules
from knowledge.views import View


@dataclass(frozen=True)
class Imported:
    """Records in the order of their ids, texts, and what of the file has no place here."""

    records: tuple[Record, ...]
    texts: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, records: Iterable[Record], texts: Iterable[str] = (), *, left_out: Iterable[str] = ()) -> Imported:
        """Take each record and each text once."""
        by_id = {record.id: record for record in records}
        return cls(tuple(by_id[key] for key in sorted(by_id)), tuple(dict.fromkeys(texts)), tuple(left_out))

    def packed(self, *, run: str, reason: str, at: str) -> Package:
        """Return a package of one changeset; ``at`` is ISO 8601 in UTC, to the second.

        Raises:
            Refused: records break a rule; each is named with the reason.
            BrokenFile: there is nothing in it.
        """
        if not self.records:
            raise BrokenFile(0, "there is nothing to import")
        texts = {digest_of_text(text): text for text in self.texts}

        def text_of(digest: str) -> str:
            if digest not in texts:
                raise UnknownBlob(digest)
            return texts[digest]

        changeset = Changeset((), self.records, Author.INGESTION, run, reason)
        refusals = broken_rules(changeset, View.of(()), text_of, {record.id: record for record in self.records}.get)
        if refusals:
            raise Refused(refusals)
        ids = tuple(record.id for record in self.records)
        one = Committed(id=changeset.revision, parents=(), author=Author.INGESTION, run=run, reason=reason, at=at, records=ids)
        return Package({one.id: one}, {record.id: record for record in self.records}, texts)


def complaint(problem: ValidationError, *, line: int = 0, what: str = "") -> BrokenFile:
    """Word what is wrong with the first field of what should have become a record."""
    first = problem.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return BrokenFile(line, ": ".join(part for part in (what, place, first["msg"]) if part))
