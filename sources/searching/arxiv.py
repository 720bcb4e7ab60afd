"""arXiv: preprints, as an Atom feed (info.arxiv.org/help/api). Its rules: one question every three seconds, one at a time."""

from __future__ import annotations

from typing import Final

from lxml import etree

from knowledge.records import Lead
from knowledge.vocabulary import SearchAim, SourceKind
from sources.searching.endpoints import Endpoint
from sources.searching.leads import date_of, doi_in, lead_of, plain, web_address
from sources.searching.queries import MOST_FOUND, Query

BASE_URL: Final = "https://export.arxiv.org"
PAUSE: Final = 3.0
_NAMES: Final = {"a": "http://www.w3.org/2005/Atom", "x": "http://arxiv.org/schemas/atom"}


class Arxiv:
    """Searches arXiv."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.name = endpoint.name

    def wording(self, query: Query) -> str:
        """A title as a phrase, or words, of which the weightiest must all be there. It knows no citations."""
        if query.aim in {SearchAim.CITING, SearchAim.CITED}:
            return ""
        if query.aim is SearchAim.WORK:
            return f'ti:"{_bare(query.title)}"' if query.title else ""
        any_of = " OR ".join(f"all:{_bare(word)}" for word in query.either)
        return " AND ".join(filter(None, (*(f"all:{_bare(word)}" for word in query.must), f"({any_of})" if any_of else "")))

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Ask for preprints."""
        asked: dict[str, str | int] = {"search_query": self.wording(query), "max_results": MOST_FOUND, "sortBy": "relevance"}
        content = await self._endpoint.content("/api/query", asked)
        if content is None:
            return ()
        # No entity is resolved and nothing fetched, whatever the feed declares.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            feed = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as problem:
            raise self._endpoint.malformed("no XML") from problem
        if feed is None or etree.QName(feed).localname != "feed":
            raise self._endpoint.malformed("XML that is no Atom feed")
        return tuple(filter(None, map(_lead, feed.findall("a:entry", _NAMES))))[:MOST_FOUND]


def _bare(words: str) -> str:
    """Leave out what a query would take for its own syntax."""
    return " ".join("".join(one if one.isalnum() or one == "-" else " " for one in words).split())


def _lead(entry: etree._Element) -> Lead | None:
    """Read an entry; arXiv tells its errors as entries too, whose id says so."""
    number = plain(entry.findtext("a:id", "", _NAMES))
    if "/api/errors" in number:
        return None
    links = {link.get("title") or link.get("rel"): link.get("href") for link in entry.findall("a:link", _NAMES)}
    return lead_of(
        entry.findtext("a:title", "", _NAMES),
        place=web_address(links.get("pdf"), links.get("alternate"), number),
        doi=doi_in(entry.findtext("x:doi", "", _NAMES)),
        authors=[author.findtext("a:name", "", _NAMES) for author in entry.findall("a:author", _NAMES)],
        publisher="arXiv",
        published=date_of(entry.findtext("a:published", "", _NAMES)),
        kind=SourceKind.PREPRINT,
        summary=entry.findtext("a:summary", "", _NAMES),
    )
