"""Shared by the tests of reasoners: a provider on loopback, a journal, and one question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reasoners.journal import Journal
from reasoners.simulated import SimulatedProvider, simulated_provider
from tests.conftest import BACKENDS
from tests.reasoners.questions import GOOD, KEY


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedProvider]:
    """A fake provider, and the key that the client sends it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with simulated_provider(lambda _: GOOD) as fake:
        yield fake


@pytest.fixture
def file_journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal in a file of its own."""
    opened = Journal.at(tmp_path / "journal.db", "run")
    yield opened
    opened.close()


@pytest.fixture(params=BACKENDS)
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """A journal of its own, on either database."""
    postgres = request.param == "postgres"
    opened = Journal(request.getfixturevalue("database"), "run") if postgres else Journal.at(tmp_path / "journal.db", "run")
    yield opened
    opened.close()
