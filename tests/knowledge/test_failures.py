"""What the store says when its database fails, and what it leaves behind."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from knowledge.blobs import digest_of_text
from knowledge.errors import KnowledgeError, StoreUnusable
from knowledge.records import Claim
from knowledge.store import KnowledgeStore
from tests.knowledge.builders import LEAKS, TEXT, changeset
from tests.knowledge.workers import commit_beyond_file_limit, open_as_nobody, together


def test_a_full_disk_is_said_and_leaves_the_store_whole(file_store: KnowledgeStore) -> None:
    """When the database can't grow, the error says so and what to do, and the revision before stands."""
    first = file_store.commit(changeset(*LEAKS))

    def small(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA max_page_count=1")

    file_store._engine.dispose()
    event.listen(file_store._engine, "connect", small)
    big = [Claim(text=f"{number} " + "x" * 2000) for number in range(400)]
    with pytest.raises(StoreUnusable, match="Free some space"):
        file_store.commit(changeset(*big, parents=(first,)))
    event.remove(file_store._engine, "connect", small)
    file_store._engine.dispose()
    assert set(file_store.view(first).records) == {record.id for record in LEAKS}


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    """Something else in the store's place is not overwritten."""
    path = tmp_path / "knowledge.db"
    path.write_text("Dear diary, " * 100)
    with pytest.raises(StoreUnusable, match="not a database"):
        KnowledgeStore.at(path)
    assert path.read_text().startswith("Dear diary")


def test_a_file_that_cannot_grow_is_said_and_stays_whole(file_store: KnowledgeStore, tmp_path: Path) -> None:
    """When the operating system refuses a write in the middle of a commit, the revision before stands and work goes on."""
    first = file_store.commit(changeset(*LEAKS))
    file_store.close()
    assert together(commit_beyond_file_limit, (tmp_path / "knowledge.db",)) == [0]
    with closing(sqlite3.connect(tmp_path / "knowledge.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert set(file_store.view(first).records) == {record.id for record in LEAKS}
    assert file_store.commit(changeset(Claim(text="There is room again."), parents=(first,)))


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """A database that holds something else gets no tables of ours."""
    path = tmp_path / "knowledge.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE diary (entry TEXT)")
        raw.commit()
    with pytest.raises(StoreUnusable, match="another program's database"):
        KnowledgeStore.at(path)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("diary",)]


def _edit(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(statement)
        raw.commit()


def test_another_version_is_refused_and_left_alone(file_store: KnowledgeStore, tmp_path: Path) -> None:
    """A store that another version wrote is named with both versions, and gets no tables of this one."""
    file_store.close()
    _edit(tmp_path / "knowledge.db", "UPDATE meta SET value = '2'")
    _edit(tmp_path / "knowledge.db", "DROP TABLE additions")
    with pytest.raises(StoreUnusable, match="schema version 2, this program writes 1: use another home"):
        KnowledgeStore.at(tmp_path / "knowledge.db")
    with closing(sqlite3.connect(tmp_path / "knowledge.db")) as raw:
        assert raw.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'additions'").fetchone() == (0,)


def test_a_store_whose_making_was_cut_off_is_made_whole(tmp_path: Path) -> None:
    """Some of our tables without a version are a beginning, not somebody else's database."""
    path = tmp_path / "knowledge.db"
    _edit(path, "CREATE TABLE meta (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL)")
    with closing(KnowledgeStore.at(path)) as opened:
        opened.put_text(TEXT)
        assert opened.commit(changeset(*LEAKS))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE records SET body = replace(body, 'leaks', 'holds') WHERE kind = 'claim'",
        "UPDATE records SET body = substr(body, 1, 10) WHERE kind = 'claim'",
        "UPDATE records SET kind = 'warrant' WHERE kind = 'claim'",
        "UPDATE records SET kind = 'rumour' WHERE kind = 'claim'",
    ],
)
def test_a_damaged_record_is_said(file_store: KnowledgeStore, tmp_path: Path, damage: str) -> None:
    """A row that no longer gives the id under which it stands is never taken for the record."""
    first = file_store.commit(changeset(*LEAKS))
    file_store.close()
    _edit(tmp_path / "knowledge.db", damage)
    with closing(KnowledgeStore.at(tmp_path / "knowledge.db")) as reopened:
        with pytest.raises(KnowledgeError, match=f"{LEAKS[2].id} in the store is damaged"):
            reopened.view(first)


def test_a_damaged_text_is_said(file_store: KnowledgeStore, tmp_path: Path) -> None:
    """A text that no longer has its digest is never quoted from."""
    _edit(tmp_path / "knowledge.db", "UPDATE blobs SET text = replace(text, 'leaks', 'holds')")
    with pytest.raises(KnowledgeError, match="is damaged"):
        file_store.text(digest_of_text(TEXT))
    with pytest.raises(KnowledgeError, match="is damaged"):
        file_store.commit(changeset(*LEAKS))


def test_a_truncated_file_is_said(file_store: KnowledgeStore, tmp_path: Path) -> None:
    """Half a database is reported as damaged, with what to do."""
    first = file_store.commit(changeset(*LEAKS))
    file_store.close()
    path = tmp_path / "knowledge.db"
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(StoreUnusable, match="says what can be saved"):
        KnowledgeStore.at(path).view(first)


def test_a_place_that_cannot_hold_a_file_is_said(tmp_path: Path) -> None:
    """A file where a folder belongs, or a folder where the file belongs, is named."""
    (tmp_path / "file").write_text("I am no folder")
    for path in (tmp_path / "file" / "knowledge.db", tmp_path):
        with pytest.raises(StoreUnusable, match=f"{path}.* Check that the folder exists"):
            KnowledgeStore.at(path)


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A folder that other users can look into, outside pytest's own (theirs is closed to the child, who is nobody)."""
    folder = Path(tempfile.mkdtemp(prefix="cruxmap-read-only-"))
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_is_said(forbidden: Path) -> None:
    """Without the right to write, the error says where and what to check."""
    assert together(open_as_nobody, (forbidden / "knowledge.db",), (forbidden / "new" / "knowledge.db",)) == [0, 0]


def test_an_address_that_is_none_is_said() -> None:
    """A URL that SQLAlchemy can't read fails at once, without its password in the message."""
    with pytest.raises(StoreUnusable) as raised:
        KnowledgeStore("nosuchdatabase://me:secret@host/name")
    assert "secret" not in str(raised.value)
