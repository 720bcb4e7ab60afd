"""A server on loopback that speaks the documented protocol of every provider over one shelf of works, and can be told to fail."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Work:
    """What is on the shelf. ``cites``: titles of other works there."""

    title: str
    text: str
    doi: str = ""
    authors: tuple[str, ...] = ("Ada Quill",)
    date: str = "2020-05-01"
    venue: str = "Journal of Examples"
    abstract: str = ""
    cites: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return re.sub(r"\W+", "_", self.title)


Reply = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    provider: str
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Library:
    """The shelf. ``faults``: replies that a provider gives first, one a request."""

    works: Sequence[Work] = ()
    faults: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def urls(self) -> dict[str, str]:
        """Where each provider is."""
        return {name: f"{self.url}/{name}" for name in _SPOKEN}

    def of(self, provider: str) -> list[Asked]:
        """What a provider was asked."""
        return [one for one in self.asked if one.provider == provider]

    def matching(self, words: str) -> list[Work]:
        """Works in which one of the words stands, those with most of them first."""
        wanted = {word for word in re.findall(r"\w+", words.casefold()) if word not in {"and", "or", "all", "ti"}}
        scored = [
            (len(wanted & set(re.findall(r"\w+", f"{work.title} {work.abstract} {work.text}".casefold()))), work) for work in self.works
        ]
        return [work for score, work in sorted(scored, key=lambda one: (-one[0], one[1].title)) if score]

    def by_doi(self, doi: str) -> Work | None:
        """The work with a DOI."""
        return next((work for work in self.works if work.doi and work.doi == doi.casefold()), None)

    def citing(self, title: str) -> list[Work]:
        """The works that cite one."""
        return [work for work in self.works if title in work.cites]

    def cited(self, title: str) -> list[Work]:
        """The works that one cites."""
        return [other for work in self.works if work.title == title for other in self.works if other.title in work.cites]


def _openalex(library: Library, asked: Asked) -> Any:
    def told(work: Work) -> dict[str, Any]:
        words = work.abstract.split()
        return {
            "id": f"https://openalex.org/W{library.works.index(work)}",
            "doi": f"https://doi.org/{work.doi}" if work.doi else None,
            "display_name": work.title,
            "publication_date": work.date,
            "type": "article",
            "authorships": [{"author": {"display_name": name}} for name in work.authors],
            "primary_location": {"source": {"display_name": work.venue}},
            "best_oa_location": {"pdf_url": None, "landing_page_url": f"{library.url}/files/{work.key}"},
            "open_access": {"oa_url": None},
            "abstract_inverted_index": {word: [at for at, other in enumerate(words) if other == word] for word in words} or None,
        }

    if found := re.fullmatch(r"/works/doi:(.+)", asked.path):
        work = library.by_doi(unquote(found[1]))
        return told(work) if work else None
    wanted = asked.parameters.get("filter", "")
    if found := re.fullmatch(r"(cites|cited_by):W(\d+)", wanted):
        title = library.works[int(found[2])].title
        works = library.citing(title) if found[1] == "cites" else library.cited(title)
    else:
        works = library.matching(asked.parameters["search"])
    return {"meta": {"count": len(works)}, "results": [told(work) for work in works[: int(asked.parameters["per_page"])]]}


def _crossref(library: Library, asked: Asked) -> Any:
    def told(work: Work) -> dict[str, Any]:
        return {
            "DOI": work.doi.upper(),
            "title": [work.title],
            "author": [{"given": name.split()[0], "family": name.split()[-1]} for name in work.authors],
            "container-title": [work.venue],
            "issued": {"date-parts": [[int(part) for part in work.date.split("-")]]},
            "type": "journal-article",
            "abstract": f"<jats:p>{escape(work.abstract)}</jats:p>" if work.abstract else None,
            "link": [{"URL": f"{library.url}/files/{work.key}", "content-type": "text/html"}],
            "reference": [{"article-title": other.title, "DOI": other.doi, "year": other.date[:4]} for other in library.cited(work.title)],
        }

    if found := re.fullmatch(r"/works/(.+)", asked.path):
        work = library.by_doi(unquote(found[1]))
        return {"status": "ok", "message": told(work)} if work else None
    works = library.matching(asked.parameters["query.bibliographic"])[: int(asked.parameters["rows"])]
    return {"status": "ok", "message-type": "work-list", "message": {"items": [told(work) for work in works]}}


def _semantic_scholar(library: Library, asked: Asked) -> Any:
    def told(work: Work) -> dict[str, Any]:
        return {
            "paperId": work.key,
            "title": work.title,
            "abstract": work.abstract or None,
            "year": int(work.date[:4]),
            "publicationDate": work.date,
            "venue": work.venue,
            "publicationTypes": ["JournalArticle"],
            "externalIds": {"DOI": work.doi} if work.doi else {},
            "openAccessPdf": {"url": f"{library.url}/files/{work.key}", "status": "GREEN"},
            "authors": [{"authorId": "1", "name": name} for name in work.authors],
        }

    if asked.path == "/graph/v1/paper/search":
        works = library.matching(asked.parameters["query"])[: int(asked.parameters["limit"])]
        return {"total": len(works), "offset": 0, "data": [told(work) for work in works]} if works else {"total": 0, "offset": 0}
    found = re.fullmatch(r"/graph/v1/paper/DOI:(.+?)(?:/(citations|references))?", asked.path)
    work = library.by_doi(unquote(found[1])) if found else None
    if found is None or work is None:
        return None
    if found[2] == "citations":
        return {"offset": 0, "data": [{"citingPaper": told(one)} for one in library.citing(work.title)]}
    if found[2] == "references":
        return {"offset": 0, "data": [{"citedPaper": told(one)} for one in library.cited(work.title)]}
    return told(work)


def _arxiv(library: Library, asked: Asked) -> Any:
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{work.key}v1</id><published>{work.date}T00:00:00Z</published><title>{escape(work.title)}</title>"
        f"<summary>{escape(work.abstract)}</summary>{''.join(f'<author><name>{escape(name)}</name></author>' for name in work.authors)}"
        f'<link href="{library.url}/files/{work.key}" rel="alternate" type="text/html"/>'
        f"{f'<arxiv:doi>{work.doi}</arxiv:doi>' if work.doi else ''}</entry>"
        for work in library.matching(asked.parameters["search_query"])[: int(asked.parameters["max_results"])]
    )
    names = 'xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
    return f'<?xml version="1.0" encoding="UTF-8"?><feed {names}><title>ArXiv Query</title>{entries}</feed>'


def _wikipedia(library: Library, asked: Asked) -> Any:
    works = library.matching(asked.parameters["q"])[: int(asked.parameters["limit"])]
    excerpt = '<span class="searchmatch">of</span> &amp; about it'
    return {
        "pages": [
            {
                "id": at,
                "key": work.key,
                "title": work.title,
                "excerpt": excerpt,
                "matched_title": None,
                "description": work.abstract or None,
            }
            for at, work in enumerate(works)
        ]
    }


def _result(library: Library, work: Work) -> dict[str, Any]:
    return {"title": work.title, "url": f"{library.url}/files/{work.key}"}


def _tavily(library: Library, asked: Asked) -> Any:
    works = library.matching(asked.body["query"])[: asked.body["max_results"]]
    return {"query": asked.body["query"], "results": [{**_result(library, work), "content": work.abstract, "score": 0.9} for work in works]}


def _exa(library: Library, asked: Asked) -> Any:
    works = library.matching(asked.body["query"])[: asked.body["numResults"]]
    more = [{"text": work.abstract, "publishedDate": f"{work.date}T00:00:00.000Z", "author": work.authors[0]} for work in works]
    return {"requestId": "1", "results": [{**_result(library, work), **one} for work, one in zip(works, more, strict=True)]}


def _brave(library: Library, asked: Asked) -> Any:
    works = library.matching(asked.parameters["q"])[: int(asked.parameters["count"])]
    results = [{**_result(library, work), "description": work.abstract, "page_age": f"{work.date}T00:00:00"} for work in works]
    return {"type": "search", "web": {"type": "search", "results": results}}


_SPOKEN: dict[str, Callable[[Library, Asked], Any]] = {
    "openalex": _openalex,
    "crossref": _crossref,
    "semantic_scholar": _semantic_scholar,
    "arxiv": _arxiv,
    "wikipedia": _wikipedia,
    "tavily": _tavily,
    "exa": _exa,
    "brave": _brave,
}


class _Handler(BaseHTTPRequestHandler):
    """Speaks for the provider that a path begins with, and serves the works' texts below ``/files``."""

    library: Library

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        _, provider, *rest = parts.path.split("/")
        path = "/" + "/".join(rest)
        parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = Asked(provider, path, parameters, dict(self.headers.items()), body)
        self.library.asked.append(asked)
        self._reply(*self._reply_to(asked))

    def _reply_to(self, asked: Asked) -> Reply:
        if self.library.faults.get(asked.provider):
            return self.library.faults[asked.provider].pop(0)
        if asked.provider == "files" or (asked.provider == "wikipedia" and asked.path.startswith("/wiki/")):
            key = unquote(asked.path.rpartition("/")[2])
            work = next((work for work in self.library.works if work.key == key), None)
            return (200, {"Content-Type": "text/plain; charset=utf-8"}, work.text.encode()) if work and work.text else (404, {}, b"")
        spoken = _SPOKEN.get(asked.provider)
        told = spoken(self.library, asked) if spoken else None
        if told is None:
            return 404, {}, b'{"error": "not found"}'
        return 200, {}, told.encode() if isinstance(told, str) else json.dumps(told).encode()

    def _reply(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the standard library
        """Say nothing."""


@contextmanager
def serving(library: Library) -> Iterator[Library]:
    """Serve a shelf on a free port of this machine."""
    handler = type("Handler", (_Handler,), {"library": library})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    library.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield library
    finally:
        server.shutdown()
        server.server_close()
