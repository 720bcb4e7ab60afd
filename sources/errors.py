"""What can go wrong with sources. Each names the place, what is wrong, and what to do.

SourceError
├── Unreadable        a document that can't be turned into text
├── Unfetchable       an address that can't or mustn't be fetched
├── Unsearchable      a provider that doesn't answer a search
└── CaseUnreadable    a case file that is missing or says what a case can't
"""

from __future__ import annotations


class SourceError(Exception):
    """Whatever goes wrong with a source."""

    def __init__(self, location: str, problem: str, advice: str) -> None:
        self.location, self.problem, self.advice = location, problem, advice
        super().__init__(f"{location}: {problem}. {advice}")


class Unreadable(SourceError):
    """A document that can't be turned into text."""


class Unfetchable(SourceError):
    """An address that can't or mustn't be fetched."""


class CaseUnreadable(SourceError):
    """A case file that is missing or says what a case can't."""


class Unsearchable(SourceError):
    """A provider that doesn't answer a search. ``lasting``: it would answer no other now either."""

    def __init__(self, location: str, problem: str, advice: str, *, lasting: bool = False) -> None:
        super().__init__(location, problem, advice)
        self.lasting = lasting
