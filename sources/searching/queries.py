"""What is asked of a provider, and who can be asked: the one interface of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from knowledge.records import Lead
from knowledge.vocabulary import SearchAim

MOST_FOUND: Final = 10
"""Leads that one search brings: what nobody would read is not asked for."""


@dataclass(frozen=True)
class Query:
    """What to look for. ``about``: the id of the record that it is asked for.

    ``must`` and ``either``: words, the weightiest first; where a provider asks for every word, of ``either`` one is enough. ``title``,
    ``author`` and ``doi`` (without ``https://doi.org/``) name the work that `SearchAim.WORK`, ``CITING`` and ``CITED`` are about.
    """

    aim: SearchAim
    about: str
    must: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    doi: str = ""

    @property
    def words(self) -> str:
        """All words in one line, for providers that weigh words themselves."""
        return self.title or " ".join((*self.must, *self.either))


class Searcher(Protocol):
    """A provider."""

    @property
    def name(self) -> str:
        """What it is called in settings, reports and records."""
        ...

    def wording(self, query: Query) -> str:
        """Put a query as this provider takes it, for the log; "" if it can't be asked that."""
        ...

    async def search(self, query: Query) -> tuple[Lead, ...]:
        """Return what was found, the provider's first choice first, at most `MOST_FOUND`.

        Raises:
            Unsearchable: it didn't answer, or not in its own protocol.
        """
        ...
