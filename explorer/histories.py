"""How a knowledge base came to be: its revisions, what each added, and how the answers moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from credence.engine import coherent_judgments, main_question, material_of, model_question
from knowledge.changesets import Revision
from knowledge.errors import UnknownRecord
from knowledge.views import View

MOST_IN_FULL: Final = 120
"""Revisions that are opened to see what each added; beyond that only those on the line from each to its first parent."""


@dataclass(frozen=True)
class Stage:
    """One revision: when, by whom, why, what it added, and the inquiry's credences after it (empty: not asked yet)."""

    revision: str
    at: str
    author: str
    reason: str
    added: tuple[tuple[str, int], ...]
    lost: int
    credences: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class History:
    """The stages, oldest first, and the stage in which each live record first counted."""

    stages: tuple[Stage, ...]
    first: dict[str, int]


def history_of(log: Sequence[Revision], view_at: Callable[[str], View]) -> History:
    """Walk the revisions, given children first, from the oldest on.

    Branches that were worked on side by side come one after another; what each is counted as adding is what none before it had.
    """
    line = list(reversed(log if len(log) <= MOST_IN_FULL else _first_parents(log)))
    stages: list[Stage] = []
    first: dict[str, int] = {}
    live: set[str] = set()
    for number, revision in enumerate(line):
        view = view_at(revision.id)
        fresh = [record for record in view.records if record not in first]
        first |= dict.fromkeys(fresh, number)
        merged = len(revision.parents) > 1 or number == len(line) - 1
        lost = len(live - view.records.keys()) if merged else 0
        live = set(view.records) if merged else live | view.records.keys()
        counts: dict[str, int] = {}
        for record in fresh:
            kind = record.partition("-")[0]
            counts[kind] = counts.get(kind, 0) + 1
        stages.append(
            Stage(revision.id, revision.at, revision.author, revision.reason, tuple(sorted(counts.items())), lost, _credences(view))
        )
    return History(tuple(stages), first)


def _first_parents(log: Sequence[Revision]) -> list[Revision]:
    by_id = {revision.id: revision for revision in log}
    found = [log[0]]
    while found[-1].parents:
        found.append(by_id[found[-1].parents[0]])
    return found


def _credences(view: View) -> tuple[tuple[str, float], ...]:
    try:
        question = main_question(view)
    except UnknownRecord:
        return ()
    judgments, _ = coherent_judgments(view, None)
    model = model_question(material_of(view, question), judgments, check=False)
    return tuple((answer.name, chance) for answer, chance in zip(model.answers, model.published.tolist(), strict=True))
