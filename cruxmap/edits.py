"""What a person's edit is made of: records in the place of others, and how it outlives what agents do later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from knowledge.changesets import Author, Changeset
from knowledge.records import Judgment, Perspective, Record, Retraction, Text
from knowledge.store import KnowledgeStore
from knowledge.views import View
from knowledge.vocabulary import Quantity


class OwnJudgment(BaseModel):
    """One number of a perspective's file; see `knowledge.records.Judgment`."""

    model_config = ConfigDict(extra="forbid")
    record: str
    quantity: Quantity
    value: float
    reason: Text
    given: str | None = None
    noise: float = 0.5


class OwnPerspective(BaseModel):
    """A perspective's file."""

    model_config = ConfigDict(extra="forbid")
    name: Text
    description: Text
    judgments: tuple[OwnJudgment, ...]


def carried_over(view: View, old: Record, new: Record) -> list[Record]:
    """Say again of a new record what named the old one, links and judgments of links included: it would fall with it otherwise."""
    renamed = {old.id: new.id}
    records: list[Record] = []
    waiting = [old.id]
    naming: dict[str, list[Record]] = {}
    for record in view.records.values():
        for _, named, _ in record.named():
            naming.setdefault(named, []).append(record)
    while waiting:
        for record in naming.get(waiting.pop(), ()):
            # A record that names several renamed ones is carried over once, when the last of them has its new name.
            if record.id in renamed or isinstance(record, Retraction):
                continue
            renamed[record.id] = ""
            waiting.append(record.id)
    del renamed[old.id]
    names = {old.id: new.id}
    pending = [view.records[key] for key in renamed]
    while pending:
        ready = [record for record in pending if not any(named in renamed and named not in names for _, named, _ in record.named())]
        for record in ready:
            again = _renamed(record, names)
            names[record.id] = again.id
            records.append(again)
        pending = [record for record in pending if record.id not in names]
    return records


def _renamed(record: Record, names: Mapping[str, str]) -> Record:
    """Say a record again with other records' new names; lists of names that are kept sorted are sorted again."""

    def anew(value: Any) -> Any:
        if isinstance(value, list):
            changed = [anew(one) for one in value]
            return sorted(changed) if changed != value and all(isinstance(one, str) for one in changed) else changed
        return names.get(value, value) if isinstance(value, str) else value

    fields = {field for field, _, _ in record.named()}
    return type(record).model_validate(
        {name: anew(value) if name in fields else value for name, value in record.model_dump(mode="json").items()}
    )


def perspective_records(file: OwnPerspective, view: View, *, by: str) -> list[Record]:
    """Turn a perspective's file into records; judgments that this person's earlier file held and this one doesn't are retracted."""
    perspective = Perspective(name=file.name, description=file.description)
    judged: list[Record] = [Judgment(**one.model_dump(), perspective=perspective.id, judge=by) for one in file.judgments]
    kept = {record.id for record in judged}
    gone = [
        Retraction(record=one.id, reason="no longer in the perspective's file")
        for one in view.all(Judgment)
        if one.perspective == perspective.id and one.judge == by and one.id not in kept
    ]
    return [perspective, *judged, *gone]


def keep_edits(store: KnowledgeStore, edited_at: str, revision: str, run: str) -> str:
    """Join what people edited while a run was stopped with what the run went on to make, and return the revision that holds both.

    Where an agent that didn't know of it judged a number that a person has judged, the person's stands.
    """
    if not edited_at or edited_at == revision or edited_at in {one.id for one in store.log(revision)}:
        return revision
    people = store.said_by_people((edited_at,))
    judged = {number_of(one) for one in store.view(edited_at).all(Judgment) if one.id in people}
    rivals = [one for one in store.view(revision).all(Judgment) if number_of(one) in judged and one.id not in people]
    retracted = tuple(Retraction(record=one.id, reason="a person has judged this") for one in rivals)
    joined = store.commit(Changeset((edited_at, revision), retracted, Author.RUN, run, "join with what people edited"))
    carried = [
        one
        for one in _said_of_old_words(store, edited_at, revision, joined)
        if not (isinstance(one, Judgment) and number_of(one) in judged)
    ]
    if not carried:
        return joined
    return store.commit(Changeset((joined,), tuple(carried), Author.RUN, run, "carry over to what people edited"))


def _said_of_old_words(store: KnowledgeStore, edited_at: str, revision: str, joined: str) -> Iterator[Record]:
    """Say of people's new words what agents said of the old ones, not knowing the new: links, judgments and findings would fall."""
    known, view = store.history(joined), store.view(revision)
    before = {one.id for one in store.committed(revision)}
    edits = [one for one in reversed(store.committed(edited_at)) if one.author is Author.PERSON and one.id not in before]
    said: dict[str, Record] = {}
    words: list[Record] = []
    for edit in edits:
        added = [known[key] for key in edit.records]
        olds = [known[one.record] for one in added if isinstance(one, Retraction)]
        for old, new in [(old, new) for new in added for old in olds if type(old) is type(new) and not isinstance(new, Retraction)]:
            words += [old, new]
            again = carried_over(View.of([*view.records.values(), *words, *said.values()]), old, new)
            said.update((one.id, one) for one in again if one.id not in known)
    # What names words that were edited once more is left out: it is said of the last ones too.
    counting = {*store.view(joined).records}
    for one in said.values():
        if all(named in counting for _, named, _ in one.named()):
            counting.add(one.id)
            yield one


def number_of(one: Judgment) -> tuple[str, str, str | None, str]:
    """Return what a judgment is about and under whose perspective: the same for all judgments that are pooled."""
    return one.record, one.quantity, one.given, one.perspective


def counting(records: Iterable[Record], history: Mapping[str, Record], view: View) -> Iterator[Record]:
    """Yield records so that they count although the history has retracted them before.

    What was retracted is restored by retracting its retraction; a retraction that was itself retracted is worded anew.
    """
    retractions: dict[str, list[Retraction]] = {}
    for one in view.all(Retraction):
        retractions.setdefault(one.record, []).append(one)
    for record in records:
        again = record
        while isinstance(again, Retraction) and again.id in history:
            again = Retraction(record=again.record, reason=f"{again.reason} (again)")
        yield again
        for undone in retractions.get(again.id, ()):
            restored = Retraction(record=undone.id, reason=f"restored: {undone.reason}")
            yield from counting([restored], history, view)
