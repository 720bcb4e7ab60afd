"""Semantic Scholar: works with abstracts, open copies, what cites them and what they cite (api.semanticscholar.org/graph/v1).

Without a key (``SEMANTIC_SCHOLAR_API_KEY``) all the world shares one allowance and 429 is common; with one it is one question a second.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from knowledge.records import Lead
from knowledge.vocabulary import SearchAim
from sources.searching.endpoints import Endpoint
from sources.searching.leads import date_of, doi_in, items, kind_of, lead_of, part, web_address
from sources.searching.queries import MOST_FOUND, Query

BASE_URL: Final = "https://api.semanticscholar.org"
PAUSE: Final = 1.0
_FIELDS: Final = "title,abstract,year,publicationDate,authors,venue,publicationTypes,externalIds,openAccessPdf,url"
_OF_CITATION: Final = {SearchAim.CITING: ("citations", "citingPaper"), SearchAim.CITED: ("references", "citedPaper")}


class SemanticScholar:
    """Searches Semantic Scholar."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.name = endpoint.name

    def wording(self, query: Query) -> str:
        """A DOI, what cites it or what it cites; or plain words, without hyphens: with one it finds nothing (its documentation)."""
        if query.aim in _OF_CITATION:
            return f"{_OF_CITATION[query.aim][0]} of DOI:{query.doi}" if query.doi else ""
        if query.aim is SearchAim.WORK and query.doi:
            return f"DOI:{query.doi}"
        return " ".join(query.words.replace("-", " ").split())

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Ask for one work by its DOI, for its citations, or for works by words."""
        paper = f"/graph/v1/paper/DOI:{quote(query.doi, safe='/')}"
        if query.aim in _OF_CITATION:
            listed, member = _OF_CITATION[query.aim]
            found = await self._endpoint.json(f"{paper}/{listed}", {"fields": _FIELDS, "limit": MOST_FOUND})
            works = [one[member] for one in items(found, "data") if isinstance(one.get(member), dict)]
        elif query.doi:
            one = await self._endpoint.json(paper, {"fields": _FIELDS})
            works = [one] if isinstance(one, dict) else []
        else:
            asked: dict[str, str | int] = {"query": self.wording(query), "fields": _FIELDS, "limit": MOST_FOUND}
            found = await self._endpoint.json("/graph/v1/paper/search", asked)
            if found is not None and not isinstance(found, dict):
                raise self._endpoint.malformed("JSON that is no object")
            works = items(found, "data")  # left out altogether where nothing was found
        return tuple(filter(None, map(_lead, works)))[:MOST_FOUND]


def _lead(work: dict[str, Any]) -> Lead | None:
    kinds = part(work, "publicationTypes")
    return lead_of(
        part(work, "title"),
        place=web_address(part(work, "openAccessPdf", "url")),
        doi=doi_in(part(work, "externalIds", "DOI")),
        authors=[part(one, "name") for one in items(work, "authors")],
        publisher=part(work, "venue"),
        published=date_of(part(work, "publicationDate") or part(work, "year")),
        kind=kind_of(kinds[0] if isinstance(kinds, list) and kinds else None),
        summary=part(work, "abstract"),
    )
