"""A store for each test of the knowledge layer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.store import KnowledgeStore
from tests.conftest import BACKENDS
from tests.knowledge.builders import TEXT


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KnowledgeStore]:
    """A store of its own on either database, with the text that the builders quote."""
    postgres = request.param == "postgres"
    opened = KnowledgeStore(request.getfixturevalue("database")) if postgres else KnowledgeStore.at(tmp_path / "knowledge.db")
    opened.put_text(TEXT)
    yield opened
    opened.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[KnowledgeStore]:
    """A store in a file of its own, with the text that the builders quote."""
    opened = KnowledgeStore.at(tmp_path / "knowledge.db")
    opened.put_text(TEXT)
    yield opened
    opened.close()
