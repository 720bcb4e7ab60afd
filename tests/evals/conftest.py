"""Shared by the tests of evals: the gold cases, and one embedder."""

from __future__ import annotations

import pytest

from evals.gold import GoldCase, load_gold_case
from sources.embedding import Embedder
from tests.conftest import ROOT

GOLD = ROOT / "evals" / "suites" / "gold"
NAMES = sorted(folder.name for folder in GOLD.iterdir())


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """One embedder: its vectors depend on nothing but the text."""
    return Embedder()


@pytest.fixture(scope="session")
def gold_cases() -> dict[str, GoldCase]:
    """All gold cases by name."""
    return {name: load_gold_case(GOLD / name) for name in NAMES}
