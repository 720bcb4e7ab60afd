"""The program in this process, a small finished run to look into, and a small case of three documents."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cruxmap.cli import main
from knowledge.changesets import Author, Changeset
from knowledge.records import Answer, Assertion, Claim, Finding, Judgment, Link, Passage, Perspective, Question, Record, Source, Warrant
from knowledge.store import KnowledgeStore
from knowledge.vocabulary import FindingKind, Quantity, Relation, Severity
from reasoners.simulated import SimulatedProvider, simulated_provider
from tests.cruxmap.oracle import answers_of

KEY = "sk-planted-4f1c0b7a9d2e8836"
Program = Callable[..., tuple[int, str, str]]
RUN = "dam"
SMALL = Path(__file__).parent / "small_case"
SMALL_CALLS = 20
"""What a whole run of the small case asks: a question a document of ingestion, one to compare claims, one to pose questions, one to link claims, four of the critic,
six of the crux finder with two wordings of one and three of another."""


@pytest.fixture
def program(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """Run the program in this process; returns (exit code, standard output, standard error)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["cruxmap", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


class Dam:
    """A question, two sources that disagree, and what a run makes of them; ``revisions`` in the order of commits."""

    def __init__(self, store: KnowledgeStore) -> None:
        self.question = Question(name="dam", text="Does the dam leak?")
        self.yes = Answer(question=self.question.id, name="yes", text="The dam leaks.")
        self.no = Answer(question=self.question.id, name="no", text="The dam holds.")
        self.reader = Perspective(name="careful reader", description="Whoever reads.")
        self.wet, self.dry = Claim(text="The wall is wet."), Claim(text="The gauge is steady.")
        self.warrant = Warrant(text="Water comes from the lake.")
        texts = {name: f"{name} says: {claim.text}" for name, claim in (("Ada", self.wet), ("Ben", self.dry))}
        self.sources = {name: Source(title=f"{name}'s notes", text=store.put_text(text)) for name, text in texts.items()}
        said: dict[str, list[Record]] = {}
        self.assertions: dict[str, Assertion] = {}
        for name, claim in (("Ada", self.wet), ("Ben", self.dry)):
            passage = Passage(source=self.sources[name].id, start=0, end=len(texts[name]), text=texts[name])
            self.assertions[name] = Assertion(claim=claim.id, passage=passage.id, speaker=name)
            said[name] = [self.sources[name], passage, claim, self.assertions[name]]
        self.pro = Link(premises=(self.wet.id,), target=self.yes.id, relation=Relation.SUPPORTS, warrant=self.warrant.id)
        self.con = Link(premises=(self.dry.id,), target=self.no.id, relation=Relation.SUPPORTS, warrant=self.warrant.id)
        self.judgment = Judgment(record=self.pro.id, quantity=Quantity.WARRANT, value=0.8, perspective=self.reader.id, judge="agent", reason="r")  # fmt: skip
        self.finding = Finding(about=self.wet.id, kind=FindingKind.OVERCLAIM, severity=Severity.LOW, sound_case="s", flawed_case="f", verdict="v")  # fmt: skip
        self.revisions: list[str] = []
        for author, reason, records in (
            (Author.CASE, "open", [self.question, self.yes, self.no, self.reader]),
            (Author.INGESTION, "read Ada", said["Ada"]),
            (Author.INGESTION, "read Ben", said["Ben"]),
            (Author.STRUCTURING, "link", [self.warrant, self.pro, self.con]),
            (Author.CRITIC, "criticise", [self.finding]),
            (Author.CRUXES, "judge", [self.judgment]),
        ):
            changeset = Changeset(tuple(self.revisions[-1:]), tuple(records), author, RUN, reason)
            self.revisions.append(store.commit(changeset))


@pytest.fixture
def small_case(tmp_path: Path) -> Path:
    """A copy of the small case that this test may change."""
    return Path(shutil.copytree(SMALL, tmp_path / "small"))


@pytest.fixture
def provider(program: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedProvider]:
    """A simulated provider that answers the small case's prompts as the baseline does, and others in the wrong form."""
    assert program("run", SMALL, "--run-id", "base", "--reasoner", "baseline")[0] == 0
    known = answers_of(home, "base")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def answer(body: dict[str, Any]) -> str:
        return known.get((body["messages"][0]["content"], body["messages"][1]["content"]), "{}")

    with simulated_provider(answer) as served:
        yield served
