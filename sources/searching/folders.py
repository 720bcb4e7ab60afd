"""Folders: a person's own documents, searched by words on this machine (SQLite's FTS5: BM25 over Porter stems)."""

from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from pathlib import Path
from typing import Final

from knowledge.records import Lead
from knowledge.vocabulary import SearchAim
from sources.documents import Document
from sources.errors import Unreadable
from sources.reading import list_documents, read_file
from sources.searching.leads import LONGEST_TITLE, doi_of, plain
from sources.searching.queries import MOST_FOUND, Query
from sources.segmenting import segments

PREFIX: Final = "folder:"
"""What a lead's place begins with if it is a file of the folder."""
_TITLE_WEIGHT: Final = 5.0
"""How much a word in a title counts beside one in a text."""
_SUMMARY: Final = 800


class Folder:
    """Searches a folder. It is read when it is first searched, and every file once."""

    name = "folder"

    def __init__(self, root: Path) -> None:
        """List the folder's files.

        Raises:
            Unreadable: it is not there, or a link in it leads out of it.
        """
        if not root.is_dir():
            raise Unreadable(str(root), "there is no such folder", "Check --search-folder, or search_folder in the case file.")
        self._root = root
        self._files = {path.relative_to(root).as_posix(): path for path in list_documents(root, within=root)}
        self._index: sqlite3.Connection | None = None
        self._leads: dict[str, Lead] = {}
        self._reading = asyncio.Lock()

    @property
    def leads(self) -> tuple[Lead, ...]:
        """What is in the folder; nothing before its first search."""
        return tuple(self._leads.values())

    @property
    def digest(self) -> str:
        """Digest the files' names and bytes: what a search of the folder depends on."""
        whole = hashlib.sha256()
        for name, path in self._files.items():
            with path.open("rb") as file:
                whole.update(f"{name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
        return whole.hexdigest()

    def wording(self, query: Query) -> str:
        """Words, or a title's. Citations are not in it."""
        return "" if query.aim in {SearchAim.CITING, SearchAim.CITED} else query.words

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Return the files in which most of the words, and the rarest, stand."""
        async with self._reading:
            if self._index is None:
                self._index = await asyncio.to_thread(self._read_all)
        words = sorted(set(re.findall(r"\w+", self.wording(query).casefold())))
        if not words:
            return ()
        found = self._index.execute(
            "SELECT name FROM documents WHERE documents MATCH ? ORDER BY round(bm25(documents, 0.0, ?, 1.0), 6), name LIMIT ?",
            (" OR ".join(f'"{word}"' for word in words), _TITLE_WEIGHT, MOST_FOUND),
        )
        return tuple(self._leads[name] for (name,) in found)

    def read(self, place: str) -> Document:
        """Read one of the folder's files by a lead's place.

        Raises:
            Unreadable: it isn't the folder's, or can't be read.
        """
        name = place.removeprefix(PREFIX)
        if name not in self._files:
            raise Unreadable(place, "there is no such file in the searched folder", "Put it back, or search another folder.")
        try:
            return read_file(self._files[name])
        except Unreadable as problem:
            raise Unreadable(place, problem.problem, problem.advice) from problem

    def _read_all(self) -> sqlite3.Connection:
        """Index all files; one that can't be read is found by its name alone, and said to be unreadable when its turn comes."""
        index = sqlite3.connect(":memory:", check_same_thread=False)
        words = "tokenize='porter unicode61 remove_diacritics 2'"
        index.execute(f"CREATE VIRTUAL TABLE documents USING fts5(name UNINDEXED, title, text, {words})")
        for name in self._files:
            try:
                document = self.read(f"{PREFIX}{name}")
            except Unreadable:
                title, text = name, ""
                self._leads[name] = Lead(title=name, place=f"{PREFIX}{name}")
            else:
                title, text = document.title, document.text
                self._leads[name] = _lead(name, document)
            index.execute("INSERT INTO documents VALUES (?, ?, ?)", (name, title, text))
        return index


def _lead(name: str, document: Document) -> Lead:
    return Lead(
        title=plain(document.title)[:LONGEST_TITLE] or name,
        place=f"{PREFIX}{name}",
        doi=doi_of(document.url, document.text),
        authors=document.authors,
        publisher=document.publisher,
        published=document.published,
        kind=document.kind,
        summary=_opening(document.text),
    )


def _opening(text: str) -> str:
    """Return the first sentences that say something."""
    said, length = [], 0
    for segment in segments(text):
        if segment.boilerplate or segment.is_heading or segment.is_table:
            continue
        said.append(" ".join(text[segment.start : segment.end].split()))
        length += len(said[-1])
        if length > _SUMMARY:
            break
    return " ".join(said)[:_SUMMARY]
