"""What changed between two states of a knowledge base, in words: records, credences, and the order of the cruxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from credence.engine import assess
from credence.results import Assessment
from credence.wording import answers_of
from credence.words import percent
from knowledge.formats.bundles import label, shortened
from knowledge.losses import why_lost
from knowledge.records import Assertion, Claim, Link, Question, Record, Retraction, Source
from knowledge.views import View

WIDTH: Final = 150
MOVED: Final = 0.01
"""The least change of a credence that is told."""
TOP: Final = 5
"""Cruxes whose order is compared."""
COUNTED: Final = frozenset({"passage", "tag", "reliance", "argument", "warrant", "equivalence", "alias", "variant", "judgment", "lead"})
"""Kinds of which a diff tells the number only."""
PLURALS: Final = {"hypothesis": "hypotheses", "search": "searches"}


def diff_lines(old: View, new: View) -> Iterator[str]:
    """Tell what counts now and didn't, what no longer counts and why, and how credences and cruxes moved."""
    added = [record for key, record in new.records.items() if key not in old.records]
    lost = [record for key, record in old.records.items() if key not in new.records]
    reasons = why_lost(new, old)
    yield from _told("New", [record for record in added if not isinstance(record, Retraction)], new, {})
    yield from _told("No longer counting", lost, old, reasons)
    yield f"{len(added)} added, {len(lost)} no longer counting"
    yield from credence_lines(old, new)


def _told(title: str, records: Sequence[Record], view: View, reasons: dict[str, str]) -> Iterator[str]:
    """Tell records by kind, those that a person reads in full and the others by their number."""
    by_kind: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_kind[record.kind_name].append(record)
    if by_kind:
        yield f"{title}:"
    for kind, some in sorted(by_kind.items()):
        yield f"  {plural(len(some), kind)}"
        if kind in COUNTED:
            continue
        for record in some:
            why = f"  ({reasons[record.id]})" if record.id in reasons else ""
            yield f"    {'+' if not reasons and title == 'New' else '-'} {shortened(label(record, view), WIDTH)}{why}  [{record.id}]"


def plural(count: int, kind: str) -> str:
    """Count things of a kind: "1 claim", "2 claims"."""
    return f"{count} {kind}" if count == 1 else f"{count} {PLURALS.get(kind, kind + 's')}"


def credence_lines(old: View, new: View) -> Iterator[str]:
    """Tell how the answers to every question moved, which claims did, and how the first cruxes changed places."""
    if not new.all(Question):
        return
    was = assess(old) if old.all(Question) else Assessment("", (), 0)
    now = assess(new)
    before = {one.answer: one.probability for question in was.questions for one in question.answers}
    for question in now.questions:
        name = new.get(question.question, Question).name
        moved = []
        for answer, one in zip(answers_of(new, question.question), question.answers, strict=True):
            then = percent(before[answer.id]) if answer.id in before else "not asked"
            moved.append((answer.name, then, percent(one.probability)))
        if all(then == after for _, then, after in moved):
            yield f"{name}: no answer moved"
        else:
            yield f"{name}: {', '.join(f'{answer} {then} -> {after}' for answer, then, after in moved)}"
    yield from _claims_moved(was, now, new)
    if was.questions:
        yield from _ranks(was, now, old, new)


def _claims_moved(was: Assessment, now: Assessment, new: View) -> Iterator[str]:
    """Tell the claims and steps whose credence moved most."""
    before, after = was.credences, now.credences
    moved = [(after[key] - before[key], key) for key in after.keys() & before.keys() if abs(after[key] - before[key]) >= MOVED]
    for change, key in sorted(moved, key=lambda one: (-abs(one[0]), one[1]))[:TOP]:
        words = shortened(label(new.records[key], new), WIDTH)
        yield f"  {percent(after[key] - change)} -> {percent(after[key])}: {words}  [{key}]"


def _ranks(was: Assessment, now: Assessment, old: View, new: View) -> Iterator[str]:
    before = [crux.subject for crux in was.questions[0].cruxes]
    after = [crux.subject for crux in now.questions[0].cruxes]
    for rank, key in enumerate(after[:TOP], 1):
        then = before.index(key) + 1 if key in before else 0
        if then != rank:
            yield f"crux {rank} {f'(was {then})' if then else '(new)'}: {shortened(label(new.records[key], new), WIDTH)}"
    for rank, key in enumerate(before[:TOP], 1):
        if key not in after:
            yield f"no longer a crux (was {rank}): {shortened(label(old.records[key], old), WIDTH)}"


def effects_lines(view: View, retracted: Iterable[Record]) -> Iterator[str]:
    """Tell what retracting records would take with it, before it is done."""
    after = View.of([*view.records.values(), *(Retraction(record=record.id, reason="asked") for record in retracted)])
    lost = [record for key, record in view.records.items() if key not in after.records]
    yield f"Retracting this takes {plural(len(lost), 'record')} out of what counts:"
    counts: dict[str, int] = defaultdict(int)
    for record in lost:
        counts[record.kind_name] += 1
    yield f"  {', '.join(plural(count, kind) for kind, count in sorted(counts.items()))}"
    for record in lost:
        if isinstance(record, Source | Assertion | Link):
            yield f"  - {shortened(label(record, view), WIDTH)}  [{record.id}]"
    # A claim stays when its last witness goes, but nobody says it any more.
    for claim in after.all(Claim):
        if any(view.assertions_of(claim.id)) and not any(after.assertions_of(claim.id)):
            yield f"  - nobody says any more: {shortened(label(claim, view), WIDTH)}  [{claim.id}]"
    yield from credence_lines(view, after)
