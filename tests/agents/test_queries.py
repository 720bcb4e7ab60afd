"""What is searched for, and what is taken of what was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.choosing import Answered, choose, records_of
from agents.citations import parts_of, short_authors, work_of
from agents.critic import SURVEYED
from agents.known import FOUND_AS, asked_before, brought_nothing, filled, known_documents, unfilled
from agents.queries import Planned, plan
from knowledge.records import Gap, Incident, Lead, Record, Reliance, Search, Source, Tag, Upstream
from knowledge.store import KnowledgeStore
from knowledge.views import View
from knowledge.vocabulary import GapKind, RelianceKind, SearchAim, SourceKind, UpstreamKind
from sources.case_files import BibliographyEntry
from sources.embedding import Embedder
from sources.searching.copies import Known
from sources.searching.queries import Query
from tests.cruxmap.conftest import Dam

SURVEY = "Piezometer readings at the Vajont dam, 1960 to 1963"
WET = "Seepage through the wall of a concrete dam"


@pytest.fixture
def store(tmp_path: Path) -> KnowledgeStore:
    """A store of its own."""
    return KnowledgeStore.at(tmp_path / "knowledge.db")


@pytest.fixture
def dam(store: KnowledgeStore) -> Dam:
    """A question with two sources that disagree."""
    return Dam(store)


def with_more(store: KnowledgeStore, dam: Dam, *more: Record) -> View:
    """The dam's knowledge and more."""
    return View.of([*store.view(dam.revisions[-1]).records.values(), *more])


def planned_for(view: View, store: KnowledgeStore) -> list[Planned]:
    """What is searched for next."""
    return plan(view, known_documents(view, store.text))


def asked(
    dam: Dam, lead: Lead, *others: Lead, near: str = WET, weight: float = 1.0, aim: SearchAim = SearchAim.CRUX, title: str = ""
) -> Answered:
    """A search about the wet wall that found some leads."""
    query = Query(aim, dam.wet.id, must=("wall",), title=title)
    leads = (lead, *others)
    return Answered(
        Planned(query, near, weight),
        Search(provider="p", query=near, aim=aim, about=dam.wet.id, leads=tuple(one.id for one in leads)),
        leads,
    )


def test_every_kind_of_question_gets_its_turn(store: KnowledgeStore, dam: Dam) -> None:
    """Cruxes, gaps, both sides of both answers, works and citations are all asked for, and each before any is asked for twice."""
    work = Upstream(name=f"Rossi 1964, {SURVEY}", kind=UpstreamKind.WORK, url="https://doi.org/10.1234/vajont")
    gap = Gap(
        kind=GapKind.SOURCE,
        about=dam.wet.id,
        text="No inspector of the dam is heard",
        why="w",
        how="Look for what inspectors of the dam say",
    )
    cites = Reliance(record=dam.assertions["Ada"].id, upstream=work.id, how=RelianceKind.CITES)
    planned = planned_for(with_more(store, dam, work, gap, cites), store)
    aims = [one.query.aim for one in planned]
    assert aims[:7] == [SearchAim(one) for one in ("crux", "gap", "for", "against", "work", "citing", "cited")]
    sides = {(one.query.aim.value, one.query.about) for one in planned if one.query.aim in {SearchAim.FOR, SearchAim.AGAINST}}
    assert sides == {(aim, answer.id) for aim in ("for", "against") for answer in (dam.yes, dam.no)}
    [named] = [one for one in planned if one.query.aim is SearchAim.WORK]
    assert (named.query.title, named.query.author, named.query.doi) == (SURVEY, "Rossi", "10.1234/vajont")
    [missing] = [one for one in planned if one.query.aim is SearchAim.GAP]
    assert missing.query.about == gap.id
    assert {"dam", "inspectors"} <= {word.casefold() for word in (*missing.query.must, *missing.query.either)}


