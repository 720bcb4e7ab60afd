"""Calibration: resolved disputes, what stands for silence, a configuration's own probabilities, and all cases together."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.single import OWN_CREDENCE
from cruxmap.benches import ConfiguredBench
from cruxmap.settings import Settings
from evals.batches import Budget, run_batch
from evals.calibrating import calibration_lines
from evals.configurations import Configuration
from evals.gold import GoldCase
from evals.reports import write_report
from evals.results import load_result
from evals.scorers import credences
from evals.suites.calibrations import calibration_suite
from knowledge.blobs import digest_of_text
from knowledge.records import Answer, Assertion, Claim, Passage, Record, Source, Tag
from prompts.tasks.single import WholeAnswer, WholeInputs
from reasoners.scripted import ScriptedAnswerer
from sources.embedding import Embedder
from tests.evals.oracles import empty, perfect, work_of

SUITE = calibration_suite()


def golds() -> dict[str, GoldCase]:
    """The resolved disputes by name."""
    return {case.name: case.gold for case in SUITE.cases}  # type: ignore[attr-defined]


def test_every_dispute_is_resolved_and_neither_side_is_favoured() -> None:
    """Each has a true answer and claims of both kinds; the first answer is right about as often as not, and so is a claim."""
    first = [case.case.question.answers[0].key == case.gold.answer for case in golds().values()]
    truths = [truth for case in golds().values() for truth in case.gold.resolved.values()]
    assert len(first) == 12
    assert all({True, False} == set(case.gold.resolved.values()) for case in golds().values())
    assert all(100 <= sum(len(text.split()) for text in case.texts.values()) <= 250 for case in golds().values())
    assert 0.3 <= sum(first) / len(first) <= 0.7
    assert 0.4 <= sum(truths) / len(truths) <= 0.6


def test_silence_is_a_coin(embedder: Embedder) -> None:
    """Who records nothing gets 0.75 of the claims' Brier score, ln 2 of their log score, and what the prior earns of the answers."""
    work = empty(golds()["ulcers"], embedder)
    assert credences.claims_brier(work).value == pytest.approx(0.75)
    assert credences.claims_log_score(work).value == pytest.approx(0.6931, abs=1e-4)
    assert credences.claims_said(work).value == 0
    assert 0.6 < (credences.answer_brier(work).value or 0) < 0.8


@pytest.mark.parametrize("name", ["ulcers", "stones", "bell"])
def test_own_probabilities_go_before_computed_ones(name: str, embedder: Embedder) -> None:
    """A configuration that gives probabilities itself is scored by these: sure and right is perfect, sure and wrong is nought."""
    case = golds()[name]
    records: list[Record] = list(perfect(case, embedder).view.records.values())
    texts = {text: truth for key, truth in case.gold.resolved.items() for text in [case.gold.claims[key]]}
    answers = [one for one in records if isinstance(one, Answer) and not one.something_else]

    def said(right: float) -> list[Record]:
        tags: list[Record] = [
            Tag(record=one.id, name=OWN_CREDENCE, value=str(right if one.name == case.gold.answer else 1 - right)) for one in answers
        ]
        claims = [one for one in records if one.id.startswith("claim-") and getattr(one, "text", "") in texts]
        return [
            *records,
            *tags,
            *(Tag(record=one.id, name=OWN_CREDENCE, value=str(right if texts[one.text] else 1 - right)) for one in claims),
        ]  # type: ignore[attr-defined]

    best, worst = work_of(case, said(1.0), embedder), work_of(case, said(0.0), embedder)
    assert credences.answer_brier(best).value == 1
    assert credences.claims_brier(best).value == pytest.approx(1)
    assert credences.claims_said(best).value == 1
    assert credences.answer_brier(worst).value == 0
    assert credences.claims_brier(worst).value == pytest.approx(0)
    assert credences.answer_log_score(worst).value == pytest.approx(9.21, abs=0.01)


