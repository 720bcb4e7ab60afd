"""The store: commits, rules, history."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.changesets import Author, Diff
from knowledge.errors import UnknownRevision
from knowledge.records import (
    Claim,
    Record,
    Retraction,
)
from knowledge.store import KnowledgeStore
from knowledge.views import View
from tests.knowledge.builders import HOLDS, LEAKS, TEXT, WARRANT, changeset, passage
from tests.knowledge.workers import AFTER, branch_step, commit_branch, commit_same, die_in_commit, open_at, open_url, together


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


def test_a_kill_inside_a_commit_leaves_the_revision_before_or_after(tmp_path: Path) -> None:
    """Killed at any moment of a commit, the store opens, is whole, and holds all of the changeset or nothing."""
    original = tmp_path / "original.db"
    store = KnowledgeStore.at(original)
    store.put_text(TEXT)
    before = store.commit(changeset(*LEAKS))
    store.close()
    outcomes = []
    for at in range(1, 100):
        path = tmp_path / f"{at}.db"
        shutil.copyfile(original, path)
        (ended,) = together(die_in_commit, (path, at))
        outcomes.append((ended, _whole_after_kill(path, before)))
        if ended == 0:
            break
    killed = outcomes[:-1]
    assert outcomes[-1] == (0, True)
    assert killed == sorted(killed, key=lambda outcome: outcome[1])
    assert {(-signal.SIGKILL, False), (-signal.SIGKILL, True)} == set(killed)
    assert len(killed) > 20


def _whole_after_kill(path: Path, before: str) -> bool:
    """Hold a store to its promises after a kill, and say whether the commit is in it."""
    reopened = KnowledgeStore.at(path)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    whole = reopened.has(AFTER.revision)
    assert reopened.view(before).digest == View.of(LEAKS).digest
    if whole:
        assert reopened.view(AFTER.revision).digest == View.of([*LEAKS, *HOLDS]).digest
    else:
        assert all(reopened.find(record.id) is None for record in HOLDS[1:])
    assert reopened.commit(AFTER) == AFTER.revision
    assert reopened.view(AFTER.revision).digest == View.of([*LEAKS, *HOLDS]).digest
    reopened.close()
    return whole


def _url(store: KnowledgeStore) -> str:
    return store._engine.url.render_as_string(hide_password=False)


def _rows(store: KnowledgeStore, table: str) -> int:
    with store._engine.connect() as raw:
        found = raw.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar()
    assert isinstance(found, int)
    return found


def test_processes_commit_side_by_side(store: KnowledgeStore) -> None:
    """Four processes share one store, none is told that it is locked, and their branches join to the union."""
    root = store.commit(changeset(*LEAKS))
    assert together(commit_branch, *((_url(store), worker) for worker in range(4))) == [0, 0, 0, 0]
    assert _rows(store, "revisions") == 101
    tips = []
    for worker in range(4):
        tip = root
        for number in range(25):
            tip = branch_step(worker, number, tip).revision
        assert len(store.log(tip)) == 26
        tips.append(tip)
    joined = store.view(store.commit(changeset(parents=tuple(tips))))
    assert joined.counts()["claim"] == 101


def test_processes_that_commit_the_same_agree(store: KnowledgeStore) -> None:
    """A changeset that several processes commit at once is committed once, and none of them is refused."""
    store.commit(changeset(*LEAKS))
    assert together(commit_same, *((_url(store), worker) for worker in range(3))) == [0, 0, 0]
    assert _rows(store, "revisions") == 26
    assert _rows(store, "additions") == 25 + len(LEAKS)


@pytest.mark.postgres
def test_processes_that_create_one_database_agree(database: str) -> None:
    """Whoever comes first makes the tables; the others wait."""
    assert together(open_url, *(((database, time.time() + 0.3),) * 4)) == [0, 0, 0, 0]
    with closing(KnowledgeStore(database)) as made:
        assert _rows(made, "meta") == 1


def test_processes_that_create_one_store_agree(tmp_path: Path) -> None:
    """Whoever comes first makes the tables; the others wait, however close they are."""
    for number in range(8):
        path = tmp_path / f"{number}.db"
        assert together(open_at, *(((path, time.time() + 0.1),) * 4)) == [0, 0, 0, 0]
        with closing(KnowledgeStore.at(path)) as made:
            assert _rows(made, "meta") == 1


def test_only_the_user_can_read_the_store(file_store: KnowledgeStore, tmp_path: Path) -> None:
    """Sources can be private: neither the database nor its log is anyone else's to read."""
    file_store.commit(changeset(*LEAKS))
    files = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert files == dict.fromkeys(("knowledge.db", "knowledge.db-wal", "knowledge.db-shm"), 0o600)


def test_a_home_may_have_any_name(tmp_path: Path) -> None:
    """A path is no URL: question marks, percent signs and spaces stand for themselves."""
    folder = tmp_path / "why? 100% #1"
    with closing(KnowledgeStore.at(folder / "knowledge.db")) as opened:
        opened.put_text(TEXT)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert (folder / "knowledge.db").stat().st_size > 0
    assert folder.stat().st_mode & 0o077 == 0


def test_a_merge_with_an_unknown_parent_is_said(store: KnowledgeStore) -> None:
    """A parent that is not here is named, be it one of one or one of several."""
    here, missing = store.commit(changeset(*LEAKS)), "revision-" + "0" * 20
    for parents in ((missing,), (here, missing)):
        with pytest.raises(UnknownRevision, match=missing):
            store.commit(changeset(parents=parents))


def test_a_diff_says_what_came_and_what_went(store: KnowledgeStore) -> None:
    """Additions and losses are those of live records, and every reason given is shown; backwards, they change sides."""
    first = store.commit(changeset(*LEAKS))
    retractions = [Retraction(record=LEAKS[3].id, reason=reason) for reason in ("misheard", "misquoted")]
    second = store.commit(changeset(*HOLDS, *retractions, parents=(first,)))
    diff = store.diff(first, second)
    assert {record.id for record in diff.added} == {record.id for record in (*HOLDS[1:], *retractions)}
    assert [(loss.record, sorted(loss.reasons)) for loss in diff.lost] == [(LEAKS[3], ["misheard", "misquoted"])]
    back = store.diff(second, first)
    assert {record.id for record in back.added} == {LEAKS[3].id}
    assert {loss.record.id for loss in back.lost} == {record.id for record in diff.added}
    assert store.diff(second, second) == Diff((), ())


def test_a_passage_elsewhere_in_the_text_is_another_passage() -> None:
    """The same words at another place are not the same passage."""
    assert passage("the dam").id == passage("the dam").id
    assert passage("dam leaks").id != passage("dam holds").id
