"""What is known before a search and after it: the documents that are here, and whether the last ones said anything new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from agents.critic import SURVEYED
from agents.reaching import bearing_on
from knowledge.records import UNKNOWN, Answer, Gap, Incident, Lead, Record, Search, Source, Tag
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import SourceKind
from sources.searching.copies import Known
from sources.searching.leads import doi_of

FOUND_AS: Final = "found as"
"""The tag that says which lead a source was."""
FILLED: Final = "filled"
"""The tag of a gap that more documents have closed."""


def known_documents(view: View, text_of: TextOf) -> dict[str, Known]:
    """Return what tells each source from others, by its id. A brief is known by its words alone: it is not the work that it reports."""
    leads = {tag.record: view.get(tag.value, Lead) for tag in view.all(Tag) if tag.name == FOUND_AS and tag.value in view}
    found = {}
    for source in view.all(Source):
        text = text_of(source.text)
        if source.kind is SourceKind.BRIEF:
            found[source.id] = Known("", UNKNOWN, UNKNOWN, text)
            continue
        lead = leads.get(source.id)
        doi = lead.doi if lead and lead.doi != UNKNOWN else doi_of(source.url, text)
        found[source.id] = Known(source.title, doi, lead.place if lead else source.url, text)
    return found


def unfilled(view: View) -> list[Gap]:
    """Return the gaps that the last survey of all sources still saw."""
    filled = {tag.record for tag in view.all(Tag) if tag.name == FILLED}
    return [gap for gap in view.all(Gap) if gap.id not in filled]


def filled(before: View, surveyed: Iterable[Record]) -> Iterator[Tag]:
    """Say which gaps a survey after a search doesn't see any more; a survey that failed saw none, and closes none."""
    records = list(surveyed)
    if any(isinstance(record, Incident) and record.subject == SURVEYED for record in records):
        return
    seen = {record.id for record in records}
    for gap in unfilled(before):
        if gap.id not in seen:
            yield Tag(record=gap.id, name=FILLED, value="not seen any more when all sources were surveyed after a search")


def asked_before(view: View) -> frozenset[tuple[str, str]]:
    """Return what was asked of whom and answered: (provider, query)."""
    return frozenset((search.provider, search.query) for search in view.all(Search))


def brought_nothing(view: View, leads: Collection[str]) -> bool:
    """Say whether the documents that were found as these leads say nothing new: no claim of their own that bears on an answer."""
    sources = {tag.record for tag in view.all(Tag) if tag.name == FOUND_AS and tag.value in leads}
    return view.stated_only_in(sources).isdisjoint(bearing_on(view, (answer.id for answer in view.all(Answer))))
