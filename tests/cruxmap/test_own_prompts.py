"""A run asks by prompts of one's own, or by turned lists, and is told apart from one that doesn't."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from cruxmap.settings import load_settings
from prompts import loading
from prompts.loading import SHIPPED
from prompts.tasks.cruxes import LINKS
from tests.cruxmap.conftest import SMALL, Program
from tests.cruxmap.oracle import answer_to, answers_of, plain, requests_of, write

WORDS = "Weigh each inference link by itself."


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration beside its folder of prompts, with one prompt in it."""
    own = tmp_path / "configurations" / "mine" / "cruxes" / "links.md"
    own.parent.mkdir(parents=True)
    text = SHIPPED.text(LINKS)
    own.write_text(text.replace("You judge inference links, each alone.", WORDS), encoding="utf-8")
    assert own.read_text(encoding="utf-8") != text
    path = tmp_path / "configurations" / "mine.yaml"
    path.write_text("prompts: mine\n", encoding="utf-8")
    return path


def test_a_relative_folder_is_beside_its_configuration(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the program is started; the environment's is from where it is started."""
    monkeypatch.chdir(tmp_path.parent)
    assert load_settings(config, {}).prompts == config.with_suffix("")
    monkeypatch.setenv("CRUXMAP_PROMPTS", "elsewhere")
    assert load_settings(config, {}).prompts == tmp_path.parent / "elsewhere"


def test_a_run_asks_by_its_own_prompts(program: Program, home: Path, config: Path, tmp_path: Path) -> None:
    """Over the exchange and by the baseline: what is put is what the folder says, and the site's page of methods shows it."""
    assert program("run", SMALL, "--run-id", "base", "--reasoner", "baseline", "--config", config)[0] == 0
    known = answers_of(home, "base")
    code, out, err = program("run", SMALL, "--run-id", "ex", "--reasoner", "exchange", "--config", config)
    seen = Counter[str]()
    while code == 75:
        requests = requests_of(home, "ex")
        seen.update(request["body"]["messages"][0]["content"][: len(WORDS)] for request in requests)
        lines = [plain(request, answer_to(request, known)) for request in requests]
        code, out, err = program("exchange", "import", "ex", write(tmp_path / "rest.jsonl", lines), "--model", "a person")
    assert code == 0, out + err
    assert seen[WORDS] > 0
    assert not any(words.startswith("You judge inference links") for words in seen)
    assert program("site", "ex", "-o", tmp_path / "site")[0] == 0
    methods = (tmp_path / "site" / "methods.html").read_text(encoding="utf-8")
    assert WORDS in methods
    assert "Edited since" not in methods


def test_an_edit_of_the_folder_is_an_edit_of_the_run(program: Program, home: Path, config: Path, tmp_path: Path) -> None:
    """A run that waits isn't resumed as another; a finished one's site says that what it shows was edited since."""
    assert program("run", SMALL, "--run-id", "base", "--reasoner", "baseline", "--config", config)[0] == 0
    assert program("run", SMALL, "--run-id", "ex", "--reasoner", "exchange", "--config", config)[0] == 75
    own = config.with_suffix("") / "cruxes" / "links.md"
    own.write_text(own.read_text(encoding="utf-8").replace("actual", "real"), encoding="utf-8")
    loading._loaded.cache_clear()
    code, _, err = program("resume", "ex")
    assert code != 0
    assert "prompt cruxes/links changed" in err
    assert program("site", "base", "-o", tmp_path / "site")[0] == 0
    assert (tmp_path / "site" / "methods.html").read_text(encoding="utf-8").count("Edited since") == 1


def test_prompts_that_are_not_in_order_start_no_run(program: Program, home: Path, config: Path) -> None:
    """A file that is named wrong is told, and nothing is begun."""
    (config.with_suffix("") / "cruxes" / "link.md").write_text("Judge.", encoding="utf-8")
    code, _, err = program("run", SMALL, "--run-id", "bad", "--reasoner", "baseline", "--config", config)
    assert code == 2
    assert "link.md is the prompt of no task" in err
    assert not (home / "runs" / "bad").exists()


def test_a_run_with_turned_lists_is_another_run(program: Program, tmp_path: Path) -> None:
    """The setting is a part of what a run is: resumed without it, it goes on with it; resumed against it, it is refused."""
    config = tmp_path / "turned.yaml"
    config.write_text("turned: true\n", encoding="utf-8")
    assert program("run", SMALL, "--run-id", "t", "--reasoner", "baseline", "--config", config)[0] == 0
    assert json.loads(program("show", "t", "--json")[1])["status"] == "done"
    assert program("resume", "t")[0] == 0
    config.write_text("turned: false\n", encoding="utf-8")
    code, _, err = program("resume", "t", "--config", config)
    assert code != 0
    assert "configuration changed" in err
