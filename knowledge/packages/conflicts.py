"""Conflicts: where lines of work that are joined say different things. Both sides stay; nothing is decided here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from knowledge.changesets import Author
from knowledge.packages.contents import ancestors
from knowledge.packages.unions import Union
from knowledge.records import Alias, Answer, Claim, Equivalence, Finding, Judgment, Link, Question, Record, Retraction, Source, Variant
from knowledge.views import View

R = TypeVar("R", bound=Record)


class ConflictKind(StrEnum):
    """What lines of work can disagree in."""

    RETRACTION = "retraction"
    JUDGMENT = "judgment"
    WORDING = "wording"
    SAMENESS = "sameness"


@dataclass(frozen=True, order=True)
class Side:
    """What one or more lines hold. ``lines`` are heads, sorted."""

    lines: tuple[str, ...]
    holds: str


@dataclass(frozen=True, order=True)
class Conflict:
    """A disagreement about one record, with what each side holds; ``outcome`` says what counts in the union as it stands."""

    kind: ConflictKind
    about: str
    sides: tuple[Side, ...]
    outcome: str


def conflicts(union: Union) -> tuple[Conflict, ...]:
    """List the disagreements between the lines of a union, in a stable order."""
    if len(union.heads) < 2:
        return ()
    return tuple(sorted((*_retractions(union), *_judgments(union), *_wordings(union), *_rewordings(union), *_samenesses(union))))


def _retractions(union: Union) -> Iterator[Conflict]:
    """Find what one line retracted and another, on its own, added, used or brought back."""
    records = union.package.records
    used: dict[str, set[str]] = {head: _touched(union, head) for head in union.heads}
    reasons: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for head, view in union.views.items():
        for retraction in view.all(Retraction):
            reasons[retraction.record][head].add(retraction.reason)
    for target, by_head in reasons.items():
        keepers = tuple(
            head for head in union.heads if head not in by_head and target in used[head] and target in union.views[head].records
        )
        if not keepers or target not in records:
            continue
        sides = [Side((head,), "retracted: " + "; ".join(sorted(why))) for head, why in sorted(by_head.items())]
        outcome = "it counts" if target in union.view.records else "it no longer counts"
        yield Conflict(ConflictKind.RETRACTION, target, (*sides, Side(keepers, "kept and relied on")), outcome)


def _touched(union: Union, head: str) -> set[str]:
    """Return what a line's own records are, name or bring back, and what those rest on that count in the line and not in the union."""
    records = union.package.records
    found: set[str] = set(union.own[head])
    fell: list[str] = []
    for key in union.own[head]:
        record = records[key]
        if isinstance(record, Retraction):
            undone = records.get(record.record)
            if isinstance(undone, Retraction):
                found.add(undone.record)
            continue
        found.update(named for _, named, _ in record.named())
        if key in union.views[head].records and key not in union.view.records:
            fell.append(key)
    return found | _rested_on(fell, records)


def _rested_on(waiting: list[str], records: Mapping[str, Record]) -> set[str]:
    """Return all that records name, and what those name in turn: a quotation of a source falls with it though it names a passage."""
    found: set[str] = set()
    while waiting:
        for _, named, _ in records[waiting.pop()].named():
            if named not in found and named in records:
                found.add(named)
                waiting.append(named)
    return found


def _judgments(union: Union) -> Iterator[Conflict]:
    for key, sides in _rivals(
        union,
        Judgment,
        lambda one: (one.record, one.quantity.value, one.given or "", one.perspective),
        lambda _, one: f"{one.value:g} by {one.judge}: {one.reason}",
    ):
        yield Conflict(ConflictKind.JUDGMENT, str(key[0]), sides, f"both count: the {key[1].replace('_', ' ')} is their mean")


def _wordings(union: Union) -> Iterator[Conflict]:
    """Find the same thing worded in two ways: questions, answers, the description of one text, the warrant of one step."""
    kept = "both stand"
    for question, sides in _rivals(union, Question, lambda one: (one.name, one.parent or ""), lambda _, one: one.text):
        yield Conflict(ConflictKind.WORDING, f"the question {question[0]!r}", sides, kept)
    for answer, sides in _rivals(union, Answer, lambda one: (one.question, one.name), lambda _, one: one.text):
        yield Conflict(ConflictKind.WORDING, f"the answer {answer[1]!r} to {answer[0]}", sides, kept)
    for text, sides in _rivals(union, Source, lambda one: (one.text,), lambda _, one: _described(one)):
        yield Conflict(ConflictKind.WORDING, f"the source with the text {text[0][:16]}", sides, kept)
    for step, sides in _rivals(
        union, Link, lambda one: (one.target, one.relation.value, *one.premises), lambda view, one: _text(view.records[one.warrant])
    ):
        yield Conflict(ConflictKind.WORDING, f"why {' and '.join(step[2:])} {step[1]} {step[0]}", sides, kept)


