"""The step that searches: ask for what is missing, choose, get, and hand what is taken to the readers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from langgraph.runtime import Runtime

from agents.choosing import Answered, Candidate, choose, left_out, records_of
from agents.citations import parts_of
from agents.known import FOUND_AS, asked_before, brought_nothing, known_documents
from agents.proposals import Proposal, commit
from agents.queries import Planned, plan
from graphs.services import Pending, Searching, Services
from graphs.state import Node, State
from knowledge.changesets import Author
from knowledge.records import UNKNOWN, Incident, Lead, Record, Reliance, Search, Source, Tag, Upstream
from knowledge.views import View
from knowledge.vocabulary import RelianceKind, UpstreamKind
from sources.documents import Document
from sources.errors import SourceError, Unfetchable, Unsearchable
from sources.searching.copies import Known, bare, same_title
from sources.searching.leads import doi_in
from sources.searching.lookups import Lookup, Lookups
from sources.searching.queries import Query, Searcher

Update = dict[str, Any]
STAGE: Final = Node.SEARCH.value
TRIED: Final = 4
"""Leads that are got for each document that may be taken, at the most: where a minute passes with each failure, some end is needed."""


async def search(state: State, runtime: Runtime[Services]) -> Update:
    """Search for what could change most, unless the last search brought nothing new or the budget is used up."""
    services = runtime.context
    searching = services.searching
    assert searching is not None, "the route leads here only where something is searched"
    over = {"route": Node.PUBLISH.value, "found": []}
    view = await asyncio.to_thread(services.store.view, state["revision"])
    if why := _stop(services, state, view):
        services.note(Node.SEARCH, f"no more is searched: {why}")
        return over
    documents = await asyncio.to_thread(known_documents, view, services.store.text)
    planned = await asyncio.to_thread(plan, view, documents)
    answers, incidents = await _ask(services, searching, _Round(state["round"], planned, asked_before(view)))
    known = list(documents.values())
    candidates, out = await asyncio.to_thread(choose, answers, known, services.embedder)
    taken, refused = await _take(searching, candidates, known)
    records = (*records_of(answers, taken, [*out, *refused]), *incidents)
    revision = state["revision"]
    if records:
        reason = f"search: {len(answers)} queries, {len(taken)} documents taken"
        proposal = Proposal(tuple({record.id: record for record in records}.values()))
        revision = await asyncio.to_thread(
            commit, services.store, proposal, parents=(revision,), author=Author.INGESTION, run=state["run"], reason=reason
        )
    for one in taken:
        services.note(Node.SEARCH, f"taken: {one.lead.title} ({one.reason})")
    if not taken:
        services.note(Node.SEARCH, "nothing was found that isn't here already")
        return over | {"revision": revision}
    leads = [one.lead.id for one in taken]
    more = {"queue": leads, "read": [*state["read"], *leads], "found": leads, "round": state["round"] + 1, "repaired": False}
    return {"revision": revision, "route": Node.INGEST.value} | more


def _stop(services: Services, state: State, view: View) -> str:
    """Say why no more is searched for; "" to go on."""
    if services.reasoner.meter.spent:
        return services.reasoner.meter.spent
    if state["found"] and brought_nothing(view, state["found"]):
        return "the round before brought no new claim that bears on an answer"
    return ""


@dataclass(frozen=True)
class _Round:
    """A round's questions, and what was answered before it: (provider, wording)."""

    number: int
    planned: Sequence[Planned]
    before: frozenset[tuple[str, str]]


async def _ask(services: Services, searching: Searching, this: _Round) -> tuple[list[Answered], list[Incident]]:
    """Put the queries to all providers, side by side, and to each of them one after another."""
    asked = await asyncio.gather(*(_ask_one(services, searching, searcher, this) for searcher in searching.searchers))
    return [one for answers, _ in asked for one in answers], [one for _, incidents in asked for one in incidents]


