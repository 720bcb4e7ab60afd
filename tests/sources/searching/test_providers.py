"""Every provider, against a real server on loopback that speaks its documented protocol, and that fails in every way a server can."""

from __future__ import annotations

import gzip
import logging

import pytest

from knowledge.records import UNKNOWN, Lead
from knowledge.vocabulary import SearchAim
from sources.errors import Unsearchable
from sources.searching.endpoints import LARGEST
from sources.searching.queries import MOST_FOUND, Query, Searcher
from tests.sources.searching.conftest import CRITIC, NAMES, NOVEL, PLANTED, TRIAL
from tests.sources.searching.library import Library, Reply, Work

WORDS = Query(SearchAim.GAP, "gap-1", must=("output", "firms"), either=("trial", "week"))
OF_CITATIONS = ("openalex", "semantic_scholar")
KEYED = ("openalex", "semantic_scholar", "tavily", "exa", "brave")
NOTHING = {
    "openalex": b'{"results": []}',
    "crossref": b'{"message": {"items": []}}',
    "semantic_scholar": b'{"total": 0}',
    "arxiv": b'<feed xmlns="http://www.w3.org/2005/Atom"></feed>',
    "wikipedia": b'{"pages": []}',
    "tavily": b'{"results": []}',
    "exa": b'{"results": []}',
    "brave": b'{"type": "search"}',
}
"""What each answers where it finds nothing."""
BARE = {
    "openalex": b'{"results": [null, 3, {}, {"display_name": null, "authorships": "?"}, {"display_name": "T", "doi": "10.12345/x"}]}',
    "crossref": b'{"message": {"items": [null, {}, {"title": [], "link": 4}, {"title": ["T"], "DOI": "10.12345/x", "issued": {"date-parts": [[null]]}}]}}',
    "semantic_scholar": b'{"data": [{}, {"title": "T"}, {"title": "T", "externalIds": {"DOI": "10.12345/x"}, "authors": null}]}',
    "arxiv": b'<feed xmlns="http://www.w3.org/2005/Atom"><entry/><entry><title>T</title><link rel="alternate" href="http://a.org/x"/></entry></feed>',
    "wikipedia": b'{"pages": [{}, {"title": "T", "key": "T"}, {"title": "T", "key": null}]}',
    "tavily": b'{"results": [{}, {"title": "T"}, {"title": "T", "url": "ftp://x"}, {"title": "T", "url": "http://a.org/x", "content": 7}]}',
    "exa": b'{"results": [{"title": null, "url": "http://a.org/x"}, {"title": "T", "url": "http://a.org/x"}]}',
    "brave": b'{"web": {"results": [{"title": "T"}, {"title": "T", "url": "http://a.org/x", "page_age": {}}]}}',
}
"""Answers of which nearly every part is missing or of another kind than documented."""


@pytest.mark.parametrize("name", NAMES)
async def test_a_provider_is_asked_and_understood(name: str, providers: dict[str, Searcher], library: Library) -> None:
    """Each finds the work by its words, with where it is, and is asked once, by the agent that says whom to write to."""
    leads = await providers[name].search(WORDS)
    assert leads[0].title == TRIAL.title
    assert leads[0].place == (f"{library.url}/wikipedia/wiki/{TRIAL.key}" if name == "wikipedia" else f"{library.url}/files/{TRIAL.key}")
    [asked] = library.of(name)
    assert "mailto:me@example.org" in asked.headers["User-Agent"]
    if name in {"openalex", "crossref"}:
        assert asked.parameters["mailto"] == "me@example.org"


@pytest.mark.parametrize("name", ["openalex", "crossref", "semantic_scholar", "arxiv"])
async def test_a_catalogue_tells_what_a_work_is(name: str, providers: dict[str, Searcher]) -> None:
    """Authors, date, DOI and abstract come as the catalogue has them."""
    lead = (await providers[name].search(WORDS))[0]
    assert (lead.doi, lead.authors, lead.published) == (TRIAL.doi, TRIAL.authors, TRIAL.date)
    assert lead.summary == TRIAL.abstract


@pytest.mark.parametrize("name", NAMES)
async def test_letters_of_all_scripts_come_through(name: str, providers: dict[str, Searcher]) -> None:
    """A title in several scripts is asked for and understood; markup and entities in it are gone."""
    leads = await providers[name].search(Query(SearchAim.GAP, "gap-1", must=("埃及", "Ägypten")))
    assert leads[0].title == "Ägypten – 埃及 & the Nile"
    assert NOVEL.date == leads[0].published or leads[0].published in {UNKNOWN, "1999"}


