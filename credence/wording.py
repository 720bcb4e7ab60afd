"""What a claim is in the network: a variable of its own, or a state of a sub-question whose answer it words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from credence.voices import bare_words
from knowledge.records import Answer, Claim, Question
from knowledge.views import View

_STEM: Final = 5
_EMPTY: Final = frozenset("the and for was were that this from with are has had not than probability odds credence percent".split())  # noqa: SIM905 - a list of words reads better as a line


class Event(NamedTuple):
    """Some states of a variable: what a premise says. A claim is state 1 of its representative, or 0 of its opposite's."""

    variable: str
    states: tuple[int, ...]


class Wording:
    """Maps claims to events for one question.

    A claim that says what an answer to a sub-question says is that answer, whether in the same words or, as its links to the sub-question
    were judged, in others (``worded``): so a sub-question's argument feeds its parent's wherever the claim does (facts/credence.md 2.1).
    """

    def __init__(self, view: View, answers: Sequence[Answer], worded: Mapping[str, Event]) -> None:
        self._view, self._worded = view, worded
        below = descendants(view, answers[0].question) if answers else set()
        self._answers = {question: answers_of(view, question) for question in sorted(below)}
        self._said = {
            bare_words(answer.text): (question, (at,))
            for question, its in self._answers.items()
            for at, answer in enumerate(its)
            if not answer.something_else
        }
        self._events: dict[str, Event] = {}

    def event(self, claim: str) -> Event:
        """Return what a claim says."""
        known = self._events.get(claim)
        if known is None:
            representative, negated = self._view.representative(claim)
            said = self._said.get(bare_words(self._view.get(representative, Claim).text)) if self._said else None
            variable, states = said or self._worded.get(representative) or (representative, (1,))
            others = tuple(other for other in range(self.states(variable)) if other not in states)
            known = self._events[claim] = Event(variable, others if negated else states)
        return known

    def answers(self, question: str) -> tuple[Answer, ...]:
        """Return a sub-question's answers, "something else" last."""
        return self._answers[question]

    def states(self, variable: str) -> int:
        """Return how many states a variable has."""
        return len(self._answers[variable]) if variable in self._answers else 2

    def worded(self, variables: Iterable[str]) -> Iterator[tuple[Event, str]]:
        """Yield (event, representative claim) for each claim that speaks of some variables."""
        for variable in sorted(variables):
            if variable not in self._answers:
                yield Event(variable, (1,)), variable
        wanted = {variable for variable in variables if variable in self._answers}
        for claim in self._view.all(Claim) if wanted else ():
            if self._view.representative(claim.id)[0] == claim.id and self.event(claim.id).variable in wanted:
                yield self.event(claim.id), claim.id


def answers_of(view: View, question: str) -> tuple[Answer, ...]:
    """Return a question's answers by name, "something else" last: the order of every tuple of results."""
    found = [answer for answer in view.all(Answer) if answer.question == question]
    return tuple(sorted(found, key=lambda answer: (answer.something_else, answer.name, answer.id)))


def descendants(view: View, question: str) -> set[str]:
    """Return the sub-questions of a question, at any depth."""
    found: set[str] = set()
    while True:
        more = {one.id for one in view.all(Question) if one.parent == question or one.parent in found} - found
        if not more:
            return found
        found |= more


def stems(text: str) -> set[str]:
    """Return the beginnings of a text's words that say something."""
    return {word[:_STEM] for word in re.findall(r"\w{3,}", text.casefold()) if word not in _EMPTY}
