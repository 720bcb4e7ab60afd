"""Opening a crux and asking what if, from the command line, on a real run of the baseline."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from credence.engine import assess
from credence.noise import Varied
from credence.words import frequency, points, span, times, told_apart
from cruxmap.cli import main
from cruxmap.explaining import crux_lines
from cruxmap.opening import opened_run
from cruxmap.reporting import report, summary_of
from explorer import reckonings
from knowledge.records import Claim, Link
from tests.conftest import ROOT
from tests.cruxmap.conftest import Program


@pytest.fixture(scope="module")
def eggs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a finished run over the eggs case."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRUXMAP_HOME", str(home))
        patch.setattr("sys.argv", ["cruxmap", "run", str(ROOT / "cases" / "eggs"), "--reasoner", "baseline", "--run-id", "eggs", "--json"])
        with pytest.raises(SystemExit):
            main()
    return home


@pytest.fixture
def home(eggs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That home, for the program to look into."""
    monkeypatch.setenv("CRUXMAP_HOME", str(eggs))
    return eggs


def first_crux(program: Program) -> dict:
    """The leading crux about a claim."""
    _, out, _ = program("cruxes", "eggs", "--json")
    return next(crux for crux in json.loads(out)["cruxes"] if crux["kind"] == "claim")


def test_why_opens_a_crux(program: Program) -> None:
    """It shows the claim, its credence and shift, who says it in which words, and how it bears on the question."""
    crux = first_crux(program)
    code, out, _ = program("cruxes", "eggs", "--why", crux["subject"])
    assert code == 0
    assert crux["text"].rstrip(".") in out
    assert "what is said on it" in out
    assert "how it bears" in out
    assert f"would shift {points(crux['expected_shift'])} of the credence" in out
    now = [answer["probability"] for answer in json.loads(program("show", "eggs", "--json")[1])["answers"]]
    ratio = max(max(pair) / value for *pair, value in zip(crux["if_true"], crux["if_false"], now, strict=True))
    assert f"no answer would become more than {times(ratio)} times as likely" in out, "as published, as in every report"
    assert (
        f"by the model alone, before anything is kept back for model error, risk achievement {times(crux['risk_ratio'])}, risk red" in out
    )


def test_the_cruxes_tell_frequencies_decibans_and_what_shared_evidence_does(program: Program) -> None:
    """Each crux has its outcomes in natural frequencies and decibans; the inquiry has its answers without dependence."""
    code, out, _ = program("cruxes", "eggs")
    assert code == 0
    crux = json.loads(program("cruxes", "eggs", "--json")[1])["cruxes"][0]
    answers = json.loads(program("show", "eggs", "--json")[1])["answers"]
    after = out.split(crux["sentence"])[1].splitlines()[1]
    assert any(after.startswith(f"    now {frequency(answer['probability'])}; if so ") for answer in answers)
    assert after.count(" dB)") == 2
    leading = max(answers, key=lambda answer: answer["probability"])
    assert leading["independent"] != leading["probability"]
    assert f"“{leading['name']}” would be {told_apart(leading['probability'], leading['independent'])[1]}, and is" in out
    assert "leaned on more than once: " in out


def test_the_standing_says_how_firm_the_answer_is(program: Program) -> None:
    """Verdict, bands under noise, cruxes without copies, what it rests on and what would overturn it."""
    code, out, _ = program("cruxes", "eggs", "--standing")
    assert code == 0
    assert "leads" in out
    assert "judged again" in out
    assert "rests on" in out
    assert "overturns it" in out
    assert "one judgment by itself, of those behind the first three cruxes, lower or higher by its noise" in out
    assert " if lower, " in out.splitlines()[-1]


