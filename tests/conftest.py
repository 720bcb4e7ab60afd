"""Shared by all tests: no network but loopback, and a home of one's own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.postgres import binaries, new_database, server

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

settings.register_profile("untimed", deadline=None)
"""How long a drawn example takes is the machine's business; speed is measured in benchmarks."""
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(("127.", "::1", "localhost")):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder that only this test uses."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CRUXMAP_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server for all tests: the URL of its first database."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: uv sync --extra postgres")
    if binaries() is None:
        pytest.skip("there is no PostgreSQL server here: apt-get install postgresql")
    with server() as url:
        yield url


@pytest.fixture
def database(postgres: str) -> str:
    """An empty PostgreSQL database that only this test uses."""
    return new_database(postgres)


BACKENDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
"""What a test over both kinds of database is run with."""


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The real sources, where the checkout has them beside it."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("../shared/corpus is not here: the real sources are not part of the project")
    return folder
