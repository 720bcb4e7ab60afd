"""A store for each test of the knowledge layer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.store import KnowledgeStore
from tests.knowledge.builders import TEXT


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KnowledgeStore]:
    """A store of its own, with the text that the builders quote."""
    opened = KnowledgeStore.at(tmp_path / "knowledge.db")
    opened.put_text(TEXT)
    yield opened
    opened.close()
