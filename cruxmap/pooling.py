"""Pooling: the questions of all waiting trials of a batch in one file, and their answers taken back, each into its own trial."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cruxmap.errors import UsageError
from cruxmap.exchanging import answers_in, lines_of, note_imported, write_lines
from cruxmap.registry import Registry
from cruxmap.settings import load_settings, resumed_settings
from evals.batches import load_plan
from evals.judging import JUDGES
from evals.trials import kept
from reasoners.batches import PLACE, Answer, Format, request_lines
from reasoners.importing import Imported, import_answers
from reasoners.prices import Prices
from reasoners.waiting import Waiting, waiting_in

HOMES: Final = "homes"


@dataclass(frozen=True)
class Pool:
    """What a trial waits for. ``home`` and ``run``: where its journal is (a trial may have several); ``place``: what names it in a file.

    The place is a digest: a file tells nobody which configuration asks.
    """

    home: Path
    run: str
    place: str
    trial: str
    waiting: tuple[Waiting, ...]


def pools_of(result: Path) -> list[Pool]:
    """Find every journal of a batch's open trials, those that wait for nothing included, in the order of their places.

    Raises:
        ResultUnusable: the folder is no result.
    """
    load_plan(result)
    ended = {trial.home for trial in kept(result)}
    found = []
    for path in (path for folder in (HOMES, JUDGES) for path in (result / folder).glob("**/runs/*/journal.db")):
        inside = path.relative_to(result)
        trial = "/".join(inside.parts[:4])
        if trial in ended:
            continue
        home, run = path.parents[2], path.parent.name
        journal = Registry(home).open_journal(run)
        try:
            waiting = waiting_in(journal)
        finally:
            journal.close()
        found.append(Pool(home, run, hashlib.sha256(inside.as_posix().encode()).hexdigest()[:PLACE], trial, waiting))
    return sorted(found, key=lambda pool: pool.place)


def waiting_lines(pools: Sequence[Pool]) -> list[str]:
    """Say how many questions wait, of how many trials, and how many of them are alike; nothing if none wait.

    Alike questions are asked apart: each trial is answered as if there were no other.
    """
    questions = [one for pool in pools for one in pool.waiting]
    if not questions:
        return []
    asking = {pool.trial for pool in pools if pool.waiting}
    judges = {one for one in asking if one.startswith(JUDGES)}
    named = ((len(asking - judges), "trial"), (len(judges), "judge"))
    who = " and ".join(f"{count} {what}{'s' * (count > 1)}" for count, what in named if count)
    counts = ", ".join(f"{count} {task}" for task, count in sorted(Counter(one.task for one in questions).items()))
    again = sum(bool(one.refused) for one in questions)
    alike = len(questions) - len({one.key for one in questions})
    told = [f"{len(questions)} questions of {who} wait for answers: {counts}"]
    if again:
        told.append(f"{again} of them are asked again, with what was wrong with the last answer")
    if alike:
        told.append(f"{alike} of them are word for word like another trial's; each is asked apart, so that no trial gets another's answer")
    return told


def export_pools(result: Path, file: Path, form: Format) -> list[str]:
    """Write all questions that wait into one file, a trial's together; say what is in it.

    Raises:
        UsageError: none wait.
        PromptEdited: a question that waits would be another one now.
    """
    pools = pools_of(result)
    told = waiting_lines(pools)
    if not told:
        raise UsageError(f"no questions of {result} wait for answers")
    write_lines(file, (line for pool in pools for line in request_lines(pool.waiting, form, place=pool.place)))
    first = f"Written to {file}; the first {PLACE} digits of a custom_id are its trial's: whoever answers one trial need see no other's."
    return [*told, first, f"When they are answered: cruxmap eval import {result} ANSWERS.jsonl --model NAME"]


def import_pooled(result: Path, file: Path, *, declared: str) -> list[str]:
    """Take each answer into the journal of the trial that asked, and say what became of them all.

    An answer that can't be used leaves its question waiting, with what was wrong, for the next export.

    Raises:
        Undeclared: neither the file nor the operator nor the configuration names a model. What was taken before stays taken.
    """
    by_place: dict[str, list[Answer]] = {}
    for answer in answers_in(file):
        by_place.setdefault(answer.id[:PLACE], []).append(answer)
    total = Imported(unread=[f"line {one.line}: {one.failed}" for one in by_place.pop("", [])])
    for pool in pools_of(result):
        total += _taken(pool, by_place.pop(pool.place, []), declared)
    strange = [answer for answers in by_place.values() for answer in answers]
    return lines_of(total + Imported(strange=[f"line {one.line}: no open trial asked {one.id[:20]!r}" for one in strange]), file)


def _taken(pool: Pool, answers: Sequence[Answer], declared: str) -> Imported:
    """Take a trial's answers."""
    if not answers:
        return Imported(waiting=len(pool.waiting))
    registry = Registry(pool.home)
    here = load_settings(None, {})
    settings = resumed_settings(registry.load(pool.run).settings, None, {}) if registry.knows(pool.run) else here
    journal = registry.open_journal(pool.run)
    try:
        prices = Prices(settings.prices, settings.base_url)
        came = import_answers(journal, answers, declared=declared, prices=prices, place=pool.place)
    finally:
        journal.close()
    note_imported(registry, pool.run, came)
    return came