def test_the_two_sides_of_an_answer_are_asked_for_in_other_words(store: KnowledgeStore, dam: Dam) -> None:
    """For an answer in the words by which it differs from its rival; against it in those of its doubters too."""
    planned = {(one.query.aim, one.query.about): one.query for one in planned_for(store.view(dam.revisions[-1]), store)}
    leaks, holds = planned[SearchAim.FOR, dam.yes.id], planned[SearchAim.FOR, dam.no.id]
    assert "leaks" in leaks.either
    assert "holds" in holds.either
    assert "leaks" not in holds.words
    assert "critique" in planned[SearchAim.AGAINST, dam.yes.id].either


def test_a_plan_is_the_same_for_the_same_knowledge(store: KnowledgeStore, dam: Dam) -> None:
    """The order of records doesn't matter: a resumed run asks what the run before asked."""
    view = store.view(dam.revisions[-1])
    backwards = View.of(list(view.records.values())[::-1])
    assert planned_for(view, store) == planned_for(backwards, store)


def test_a_question_alone_is_asked_from_its_answers(store: KnowledgeStore, dam: Dam) -> None:
    """Before anything is read, each answer's two sides are searched for."""
    planned = planned_for(store.view(dam.revisions[0]), store)
    assert {(one.query.aim.value, one.query.about) for one in planned} == {
        (aim, answer.id) for aim in ("for", "against") for answer in (dam.yes, dam.no)
    }


def test_a_work_that_is_here_is_not_asked_for(store: KnowledgeStore, dam: Dam) -> None:
    """A work of which the document itself was read is known; one that a brief reports is not."""
    work = Upstream(name=f"Rossi 1964, {SURVEY}", kind=UpstreamKind.WORK)
    text = store.put_text("The piezometers rose.")
    read, brief = Source(title=SURVEY.upper(), text=text), Source(title=SURVEY, text=text, kind=SourceKind.BRIEF)
    assert any(one.query.about == work.id for one in planned_for(with_more(store, dam, work, brief), store))
    assert not any(one.query.about == work.id for one in planned_for(with_more(store, dam, work, brief, read), store))


def test_a_works_title_comes_back_out_of_its_name() -> None:
    """`parts_of` undoes `work_of`, whoever wrote it."""
    for authors in (("Ada Quill",), ("Ada Quill", "Bo Ek"), ("Ada Quill", "others"), ()):
        entry = BibliographyEntry(key="k", title="On eggs, 2019, and on hens", authors=authors, published="2019", url="https://a.org")
        named = parts_of(work_of(entry))
        assert (named.title, named.year) == (entry.title, entry.published)
        assert named.author in short_authors(entry)


def test_what_could_change_most_comes_first_one_subject_at_a_time(dam: Dam) -> None:
    """Nearness times weight decides, and no subject takes all the room; what is about something else is left out."""
    near = Lead(title="Seepage through the wall of an old concrete dam", place="https://a.org/1")
    also = Lead(title="Seepage through the wall of a new concrete dam", place="https://a.org/2")
    gauge = Lead(title="A steady gauge on a lake", place="https://a.org/3")
    bread = Lead(title="How to bake bread", place="https://a.org/4")
    less = Planned(Query(SearchAim.GAP, dam.dry.id, must=("gauge",)), "The gauge of a lake is steady", 0.4)
    second = Answered(less, Search(provider="p", query="gauge", aim=SearchAim.GAP, about=dam.dry.id, leads=(gauge.id,)), (gauge,))
    chosen, out = choose([asked(dam, near, also, bread), second], [], Embedder())
    assert [one.lead for one in chosen] in ([near, gauge, also], [also, gauge, near])
    assert chosen[0].worth > chosen[1].worth
    assert [tag.record for tag in out] == [bread.id]
    assert "nearness" in out[0].value
    assert "p’s number 1 of 3" in chosen[0].reason or "p’s number 2 of 3" in chosen[0].reason


