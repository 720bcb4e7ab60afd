"""The investigation: ingest -> structure -> criticise -> (repair? -> structure) -> find cruxes -> (search? -> ingest) -> publish."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import numpy as np
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from agents.aliasing import match_upstreams
from agents.authors import shared_authors
from agents.critic import examine, survey
from agents.cruxes import judge, judge_again
from agents.dating import citations_of_the_future
from agents.decisive import name_cruxes
from agents.editions import same_works
from agents.grounding import ground
from agents.ingestion import read_document, take_in
from agents.known import filled
from agents.matching import match_claims
from agents.opening import open_case
from agents.posing import pose_questions
from agents.proposals import Proposal, commit
from agents.sides import take_sides
from agents.single import investigate_at_once
from agents.soundness import judge_soundness
from agents.structuring import repairs, structure_claims
from agents.weighing import weigh_again
from credence.engine import main_question
from credence.judgments import perspectives_of
from graphs.searching import found_as, pending_of, search
from graphs.services import Critic, Pending, Services
from graphs.state import Node, ReadArgument, State
from knowledge.changesets import Author, Changeset
from knowledge.records import Gap, Incident, Lead
from knowledge.rules import TextOf
from knowledge.views import View
from sources.errors import SourceError

Update = dict[str, Any]
RECURSION_LIMIT: Final = 10_000
"""Supersteps; the rounds and the number of documents end a run long before."""


def _commit(services: Services, state: State, proposal: Proposal, author: Author, reason: str) -> str:
    if not proposal.records:
        return state["revision"]
    return commit(services.store, proposal, parents=(state["revision"],), author=author, run=state["run"], reason=reason)


async def open_run(state: State, runtime: Runtime[Services]) -> Update:
    """Commit the case's questions and answers, and take up the first documents."""
    services = runtime.context
    proposal = open_case(services.case)
    revision = commit(
        services.store, proposal, parents=(), author=Author.CASE, run=state["run"], reason=f"open the case {services.case.name}"
    )
    first = list(range(len(services.documents)))[: services.a_round]
    services.note(Node.OPEN, f"{len(services.case.questions)} questions, {len(services.documents)} documents")
    route = Node.INGEST if first or services.searching is None else Node.SEARCH
    return {"revision": revision, "queue": first, "read": first, "route": route.value, "round": int(route is Node.INGEST)}


async def ingest(state: State, runtime: Runtime[Services]) -> Update:
    """Take the next wave of documents, if any wait; the router sends them out."""
    wave = state["queue"][: runtime.context.wave]
    return {"wave": wave, "route": Node.READ.value if wave else Node.MATCH.value}


async def read(argument: ReadArgument, runtime: Runtime[Services]) -> Update:
    """Read one document and commit what it says as a branch; what can't be read is an incident on that branch."""
    services = runtime.context
    pending, lead = _pending(services, argument)
    try:
        document = await pending.read()
    except SourceError as problem:
        proposal = Proposal((Incident(stage=Node.READ, subject=pending.title, problem=problem.problem, advice=problem.advice),))
        services.note(Node.READ, f"{pending.title}: {problem.problem}")
    else:
        at_once = bool(services.passes)
        proposal = take_in(document, services.case) if at_once else await read_document(document, services.case, services.reasoner)
        if lead is not None:
            proposal = Proposal.joined([proposal, found_as(services.store.view(argument["revision"]), proposal, lead)])
        services.note(Node.READ, f"{pending.title}: {_read(proposal)}")
    revision = await asyncio.to_thread(
        commit,
        services.store,
        proposal,
        parents=(argument["revision"],),
        author=Author.INGESTION,
        run=argument["run"],
        reason=f"read {pending.title}",
    )
    return {"branches": [revision]}


def _read(proposal: Proposal) -> str:
    """Count what a document gave, and what of the answers about it could not be used."""
    said = sum(record.kind_name == "assertion" for record in proposal.records)
    problems = [record.problem for record in proposal.records if isinstance(record, Incident)]
    return "; ".join([f"{said} assertions", *problems[:1], *([f"and {len(problems) - 1} more problems"] if len(problems) > 1 else [])])


def _pending(services: Services, argument: ReadArgument) -> tuple[Pending, Lead | None]:
    """Find a document of the case by its number, or one that a search took by its lead."""
    which = argument["document"]
    if isinstance(which, int):
        return services.documents[which], None
    lead = services.store.view(argument["revision"]).get(which, Lead)
    return pending_of(lead, services.searching), lead


async def gather(state: State, runtime: Runtime[Services]) -> Update:
    """Join a wave's branches into one revision."""
    services = runtime.context
    joined = Changeset(tuple(sorted(set(state["branches"]))), (), Author.RUN, state["run"], "join what was read side by side")
    revision = await asyncio.to_thread(services.store.commit, joined)
    return {"revision": revision, "branches": None, "queue": state["queue"][len(state["wave"]) :], "wave": []}


