"""Wikipedia, or any other wiki on MediaWiki, through its REST search (mediawiki.org/wiki/API:REST_API).

Its rules ask for an agent that says whom to write to, and for questions one after another.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from knowledge.records import Lead
from knowledge.vocabulary import SearchAim, SourceKind
from sources.searching.endpoints import Endpoint
from sources.searching.leads import items, lead_of, part, plain
from sources.searching.queries import MOST_FOUND, Query

BASE_URL: Final = "https://en.wikipedia.org"
PAUSE: Final = 0.5
_WORDS: Final = 4
"""It asks for every word, and its articles are about things, not about findings."""


class Wikipedia:
    """Searches a wiki."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.name = endpoint.name

    def wording(self, query: Query) -> str:
        """The weightiest words. Single works and citations are not its matter."""
        if query.aim in {SearchAim.WORK, SearchAim.CITING, SearchAim.CITED}:
            return ""
        return " ".join((*query.must, *query.either)[:_WORDS])

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Ask for articles."""
        found = await self._endpoint.json("/w/rest.php/v1/search/page", {"q": self.wording(query), "limit": MOST_FOUND})
        if found is not None and not isinstance(part(found, "pages"), list):
            raise self._endpoint.malformed("JSON that holds no pages")
        return tuple(filter(None, map(self._lead, items(found, "pages"))))[:MOST_FOUND]

    def _lead(self, page: dict[str, Any]) -> Lead | None:
        key = part(page, "key")
        if not isinstance(key, str) or not key:
            return None
        return lead_of(
            part(page, "title"),
            place=f"{self._endpoint.base_url}/wiki/{quote(key)}",
            publisher="Wikipedia",
            kind=SourceKind.WEB_PAGE,
            summary=". ".join(filter(None, map(plain, (part(page, "description"), part(page, "excerpt"))))),
        )
