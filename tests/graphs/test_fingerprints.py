"""What a run depends on: each change is refused by name on resume, recorded when it is accepted, and never ends as done by mistake."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from cruxmap import investigating
from cruxmap.forking import steps
from cruxmap.registry import Registry
from graphs import investigation
from graphs.state import Node
from prompts import loading
from prompts.tasks.base import Task
from reasoners.baseline import answering
from reasoners.local import LocalAnswerer
from tests.cruxmap.conftest import Program, program, small_case

__all__ = ["program", "small_case"]


@pytest.fixture
def begun(program: Program, small_case: Path) -> str:
    """A run that a limit stopped after reading, resumable by `--max-calls 100`."""
    assert program("run", small_case, "--run-id", "begun", "--max-calls", "8", "--reasoner", "baseline")[0] == 3
    return "begun"


def edited_prompt(case: Path, patch: pytest.MonkeyPatch) -> None:
    """A word more in a prompt file."""
    content = loading._content

    def changed(task: Task[Any, Any]) -> str:
        return content(task).replace("<!-- user -->", "Now.\n<!-- user -->") if task.name == "cruxes/links" else content(task)

    patch.setattr(loading, "_content", changed)
    loading.load.cache_clear()


def another_configuration(case: Path, patch: pytest.MonkeyPatch) -> None:
    """A run that kept another temperature."""
    kept = investigating.resumed_settings
    patch.setattr(investigating, "resumed_settings", lambda *given: kept(*given).model_copy(update={"temperature": 1.5}))


def another_model(case: Path, patch: pytest.MonkeyPatch) -> None:
    """A baseline of another version."""
    made = answering.baseline
    patch.setattr("cruxmap.choosing.baseline", lambda embedder: LocalAnswerer("baseline 99", made(embedder).methods))


def another_question(case: Path, patch: pytest.MonkeyPatch) -> None:
    """An edit of the case file."""
    path = case / "case.yaml"
    path.write_text(path.read_text().replace("four-day", "three-day"))


def edited_document(case: Path, patch: pytest.MonkeyPatch) -> None:
    """A sentence more in a source."""
    path = case / "documents" / "doe.md"
    path.write_text(path.read_text() + "\nNobody else was asked, because there was no time.\n")


def removed_document(case: Path, patch: pytest.MonkeyPatch) -> None:
    """A source less."""
    (case / "documents" / "doe.md").unlink()


def added_document(case: Path, patch: pytest.MonkeyPatch) -> None:
    """A source more."""
    (case / "documents" / "zoe.md").write_text("Zoe found no effect of a four-day week on output in office work.")


def renamed_node(case: Path, patch: pytest.MonkeyPatch) -> None:
    """A graph whose node has another name."""
    names = {node.name: node.value for node in Node} | {"STRUCTURE": "organise"}
    patch.setattr(investigation, "Node", StrEnum("Node", names))


CHANGES: list[tuple[Callable[[Path, pytest.MonkeyPatch], None], str]] = [
    (edited_prompt, "prompt cruxes/links changed"),
    (another_configuration, "configuration changed"),
    (another_model, "model judge changed"),
    (another_question, "case changed"),
    (edited_document, "document documents/doe.md changed"),
    (removed_document, "document documents/doe.md is gone"),
    (added_document, "document documents/zoe.md is new"),
    (renamed_node, "graph changed"),
]


@pytest.mark.parametrize(("change", "told"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_a_change_is_refused_by_name_and_recorded_when_accepted(
    program: Program, small_case: Path, begun: str, change: Callable[[Path, pytest.MonkeyPatch], None], told: str
) -> None:
    """Exit 1 names what changed and both ways on; --accept-changes goes on and says so in the result, but for a graph that can't go on."""
    with pytest.MonkeyPatch.context() as patch:
        change(small_case, patch)
        code, _, err = program("resume", begun, "--max-calls", "100")
        said = " ".join(err.split())
        assert code == 1
        assert told in said
        assert "--accept-changes" in said
        assert "cruxmap fork" in said
        assert json.loads(program("show", begun, "--json")[1])["status"] == "incomplete"
        code, out, err = program("resume", begun, "--max-calls", "100", "--accept-changes", "--json")
        result = json.loads(out)
        assert any(told in note for note in result["notes"])
        if change is renamed_node:
            assert (code, result["status"]) == (1, "failed"), "what waited for the old node never runs: that is not done"
        else:
            assert (code, result["status"]) == (0, "done"), err
    loading.load.cache_clear()


def test_a_router_that_raises_never_ends_as_done(program: Program, small_case: Path, home: Path) -> None:
    """The run has failed with the router's words, and stays failed, as LangGraph lost the way; a fork from the step before is whole."""
    with pytest.MonkeyPatch.context() as patch:

        def broken(state: dict[str, Any]) -> str:
            if state["route"] == Node.INGEST:
                return Node.INGEST.value
            raise ZeroDivisionError("a defect in a router")

        patch.setattr(investigation, "_next", broken)
        code, out, _ = program("run", small_case, "--run-id", "routed")
        assert code == 1
        assert "a defect in a router" in out
        code, out, _ = program("resume", "routed", "--json")
        assert (code, json.loads(out)["status"]) == (1, "failed")
    code, out, _ = program("resume", "routed", "--json")
    assert (code, json.loads(out)["status"]) == (1, "failed")
    assert "cruxmap fork routed --at STEP" in " ".join(json.loads(out)["notes"])
    step = next(step.number for step in steps(Registry(home), "routed") if step.following == "criticise")
    code, out, _ = program("fork", "routed", "--at", step, "--json")
    assert (code, json.loads(out)["status"]) == (0, "done")
    program("run", small_case, "--run-id", "whole")
    assert json.loads(out)["digest"] == json.loads(program("show", "whole", "--json")[1])["digest"]


@pytest.mark.parametrize(
    ("place", "change", "told"),
    [
        ("runs/begun/checkpoints.db", "ALTER TABLE checkpoints DROP COLUMN metadata", "lacks the column metadata"),
        ("runs/begun/checkpoints.db", "ALTER TABLE writes DROP COLUMN value", "lacks the column value"),
        ("runs/begun/journal.db", "ALTER TABLE attempts DROP COLUMN wait", "lacks the column wait"),
        ("runs/begun/journal.db", "DROP TABLE in_flight", "lacks the table in_flight"),
        ("runs/begun/journal.db", "UPDATE meta SET value = '99'", "version 99"),
        ("knowledge.db", "UPDATE meta SET value = '99'", "version 99"),
    ],
)
def test_a_half_migrated_database_never_ends_as_done(program: Program, home: Path, begun: str, place: str, change: str, told: str) -> None:
    """It is refused with what it lacks, and the run still says that it isn't done."""
    with closing(sqlite3.connect(home / place)) as database:
        database.execute(change)
        database.commit()
    code, out, err = program("resume", begun, "--max-calls", "100")
    assert code == 1
    assert told in " ".join((out + err).split())
    assert json.loads((home / "runs" / begun / "run.json").read_text())["status"] != "done"
