"""Scoring stored answers anew: what was asked is remembered by its words, and nothing is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from cruxmap.benches import ConfiguredBench
from cruxmap.rescoring import StoredBench, asked_by
from cruxmap.settings import Settings
from evals.benches import Unfinished
from evals.configurations import Configuration
from evals.suites import fallacies
from evals.suites.layers import LayerCase
from knowledge.vocabulary import FindingKind
from prompts import loading
from prompts.loading import SHIPPED
from prompts.tasks.critic import EXAMINE, Critiques
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


@pytest.mark.parametrize("turned", [False, True])
def test_a_layer_is_scored_by_the_prompts_that_its_result_keeps(tmp_path: Path, turned: bool) -> None:
    """Prompts of one's own, or turned lists, are found again in the result; the program's answer nothing, and what fits no more is told."""
    own = tmp_path / "own" / "critic" / "examine.md"
    own.parent.mkdir(parents=True)
    own.write_text(SHIPPED.text(EXAMINE).replace("<!-- user -->", "Take your time.\n<!-- user -->"), encoding="utf-8")
    found = Critiques(critiques=(critique(1, FindingKind.RHETORIC, "All of them"),))
    scripted = ScriptedAnswerer({"critic/examine": lambda _: found})
    embedder, result = Embedder(), tmp_path / "result"
    bench = ConfiguredBench(
        Configuration("one", Path("one.yaml"), ""), Settings(prompts=tmp_path / "own", turned=turned), embedder, scripted
    )
    home = tmp_path / "home"
    asked = layer(TEXTS).measure(bench, home)
    bench.keep_prompts(result / "prompts" / "one")
    prompts = asked_by(result, bench.identity(), "one")
    assert prompts.turned == turned
    assert layer(TEXTS).measure(StoredBench(embedder, prompts), home).scores == asked.scores
    with pytest.raises(Unfinished):
        layer(TEXTS).measure(StoredBench(embedder, asked_by(result, bench.identity(), "another")), home)
    kept = result / "prompts" / "one" / "critic" / "examine.md"
    kept.write_text(
        kept.read_text(encoding="utf-8").replace("{% for assertion in assertions %}", "{% for assertion in claims %}"), encoding="utf-8"
    )
    loading._loaded.cache_clear()
    with pytest.raises(Unfinished, match=r"examine\.md: .*uses claims"):
        layer(TEXTS).measure(StoredBench(embedder, prompts), home)
