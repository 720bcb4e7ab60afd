"""The Python interface: typed access, what follows, tables; and the examples in the docs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import cruxmap
from cruxmap.bases import add_run
from cruxmap.errors import UsageError
from cruxmap.knowledge_bases import KnowledgeBase
from knowledge.errors import UnknownRecord
from knowledge.packages.contents import packed
from knowledge.packages.writing import write_package
from knowledge.records import Claim, Source
from knowledge.store import KnowledgeStore
from tests.conftest import ROOT
from tests.cruxmap.conftest import RUN, Dam, Program


@pytest.fixture
def dam(tmp_path: Path) -> Iterator[tuple[Dam, KnowledgeBase]]:
    """The dam, opened from a package's file."""
    with closing(KnowledgeStore.at(tmp_path / "k.db")) as store:
        made = Dam(store)
        write_package(packed(store, made.revisions[-1]), tmp_path / "dam.jsonl")
    yield made, cruxmap.open(tmp_path / "dam.jsonl")  # noqa: PT022  # the store is closed before


def test_a_knowledge_base_is_read_with_types(dam: tuple[Dam, KnowledgeBase]) -> None:
    """Answers sum to one, cruxes say what they would change, a claim has its words, and iteration yields every live record."""
    made, base = dam
    assert base.revision == made.revisions[-1]
    assert [record.id for record in base] == sorted(base.view.records)
    assert len(base) == len(base.view.records)
    assert [question.name for question in base.questions] == ["dam"]
    assert sum(answer.credence for answer in base.answers()) == pytest.approx(1)
    crux = base.cruxes("dam")[0]
    assert crux.if_true["yes"] != crux.if_false["yes"]
    claim = base.claim(made.wet.id[:12])
    assert (claim.text, claim.said[0].speaker, claim.said[0].words) == ("The wall is wet.", "Ada", "Ada says: The wall is wet.")
    assert base.text_of(claim.said[0].source)[claim.said[0].start :] == claim.said[0].words
    assert claim.credence == pytest.approx(base.assessment.questions[0].credences[made.wet.id])
    assert [step.because for step in claim.steps] == ["Water comes from the lake."]
    assert [finding.verdict for finding in claim.findings] == ["v"]
    assert [one.text for one in base.search("wet walls")] == ["The wall is wet."]
    assert base.search("zebra") == ()
    assert {one.id for one in base.claims} == {claim.id for claim in base.all(Claim)}
    under = [answer.credence for answer in base.under("careful reader").answers()]
    assert under == pytest.approx([answer.credence for answer in base.answers()])


def test_what_is_not_there_is_named(dam: tuple[Dam, KnowledgeBase]) -> None:
    """Unknown claims, questions, perspectives, kinds and names are errors that say so."""
    base = dam[1]
    for call in (lambda: base.claim("claim-zz"), lambda: base.answers("zz"), lambda: base.under("zz"), lambda: base.if_retracted("zz")):
        with pytest.raises(UnknownRecord, match="zz"):
            call()
    with pytest.raises(UnknownRecord, match="could be"):
        base.claim("claim-")
    with pytest.raises(UsageError, match="kind of record"):
        base.frame("rumour")
    with pytest.raises(UsageError):
        cruxmap.open("nowhere")


def test_tables_have_a_row_a_record(dam: tuple[Dam, KnowledgeBase]) -> None:
    """Ids index the table; credences are there for what has one."""
    base = dam[1]
    claims = base.frame("claim")
    assert list(claims.index) == [claim.id for claim in base.all(Claim)]
    assert claims["credence"].between(0, 1).all()
    assert base.frame("answer")["credence"].sum() == pytest.approx(1)
    assert "credence" not in base.frame("source")
    assert base.frame("incident").empty


def test_retracting_can_be_tried_out(dam: tuple[Dam, KnowledgeBase]) -> None:
    """The effects are told and nothing is changed; diff and merge work on what is opened."""
    made, base = dam
    told = base.if_retracted(made.sources["Ada"].id)
    assert any("1 source" in line for line in told)
    assert made.sources["Ada"].id in base.view.records
    assert base.diff(base)[0] == "0 added, 0 no longer counting"
    assert base.merge(base).revision == base.revision


def test_the_examples_in_the_docs_run(program: Program, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python block of docs/python.md runs, in order, over two halves of the egg case."""
    for number, name in enumerate(("eggs", "other")):
        case = tmp_path / name
        (case / "briefs").mkdir(parents=True)
        shutil.copy(ROOT / "cases/eggs/case.yaml", case)
        for brief in sorted((ROOT / "cases/eggs/briefs").glob("*.md"))[number::2]:
            shutil.copy(brief, case / "briefs")
        assert program("run", case, "--run-id", name)[0] == 0
        assert program("export", name, "--format", "package", "-o", tmp_path / f"{name}.jsonl")[0] == 0
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/python.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 4
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)  # the docs' own examples
    assert isinstance(names["kb"], KnowledgeBase)


def test_a_run_is_opened_by_its_name(home: Path, tmp_path: Path) -> None:
    """A run of the home, a run of another home, and a revision are all names of a knowledge base."""
    home.mkdir()
    with closing(KnowledgeStore.at(tmp_path / "k.db")) as store:
        made = Dam(store)
        add_run(packed(store, made.revisions[-1]), home, run=RUN, by="a test")
    for name in (RUN, made.revisions[-1], str(home), f"{home}@{RUN}"):
        assert cruxmap.open(name).revision == made.revisions[-1]
    assert len(cruxmap.open(made.revisions[1]).all(Source)) == 1


def test_a_home_is_a_folder_or_its_name(tmp_path: Path) -> None:
    """What isn't there is told in the same words, whichever way its home was given."""
    for home in (tmp_path, str(tmp_path)):
        with pytest.raises(UsageError, match="nobody"):
            cruxmap.open("nobody", home=home)
