"""People edit too: reword, retract, dispute, judge. Each edit is a changeset of that person's with a reason; nothing is overwritten."""

from __future__ import annotations

import getpass
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import yaml
from pydantic import ValidationError

from credence.materials import ANY_SUFFICES, QUALIFIES
from cruxmap.bases import committed_revision
from cruxmap.changes import diff_lines, effects_lines
from cruxmap.edits import OwnPerspective, carried_over, counting, number_of, perspective_records
from cruxmap.errors import UsageError
from cruxmap.history import DISPUTED
from cruxmap.opening import opened_run
from cruxmap.printing import print_lines
from cruxmap.registry import Registry, RunRecord
from cruxmap.reporting import report
from cruxmap.settings import editor
from knowledge.changesets import Author, Changeset
from knowledge.errors import UnknownRecord
from knowledge.formats.bundles import label
from knowledge.formats.imports import complaint
from knowledge.records import (
    KINDS,
    Claim,
    Equivalence,
    Finding,
    Judgment,
    Link,
    Record,
    Retraction,
    Tag,
    Variant,
)
from knowledge.store import KnowledgeStore
from knowledge.views import View
from knowledge.vocabulary import Difference
from reasoners.leases import lease

commands = typer.Typer()
EDITABLE: Final = (Claim, Link, Judgment, Finding)

# YAML for a person


def as_yaml(record: Record, view: View) -> str:
    """Word a record for an editor: its fields, and in comments what the ids in them mean."""
    lines = [f"# {record.id}", f"# {label(record, view)}", "# Save to commit; leave as it is, or empty it, to change nothing."]
    lines += [f"#   {named}: {label(view.records[named], view)}" for _, named, _ in record.named() if named in view.records]
    return "\n".join(lines) + "\n" + yaml.safe_dump(record.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=120)


def from_yaml(text: str, kind: type[Record]) -> Record | None:
    """Read a record back; None if nothing is left of it.

    Raises:
        BrokenFile: it isn't such a record; the line or the field is named.
    """
    fields = _mapping(text)
    if not fields:
        return None
    try:
        return kind.model_validate(fields)
    except ValidationError as problem:
        raise complaint(problem, what=kind.kind_name) from problem


def in_editor(text: str) -> str:
    """Let a person change a text in their editor, and return what they saved.

    Raises:
        UsageError: the editor isn't there, or failed; nothing is changed then.
    """
    command = editor()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*command, str(path)], check=True)  # noqa: S603  # the user's own editor
        except (OSError, subprocess.CalledProcessError) as problem:
            raise UsageError(f"the editor {command[0]} failed ({problem}): set EDITOR, or give --file") from problem
        return path.read_text(encoding="utf-8")


