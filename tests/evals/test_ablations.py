"""Configurations for comparison: what they leave out is not asked, what they put in its place is."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agents.single import CRUX_RANK
from credence.disputed import DECISIVE
from credence.engine import assess
from cruxmap.benches import RUN, ConfiguredBench
from cruxmap.choosing import make_answerer
from cruxmap.registry import Registry
from cruxmap.settings import Settings, load_settings
from evals.benches import Unfinished
from evals.configurations import Configuration, find_configuration, shipped
from evals.gold import GoldCase
from evals.scorers import cruxes
from evals.scorers.scorer import Work
from graphs.fingerprints import fingerprint
from knowledge.records import Assertion, Finding, Gap, Incident, Judgment, Link, Tag, Variant
from knowledge.views import View
from knowledge.vocabulary import FindingKind
from prompts.loading import OF_AGENTS, SHIPPED
from prompts.tasks.base import Role
from prompts.tasks.critic import Accusation, Accusations, ExamineInputs
from prompts.tasks.cruxes import Decisive, LinkAngle, LinksInputs, NamedCrux
from prompts.tasks.single import WholeAnswer, WholeInputs
from reasoners.baseline.answering import NAME as BASELINE
from reasoners.scripted import ScriptedAnswerer
from reasoners.waiting import waiting_in
from sources.embedding import Embedder
from tests.conftest import ROOT
from tests.evals.answerers import critique, sound


def bench(name: str, answerer: ScriptedAnswerer, embedder: Embedder) -> ConfiguredBench:
    """A shipped configuration, its answers scripted."""
    configuration = find_configuration(name)
    return ConfiguredBench(configuration, load_settings(configuration.path, {}), embedder, answerer)


def tasks(answerer: ScriptedAnswerer) -> set[str]:
    """What was asked."""
    return {request.task.name for request in answerer.asked}


@pytest.mark.parametrize("name", sorted(shipped()))
def test_each_shipped_configuration_is_one(name: str) -> None:
    """Every file holds settings that the program knows."""
    assert isinstance(load_settings(find_configuration(name).path, {}), Settings)


def test_default_is_what_runs_when_nothing_is_said() -> None:
    """The configuration called default shapes a run as no configuration does."""
    assert load_settings(find_configuration("default").path, {}).shaping() == Settings().shaping()


def test_what_only_comparisons_switch_is_in_the_fingerprint() -> None:
    """Without the critic a run is another run; with everything as ever its fingerprint is what it was, so that old runs resume."""

    def of(**settings: Any) -> dict[str, str]:
        return fingerprint(configuration=Settings(**settings).shaping(), models={}, case="", documents={}, prompts=SHIPPED)

    assert of(critic="none") != of()
    assert of(readings=False) != of()
    assert of(readings=True) == of()
    assert of(judge_twice=False) != of()
    assert of(turned=True) != of()
    assert of(passes=2) != of(passes=3)
    assert "prompt single/investigate" in of(passes=2)
    assert "prompt single/investigate" not in of()
    assert "prompt critic/accuse" in of(critic="one_sided")


def test_without_the_critic_nothing_is_criticised(tmp_path: Path, gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """No critic is asked, nothing is found, and the rest is as it was."""
    whole, without = sound(gold_cases), sound(gold_cases)
    folder = gold_cases["otters"].folder
    before = bench("default", whole, embedder).investigate(folder, tmp_path / "whole").produced.view
    after = bench("no-critic", without, embedder).investigate(folder, tmp_path / "without").produced.view
    assert {"critic/examine", "critic/survey"} == tasks(whole) - tasks(without)
    assert before.all(Finding)
    assert not after.all(Finding)
    assert not after.all(Gap)
    assert before.all(Assertion) == after.all(Assertion)


def test_without_readings_nothing_is_named_and_judged_once_asks_once(
    tmp_path: Path, gold_cases: dict[str, GoldCase], embedder: Embedder
) -> None:
    """With readings, whose reason a tag keeps, and with two judgments a link; without either no number is another, as all here agree."""

    def investigated(name: str) -> tuple[ScriptedAnswerer, View]:
        first = Decisive(cruxes=(NamedCrux(number=1, reason="It decides."),))
        answerer = sound(gold_cases, decisive=lambda _: lambda _: first)
        return answerer, bench(name, answerer, embedder).investigate(gold_cases["otters"].folder, tmp_path / name).produced.view

    whole, before = investigated("default")
    without, unread = investigated("no-readings")
    once, judged = investigated("judged-once")
    assert tasks(whole) - tasks(without) == {"cruxes/decisive"}
    assert {tag.value for tag in before.all(Tag) if tag.name.startswith(DECISIVE)} == {"It decides."}
    assert not [tag for tag in unread.all(Tag) if tag.name.startswith(DECISIVE)]
    assert before.all(Judgment) == unread.all(Judgment)
    assert {one.inputs.angle for one in whole.asked if isinstance(one.inputs, LinksInputs)} == {LinkAngle.DIRECT, LinkAngle.FREQUENCY}
    assert {one.inputs.angle for one in once.asked if isinstance(one.inputs, LinksInputs)} == {LinkAngle.DIRECT}
    assert [answer.probability for answer in assess(before).questions[0].answers] == pytest.approx(
        [answer.probability for answer in assess(judged).questions[0].answers]
    )


def test_the_one_sided_critic_is_asked_for_flaws_alone(tmp_path: Path, gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """It is asked by its own prompt, and its findings say that the other side was not asked for."""
    answerer = sound(gold_cases)

    def accuse(inputs: ExamineInputs) -> Accusations:
        first = inputs.assertions[0]
        flaw = Accusation(number=first.number, kind=FindingKind.OVERCLAIM, observation=first.passage[:40], flaw="It says too much.")
        return Accusations(accusations=(flaw,))

    answerer.methods = {**answerer.methods, "critic/accuse": accuse}
    view = bench("one-sided-critic", answerer, embedder).investigate(gold_cases["otters"].folder, tmp_path).produced.view
    assert "critic/accuse" in tasks(answerer)
    assert "critic/examine" not in tasks(answerer)
    assert {one.sound_case for one in view.all(Finding)} == {"Not asked for: this critic was to find flaws alone."}


def whole_answer(case: GoldCase, inputs: WholeInputs) -> dict[str, Any]:
    """A single prompt's answer from the gold: everything that the gold holds, by number."""
    number = {
        name: next(at.number for at in inputs.documents if one.quote in at.text) for one in case.gold.assertions for name in [one.document]
    }
    assertions = [
        {
            "document": number[one.document],
            "quotation": one.quote,
            "claim": case.gold.claims[one.claim],
            "speaker": one.speaker,
            "reporters": one.reporters,
            "stance": one.stance,
            "hedge": one.hedge,
        }
        for one in case.gold.assertions
    ]
    at = {claim: place for place, claim in reversed(list(enumerate((one.claim for one in case.gold.assertions), 1)))}
    return {
        "assertions": assertions,
        "variants": [{"first": at[a], "second": at[b], "differs_in": "certainty"} for a, b in (one.claims for one in case.gold.variants)],
        "bearings": [{"claim": at["released"], "answer": 2, "relation": "supports", "warrant": "Released otters breed."}],
        "links": [{"premises": [at["clean"]], "conclusion": at["fish"], "warrant": "Fish need clean water."}],
        "undercuts": [{"premise": at["tracks"], "link": 1, "warrant": "For the sake of it."}],
        "critiques": [critique(1, FindingKind.RHETORIC, case.gold.assertions[0].quote[:30]).model_dump(mode="json")],
        "missing": [{"kind": "measurement", "text": "A genetic test", "why": "It would tell", "how": "Ask a laboratory"}],
        "cruxes": [at["spread"], at["before"]],
    }


