"""Searches: what was asked of whom, what was found, what was taken and why; for reports and ``cruxmap show``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agents.choosing import AIMS, LEFT_OUT, TAKEN
from knowledge.formats.bundles import label, shortened
from knowledge.records import Lead, Search, Tag
from knowledge.views import View


@dataclass(frozen=True)
class FoundSummary:
    """What became of a lead. ``rank``: its place in what the provider found; ``taken``: it was got and read.

    ``for_this``: by reason of this query, and not of another that found it too.
    """

    id: str
    rank: int
    title: str
    place: str
    taken: bool
    for_this: bool
    why: str


@dataclass(frozen=True)
class SearchSummary:
    """A query. ``aim`` and ``about`` say what for; ``at``: when its result was committed, ISO 8601 in UTC ("" if not known)."""

    id: str
    provider: str
    query: str
    aim: str
    about_id: str
    about: str
    at: str
    found: tuple[FoundSummary, ...]

    @property
    def taken(self) -> tuple[FoundSummary, ...]:
        """What was taken of what it found."""
        return tuple(one for one in self.found if one.taken)


def searches_of(view: View, when: Mapping[str, str]) -> tuple[SearchSummary, ...]:
    """Return every query, the first first; of a lead that several found, why it was taken stands with the one it was taken for.

    ``when``: when each was committed, by id.
    """
    became = {tag.record: tag for tag in view.all(Tag) if tag.name in {TAKEN, LEFT_OUT}}
    # A lead that was left out in one round may be taken in a later one.
    became |= {tag.record: tag for tag in view.all(Tag) if tag.name == TAKEN}
    found = [_search(view, search, when.get(search.id, ""), became) for search in view.all(Search)]
    return tuple(sorted(found, key=lambda one: (one.at, one.provider, one.aim, one.query, one.id)))


def _search(view: View, search: Search, at: str, became: Mapping[str, Tag]) -> SearchSummary:
    leads = [(rank, view.get(lead, Lead)) for rank, lead in enumerate(search.leads, 1)]
    return SearchSummary(
        search.id,
        search.provider,
        search.query,
        AIMS[search.aim],
        search.about,
        shortened(label(view.records[search.about], view)),
        at,
        tuple(_found(search, rank, lead, became[lead.id]) for rank, lead in leads if lead.id in became),
    )


def _found(search: Search, rank: int, lead: Lead, tag: Tag) -> FoundSummary:
    for_this = tag.name != TAKEN or (tag.value.startswith(f"{search.provider}’s number ") and f"“{search.query}”" in tag.value)
    why = tag.value if for_this else "For another question."
    return FoundSummary(lead.id, rank, lead.title, lead.place, tag.name == TAKEN, for_this, why)
