"""The store: blobs, records and revisions in SQL, and the one way in, `KnowledgeStore.commit`."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import URL, Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from knowledge import tables
from knowledge.blobs import digest_of_text
from knowledge.changesets import AGENTS, Author, Changeset, Committed, Diff, Loss, Revision
from knowledge.databases import add, file_url, open_engine, prepare, shown, told
from knowledge.errors import KnowledgeError, Refused, StoreUnusable, UnknownBlob, UnknownRecord, UnknownRevision
from knowledge.records import Record, Retraction, parse_record
from knowledge.rules import broken_rules
from knowledge.views import View

VIEWS_KEPT: Final = 8
"""How many folded revisions stay in memory; a run works on two or three at a time."""
_DATE: Final = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d)?)?)?)?)?")
ROWS_AT_ONCE: Final = 500
"""Ids per SELECT ... IN, below SQLite's limit on variables."""


class KnowledgeStore:
    """Holds knowledge bases. Thread-safe; processes share it through the database.

    Nothing is ever updated or deleted: a crash in the middle of a commit leaves the revision before, and the same commit
    proposed again is the same revision.
    """

    def __init__(self, url: str | URL) -> None:
        """Open or create the store at an SQLAlchemy URL.

        Raises:
            StoreUnusable: the database can't be opened, was written by another version, or holds something else.
        """
        self.url = url
        self._engine = open_engine(url)
        self._lock = RLock()
        self._records: dict[str, Record] = {}
        self._texts: dict[str, str] = {}
        self._views: OrderedDict[str, View] = OrderedDict()
        with self._guard():
            prepare(self._engine, tables.metadata, part="knowledge", version=tables.SCHEMA_VERSION)

    @classmethod
    def at(cls, path: Path) -> KnowledgeStore:
        """Open or create an embedded store in a file that only its user can read.

        Raises:
            StoreUnusable: the file can't be opened or created, was written by another version, or is something else.
        """
        return cls(file_url(path))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn a database's exceptions into one that says what to do."""
        try:
            yield
        except SQLAlchemyError as problem:
            raise StoreUnusable(f"the knowledge store {shown(self._engine)} failed: {told(problem)}") from problem

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._guard(), self._engine.connect() as connection:
            yield connection.execution_options(readonly=True)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._guard(), self._engine.begin() as connection:
            yield connection

    # Texts

    def put_text(self, text: str) -> str:
        """Store a text once and return its digest (hex sha256 of its UTF-8)."""
        digest = digest_of_text(text)
        with self._writing() as connection:
            add(connection, tables.blobs, [{"digest": digest, "text": text}])
        return digest

    def text(self, digest: str) -> str:
        """Return a stored text.

        Raises:
            UnknownBlob: no text here has this digest.
            KnowledgeError: the text on disk is not the one that was stored.
        """
        if digest not in self._texts:
            with self._reading() as connection:
                found = connection.scalar(select(tables.blobs.c.text).where(tables.blobs.c.digest == digest))
            if found is None:
                raise UnknownBlob(f"no text with digest {digest} in {shown(self._engine)}")
            if digest_of_text(found) != digest:
                raise KnowledgeError(f"the text {digest} in the store is damaged: restore {shown(self._engine)} or use another home")
            self._texts[digest] = found
        return self._texts[digest]

    # Changesets

    def commit(self, changeset: Changeset) -> str:
        """Add a changeset, all of it or nothing, and return its revision. Committing it again changes nothing.

        Raises:
            Refused: records break a rule; each is named with the reason.
            UnknownRevision: a parent is not here.
            StoreUnusable: the database failed; nothing was written.
        """
        with self._lock:
            if self.has(changeset.revision):
                return changeset.revision
            base = self._base(changeset.parents)
            people = self.said_by_people(changeset.parents) if changeset.author in AGENTS else frozenset[str]()
            refusals = broken_rules(changeset, base, self.text, self.find, said_by_people=people)
            if refusals:
                raise Refused(refusals)
            self._write(changeset)
            self._records.update({record.id: record for record in changeset.records})
            extended = base.extended(changeset.records, revision=changeset.revision) if len(changeset.parents) < 2 else None
            if extended is not None:
                self._keep(extended)
            return changeset.revision

    def _base(self, parents: tuple[str, ...]) -> View:
        if not parents:
            return View.of(())
        if len(parents) == 1:
            return self.view(parents[0])
        for parent in parents:
            self._require(parent)
        return View.of(self._history(parents))

    def _write(self, changeset: Changeset) -> None:
        records = {record.id: record for record in changeset.records}
        with self._writing() as connection:
            rows = [{"id": key, "kind": record.kind_name, "body": record.canonical().decode()} for key, record in records.items()]
            add(connection, tables.records, rows)
            revision = {
                "id": changeset.revision,
                "author": changeset.author.value,
                "run": changeset.run,
                "reason": changeset.reason,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            # Another process may have committed the same changeset since we looked: then every row is there already.
            add(connection, tables.revisions, [revision])
            lineage: list[dict[str, object]] = [
                {"revision": changeset.revision, "parent": parent, "position": position}
                for position, parent in enumerate(dict.fromkeys(changeset.parents))
            ]
            add(connection, tables.parents, lineage)
            add(connection, tables.additions, [{"revision": changeset.revision, "record": key} for key in records])

    def adopt(self, committed: Iterable[Committed], records: Mapping[str, Record], texts: Iterable[str]) -> None:
        """Take over changesets with their own times, all of them or nothing; those that are here stay as they are.

        The caller vouches for them: `knowledge.packages.reading` holds what comes from outside to the rules.
        """
        several = list(committed)
        with self._lock, self._writing() as connection:
            add(connection, tables.blobs, [{"digest": digest_of_text(text), "text": text} for text in texts])
            rows = [{"id": key, "kind": record.kind_name, "body": record.canonical().decode()} for key, record in records.items()]
            add(connection, tables.records, rows)
            revisions = [{**one.model_dump(include={"id", "run", "reason", "at"}), "author": one.author.value} for one in several]
            add(connection, tables.revisions, revisions)
            lineage: list[dict[str, object]] = [
                {"revision": one.id, "parent": parent, "position": position}
                for one in several
                for position, parent in enumerate(one.parents)
            ]
            add(connection, tables.parents, lineage)
            add(connection, tables.additions, [{"revision": one.id, "record": key} for one in several for key in one.records])

    def has(self, revision: str) -> bool:
        """Say whether a revision is here."""
        with self._reading() as connection:
            return connection.scalar(select(tables.revisions.c.id).where(tables.revisions.c.id == revision)) is not None

    def _require(self, revision: str) -> None:
        if not self.has(revision):
            raise UnknownRevision(f"no revision {revision} in {shown(self._engine)}")

    def find(self, record_id: str) -> Record | None:
        """Return a record of any revision, live or not, or None."""
        if record_id not in self._records:
            self._load([record_id])
        return self._records.get(record_id)

    def find_starting(self, beginning: str) -> Record:
        """Return the one record whose id starts so; a person rarely types the whole.

        Raises:
            UnknownRecord: none or several start so.
        """
        with self._reading() as connection:
            found = connection.scalars(
                select(tables.records.c.id).where(tables.records.c.id.startswith(beginning, autoescape=True)).limit(6)
            ).all()
        if len(found) != 1:
            why = f"could be {', '.join(found[:5])}: give more of the id" if found else "no record here has this id"
            raise UnknownRecord(beginning, why)
        record = self.find(found[0])
        assert record is not None
        return record

    # Reading

    def view(self, revision: str) -> View:
        """Fold a revision to its live records.

        Raises:
            UnknownRevision: it is not here.
        """
        with self._lock:
            if revision in self._views:
                self._views.move_to_end(revision)
                return self._views[revision]
            self._require(revision)
            view = View.of(self._history((revision,)), revision=revision)
            self._keep(view)
            return view

    def _keep(self, view: View) -> None:
        self._views[view.revision] = view
        while len(self._views) > VIEWS_KEPT:
            self._views.popitem(last=False)

    def log_as_of(self, revision: str, date: str) -> list[Revision]:
        """Return what had been committed of a revision's history by a date: ``YYYY``, with month, day or time, in UTC and inclusive.

        Raises:
            UnknownRevision: the revision is not here, nothing of it was by then, or it is no date.
        """
        if not _DATE.fullmatch(date):
            raise UnknownRevision(f"{date!r} is no date: write 2026, 2026-03, 2026-03-31 or 2026-03-31T18:00")
        by = date.replace(" ", "T")
        then = [one for one in self.log(revision) if one.at[: len(by)] <= by]
        if not then:
            raise UnknownRevision(f"nothing of {revision} had been committed by {date}")
        return then

    def view_as_of(self, revision: str, date: str) -> View:
        """Fold what had been committed of a revision's history by a date; see `log_as_of`.

        Raises:
            UnknownRevision: the revision is not here, nothing of it was by then, or it is no date.
        """
        then = {one.id: one for one in self.log_as_of(revision, date)}
        ends = sorted(set(then) - {parent for one in then.values() for parent in one.parents})
        if len(ends) == 1:
            return self.view(ends[0])
        return View.of(self._history(tuple(ends)), revision=f"{revision} as of {date}")

    def _history(self, revisions: tuple[str, ...]) -> Iterator[Record]:
        """Yield every record of the revisions and their ancestors."""
        ancestors = self._ancestors(revisions)
        statement = select(tables.additions.c.record).where(tables.additions.c.revision.in_(ancestors)).distinct()
        with self._reading() as connection:
            ids = list(connection.scalars(statement))
        self._load(record_id for record_id in ids if record_id not in self._records)
        return (self._records[record_id] for record_id in ids)

    @staticmethod
    def _ancestors(revisions: tuple[str, ...]) -> Any:
        """Build the recursive query of the ids of the revisions and all their ancestors."""
        lineage = select(tables.revisions.c.id).where(tables.revisions.c.id.in_(revisions)).cte("lineage", recursive=True)
        lineage = lineage.union(select(tables.parents.c.parent).join(lineage, tables.parents.c.revision == lineage.c.id))
        return select(lineage.c.id)

    def _load(self, ids: Iterable[str]) -> None:
        wanted = list(ids)
        with self._reading() as connection:
            for start in range(0, len(wanted), ROWS_AT_ONCE):
                some = wanted[start : start + ROWS_AT_ONCE]
                for row in connection.execute(select(tables.records).where(tables.records.c.id.in_(some))):
                    self._records[row.id] = _parsed(row.id, row.kind, row.body)

    def log(self, revision: str) -> tuple[Revision, ...]:
        """Return a revision and its ancestors, children before parents.

        Raises:
            UnknownRevision: it is not here.
        """
        self._require(revision)
        ancestors = self._ancestors((revision,))
        counted = (
            select(tables.additions.c.revision, func.count().label("added"))
            .where(tables.additions.c.revision.in_(ancestors))
            .group_by(tables.additions.c.revision)
            .subquery()
        )
        with self._reading() as connection:
            joined = tables.revisions.outerjoin(counted, tables.revisions.c.id == counted.c.revision)
            rows = {
                row.id: row
                for row in connection.execute(
                    select(tables.revisions, counted.c.added).select_from(joined).where(tables.revisions.c.id.in_(ancestors))
                )
            }
            edges = connection.execute(
                select(tables.parents).where(tables.parents.c.revision.in_(ancestors)).order_by(tables.parents.c.position)
            ).all()
        parents: dict[str, list[str]] = {key: [] for key in rows}
        for edge in edges:
            parents[edge.revision].append(edge.parent)
        return tuple(
            Revision(
                key,
                tuple(parents[key]),
                rows[key].author,
                rows[key].run,
                rows[key].reason,
                rows[key].at,
                rows[key].added or 0,
            )
            for key in _children_first(revision, parents)
        )

    def committed(self, revision: str) -> tuple[Committed, ...]:
        """Return a revision and its ancestors with the ids of what each added.

        Raises:
            UnknownRevision: it is not here.
        """
        added: dict[str, list[str]] = {}
        with self._reading() as connection:
            ancestors = self._ancestors((revision,))
            for row in connection.execute(select(tables.additions).where(tables.additions.c.revision.in_(ancestors))):
                added.setdefault(row.revision, []).append(row.record)
        return tuple(
            Committed(
                id=one.id,
                parents=tuple(sorted(one.parents)),
                author=Author(one.author),
                run=one.run,
                reason=one.reason,
                at=one.at,
                records=tuple(sorted(added.get(one.id, ()))),
            )
            for one in self.log(revision)
        )

    def history(self, revision: str) -> dict[str, Record]:
        """Return every record of a revision and its ancestors by id, live or not.

        Raises:
            UnknownRevision: it is not here.
        """
        self._require(revision)
        return {record.id: record for record in self._history((revision,))}

    def said_by_people(self, revisions: tuple[str, ...]) -> frozenset[str]:
        """Return the ids of the records that people added, up to these revisions."""
        people = select(tables.revisions.c.id).where(
            tables.revisions.c.author == Author.PERSON.value, tables.revisions.c.id.in_(self._ancestors(revisions))
        )
        with self._reading() as connection:
            return frozenset(connection.scalars(select(tables.additions.c.record).where(tables.additions.c.revision.in_(people))))

    def diff(self, before: str, after: str) -> Diff:
        """Return what is live in ``after`` only, and what was live in ``before`` only.

        Raises:
            UnknownRevision: one of them is not here.
        """
        old, new = self.view(before), self.view(after)
        reasons: dict[str, list[str]] = {}
        for retraction in new.all(Retraction):
            reasons.setdefault(retraction.record, []).append(retraction.reason)
        return Diff(
            added=tuple(record for key, record in new.records.items() if key not in old.records),
            lost=tuple(Loss(record, tuple(reasons.get(key, ()))) for key, record in old.records.items() if key not in new.records),
        )


def _children_first(start: str, parents: dict[str, list[str]]) -> list[str]:
    """Order a revision and its ancestors so that each stands before its parents (reversed depth-first finish)."""
    finished: dict[str, None] = {}
    stack = [(start, False)]
    while stack:
        revision, expanded = stack.pop()
        if expanded:
            finished.setdefault(revision)
        elif revision not in finished:
            stack.append((revision, True))
            stack += [(parent, False) for parent in reversed(parents[revision])]
    return list(reversed(finished))


def _parsed(record_id: str, kind: str, body: str) -> Record:
    """Read a row back, and hold it to its id."""
    try:
        record = parse_record(kind, body)
    except (KeyError, ValidationError) as problem:
        raise KnowledgeError(f"{record_id} in the store is damaged: {problem}") from problem
    if record.id != record_id:
        raise KnowledgeError(f"{record_id} in the store is damaged: its fields give {record.id}")
    return record
