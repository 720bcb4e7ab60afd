"""The exchange on the command line: questions out as a batch file, answers in, and watching for them."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, cast, get_args

import typer

from cruxmap import investigating
from cruxmap.errors import UsageError
from cruxmap.opening import open_registry
from cruxmap.printing import print_lines
from cruxmap.registry import Registry, RunRecord, Status
from cruxmap.reporting import Outcome
from cruxmap.settings import resumed_settings
from cruxmap.stopping import Note
from explorer.wording import counted
from reasoners.batches import Answer, Format, read_answers, request_lines
from reasoners.importing import Imported, import_answers
from reasoners.prices import Prices
from reasoners.waiting import waiting_in

POLL_S: Final = 1.0
SHOWN: Final = 10
app = typer.Typer(help="Put a waiting run's prompts into a batch file, and take the answers in.", no_args_is_help=True)


@dataclass(frozen=True)
class Exported:
    """The file of a run's waiting prompts, how many there are of each task, and where answers are looked for."""

    run: str
    file: Path
    answers: Path
    tasks: Counter[str]
    asked_again: int
    round: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        named = {"round": self.round, "prompts": dict(self.tasks), "asked_again": self.asked_again}
        return {"file": str(self.file), "answers": str(self.answers), **named}

    def lines(self) -> list[str]:
        """Say what waits and what to do."""
        counts = ", ".join(f"{count} {task}" for task, count in sorted(self.tasks.items()))
        again = f" ({self.asked_again} of them again, with what was wrong)" if self.asked_again else ""
        return [
            f"Round {self.round}: {counted(self.tasks.total(), 'prompt')} wait{'s' * (self.tasks.total() == 1)}{again}: {counts}",
            f"Prompts: {self.file}",
            f"When they are answered: cruxmap exchange import {self.run} ANSWERS.jsonl --model NAME",
        ]


def export_waiting(registry: Registry, run: str, *, file: Path | None = None, form: Format = "openai") -> Exported:
    """Write all prompts that wait into one batch file.

    Raises:
        UsageError: none wait.
    """
    journal = registry.open_journal(run)
    try:
        waiting = waiting_in(journal)
    finally:
        journal.close()
    if not waiting:
        raise UsageError(f"no prompts of {run} wait for answers")
    folder = registry.folder(run) / "exchange"
    target = file or folder / "requests.jsonl"
    for made in (folder, folder / "answers"):
        made.mkdir(exist_ok=True, mode=0o700)
    write_lines(target, request_lines(waiting, form))
    asked_again = sum(bool(one.refused) for one in waiting)
    return Exported(run, target, folder / "answers", Counter(one.task for one in waiting), asked_again, rounds_of(registry, run))


def rounds_of(registry: Registry, run: str) -> int:
    """Count the rounds, the one that waits among them: the times that a run asked something new, or again with what was wrong."""
    rounds, news = 0, False
    for event in registry.events(run):
        news |= event["event"] == investigating.ASKED or (event["event"] == "imported" and event.get("refused", 0) > 0)
        if event["event"] in {Status.WAITING, Status.DONE}:
            rounds, news = rounds + news, False
    return rounds + news


def write_lines(target: Path, lines: Iterable[str]) -> None:
    """Replace the file at once: whoever picks it up never gets half of it."""
    aside = target.with_name(f"{target.name}.tmp")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    aside.replace(target)


def import_file(registry: Registry, record: RunRecord, file: Path, *, declared: str) -> list[str]:
    """Take a file's answers into a run's journal, and say what became of them."""
    settings = resumed_settings(record.settings, None, {})
    answers = answers_in(file)
    journal = registry.open_journal(record.run)
    try:
        came = import_answers(journal, answers, declared=declared, prices=Prices(settings.prices, settings.base_url))
    finally:
        journal.close()
    note_imported(registry, record.run, came)
    return lines_of(came, file)


def note_imported(registry: Registry, run: str, came: Imported) -> None:
    """Note in a run's events what answers came, if any did; a journal without a run has no events."""
    if registry.knows(run) and (came.taken or came.unanswered or came.wrong):
        counts = {"taken": came.taken, "unanswered": came.unanswered, "wrong": len(came.wrong), "refused": came.refused}
        registry.note(run, "imported", **counts)


def lines_of(came: Imported, file: Path) -> list[str]:
    """Say what a file's answers came to, first of all if none of it could be used."""
    told = [f"{came.taken} answers taken, {came.known} known already, {came.unanswered} given up, {came.waiting} questions still wait"]
    if not came.taken + came.known + came.unanswered:
        found = "no answer in it could be used" if came.wrong or came.strange or came.unread else "it is empty"
        told.insert(0, f"Nothing was taken from {file}: {found}.")
    wrong = some("can't be used, asked again", came.wrong)
    return [*told, *wrong, *some("no answers, passed over", came.unread), *some("not asked", came.strange)]


def answers_in(file: Path) -> list[Answer]:
    """Read a file of answers, whichever of the formats its lines have.

    Raises:
        UsageError: there is no such file.
    """
    if not file.is_file():
        raise UsageError(f"there is no file {file}; give the answers that came back, one a line")
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        return list(read_answers(lines))


def some(what: str, lines: Sequence[str]) -> list[str]:
    """List the first few of many lines, under what they are and how many; nothing if there are none."""
    if not lines:
        return []
    more = [f"  ... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [f"{what} ({len(lines)}):", *(f"  {line}" for line in lines[:SHOWN]), *more]


def wait_for_answers(registry: Registry, outcome: Outcome, note: Note) -> Outcome:
    """Watch a run's folder for answer files, take each in, and go on until the run no longer waits, or Ctrl-C ends the watch."""
    seen: set[tuple[str, int]] = set()
    while outcome.record.status is Status.WAITING:
        run = outcome.record.run
        exported = export_waiting(registry, run)
        note("exchange", f"{exported.tasks.total()} prompts in {exported.file}; waiting for *.jsonl in {exported.answers}")
        try:
            arrived = _arrived(exported.answers, seen)
        except KeyboardInterrupt:
            return outcome
        for path in arrived:
            for line in import_file(registry, outcome.record, path, declared=""):
                note("exchange", f"{path.name}: {line}")
        outcome = investigating.resume(run, registry, {}, accept=False, note=note)
    return outcome


def _arrived(folder: Path, seen: set[tuple[str, int]]) -> list[Path]:
    """Wait until files that were not seen before stand still, and return them."""
    sizes: dict[Path, int] = {}
    while True:
        listed = {Path(entry): entry.stat().st_size for entry in os.scandir(folder) if entry.name.endswith(".jsonl")}
        now = {path: size for path, size in sorted(listed.items()) if size and (path.name, size) not in seen}
        whole = [path for path, size in now.items() if sizes.get(path) == size]
        if whole and len(whole) == len(now):
            seen.update((path.name, now[path]) for path in whole)
            return whole
        sizes = now
        time.sleep(POLL_S)


@app.command()
def export(
    run: Annotated[str, typer.Argument(help="The run that waits.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; in the run's folder if left out.")] = None,
    form: Annotated[str, typer.Option("--format", help="openai or anthropic: the batch request format.")] = "openai",
) -> None:
    """Write the prompts that wait into one batch file."""
    registry = open_registry()
    print_lines(export_waiting(registry, registry.load(run).run, file=output, form=format_called(form)).lines())


def format_called(name: str) -> Format:
    """Return a batch request format by its name.

    Raises:
        UsageError: there is none of this name.
    """
    for form in get_args(Format):
        if form == name:
            return cast(Format, form)
    raise UsageError(f"--format {name}: there are {' and '.join(get_args(Format))}")
