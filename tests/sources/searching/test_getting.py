"""Getting what a lead points to, and keeping what was looked up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.records import Lead
from knowledge.vocabulary import SourceKind
from sources.errors import Unfetchable, Unreadable
from sources.fetching import Fetcher
from sources.searching.getting import Getter
from sources.searching.lookups import Lookup, Lookups
from tests.conftest import BACKENDS
from tests.sources.searching.conftest import TRIAL
from tests.sources.searching.library import Library

ABSTRACT = "An abstract that says in some forty words what was done, to whom, when, where, and what came of it, so that a reader knows " * 2


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where lookups are kept: a file or a server."""
    return str(request.getfixturevalue("database")) if request.param == "postgres" else f"sqlite:///{tmp_path}/lookups.db"


@pytest.fixture
def lookups(url: str) -> Iterator[Lookups]:
    """Lookups of one run."""
    opened = Lookups(url, "run")
    yield opened
    opened.close()


def getter(lookups: Lookups, *, allow_private: bool = True) -> Getter:
    """A getter that may reach this machine, without waits."""
    return Getter(Fetcher(allow_private=allow_private, patience=0.0), None, lookups)


async def test_a_page_is_fetched_once(lookups: Lookups, library: Library) -> None:
    """The page is read as a document under the lead's title and date, and a second look takes what was kept."""
    lead = Lead(title=TRIAL.title, place=f"{library.url}/files/{TRIAL.key}", authors=("Ada Quill",), published="2020-05-01")
    first = await getter(lookups).get(lead)
    assert (first.title, first.authors, first.published, first.url) == (TRIAL.title, ("Ada Quill",), "2020-05-01", lead.place)
    assert first.text == TRIAL.text.strip()
    assert (await getter(lookups).get(lead)).text == first.text
    assert len(library.of("files")) == 1


async def test_an_abstract_stands_in_for_what_cannot_be_had(lookups: Lookups, library: Library) -> None:
    """Of a catalogued work its abstract is read, and the rest is recorded as lost; a failure to fetch isn't repeated."""
    lead = Lead(title="Gone", place=f"{library.url}/files/gone", doi="10.1234/gone", summary=ABSTRACT)
    for _ in range(2):
        document = await getter(lookups).get(lead)
        assert document.text == ABSTRACT.strip()
        assert "all but the abstract" in document.lost[-1]
        assert "404" in document.lost[-1]
    assert len(library.of("files")) == 1


async def test_a_search_engines_extract_is_no_document(lookups: Lookups, library: Library) -> None:
    """Without a DOI, what is shown in a list of results stands in for nothing."""
    with pytest.raises(Unfetchable, match="404"):
        await getter(lookups).get(Lead(title="Gone", place=f"{library.url}/files/gone", summary=ABSTRACT))


async def test_a_find_in_a_private_network_is_not_fetched(lookups: Lookups, library: Library) -> None:
    """A provider can't send us to this machine, to a file or to another folder."""
    with pytest.raises(Unfetchable, match="private network"):
        await getter(lookups, allow_private=False).get(Lead(title="Inside", place=f"{library.url}/files/{TRIAL.key}"))
    with pytest.raises(Unfetchable, match="only http"):
        await getter(lookups).get(Lead(title="Inside", place="file:///etc/passwd"))
    with pytest.raises(Unfetchable, match="no folder"):
        await getter(lookups).get(Lead(title="Inside", place="folder:../../etc/passwd"))
    assert library.of("files") == []


async def test_a_page_cannot_claim_to_report_a_work_of_the_case(lookups: Lookups, library: Library) -> None:
    """Front matter of a page from the web, such as `reports:`, is dropped."""
    library.faults["files"] = [(200, {}, b"---\ntitle: Brief\nreports: zhong-2019\n---\nSome words that a page has to say here.")]
    document = await getter(lookups).get(Lead(title="Page", place=f"{library.url}/files/x.md", kind=SourceKind.BLOG))
    assert document.reports == ()
    assert document.kind is SourceKind.BLOG


async def test_what_cannot_be_read_is_said(lookups: Lookups, library: Library) -> None:
    """Bytes that hold no text are no document."""
    library.faults["files"] = [(200, {}, b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")]
    with pytest.raises(Unreadable):
        await getter(lookups).get(Lead(title="Picture", place=f"{library.url}/files/p"))


def test_what_was_looked_up_first_stays(url: str, lookups: Lookups) -> None:
    """A second answer to one question changes nothing; problems are kept like answers; runs don't see each other's."""
    lookups.put(Lookup("openalex", "eggs", answer=b"one\0\xff"))
    lookups.put(Lookup("openalex", "eggs", answer=b"two"))
    lookups.put(Lookup("openalex", "hens", problem="down", advice="wait", lasting=True))
    found, failed = lookups.get("openalex", "eggs"), lookups.get("openalex", "hens")
    assert found is not None
    assert found.answer == b"one\0\xff"
    assert failed is not None
    assert (failed.problem, failed.advice, failed.lasting) == ("down", "wait", True)
    assert lookups.get("crossref", "eggs") is None
    other = Lookups(url, "other")
    assert other.get("openalex", "eggs") is None
    other.close()
