"""The doctor: is everything here that a run needs, are recordings still true, what is left of a damaged run, does it survive kills."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cruxmap.choosing import RECORDING
from cruxmap.crashing import Kind, crash_test
from cruxmap.errors import UsageError
from cruxmap.opening import open_registry
from cruxmap.printing import print_lines
from cruxmap.salvaging import diagnose
from knowledge.errors import KnowledgeError
from prompts.errors import PromptBroken
from prompts.loading import TASKS, load
from reasoners.errors import Unconfigured
from reasoners.recordings import Recording, stale_prompts
from sources.embedding import Embedder

app = typer.Typer(help="Check that everything a run needs is here and works.")


@app.callback(invoke_without_command=True)
def doctor(
    context: typer.Context,
    cases: Annotated[Path, typer.Option(help="The folder of cases whose recordings are checked.")] = Path("cases"),
) -> None:
    """Check that everything a run needs is here and works."""
    if context.invoked_subcommand is not None:
        return
    lines, well = doctor_lines(cases)
    print_lines(lines)
    if not well:
        raise typer.Exit(1)


@app.command("run")
def diagnose_run(run: Annotated[str, typer.Argument(help="The run to look at.")]) -> None:
    """Look at a run's databases: are they whole, and what can be saved of those that are not."""
    registry = open_registry()
    lines, well = diagnose(registry, run)
    print_lines(lines)
    if not well:
        raise typer.Exit(1)


@app.command("crash-test")
def crash(
    case: Annotated[Path, typer.Argument(help="The case to run and kill.")],
    reasoner: Annotated[
        list[str] | None, typer.Option(help="scripted, baseline or chat (a faulty provider on loopback); repeatable.")
    ] = None,
    points: Annotated[int | None, typer.Option(help="At most so many kill points of each kind; all if left out.")] = None,
    instants: Annotated[int, typer.Option(help="Random instants to kill at.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the random instants.")] = 0,
) -> None:
    """Kill -9 a run of a case at every boundary, journal write and commit and at random instants; resume each; compare."""
    kinds = [Kind(one) for one in reasoner] if reasoner and set(reasoner) <= set(Kind) else list(Kind) if not reasoner else []
    if not kinds:
        raise UsageError(f"--reasoner {', '.join(reasoner or [])}: there are {', '.join(Kind)}")
    failed = 0
    for line in crash_test(case, kinds, points=points, instants=instants, seed=seed):
        print_lines([line.text])
        failed += line.failed
    if failed:
        raise typer.Exit(1)


def doctor_lines(cases: Path) -> tuple[list[str], bool]:
    """Check prompts, recordings, the embedding model, SQLite and the home; say what each check found and whether all is well."""
    lines: list[str] = []
    well = True

    def found(what: str, problem: str = "") -> None:
        nonlocal well
        well = well and not problem
        lines.append(f"{'ok  ' if not problem else 'BAD '} {what}{f': {problem}' if problem else ''}")

    for task in TASKS:
        try:
            load(task)
            found(f"prompt {task.name}")
        except PromptBroken as problem:
            found(f"prompt {task.name}", str(problem))
    for what, stale in _recordings(cases):
        found(what, stale)
    vectors = Embedder().embed(["Eggs raise the risk.", "Eggs increase the risk.", "Black holes evaporate."])
    found("embedding model", "" if vectors[0] @ vectors[1] > vectors[0] @ vectors[2] else "it doesn't tell likeness")
    found(f"SQLite {sqlite3.sqlite_version}", "" if sqlite3.sqlite_version_info >= (3, 35) else "3.35 or later is needed")
    registry = open_registry()
    try:
        registry.open_store().close()
        found(f"home {registry.home}")
    except (KnowledgeError, OSError) as problem:
        found(f"home {registry.home}", str(problem))
    return lines, well


def _recordings(cases: Path) -> Iterator[tuple[str, str]]:
    """Yield each recording of the cases with the prompts that were edited since."""
    now = {f"prompt {task.name}": load(task).digest for task in TASKS}
    for path in sorted(cases.glob(f"*/{RECORDING}")):
        try:
            header = Recording.read(path).header
        except Unconfigured as problem:
            yield f"recording {path}", str(problem)
            continue
        stale = stale_prompts(header, now)
        yield f"recording {path} ({header.answers} answers, {header.recorded})", f"stale since an edit: {', '.join(stale)}" if stale else ""