@pytest.mark.parametrize("told", ["report", "site", "standing"])
def test_a_question_is_modelled_once_to_be_varied(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    """A report, a site and the standing make one model for all that they vary, and assess no more than once."""
    made: list[str] = []
    for place, name in ((Varied, "__init__"), (reckonings, "assess")):
        monkeypatch.setattr(place, name, _noted(getattr(place, name), made))
    if told == "report":
        with opened_run("eggs") as opened:
            report(opened.registry, opened.record, opened.store, opened.journal)
    else:
        program(*(("site", "eggs", "-o", str(tmp_path / "site")) if told == "site" else ("cruxes", "eggs", "--standing")))
    assert made.count("__init__") == 1
    assert made.count("assess") == (told != "standing")


def _noted(does: Callable[..., Any], made: list[str]) -> Callable[..., Any]:
    """Do the same, and note that it was done."""

    def noting(*given: Any, **named: Any) -> Any:
        made.append(does.__name__)
        return does(*given, **named)

    return noting


def test_an_answer_has_one_band_wherever_it_is_shown(program: Program) -> None:
    """The summary, its JSON, the report and the standing tell the same band of the same answer."""
    answers = json.loads(program("show", "eggs", "--json")[1])["answers"]
    shown, standing = program("show", "eggs")[1], program("cruxes", "eggs", "--standing")[1]
    for answer in answers:
        band = span(answer["low"], answer["high"])
        assert band in shown
        assert f"“{answer['name']}” is within {band}" in standing


def test_why_of_what_carries_nothing_says_so(program: Program) -> None:
    """An id that no argument rests on is an error that says what was looked for."""
    code, _, err = program("cruxes", "eggs", "--why", "claim-00000000000000000000")
    assert code == 1
    assert "claim-0000" in err


def test_what_if_moves_the_answers_as_the_crux_foretells(program: Program) -> None:
    """Taking the leading crux as certain brings the answers where its own score says, to the percent shown."""
    crux = first_crux(program)
    code, out, _ = program("what-if", "eggs", f"{crux['subject'][:14]}=1")
    assert code == 0
    assert "taken as true: " in out
    after = [line.split("->")[1].split()[0] for line in out.splitlines() if "->" in line]
    most = max(crux["if_true"])
    assert f"{100 * most:.0f}%" in after


def test_what_a_reader_set_is_told_as_it_was_set(program: Program) -> None:
    """Exactly 0 and 1 are false and true, a step fails, other numbers stand as given, and what changes nothing is said to."""
    crux = first_crux(program)["subject"]
    with opened_run("eggs") as opened:
        link = next(one.id for one in opened.view.all(Link))
        idle = next(one.id for one in opened.view.all(Claim) if one.id not in assess(opened.view).questions[0].credences)
    assert "taken as false: " in program("what-if", "eggs", f"{crux}=0")[1]
    assert "taken as 0.005% probable: " in program("what-if", "eggs", f"{crux}=0.00005")[1]
    assert "taken as failing: " in program("what-if", "eggs", f"{link}=0")[1]
    assert "it changes nothing" in program("what-if", "eggs", f"{idle}=0")[1]
    assert "it changes nothing" not in program("what-if", "eggs", f"{crux}=0")[1]


@pytest.mark.parametrize(
    ("given", "word"), [(["eggs"], "what if what"), (["eggs", "claim-1=2"], "probability"), (["eggs", "zzz=0.5"], "zzz")]
)
def test_a_question_put_wrongly_is_refused_with_advice(program: Program, given: list[str], word: str) -> None:
    """Without a claim, with no probability, or with an unknown claim nothing is computed."""
    code, _, err = program("what-if", *given)
    assert code in {1, 2}
    assert word in err


def test_two_perspectives_are_set_side_by_side(program: Program, tmp_path: Path) -> None:
    """A person who doubts the leading claim differs from the run's reader about it alone: it comes first, and all of the gap is its."""
    crux = first_crux(program)
    _, before, _ = program("cruxes", "eggs", "--json")
    with opened_run("eggs") as opened:
        assertion = next(one.id for one, _ in opened.view.assertions_of(crux["subject"]))
    mine = {"record": assertion, "quantity": "evidence", "value": -3.0, "reason": "they were paid"}
    file = tmp_path / "mine.yaml"
    file.write_text(json.dumps({"name": "doubter", "description": "of tests", "judgments": [mine]}), encoding="utf-8")
    assert program("edit", "--perspective", str(file), "--run", "eggs")[0] == 0
    code, out, _ = program("cruxes", "eggs", "--double", "doubter", "careful reader")
    assert code == 0
    assert f"[{crux['subject']}]" in out.split("1. ")[1].splitlines()[0]
    assert "double crux" in out
    assert out.split("decibans that sum to it")[1].count("dB (") == 1
    assert program("cruxes", "eggs", "--json")[1] == before
    assert (
        "as “doubter” judges; what it doesn't judge is as “careful reader” does" in program("cruxes", "eggs", "--perspective", "doubter")[1]
    )
    code, _, err = program("cruxes", "eggs", "--double", "doubter", "nobody")
    assert code == 1
    assert "“careful reader”" in err


def test_answers_can_be_tempered_by_what_a_calibration_found(program: Program) -> None:
    """Half the log-odds of what the argument gives, by hand, is what is told, with the share of model error; other options refuse it."""
    code, out, _ = program("cruxes", "eggs", "--temperature", "0.5")
    assert code == 0
    with opened_run("eggs") as opened:
        answers = assess(opened.view).questions[0].answers
        error = assess(opened.view).questions[0].model_error
    raised = [one.modelled**0.5 for one in answers]
    expected = [(1 - error) * root / sum(raised) + error * one.if_unsound for root, one in zip(raised, answers, strict=True)]
    told = [float(line.split("%")[0]) / 100 for line in out.split("\n\n")[1].splitlines()[1 : 1 + len(answers)]]
    assert told == pytest.approx(expected, abs=0.006)
    assert expected != pytest.approx([one.probability for one in answers], abs=0.02)
    code, _, err = program("cruxes", "eggs", "--temperature", "0.5", "--standing")
    assert code == 2
    assert "--temperature" in err


def test_a_study_tells_what_each_result_would_change(program: Program) -> None:
    """A perfect one brings the answers where the crux says but for model error; a coin toss changes nothing; several are put in order."""
    crux = first_crux(program)
    name = crux["subject"][:14]
    code, out, _ = program("study", "eggs", f"{name}=0.5/0.5")
    assert code == 0
    assert "would shift 0 points of the credence on average, and tell 0.0000 bits" in out
    _, whole, _ = program("study", "eggs", name)
    _, half, _ = program("study", "eggs", f"{name}=1/1/0.5")
    shifts = [float(text.split("would shift ")[1].split(" points")[0]) for text in (whole, half)]
    assert shifts[1] == pytest.approx(shifts[0] / 2, rel=0.02)
    with opened_run("eggs") as opened:
        link = next(one.id for one in opened.view.all(Link) if one.premises == (crux["subject"],))
    _, ordered, _ = program("study", "eggs", f"{name}=0.6/0.6", f"{link}=0.9/0.9/1/2")
    assert "in this order" in ordered
    assert "for each unit of cost" in ordered


@pytest.mark.parametrize(("given", "word"), [(["eggs"], "a study of what"), (["eggs", "claim-1=2/1"], "sensitivity and specificity")])
def test_a_study_put_wrongly_is_refused_with_advice(program: Program, given: list[str], word: str) -> None:
    """Without a claim, or with numbers that are no probabilities, nothing is computed."""
    code, _, err = program("study", *given)
    assert code == 2
    assert word in err


def test_a_run_with_no_name_is_no_run(program: Program) -> None:
    """An empty name, as of a variable that was never set, doesn't silently stand for the latest."""
    for command in (["show", ""], ["cruxes", ""], ["resume", ""], ["serve", ""]):
        code, _, err = program(*command)
        assert code == 2
        assert "'' is no run id" in err


def test_blocks_without_two_perspectives_are_refused(program: Program) -> None:
    """Nothing would be weighed."""
    code, _, err = program("cruxes", "eggs", "--blocks", "4")
    assert code == 2
    assert "--double P Q" in err


def test_what_is_not_worked_out_is_said(home: Path) -> None:
    """Where the testimonies are too many, the effect of shared evidence isn't left out without a word."""
    with opened_run("eggs") as opened:
        summary = summary_of(opened.record, opened.store, opened.journal)
        large = replace(summary, questions=(replace(summary.questions[0], pieces=1001), *summary.questions[1:]))
        told = "\n".join(crux_lines(opened.view, large))
    assert "what shared evidence does to it is not worked out: more than 1,000 testimonies" in told
    assert "leaned on more than once" not in told