def scripted(confidence: float) -> ScriptedAnswerer:
    """A single prompt that names the truth of every dispute, as sure as it is told to be."""

    def investigate(inputs: WholeInputs) -> WholeAnswer:
        case = next(one for one in golds().values() if one.case.question.text == inputs.question)
        number = {one.document: at.number for one in case.gold.assertions for at in inputs.documents if one.quote in at.text}
        assertions = [
            {
                "document": number[one.document],
                "quotation": one.quote,
                "claim": case.gold.claims[one.claim],
                "stance": one.stance,
                "hedge": one.hedge,
                "speaker": "unknown",
                "probability": confidence if case.gold.resolved[one.claim] else 1 - confidence,
            }
            for one in case.gold.assertions
        ]
        right = next(one.text for one in case.case.question.answers if one.key == case.gold.answer)
        answers = [{"answer": at.number, "probability": confidence if at.text == right else 1 - confidence} for at in inputs.answers]
        return WholeAnswer.model_validate({"assertions": assertions, "probabilities": answers})

    return ScriptedAnswerer({"single/investigate": investigate})


def test_a_result_tells_who_is_surer_than_right(tmp_path: Path, embedder: Embedder) -> None:
    """Of two that are always right the surer one scores better, its temperature says that it could be surer still, and the report shows both."""
    benches = {
        name: ConfiguredBench(Configuration(name, Path(f"{name}.yaml"), ""), Settings(passes=1), embedder, scripted(confidence))
        for name, confidence in {"sure": 0.99, "shy": 0.7}.items()
    }
    names = [case.name for case in SUITE.cases][:6]
    assert run_batch(SUITE.only(names), benches, tmp_path, repeats=1, seed=0, budget=Budget(), note=lambda _: None).complete
    result = load_result(tmp_path)
    found = result.calibrations
    assert found["sure"]["claims"].brier < found["shy"]["claims"].brier < 0.1
    assert found["sure"]["answers"].count == found["sure"]["answers"].groups == 6
    assert found["shy"]["claims"].count > found["shy"]["claims"].groups == 6
    assert found["shy"]["claims"].temperature > 5
    assert found["shy"]["answers"].ece == pytest.approx(0.3, abs=0.01)
    assert any("sure, claims" in line for line in calibration_lines(found))
    page, _ = write_report(result)
    assert "Calibration" in page.read_text(encoding="utf-8")
    assert not type(result)(result.plan, result.trials[:4], result.folder).calibrations, "of too few disputes nothing is told"


def test_a_claim_worded_the_other_way_round_counts_the_other_way_round(embedder: Embedder) -> None:
    """Who records the denial as a claim of its own and gives it 0.1 has given the claim 0.9, if the passage shows which claim it is; else nothing."""
    case = golds()["ulcers"]
    one = next(assertion for assertion in case.gold.assertions if assertion.claim == "live")
    start, end = case.span(one.document, one.quote)
    source = Source(title=one.document, text=digest_of_text(case.texts[one.document]))
    passage = Passage(source=source.id, start=start, end=end, text=one.quote)
    claim = Claim(text="Bacteria can't live in a stomach that is full of acid.")
    said = Assertion(claim=claim.id, passage=passage.id)
    opened = list(empty(case, embedder).view.records.values())
    tag = Tag(record=claim.id, name=OWN_CREDENCE, value="0.1")

    def live(*records: Record) -> tuple[float, bool]:
        made = credences.forecasts(work_of(case, [*opened, *records], embedder))
        return next((forecast.probability, forecast.said) for forecast in made if forecast.name == "live")

    assert live(claim, tag, passage, said) == (pytest.approx(0.9), True)
    assert live(claim, tag) == (0.5, False)
    other = Claim(text="Bacteria can live in a stomach full of acid.")
    assert live(other, Tag(record=other.id, name=OWN_CREDENCE, value="0.8")) == (pytest.approx(0.8), True)
