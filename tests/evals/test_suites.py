"""The suites: a perfect answer gets 1, a silent one nothing, and data that aren't here are skipped with the reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.configurations import find_configuration, shipped
from evals.errors import EvalError, SuiteUnusable
from evals.scorers.scorer import Used
from evals.suites import fallacies, key_points, stances, structures
from evals.suites.golds import LATER
from evals.suites.planted_flaws import planted_suite
from evals.suites.registry import SUITES, load_suite
from evals.suites.suite import HALVES, Suite
from evals.suites.whole_cases import gold_suite
from knowledge.vocabulary import FindingKind, Relation
from prompts.tasks.critic import Critiques
from prompts.tasks.structuring import Implication, Relations, Step, Undercut
from sources.case_files import load_case
from tests.conftest import SHARED
from tests.evals.answerers import critique

LAYERS = ["microtexts", "abstracts", "stances", "key-points", "fallacies"]
WARRANT = "It bears on it somehow."


@pytest.fixture(scope="session")
def datasets() -> Path:
    """The labelled data sets, where the checkout has them beside it."""
    if not (SHARED / "datasets").is_dir():
        pytest.skip("../shared/datasets is not here: research data that the project doesn't ship")
    return SHARED / "datasets"


class Silent:
    """A reasoner that answers every question with nothing."""

    async def answer(self, task: Any, inputs: Any, *, step: str) -> Any:
        """Say nothing, or of pairs that they differ."""
        del step
        if "pairs" in type(inputs).model_fields:
            return task.output(verdicts=[{"verdict": "different", "reason": "silent"} for _ in inputs.pairs])
        return task.output()


class SilentBench:
    """A bench on which nobody says anything."""

    def ask(self, home: Path, questions: Callable[[Any], Awaitable[Any]]) -> tuple[Any, Used]:
        """Run the questions past the silent reasoner."""
        import asyncio  # noqa: PLC0415

        del home

        async def asked() -> Any:
            return await questions(Silent())

        return asyncio.run(asked()), Used()


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_suite_without_its_data_says_what_is_missing(name: str, tmp_path: Path) -> None:
    """Absent research data skip the suite with the reason, and nothing else."""
    with pytest.raises(SuiteUnusable, match=r"skipped: .* is not here"):
        load_suite(name, tmp_path)


@pytest.mark.parametrize("name", LAYERS)
def test_silence_earns_no_more_than_chance(name: str, datasets: Path, tmp_path: Path) -> None:
    """Who answers nothing gets nought, or where a measure says so chance.

    A stance suite full of neutral passages rewards neutrality, and where the gold has no link of a kind giving none is right.
    """
    suite = load_suite(name, datasets)
    assert len({case.name for case in suite.cases}) == len(suite.cases) >= 25
    chance = {measure.id: measure.chance for measure in suite.measures}
    for case in suite.cases[:25]:
        for measure, score in case.measure(SilentBench(), tmp_path).scores.items():  # type: ignore[arg-type]
            if measure in {"neutral recall/1", "accuracy/1"} or score.value is None:
                continue
            if measure == "balanced accuracy/1":
                assert score.value <= 0.5, case.name
                continue
            if measure.endswith("F1/2") and not score.misses:
                assert score.value == 1, (case.name, measure)
                continue
            assert score.value == pytest.approx(chance[measure] or 0.0), (case.name, measure)


def test_suites_are_the_same_each_time(datasets: Path) -> None:
    """Samples are drawn by a fixed seed: a suite's digest doesn't change from one load to the next."""
    assert {name: load_suite(name, datasets).digest for name in LAYERS} == {name: load_suite(name, datasets).digest for name in LAYERS}


@pytest.mark.parametrize("name", SUITES)
def test_other_measures_are_another_version(name: str, datasets: Path) -> None:
    """A suite's version stands for its measures: whoever changes these adds a line with the next version, and changes none."""
    suite = load_suite(name, datasets)
    known = yaml.safe_load((Path(__file__).parent / "measures.yaml").read_text(encoding="utf-8"))
    assert known[f"{name} {suite.version}"] == [measure.id for measure in suite.measures]