def test_each_document_is_taken_once(dam: Dam) -> None:
    """Of one work found twice one is kept; what is here already is left out, and what became of every lead is told."""
    one = Lead(title="Seepage through the wall of a concrete dam", place="https://a.org/1", doi="10.1/x", summary="Water seeps.")
    same = Lead(title="Seepage through the wall of a concrete dam.", place="https://b.org/1")
    here = Lead(title="Seepage through walls", place="https://c.org/known")
    answers = [asked(dam, one, same, here)]
    chosen, out = choose(answers, [Known("Other", "unknown", "http://www.c.org/known/")], Embedder())
    assert len(chosen) == 1
    assert {tag.record for tag in out} == {one.id, same.id, here.id} - {chosen[0].lead.id}
    told = [record for record in records_of(answers, chosen, out) if isinstance(record, Tag)]
    assert sorted(tag.record for tag in told) == sorted([one.id, same.id, here.id])
    assert [tag.name for tag in told if tag.record == chosen[0].lead.id] == ["taken"]


def test_a_search_for_a_work_takes_no_other(dam: Dam) -> None:
    """What else comes up under a title is not wanted for it."""
    work, other = Lead(title=SURVEY, place="https://a.org/1"), Lead(title="Piezometers, an introduction", place="https://a.org/2")
    chosen, _ = choose([asked(dam, other, work, near=SURVEY, aim=SearchAim.WORK, title=SURVEY)], [], Embedder())
    assert [one.lead for one in chosen] == [work]


def test_documents_that_say_nothing_new_end_the_search(store: KnowledgeStore, dam: Dam) -> None:
    """New is a claim that no other source makes and that leads to an answer."""
    lead, none = Lead(title="Ada's notes", place="https://a.org"), Lead(title="Nobody's", place="https://b.org")
    view = with_more(store, dam, lead, none, Tag(record=dam.sources["Ada"].id, name=FOUND_AS, value=lead.id))
    assert not brought_nothing(view, [lead.id])
    assert brought_nothing(view, [none.id])
    assert brought_nothing(View.of(one for one in view.records.values() if one.id != dam.pro.id), [lead.id])


def test_a_found_source_is_known_by_its_lead(store: KnowledgeStore, dam: Dam) -> None:
    """Its DOI and place tell it from others in later rounds, and what was asked is remembered."""
    lead = Lead(title="Ada's notes", place="https://a.org", doi="10.1/ada")
    search = Search(provider="openalex", query="dam", aim=SearchAim.CRUX, about=dam.wet.id, leads=(lead.id,))
    view = with_more(store, dam, lead, search, Tag(record=dam.sources["Ada"].id, name=FOUND_AS, value=lead.id))
    known = known_documents(view, store.text)[dam.sources["Ada"].id]
    assert (known.doi, known.place) == ("10.1/ada", "https://a.org")
    assert asked_before(view) == {("openalex", "dam")}


def test_a_gap_that_is_seen_no_more_is_filled(store: KnowledgeStore, dam: Dam) -> None:
    """What a survey after a search doesn't name again is told as filled, and not searched for any more."""
    gaps = [Gap(kind=GapKind.SOURCE, about=dam.question.id, text=f"Gap {at} about the dam", why="w", how="h") for at in range(2)]
    view = with_more(store, dam, *gaps)
    closed = list(filled(view, [gaps[0]]))
    assert [tag.record for tag in closed] == [gaps[1].id]
    assert unfilled(View.of([*view.records.values(), *closed])) == [gaps[0]]


def test_a_survey_that_failed_fills_nothing(store: KnowledgeStore, dam: Dam) -> None:
    """It named no gap because it wasn't answered: all stay open. One of which a finding was dropped did answer."""
    view = with_more(store, dam, Gap(kind=GapKind.SOURCE, about=dam.question.id, text="A gap about the dam", why="w", how="h"))
    failed = Incident(stage="criticise", subject=SURVEYED, problem="no usable answer", advice="see the trace")
    assert list(filled(view, [failed])) == []
    dropped = Incident(stage="criticise", subject="Orme survey", problem="it is not known", advice="The finding is dropped.")
    assert len(list(filled(view, [dropped]))) == 1
    assert [tag.record for tag in filled(view, [])] == [gap.id for gap in view.all(Gap)]
