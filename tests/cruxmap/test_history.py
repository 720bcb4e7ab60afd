"""The history of a knowledge base, in words that a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cruxmap.bases import add_run
from cruxmap.changes import diff_lines
from cruxmap.history import blame_lines, log_lines
from knowledge.changesets import Author, Changeset, Committed
from knowledge.errors import UnknownRecord, UnknownRevision
from knowledge.packages.contents import Package, packed
from knowledge.records import Claim, Retraction
from knowledge.store import KnowledgeStore
from tests.cruxmap.conftest import RUN, Dam, Program


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KnowledgeStore]:
    """A store of its own."""
    with closing(KnowledgeStore.at(tmp_path / "knowledge.db")) as store:
        yield store


def test_a_diff_tells_what_is_new_what_fell_why_and_how_the_answers_moved(store: KnowledgeStore) -> None:
    """Records are told in words, with the reason of a retraction or what they fell with, then credences and cruxes."""
    dam = Dam(store)
    after = store.commit(
        Changeset((dam.revisions[-1],), (Retraction(record=dam.sources["Ada"].id, reason="forged"), Claim(text="It rained.")), Author.PERSON, RUN, "r")
    )  # fmt: skip
    told = "\n".join(diff_lines(store.view(dam.revisions[-1]), store.view(after)))
    assert "+ It rained." in told
    assert "Ada's notes  (forged)" in told
    assert "Ada asserts: The wall is wet.  (fell with Ada's notes)" in told
    assert "dam: no " in told
    assert " -> " in told
    assert "no longer a crux (was 1): The wall is wet." in told


def test_the_log_shows_where_the_answers_moved(store: KnowledgeStore) -> None:
    """Each revision that moved the answer says what it became; those that didn't say nothing."""
    dam = Dam(store)
    lines = list(log_lines(store, dam.revisions[-1], credences=True))
    assert len([line for line in lines if line.startswith("revision-")]) == len(dam.revisions)
    moves = [line for line in lines if line.startswith("    ")]
    assert 2 <= len(moves) < len(dam.revisions)
    assert all("yes" in line and "%" in line for line in moves)


def test_blame_tells_who_added_a_claim_and_all_that_bears_on_it(store: KnowledgeStore) -> None:
    """The step, the run, the reason and the time of the claim, of who said it, of its links and of a finding."""
    dam = Dam(store)
    told = "\n".join(blame_lines(store, dam.revisions[-1], dam.wet.id[:12]))
    assert "added by the ingestion step of the run dam" in told
    assert "read Ada" in told
    assert "said: Ada asserts" in told
    assert "linked: " in told
    assert "named: overclaim: v" in told
    with pytest.raises(UnknownRecord):
        list(blame_lines(store, dam.revisions[0], dam.wet.id))


def dated(store: KnowledgeStore, tmp_path: Path) -> tuple[Dam, KnowledgeStore]:
    """The dam's history, one commit a day from 1 March 2026, in a store of its own."""
    dam = Dam(store)
    package = packed(store, dam.revisions[-1])
    days = {revision: f"2026-03-0{day}T12:00:00+00:00" for day, revision in enumerate(dam.revisions, 1)}
    changesets: dict[str, Committed] = {key: one.model_copy(update={"at": days[key]}) for key, one in package.changesets.items()}
    past = KnowledgeStore.at(tmp_path / "past.db")
    Package(changesets, package.records, package.texts).save_to(past)
    return dam, past


def test_what_was_known_at_a_date_is_a_view(store: KnowledgeStore, tmp_path: Path) -> None:
    """A day includes what was committed on it; before the first commit there is nothing."""
    dam, past = dated(store, tmp_path)
    tip = dam.revisions[-1]
    assert past.view_as_of(tip, "2026-03-02").counts().get("claim") == 1
    assert past.view_as_of(tip, "2026-03-02T11").counts().get("claim") is None
    assert past.view_as_of(tip, "2026-03").digest == past.view(tip).digest
    with pytest.raises(UnknownRevision, match="by 2026-02"):
        past.view_as_of(tip, "2026-02")
    past.close()


def test_branches_that_were_not_joined_yet_count_together(store: KnowledgeStore) -> None:
    """Between two branches' commits and their join, what was known is both."""
    dam = Dam(store)
    left = store.commit(Changeset((dam.revisions[-1],), (Claim(text="Left."),), Author.INGESTION, RUN, "left"))
    right = store.commit(Changeset((dam.revisions[-1],), (Claim(text="Right."),), Author.INGESTION, RUN, "right"))
    joined = store.commit(Changeset((left, right), (), Author.RUN, RUN, "join"))
    package = packed(store, joined)
    late = package.changesets[joined].model_copy(update={"at": "2999-01-01T00:00:00+00:00"})
    with closing(KnowledgeStore.at(Path(store._engine.url.database or "").with_name("late.db"))) as past:
        Package({**package.changesets, joined: late}, package.records, package.texts).save_to(past)
        texts = {claim.text for claim in past.view_as_of(joined, "2998").all(Claim)}
    assert {"Left.", "Right."} <= texts


def test_the_commands_look_into_the_past(program: Program, home: Path, tmp_path: Path) -> None:
    """show, cruxes, claim and log take --as-of, and refuse what is no date or before everything; diff takes runs and revisions; blame takes the beginning of an id."""
    home.mkdir()
    with closing(KnowledgeStore.at(tmp_path / "k.db")) as store:
        dam, past = dated(store, tmp_path)
        add_run(packed(past, dam.revisions[-1]), home, run=RUN, by="a test")
        past.close()
    assert '"claim": 1' in program("show", RUN, "--as-of", "2026-03-02", "--json")[1]
    assert "as of 2026-03-02" in " ".join(program("show", RUN, "--as-of", "2026-03-02")[1].split())
    assert program("show", RUN, "--as-of", "1999")[0] == 1
    assert "The wall is wet." not in program("cruxes", RUN, "--as-of", "2026-03-01")[1]
    assert program("claim", dam.dry.id, "--run", RUN, "--as-of", "2026-03-02")[0] == 1
    assert "read Ben" not in program("log", RUN, "--as-of", "2026-03-02")[1]
    assert "read Ada" in program("log", RUN, "--as-of", "2026-03-02 23:59")[1]
    for command in ("log", "show", "cruxes"):
        code, out, err = program(command, RUN, "--as-of", "yesterday")
        assert (code, out, "no date" in err) == (1, "", True)
        assert program(command, RUN, "--as-of", "1999")[:2] == (1, "")
    assert "0 added, 0 no longer counting" in program("diff", RUN, dam.revisions[-1])[1]
    assert "read Ada" in program("blame", dam.wet.id[:12])[1]
