"""Scoring stored answers anew: what was asked is remembered by its words, and nothing is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from cruxmap.benches import ConfiguredBench
from cruxmap.rescoring import StoredBench
from cruxmap.settings import Settings
from evals.benches import Unfinished
from evals.configurations import Configuration
from evals.suites import fallacies
from evals.suites.layers import LayerCase
from knowledge.vocabulary import FindingKind
from prompts.tasks.critic import Critiques
from reasoners.scripted import ScriptedAnswerer
from sources.embedding import Embedder
from tests.evals.answerers import critique

TEXTS = [("All of them, always.", "ad populum"), ("It rained.", "")]


def layer(texts: list[tuple[str, str]]) -> LayerCase[Critiques]:
    """A layer's case of one question."""
    return fallacies._case(1, texts)


def test_a_layer_is_scored_from_its_journal(tmp_path: Path) -> None:
    """The same scores and the same use as when it was asked; of a question that was worded otherwise there is no answer, and that is said."""
    found = Critiques(critiques=(critique(1, FindingKind.RHETORIC, "All of them"),))
    scripted = ScriptedAnswerer({"critic/examine": lambda _: found})
    embedder = Embedder()
    asked = layer(TEXTS).measure(ConfiguredBench(Configuration("one", Path("one.yaml"), ""), Settings(), embedder, scripted), tmp_path)
    stored = StoredBench(embedder)
    again = layer(TEXTS).measure(stored, tmp_path)
    assert again.scores == asked.scores
    assert (again.used.calls, again.used.characters) == (asked.used.calls, asked.used.characters)
    assert len(scripted.asked) == 1
    assert list(stored.used(tmp_path)) == ["."]
    with pytest.raises(Unfinished, match="no answer to critic/examine as it is worded now"):
        layer([*TEXTS, ("Snow.", "")]).measure(stored, tmp_path)
