"""Gathering what a run may read: the case's documents, or with --fetch the works of its bibliography."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from cruxmap.errors import UsageError
from cruxmap.settings import Settings
from graphs.services import Pending
from knowledge.records import UNKNOWN
from sources.case_files import CASE_FILE, BibliographyEntry, Case
from sources.documents import Document
from sources.errors import Unreadable
from sources.fetching import Fetcher
from sources.headers import header_problems, split_header
from sources.reading import list_documents, read_bytes, read_file


def documents_of(case: Case, folder: Path, settings: Settings, *, searched: bool) -> tuple[list[Pending], dict[str, str]]:
    """List what a run reads, and the digest of each that is here already; see `local_documents` and `fetched_documents`."""
    if settings.fetch:
        return fetched_documents(case, Fetcher(allow_private=settings.allow_private, mailto=settings.mailto)), {}
    return local_documents(case, folder, searched=searched)


def local_documents(case: Case, folder: Path, *, searched: bool = False) -> tuple[list[Pending], dict[str, str]]:
    """List the case's documents in a stable order, and each one's digest by its place in the case.

    Raises:
        Unreadable: a place is missing or leads out of the case.
        UsageError: there is nothing to read, and nothing will be ``searched``; or the header of a document is wrong.
    """
    pending: list[Pending] = []
    digests: dict[str, str] = {}
    wrong: list[str] = []
    works = {entry.key for entry in case.bibliography}
    for place in case.documents:
        for path in list_documents(folder / place, within=folder):
            name = path.relative_to(folder).as_posix()
            if name in digests or name == CASE_FILE:
                continue
            digests[name] = _digest(path)
            pending.append(Pending(name, name, _Reading(path, name)))
            wrong += header_problems(path, name, works)
    if not pending and not searched:
        places = ", ".join(str(folder / place) for place in case.documents)
        raise UsageError(
            f"there are no documents in {places}: put some there, run with --fetch to read the bibliography, "
            "or search for some: --search openalex --rounds 2"
        )
    if wrong:
        raise UsageError("\n  ".join(["the header of a document says what it can't (docs/cases.md tells what it may):", *wrong]))
    return pending, digests


def same_texts(documents: Iterable[Pending], folder: Path) -> Iterator[str]:
    """Say which files hold the text of another one, whatever their headers say."""
    first: dict[str, str] = {}
    for one in documents:
        path = folder / one.location
        if not path.is_file() or not path.stat().st_size:
            continue
        whole = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")  # what is no UTF-8 stays told apart
        _, body = split_header(whole.replace("\r\n", "\n"))
        text = hashlib.sha256(body.strip().encode(errors="surrogateescape")).hexdigest()
        if text in first:
            yield f"{one.location} has the same text as {first[text]}: it counts once"
        first.setdefault(text, one.location)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Reading:
    """Reads a file in a thread; problems name its place in the case."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name

    async def __call__(self) -> Document:
        try:
            return await asyncio.to_thread(read_file, self._path)
        except Unreadable as problem:
            raise Unreadable(self._name, problem.problem, problem.advice) from problem


def fetched_documents(case: Case, fetcher: Fetcher) -> list[Pending]:
    """List the bibliography's works, to be fetched when their turn comes.

    Raises:
        UsageError: the case has no bibliography.
    """
    if not case.bibliography:
        raise UsageError(f"the case {case.name} has no bibliography to fetch")
    return [
        Pending(entry.key if entry.url == UNKNOWN else entry.url, entry.title, _Fetching(entry, fetcher)) for entry in case.bibliography
    ]


class _Fetching:
    """Fetches a work and reads it."""

    def __init__(self, entry: BibliographyEntry, fetcher: Fetcher) -> None:
        self._entry, self._fetcher = entry, fetcher

    async def __call__(self) -> Document:
        if self._entry.url == UNKNOWN:
            raise Unreadable(self._entry.key, "the bibliography gives no url", "Give one, or put its text among the documents.")
        content = await self._fetcher.fetch(self._entry.url)
        return await asyncio.to_thread(read_bytes, content, self._entry.url, url=self._entry.url)
