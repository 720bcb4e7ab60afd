"""A shelf of works, served on loopback in every provider's protocol, and the providers pointed at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cruxmap.searching import SearchKeys, searchers
from cruxmap.settings import Settings
from sources.searching.queries import Searcher
from tests.sources.searching.library import Library, Work, serving

TRIAL = Work(
    "Four days a week: a trial in sixty firms",
    "The trial found that output stayed as it was. " * 5,
    doi="10.1234/trial.7",
    authors=("Ada Quill", "Bo Ekström"),
    abstract="We measured output in sixty firms before and after they went to four days a week, and found it unchanged.",
)
CRITIC = Work(
    "What the trial did not measure", "The trial had no controls. " * 8, doi="10.1234/critic", abstract="No controls.", cites=(TRIAL.title,)
)
NOVEL = Work("Ägypten – 埃及 & the <i>Nile</i>", "A river, and nothing about weeks. " * 8, date="1999-01-02", abstract="Rivers “and” more.")
PLANTED = "planted-key-5a1d77"
NAMES = ("openalex", "crossref", "semantic_scholar", "arxiv", "wikipedia", "tavily", "exa", "brave")


@pytest.fixture
def library() -> Iterator[Library]:
    """The shelf."""
    with serving(Library([TRIAL, CRITIC, NOVEL])) as served:
        yield served


@pytest.fixture
def providers(library: Library, monkeypatch: pytest.MonkeyPatch) -> dict[str, Searcher]:
    """All providers, with keys, without waits."""
    for name in ("OPENALEX", "SEMANTIC_SCHOLAR", "TAVILY", "EXA", "BRAVE"):
        monkeypatch.setenv(f"{name}_API_KEY", PLANTED)
    settings = Settings(search=NAMES, rounds=2, search_urls=library.urls(), mailto="me@example.org")  # type: ignore[arg-type]  # checked
    return {one.name: one for one in searchers(settings, None, SearchKeys(), patience=0.0)}
