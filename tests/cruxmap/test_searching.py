"""Searching from the command line: what is asked, found and taken, kept through kill -9, and told to the reader."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from cruxmap.settings import load_settings
from tests.cruxmap.conftest import SMALL, Program
from tests.cruxmap.processes import cruxmap, finish
from tests.sources.searching.library import Library, Work, serving

POINTS = 6
SHELF = [
    Work(
        "A four-day week in Iceland: output in public offices",
        "Researchers report that output in offices stayed the same when Iceland tried a four-day week. They found that the trial in Reykjavik"
        " lowered stress among office workers, and that services did not suffer. According to the unions, a four-day week raises productivity"
        " because tired people work badly. Critics argue that the trial was never randomised, and that output was reported by the offices"
        " themselves.",
        doi="10.1234/iceland",
        abstract="Output in offices stayed the same when Iceland tried a four-day week, researchers report.",
    ),
    Work(
        "Why a shorter working week costs output",
        "Economists argue that a four-day week lowers output in office work, because fewer hours mean fewer tasks done. A study of 400 firms"
        " found that output per office fell by eight percent in the first year of a shorter week. The authors concede that the firms were not"
        " chosen at random.",
        doi="10.1234/costs",
        abstract="A study of 400 firms found that output per office fell by eight percent after the week was shortened.",
        cites=("A four-day week in Iceland: output in public offices",),
    ),
    Work(
        "A four-day week in Iceland: output in public offices (reprint)",
        "Researchers report that output in offices stayed the same when Iceland tried a four-day week. They found that the trial in Reykjavik"
        " lowered stress among office workers, and that services did not suffer. According to the unions, a four-day week raises productivity"
        " because tired people work badly. Critics argue that the trial was never randomised, and that output was reported by the offices"
        " themselves.",
        abstract="A reprint of what was reported on output in offices in a four-day week.",
    ),
    Work(
        "Growing tomatoes in a cold frame", "Tomatoes need warmth and water. " * 10, abstract="Tomatoes, and how a week of cold harms them."
    ),
]


@dataclass
class Net:
    """A shelf, served, and the configuration that points the program at it."""

    library: Library
    config: Path

    def asked(self) -> Counter[tuple[str, str, str]]:
        """How often each provider was asked each question, and each file was fetched."""
        told = ((one.provider, one.path, json.dumps([one.parameters, one.body], sort_keys=True)) for one in self.library.asked)
        return Counter(one for one in told if one[0] != "robots.txt")


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    """The shelf on loopback, and the key of a provider whose rules ask for no pauses."""
    monkeypatch.setenv("EXA_API_KEY", "exa-planted-77aa01")
    with serving(Library(SHELF)) as library:
        config = tmp_path / "net.yaml"
        config.write_text(yaml.safe_dump({"search_urls": library.urls(), "allow_private": True}))
        yield Net(library, config)


def arguments(net: Net, run: str, *more: str) -> tuple[str, ...]:
    """The command line of a run that searches."""
    return (
        "run",
        str(SMALL),
        "--reasoner",
        "baseline",
        "--run-id",
        run,
        "--config",
        str(net.config),
        "--search",
        "openalex,exa",
        *more,
    )


def test_a_run_searches_takes_and_tells(program: Program, net: Net, home: Path) -> None:
    """What is missing is asked for, both sides' documents are taken once, and the result lists every question, find and reason."""
    code, out, err = program(*arguments(net, "found", "--rounds", "2", "--json"))
    assert code == 0, err
    result = json.loads(out)
    searches = result["searches"]
    assert {one["provider"] for one in searches} == {"openalex", "exa"}
    assert {"what speaks for an answer", "what speaks against an answer", "more on a crux"} <= {one["aim"] for one in searches}
    assert all(one["at"].startswith("20") and one["about"] for one in searches)
    taken = {found["title"] for one in searches for found in one["found"] if found["taken"]}
    assert {SHELF[0].title, SHELF[1].title} <= taken or {SHELF[2].title, SHELF[1].title} <= taken
    assert len(taken & {SHELF[0].title, SHELF[2].title}) == 1, "a copy is not taken"
    left = {found["title"]: found["why"] for one in searches for found in one["found"] if not found["taken"]}
    assert "not about what was asked for" in left[SHELF[3].title]
    assert any("a copy of" in why for why in left.values())
    sources = {one["title"] for one in json.loads(program("show", "found", "--json")[1])["searches"][0]["found"]}
    assert sources
    report = (home / "runs" / "found" / "report.md").read_text()
    assert "## What was searched for" in report
    assert SHELF[1].title in (home / "runs" / "found" / "report.html").read_text()
    said = [
        event["text"]
        for event in map(json.loads, (home / "runs" / "found" / "events.jsonl").read_text().splitlines())
        if event.get("step") == "search"
    ]
    assert sum("found" in text for text in said) == len(searches)
    assert sum(text.startswith("taken: ") for text in said) == len(taken)
    assert program("site", "found", "-o", home / "site")[0] == 0
    assert "Searched for" in (home / "site" / "missing.html").read_text()


