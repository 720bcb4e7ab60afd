"""Getting what a lead points to: the file of a folder, the page at an address, or where neither can be had, its abstract."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from knowledge.records import UNKNOWN, Lead
from knowledge.vocabulary import SourceKind
from sources.documents import Document
from sources.errors import SourceError, Unfetchable
from sources.fetching import Fetcher
from sources.reading import read_bytes
from sources.searching.folders import PREFIX, Folder
from sources.searching.lookups import Lookup, Lookups

LEAST_ABSTRACT: Final = 40
"""Words of an abstract that says something."""
_FETCHED: Final = "address"
"""The provider's name under which what stands at addresses is kept."""


class Getter:
    """Gets documents. ``folder``: where leads of `PREFIX` lie; what is fetched is kept before it is used."""

    def __init__(self, fetcher: Fetcher, folder: Folder | None, lookups: Lookups) -> None:
        self._fetcher, self._folder, self._lookups = fetcher, folder, lookups

    async def get(self, lead: Lead) -> Document:
        """Return the document that a lead points to, with what the lead says of it where the document doesn't.

        Raises:
            SourceError: neither it nor an abstract can be had.
        """
        if lead.place.startswith(PREFIX):
            return await asyncio.to_thread(self._read, lead)
        try:
            content = await self._fetched(lead)
            document = await asyncio.to_thread(read_bytes, content, lead.place, url=lead.place)
        except SourceError as problem:
            return self._abstract(lead, problem)
        return _described(document, lead)

    def _read(self, lead: Lead) -> Document:
        if self._folder is None:
            raise Unfetchable(lead.place, "no folder is searched any more", "Give the folder again: --search-folder DIR.")
        return self._folder.read(lead.place)

    async def _fetched(self, lead: Lead) -> bytes:
        if lead.place == UNKNOWN:
            raise Unfetchable(lead.title, "no address of it is known", "Look for it by hand.")
        kept = await asyncio.to_thread(self._lookups.get, _FETCHED, lead.place)
        if kept is None:
            kept = Lookup(_FETCHED, lead.place)
            try:
                kept = replace(kept, answer=await self._fetcher.fetch(lead.place))
            except Unfetchable as problem:
                kept = replace(kept, problem=problem.problem, advice=problem.advice)
            await asyncio.to_thread(self._lookups.put, kept)
        if kept.problem:
            raise Unfetchable(lead.place, kept.problem, kept.advice)
        return kept.answer

    def _abstract(self, lead: Lead, problem: SourceError) -> Document:
        """Read a catalogue's abstract in the document's place. What a search engine of the web shows is nobody's own words."""
        catalogued = lead.doi != UNKNOWN or lead.kind is SourceKind.PREPRINT
        if not catalogued or len(lead.summary.split()) < LEAST_ABSTRACT:
            raise problem
        document = read_bytes(lead.summary.encode(), lead.place, url=lead.place)
        lost = f"all but the abstract: the full text could not be read ({problem.problem})"
        return replace(_described(document, lead), lost=(*document.lost, lost))


def _described(document: Document, lead: Lead) -> Document:
    """Let a catalogue's word on title, authors, date and kind stand before what could be guessed from a page.

    What the page says that it reports goes: a stranger's page doesn't tell which of the case's works it reports.
    """
    return replace(
        document,
        title=lead.title,
        authors=lead.authors or document.authors,
        published=lead.published if lead.published != UNKNOWN else document.published,
        publisher=lead.publisher if lead.publisher != UNKNOWN else document.publisher,
        kind=lead.kind if lead.kind is not SourceKind.UNKNOWN else document.kind,
        reports=(),
    )
