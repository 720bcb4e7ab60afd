"""Prompts of one's own stand in for the program's, and lists can be shown from their end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from prompts.errors import PromptBroken
from prompts.loading import Prompts, load
from prompts.tasks.base import Inputs, Task
from prompts.tasks.cruxes import LINKS, TESTIMONY
from tests.prompts.examples import EXAMPLES


def put(folder: Path, name: str, content: str) -> Path:
    """Write a file of the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(("task", "inputs"), EXAMPLES, ids=[task.name for task, _ in EXAMPLES])
def test_turned_lists_say_the_same_from_their_end(task: Task[Any, Any], inputs: Inputs) -> None:
    """No line is lost and none is new; things keep their numbers, and what counts by its place (answers, worlds) keeps its place."""
    plain, turned = (load(task).render(one) for one in (inputs, inputs.turned()))
    assert Counter(turned.user.splitlines()) == Counter(plain.user.splitlines())
    assert turned.system == plain.system
    assert inputs.turned().turned() == inputs
    numbered = {name: value for name, value in inputs if isinstance(value, tuple) and len(value) > 1 and hasattr(value[0], "number")}
    assert (turned.user != plain.user) == bool(numbered)
    for name, value in inputs:
        assert getattr(inputs.turned(), name) == (value[::-1] if name in numbered else value)


def test_a_folders_prompt_stands_in_for_the_programs(tmp_path: Path) -> None:
    """With its own digest; what the folder lacks is asked as ever."""
    own = put(tmp_path, "cruxes/links.md", Prompts().text(LINKS).replace("each alone", "one at a time"))
    prompts = Prompts(tmp_path)
    prompts.check()
    assert prompts.text(LINKS) == own.read_text(encoding="utf-8")
    assert prompts.of(LINKS).digest != load(LINKS).digest
    assert prompts.of(TESTIMONY) is load(TESTIMONY)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cruxes/link.md", "Judge.", "link.md is the prompt of no task: name it"),
        ("cruxes/links.md", "Judge.", "links.md: .*is not front matter"),
        ("cruxes/links.txt", "Judge.", "there are no prompts in"),
        ("cruxes/links.md", "---\nid: cruxes/links\nversion: 1\nvariables: [angle, links]\noutput: LinkJudgments\n---\n{{ angle }}\n<!-- user -->\n", "leaves out links"),
    ],
)  # fmt: skip
def test_a_folder_that_is_not_in_order_is_refused(tmp_path: Path, name: str, content: str, words: str) -> None:
    """A misspelt name would leave the program's own prompt asked, and nobody would notice."""
    put(tmp_path, name, content)
    with pytest.raises(PromptBroken, match=words):
        Prompts(tmp_path).check()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Its name is told."""
    with pytest.raises(PromptBroken, match=r"there are no prompts in .*nowhere"):
        Prompts(tmp_path / "nowhere").check()
