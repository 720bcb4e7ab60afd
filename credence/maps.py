"""The argument about one question as variables and bonds, before it becomes tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from credence.judgments import logit
from credence.results import LeftOut
from credence.testimony import Evidence
from credence.wording import Event, Wording
from knowledge.records import Answer

QUESTION: Final = "question"
"""The map's name for the question's own variable."""


class Bond(NamedTuple):
    """A link between variables: premises and P(premises hold | state) for each state of the target.

    ``target`` is a representative claim (states: false, true), a sub-question, or `QUESTION`. ``warrant`` 1 has no gate.
    """

    link: str
    premises: tuple[Event, ...]
    target: str
    expected: tuple[float, ...]
    warrant: float
    any_suffices: bool = False
    step: str = ""
    """The link by whose name its warrant goes, where it shares one with others (`credence.steps`)."""

    @property
    def gate(self) -> str:
        """The name of its warrant: of the step that it shares, or its own link."""
        return self.step or self.link

    @property
    def strength(self) -> float:
        """How far the target can move the premises, in nats, discounted by the warrant."""
        odds = [logit(value) for value in self.expected]
        return self.warrant * (max(odds) - min(odds))

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the premises."""
        return (self.premises[0][0],) if len(self.premises) == 1 else tuple([event.variable for event in self.premises])

    @property
    def way(self) -> tuple[object, ...]:
        """What it says of its target, by which of the target's states the premises are expected most under: all of them, where several tie.

        Equal for "s speaks for t" and "not s speaks against t", which are one step.
        """
        expected, states = self.expected, self.premises[0][1] if len(self.premises) == 1 else ()
        if states == (0,) and not self.premises[0][0].startswith("question-"):
            expected, states = tuple([1 - rate for rate in expected]), (1,)
        most = max(expected) - 1e-9
        return states, tuple([rate > most for rate in expected])


def strongest_first(bond: Bond) -> tuple[float, tuple[str, ...], list[float], str]:
    """Order by strength; of equals by what they say, which no renaming of answers changes, before their own ids, which hang on names."""
    return -round(bond.strength, 12), bond.variables, sorted(bond.expected), bond.link


@dataclass(frozen=True)
class Undercutting:
    """Claims that attack the warrant of a bond, or of another undercut, and how completely."""

    link: str
    premises: tuple[Event, ...]
    attacked: str
    defeat: float
    any_suffices: bool = False

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The variables of the premises."""
        return tuple(event.variable for event in self.premises)


def founded(
    bonds: Iterable[Bond | Undercutting], undercuts: Iterable[Undercutting], left_out: list[LeftOut] | None = None
) -> list[Undercutting]:
    """Return the undercuts whose chain of attacks ends at one of these: those that attack it, then those that attack these, and so on."""
    standing, found, left = {bond.link for bond in bonds}, list[Undercutting](), list(undercuts)
    while standing and left:
        near, others = list[Undercutting](), list[Undercutting]()
        for undercut in left:
            (near if undercut.attacked in standing else others).append(undercut)
        found += near
        standing, left = {undercut.link for undercut in near}, others
    if left_out is not None:
        left_out += [LeftOut(undercut.link, "what it attacks is left out") for undercut in left]
    return found


@dataclass(frozen=True)
class Verdict:
    """A representative claim that words an answer, the places of the answers under which it is true, and what is said on it."""

    claim: str
    states: tuple[int, ...]
    evidence: Evidence


@dataclass
class ArgumentMap:
    """What bears on one question, ready to be compiled: nothing barren, no other ``circles``; ``order`` has variables, targets first."""

    answers: tuple[Answer, ...]
    bonds: list[Bond]
    undercuts: list[Undercutting]
    testimony: list[tuple[Event, Evidence]]
    wording: Wording
    priors: dict[str, list[float]] = field(default_factory=dict)
    """Of the sub-questions among the variables."""
    order: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    circles: list[tuple[str, ...]] = field(default_factory=list)
    """Variables that lean on each other in a circle and are one block, those nearest to the question first."""
    verdicts: list[Verdict] = field(default_factory=list)
    """Claims that only word an answer, none of which is a variable."""
    objected: frozenset[str] = frozenset()
    """Links to which somebody objects, whether or not anything is known of the objection."""
    worded: dict[str, list[Verdict]] = field(default_factory=dict)
    """Of the sub-questions among the variables, the claims that word an answer, those of which most is said first."""

    def variable_of(self, record: str) -> str:
        """Return the variable of a claim: its own, or the sub-question an answer of which it words."""
        return self.words_parts.get(record, record)

    @property
    def words_parts(self) -> dict[str, str]:
        """By claim that words an answer to a sub-question, that question."""
        return {one.claim: question for question, claims in self.worded.items() for one in claims}

    def evidence(self) -> Iterator[tuple[str, Evidence]]:
        """Yield what is said on each claim that stands in the argument as a claim, and on those that word answers to sub-questions."""
        yield from ((event.variable, found) for event, found in self.testimony)
        yield from ((one.claim, one.evidence) for claims in self.worded.values() for one in claims)

    @property
    def variables(self) -> list[str]:
        """All variables but the question's own, in the order of names."""
        return sorted(named_in(self.bonds, self.undercuts))

    def gate(self, link: str) -> str:
        """Return the name of a link's warrant; the link's own where it isn't in the map."""
        return next((bond.gate for bond in self.bonds if bond.link == link), link)

    def states(self, variable: str) -> int:
        """Return how many states a variable has."""
        return len(self.answers) if variable == QUESTION else self.wording.states(variable)


def named_in(bonds: Iterable[Bond], undercuts: Iterable[Undercutting]) -> set[str]:
    """Return the variables of some bonds and undercuts, but the question's own."""
    named = {bond.target for bond in bonds} | {event[0] for bond in bonds for event in bond.premises}
    return (named | {variable for undercut in undercuts for variable in undercut.variables}) - {QUESTION}
