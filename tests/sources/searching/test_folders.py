"""A folder of one's own as a provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.vocabulary import SearchAim
from sources.errors import Unreadable
from sources.searching.folders import Folder
from sources.searching.queries import Query

TEXTS = {
    "a.txt": "TITLE: The river gauge\nURL: https://doi.org/10.1234/GAUGE\n\nThe gauge rose by two metres in the flood of that spring, as records show.",
    "sub/b.md": "# Rivers and floods\n\nFloods were rarer before the dam was built, and none was ever measured by a gauge.",
    "c.html": "<html><head><title>Bread</title></head><body><p>Bread is baked from flour, water and salt in an oven that is hot.</p></body></html>",
    "empty.txt": "",
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of four files, one of which can't be read."""
    for name, text in TEXTS.items():
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Folder(tmp_path / "own")


def asked(*words: str) -> Query:
    """A query of words."""
    return Query(SearchAim.GAP, "gap-1", must=words)


async def test_files_are_found_by_their_words(folder: Folder) -> None:
    """Stems count, a title more than a text, and a file of other words isn't found."""
    assert [lead.place for lead in await folder.search(asked("flooding", "gauges"))] == ["folder:a.txt", "folder:sub/b.md"]
    assert [lead.title for lead in await folder.search(asked("breads"))] == ["Bread"]
    assert await folder.search(asked("volcano")) == ()


async def test_a_file_tells_its_title_and_doi(folder: Folder) -> None:
    """What the file says of itself is in the lead, with its opening."""
    lead = (await folder.search(asked("gauge", "spring")))[0]
    assert (lead.title, lead.doi) == ("The river gauge", "10.1234/gauge")
    assert lead.summary.startswith("The gauge rose")
    assert folder.read(lead.place).title == "The river gauge"


async def test_a_word_is_never_syntax(folder: Folder) -> None:
    """What would be an operator, a quote or a column elsewhere is a word here."""
    for word in ('"', "NOT", "title:", "a*", "(", "'; DROP TABLE documents; --", "NEAR(gauge"):
        await folder.search(asked(word, "gauge"))
    assert (await folder.search(asked("gauge")))[0].place == "folder:a.txt"


async def test_a_file_that_cannot_be_read_is_found_by_its_name(folder: Folder) -> None:
    """It isn't passed over in silence: it is found, and says why it can't be read."""
    [lead] = await folder.search(asked("empty"))
    with pytest.raises(Unreadable, match="it is empty"):
        folder.read(lead.place)


def test_no_other_file_can_be_read_through_it(folder: Folder, tmp_path: Path) -> None:
    """A place that leads out of the folder is none of its files; a link that does is refused at the start."""
    (tmp_path / "secret.txt").write_text("secret")
    for place in ("folder:../secret.txt", "folder:/etc/passwd", "folder:sub/../../secret.txt"):
        with pytest.raises(Unreadable, match="no such file"):
            folder.read(place)
    (tmp_path / "own" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(Unreadable, match="leads out"):
        Folder(tmp_path / "own")


def test_its_digest_is_of_names_and_bytes(folder: Folder, tmp_path: Path) -> None:
    """A changed, a new and a renamed file each change it; nothing else does."""
    seen = {folder.digest, Folder(tmp_path / "own").digest}
    assert len(seen) == 1
    (tmp_path / "own" / "c.html").write_text("Bread")
    seen.add(Folder(tmp_path / "own").digest)
    (tmp_path / "own" / "c.html").rename(tmp_path / "own" / "d.html")
    seen.add(Folder(tmp_path / "own").digest)
    assert len(seen) == 3


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The message names the folder and the option."""
    with pytest.raises(Unreadable, match="--search-folder"):
        Folder(tmp_path / "nowhere")