def test_a_structure_given_back_scores_one() -> None:
    """The gold's own links score 1 on every measure, reversed ones nought, and one too many costs; what only the words imply isn't scored."""
    gold = structures.Structure(
        "one", "One", ("a", "b", "c", "d"), frozenset({(1, 2, Relation.SUPPORTS), (3, 2, Relation.ATTACKS)}), frozenset({(4, 3, 2)})
    )
    links = (
        Step(premises=(1,), conclusion=2, warrant=WARRANT),
        Step(premises=(3,), conclusion=2, relation=Relation.ATTACKS, warrant=WARRANT),
    )
    right = Relations(links=links, undercuts=(Undercut(premise=4, link=2, warrant=WARRANT),))
    assert {score.value for score in structures.scores_of(right, gold).values()} == {1.0}
    turned = Relations(links=tuple(Step(premises=(2,), conclusion=one.premises[0], warrant=WARRANT) for one in links))
    assert {score.value for score in structures.scores_of(turned, gold).values()} == {0.0}
    implied = (Implication(premise=4, conclusion=1, reason=WARRANT),)
    assert structures.scores_of(right.model_copy(update={"implied": implied}), gold) == structures.scores_of(right, gold)
    more = Relations(links=(*links, Step(premises=(4,), conclusion=1, warrant=WARRANT)))
    assert structures.scores_of(more, gold)["linked F1/2"].value == pytest.approx(0.8)


def test_the_data_are_read_as_their_makers_drew_them(datasets: Path) -> None:
    """Every support, rebuttal, undercut and linked premise of the 56 texts is there; abstracts have every unit that a row names."""
    suite = structures.microtexts(datasets)
    contents = "\n".join(case.content for case in suite.cases)  # type: ignore[attr-defined]
    assert len(suite.cases) == 56
    assert contents.count("Relation.SUPPORTS") >= 135
    assert len(structures.abstracts(datasets).cases) == 50


def test_labels_follow_from_links_to_answers() -> None:
    """Supporting a claim and attacking its denial are one; speaking for both sides is neutral; so is silence."""
    found = Relations(
        links=(
            Step(premises=(1,), answer=1, relation=Relation.SUPPORTS, warrant=WARRANT),
            Step(premises=(1,), answer=2, relation=Relation.ATTACKS, warrant=WARRANT),
            Step(premises=(2,), answer=2, relation=Relation.SUPPORTS, warrant=WARRANT),
            Step(premises=(3,), answer=1, relation=Relation.SUPPORTS, warrant=WARRANT),
            Step(premises=(3,), answer=2, relation=Relation.SUPPORTS, warrant=WARRANT),
            Step(premises=(4,), conclusion=1, relation=Relation.SUPPORTS, warrant=WARRANT),
        )
    )
    assert stances.labels(found, 4) == ["Supports", "Refutes", "Neutral", "Neutral"]
    scores = stances.scores_of(["Supports", "Refutes", "Neutral", "Neutral"], ["Supports", "Supports", "Refutes", "Neutral"])
    assert scores["accuracy/1"].value == 0.5
    assert scores["wrong side/1"].value == pytest.approx(1 / 3)


