"""Merging knowledge bases: union, a look across it, what now conflicts, and the answers before and after."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer

from credence.engine import assess, main_question
from credence.results import QuestionAssessment
from credence.wording import answers_of
from credence.words import percent, told_apart
from cruxmap.across import Found, look_across
from cruxmap.bases import KB, load_base, save_base
from cruxmap.double_counting import double_counting
from cruxmap.printing import print_lines
from cruxmap.settings import load_settings
from knowledge.errors import UnknownRecord
from knowledge.formats.bundles import label, shortened
from knowledge.packages.conflicts import Conflict, conflicts
from knowledge.packages.contents import Package
from knowledge.packages.unions import Union, joined, unite
from knowledge.records import Claim, Record, Source
from knowledge.views import View
from sources.embedding import Embedder

WIDTH = 110
commands = typer.Typer()
SHOWN = 8
"""Lines a section of the report on a terminal; ``--json`` has all."""


@dataclass(frozen=True)
class Merged:
    """A merge: the package, what lay side by side, what was found across, and what conflicts."""

    package: Package
    union: Union
    found: Found
    conflicts: tuple[Conflict, ...]


def merge(packages: Sequence[Package], *, embedder: Callable[[], Embedder] = Embedder) -> Merged:
    """Join knowledge bases. Which comes first, in what groups, and whether one comes twice, changes nothing."""
    union = unite(packages)
    found = look_across(union, embedder)
    return Merged(joined(union, found.records), union, found, conflicts(union))


def main_assessment(view: View) -> QuestionAssessment | None:
    """Assess a view's inquiry; None if it has none."""
    try:
        main_question(view)
    except UnknownRecord:
        return None
    return assess(view).questions[0]


def merge_lines(merged: Merged) -> Iterator[str]:
    """Tell a merge to a person: what was joined, what only the union shows, what conflicts, and how the answers moved."""
    union, view = merged.union, merged.package.view
    if len(union.heads) < 2:
        yield "One line of work: one knowledge base holds all of the other, so there is nothing to join."
    for number, head in enumerate(union.heads, 1):
        last = union.package.changesets[head]
        counts = union.views[head].counts()
        yield f"line {number}: {counts.get('source', 0)} sources, {counts.get('claim', 0)} claims, of the run {last.run}  [{head}]"
    lines = {head: f"line {number}" for number, head in enumerate(union.heads, 1)}
    if len(union.heads) > 1:
        yield from _found_lines(merged, view, lines)
    yield from _answer_lines(merged, lines)


def _found_lines(merged: Merged, view: View, lines: Mapping[str, str]) -> Iterator[str]:
    found = merged.found
    same = [f"“{_claim(view, one.member)}” {'denies' if one.negated else '='} “{_claim(view, one.representative)}”" for one in found.same]
    yield from _section("The same claim in other words", same)
    yield from _section(
        "Alike, not the same",
        [f"“{_claim(view, one.claims[0])}” / “{_claim(view, one.claims[1])}”: {one.differs_in.value}" for one in found.alike],
    )
    yield from _section(
        "One document in several guises", [f"{' / '.join(_title(view, key) for key in one.sources)} ({one.sign})" for one in found.editions]
    )
    behind = {one.upstream: one.sources for one in found.shared}
    yield from _section(
        "Double counting: what sources of different lines lean on, newly visible",
        [
            f"{view.called(one.upstream)}, behind {' | '.join(_title(view, key) for key in behind[one.upstream])}: {one.told}"
            for one in double_counting(view, found.shared)
        ],
    )
    yield from _section("In conflict, both sides kept", [_conflict(merged.package.records, one, lines) for one in merged.conflicts])
    if found.unseen:
        yield f"\n{found.unseen} claims share too few rare words with those of another line to be compared by meaning."


def _conflict(records: Mapping[str, Record], conflict: Conflict, lines: Mapping[str, str]) -> str:
    record = records.get(conflict.about)
    about = f"“{shortened(label(record, View.unfolded(records)), WIDTH)}”" if record else conflict.about
    sides = "; ".join(f"{', '.join(lines[head] for head in side.lines)}: {side.holds}" for side in conflict.sides)
    return f"{conflict.kind.value} of {about}: {sides}. {conflict.outcome[0].upper()}{conflict.outcome[1:]}."


def _section(title: str, entries: Sequence[str]) -> Iterator[str]:
    yield f"\n{title}: {len(entries) or 'none'}"
    yield from (f"  - {entry}" for entry in entries[:SHOWN])
    if len(entries) > SHOWN:
        yield f"  ... and {len(entries) - SHOWN} more; all with --json"


def _answer_lines(merged: Merged, lines: Mapping[str, str]) -> Iterator[str]:
    """Tell each answer's credence by line, joined, and joined if all testimony counted apart."""
    now = main_assessment(merged.package.view)
    if now is None:
        return
    before = {head: main_assessment(view) for head, view in merged.union.views.items()}
    yield "\nThe answers, by line and joined"
    for at, answer in enumerate(answers_of(merged.package.view, now.question)):
        moved = []
        for head, was in before.items():
            chances = {one.answer: one.probability for one in was.answers} if was else {}
            moved.append(f"{lines[head]} {percent(chances[answer.id]) if answer.id in chances else 'not asked'}")
        joint = now.answers[at]
        apart, told = told_apart(joint.independent, joint.probability)
        yield f"  {answer.name}: {', '.join(moved)} -> {told} (if all that is shared counted apart: {apart})"


def _claim(view: View, key: str) -> str:
    """Return a claim's words, cut to what fits on two lines: the whole stands in the package."""
    return shorten(view.get(key, Claim).text, WIDTH, placeholder=" ...")


def _title(view: View, key: str) -> str:
    return shorten(view.get(key, Source).title, 60, placeholder=" ...")


def merge_json(merged: Merged) -> dict[str, object]:
    """Return a merge as plain values."""
    now = main_assessment(merged.package.view)
    return {
        "tip": merged.package.tip,
        "digest": merged.package.view.digest,
        "lines": list(merged.union.heads),
        "same": [one.model_dump(mode="json") for one in merged.found.same],
        "alike": [one.model_dump(mode="json") for one in merged.found.alike],
        "editions": [asdict(one) for one in merged.found.editions],
        "shared": [asdict(one) for one in merged.found.shared],
        "double_counting": [asdict(one) for one in double_counting(merged.package.view, merged.found.shared)],
        "conflicts": [asdict(one) for one in merged.conflicts],
        "not_compared": merged.found.unseen,
        "answers": [asdict(one) for one in now.answers] if now else [],
    }


@commands.command("merge")
def merge_command(
    bases: Annotated[list[str], typer.Argument(metavar="KB KB...", help=f"Two or more of: {KB}.")],
    to: Annotated[Path, typer.Option("-o", "--output", help="A .jsonl file for a package, or a home's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Join knowledge bases, and look for sameness, shared evidence and conflicts across them."""
    home = load_settings(None, {}).home
    merged = merge([load_base(name, home) for name in bases])
    place = save_base(merged.package, to, by="others, in runs that were merged")
    if as_json:
        sys.stdout.write(json.dumps({**merge_json(merged), "saved": place}, ensure_ascii=False, indent=1) + "\n")
    else:
        print_lines([*merge_lines(merged), f"\nSaved: {place}  [{merged.package.tip}]"])
