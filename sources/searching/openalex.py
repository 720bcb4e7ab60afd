"""OpenAlex: a catalogue of works with their abstracts, citations and open copies (developers.openalex.org).

Without a key it answers a few searches a day (``OPENALEX_API_KEY``, free). Words without an operator are all asked for; a search
with AND or OR is boolean. One work by its DOI costs nothing.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from knowledge.records import Lead
from knowledge.vocabulary import SearchAim
from sources.searching.endpoints import Endpoint
from sources.searching.leads import date_of, doi_in, items, kind_of, lead_of, part, web_address
from sources.searching.queries import MOST_FOUND, Query

BASE_URL: Final = "https://api.openalex.org"
_FIELDS: Final = (
    "id,doi,display_name,publication_date,type,authorships,primary_location,best_oa_location,open_access,abstract_inverted_index"
)
_OF_CITATION: Final = {SearchAim.CITING: "cites", SearchAim.CITED: "cited_by"}


class OpenAlex:
    """Searches OpenAlex."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.name = endpoint.name

    def wording(self, query: Query) -> str:
        """A DOI, what cites it or what it cites; a title; or words, of which the weightiest must all be there."""
        if query.aim in _OF_CITATION:
            return f"{_OF_CITATION[query.aim]}:{query.doi}" if query.doi else ""
        if query.aim is SearchAim.WORK:
            return f"doi:{query.doi}" if query.doi else _bare(query.title)
        any_of = " OR ".join(query.either)
        return " AND ".join(filter(None, (*query.must, f"({any_of})" if any_of else "")))

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Ask for works; those that cite or are cited take a question more, for OpenAlex's own number of the work."""
        wording = self.wording(query)
        if query.doi:
            work = await self._asked(f"/works/doi:{quote(query.doi, safe='/')}", {"select": _FIELDS})
            if query.aim is SearchAim.WORK:
                return tuple(filter(None, [_lead(work)])) if isinstance(work, dict) else ()
            number = str(part(work, "id") or "").rpartition("/")[2]
            if not number:
                return ()
            found = await self._asked(
                "/works", self._listing({"filter": f"{_OF_CITATION[query.aim]}:{number}", "sort": "cited_by_count:desc"})
            )
        else:
            found = await self._asked("/works", self._listing({"search": wording}))
        if found is not None and not isinstance(part(found, "results"), list):
            raise self._endpoint.malformed("JSON that holds no results")
        return tuple(filter(None, map(_lead, items(found, "results"))))[:MOST_FOUND]

    def _listing(self, parameters: dict[str, str | int]) -> dict[str, str | int]:
        return {**parameters, "per_page": MOST_FOUND, "select": _FIELDS}

    async def _asked(self, path: str, parameters: dict[str, str | int]) -> Any:
        return await self._endpoint.json(path, parameters | ({"mailto": self._endpoint.mailto} if self._endpoint.mailto else {}))


def _bare(title: str) -> str:
    """Leave out what a search would take for an operator."""
    words = "".join(one if one.isalnum() or one in "-'" else " " for one in title).split()
    return " ".join(word.lower() if word in {"AND", "OR", "NOT"} else word for word in words)


def _lead(work: dict[str, Any]) -> Lead | None:
    return lead_of(
        part(work, "display_name"),
        place=web_address(
            part(work, "best_oa_location", "pdf_url"),
            part(work, "best_oa_location", "landing_page_url"),
            part(work, "open_access", "oa_url"),
        ),
        doi=doi_in(part(work, "doi")),
        authors=[part(one, "author", "display_name") for one in items(work, "authorships")],
        publisher=part(work, "primary_location", "source", "display_name"),
        published=date_of(part(work, "publication_date")),
        kind=kind_of(part(work, "type")),
        summary=_abstract(part(work, "abstract_inverted_index")),
    )


def _abstract(index: Any) -> str:
    """Put an abstract together that comes as the places of each of its words."""
    if not isinstance(index, dict):
        return ""
    placed = [(place, word) for word, places in index.items() if isinstance(places, list) for place in places if isinstance(place, int)]
    return " ".join(word for _, word in sorted(placed))