def test_the_single_prompt_is_asked_so_often_and_improves_its_draft(
    tmp_path: Path, gold_cases: dict[str, GoldCase], embedder: Embedder
) -> None:
    """Three passes are one task asked three times, each with the draft before; the last one's answer counts, and its ranking of cruxes."""
    case = gold_cases["otters"]
    drafts: list[str] = []

    def investigate(inputs: WholeInputs) -> WholeAnswer:
        drafts.append(inputs.draft)
        answer = whole_answer(case, inputs)
        answer["assertions"] = answer["assertions"] if len(drafts) == 3 else answer["assertions"][:1]
        return WholeAnswer.model_validate(answer if len(drafts) == 3 else {"assertions": answer["assertions"]})

    answerer = ScriptedAnswerer({"single/investigate": investigate})
    produced = bench("single-prompt", answerer, embedder).investigate(case.folder, tmp_path).produced
    assert (len(drafts), drafts[0], bool(drafts[1])) == (3, "", True)
    view = produced.view
    assert not view.all(Incident)
    assert len(view.all(Assertion)) == len(case.gold.assertions)
    assert len(view.all(Variant)) == len(case.gold.variants)
    assert [tag.value for tag in view.all(Tag) if tag.name == CRUX_RANK].count("1") == 1
    assert {link.relation.value for link in view.all(Link)} == {"supports", "undercuts"}
    work = Work(produced, case, embedder)
    assert cruxes.ranked(produced)[0] == next(
        one.claim for one in view.all(Assertion) if "marker can reach the lower Larn" in view.records[one.passage].text
    )  # type: ignore[attr-defined]
    assert (cruxes.crux_recall(work).value or 0) > 0.6