@pytest.mark.parametrize("name", OF_CITATIONS)
async def test_citations_are_followed_both_ways(name: str, providers: dict[str, Searcher]) -> None:
    """From a DOI to what cites it and to what it cites."""
    citing = await providers[name].search(Query(SearchAim.CITING, "source-1", doi=TRIAL.doi))
    cited = await providers[name].search(Query(SearchAim.CITED, "source-1", doi=CRITIC.doi))
    assert [lead.title for lead in citing] == [CRITIC.title]
    assert [lead.title for lead in cited] == [TRIAL.title]


async def test_crossref_tells_references_only(providers: dict[str, Searcher]) -> None:
    """It is asked what a work cites; what cites it, it isn't asked."""
    cited = await providers["crossref"].search(Query(SearchAim.CITED, "source-1", doi=CRITIC.doi))
    assert [(lead.title, lead.doi, lead.place) for lead in cited] == [(TRIAL.title, TRIAL.doi, f"https://doi.org/{TRIAL.doi}")]
    assert providers["crossref"].wording(Query(SearchAim.CITING, "source-1", doi=CRITIC.doi)) == ""


@pytest.mark.parametrize("name", ["openalex", "crossref", "semantic_scholar"])
async def test_one_work_is_found_by_its_doi(name: str, providers: dict[str, Searcher]) -> None:
    """A known DOI finds the very work; one that the catalogue doesn't have finds nothing, and that is no failure."""
    assert [lead.title for lead in await providers[name].search(Query(SearchAim.WORK, "u", title="?", doi=CRITIC.doi))] == [CRITIC.title]
    assert await providers[name].search(Query(SearchAim.WORK, "u", title="?", doi="10.9999/none")) == ()


async def test_words_that_must_be_there_are_told_from_those_of_which_one_is_enough(providers: dict[str, Searcher]) -> None:
    """Where a provider would ask for every word, the query says what must be there; others get all words."""
    assert providers["openalex"].wording(WORDS) == "output AND firms AND (trial OR week)"
    assert providers["arxiv"].wording(WORDS) == "all:output AND all:firms AND (all:trial OR all:week)"
    assert providers["brave"].wording(WORDS) == "output firms trial week"
    titled = Query(SearchAim.WORK, "u", title='Sooner OR later: the "five-day" week', author="Quill")
    assert providers["openalex"].wording(titled) == "Sooner or later the five-day week"
    assert providers["semantic_scholar"].wording(titled) == 'Sooner OR later: the "five day" week'


@pytest.mark.parametrize("name", NAMES)
async def test_nothing_found_is_no_failure(name: str, providers: dict[str, Searcher], library: Library) -> None:
    """An answer without results gives none."""
    library.faults[name] = [(200, {}, NOTHING[name])]
    assert await providers[name].search(WORDS) == ()


@pytest.mark.parametrize("name", NAMES)
async def test_missing_fields_stay_unknown(name: str, providers: dict[str, Searcher], library: Library) -> None:
    """What lacks a title, or any way to be read, is left out; what lacks anything else is kept with what it has."""
    library.faults[name] = [(200, {}, BARE[name])]
    [lead] = await providers[name].search(WORDS)
    assert (lead.title, lead.published, lead.authors) == ("T", UNKNOWN, ())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", [b"<html>Sorry", b'{"results": ', b"", b"[]", b'"x"', b"\xff\xfe\x00"], ids=range(6))
async def test_what_is_not_the_protocol_is_said(name: str, content: bytes, providers: dict[str, Searcher], library: Library) -> None:
    """Malformed answers are failures with the provider's name, and are not asked for again."""
    library.faults[name] = [(200, {}, content)]
    with pytest.raises(Unsearchable) as failed:
        await providers[name].search(WORDS)
    assert failed.value.location == name
    assert not failed.value.lasting
    assert len(library.of(name)) == 1


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/passwd"', '"boom"'], ids=["file", "text"])
async def test_a_feed_is_read_without_its_entities(entity: str, providers: dict[str, Searcher], library: Library) -> None:
    """What XML declares as an entity, a file or a text, is neither opened nor put in; a title behind one can't be read, the next one can."""
    link = '<link rel="alternate" href="http://a.org"/>'
    entries = f"<entry><title>&a;T</title>{link}</entry><entry><title>Plain</title>{link}</entry>"
    feed = f'<!DOCTYPE f [<!ENTITY a {entity}>]><feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'
    library.faults["arxiv"] = [(200, {}, feed.encode())]
    assert [lead.title for lead in await providers["arxiv"].search(WORDS)] == ["Plain"]


