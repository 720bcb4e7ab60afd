"""The store's tables. All rows are only ever inserted."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, Text

SCHEMA_VERSION: Final = 1

metadata: Final = MetaData()

blobs: Final = Table(
    "blobs",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)

records: Final = Table(
    "records",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
)

revisions: Final = Table(
    "revisions",
    metadata,
    Column("id", String, primary_key=True),
    Column("author", String, nullable=False),
    Column("run", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String, nullable=False),
)

parents: Final = Table(
    "parents",
    metadata,
    Column("revision", ForeignKey("revisions.id"), primary_key=True),
    Column("parent", ForeignKey("revisions.id"), primary_key=True),
    Column("position", Integer, nullable=False),
)

additions: Final = Table(
    "additions",
    metadata,
    Column("revision", ForeignKey("revisions.id"), primary_key=True),
    Column("record", ForeignKey("records.id"), primary_key=True),
)