def test_always_saying_the_same_is_chance() -> None:
    """For key points and fallacies, yes to all and no to all have a balanced accuracy of a half; the truth has 1."""
    gold = [True, True, False, False, False]
    verdicts: tuple[key_points.Label, ...] = ("same", "different")
    for verdict in verdicts:
        assert key_points.scores_of([verdict] * 5, gold)[key_points.MEASURES[0].id].value == 0.5
    right: list[key_points.Label] = ["same" if made else "different" for made in gold]
    assert key_points.scores_of(right, gold)[key_points.MEASURES[0].id].value == 1
    texts = [
        ("All of them, always.", "ad populum"),
        ("Then it rained, so it flooded.", "false causality"),
        ("It rained.", ""),
        ("Snow.", ""),
    ]
    flagged = {
        "all": [1, 2, 3, 4],
        "none": [],
        "right": [1, 2],
    }
    values: dict[str, Mapping[str, Any]] = {}
    for name, numbers in flagged.items():
        kinds = [FindingKind.RHETORIC, FindingKind.OVERCLAIM, FindingKind.RHETORIC, FindingKind.RHETORIC]
        found = Critiques(critiques=tuple(critique(number, kinds[number - 1], texts[number - 1][0]) for number in numbers))
        values[name] = {measure: score.value for measure, score in fallacies.scores_of(found, texts).items()}
    assert [values[name]["flagged, balanced accuracy/1"] for name in ("all", "none", "right")] == [0.5, 0.5, 1]
    assert values["right"]["flagged rightly/1"] == 1


def test_every_flaw_can_be_planted(tmp_path: Path) -> None:
    """Each flaw makes a case that differs from its twin where it should, and the twin's own gold stays behind."""
    suite = planted_suite()
    assert len(suite.cases) >= 14
    for case in suite.cases:
        folder = case.plant(tmp_path / case.name)  # type: ignore[attr-defined]
        texts = {path.name: path.read_text(encoding="utf-8") for path in (folder / "documents").iterdir()}
        flaw = case.flaw  # type: ignore[attr-defined]
        assert not (folder / "gold.yaml").exists()
        assert all(edit.replace in texts[edit.document] for edit in flaw.edits)
        assert flaw.at is None or flaw.at.flawed in texts[flaw.at.document]
        assert flaw.at is None or flaw.at.clean in (case.twin.folder / "documents" / flaw.at.document).read_text(encoding="utf-8")  # type: ignore[attr-defined]
        assert flaw.question in {"", load_case(folder).question.text}
        assert case.plant(folder) == folder  # type: ignore[attr-defined]


def test_configurations_are_found_by_name_and_file(tmp_path: Path) -> None:
    """The shipped ones are found by their names, one's own by its path, and an unknown name lists the known."""
    assert {"default", "baseline", "no-critic", "one-sided-critic", "one-round", "single-prompt"} <= shipped().keys()
    own = tmp_path / "mine.yaml"
    own.write_text("rounds: 2\n")
    assert find_configuration(str(own)).name == "mine"
    with pytest.raises(EvalError, match="no-critic"):
        find_configuration("nocritic")


def test_an_unknown_suite_lists_the_known() -> None:
    """A mistyped suite is answered with the names that there are."""
    with pytest.raises(SuiteUnusable, match="gold, calibration, planted, poison, probes"):
        load_suite("golden", Path())
    assert set(LAYERS) < SUITES.keys()


@pytest.mark.parametrize("name", ["gold", "planted", "poison", "calibration"])
def test_halves_share_nothing_and_leave_nothing_out(name: str, tmp_path: Path) -> None:
    """What is tuned on and what is held out are two halves of a suite, clusters whole, the same each time."""
    suite = load_suite(name, tmp_path)
    tuning, held = suite.half("tuning"), suite.half("held-out")
    assert {case.name for case in tuning.cases} | {case.name for case in held.cases} == {case.name for case in suite.cases}
    assert not {case.cluster for case in tuning.cases} & {case.cluster for case in held.cases}
    assert abs(len({case.cluster for case in tuning.cases}) - len({case.cluster for case in held.cases})) <= 1
    assert tuning.digest == load_suite(name, tmp_path).half("tuning").digest != held.digest


def test_later_cases_change_no_half() -> None:
    """What a prompt was tuned on stays in its half when controls are added: they are dealt out after all others."""
    suite = gold_suite()
    older = Suite("gold", 1, "", suite.measures, suite.headline, [case for case in suite.cases if case.cluster not in LATER])
    for half in HALVES:
        added = {case.cluster for case in suite.half(half).cases} - {case.cluster for case in older.half(half).cases}
        assert len(added) == 2
        assert added <= LATER
