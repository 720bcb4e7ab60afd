"""Search engines of the web, each by a key: Tavily (docs.tavily.com), Exa (exa.ai/docs), Brave (api-dashboard.search.brave.com)."""

from __future__ import annotations

from typing import Any, Final

from knowledge.records import Lead
from knowledge.vocabulary import SearchAim
from sources.searching.endpoints import Endpoint
from sources.searching.leads import date_of, items, lead_of, part, web_address
from sources.searching.queries import MOST_FOUND, Query

TAVILY_URL: Final = "https://api.tavily.com"
EXA_URL: Final = "https://api.exa.ai"
BRAVE_URL: Final = "https://api.search.brave.com"
BRAVE_PAUSE: Final = 1.1
"""Seconds: the free plan takes one question a second."""
_LONGEST: Final = 400
"""Characters of a question that all three take; Brave takes at most 50 words too."""


class _Engine:
    """What the three have in common: plain words; of a work its title as a phrase."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.name = endpoint.name

    def wording(self, query: Query) -> str:
        """Words, or a title in quotation marks with its first author. None of them knows citations."""
        if query.aim in {SearchAim.CITING, SearchAim.CITED}:
            return ""
        said = " ".join(filter(None, (f'"{query.title}"', query.author))) if query.aim is SearchAim.WORK else query.words
        return " ".join(said[:_LONGEST].split()[:50])

    def _leads(self, found: Any, *path: str) -> list[dict[str, Any]]:
        if found is not None and not isinstance(found, dict):
            raise self._endpoint.malformed("JSON that is no object")
        return items(found, *path)


class Tavily(_Engine):
    """Searches by Tavily."""

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Ask for pages."""
        body = {"query": self.wording(query), "max_results": MOST_FOUND, "search_depth": "basic"}
        found = self._leads(await self._endpoint.json("/search", body=body), "results")
        leads = (_lead(one, summary=part(one, "content"), published=part(one, "published_date")) for one in found)
        return tuple(filter(None, leads))[:MOST_FOUND]


class Exa(_Engine):
    """Searches by Exa."""

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Ask for pages."""
        body = {"query": self.wording(query), "numResults": MOST_FOUND, "contents": {"text": {"maxCharacters": 1000}}}
        found = self._leads(await self._endpoint.json("/search", body=body), "results")
        leads = (_lead(one, summary=part(one, "text"), published=part(one, "publishedDate"), author=part(one, "author")) for one in found)
        return tuple(filter(None, leads))[:MOST_FOUND]


class Brave(_Engine):
    """Searches by Brave."""

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Ask for pages."""
        found = self._leads(
            await self._endpoint.json("/res/v1/web/search", {"q": self.wording(query), "count": MOST_FOUND}), "web", "results"
        )
        leads = (_lead(one, summary=part(one, "description"), published=part(one, "page_age")) for one in found)
        return tuple(filter(None, leads))[:MOST_FOUND]


def _lead(result: dict[str, Any], *, summary: Any, published: Any, author: Any = None) -> Lead | None:
    place = web_address(part(result, "url"))
    return lead_of(
        part(result, "title"),
        place=place,
        authors=[author],
        published=date_of(published if isinstance(published, str) else None),
        summary=summary,
    )