def test_what_the_single_prompt_invents_falls_and_takes_its_links_along(
    tmp_path: Path, gold_cases: dict[str, GoldCase], embedder: Embedder
) -> None:
    """A quotation that isn't in the text becomes an incident; numbers still name what they named."""
    case = gold_cases["otters"]

    def investigate(inputs: WholeInputs) -> WholeAnswer:
        answer = whole_answer(case, inputs)
        answer["assertions"][0]["quotation"] = "Nothing like this stands anywhere in the column."
        return WholeAnswer.model_validate(answer)

    answerer = ScriptedAnswerer({"single/investigate": investigate})
    configured = ConfiguredBench(Configuration("one", Path("one.yaml"), ""), Settings(passes=1), embedder, answerer)
    view = configured.investigate(case.folder, tmp_path).produced.view
    assert len(view.all(Incident)) == 1
    assert len(view.all(Assertion)) == len(case.gold.assertions) - 1
    assert {link.target.partition("-")[0] for link in view.all(Link)} == {"answer"}
    assert not view.all(Finding)


@pytest.mark.parametrize(
    ("name", "role"), [("extraction-by-rule", Role.EXTRACT), ("structuring-by-rule", Role.STRUCTURE), ("judgments-by-rule", Role.JUDGE)]
)
def test_a_role_by_rule_shapes_the_run_and_names_its_code(name: str, role: Role, embedder: Embedder) -> None:
    """The configuration is another, says what it ablates, and names the baseline's code where another names a model."""
    configuration = find_configuration(name)
    settings = load_settings(configuration.path, {"reasoner": "exchange", "model": "someone"})
    made = ConfiguredBench(configuration, settings, embedder)
    assert made.identity()["judge"].count("someone") == len(Role) - 1
    assert f"{role.value}=baseline" in made.identity()["judge"]
    assert made.ablates() == ("default", settings.without)
    assert settings.shaping() != Settings().shaping()


def test_a_role_by_rule_is_asked_of_no_model(tmp_path: Path, gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """The baseline answers that role's questions, journalled under its name; those of the others wait for the model."""
    configuration = find_configuration("extraction-by-rule")
    settings = load_settings(configuration.path, {"reasoner": "exchange", "model": "someone"})
    home = tmp_path / "home"
    with pytest.raises(Unfinished):
        ConfiguredBench(configuration, settings, embedder).investigate(gold_cases["otters"].folder, home)
    roles = {task.name: task.role for task in OF_AGENTS}
    with closing(Registry(home).open_journal(RUN)) as journal:
        calls, waits = journal.calls(), waiting_in(journal)
    assert {(roles[call.task], call.model) for call in calls} == {(Role.EXTRACT, BASELINE)}
    assert {(roles[one.task], one.model) for one in waits} == {(Role.STRUCTURE, "someone")}


def test_a_role_goes_by_rule_with_a_recording_too(embedder: Embedder) -> None:
    """The baseline answers that role, the recording the others."""
    settings = Settings(reasoner="recording", by_rule=(Role.JUDGE,))
    answerer = make_answerer(settings, ROOT / "cases" / "eggs", {}, embedder, lambda _: None)
    assert answerer.model_for(Role.JUDGE) == BASELINE
    assert answerer.model_for(Role.CRITIC) == "claude-helper-session"
