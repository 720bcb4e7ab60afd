"""The documents of a knowledge base as literature: its sources, and the works that they report or cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.layers import group
from knowledge.records import UNKNOWN, Source, Tag, Upstream
from knowledge.views import View
from knowledge.vocabulary import SourceKind, UpstreamKind


@dataclass(frozen=True)
class Work:
    """One document as a bibliography lists it. ``published`` is YYYY, YYYY-MM, YYYY-MM-DD or empty; so are the others if unknown."""

    id: str
    title: str
    authors: tuple[str, ...]
    publisher: str
    published: str
    url: str
    kind: SourceKind

    @property
    def doi(self) -> str:
        """The DOI that the address holds, or nothing."""
        found = re.search(r"\bdoi\.org/(10\.\d{4,9}/\S+)", self.url)
        return found[1] if found else ""


def works_of(view: View) -> Iterator[Work]:
    """Yield the sources, then the works, each in the order of their ids."""
    for source in view.all(Source):
        yield Work(
            source.id,
            source.title,
            source.authors,
            _known(source.publisher),
            _known(source.published),
            _known(source.url),
            source.kind,
        )
    tagged = group(view.all(Tag), lambda tag: tag.record)
    for upstream in view.all(Upstream):
        if upstream.kind is UpstreamKind.WORK and view.origin(upstream.id) == upstream.id:
            yield _reported(upstream, tagged.get(upstream.id, ()))


def _reported(upstream: Upstream, tagged: Iterable[Tag]) -> Work:
    tags: dict[str, list[str]] = {}
    for tag in tagged:
        tags.setdefault(tag.name, []).append(tag.value)
    kind = next((value for value in tags.get("kind", ()) if value in set(SourceKind)), SourceKind.UNKNOWN)
    # "Zhong and others 2019, Associations of ..." is how a work is named when its authors stand in tags of their own.
    title = re.sub(r"^.{1,80}? (\d{4}|undated), ", "", upstream.name) if "author" in tags else upstream.name
    published = _known(next(iter(tags.get("published", ())), ""))
    return Work(upstream.id, title, tuple(tags.get("author", ())), "", published, _known(upstream.url), SourceKind(kind))


def _known(value: str) -> str:
    return "" if value == UNKNOWN else value
