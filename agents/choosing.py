"""Choosing among leads: each document once, none that is here already, and first what could change most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Final

import numpy as np

from agents.queries import Planned
from knowledge.records import UNKNOWN, Lead, Record, Search, Tag
from knowledge.vocabulary import SearchAim
from sources.embedding import Embedder
from sources.searching.copies import Known, copied, same_title

TAKEN: Final = "taken"
LEFT_OUT: Final = "left out"
"""The tags that say what became of a lead, and why."""
NEAR_ENOUGH: Final = 0.3
"""Cosine below which a lead is not about what was asked for (docs/searching.md)."""
NAMED: Final = 0.8
"""Cosine of two titles from which on they may be one work's, in a catalogue's wording and a citer's ("CVD", "cardiovascular disease")."""
COMPARED: Final = 600
"""Characters of a title and summary that the embedder reads at the most."""


AIMS: Final = {
    SearchAim.GAP: "to fill a gap",
    SearchAim.FOR: "what speaks for an answer",
    SearchAim.AGAINST: "what speaks against an answer",
    SearchAim.CRUX: "more on a crux",
    SearchAim.WORK: "a work that sources name",
    SearchAim.CITING: "what cites a work",
    SearchAim.CITED: "what a work cites",
}


@dataclass(frozen=True)
class Answered:
    """A query as one provider was asked it, and what it found."""

    planned: Planned
    search: Search
    leads: tuple[Lead, ...]


@dataclass(frozen=True)
class Candidate:
    """A lead worth getting. ``worth``: nearness to what was asked for (cosine) times how much that could change (1: the leading crux)."""

    lead: Lead
    worth: float
    near: float
    answered: Answered

    @property
    def reason(self) -> str:
        """Say why it is taken."""
        search = self.answered.search
        rank = search.leads.index(self.lead.id) + 1
        found = f"{search.provider}’s number {rank} of {len(search.leads)} for “{search.query}” ({AIMS[search.aim]})"
        return f"{found}; nearness {self.near:.2f}, weight {self.answered.planned.weight:.2f}"


def choose(answers: Sequence[Answered], known: Collection[Known], embedder: Embedder) -> tuple[list[Candidate], list[Tag]]:
    """Order the leads by worth, one for each query's subject in turn; and say which are left out, and why."""
    best = _best(answers, embedder)
    chosen: list[Candidate] = []
    out: list[Tag] = []
    for one in sorted(best, key=lambda one: (-round(one.worth, 4), not one.lead.summary, one.lead.title, one.lead.id)):
        others = [Known(other.lead.title, other.lead.doi, other.lead.place) for other in chosen]
        if why := copied(one.lead, known) or copied(one.lead, others):
            out.append(left_out(one.lead, why))
        elif one.near < NEAR_ENOUGH:
            out.append(left_out(one.lead, f"not about what was asked for: nearness {one.near:.2f}"))
        else:
            chosen.append(one)
    by_subject: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for one in chosen:
        search = one.answered.search
        by_subject[search.aim.value, search.about].append(one)
    return [one for one in chain.from_iterable(zip_longest(*by_subject.values())) if one is not None], out


def _best(answers: Sequence[Answered], embedder: Embedder) -> Iterator[Candidate]:
    """Yield each lead with the query for which it is worth most."""
    pairs = [(answered, lead) for answered in answers for lead in answered.leads]
    if not pairs:
        return
    pairs = [pair for pair in pairs if pair[0].search.aim is not SearchAim.WORK or _is_work(*pair, embedder)]
    wanted = embedder.embed([answered.planned.near for answered, _ in pairs])
    found = embedder.embed([f"{lead.title}. {lead.summary}"[:COMPARED] for _, lead in pairs])
    nearness = np.round((wanted * found).sum(axis=1), 4)
    best: dict[str, Candidate] = {}
    for (answered, lead), near in zip(pairs, nearness.tolist(), strict=True):
        worth = round(near * answered.planned.weight, 4)
        if lead.id not in best or worth > best[lead.id].worth:
            best[lead.id] = Candidate(lead, worth, near, answered)
    yield from best.values()


def _is_work(answered: Answered, lead: Lead, embedder: Embedder) -> bool:
    """Say whether a lead is the work that was asked for: a search for one work finds others too."""
    query = answered.planned.query
    if lead.doi != UNKNOWN and query.doi:
        return lead.doi == query.doi
    one, other = embedder.embed([query.title, lead.title])
    return same_title(query.title, lead.title) or float(one @ other) >= NAMED


def left_out(lead: Lead, why: str) -> Tag:
    """Say why a lead is left out."""
    return Tag(record=lead.id, name=LEFT_OUT, value=why)


def records_of(answers: Sequence[Answered], taken: Sequence[Candidate], out: Sequence[Tag]) -> Iterator[Record]:
    """Yield what was asked, what was found, and what became of it; a lead that nobody came to is left out for want of room."""
    told = {tag.record for tag in out} | {one.lead.id for one in taken}
    for answered in answers:
        yield from answered.leads
        yield answered.search
        for lead in answered.leads:
            if lead.id not in told:
                told.add(lead.id)
                work = answered.search.aim is SearchAim.WORK
                yield left_out(
                    lead, "another work than was asked for" if work else "others could change more, and no more are taken a round"
                )
    yield from out
    for one in taken:
        yield Tag(record=one.lead.id, name=TAKEN, value=one.reason)
