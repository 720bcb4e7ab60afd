"""The probes: they hold on what is sound, and fail where the engine is broken."""

from __future__ import annotations

import pytest

from credence import testimony
from evals.gold import GoldCase
from evals.probing import PROBES, probe_all
from evals.rewriting import rewritten
from knowledge.records import Claim, Link, Record
from knowledge.views import View
from sources.embedding import Embedder
from tests.evals.oracles import empty, perfect


@pytest.mark.parametrize("name", ["otters", "wind", "vote"])
def test_every_probe_holds_on_a_perfect_answer(name: str, gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """What must not move credences doesn't, and what must does."""
    found = probe_all(perfect(gold_cases[name], embedder).view)
    assert {probe: one.told for probe, one in found.items() if not one.passed} == {}
    assert set(found) == set(PROBES)


def test_where_nothing_bears_on_the_question_nothing_is_tried(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """An empty knowledge base passes no probe by having nothing to move."""
    assert all(one.passed is None for one in probe_all(empty(gold_cases["otters"], embedder).view).values())


def test_an_engine_that_counts_copies_is_caught(
    gold_cases: dict[str, GoldCase], embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the folding of copies switched off, the copied source moves a credence and the probe says so."""
    view = perfect(gold_cases["wind"], embedder).view
    monkeypatch.setattr(testimony, "_without_copies", list)
    assert probe_all(view)["a source copied"].passed is False


def test_an_engine_that_ignores_upstreams_is_caught(
    gold_cases: dict[str, GoldCase], embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With shared upstreams ignored, one cause told as five counts as five already, and the probe says so."""
    view = perfect(gold_cases["wind"], embedder).view
    monkeypatch.setattr(View, "upstreams_of", lambda self, record: iter(()))
    assert probe_all(view)["one cause told as five"].passed is False


def test_rewriting_renames_whatever_names_a_record(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """A reworded claim has another id, every link to it names that one, and nothing dangles; no change leaves all as it was."""
    records = list(perfect(gold_cases["wind"], embedder).view.records.values())

    def reword(record: Record) -> Record:
        return Claim(text=f"{record.text} Indeed.") if isinstance(record, Claim) else record

    changed = rewritten(records, reword)
    ids = {record.id for record in changed.values()}
    assert all(named in ids for record in changed.values() for _, named, _ in record.named())
    assert sum(isinstance(record, Link) for record in changed.values()) == sum(isinstance(record, Link) for record in records)
    assert {old: record.id for old, record in rewritten(records, lambda record: record).items()} == {
        record.id: record.id for record in records
    }
