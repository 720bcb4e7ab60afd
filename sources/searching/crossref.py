"""Crossref: what publishers say of their works, with DOIs and reference lists (api.crossref.org).

Its rules ask for a ``mailto``, which gives a better pool, and for few questions at once. Words are weighed, not all asked for.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from knowledge.records import UNKNOWN, Lead
from knowledge.vocabulary import SearchAim
from sources.searching.endpoints import Endpoint
from sources.searching.leads import date_of, doi_in, items, kind_of, lead_of, part, web_address
from sources.searching.queries import MOST_FOUND, Query

BASE_URL: Final = "https://api.crossref.org"
PAUSE: Final = 1.0
"""Seconds between questions: as of December 2025 lists may be asked for once a second without a mailto, thrice with one."""
_READABLE: Final = ("application/pdf", "text/html", "text/xml", "application/xml")


class Crossref:
    """Searches Crossref."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.name = endpoint.name

    def wording(self, query: Query) -> str:
        """A DOI, or the list of what it cites; a title with its first author; or words. Who cites a work it doesn't tell."""
        if query.aim is SearchAim.CITING:
            return ""
        if query.aim is SearchAim.CITED:
            return f"references of {query.doi}" if query.doi else ""
        if query.aim is SearchAim.WORK and query.doi:
            return query.doi
        return " ".join(filter(None, (query.words, query.author)))

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Ask for one work by its DOI, for its references, or for works by words."""
        if query.doi:
            work = part(await self._asked(f"/works/{quote(query.doi, safe='')}", {}), "message")
            if query.aim is SearchAim.CITED:
                return tuple(filter(None, map(_reference, items(work, "reference"))))[:MOST_FOUND]
            return tuple(filter(None, [_lead(work)])) if isinstance(work, dict) else ()
        found = await self._asked("/works", {"query.bibliographic": self.wording(query), "rows": MOST_FOUND})
        if found is not None and not isinstance(part(found, "message", "items"), list):
            raise self._endpoint.malformed("JSON that holds no items")
        return tuple(filter(None, map(_lead, items(found, "message", "items"))))[:MOST_FOUND]

    async def _asked(self, path: str, parameters: dict[str, str | int]) -> Any:
        return await self._endpoint.json(path, parameters | ({"mailto": self._endpoint.mailto} if self._endpoint.mailto else {}))


def _lead(work: dict[str, Any]) -> Lead | None:
    links = {str(part(link, "content-type")): part(link, "URL") for link in items(work, "link")}
    return lead_of(
        _first(part(work, "title")),
        place=web_address(*(links.get(kind) for kind in _READABLE), part(work, "resource", "primary", "URL")),
        doi=doi_in(part(work, "DOI")),
        authors=map(_name, items(work, "author")),
        publisher=_first(part(work, "container-title")) or part(work, "publisher"),
        published=_issued(part(work, "issued", "date-parts")),
        kind=kind_of(part(work, "type")),
        summary=part(work, "abstract"),
    )


def _name(author: dict[str, Any]) -> str:
    """Return an institution's name, or a person's names in their order."""
    return str(part(author, "name") or " ".join(str(part(author, name) or "") for name in ("given", "family")))


def _reference(reference: dict[str, Any]) -> Lead | None:
    return lead_of(
        part(reference, "article-title") or part(reference, "volume-title") or part(reference, "unstructured"),
        doi=doi_in(part(reference, "DOI")),
        authors=[part(reference, "author")],
        publisher=part(reference, "journal-title"),
        published=date_of(part(reference, "year")),
    )


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _issued(value: Any) -> str:
    """Read ``[[2019, 3, 15]]``."""
    parts = _first(value)
    if not isinstance(parts, list) or not parts or not all(isinstance(one, int) for one in parts):
        return UNKNOWN
    return date_of("-".join(f"{one:04d}" if at == 0 else f"{one:02d}" for at, one in enumerate(parts[:3])))
