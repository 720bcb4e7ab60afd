"""The call journal: every answer is on disk before it is used, so a killed run repeats only the calls in flight."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from reasoners.errors import JournalUnusable
from reasoners.requests import Attempt, Completion, Request, Usage

_metadata: Final = MetaData()
_calls: Final = Table(
    "calls",
    _metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), unique=True, nullable=False),
    Column("task", String, nullable=False),
    Column("step", String, nullable=False),
    Column("role", String, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("asked", String, nullable=False),
    Column("model", String, nullable=False),
    Column("prompt", String, nullable=False),
    Column("system", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("outcome", String, nullable=False),
    Column("problem", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost_usd", Float),
    Column("started", String, nullable=False),
    Column("finished", String, nullable=False),
)
_attempts: Final = Table(
    "attempts",
    _metadata,
    Column("call", ForeignKey("calls.seq"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost_usd", Float),
    Column("wait", Float, nullable=False, server_default="0"),
)
_clock: Final = Table("clock", _metadata, Column("id", Integer, primary_key=True), Column("seconds", Float, nullable=False))
"""A row for each process that wrote to the journal: one that was killed has counted its time up to its last call."""


@dataclass(frozen=True)
class Totals:
    """What a run has used, over all its resumes."""

    calls: int
    attempts: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced_calls: int
    seconds: float


@dataclass(frozen=True)
class Call:
    """One line of the trace."""

    seq: int
    key: str
    task: str
    step: str
    role: str
    repeat: int
    model: str
    outcome: str
    problem: str
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    started: str
    finished: str
    attempts: int


_CALL_COLUMNS: Final = tuple(field.name for field in fields(Call) if field.name != "attempts")


class Journal:
    """A run's journal in one SQLite file that only its user can read.

    Raises:
        JournalUnusable: by every method, when the file can't be read or written.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.touch(mode=0o600, exist_ok=True)
        except OSError as problem:
            raise JournalUnusable(f"the journal {path} can't be opened: {problem.strerror}") from problem
        self.path = path
        self._process, self._opened, self._added = secrets.randbits(48), time.monotonic(), 0.0
        self._engine = create_engine(f"sqlite:///{path}")
        event.listen(self._engine, "connect", _prepare)
        with self._transaction() as connection:
            _metadata.create_all(connection)
            if "wait" not in {column["name"] for column in inspect(connection).get_columns("attempts")}:  # made before waits were kept
                connection.execute(text("ALTER TABLE attempts ADD COLUMN wait FLOAT NOT NULL DEFAULT 0"))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as problem:
            raise JournalUnusable(
                f"the journal {self.path} failed: {getattr(problem, 'orig', problem)}. Free space or check the file, then resume."
            ) from problem

    def get(self, key: str) -> Completion | None:
        """Return what a question was answered with, if it was asked before."""
        with self._transaction() as connection:
            row = connection.execute(select(_calls).where(_calls.c.key == key)).first()
            if row is None:
                return None
            tries = connection.execute(select(_attempts).where(_attempts.c.call == row.seq).order_by(_attempts.c.number)).all()
        attempts = tuple(
            Attempt(one.outcome, one.detail, Usage(one.input_tokens, one.output_tokens, one.cost_usd), one.wait) for one in tries
        )
        return Completion(row.answer, row.model, attempts, row.outcome, row.problem)

    def put(self, request: Request, completion: Completion, *, started: datetime) -> None:
        """Write a call, with all its attempts, durably. A key that is there already stays as it is."""
        self._write(request, completion, started, request.key)

    def put_stopped(self, request: Request, attempts: tuple[Attempt, ...], problem: str, *, started: datetime) -> None:
        """Write what a call used that stopped the run: it counts, and the question is asked again on resume."""
        stopped = Completion("", request.model, attempts, "stopped", problem)
        self._write(request, stopped, started, secrets.token_hex(32))

    def _write(self, request: Request, completion: Completion, started: datetime, key: str) -> None:
        usage = completion.usage
        row = {
            "key": key,
            "task": request.task.name,
            "step": request.step,
            "role": request.task.role.value,
            "repeat": request.repeat,
            "asked": request.model,
            "model": completion.model,
            "prompt": request.rendered.prompt,
            "system": request.rendered.system,
            "user": request.rendered.user,
            "answer": completion.text,
            "outcome": completion.outcome,
            "problem": completion.problem,
            "started": started.isoformat(timespec="milliseconds"),
            "finished": datetime.now(UTC).isoformat(timespec="milliseconds"),
            **asdict(usage),
        }
        with self._transaction() as connection:
            written = connection.execute(upsert(_calls).values(row).on_conflict_do_nothing().returning(_calls.c.seq)).scalar()
            if written is not None and completion.attempts:
                connection.execute(
                    insert(_attempts),
                    [
                        {
                            "call": written,
                            "number": number,
                            "outcome": attempt.outcome,
                            "detail": attempt.detail,
                            "wait": attempt.wait,
                            **asdict(attempt.usage),
                        }
                        for number, attempt in enumerate(completion.attempts, 1)
                    ],
                )
            self._tick(connection, max(self._added, time.monotonic() - self._opened))

    def add_seconds(self, seconds: float) -> None:
        """Add wall time to what the run has used. It replaces what calls have counted for this process, as it knows better."""
        self._added += seconds
        with self._transaction() as connection:
            self._tick(connection, self._added)

    def _tick(self, connection: Connection, seconds: float) -> None:
        spent = upsert(_clock).values(id=self._process, seconds=seconds)
        connection.execute(spent.on_conflict_do_update(index_elements=["id"], set_={"seconds": spent.excluded.seconds}))

    def totals_by(self, column: Literal["task", "step", "role", "model"]) -> dict[str, Totals]:
        """Add up the calls of each task, step, role or model, by name. Seconds are those that the calls took, one after the other."""
        groups: dict[str, list[Call]] = {}
        for call in self.calls():
            groups.setdefault(getattr(call, column), []).append(call)
        return {name: _added_up(calls) for name, calls in sorted(groups.items())}

    def totals(self) -> Totals:
        """Add up the whole run."""
        columns = _calls.c
        with self._transaction() as connection:
            row = connection.execute(
                select(
                    func.count(),
                    func.coalesce(func.sum(columns.input_tokens), 0),
                    func.coalesce(func.sum(columns.output_tokens), 0),
                    func.coalesce(func.sum(columns.cost_usd), 0.0),
                    func.count().filter(columns.cost_usd.is_(None)),
                )
            ).one()
            attempts = connection.scalar(select(func.count()).select_from(_attempts)) or 0
            seconds = connection.scalar(select(func.sum(_clock.c.seconds))) or 0.0
        return Totals(row[0], attempts, row[1], row[2], row[3], row[4], seconds)

    def calls(self) -> tuple[Call, ...]:
        """Return every call in the order in which they were answered."""
        counted = select(func.count()).where(_attempts.c.call == _calls.c.seq).scalar_subquery()
        columns = [_calls.c[name] for name in _CALL_COLUMNS]
        with self._transaction() as connection:
            return tuple(
                Call(**row._mapping) for row in connection.execute(select(*columns, counted.label("attempts")).order_by(_calls.c.seq))
            )

    def words(self, seq: int) -> tuple[str, str, str] | None:
        """Return a call's system text, user text and answer."""
        with self._transaction() as connection:
            row = connection.execute(select(_calls.c.system, _calls.c.user, _calls.c.answer).where(_calls.c.seq == seq)).first()
        return (row[0], row[1], row[2]) if row else None


def _added_up(calls: list[Call]) -> Totals:
    return Totals(
        calls=len(calls),
        attempts=sum(call.attempts for call in calls),
        input_tokens=sum(call.input_tokens for call in calls),
        output_tokens=sum(call.output_tokens for call in calls),
        cost_usd=sum(call.cost_usd or 0.0 for call in calls),
        unpriced_calls=sum(call.cost_usd is None for call in calls),
        seconds=sum((datetime.fromisoformat(call.finished) - datetime.fromisoformat(call.started)).total_seconds() for call in calls),
    )


def _prepare(connection: sqlite3.Connection, _entry: object) -> None:
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