def test_a_run_that_does_not_search_stays_as_it_was(program: Program, home: Path) -> None:
    """Without --search nothing is asked, looked up or recorded, and the fingerprint knows nothing of it."""
    code, out, _ = program("run", SMALL, "--reasoner", "baseline", "--run-id", "plain", "--json")
    assert code == 0
    assert json.loads(out)["searches"] == []
    assert not (home / "runs" / "plain" / "lookups.db").exists()
    before = json.loads((home / "runs" / "plain" / "run.json").read_text())["fingerprint"]
    program("run", SMALL, "--reasoner", "baseline", "--run-id", "folder", "--search-folder", SMALL / "documents", "--rounds", "2")
    after = json.loads((home / "runs" / "folder" / "run.json").read_text())["fingerprint"]
    assert "document of the searched folder" in after
    assert "document of the searched folder" not in before


def test_the_environment_can_ask_for_a_search(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Names with commas are read from the environment, a file and a flag alike, and a folder is kept by its whole path."""
    monkeypatch.setenv("CRUXMAP_SEARCH", "openalex, wikipedia,openalex")
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {"search_folder": Path("own")})
    assert settings.search == ("openalex", "wikipedia")
    assert settings.search_folder == tmp_path / "own"
    assert load_settings(None, {"search": "arxiv"}).search == ("arxiv",)
    assert {"search", "search_folder", "search_queries"} & settings.shaping().keys() == {"search"}
    monkeypatch.delenv("CRUXMAP_SEARCH")
    assert not {name for name in load_settings(None, {}).shaping() if name.startswith("search")}


def test_a_folder_of_known_documents_brings_nothing(program: Program) -> None:
    """What is found is here already, so nothing is taken and the run ends after its first round."""
    code, out, _ = program(
        "run", SMALL, "--reasoner", "baseline", "--run-id", "own", "--search-folder", SMALL / "documents", "--rounds", "4", "--json"
    )
    assert code == 0
    result = json.loads(out)
    assert result["searches"]
    assert not any(found["taken"] for one in result["searches"] for found in one["found"])
    assert all("a copy of" in found["why"] or "not about" in found["why"] for one in result["searches"] for found in one["found"])


def test_a_question_alone_can_be_investigated(program: Program, net: Net, tmp_path: Path) -> None:
    """A case without documents begins with a search for each answer's two sides."""
    case = tmp_path / "bare"
    (case / "documents").mkdir(parents=True)
    (case / "case.yaml").write_text((SMALL / "case.yaml").read_text())
    flags = ("--reasoner", "baseline", "--config", net.config, "--search", "openalex", "--rounds", "2", "--run-id", "bare", "--json")
    code, out, err = program("run", case, *flags)
    assert code == 0, err
    result = json.loads(out)
    assert result["counts"]["source"] >= 2
    assert result["counts"]["assertion"] > 0


def test_rounds_end_when_the_last_brought_nothing_new(program: Program, net: Net, home: Path) -> None:
    """With rounds to spare the run stops by itself and says why."""
    assert program(*arguments(net, "long", "--rounds", "9", "--json"))[0] == 0
    said = [json.loads(line) for line in (home / "runs" / "long" / "events.jsonl").read_text().splitlines()]
    last = [event["text"] for event in said if event.get("step") == "search"][-1]
    assert "nothing was found that isn't here already" in last or "no new claim" in last


def test_no_question_is_put_twice(program: Program, net: Net) -> None:
    """Over several rounds each provider hears each question once; OpenAlex looks a DOI up for each way of following citations."""
    assert program(*arguments(net, "once", "--rounds", "5", "--json"))[0] == 0
    assert {asked[1] for asked, times in net.asked().items() if times > 1} <= {f"/works/doi:{work.doi}" for work in SHELF}


def test_a_provider_that_fails_is_told_and_the_others_go_on(program: Program, net: Net) -> None:
    """A refused key and a broken answer are incidents in the result; what the other provider found is taken."""
    net.library.faults["openalex"] = [(200, {}, b"<html>"), (403, {}, b"")]
    code, out, _ = program(*arguments(net, "half", "--rounds", "2", "--json"))
    assert code == 0
    result = json.loads(out)
    problems = [one["problem"] for one in result["incidents"] if one["stage"] == "search"]
    assert sorted(problems) == ["it answers with no JSON", "it refuses the question (403)"]
    assert {one["provider"] for one in result["searches"]} == {"exa"}
    assert any(found["taken"] for one in result["searches"] for found in one["found"])


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--search", "openalex"), "--rounds 2"),
        (("--search", "altavista", "--rounds", "2"), "search"),
        (("--search", "tavily", "--rounds", "2"), "TAVILY_API_KEY"),
        (("--search-folder", "/nowhere/at/all", "--rounds", "2"), "/nowhere/at/all"),
        (("--search", "openalex", "--rounds", "2", "--mailto", "not an address"), "mailto"),
    ],
)
def test_what_cannot_be_searched_is_said_before_the_run_begins(
    program: Program, home: Path, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...], told: str
) -> None:
    """The message names the option, the variable or the folder; no run is left behind."""
    monkeypatch.delenv("TAVILY_API_KEY", raising=False)
    code, _, err = program("run", SMALL, "--reasoner", "baseline", "--run-id", "no", *flags)
    assert code != 0
    assert told in " ".join(err.split())
    assert not (home / "runs" / "no").exists()


