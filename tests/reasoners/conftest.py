"""Shared by the tests of reasoners: a provider on loopback, a journal, and one question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reasoners.journal import Journal
from tests.reasoners.fake_openai import FakeOpenAI, fake_openai
from tests.reasoners.questions import GOOD, KEY


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    """A fake provider, and the key that the client sends it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with fake_openai(lambda _: GOOD) as fake:
        yield fake


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal of its own."""
    opened = Journal(tmp_path / "journal.db")
    yield opened
    opened.close()
