"""What a run would ask and cost is told before anything is spent, and is what the reading then asks."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.ingestion import PART_SIZE
from cruxmap.registry import Registry
from cruxmap.whole_runs import LONG, SHIPPED, Asked, whole_run
from prompts.tasks.ingestion import EXTRACT
from reasoners.simulated import SimulatedProvider
from tests.conftest import ROOT
from tests.cruxmap.conftest import SMALL, SMALL_CALLS, Program

READING = 3
"""Questions that the reading of the small case asks."""


def estimated(program: Program, *arguments: object) -> dict[str, Any]:
    """Return what --estimate --json says."""
    code, out, err = program("run", *arguments, "--estimate", "--json")
    assert code == 0, err
    return json.loads(out)


def priced(folder: Path, **more: Any) -> Path:
    """Write a configuration in which the simulated model has a price: a dollar a thousand tokens in, two a thousand out."""
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({"prices": {"openai:simulated": {"input_usd": 1000, "output_usd": 2000}}, **more}))
    return path


def read_by(home: Path, run: str) -> Asked:
    """Count what a run's reading really asked."""
    with closing(Registry(home).open_journal(run)) as journal:
        return whole_run(journal).reading


def lengthened(case: Path) -> Path:
    """Add a document of several parts, the last of them works cited."""
    paragraph = "The bus company reports that fewer people paid on Fridays, and the council doubts it.\n\n"
    cited = "".join(f"{number}. Doe J, Roe R. Fares and riders in town {number}. J Transp. 2021;{number}:1-9.\n\n" for number in range(300))
    body = paragraph * (2 * PART_SIZE // len(paragraph))
    (case / "documents" / "long.md").write_text(f"# A long report\n\n{body}\n\n## References\n\n{cited}")
    (case / "documents" / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    return case


def test_the_reading_asks_what_was_estimated(program: Program, home: Path, small_case: Path) -> None:
    """Questions and tokens are those of the run that follows, long documents and broken ones among its documents."""
    case = lengthened(small_case)
    told = estimated(program, case)
    assert not home.exists(), "an estimate writes nothing"
    assert told["parts"] - told["parts_passed_over"] == told["questions"] > READING + 1
    assert told["parts_passed_over"]
    assert [one.partition(":")[0] for one in told["unreadable"]] == ["documents/broken.pdf"]
    assert program("run", case, "--run-id", "then", "--reasoner", "baseline")[0] == 0
    really = read_by(home, "then")
    assert told["reading"]["calls"] == [really.calls, really.calls] == [told["questions"]] * 2
    assert told["reading"]["input_tokens"] == [really.read, really.read]


def test_a_paid_run_says_first_what_its_reading_will_take(
    program: Program, home: Path, tmp_path: Path, provider: SimulatedProvider
) -> None:
    """The line comes before the first question, not among the result; what is then sent is what it says, the answers' form included."""
    asked = ("--reasoner", "chat", "--model", "openai:simulated", "--base-url", provider.url, "--config", priced(tmp_path))
    told = estimated(program, SMALL, *asked)
    assert not provider.requests
    code, out, err = program("run", SMALL, "--run-id", "paid", *asked, "--json")
    assert (code, json.loads(out)["status"]) == (0, "done")
    said = [json.loads(line) for line in err.splitlines()]
    assert [line["step"] for line in said][:2] == ["estimate", "begin"]
    sent = [one for one in provider.requests if one["response_format"]["json_schema"]["schema"] == EXTRACT.schema]
    tokens = sum((sum(len(part["content"]) for part in one["messages"]) + len(json.dumps(EXTRACT.schema))) // 4 for one in sent)
    assert (len(sent), tokens) == (READING, told["reading"]["input_tokens"][0])
    assert said[0]["text"].startswith(f"the reading: {READING} questions, {tokens:,} tokens in")
    assert len(provider.requests) == SMALL_CALLS
    assert told["whole"]["calls"][0] <= SMALL_CALLS <= told["whole"]["calls"][1]
    low, high = told["reading"]["usd"]
    assert low == pytest.approx((tokens + 2 * told["reading"]["output_tokens"][0]) / 1000, abs=0.002)
    assert low < high < told["whole"]["usd"][1]
    assert "estimate" not in program("run", SMALL, "--reasoner", "baseline")[2], "who pays nothing is told nothing"


def test_limits_that_the_reading_or_the_run_would_pass_are_told(program: Program, home: Path, tmp_path: Path) -> None:
    """The reading alone, the whole run, or neither; and money can't be limited where a price isn't known."""
    asked = (SMALL, "--model", "openai:simulated")
    config = ("--config", priced(tmp_path))
    assert "the reading alone passes --max-calls 2" in estimated(program, *asked, "--max-calls", 2)["limits"][0]
    assert "the whole run may pass it" in estimated(program, *asked, "--max-calls", 20)["limits"][0]
    assert "the whole run stays within --max-calls 100" in estimated(program, *asked, "--max-calls", 100)["limits"][0]
    assert "the reading alone passes --max-usd 5" in estimated(program, *asked, *config, "--max-usd", 5)["limits"][0]
    assert "the reading alone passes --max-tokens 100" in estimated(program, *asked, "--max-tokens", 100)["limits"][0]
    unpriced = estimated(program, *asked, "--max-usd", 5)
    assert unpriced["whole"]["usd"] is None
    assert "can't be kept to" in unpriced["limits"][0]
    assert not home.exists()


def test_money_is_told_by_model_and_role(program: Program, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key is needed; each model is told with what it has, one without a price as such, and roles that rules answer not at all."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    config = priced(tmp_path, by_rule=["critic"], max_output_tokens=100)
    arguments = (SMALL, "--model", "openai:simulated,openai:other", "--model", "judge=local:unknown", "--config", config)
    told = estimated(program, *arguments)
    models = {one["model"]: one for one in told["models"]}
    assert {name: one["roles"] for name, one in models.items()} == {
        "openai:simulated": ["extract", "structure"],
        "local:unknown": ["judge"],
    }
    assert models["openai:simulated"]["usd"]
    assert models["local:unknown"]["usd"] is None
    assert told["reading"]["output_tokens"] == [100 * READING, 100 * READING], "no answer is longer than the limit"
    code, out, _ = program("run", *arguments, "--estimate")
    assert code == 0
    assert "no price known for local:unknown" in out
    assert "openai:simulated (extract, structure): $" in out
    assert "rough extrapolation" in out


def test_only_the_first_round_is_estimated_and_no_other_way_of_asking(program: Program, home: Path, tmp_path: Path) -> None:
    """What is left to later rounds is said; options that would be ignored are refused, as is one prompt for everything."""
    told = estimated(program, SMALL, "--documents-per-round", 2, "--rounds", 2)
    assert (told["documents"], told["questions"]) == (2, 2)
    assert "Left to later rounds, and not in it: 1 document of the case." in told["notes"]
    assert any("no model would be asked" in one for one in told["notes"])
    assert program("run", SMALL, "--estimate", "--run-id", "x")[0] == 2
    (tmp_path / "passes.yaml").write_text("passes: 1\n")
    assert program("run", SMALL, "--estimate", "--config", tmp_path / "passes.yaml")[0] == 2


def test_a_whole_corpus_is_estimated_as_it_was_read(program: Program, home: Path, tmp_path: Path, corpus: Path) -> None:
    """The eggs of the corpus come to the parts and questions that a model has answered, and the table has them."""
    case = tmp_path / "eggs"
    (case / "documents").mkdir(parents=True)
    (case / "case.yaml").write_text((ROOT / "cases/eggs/case.yaml").read_text().replace("documents: [briefs]", "documents: [documents]"))
    for path in (corpus / "eggs").glob("*.txt"):
        (case / "documents" / path.name).write_bytes(path.read_bytes())
    told = estimated(program, case)
    assert (told["documents"], told["parts"], told["parts_passed_over"]) == (21, 75, 16)
    assert told["questions"] == LONG["the corpus of eggs"].reading.calls
    assert told["reading"]["input_tokens"][0] == pytest.approx(LONG["the corpus of eggs"].reading.read, rel=0.1)


def test_a_case_is_estimated_within_what_it_asked(program: Program, home: Path) -> None:
    """Each of the shipped cases lies in the range that is told of it."""
    for name, run in SHIPPED.items():
        told = estimated(program, ROOT / "cases" / name)
        asked = sum(run.after.values(), run.reading)
        for what, number in (("calls", asked.calls), ("input_tokens", asked.read), ("output_tokens", asked.written)):
            low, high = told["whole"][what]
            assert 0.9 * low <= number <= 1.1 * high
