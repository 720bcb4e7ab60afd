"""The call journal: every answer is on disk before it is used, so a killed run repeats only the calls in flight."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import URL, ColumnElement, Connection, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from knowledge.databases import file_url, insert_into, open_engine, prepare, shown, told
from knowledge.errors import StoreUnusable
from reasoners import tables
from reasoners.errors import JournalUnusable, RunTaken
from reasoners.requests import WITHOUT_ANSWER, Attempt, Completion, Request, Usage

_calls, _attempts, _in_flight, _clock = tables.calls, tables.attempts, tables.in_flight, tables.clock


@dataclass(frozen=True)
class Totals:
    """What a run has used, over all its resumes. ``lost_calls`` were in flight when a process died; their tokens are estimates."""

    calls: int
    attempts: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced_calls: int
    seconds: float
    lost_calls: int = 0


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
    prompt: str
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
    """One run's journal, in a SQLite file of its own or with others' on a server. Thread-safe.

    Raises:
        JournalUnusable: by every method, when the database can't be read or written.
    """

    def __init__(self, url: str | URL, run: str) -> None:
        self.run, self.token = run, ""
        self._process, self._opened, self._added = secrets.token_hex(8), time.monotonic(), 0.0
        try:
            self.engine = open_engine(url)
            prepare(self.engine, tables.metadata, part="journal", version=tables.VERSION)
        except StoreUnusable as problem:
            raise JournalUnusable(f"the journal of {run} can't be opened: {problem}") from problem
        except SQLAlchemyError as problem:
            raise JournalUnusable(f"the journal {shown(self.engine)} can't be opened: {told(problem)}") from problem

    @classmethod
    def at(cls, path: Path, run: str) -> Journal:
        """Open or create a journal in a file that only its user can read.

        Raises:
            JournalUnusable: the file can't be opened or created, or is something else.
        """
        if not path.parent.is_dir():
            raise JournalUnusable(f"the journal {path} can't be opened: its folder is not there")
        try:
            return cls(file_url(path), run)
        except StoreUnusable as problem:
            raise JournalUnusable(f"the journal of {run} can't be opened: {problem}") from problem

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def transaction(self, *, readonly: bool = False) -> Iterator[Connection]:
        """Open a transaction that is kept if the block ends well."""
        try:
            with self.engine.connect().execution_options(readonly=readonly) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as problem:
            raise JournalUnusable(f"the journal {shown(self.engine)} failed: {told(problem)}") from problem

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write only as the run's owner: a process that lost its lease while it was suspended must not go on.

        Raises:
            RunTaken: another process took the run over.
        """
        with self.transaction() as connection:
            self._hold_owner(connection)
            yield connection

    def _hold_owner(self, connection: Connection) -> None:
        if self.token:
            lease = tables.leases.c
            holder = connection.execute(select(lease.token, lease.host, lease.process).where(lease.run == self.run)).first()
            if holder is None or holder.token != self.token:
                raise RunTaken(self.run, f"process {holder.process} on {holder.host}" if holder else "nobody any more")

    def check_owner(self) -> None:
        """Make sure that this process still owns the run.

        Raises:
            RunTaken: another process took it over.
        """
        with self.transaction(readonly=True) as connection:
            self._hold_owner(connection)

    # Answers

    def get(self, key: str) -> Completion | None:
        """Return what a question was answered with, if it was asked before."""
        with self.transaction(readonly=True) as connection:
            row = connection.execute(select(_calls).where(_calls.c.run == self.run, _calls.c.key == key)).first()
            if row is None:
                return None
            tries = connection.execute(select(_attempts).where(_attempts.c.call == row.seq).order_by(_attempts.c.number)).all()
        return Completion(row.answer, row.model, tuple(map(_attempt, tries)), row.outcome, row.problem)

    def put(self, request: Request, completion: Completion, *, started: datetime, begun: str = "") -> None:
        """Write a call, with all its attempts, durably. A key that is there stays as it is. ``begun`` closes what `begin` opened."""
        self._write(request, completion, started, request.key, begun)

    def put_stopped(self, request: Request, attempts: tuple[Attempt, ...], problem: str, *, started: datetime, begun: str = "") -> None:
        """Write what a call used that stopped the run: it counts, and the question is asked again on resume."""
        stopped = Completion("", request.model, attempts, "stopped", problem)
        self._write(request, stopped, started, secrets.token_hex(32), begun)

    def _write(self, request: Request, completion: Completion, started: datetime, key: str, begun: str) -> None:
        row = {
            **_asked(request),
            "run": self.run,
            "key": key,
            "model": completion.model,
            "answer": completion.text,
            "outcome": completion.outcome,
            "problem": completion.problem,
            "started": started.isoformat(timespec="milliseconds"),
            "finished": now(),
            **asdict(completion.usage),
        }
        with self.writing() as connection:
            put = insert_into(connection, _calls).values(storable(row)).on_conflict_do_nothing()
            written = connection.execute(put.returning(_calls.c.seq)).scalar()
            if written is not None:
                self._write_attempts(connection, written, completion.attempts)
            connection.execute(delete(tables.waiting).where(tables.waiting.c.run == self.run, tables.waiting.c.key == key))
            if begun:
                connection.execute(delete(_in_flight).where(_in_flight.c.id == begun))
            self._tick(connection, max(self._added, time.monotonic() - self._opened))

    @staticmethod
    def _write_attempts(connection: Connection, call: int, attempts: Sequence[Attempt]) -> None:
        rows = [
            storable(
                {"call": call, "number": number, "outcome": one.outcome, "detail": one.detail, "model": one.model, "wait": one.wait}
                | asdict(one.usage)
            )
            for number, one in enumerate(attempts, 1)
        ]
        if rows:
            connection.execute(insert(_attempts), rows)

    def take_from(self, other: Journal) -> int:
        """Take another run's answers, at no cost: they were paid for there. Returns how many there were."""
        with other.transaction(readonly=True) as connection:
            asked = select(_calls).where(_calls.c.run == other.run, _calls.c.outcome.not_in(WITHOUT_ANSWER)).order_by(_calls.c.seq)
            rows = connection.execute(asked).mappings().all()
        taken = 0
        with self.writing() as connection:
            for row in rows:
                free = {**row, "run": self.run, "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0}
                del free["seq"]
                put = insert_into(connection, _calls).values(free).on_conflict_do_nothing()
                written = connection.execute(put.returning(_calls.c.seq)).scalar()
                if written is not None:
                    self._write_attempts(connection, written, (Attempt("reused", f"from the run {other.run}", model=row["model"]),))
                    taken += 1
        return taken

    # Calls in flight

    def begin(self, request: Request, estimate: Usage) -> str:
        """Note that a paid call is about to be made, so that its money is not forgotten if this process dies. Returns an id for `put`."""
        begun = secrets.token_hex(16)
        row = {"id": begun, "run": self.run, "input_tokens": estimate.input_tokens, "cost_usd": estimate.cost_usd, "started": now()}
        with self.writing() as connection:
            connection.execute(insert(_in_flight).values(storable({**row, **_asked(request)})))
        return begun

    def drop(self, begun: str) -> None:
        """Forget a call that was begun and never reached its provider."""
        with self.writing() as connection:
            connection.execute(delete(_in_flight).where(_in_flight.c.id == begun))

    def count_lost(self) -> int:
        """Turn calls that a dead process left in flight into calls that were paid for and gave nothing; return how many.

        Only the owner of the run may ask this, before its own first call.
        """
        with self.writing() as connection:
            rows = connection.execute(select(_in_flight).where(_in_flight.c.run == self.run)).mappings().all()
            for row in rows:
                lost = {name: value for name, value in row.items() if name != "id"} | {
                    "key": secrets.token_hex(32),
                    "model": row["asked"],
                    "answer": "",
                    "outcome": "lost",
                    "problem": "its process died while the call was in flight; tokens and cost are estimated",
                    "output_tokens": 0,
                    "finished": now(),
                }
                connection.execute(insert(_calls).values(lost))
            connection.execute(delete(_in_flight).where(_in_flight.c.run == self.run))
        return len(rows)

    # Time and sums

    def add_seconds(self, seconds: float) -> None:
        """Add wall time to what the run has used. It replaces what calls have counted for this process, as it knows better."""
        self._added += seconds
        with self.writing() as connection:
            self._tick(connection, self._added)

    def _tick(self, connection: Connection, seconds: float) -> None:
        spent = insert_into(connection, _clock).values(run=self.run, process=self._process, seconds=seconds)
        connection.execute(spent.on_conflict_do_update(index_elements=["run", "process"], set_={"seconds": spent.excluded.seconds}))

    def totals_by(self, column: Literal["agent", "task", "step", "role", "model"]) -> dict[str, Totals]:
        """Add up the calls of each agent, task, step, role or model, by name. Seconds are those that the calls took, one after another."""
        groups: dict[str, list[Call]] = {}
        for call in self.calls():
            name = call.task.partition("/")[0] if column == "agent" else getattr(call, column)
            groups.setdefault(name, []).append(call)
        return {name: _added_up(calls) for name, calls in sorted(groups.items())}

    def totals(self) -> Totals:
        """Add up the whole run."""
        columns = _calls.c
        with self.transaction(readonly=True) as connection:
            row = connection.execute(
                select(
                    func.count(),
                    func.coalesce(func.sum(columns.input_tokens), 0),
                    func.coalesce(func.sum(columns.output_tokens), 0),
                    func.coalesce(func.sum(columns.cost_usd), 0.0),
                    func.count().filter(columns.cost_usd.is_(None)),
                    func.count().filter(columns.outcome == "lost"),
                ).where(columns.run == self.run)
            ).one()
            tried = select(func.count()).select_from(_attempts.join(_calls)).where(columns.run == self.run)
            attempts = connection.scalar(tried) or 0
            seconds = connection.scalar(select(func.sum(_clock.c.seconds)).where(_clock.c.run == self.run)) or 0.0
        return Totals(row[0], attempts, row[1], row[2], row[3], row[4], seconds, row[5])

    def calls(self, *where: ColumnElement[bool]) -> tuple[Call, ...]:
        """Return every call, or those that fulfil the conditions, in the order in which they were answered."""
        counted = select(func.count()).where(_attempts.c.call == _calls.c.seq).scalar_subquery()
        columns = [_calls.c[name] for name in _CALL_COLUMNS]
        asked = select(*columns, counted.label("attempts")).where(_calls.c.run == self.run, *where).order_by(_calls.c.seq)
        with self.transaction(readonly=True) as connection:
            return tuple(Call(**row._mapping) for row in connection.execute(asked))

    def attempts(self, seq: int) -> tuple[Attempt, ...]:
        """Return all tries of a call, in their order."""
        with self.transaction(readonly=True) as connection:
            return tuple(map(_attempt, connection.execute(select(_attempts).where(_attempts.c.call == seq).order_by(_attempts.c.number))))

    def characters(self) -> tuple[int, int]:
        """Return how many characters all answered calls read and wrote: known also where nobody counted tokens."""
        lengths = select(func.sum(func.length(_calls.c.system) + func.length(_calls.c.user)), func.sum(func.length(_calls.c.answer)))
        with self.transaction(readonly=True) as connection:
            read, written = connection.execute(lengths.where(_calls.c.run == self.run)).one()
        return int(read or 0), int(written or 0)

    def words(self, seq: int) -> tuple[str, str, str] | None:
        """Return a call's system text, user text and answer."""
        said = select(_calls.c.system, _calls.c.user, _calls.c.answer).where(_calls.c.run == self.run, _calls.c.seq == seq)
        with self.transaction(readonly=True) as connection:
            row = connection.execute(said).first()
        return (row[0], row[1], row[2]) if row else None


def _added_up(calls: list[Call]) -> Totals:
    return Totals(
        calls=len(calls),
        attempts=sum(call.attempts for call in calls),
        input_tokens=sum(call.input_tokens for call in calls),
        output_tokens=sum(call.output_tokens for call in calls),
        cost_usd=sum(call.cost_usd or 0.0 for call in calls),
        unpriced_calls=sum(call.cost_usd is None for call in calls),
        lost_calls=sum(call.outcome == "lost" for call in calls),
        seconds=sum((datetime.fromisoformat(call.finished) - datetime.fromisoformat(call.started)).total_seconds() for call in calls),
    )


def _asked(request: Request) -> dict[str, object]:
    return {
        "task": request.task.name,
        "step": request.step,
        "role": request.task.role.value,
        "repeat": request.repeat,
        "asked": request.model,
        "prompt": request.rendered.prompt,
        "system": request.rendered.system,
        "user": request.rendered.user,
    }


def storable(row: Mapping[str, object]) -> dict[str, object]:
    """Replace NUL, which PostgreSQL's text can't hold and no answer needs."""
    return {name: value.replace("\0", "\ufffd") if isinstance(value, str) else value for name, value in row.items()}


def _attempt(row: Any) -> Attempt:
    return Attempt(row.outcome, row.detail, Usage(row.input_tokens, row.output_tokens, row.cost_usd), row.wait, row.model)


def now() -> str:
    """Return the time as the journal writes it: UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
