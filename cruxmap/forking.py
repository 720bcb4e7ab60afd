"""Forking: a new run from a step of an old one, under another configuration; the old one stays as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cruxmap.errors import UsageError
from cruxmap.investigating import begin, drive, prepare, reuse_answers
from cruxmap.registry import Registry
from cruxmap.reporting import Outcome
from cruxmap.settings import resumed_settings
from cruxmap.stopping import Note
from graphs.checkpoints import Stored, copy_checkpoint, stored_checkpoints


@dataclass(frozen=True)
class Step:
    """A checkpoint of a run as people name it: its number, what comes next, and the revision it has reached."""

    number: int
    following: str
    revision: str
    stored: Stored


def steps(registry: Registry, run: str) -> list[Step]:
    """List a run's steps, the first first."""
    if not registry.has_checkpoints(run):
        return []
    return asyncio.run(_steps(registry, run))


async def _steps(registry: Registry, run: str) -> list[Step]:
    async with registry.open_checkpoints(run) as saver:
        found = await stored_checkpoints(saver, run)
    return [Step(one.step, one.following, str(one.values.get("revision", "")), one) for one in found]


def fork(
    run: str, at: int | None, registry: Registry, config: Path | None, flags: dict[str, Any], *, new_run: str | None, note: Note
) -> Outcome:
    """Begin a new run from a step of ``run`` and take it as far as it goes.

    Raises:
        UsageError: there is no such step; those that there are are listed.
    """
    record = registry.load(run)
    listed = steps(registry, run)
    chosen = next((step for step in listed if step.number == at), None)
    if chosen is None:
        raise UsageError(f"say from which step to fork {run}: --at STEP, one of\n{_told(listed)}")
    settings = resumed_settings(record.settings, config, flags).model_copy(update={"home": registry.home})
    folder = Path(record.case_folder)
    made, prepared = prepare(folder, settings, new_run or registry.new_id(record.case), note)
    forked = begin(made, folder, prepared, forked=f"forked from {run} at step {chosen.number}")
    asyncio.run(_copy(registry, run, made, chosen.stored))
    reuse_answers(made, prepared)
    return drive(forked, prepared)


def _told(listed: Sequence[Step]) -> str:
    return "\n".join(f"  {step.number:>3}  next: {step.following:<14}{step.revision}" for step in listed) or "  (it has none)"


async def _copy(registry: Registry, source: str, target: str, stored: Stored) -> None:
    async with registry.open_checkpoints(target) as saver:
        await copy_checkpoint(saver, stored, source, target)
