"""Questions that were put to people or a batch: a run's journal keeps them until their answers are imported."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from knowledge.databases import add
from prompts.loading import Rendered
from reasoners.journal import Journal, now, storable
from reasoners.requests import Request
from reasoners.tables import calls
from reasoners.tables import waiting as kept


@dataclass(frozen=True)
class Waiting:
    """A question that was put to people or a batch. ``refused``: answers that could not be used, each with why."""

    key: str
    task: str
    step: str
    repeat: int
    model: str
    settings: Mapping[str, str | int | float | bool]
    inputs: str
    rendered: Rendered
    refused: tuple[tuple[str, str], ...]
    since: str


def keep_waiting(journal: Journal, requests: Sequence[Request]) -> int:
    """Keep these questions until their answers are imported, and no others: those that wait already stay as they are.

    A question that was answered meanwhile, by an import in another process, waits no more. Returns how many did not wait before.
    """
    rows = [_row(journal.run, request) for request in requests]
    ours = kept.c.run == journal.run
    answered = select(calls.c.key).where(calls.c.run == journal.run)
    with journal.writing() as connection:
        there = set(connection.scalars(select(kept.c.key).where(ours)))
        add(connection, kept, rows)
        connection.execute(delete(kept).where(ours, kept.c.key.in_(answered)))
        for gone in sorted(there - {request.key for request in requests}):
            connection.execute(delete(kept).where(ours, kept.c.key == gone))
    return len({request.key for request in requests} - there)


def _row(run: str, request: Request) -> dict[str, object]:
    row = {
        "run": run,
        "key": request.key,
        "task": request.task.name,
        "step": request.step,
        "repeat": request.repeat,
        "model": request.model,
        "settings": json.dumps(dict(request.settings), sort_keys=True),
        "inputs": request.inputs.model_dump_json(),
        "prompt": request.rendered.prompt,
        "system": request.rendered.system,
        "user": request.rendered.user,
        "refused": "[]",
        "since": now(),
    }
    return storable(row)


def waiting_in(journal: Journal) -> tuple[Waiting, ...]:
    """Return the questions that wait, in the order of their keys."""
    with journal.transaction(readonly=True) as connection:
        rows = connection.execute(select(kept).where(kept.c.run == journal.run).order_by(kept.c.key)).all()
    return tuple(
        Waiting(
            row.key,
            row.task,
            row.step,
            row.repeat,
            row.model,
            json.loads(row.settings),
            row.inputs,
            Rendered(row.system, row.user, row.prompt),
            tuple((text, why) for text, why in json.loads(row.refused)),
            row.since,
        )
        for row in rows
    )


def refuse(journal: Journal, key: str, refused: Sequence[tuple[str, str]]) -> None:
    """Keep the answers that could not be used: the next export tells what was wrong with them."""
    told = json.dumps([list(one) for one in refused])
    with journal.writing() as connection:
        connection.execute(kept.update().where(kept.c.run == journal.run, kept.c.key == key).values(refused=told))