async def test_an_error_that_arxiv_tells_as_an_entry_is_no_find(providers: dict[str, Searcher], library: Library) -> None:
    """Its error entries are left out."""
    told = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/api/errors#1</id><title>Error</title><summary>bad</summary></entry></feed>'
    library.faults["arxiv"] = [(200, {}, told)]
    assert await providers["arxiv"].search(WORDS) == ()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", [(429, {"Retry-After": "1"}, b""), (503, {}, b""), (500, {}, b"")], ids=["429", "503", "500"])
async def test_what_can_pass_is_tried_again(name: str, fault: Reply, providers: dict[str, Searcher], library: Library) -> None:
    """Two failures that can pass, then the answer."""
    library.faults[name] = [fault, fault]
    assert (await providers[name].search(WORDS))[0].title == TRIAL.title
    assert len(library.of(name)) == 3


@pytest.mark.parametrize("name", NAMES)
async def test_who_stays_down_is_left_alone(name: str, providers: dict[str, Searcher], library: Library) -> None:
    """After three tries the failure is lasting: the round's other questions are not put."""
    library.faults[name] = [(502, {}, b"")] * 9
    with pytest.raises(Unsearchable, match="502, 3 times") as failed:
        await providers[name].search(WORDS)
    assert failed.value.lasting
    assert len(library.of(name)) == 3


async def test_who_asks_to_wait_for_an_hour_is_not_asked_again(providers: dict[str, Searcher], library: Library) -> None:
    """A long Retry-After ends the asking at once instead of being cut short."""
    library.faults["openalex"] = [(429, {"Retry-After": "3600"}, b"")]
    with pytest.raises(Unsearchable, match="asks to wait 3600 seconds") as failed:
        await providers["openalex"].search(WORDS)
    assert failed.value.lasting
    assert len(library.of("openalex")) == 1


@pytest.mark.parametrize("name", KEYED)
@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_is_named_by_its_variable_and_never_shown(
    name: str, status: int, providers: dict[str, Searcher], library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    """The message says which variable to check; the key stands in no message and no log line, and is sent to the server."""
    caplog.set_level(logging.DEBUG)
    library.faults[name] = [(status, {}, b"no")]
    with pytest.raises(Unsearchable) as failed:
        await providers[name].search(WORDS)
    assert failed.value.lasting
    assert f"{name.upper()}_API_KEY" in str(failed.value)
    assert PLANTED not in str(failed.value) + caplog.text + repr(failed.value.__cause__)
    [asked] = library.of(name)
    assert PLANTED in str((asked.headers, asked.parameters))


async def test_a_bad_question_is_left_out_and_the_others_go_on(providers: dict[str, Searcher], library: Library) -> None:
    """A 400 concerns one question."""
    library.faults["openalex"] = [(400, {}, b"{}")]
    with pytest.raises(Unsearchable) as failed:
        await providers["openalex"].search(WORDS)
    assert not failed.value.lasting
    assert (await providers["openalex"].search(WORDS))[0].title == TRIAL.title


async def test_a_huge_answer_is_cut_off(providers: dict[str, Searcher], library: Library) -> None:
    """More than the limit is not taken into memory, whatever the header says; nor is a small one that unpacks to it."""
    library.faults["brave"] = [(200, {}, b"x" * (LARGEST + 1)), (200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * (LARGEST + 1)))]
    for _ in range(2):
        with pytest.raises(Unsearchable, match="larger than"):
            await providers["brave"].search(WORDS)


async def test_a_body_that_is_not_what_its_header_says_is_a_failure_that_can_pass(providers: dict[str, Searcher], library: Library) -> None:
    """Broken compression doesn't end the run."""
    library.faults["brave"] = [(200, {"Content-Encoding": "gzip"}, b"no gzip")]
    assert (await providers["brave"].search(WORDS))[0].title == TRIAL.title


async def test_keys_go_to_no_other_server(providers: dict[str, Searcher], library: Library) -> None:
    """A redirect within the server is followed; one that leads elsewhere is refused."""
    library.faults["openalex"] = [(301, {"Location": "/openalex/works?search=output&per_page=10"}, b"")]
    assert await providers["openalex"].search(WORDS)
    library.faults["openalex"] = [(302, {"Location": "http://localhost:9/x"}, b"")]
    with pytest.raises(Unsearchable, match="sends on to localhost"):
        await providers["openalex"].search(WORDS)


async def test_no_more_is_kept_than_was_asked_for(providers: dict[str, Searcher], library: Library) -> None:
    """A server that sends a thousand results gives ten leads."""
    library.works = [Work(f"Output in firms, part {at}", "text") for at in range(1000)]
    for name in NAMES:
        assert len(await providers[name].search(WORDS)) == MOST_FOUND


def test_a_lead_is_a_record() -> None:
    """What a provider tells is content-addressed like all that is known: the same find by two teams is one record."""
    assert Lead(title="T", place="http://a.org").id == Lead(title="T", place="http://a.org").id