async def _ask_one(services: Services, searching: Searching, searcher: Searcher, this: _Round) -> tuple[list[Answered], list[Incident]]:
    answers: list[Answered] = []
    incidents: list[Incident] = []
    put = {_words(wording) for name, wording in this.before if name == searcher.name}
    for one in this.planned:
        wording = searcher.wording(one.query)
        if not wording or _words(wording) in put:
            continue
        if len(answers) + len(incidents) >= searching.queries:
            break
        put.add(_words(wording))
        try:
            leads = await looked_up(searching.lookups, searcher, one.query, in_round=this.number)
        except Unsearchable as problem:
            services.note(Node.SEARCH, f"{searcher.name}: “{wording}” ({one.query.aim.value} {one.query.about}): {problem.problem}")
            subject = f"{searcher.name}: {wording}"
            incidents.append(Incident(stage=STAGE, subject=subject, problem=problem.problem, advice=problem.advice))
            if problem.lasting:
                break
            continue
        services.note(Node.SEARCH, f"{searcher.name}: “{wording}” ({one.query.aim.value} {one.query.about}): {len(leads)} found")
        found = tuple(dict.fromkeys(lead.id for lead in leads))
        done = Search(provider=searcher.name, query=wording, aim=one.query.aim, about=one.query.about, leads=found)
        answers.append(Answered(one, done, leads))
    return answers, incidents


def _words(wording: str) -> frozenset[str]:
    """Reduce a question to its words: in another order it finds the same."""
    return frozenset(re.findall(r"[^\s()]+", wording.casefold()))


async def looked_up(lookups: Lookups, searcher: Searcher, query: Query, *, in_round: int) -> tuple[Lead, ...]:
    """Ask, or take what came of it in this round before this process; an answer is on disk before it is used.

    In another round it is asked again: a provider that was down may be up.

    Raises:
        Unsearchable: there was or is no answer.
    """
    asked = f"round {in_round}: {searcher.wording(query)}"
    kept = await asyncio.to_thread(lookups.get, searcher.name, asked)
    if kept is None:
        kept = await _answered(searcher, query, asked)
        await asyncio.to_thread(lookups.put, kept)
    if kept.problem:
        raise Unsearchable(searcher.name, kept.problem, kept.advice, lasting=kept.lasting)
    return tuple(Lead.model_validate(one) for one in json.loads(kept.answer))


async def _answered(searcher: Searcher, query: Query, asked: str) -> Lookup:
    """Ask, and write down what came of it, a problem too: a resumed run meets the same and doesn't ask again."""
    try:
        leads = await searcher.search(query)
    except Unsearchable as problem:
        return Lookup(searcher.name, asked, problem=problem.problem, advice=problem.advice, lasting=problem.lasting)
    return Lookup(searcher.name, asked, answer=json.dumps([lead.model_dump(mode="json") for lead in leads]).encode())


async def _take(searching: Searching, candidates: Sequence[Candidate], known: Sequence[Known]) -> tuple[list[Candidate], list[Tag]]:
    """Get documents in their order until enough are there; what can't be had or proves to be a copy is left out."""
    here = list(known)
    taken: list[Candidate] = []
    out: list[Tag] = []
    for one in candidates[: TRIED * searching.documents]:
        if len(taken) >= searching.documents:
            break
        try:
            document = await searching.getter.get(one.lead)
        except SourceError as problem:
            out.append(left_out(one.lead, f"it can't be had: {problem.problem}"))
            continue
        got = Known(one.lead.title, one.lead.doi, one.lead.place, document.text)
        if copy := next((other for other in here if other.is_copied_by(got)), None):
            out.append(left_out(one.lead, f"a copy of {f'“{copy.title}”' if copy.title else 'a document of the case'}: the same words"))
            continue
        here.append(got)
        taken.append(one)
    return taken, out


def pending_of(lead: Lead, searching: Searching | None) -> Pending:
    """Return the document that a lead points to, to be read."""

    async def read() -> Document:
        if searching is None:
            raise Unfetchable(lead.place, "this run searches no more", "Resume it with the search settings that it was started with.")
        return await searching.getter.get(lead)

    return Pending(lead.place, lead.title, read)


def found_as(view: View, proposal: Proposal, lead: Lead) -> Proposal:
    """Tell of a source that was found as a lead; where it is a work that others report or cite, say so, or it would count beside them."""
    records: list[Record] = []
    works = [work for work in view.all(Upstream) if work.kind is UpstreamKind.WORK]
    for source in (record for record in proposal.records if isinstance(record, Source)):
        records.append(Tag(record=source.id, name=FOUND_AS, value=lead.id))
        same = (work for work in works if _is_work(source, lead, work))
        records += [Reliance(record=source.id, upstream=work.id, how=RelianceKind.REPORTS) for work in same]
    return Proposal(tuple(records))


def _is_work(source: Source, lead: Lead, work: Upstream) -> bool:
    by_name = same_title(lead.title, parts_of(work).title)
    by_place = work.url != UNKNOWN and bare(work.url) in {bare(lead.place), bare(source.url)}
    return by_name or by_place or UNKNOWN != lead.doi == doi_in(work.url)