def _rewordings(union: Union) -> Iterator[Conflict]:
    """Find what people of different lines edited in different ways.

    Rival numbers are told by `_judgments`, rival reasons of a step by `_wordings`.
    """
    edits = {head: _edits(union, head) for head in union.heads}
    for old in sorted(set().union(*edits.values())):
        sides: dict[str, list[str]] = defaultdict(list)
        for head, replaced in edits.items():
            if replaced.get(old):
                sides["; ".join(f"“{words}”" for words in sorted(replaced[old]))].append(head)
        if len(sides) > 1:
            both = tuple(sorted(Side(tuple(sorted(lines)), holds) for holds, lines in sides.items()))
            yield Conflict(ConflictKind.WORDING, old, both, "both stand")


def _edits(union: Union, head: str) -> dict[str, set[str]]:
    """Map what people of a line edited to the words of what they put in its place, where that counts."""
    records = union.package.records
    found: dict[str, set[str]] = defaultdict(set)
    for key in ancestors(union.package.changesets, (head,)):
        one = union.package.changesets[key]
        if one.author is not Author.PERSON:
            continue
        added = [records[added] for added in one.records]
        for old in (record.record for record in added if isinstance(record, Retraction)):
            for new in added:
                counts = new.id in union.views[head].records and new.id in union.view.records
                if counts and isinstance(new, Claim | Link | Finding) and isinstance(records.get(old), type(new)):
                    found[old].add(_said(new))
    return found


def _said(record: Claim | Link | Finding) -> str:
    match record:
        case Claim():
            return record.text
        case Finding():
            return f"{record.severity.value} {record.kind.value.replace('_', ' ')}: {record.verdict}"
        case Link():
            return f"{' and '.join(record.premises)} {record.relation.value} {record.target}"


def _described(source: Source) -> str:
    return f"{source.title}, {', '.join(source.authors) or 'unknown'}, {source.published}, {source.kind.value}, {source.url}"


def _text(record: Record) -> str:
    return str(getattr(record, "text", record.id))


def _samenesses(union: Union) -> Iterator[Conflict]:
    """Find claims and upstreams that lines hold to be the same as different others, or claims the same in one and alike in another."""
    smallest = "the representative with the smallest id counts"
    for member, sides in _rivals(
        union,
        Equivalence,
        lambda one: (one.member,),
        lambda view, one: (
            f"{'the opposite of' if one.negated else 'the same as'} {one.representative}: {_text(view.records[one.representative])}"
        ),
        but=lambda one: (one.representative, one.negated),
    ):
        yield Conflict(ConflictKind.SAMENESS, member[0], sides, smallest)
    for member, sides in _rivals(
        union,
        Alias,
        lambda one: (one.member,),
        lambda view, one: f"another name of {one.representative}: {view.names(one.representative)[0].name}",
        but=lambda one: one.representative,
    ):
        yield Conflict(ConflictKind.SAMENESS, member[0], sides, smallest)
    alike: dict[tuple[str, str], set[str]] = defaultdict(set)
    for head, view in union.views.items():
        for variant in view.all(Variant):
            alike[variant.claims].add(head)
    for head, view in union.views.items():
        for one in view.all(Equivalence):
            pair = (min(one.member, one.representative), max(one.member, one.representative))
            others = tuple(sorted(alike.get(pair, set()) - {head}))
            if others:
                sides = (Side((head,), f"the same as {one.representative}"), Side(others, f"alike, not the same as {one.representative}"))
                yield Conflict(ConflictKind.SAMENESS, one.member, tuple(sorted(sides)), "they count as the same")


def _rivals(
    union: Union,
    kind: type[R],
    key: Callable[[R], tuple[str, ...]],
    words: Callable[[View, R], str],
    *,
    but: Callable[[R], Hashable] = lambda one: one.id,
) -> Iterator[tuple[tuple[str, ...], tuple[Side, ...]]]:
    """Yield the keys under which lines hold different records of a kind, with what each side holds.

    A line that merely hasn't what another added is no rival, nor is one that holds what the other has since retracted.
    """
    found: dict[tuple[str, ...], dict[str, dict[Hashable, str]]] = defaultdict(lambda: defaultdict(dict))
    for head, view in union.views.items():
        for record in view.all(kind):
            if record.id in union.view.records:
                found[key(record)][head][but(record)] = words(view, record)
    for name, by_head in found.items():
        differing = {frozenset(held) for held in by_head.values()}
        if not any(_contradict(one, other) for one in differing for other in differing):
            continue
        sides: dict[str, list[str]] = defaultdict(list)
        for head, held in by_head.items():
            sides["; ".join(sorted(set(held.values())))].append(head)
        if len(sides) > 1:
            yield name, tuple(sorted(Side(tuple(sorted(lines)), holds) for holds, lines in sides.items()))


def _contradict(one: frozenset[Hashable], other: frozenset[Hashable]) -> bool:
    """Say whether each holds something that the other doesn't."""
    return bool(one - other) and bool(other - one)
