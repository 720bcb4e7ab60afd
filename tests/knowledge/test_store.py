"""The store: commits, rules, history."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from knowledge.changesets import Author, Changeset
from knowledge.errors import Refused, StoreUnusable
from knowledge.records import (
    Assertion,
    Claim,
    Equivalence,
    Finding,
    FindingKind,
    Link,
    Passage,
    Record,
    Relation,
    Retraction,
    Severity,
    Warrant,
)
from knowledge.store import KnowledgeStore
from knowledge.views import View, fold
from tests.knowledge.builders import TEXT, passage, said, source


@pytest.fixture
def store(tmp_path: Path):
    """A store of its own, with the text that the builders quote."""
    opened = KnowledgeStore.at(tmp_path / "knowledge.db")
    opened.put_text(TEXT)
    yield opened
    opened.close()


def changeset(*records: Record, parents: tuple[str, ...] = (), author: Author = Author.INGESTION, reason: str = "test") -> Changeset:
    """A changeset of these records."""
    return Changeset(parents, records, author, "run", reason)


LEAKS = said("The dam leaks.", "Ada says the dam leaks.")
HOLDS = said("The dam holds.", "Ben says the dam holds.", speaker="Ben")
WARRANT = Warrant(text="Who says so knows.")


def test_a_commit_can_be_read_back(store: KnowledgeStore) -> None:
    """A committed record is live in its revision and in no other."""
    first = store.commit(changeset(*LEAKS))
    second = store.commit(changeset(*HOLDS, parents=(first,)))
    assert set(store.view(first).records) == {record.id for record in LEAKS}
    assert set(store.view(second).records) == {record.id for record in (*LEAKS, *HOLDS)}


def test_committing_twice_changes_nothing(store: KnowledgeStore) -> None:
    """A step that runs again after a crash gets the revision that it made before."""
    assert store.commit(changeset(*LEAKS)) == store.commit(changeset(*reversed(LEAKS)))
    assert len(store.log(store.commit(changeset(*LEAKS)))) == 1


def test_an_id_does_not_depend_on_who_added_the_record(store: KnowledgeStore) -> None:
    """Two authors of the same records make two revisions of the same knowledge."""
    one = store.commit(changeset(*LEAKS))
    other = store.commit(changeset(*LEAKS, author=Author.PERSON, reason="by hand"))
    assert one != other
    assert store.view(one).digest == store.view(other).digest


def broken() -> list[tuple[Changeset, str]]:
    """Changesets that break one rule each, and a word of the reason."""
    _, place, claim, assertion = LEAKS
    assert isinstance(place, Passage)
    assert isinstance(claim, Claim)
    shifted = Passage(source=place.source, start=place.start + 1, end=place.end + 1, text=place.text)
    dangling = Assertion(claim=Claim(text="Never added.").id, passage=place.id)
    other = Claim(text="Water comes through the dam.")
    same_passage = Assertion(claim=other.id, passage=place.id, speaker="Ada")
    third = Claim(text="The dam lets water through.")
    finding = Finding(about=claim.id, kind=FindingKind.RHETORIC, severity=Severity.LOW, sound_case="a", flawed_case="b", verdict="c")
    wrong_kind = Assertion.model_construct(**{**assertion.model_dump(), "claim": place.id})
    chain = (
        Equivalence(member=claim.id, representative=other.id, reason="r"),
        Equivalence(member=other.id, representative=third.id, reason="r"),
    )
    twice = (
        Equivalence(member=claim.id, representative=other.id, reason="r"),
        Equivalence(member=claim.id, representative=third.id, reason="r"),
    )
    support = Link(premises=(other.id,), target=claim.id, relation=Relation.SUPPORTS, warrant=WARRANT.id)
    return [
        (changeset(*LEAKS, shifted), "the source reads"),
        (changeset(*LEAKS, dangling), "not in this revision"),
        (changeset(*LEAKS, wrong_kind), "where a claim belongs"),
        (changeset(*LEAKS, other, same_passage, WARRANT, support), "no further support"),
        (changeset(*LEAKS, other, third, *chain), "chains"),
        (changeset(*LEAKS, other, third, *twice), "another representative"),
        (changeset(*LEAKS, author=Author.CRITIC), "findings and gaps only"),
        (changeset(*LEAKS, finding, author=Author.CRITIC), "findings and gaps only"),
        (changeset(Retraction(record=claim.id, reason="r")), "never here"),
        (changeset(source("Not stored.", title="Elsewhere")), "not in the store"),
    ]


@pytest.mark.parametrize(("wrong", "word"), broken())
def test_a_broken_rule_is_refused_with_its_reason(store: KnowledgeStore, wrong: Changeset, word: str) -> None:
    """Whoever proposes, the rules hold at commit, and nothing of the changeset is written."""
    with pytest.raises(Refused, match=word):
        store.commit(wrong)
    assert not store.has(wrong.revision)


def test_the_critic_cannot_retract_a_claim(store: KnowledgeStore) -> None:
    """Retracting counts as touching."""
    first = store.commit(changeset(*LEAKS))
    with pytest.raises(Refused, match="findings and gaps only"):
        store.commit(changeset(Retraction(record=LEAKS[2].id, reason="r"), parents=(first,), author=Author.CRITIC))


def test_a_retracted_source_takes_all_that_stands_on_it(store: KnowledgeStore) -> None:
    """Passages and assertions fall with their source, a claim stays as a mere proposition, and the retraction can be retracted."""
    first = store.commit(changeset(*LEAKS))
    retraction = Retraction(record=LEAKS[0].id, reason="forged")
    second = store.commit(changeset(retraction, parents=(first,)))
    assert set(store.view(second).records) == {LEAKS[2].id, retraction.id}
    assert {loss.record.kind_name: loss.reasons for loss in store.diff(first, second).lost} == {
        "source": ("forged",),
        "passage": (),
        "assertion": (),
    }
    third = store.commit(changeset(Retraction(record=retraction.id, reason="not forged after all"), parents=(second,)))
    assert set(store.view(third).records) > {record.id for record in LEAKS}


records = st.lists(st.sampled_from([*LEAKS, *HOLDS, *(Claim(text=f"Claim {number}.") for number in range(6))]), min_size=1)


@given(records, st.data())
def test_folding_is_order_free(some: list[Record], data) -> None:
    """Any order of records and retractions, with repeats, folds to the same live records."""
    retractions = [Retraction(record=record.id, reason="r") for record in data.draw(st.lists(st.sampled_from(some), max_size=3))]
    undone = [Retraction(record=record.id, reason="undo") for record in retractions[:1]]
    every = [*some, *retractions, *undone]
    shuffled = data.draw(st.permutations(every))
    assert list(fold(every)) == list(fold([*shuffled, *shuffled[:2]]))


@settings(max_examples=25, deadline=None)
@given(st.lists(records, min_size=1, max_size=4))
def test_branches_join_to_the_union(tmp_path_factory: pytest.TempPathFactory, branches: list[list[Record]]) -> None:
    """Joining is commutative and idempotent, and equals committing everything at once."""
    closed = [[*branch, *LEAKS, *HOLDS] for branch in branches]
    store = KnowledgeStore.at(tmp_path_factory.mktemp("join") / "knowledge.db")
    store.put_text(TEXT)
    tips = [store.commit(changeset(*branch, reason=f"branch {number}")) for number, branch in enumerate(closed)]
    joined = store.view(store.commit(changeset(parents=tuple(tips)))).digest
    again = store.view(store.commit(changeset(parents=(*reversed(tips), tips[0]), reason="again"))).digest
    store.close()
    assert joined == again == View.of([record for branch in closed for record in branch]).digest


def test_the_log_has_children_before_parents(store: KnowledgeStore) -> None:
    """A merge comes before both its parents, and they before the root."""
    root = store.commit(changeset(*LEAKS))
    left = store.commit(changeset(*HOLDS, parents=(root,)))
    right = store.commit(changeset(WARRANT, parents=(root,)))
    tip = store.commit(changeset(parents=(left, right)))
    order = [revision.id for revision in store.log(tip)]
    assert order[0] == tip
    assert order[-1] == root
    assert set(order[1:3]) == {left, right}


def _die_in_commit(path: Path, at: int) -> None:
    """Commit, and be killed before the n-th statement from then on."""
    store = KnowledgeStore.at(path)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1
        if statements == at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store._engine, "before_cursor_execute", count)
    event.listen(store._engine, "commit", count)
    store.commit(changeset(*HOLDS, parents=(changeset(*LEAKS).revision,)))
    os._exit(0)


def test_a_kill_inside_a_commit_leaves_the_revision_before_or_after(tmp_path: Path) -> None:
    """Killed at any statement of a commit, the store opens, is whole, and holds all of the changeset or nothing."""
    after = changeset(*HOLDS, parents=(changeset(*LEAKS).revision,))
    outcomes = set()
    for at in range(1, 40):
        path = tmp_path / f"{at}.db"
        store = KnowledgeStore.at(path)
        store.put_text(TEXT)
        before = store.commit(changeset(*LEAKS))
        store.close()
        child = multiprocessing.get_context("spawn").Process(target=_die_in_commit, args=(path, at))
        child.start()
        child.join()
        reopened = KnowledgeStore.at(path)
        with sqlite3.connect(path) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert raw.execute("SELECT COUNT(*) FROM additions WHERE revision NOT IN (SELECT id FROM revisions)").fetchone() == (0,)
        raw.close()
        whole = reopened.has(after.revision)
        tip = after.revision if whole else before
        expected = {record.id for record in ((*LEAKS, *HOLDS) if whole else LEAKS)}
        assert set(reopened.view(tip).records) == expected
        assert reopened.commit(after) == after.revision
        reopened.close()
        outcomes.add((child.exitcode, whole))
        if child.exitcode == 0:
            break
    assert outcomes == {(-signal.SIGKILL, False), (0, True)} or outcomes == {(-signal.SIGKILL, False), (-signal.SIGKILL, True), (0, True)}


def _commit_many(path: Path, worker: int) -> None:
    store = KnowledgeStore.at(path)
    root = changeset(*LEAKS).revision
    for number in range(15):
        store.commit(changeset(Claim(text=f"Worker {worker}, claim {number}."), parents=(root,), reason=f"{worker}/{number}"))
    store.close()


def test_processes_commit_side_by_side(tmp_path: Path) -> None:
    """Four processes share one store and none is told that it is locked."""
    path = tmp_path / "knowledge.db"
    store = KnowledgeStore.at(path)
    store.put_text(TEXT)
    store.commit(changeset(*LEAKS))
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_commit_many, args=(path, worker)) for worker in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT COUNT(*) FROM revisions").fetchone() == (61,)
    raw.close()
    store.close()


def test_a_full_disk_is_said_and_leaves_the_store_whole(store: KnowledgeStore) -> None:
    """When the database can't grow, the error says so and what to do, and the revision before stands."""
    first = store.commit(changeset(*LEAKS))

    def small(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA max_page_count=1")

    store._engine.dispose()
    event.listen(store._engine, "connect", small)
    big = [Claim(text=f"{number} " + "x" * 2000) for number in range(400)]
    with pytest.raises(StoreUnusable, match="Free some space"):
        store.commit(changeset(*big, parents=(first,)))
    event.remove(store._engine, "connect", small)
    store._engine.dispose()
    assert set(store.view(first).records) == {record.id for record in LEAKS}


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    """Something else in the store's place is not overwritten."""
    path = tmp_path / "knowledge.db"
    path.write_text("Dear diary, " * 100)
    with pytest.raises(StoreUnusable, match="not a database"):
        KnowledgeStore.at(path)
    assert path.read_text().startswith("Dear diary")


def test_only_the_user_can_read_the_store(store: KnowledgeStore, tmp_path: Path) -> None:
    """Sources can be private."""
    assert (tmp_path / "knowledge.db").stat().st_mode & 0o077 == 0


def test_a_passage_elsewhere_in_the_text_is_another_passage() -> None:
    """The same words at another place are not the same passage."""
    assert passage("the dam").id == passage("the dam").id
    assert passage("dam leaks").id != passage("dam holds").id
