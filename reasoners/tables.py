"""The journal's tables. Rows name their run, so that one server holds many; an embedded journal has a file a run."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint

VERSION: Final = 2

metadata: Final = MetaData()

calls: Final = Table(
    "calls",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("run", String, nullable=False, index=True),
    Column("key", String(64), nullable=False),
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
    UniqueConstraint("run", "key"),
)

attempts: Final = Table(
    "attempts",
    metadata,
    Column("call", ForeignKey("calls.seq"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("model", String, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost_usd", Float),
    Column("wait", Float, nullable=False),
)

in_flight: Final = Table(
    "in_flight",
    metadata,
    Column("id", String, primary_key=True),
    Column("run", String, nullable=False, index=True),
    Column("task", String, nullable=False),
    Column("step", String, nullable=False),
    Column("role", String, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("asked", String, nullable=False),
    Column("prompt", String, nullable=False),
    Column("system", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("cost_usd", Float),
    Column("started", String, nullable=False),
)
"""Paid calls that were begun. A row that is still here when its process is gone was paid for and never came back."""

waiting: Final = Table(
    "waiting",
    metadata,
    Column("run", String, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("task", String, nullable=False),
    Column("step", String, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("model", String, nullable=False),
    Column("settings", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("prompt", String, nullable=False),
    Column("system", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("refused", Text, nullable=False),
    Column("since", String, nullable=False),
)
"""Questions put to people or batches: inputs as JSON, the prompt as put, and the answers that were refused so far, each with why."""

clock: Final = Table(
    "clock",
    metadata,
    Column("run", String, primary_key=True),
    Column("process", String, primary_key=True),
    Column("seconds", Float, nullable=False),
)
"""A row for each process that wrote to the journal: one that was killed has counted its time up to its last call."""

leases: Final = Table(
    "leases",
    metadata,
    Column("run", String, primary_key=True),
    Column("token", String, nullable=False),
    Column("host", String, nullable=False),
    Column("process", Integer, nullable=False),
    Column("born", Float, nullable=False),
    Column("since", Float, nullable=False),
    Column("beat", Float, nullable=False),
)
"""Who works on a run: at most one. Times are the database's own clock, in seconds since 1970."""
