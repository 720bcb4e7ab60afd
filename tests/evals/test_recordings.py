"""A real exchange, kept: what a language model answered on one gold case comes to the same scores again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cruxmap.benches import ConfiguredBench
from cruxmap.settings import Settings
from evals.configurations import Configuration
from evals.gold import GoldCase
from evals.scorers.catalogue import CASE_SCORERS
from evals.scorers.scorer import Work
from reasoners.recordings import RecordingAnswerer
from sources.embedding import Embedder

OTTERS = Path(__file__).parent / "recordings" / "otters.jsonl.gz"
SEEN = {
    "quotation fidelity/1": 1.0,
    "names grounded/1": 1.0,
    "span F1/1": 0.884,
    "attribution/1": 0.95,
    "hedges kept/2": 0.875,
    "claim match F1/1": 0.722,
    "same claim, pair F1/1": 0.571,
    "variants F1/1": 0.667,
    "supports F1/1": 0.8,
    "undercut F1/1": 0.5,
    "bearing F1/1": 0.6,
    "upstream F1/1": 0.667,
    "reliance F1/1": 0.571,
    "finding recall at 10% false alarms/2": 0.467,
    "gap F1/1": 0.0,
}
"""What the twenty answers came to; changed only with a scorer's version or the program's own reading of them, never to please a test."""


def test_answers_of_a_language_model_are_scored_again(gold_cases: dict[str, GoldCase], embedder: Embedder, tmp_path: Path) -> None:
    """The answers of an exchange on 2026-11-22, put through the whole program, have the scores that they had then."""
    assert OTTERS.stat().st_size < 60_000
    bench = ConfiguredBench(Configuration("recorded", OTTERS, ""), Settings(), embedder, RecordingAnswerer(OTTERS))
    case = gold_cases["otters"]
    made = bench.investigate(case.folder, tmp_path).produced
    others = tuple(other for name, other in gold_cases.items() if name != "otters")
    work = Work(made, case, embedder, others)
    scores = {scorer.id: scorer.measure(work).value for scorer in CASE_SCORERS if scorer.id in SEEN}
    assert made.used.calls == 18, "the two best cases are asked of other links since objections can be answered"
    assert scores == pytest.approx(SEEN, abs=0.002)
