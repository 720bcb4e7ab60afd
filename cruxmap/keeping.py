"""Housekeeping: list runs with their sizes, remove them, and thin their checkpoints."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from cruxmap.errors import UsageError
from cruxmap.opening import open_registry
from cruxmap.printing import print_lines
from cruxmap.registry import Registry, Status
from explorer.wording import counted

app = typer.Typer(help="List the runs, the latest first; or remove some.")


@app.callback(invoke_without_command=True)
def runs(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the runs, the latest first; or remove some."""
    if context.invoked_subcommand is not None:
        return
    registry = open_registry()
    records = registry.all()
    if as_json:
        listed = [
            {
                "run": record.run,
                "case": record.case,
                "status": record.status.value,
                "started": record.started,
                "revision": record.revision,
                "bytes": folder_size(registry, record.run),
            }
            for record in records
        ]
        sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
        return
    print_lines(
        f"{record.started}  {record.status.value:<12}{folder_size(registry, record.run) / 1e6:>8.1f} MB  {record.run}" for record in records
    )
    knowledge = registry.home / "knowledge.db"
    if knowledge.is_file():
        print_lines([f"The knowledge store that they share has {_size(knowledge.parent.glob('knowledge.db*')) / 1e6:.1f} MB."])


def folder_size(registry: Registry, run: str) -> int:
    """Return the bytes in a run's folder."""
    return _size(registry.folder(run).rglob("*"))


def _size(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


@app.command()
def rm(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="The runs to remove.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Remove runs with their journals and reports. What they committed stays in the knowledge store, which other runs may build on."""
    registry = open_registry()
    records = [registry.load(run) for run in runs]
    unfinished = [record.run for record in records if record.status is not Status.DONE]
    warning = f" ({', '.join(unfinished)} can still be resumed)" if unfinished else ""
    named = counted(len(records), "run")
    if not yes and not sys.stdin.isatty():
        raise UsageError(f"nobody can be asked whether to remove {named}{warning}: add --yes")
    if not yes and not typer.confirm(f"Remove {named}{warning}? Answers that were paid for go with them"):
        raise typer.Exit(1)
    for record in records:
        registry.remove(record.run)
    print_lines([f"{named} removed."])


@app.command()
def prune(
    run: Annotated[str, typer.Argument(help="A run that is done.")],
    keep: Annotated[int, typer.Option(min=1, help="Checkpoints to keep, the latest.")] = 1,
) -> None:
    """Thin out the checkpoints of a run that is done: it can be forked from those only that stay."""
    registry = open_registry()
    record = registry.load(run)
    if record.status is not Status.DONE:
        raise UsageError(f"the run {run} is {record.status.value}: its checkpoints are what it is resumed from")
    before = folder_size(registry, run)
    removed = asyncio.run(_pruned(registry, run, keep))
    print_lines([f"{removed} checkpoints removed, {(before - folder_size(registry, run)) / 1000:.0f} kB less."])


async def _pruned(registry: Registry, run: str, keep: int) -> int:
    async with registry.open_checkpoints(run) as saver:
        return await saver.thin(run, keep)
