"""`cruxmap eval` as a user meets it."""

from __future__ import annotations

import json
import shutil
import signal
import time
from pathlib import Path

import pytest

from cruxmap.settings import configured
from evals.suites.golds import FOLDER
from evals.suites.whole_cases import gold_suite
from prompts.tasks.base import Role
from reasoners.journal import Journal
from tests.cruxmap.conftest import Program
from tests.cruxmap.processes import ended, from_nothing


def test_a_comparison_is_run_stopped_gone_on_with_and_compared(program: Program, tmp_path: Path) -> None:
    """A batch stopped by its budget exits 3 and says how to go on; the same command finishes it; report and compare read it."""
    given = ["gold", "--config", "baseline", "--config", "no-critic", "--case", "otters", "--case", "null-bus", "--out", tmp_path / "one"]
    code, out, err = program("eval", "run", *given, "--max-calls", 1)
    assert (code, "Unfinished: 1 of 4 trials" in out) == (3, True)
    assert "1 of 4:" in err
    code, out, _ = program("eval", "run", *given)
    assert code == 0
    assert "span F1/1" in out
    body = json.loads((tmp_path / "one" / "result.json").read_text(encoding="utf-8"))
    assert (body["complete"], len(body["trials"])) == (True, 4)
    assert all(trial["scores"]["quotation fidelity/1"]["value"] == 1 for trial in body["trials"])
    assert "told apart" in " ".join(body["advice"])
    assert (tmp_path / "one" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert program("eval", "report", tmp_path / "one")[0] == 0
    given[-1] = tmp_path / "two"
    assert program("eval", "run", *given)[0] == 0
    code, out, _ = program("eval", "compare", tmp_path / "one", tmp_path / "two")
    assert code == 0
    assert "score the same" in out
    assert not (tmp_path / "home" / "runs").exists()


@pytest.mark.slow
def test_trials_at_a_time_are_stopped_and_gone_on_with(program: Program, tmp_path: Path) -> None:
    """Ctrl-C with three runs in progress: each is left as its record says, 130; the same command comes to what one at a time comes to."""
    given = ["eval", "run", "gold", *("--config", "baseline", "--config", "no-critic"), *("--case", "otters", "--case", "bees")]
    result = tmp_path / "three"
    stopped = from_nothing(tmp_path / "home", *given, "--jobs", "3", "--out", str(result))
    while sum(len(path.read_text().splitlines()) > 1 for path in result.glob("homes/*/*/0/runs/trial/events.jsonl")) < 3:
        assert stopped.poll() is None
        time.sleep(0.01)
    stopped.send_signal(signal.SIGINT)
    ended(stopped, code=130)
    records = [json.loads(path.read_text(encoding="utf-8")) for path in result.glob("homes/*/*/0/runs/trial/run.json")]
    assert {record["status"] for record in records} <= {"interrupted", "done"}
    for folder, jobs in ((result, 3), (tmp_path / "one", 1)):
        assert program(*given, "--jobs", jobs, "--out", folder)[0] == 0
    bodies = [json.loads((folder / "result.json").read_text(encoding="utf-8")) for folder in (result, tmp_path / "one")]
    scored = [[{k: v for k, v in trial["scores"].items() if not k.startswith("seconds")} for trial in body["trials"]] for body in bodies]
    assert scored[0] == scored[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "golden", "--config", "baseline"], "there is no suite 'golden'; there are gold"),
        (["run", "gold", "--config", "best"], "there is no configuration 'best'"),
        (["run", "gold", "--config", "baseline", "--case", "nowhere"], "the suite gold has no case nowhere"),
        (["run", "gold", "--config", "baseline", "--half", "tuning", "--case", "bees"], "tuning half of the suite gold has no case bees"),
        (["run", "gold", "--config", "baseline", "--half", "first"], "--half first: one of tuning, held-out"),
        (["run", "stances", "--config", "baseline", "--datasets", "/nowhere"], "skipped: /nowhere"),
        (["run", "microtexts", "--config", "single-prompt"], "single-prompt asks one prompt for everything and has no structuring/relate"),
        (["run", "fallacies", "--config", "no-critic"], "no-critic has no critic/examine"),
        (["run", "fallacies", "--config", "one-sided-critic"], "one-sided-critic has no critic/examine"),
        (["report", "/nowhere"], "no result of `cruxmap eval run`"),
    ],
)
def test_what_can_not_be_is_said_in_a_line(program: Program, arguments: list[str], told: str) -> None:
    """A wrong name or place ends with a message that says what there is, and no traceback."""
    code, _, err = program("eval", *arguments)
    assert code in {1, 2}
    assert told in " ".join(err.split())
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("file", "reasoner", "critic", "extract"),
    [
        ("", "exchange", "flag:critic", "flag:all"),
        ("models: {critic: file:critic}", "exchange", "file:critic", "flag:all"),
        ("model: file:all", "exchange", "flag:critic", "file:all"),
        ("reasoner: baseline", "baseline", "", ""),
    ],
)
def test_one_configuration_may_have_another_model_in_one_role(tmp_path: Path, file: str, reasoner: str, critic: str, extract: str) -> None:
    """What a configuration's file says of who judges holds, role by role; the flags fill what it leaves open."""
    (tmp_path / "mine.yaml").write_text(file or "rounds: 1", encoding="utf-8")
    flags = {"reasoner": "exchange", "model": "flag:all", "models": {"critic": "flag:critic"}}
    settings = configured(tmp_path / "mine.yaml", flags)
    asked = [settings.models.get(role) or settings.model for role in (Role.CRITIC, Role.EXTRACT)]
    assert (settings.reasoner, *asked) == (reasoner, critic, extract)