async def match(state: State, runtime: Runtime[Services]) -> Update:
    """Find the same claim in other words, variants, one data set under several names, texts of one work, who wrote several, and grounds."""
    services = runtime.context
    if services.passes:
        return {"route": Node.STRUCTURE.value}
    view = await asyncio.to_thread(services.store.view, state["revision"])
    with_what = (view, services.case.question.text, services.store.text, services.reasoner, services.embedder)
    grounds = ground(view, services.store.text, services.reasoner)
    matched = await asyncio.gather(match_claims(*with_what), match_upstreams(*with_what), grounds)
    proposal = Proposal.joined([*matched, await asyncio.to_thread(_hands_of, view, services.store.text)])
    revision = await asyncio.to_thread(
        _commit, services, state, proposal, Author.INGESTION, "match claims and upstreams across sources, and ground them"
    )
    services.note(Node.MATCH, _told(proposal))
    return {"revision": revision, "route": Node.STRUCTURE.value}


def _hands_of(view: View, text_of: TextOf) -> Proposal:
    """Find the documents that are texts of one work, and then the authors of several works."""
    editions = same_works(view, text_of)
    return Proposal.joined([editions, shared_authors(View.of([*view.records.values(), *editions.records]) if editions.records else view)])


async def structure(state: State, runtime: Runtime[Services]) -> Update:
    """Pose the sub-questions that the sources dispute, then link claims to each other and to all answers."""
    services = runtime.context
    view = await asyncio.to_thread(services.store.view, state["revision"])
    if services.passes:
        proposal = await investigate_at_once(view, services.case, services.store.text, services.reasoner, passes=services.passes)
        revision = await asyncio.to_thread(_commit, services, state, proposal, Author.STRUCTURING, "investigate at once")
        services.note(Node.STRUCTURE, _told(proposal))
        return {"revision": revision, "route": Node.CRITICISE.value}
    posed = await pose_questions(view, services.reasoner, services.embedder)
    seen = View.of([*view.records.values(), *posed.records])
    proposal = Proposal.joined([posed, await structure_claims(seen, services.store.text, services.reasoner, services.embedder)])
    revision = await asyncio.to_thread(
        _commit, services, state, proposal, Author.STRUCTURING, "pose sub-questions and link claims to claims and answers"
    )
    services.note(Node.STRUCTURE, _told(proposal))
    return {"revision": revision, "route": Node.CRITICISE.value}


async def criticise(state: State, runtime: Runtime[Services]) -> Update:
    """Add findings and gaps, and decide whether something must be repaired first."""
    services = runtime.context
    if services.passes or services.critic is Critic.NONE:
        services.note(Node.CRITICISE, "left out by the configuration")
        return {"route": Node.FIND_CRUXES.value}
    view = await asyncio.to_thread(services.store.view, state["revision"])
    one_sided = services.critic is Critic.ONE_SIDED
    parts = await asyncio.gather(
        examine(view, main_question(view), services.store.text, services.reasoner, one_sided=one_sided), survey(view, services.reasoner)
    )
    dated = await asyncio.to_thread(list, citations_of_the_future(view, services.store.text, services.today))
    proposal = Proposal.joined([*parts, Proposal(tuple(dated))])
    revision = await asyncio.to_thread(_commit, services, state, proposal, Author.CRITIC, "criticise")
    services.note(Node.CRITICISE, _told(proposal))
    if state["found"] and (closed := tuple(filled(view, parts[1].records))):
        revision = await asyncio.to_thread(
            _commit, services, {**state, "revision": revision}, Proposal(closed), Author.RUN, "close gaps that a search filled"
        )
    needed = not state["repaired"] and bool(repairs(services.store.view(revision)).records)
    return {"revision": revision, "route": Node.REPAIR.value if needed else Node.FIND_CRUXES.value}


async def repair(state: State, runtime: Runtime[Services]) -> Update:
    """Retract what the critic found to be no evidence at all; structuring then looks again."""
    services = runtime.context
    proposal = repairs(services.store.view(state["revision"]))
    revision = await asyncio.to_thread(_commit, services, state, proposal, Author.STRUCTURING, "repair what the critic found")
    services.note(Node.REPAIR, _told(proposal))
    return {"revision": revision, "repaired": True, "route": Node.STRUCTURE.value}


