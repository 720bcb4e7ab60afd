"""The history of a knowledge base: log, diff, blame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer

from credence.engine import assess
from credence.wording import answers_of
from credence.words import percent
from cruxmap.bases import committed_revision
from cruxmap.changes import diff_lines
from cruxmap.opening import open_registry, opened_run
from cruxmap.printing import print_lines
from cruxmap.registry import Registry
from knowledge.changesets import Author, Committed
from knowledge.errors import UnknownRecord
from knowledge.formats.bundles import label
from knowledge.records import Alias, Argument, Assertion, Claim, Equivalence, Link, Question, Record, Retraction, Tag
from knowledge.store import KnowledgeStore
from knowledge.views import View

commands = typer.Typer()
DISPUTED = "disputed"
"""The name of the tag by which a person disputes a record, most often a finding; its value is the reason."""


def log_lines(store: KnowledgeStore, revision: str, *, credences: bool = False, as_of: str = "") -> Iterator[str]:
    """Tell a revision's history, children first; with the answers' credences at every revision that moved them."""
    log = store.log_as_of(revision, as_of) if as_of else store.log(revision)
    moved = _moves(store, [one.id for one in reversed(log)]) if credences else {}
    for one in log:
        merge = f" (joins {len(one.parents)})" if len(one.parents) > 1 else ""
        yield f"{one.id}  {one.at}  {one.author:<12}{one.added:>6} records  {one.reason}{merge}"
        if one.id in moved:
            yield f"    {moved[one.id]}"


def _moves(store: KnowledgeStore, oldest_first: list[str]) -> dict[str, str]:
    """Map each revision at which the answers to the inquiry changed to what they became."""
    found: dict[str, str] = {}
    before = ""
    for revision in oldest_first:
        now = _answers(store.view(revision))
        if now and now != before:
            found[revision] = before = now
    return found


def _answers(view: View) -> str:
    if not view.all(Question):
        return ""
    main = assess(view).questions[0]
    named = zip(answers_of(view, main.question), main.answers, strict=True)
    return ", ".join(f"{answer.name} {percent(one.probability)}" for answer, one in named)


def blame_lines(store: KnowledgeStore, revision: str, beginning: str) -> Iterator[str]:
    """Tell who or what added a record and everything that bears on it, when, in which run and why, and who retracted it.

    Raises:
        UnknownRecord: no record of this revision's history, or several, have an id that begins so.
    """
    record = store.find_starting(beginning)
    history = store.history(revision)
    if record.id not in history:
        raise UnknownRecord(record.id, f"not in the history of {revision}")
    view = store.view(revision)
    # Not folded: what no longer counts is worded too.
    whole = View.unfolded(history)
    added_by: dict[str, list[Committed]] = {}
    for one in reversed(store.committed(revision)):
        for key in one.records:
            added_by.setdefault(key, []).append(one)
    yield f"{label(record, whole)}  [{record.id}]"
    yield from _added(added_by[record.id], "  added")
    for other in history.values():
        role = _role(other, record)
        if role:
            counts = "" if other.id in view.records else " (no longer counts)"
            yield f"  {role}{counts}: {_named(other, whole)}  [{other.id}]"
            yield from _added(added_by[other.id], "    added")
    if record.id not in view.records:
        yield "  It no longer counts."


def _named(record: Record, whole: View) -> str:
    """Word a record; of a retraction and a dispute the reason, since what they are about is what is asked for."""
    match record:
        case Retraction():
            return record.reason
        case Tag() if record.name == DISPUTED:
            return record.value
    return label(record, whole)


def _added(changesets: list[Committed], verb: str) -> Iterator[str]:
    for one in changesets:
        who = "a person" if one.author is Author.PERSON else f"the {one.author.value} step"
        yield f"{verb} by {who} of the run {one.run}, {one.at}: {one.reason}  [{one.id}]"


def _role(other: Record, record: Record) -> str:
    """Say what a record has to do with the one that is asked for; nothing if it only names it in passing."""
    match other:
        case Retraction() if other.record == record.id:
            return "retracted"
        case Assertion() if other.claim == record.id:
            return "said"
        case Equivalence() | Alias() if record.id in {other.member, other.representative}:
            return "taken for the same"
        case Link() if record.id in {*other.premises, other.target}:
            return "linked"
        case Argument() if other.link == record.id:
            return "offered"
        case Tag() if other.record == record.id and other.name == DISPUTED:
            return "disputed"
        case Claim():
            return ""
        case _:
            return "named" if record.id in {named for _, named, _ in other.named()} and not isinstance(other, Tag) else ""


def revision_named(store: KnowledgeStore, home_registry: Registry, name: str) -> str:
    """Return the revision that a run's id or a revision's id names.

    Raises:
        UsageError: it is no run.
    """
    if name.startswith("revision-") and store.has(name):
        return name
    return name if name.startswith("revision-") else committed_revision(home_registry.load(name))


@commands.command("log")
def log_command(
    run: Annotated[str | None, typer.Argument(help="The run's id; the latest run if left out.")] = None,
    credences: Annotated[bool, typer.Option("--credences", help="Show where the answers' credences changed.")] = False,
    as_of: Annotated[str, typer.Option(help="Only what was committed by this date, in UTC.")] = "",
) -> None:
    """Show a run's revisions, the latest first."""
    with opened_run(run) as opened:
        store, record = opened.store, opened.record
        print_lines(log_lines(store, committed_revision(record), credences=credences, as_of=as_of))


@commands.command("diff")
def diff_command(
    before: Annotated[str, typer.Argument(metavar="REV", help="A revision, or a run's id for its last one.")],
    after: Annotated[str, typer.Argument(metavar="REV")],
) -> None:
    """Show what one revision has that another hasn't, and how credences and cruxes moved."""
    registry = open_registry()
    with closing(registry.open_store()) as store:
        print_lines(diff_lines(*(store.view(revision_named(store, registry, name)) for name in (before, after))))


@commands.command("blame")
def blame_command(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="A record's id, or its beginning.")],
    run: Annotated[str | None, typer.Option(help="In this run; if left out, the latest that is done.")] = None,
) -> None:
    """Show who or what added a record and all that bears on it, when and why."""
    with opened_run(run) as opened:
        store, record = opened.store, opened.record
        print_lines(blame_lines(store, committed_revision(record), record_id))