def _mapping(text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as problem:
        raise UsageError(f"this is no YAML: {problem}") from problem
    if found is not None and not isinstance(found, dict):
        raise UsageError("the YAML must be `key: value` lines")
    return found or {}


# Committing


@contextmanager
def _opened(run: str | None) -> Iterator[tuple[Registry, RunRecord, KnowledgeStore]]:
    """Hold a run, so that it doesn't go on under the edit."""
    with opened_run(run) as opened, lease(opened.journal, expiry=opened.record.lease_seconds):
        committed_revision(opened.record)
        yield opened.registry, opened.record, opened.store


def _commit(
    registry: Registry,
    record: RunRecord,
    store: KnowledgeStore,
    records: Iterable[Record],
    *,
    by: str,
    reason: str,
    carried: Iterable[Record] = (),
) -> None:
    """Commit a person's changeset on top of a run, and what is carried over to it as the run's own; tell what it did.

    What is carried over is no person's word: agents may judge it again.
    """
    before = store.view(record.revision)
    new = [one for one in records if one.id not in before.records]
    if not new:
        print_lines(["Nothing was changed."])
        return
    why = f"{by}: {reason.strip()}"
    revision = record.revision
    for some, author, said in ((new, Author.PERSON, why), (list(carried), Author.RUN, f"carry over to what was edited by {why}")):
        if some:
            counted = counting(some, store.history(revision), store.view(revision))
            revision = store.commit(Changeset((revision,), tuple(counted), author, record.run, said))
    record = record.model_copy(update={"revision": revision})
    registry.save(record)
    with closing(registry.open_journal(record.run)) as journal:
        report(registry, record, store, journal)
    print_lines([*diff_lines(before, store.view(revision)), f"Committed {revision} by {why}"])


def _live(store: KnowledgeStore, view: View, beginning: str) -> Record:
    record = store.find_starting(beginning)
    if record.id not in view.records:
        raise UnknownRecord(record.id, "it doesn't count in this run")
    return record


Run = Annotated[str | None, typer.Option(help="In this run; if left out, the latest that is done.")]
By = Annotated[str, typer.Option(help="Who edits; your login name if left out.")]
Reason = Annotated[str, typer.Option(help="Why; it goes into the history.")]


@commands.command("edit")
def edit_command(
    record_id: Annotated[str, typer.Argument(metavar="[ID]", help="A claim's, link's, judgment's or finding's id, or its beginning.")] = "",
    reason: Reason = "",
    by: By = "",
    file: Annotated[Path | None, typer.Option(help="Take the YAML from this file instead of opening an editor.")] = None,
    dispute: Annotated[bool, typer.Option("--dispute", help="Don't change it: record that you dispute it, with the reason.")] = False,
    perspective: Annotated[Path | None, typer.Option(help="Commit a perspective of your own: a YAML file of judgments.")] = None,
    tag: Annotated[
        str, typer.Option(metavar="NAME=VALUE", help="Say how it is to be read: premises=any of a link, qualifies=CLAIM of a claim.")
    ] = "",
    run: Run = None,
) -> None:
    """Edit a claim, link, judgment or finding as YAML, say how it is to be read, dispute a record, or add a perspective of your own."""
    given = [
        option for option, value in (("--file", file), ("--dispute", dispute), ("--perspective", perspective), ("--tag", tag)) if value
    ]
    if len(given) > 1 or (perspective and record_id):
        raise UsageError(f"one edit at a time: {' and '.join(given) if len(given) > 1 else f'{given[0]} and an id'} don't go together")
    by = by or getpass.getuser()
    with _opened(run) as (registry, record, store):
        view = store.view(record.revision)
        if perspective is not None:
            records = perspective_records(_read_perspective(perspective), view, by=by)
            _commit(registry, record, store, records, by=by, reason=reason or f"the perspective in {perspective.name}")
            return
        old = _live(store, view, record_id) if record_id else None
        if old is None or not reason.strip():
            raise UsageError(
                "an edit needs a reason: --reason 'what was wrong'"
                if old
                else "say what to edit: the id of a claim, link, judgment or finding, or --perspective FILE"
            )
        if tag:
            _commit(registry, record, store, [_reading(old, tag, store, view)], by=by, reason=reason)
            return
        disputed: list[Record] = [Tag(record=old.id, name=DISPUTED, value=f"{by}: {reason}")]
        records, carried = (disputed, []) if dispute else _from_person(old, view, file, reason)
        _commit(registry, record, store, records, by=by, reason=reason, carried=carried)


def _reading(old: Record, tag: str, store: KnowledgeStore, view: View) -> Tag:
    """Return the tag by which the engine reads a record otherwise.

    Raises:
        UsageError: it reads no such tag of this kind of record.
        UnknownRecord: the wider claim isn't there.
    """
    name, _, value = tag.partition("=")
    if (name, value) == ANY_SUFFICES and isinstance(old, Link) and len(old.premises) > 1:
        return Tag(record=old.id, name=name, value=value)
    if name == QUALIFIES and value and isinstance(old, Claim):
        wider = _live(store, view, value)
        if isinstance(wider, Claim) and wider.id != old.id:
            return Tag(record=old.id, name=name, value=wider.id)
    raise UsageError(
        f"--tag {tag}: it can be premises=any, of a link with several premises of which any one is enough, or qualifies=CLAIM, of a claim "
        "that says the same as another, wider claim with a narrower scope"
    )


def _from_person(old: Record, view: View, file: Path | None, reason: str) -> tuple[list[Record], list[Record]]:
    """Return what the person says, and what is carried over to it."""
    if not isinstance(old, EDITABLE):
        kinds = ", ".join(kind.kind_name for kind in EDITABLE)
        raise UsageError(f"{old.id} can't be edited; {kinds} can. Any record can be retracted: cruxmap retract {old.id}")
    text = file.read_text(encoding="utf-8") if file else in_editor(as_yaml(old, view))
    new = from_yaml(text, KINDS[old.kind_name])
    if new is None or new.id == old.id:
        return [], []
    gone = [old, *(_pooled_with(old, view) if isinstance(old, Judgment) else ())]
    return [new, *(Retraction(record=one.id, reason=reason) for one in gone)], carried_over(view, old, new)


def _pooled_with(old: Judgment, view: View) -> list[Judgment]:
    """Return the other answers to what was asked several times: a person's number takes the place of all, and isn't averaged with them."""
    return [one for one in view.all(Judgment) if one.id != old.id and number_of(one) == number_of(old)]


def _read_perspective(path: Path) -> OwnPerspective:
    try:
        return OwnPerspective.model_validate(_mapping(path.read_text(encoding="utf-8")))
    except ValidationError as problem:
        raise complaint(problem, what=str(path)) from problem


def _kept_apart(view: View, target: Record, differs_in: Difference, reason: str) -> Iterator[Variant]:
    """Yield what keeps two claims apart whose equivalence is retracted, unless they are variants already."""
    if isinstance(target, Equivalence):
        first, second = sorted((target.member, target.representative))
        if not any(one.claims == (first, second) for one in view.all(Variant)):
            yield Variant(claims=(first, second), differs_in=differs_in, explanation=reason)


@commands.command("retract")
def retract_command(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Any record's id, or its beginning.")],
    reason: Reason = "",
    by: By = "",
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    differs_in: Annotated[Difference, typer.Option(help="Of two claims wrongly taken for one: in what they differ.")] = Difference.SCOPE,
    run: Run = None,
) -> None:
    """Take a record out of what counts, after showing all that goes with it. It stays in the history, and can be restored.

    Two claims that were taken for one (an equivalence) are variants from then on, so that no agent joins them again.
    """
    with _opened(run) as (registry, record, store):
        view = store.view(record.revision)
        target = _live(store, view, record_id)
        print_lines([f"{label(target, view)}  [{target.id}]", *effects_lines(view, [target])])
        if not reason.strip():
            print_lines(["Nothing was changed; to retract it, give the reason: --reason 'what is wrong with it'"])
            return
        if not yes and not typer.confirm("Retract it?"):
            print_lines(["Nothing was changed."])
            return
        _commit(
            registry,
            record,
            store,
            [Retraction(record=target.id, reason=reason), *_kept_apart(view, target, differs_in, reason)],
            by=by or getpass.getuser(),
            reason=reason,
        )