async def find_cruxes(state: State, runtime: Runtime[Services]) -> Update:
    """Elicit judgments, then decide whether another round of reading could fill gaps."""
    services = runtime.context
    if services.passes:
        return {"route": Node.PUBLISH.value}
    view = await asyncio.to_thread(services.store.view, state["revision"])
    reader = perspectives_of(view)[0]
    of_the_whole = [judge_soundness(view, reader, services.reasoner)]
    if services.readings:
        of_the_whole.append(name_cruxes(view, services.reasoner))
    judged, *whole = await asyncio.gather(judge(view, reader, services.reasoner, twice=services.judge_twice), *of_the_whole)
    seen = View.of([*view.records.values(), *judged.records])
    then = (judge_again, weigh_again, take_sides)
    after = await asyncio.gather(*(ask(seen, reader, services.reasoner) for ask in then))
    proposal = Proposal.joined([judged, *whole, *after])
    revision = await asyncio.to_thread(
        _commit, services, state, proposal, Author.CRUXES, "judge testimonies and links, take sides and name what it turns on"
    )
    services.note(Node.FIND_CRUXES, _told(proposal))
    more = await asyncio.to_thread(_nearest_to_gaps, services, state, revision) if state["round"] < services.rounds else []
    if more:
        again = {"queue": more, "read": [*state["read"], *more], "found": [], "round": state["round"] + 1, "repaired": False}
        return {"revision": revision, "route": Node.INGEST.value} | again
    searched = services.searching is not None and state["round"] < services.rounds
    return {"revision": revision, "route": Node.SEARCH.value if searched else Node.PUBLISH.value}


def _nearest_to_gaps(services: Services, state: State, revision: str) -> list[int]:
    """Choose the unread documents whose titles are nearest to what is missing."""
    unread = [number for number in range(len(services.documents)) if number not in set(state["read"])]
    gaps = services.store.view(revision).all(Gap)
    if not unread or not gaps:
        return []
    wanted = services.embedder.embed([gap.how for gap in gaps])
    titles = services.embedder.embed([services.documents[number].title for number in unread])
    nearness = np.round((titles @ wanted.T).max(axis=1), 4)
    order = sorted(range(len(unread)), key=lambda at: (-nearness[at], unread[at]))
    return [unread[at] for at in order[: services.a_round]]


async def publish(state: State, runtime: Runtime[Services]) -> Update:
    """Mark the run as complete: the only sign of it that counts."""
    runtime.context.note(Node.PUBLISH, state["revision"])
    return {"done": True, "route": END}


def _told(proposal: Proposal) -> str:
    counts: dict[str, int] = {}
    for record in proposal.records:
        counts[record.kind_name] = counts.get(record.kind_name, 0) + 1
    return ", ".join(f"{count} {kind}{_plural(kind) * (count != 1)}" for kind, count in sorted(counts.items())) or "nothing new"


def _plural(kind: str) -> str:
    return "es" if kind.endswith("s") else "s"


def _next(state: State) -> str:
    """Read the route; whatever could fail was done in the node that wrote it."""
    return state["route"]


def _sent(state: State) -> list[Send] | str:
    """Send a wave of readers, or go on."""
    if state["route"] != Node.READ:
        return state["route"]
    return [Send(Node.READ.value, ReadArgument(run=state["run"], document=number, revision=state["revision"])) for number in state["wave"]]


def build_graph(checkpointer: BaseCheckpointSaver[Any] | None = None) -> CompiledStateGraph[State, Services, State, State]:
    """Compile the state machine."""
    graph: StateGraph[State, Services, State, State] = StateGraph(State, context_schema=Services)
    for node, step in (
        (Node.OPEN, open_run),
        (Node.INGEST, ingest),
        (Node.READ, read),
        (Node.GATHER, gather),
        (Node.MATCH, match),
        (Node.STRUCTURE, structure),
        (Node.CRITICISE, criticise),
        (Node.REPAIR, repair),
        (Node.FIND_CRUXES, find_cruxes),
        (Node.SEARCH, search),
        (Node.PUBLISH, publish),
    ):
        graph.add_node(node.value, step)  # type: ignore[call-overload]  # the reader of a wave takes its own argument, as Send allows
    graph.add_edge(START, Node.OPEN.value)
    graph.add_conditional_edges(Node.OPEN.value, _next, [Node.INGEST.value, Node.SEARCH.value])
    graph.add_conditional_edges(Node.INGEST.value, _sent, [Node.READ.value, Node.MATCH.value])
    graph.add_edge(Node.READ.value, Node.GATHER.value)
    graph.add_edge(Node.GATHER.value, Node.INGEST.value)
    graph.add_edge(Node.MATCH.value, Node.STRUCTURE.value)
    graph.add_edge(Node.STRUCTURE.value, Node.CRITICISE.value)
    graph.add_conditional_edges(Node.CRITICISE.value, _next, [Node.REPAIR.value, Node.FIND_CRUXES.value])
    graph.add_edge(Node.REPAIR.value, Node.STRUCTURE.value)
    graph.add_conditional_edges(Node.FIND_CRUXES.value, _next, [Node.INGEST.value, Node.SEARCH.value, Node.PUBLISH.value])
    graph.add_conditional_edges(Node.SEARCH.value, _next, [Node.INGEST.value, Node.PUBLISH.value])
    graph.add_edge(Node.PUBLISH.value, END)
    return graph.compile(checkpointer=checkpointer)