def test_every_home_of_a_trial_can_be_looked_into(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted trial has two runs and a layer's trial a journal without a run: `cruxmap trace trial` shows each where the report says."""
    given = ["planted", "--config", "baseline", "--case", "hidden-instruction", "--out", tmp_path / "planted"]
    assert program("eval", "run", *given)[0] == 0
    trial = json.loads((tmp_path / "planted" / "trials" / "baseline" / "hidden-instruction" / "0.json").read_text(encoding="utf-8"))
    assert trial["places"] == ["clean", "flawed"]
    page = (tmp_path / "planted" / "report.html").read_text(encoding="utf-8")
    home = tmp_path / "bare"
    (home / "runs" / "trial").mkdir(parents=True)
    journal = Journal.at(home / "runs" / "trial" / "journal.db", "trial")
    journal.close()
    for folder in (*(tmp_path / "planted" / trial["home"] / place for place in trial["places"]), home):
        assert folder == home or folder.relative_to(tmp_path / "planted").as_posix() in page
        monkeypatch.setenv("CRUXMAP_HOME", str(folder))
        code, out, _ = program("trace", "trial")
        assert (code, "in all:" in out) == (0, True)
    code, _, err = program("trace", "trial", "--otlp", "http://127.0.0.1:9")
    assert (code, "a journal without a run" in " ".join(err.split())) == (2, True)


def aged(result: Path, **changes: object) -> dict[Path, str]:
    """Make a result one that was scored by an older suite, and return its files as they are then."""
    plan = json.loads((result / "plan.json").read_text(encoding="utf-8"))
    measures = [{**one, "id": one["id"].replace("claim match F1/1", "claim match F1/0")} for one in plan["measures"]]
    (result / "plan.json").write_text(json.dumps({**plan, "version": 0, "measures": measures, **changes}), encoding="utf-8")
    for file in (result / "trials").rglob("*.json"):
        trial = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps({**trial, "scores": {"claim match F1/0": {"value": 0.0}}}), encoding="utf-8")
    return {file: file.read_text(encoding="utf-8") for file in (result / "plan.json", *(result / "trials").rglob("*.json"))}


def test_a_report_scores_stored_runs_anew(program: Program, tmp_path: Path) -> None:
    """Where measures changed, `eval report` takes them from the runs that are there, and the plan is today's."""
    result = tmp_path / "one"
    assert program("eval", "run", "gold", "--config", "baseline", "--case", "null-bus", "--case", "otters", "--out", result)[0] == 0
    files = [result / "plan.json", *(result / "trials").rglob("*.json")]
    before = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    aged(result, digest="older")
    code, _, err = program("eval", "report", result)
    assert (code, "the runs were scored anew" in err) == (0, True)
    assert [json.loads(file.read_text(encoding="utf-8")) for file in files] == before


