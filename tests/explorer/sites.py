"""Making sites for tests, and reading their pages without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from credence.judgments import perspectives_of
from explorer.histories import History
from explorer.methods import Methods
from explorer.reckonings import Reckoning
from explorer.sites import SiteInputs, write_site
from explorer.standings import weigh
from explorer.summaries import summarise
from knowledge.records import Answer, Question
from knowledge.vocabulary import Relation
from tests.explorer.conftest import FACTS, Builder


def site_of(built: Builder, folder: Path) -> Path:
    """Write the site of what a builder holds and return its folder."""
    view = built.view()
    perspectives: list[str | None] = [one.id for one in perspectives_of(view)] or [None]
    reckonings = [Reckoning(view, one) for one in perspectives]
    assessments = tuple(one.assessment for one in reckonings)
    summary = summarise(view, assessments[0], FACTS)
    if reckonings[0].quick:
        summary = replace(summary, sensitive=reckonings[0].sensitive)
    write_site(
        folder,
        SiteInputs(view, summary, assessments, built.texts.__getitem__, History((), {}), Methods(), weighed=weigh(reckonings)),
    )
    return folder


class Page(HTMLParser):
    """What a test looks at in a page: its anchors, its links, what it loads, its tags and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.words: list[str] = []
        self._quiet = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._quiet = tag in {"script", "style"}
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in {"src", "href", "data", "poster", "srcset"}:
                self.loads.append(value or "")
            elif name.startswith("on"):
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        self._quiet = False

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.words.append(data)

    @property
    def text(self) -> str:
        """The page's words, white space folded."""
        return " ".join("".join(self.words).split())


def dead_links(folder: Path) -> Iterator[str]:
    """Crawl a site from its first page; yield every link that leads nowhere, and every page that nothing leads to."""
    pages: dict[str, Page] = {}
    waiting = ["index.html"]
    while waiting:
        name = waiting.pop()
        if name in pages:
            continue
        pages[name] = Page(folder / name)
        for link in pages[name].links:
            target = unquote(link.partition("#")[0])
            if not re.match(r"https?://", link) and target and (folder / target).is_file():
                waiting.append(target)
    for name, page in pages.items():
        for link in page.links:
            if re.match(r"https?://", link):
                continue
            target, _, anchor = link.partition("#")
            target = unquote(target) or name
            if target not in pages:
                yield f"{name}: {link} leads to no page"
            elif anchor and unquote(anchor) not in pages[target].ids:
                yield f"{name}: {link} leads to no place in {target}"
        yield from (f"{name}: {load} is not there" for load in page.loads if not (folder / load).is_file())
        yield from (f"{name}: the anchor {one} stands twice" for one in {one for one in page.ids if page.ids.count(one) > 1})
    yield from (f"{path.name}: nothing leads there" for path in folder.glob("*.html") if path.name not in pages)


def kinds_of_pages(site: Path) -> list[Path]:
    """One page of each template, two where they differ by what they hold."""
    found: dict[str, list[Path]] = {}
    for path in sorted(site.glob("*.html")):
        found.setdefault(path.name.partition("-")[0], []).append(path)
    return [path for paths in found.values() for path in paths[:2]]


def large_case(claims: int) -> Builder:
    """A generated knowledge base: some claims bear on four answers, the others on those, three deep; forty speakers, twenty sources."""
    built = Builder()
    question = built.add(Question(name="q", text="Which of four things is so?"))
    answers = [built.add(Answer(question=question.id, name=f"a{n}", text=f"The {n}th thing is so.")) for n in range(4)]
    shares = [claims // 20 + (s < claims % 20) for s in range(20)]
    texts = [
        " ".join(f"Statement {n} of source {s} is held to be so by its speaker." for n in range(share)) for s, share in enumerate(shares)
    ]
    sources = [built.source(f"Source {s}", text, published=f"20{s:02d}") for s, text in enumerate(texts)]
    keys = []
    for s, source in enumerate(sources):
        for n in range(shares[s]):
            key = f"{s}.{n}"
            built.claim(key, f"Statement {n} of source {s} is held to be so, and it has a few more words than that.")
            built.said(key, source, f"Statement {n} of source {s} is held to be so", f"Speaker {(s + n) % 40}", said=f"20{s:02d}")
            keys.append(key)
    for number, key in enumerate(keys):
        relation = Relation.ATTACKS if number % 3 == 0 else Relation.SUPPORTS
        above = number // 4 - 10
        target = answers[number % 4] if above < 0 else built.claims[keys[above]]
        built.link(key, target, f"Because of rule {number % 50}.", relation)
    return built
