"""On what assertions rest, and what a document says of itself, as far as its text shows."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.grounding import AT_ONCE, ground
from knowledge.records import Assertion, Incident, Record, Tag
from knowledge.vocabulary import Method
from prompts.tasks.ingestion import GROUNDS, Ground, GroundedAssertion, Grounds, GroundsInputs, OwnWords
from reasoners.baseline.grounding import ground as by_rule
from reasoners.local import LocalAnswerer
from reasoners.scripted import ScriptedAnswerer
from tests.agents.builders import unlimited
from tests.explorer.conftest import Builder

TEXT = "The dam report, by Ada Orr. Funding: This survey was paid for by the mill. According to Ode, the wall is wet. The gauge is steady."


def document() -> Builder:
    """A document with two assertions."""
    built = Builder()
    source = built.source("The dam report", TEXT)
    for key, words in (("wet", "According to Ode, the wall is wet"), ("dry", "The gauge is steady")):
        built.claim(key, f"{words[-12:].strip().capitalize()}.")
        built.said(key, source, words, "Ada Orr")
    return built


def grounded(folder: Path, built: Builder, answerer: LocalAnswerer) -> list[Record]:
    """What is said of it."""
    return list(asyncio.run(ground(built.view(), built.texts.__getitem__, unlimited(answerer, folder / "journal.db"))).records)


def test_what_is_shown_becomes_tags_and_what_is_nowhere_an_incident(tmp_path: Path) -> None:
    """Method, deference and assumptions stand with the assertion; the document's own words are verbatim, or dropped with the reason."""

    def answer(inputs: GroundsInputs) -> Grounds:
        assert "paid for by the mill" in " ".join(inputs.on_interests)
        assert inputs.opening.startswith("The dam report")
        said = next(one.number for one in inputs.assertions if "Ode" in one.passage)
        return Grounds.model_validate(
            {
                "assertions": [{"number": said, "method": "observation", "defers_to": "Ode", "assumes": ["The water is from the lake."]}],
                "document": [{"what": "byline", "quotation": "by Ada  Orr"}, {"what": "funding", "quotation": "paid for by the king"}],
            }
        )

    built = document()
    records = grounded(tmp_path, built, ScriptedAnswerer({GROUNDS.name: answer}))
    said = next(one for one in built.view().all(Assertion) if "wet" in built.view().records[one.claim].text)  # type: ignore[attr-defined]
    tags = {(one.record[:10], one.name, one.value) for one in records if isinstance(one, Tag)}
    assert {(name, value) for record, name, value in tags if record == said.id[:10]} == {
        ("method", "observation"),
        ("defers to", "Ode"),
        ("assumes", "The water is from the lake."),
    }
    assert {(name, value) for record, name, value in tags if record.startswith("source-")} == {("byline", "by Ada Orr")}
    (lost,) = [one for one in records if isinstance(one, Incident)]
    assert "paid for by the king" in lost.problem


def test_a_long_document_is_asked_about_in_batches(tmp_path: Path) -> None:
    """No prompt holds more than so many assertions, and each is asked about once."""
    built = Builder()
    text = " ".join(f"Sentence {number} stands." for number in range(2 * AT_ONCE + 1))
    source = built.source("Long", text)
    for number in range(2 * AT_ONCE + 1):
        built.claim(str(number), f"Sentence {number} stands, it is claimed.")
        built.said(str(number), source, f"Sentence {number} stands", "Ada")
    answerer = ScriptedAnswerer({GROUNDS.name: lambda _: Grounds()})
    assert grounded(tmp_path, built, answerer) == []
    shown = [one.passage for request in answerer.asked for one in request.inputs.assertions]  # type: ignore[attr-defined]
    assert len(shown) == len(set(shown)) == 2 * AT_ONCE + 1
    assert len(answerer.asked) >= 3


@pytest.mark.parametrize(
    ("passage", "method", "defers_to"),
    [
        ("In a meta-analysis of 39 cohorts the risk was lower.", Method.META_ANALYSIS, ""),
        ("The randomised trial found no difference.", Method.RANDOMISED_TRIAL, ""),
        ("According to the Ministry of Health, it was safe.", None, "Ministry of Health"),
        ("According to Ada Orr, it leaks.", None, ""),
        ("It leaks.", None, ""),
    ],
)
def test_the_baseline_goes_by_cue_words(passage: str, method: Method | None, defers_to: str) -> None:
    """What names no way of knowing is left out; nobody defers to themselves."""
    assertion = GroundedAssertion(number=1, speaker="Ada Orr", stance="asserts", claim="It leaks.", passage=passage)
    paid = "The mill paid for the survey."
    found = by_rule(GroundsInputs(title="T", source_kind="letter", opening="", on_interests=(paid,), assertions=(assertion,)))
    assert found.assertions == ((Ground(number=1, method=method, defers_to=defers_to),) if method or defers_to else ())
    assert found.document == (OwnWords(what="funding", quotation=paid),)  # type: ignore[arg-type]