@pytest.mark.parametrize(
    ("edit", "changes", "told"),
    [
        (
            "document",
            {"cases_digest": "older"},
            "1 of 2 trials can't be scored as it measures today: baseline on otters: its run was of other",
        ),
        ("gone", {"cases_digest": "older"}, "has no case otters"),
        ("", {"cases_digest": "older", "repeats": 2}, "its cases are others now and it is unfinished"),
    ],
)
def test_what_can_not_be_scored_anew_keeps_its_scores_and_its_plan(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: str, changes: dict[str, object], told: str
) -> None:
    """One run of other documents, or a case that is gone: the report is of the scores of then, says so each time, and nothing is written over."""
    result = tmp_path / "one"
    assert program("eval", "run", "gold", "--config", "baseline", "--case", "null-bus", "--case", "otters", "--out", result)[0] == 0
    files = aged(result, **changes)
    copy = shutil.copytree(FOLDER, tmp_path / "gold")
    if edit == "document":
        with (copy / "otters" / "documents" / "notes.md").open("a", encoding="utf-8") as notes:
            notes.write("\nNothing more was said.\n")
    elif edit == "gone":
        shutil.rmtree(copy / "otters")
    monkeypatch.setattr("evals.suites.registry.gold_suite", lambda: gold_suite(copy))
    for _ in range(2):
        code, out, err = program("eval", "report", result)
        assert (code, "scored as it was then, by gold 0" in err, "claim match F1/0" in out) == (0, True, True)
        assert told in " ".join(err.split())
        assert {file: file.read_text(encoding="utf-8") for file in files} == files


def test_two_annotations_are_compared(program: Program, tmp_path: Path) -> None:
    """Another annotator's file beside the gold is held against it, and what differs is listed."""
    case = shutil.copytree(FOLDER / "otters", tmp_path / "otters")
    gold = (case / "gold.yaml").read_text(encoding="utf-8")
    (case / "gold.b.yaml").write_text(
        gold.replace("claim: count, speaker: Ines Hallgrim", "claim: count, speaker: Tomas Brandvold"), encoding="utf-8"
    )
    code, out, _ = program("eval", "agree", case, "gold.b.yaml")
    assert code == 0
    assert out.count("1.000 [–, –]") == 10
    assert "Ines Hallgrim against Tomas Brandvold" in out
    assert out.count(" against ") == 1
    shutil.copytree(FOLDER / "bees", tmp_path / "bees")
    (tmp_path / "second").mkdir()
    for name, file in (("otters", case / "gold.b.yaml"), ("bees", FOLDER / "bees" / "gold.yaml")):
        shutil.copyfile(file, tmp_path / "second" / f"{name}.yaml")
    code, out, _ = program("eval", "agree", tmp_path, tmp_path / "second")
    assert code == 0
    assert "2 cases" in out
    assert "1 labels differ" in out
    assert program("eval", "agree", tmp_path, "gold.c.yaml")[0] == 2
    code, out, _ = program("eval", "agree", FOLDER / "otters", "gold.b.yaml", "--first", "gold.a.yaml")
    assert code == 0
    assert 'stance: notes.md: "It allows that the tracks of 2006 may have been an otter\'s.": asserts against concedes' in out


def test_a_run_is_probed(program: Program, tmp_path: Path) -> None:
    """The probes answer about any finished run."""
    assert program("run", FOLDER / "otters", "--run-id", "otters")[0] == 0
    code, out, _ = program("eval", "probe", "otters")
    assert code == 0
    assert out.count("holds") == 7


def test_a_batch_that_was_scored_otherwise_is_scored_anew_before_it_goes_on(program: Program, tmp_path: Path) -> None:
    """`eval run` mixes no scores of then with those of today: it names the command that scores the runs, which asks nobody, and then goes on."""
    result = tmp_path / "one"
    given = ["gold", "--config", "baseline", "--case", "null-bus", "--out", result]
    assert program("eval", "run", *given)[0] == 0
    plan, trial = (json.loads((result / name).read_text(encoding="utf-8")) for name in ("plan.json", "trials/baseline/null-bus/0.json"))
    record = result / "homes" / "baseline" / "null-bus" / "0" / "runs" / "trial" / "run.json"
    before = record.stat().st_mtime_ns
    files = aged(result, digest="older")
    code, _, err = program("eval", "run", *given)
    assert (code, f"`cruxmap eval report {result}` scores its runs anew" in " ".join(err.split())) == (1, True)
    assert {file: file.read_text(encoding="utf-8") for file in files} == files
    assert program("eval", "report", result)[0] == 0
    assert program("eval", "run", *given)[0] == 0
    assert json.loads((result / "trials/baseline/null-bus/0.json").read_text(encoding="utf-8"))["scores"] == trial["scores"]
    assert json.loads((result / "plan.json").read_text(encoding="utf-8")) == plan
    assert record.stat().st_mtime_ns == before
    code, _, err = program("eval", "run", "gold", "--config", "no-critic", "--case", "null-bus", "--out", result)
    assert (code, "configurations" in err, "eval report" in err) == (1, True, False)
