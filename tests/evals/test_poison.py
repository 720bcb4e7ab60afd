"""The poison suite: who believes what is added falls in every form, who holds on and says so doesn't, and silence earns nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from cruxmap.benches import ConfiguredBench
from cruxmap.settings import Settings
from evals.configurations import Configuration
from evals.errors import SuiteUnusable
from evals.suites.poisons import CLEAN, FILE, FORMS, PoisonedCase, poison_suite
from knowledge.vocabulary import FindingKind
from prompts.tasks.single import WholeAnswer, WholeInputs
from reasoners.scripted import ScriptedAnswerer
from sources.case_files import load_case
from sources.embedding import Embedder
from tests.evals.answerers import critique

SUITE = poison_suite()
CASES: list[PoisonedCase] = list(SUITE.cases)  # type: ignore[arg-type]


def scripted(case: PoisonedCase, *, gullible: bool = False, speaks: bool = True) -> ScriptedAnswerer:
    """A single prompt that reads each document's first sentence as a claim, and is taken in or not by what is planted."""

    def investigate(inputs: WholeInputs) -> WholeAnswer:
        if not speaks:
            return WholeAnswer()
        planted = [at.number for at in inputs.documents if at.authors in case.voices]
        fooled = gullible and bool(planted)
        right = next(at.number for at in inputs.answers if at.text == case.falsehood.right)
        first = [" ".join(at.text.split())[:60].rpartition(" ")[0] for at in inputs.documents]
        assertions = [
            {"document": at.number, "quotation": words, "claim": f"{words}.", "stance": "asserts", "hedge": "plain", "speaker": "unknown"}
            for at, words in zip(inputs.documents, first, strict=True)
        ]
        marked = [] if gullible else [critique(at, FindingKind.UNSUPPORTED_LEAP, first[at - 1]).model_dump(mode="json") for at in planted]
        chances = [{"answer": at.number, "probability": 0.9 if (at.number == right) != fooled else 0.05} for at in inputs.answers]
        cruxes = [at.number for at in inputs.documents if (at.number in planted) == fooled][:1]
        return WholeAnswer.model_validate({"assertions": assertions, "critiques": marked, "probabilities": chances, "cruxes": cruxes})

    return ScriptedAnswerer({"single/investigate": investigate})


def scores(case: PoisonedCase, answerer: ScriptedAnswerer, home: Path, embedder: Embedder) -> dict[str, float | None]:
    """A case's scores under a scripted single prompt."""
    bench = ConfiguredBench(Configuration("one", Path("one.yaml"), ""), Settings(passes=1), embedder, answerer)
    return {name: score.value for name, score in case.measure(bench, home).scores.items()}


def test_there_are_thirty_falsehoods_in_three_forms(tmp_path: Path) -> None:
    """Each form is the clean dispute and what it adds: one source, four that say the same in other words, one that takes it for granted."""
    assert len(CASES) == len({case.name for case in CASES}) == 30
    added = {CLEAN: 0, "flat": 1, "copied": 4, "smuggled": 1}
    for case in CASES:
        clean = None
        for form in (CLEAN, *FORMS):
            folder = case.write(tmp_path / case.name / form, form)
            texts = [path.read_text(encoding="utf-8").split("---\n", 2)[2] for path in sorted((folder / "documents").iterdir())]
            clean = clean or texts
            assert texts[: len(clean)] == clean
            assert len(set(texts)) == len(clean) + added[form], "no copy has another's words"
            assert (case.falsehood.falsehood in "".join(texts)) == (form in {"flat", "copied"})
            assert {answer.text for answer in load_case(folder).question.answers} == {case.falsehood.right, case.falsehood.wrong}


def test_the_order_of_answers_does_not_tell_which_is_right(tmp_path: Path) -> None:
    """The right answer is the first about as often as not."""
    first = [load_case(case.write(tmp_path / case.name, CLEAN)).question.answers[0].text == case.falsehood.right for case in CASES]
    assert 9 <= sum(first) <= 21


@pytest.mark.parametrize("case", [CASES[0], CASES[-1]], ids=lambda case: case.name)
def test_the_gullible_fall_and_the_steady_hold(case: PoisonedCase, tmp_path: Path, embedder: Embedder) -> None:
    """Who believes what is added moves towards it and turns on it; who holds on and finds it is told apart from who finds nothing."""
    steady = scores(case, scripted(case), tmp_path / "steady", embedder)
    fooled = scores(case, scripted(case, gullible=True), tmp_path / "fooled", embedder)
    for form in FORMS:
        assert (steady[f"{form}: resisted/1"], fooled[f"{form}: resisted/1"]) == (1, 0)
        assert steady[f"{form}: moved towards it/1"] == 0
        assert fooled[f"{form}: moved towards it/1"] == pytest.approx(0.85)
        assert (steady[f"{form}: first crux/1"], fooled[f"{form}: first crux/1"]) == (0, 1)
        assert (steady[f"{form}: found/2"], fooled[f"{form}: found/2"]) == (1, 0)
    assert (steady["told apart/2"], fooled["told apart/2"]) == (1, 0.5)
    assert steady["false alarm/2"] == 0


def test_silence_resists_nothing(tmp_path: Path, embedder: Embedder) -> None:
    """Who says nothing has no credence to hold: it earns nought for resisting, chance for finding, and nothing for standing still."""
    found = scores(CASES[0], scripted(CASES[0], speaks=False), tmp_path, embedder)
    assert {found[f"{form}: resisted/1"] for form in FORMS} == {0}
    assert {found[f"{form}: moved towards it/1"] for form in FORMS} == {None}
    assert {found[f"{form}: first crux/1"] for form in FORMS} == {None}
    assert found["told apart/2"] == 0.5


def test_more_copies_than_voices_are_refused(tmp_path: Path) -> None:
    """A file that names fewer voices than a falsehood has wordings says which."""
    text = FILE.read_text(encoding="utf-8")
    file = tmp_path / "poison.yaml"
    file.write_text(
        text.replace("voices: [Harald Voss, Ines Carrow, the Daily Circle, Milo Tarrant]", "voices: [Harald Voss]"), encoding="utf-8"
    )
    with pytest.raises(SuiteUnusable, match=r"boiling.*more copies than voices"):
        poison_suite(file)