def test_other_search_settings_are_another_run(program: Program, net: Net) -> None:
    """A run is not resumed under other providers without saying so."""
    program(*arguments(net, "begun", "--rounds", "2", "--max-minutes", "0"))
    config = yaml.safe_load(net.config.read_text())
    net.config.write_text(yaml.safe_dump({**config, "search": ["wikipedia"]}))
    code, _, err = program("resume", "begun", "--config", net.config)
    assert code == 1
    assert "configuration changed" in " ".join(err.split())


def test_a_searched_folder_that_changed_makes_another_run(program: Program, tmp_path: Path) -> None:
    """A run is not resumed over a folder with other documents; the refusal says that it is the folder."""
    folder = tmp_path / "own"
    shutil.copytree(SMALL / "documents", folder)
    flags = ("--reasoner", "baseline", "--rounds", "2", "--max-minutes", "0")
    assert program("run", SMALL, "--run-id", "begun", "--search-folder", folder, *flags)[0] == 3
    (folder / "more.md").write_text("A four-day week raises output.\n")
    code, _, err = program("resume", "begun")
    assert code == 1
    assert "document of the searched folder changed" in " ".join(err.split())


def test_a_key_is_written_nowhere(program: Program, net: Net, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of a run that used keys holds them."""
    monkeypatch.setenv("TAVILY_API_KEY", "tvly-planted-77aa01")
    monkeypatch.setenv("OPENALEX_API_KEY", "oa-planted-77aa01")
    net.library.faults["tavily"] = [(401, {}, b"tvly-planted-77aa01 is no key")]
    code, _, _ = program(
        "run", SMALL, "--reasoner", "baseline", "--config", net.config, "--search", "openalex,tavily", "--rounds", "2", "--run-id", "keyed"
    )
    assert code == 0
    assert any("oa-planted-77aa01" in str(one.parameters) for one in net.library.of("openalex"))
    for path in (*home.rglob("*.db*"), *home.rglob("*.json*"), *home.rglob("report.*")):
        assert b"planted-77aa01" not in path.read_bytes(), path


@pytest.mark.slow
def test_kill_9_in_a_search_gives_the_same_knowledge(net: Net, tmp_path: Path) -> None:
    """Killed when a provider has been asked so and so often and resumed, a run ends with the same digest, and asks nothing that was answered."""
    whole: dict[str, Any] = finish(cruxmap(tmp_path / "whole", *arguments(net, "r", "--rounds", "2", "--json")))
    total = len(net.library.asked)
    once = net.asked()
    killed = 0
    for point in range(POINTS):
        net.library.asked.clear()
        home = tmp_path / str(point)
        process = cruxmap(home, *arguments(net, "r", "--rounds", "2", "--json"))
        while process.poll() is None and len(net.library.asked) < 1 + total * point // POINTS:
            time.sleep(0.002)
        time.sleep(0.05 * (point % 3))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode != -signal.SIGKILL:
            continue
        killed += 1
        result = finish(cruxmap(home, "resume", "r", "--json"))
        assert result["digest"] == whole["digest"], point
        again = net.asked() - once
        # What was in flight when the process died never came back: it, and no more, is asked again.
        assert sum(again.values()) <= 2, again
        assert set(net.asked()) == set(once)
    assert killed >= POINTS // 2


def test_a_fork_from_a_step_after_the_search_reads_what_was_found(program: Program, net: Net) -> None:
    """The leads stand in the knowledge base, so a new run can go on from them without asking again."""
    assert program(*arguments(net, "old", "--rounds", "2", "--json"))[0] == 0
    asked = sum(net.asked().values())
    whole = json.loads(program("show", "old", "--json")[1])
    _, *steps = program("fork", "old")[2].splitlines()
    [searched] = [at for at, line in enumerate(steps) if "next: search" in line]
    assert "next: ingest" in steps[searched + 1]
    step = steps[searched + 1].split()[0]
    code, out, err = program("fork", "old", "--at", step, "--run-id", "new", "--json")
    assert code == 0, err
    assert json.loads(out)["digest"] == whole["digest"]
    assert not [one for one in net.library.asked[asked:] if one.provider in {"openalex", "exa"}]


def test_a_used_up_budget_ends_the_search_before_it_begins(program: Program, net: Net, home: Path) -> None:
    """At the limit no question is put: the run ends with what it has, and the gaps stay in the report."""
    calls = json.loads(program("run", SMALL, "--reasoner", "baseline", "--run-id", "count", "--json")[1])["calls"]
    code, out, _ = program(*arguments(net, "spent", "--rounds", "2", "--max-calls", str(calls), "--json"))
    assert code == 0
    assert json.loads(out)["searches"] == []
    assert json.loads(out)["gaps"]
    assert not net.library.asked
    assert "no more is searched" in (home / "runs" / "spent" / "events.jsonl").read_text()
