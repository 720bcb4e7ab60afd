"""The rules that a package from outside meets. They are the store's rules, but for two.

What depends on the order of commits (support by one passage alone, chains of sameness) can come about rightly when histories join, so
it is held at commit only; views read both safely.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.changesets import Author, Committed
from knowledge.errors import BrokenFile
from knowledge.packages.contents import Package, parents_first
from knowledge.records import Passage, Record, Retraction, Source
from knowledge.rules import CRITIC_MAY_ADD


def check_history(package: Package, *, first_line: int) -> None:
    """Hold changesets to their order, their parents and their records.

    Raises:
        BrokenFile: with the line of the changeset.
    """
    order = [one.id for one in parents_first(package.changesets)]
    listed: set[str] = set()
    for at, one in enumerate(package.changesets.values()):
        for reason in _broken(package, one, expected=order[at] if at < len(order) else ""):
            raise BrokenFile(first_line + at, f"{one.id} {reason}")
        listed.update(one.records)
    for line, key in enumerate(package.records, 2):
        if key not in listed:
            raise BrokenFile(line, f"{key} belongs to no changeset")


def _broken(package: Package, one: Committed, *, expected: str) -> Iterator[str]:
    """Yield what is wrong with a changeset where ``expected`` should stand."""
    for parent in one.parents:
        if parent not in package.changesets:
            yield f"rests on {parent}, which is not in the package"
    if one.id != expected:
        yield "is out of order, or twice, or rests on itself"
    if any(tuple(sorted(set(ids))) != ids for ids in (one.parents, one.records)):
        yield "lists parents or records out of order or twice"
    for record in one.records:
        if record not in package.records:
            yield f"adds {record}, which is not in the package"
        elif one.author is Author.CRITIC and not _critic_may(package, package.records[record]):
            yield f"adds {record}; the critic adds findings and gaps only"


def _critic_may(package: Package, record: Record) -> bool:
    touched = package.records.get(record.record) if isinstance(record, Retraction) else record
    return isinstance(touched, CRITIC_MAY_ADD)


def check_records(package: Package, *, first_line: int) -> None:
    """Hold records to the records that they name and the texts that they quote, and texts to their sources.

    Raises:
        BrokenFile: with the line of the record, or 0 for a text that no source has.
    """
    quoted = set()
    for line, record in enumerate(package.records.values(), first_line):
        if isinstance(record, Source):
            quoted.add(record.text)
        for reason in _reasons(package, record):
            raise BrokenFile(line, f"{record.id}: {reason}")
    stray = set(package.texts) - quoted
    if stray:
        raise BrokenFile(0, f"the text {min(stray)[:20]} belongs to no source")


def _reasons(package: Package, record: Record) -> Iterator[str]:
    for field, named, kinds in record.named():
        if named not in package.records:
            yield f"its {field} names {named}, which is not in the package"
        elif kinds and named.split("-", 1)[0] not in kinds:
            yield f"its {field} names {named}, where a {' or '.join(kinds)} belongs"
    if isinstance(record, Source) and record.text not in package.texts:
        yield "its text is not in the package"
    if isinstance(record, Passage):
        source = package.records.get(record.source)
        text = package.texts.get(source.text, "") if isinstance(source, Source) else ""
        words = text[record.start : record.end]
        if words != record.text:
            yield f"the source reads {words[:80]!r} at {record.start}, not {record.text[:80]!r}"
