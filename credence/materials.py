"""What a question's argument can be made of, whatever anybody judges: read from the records once, for any number of judgments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

from credence.disputed import named_decisive
from credence.leaning import Leanings
from credence.maps import QUESTION
from credence.testimony import Told, tellings
from credence.wording import Event, Wording, stems
from knowledge.records import Answer, Claim, Link, Question, Tag, Variant
from knowledge.views import View
from knowledge.vocabulary import Difference

ANY_SUFFICES: Final = ("premises", "any")
"""A tag on a link with several premises: any one of them is enough. Without it all are needed."""
QUALIFIES: Final = "qualifies"
"""A tag on a claim that narrows another, whose id is the value: what the wider one bears on, it bears on through the narrower."""


class Offer(NamedTuple):
    """A link with what its premises say, and the variable, or for an undercut the link, that it bears on."""

    link: Link
    premises: tuple[Event, ...]
    target: str


class Alike(NamedTuple):
    """Two representative claims that are variants of each other; ``opposite``: one of the other's negation."""

    claims: tuple[str, str]
    opposite: bool
    differs_in: Difference


class Material:
    """The links that lead to one question's answers, and what stands beside them: all that no judgment changes."""

    def __init__(
        self,
        view: View,
        question: str,
        answers: tuple[Answer, ...],
        *,
        verdicts: Mapping[str, tuple[int, ...]] = MappingProxyType({}),
        worded: Mapping[str, Event] = MappingProxyType({}),
    ) -> None:
        """Take the answers, and by claim the answers or the states of a sub-question that it words (`credence.feeding`)."""
        self.view, self.question, self.answers, self.verdicts = view, question, answers, verdicts
        self.wording = Wording(view, answers, worded)
        self.any_of = {tag.record for tag in view.all(Tag) if (tag.name, tag.value) == ANY_SUFFICES}
        self._told: dict[str, Sequence[Told]] = {}
        self._echoes: dict[str, float] = {}

    @cached_property
    def decisive(self) -> Mapping[str, tuple[str, ...]]:
        """What readings of the whole name as decisive, with their reasons."""
        return named_decisive(self.view, self.view.get(self.question, Question))

    @cached_property
    def offers(self) -> list[Offer]:
        """The links that bear on claims and answers."""
        return [offer for offer in self._reaching if not offer.target.startswith("link-")]

    @cached_property
    def undercuts(self) -> list[Offer]:
        """The links that attack links."""
        return [offer for offer in self._reaching if offer.target.startswith("link-")]

    @cached_property
    def _reaching(self) -> list[Offer]:
        """Walk from the answers against the links: what supports or attacks them, what attacks those links, and so on."""
        own = {answer.id for answer in self.answers}
        event, attacked = self.wording.event, set()
        offers: list[Offer] = []
        by_target: dict[str, list[Offer]] = defaultdict(list)
        for link in self.view.all(Link):
            at = link.target
            if at.startswith("link-"):
                attacked.add(at)
            else:
                at = QUESTION if at in own else event(at).variable if at.startswith("claim-") else self.view.get(at, Answer).question
            offer = Offer(link, tuple([event(claim) for claim in link.premises]), at)
            offers.append(offer)
            by_target[at].append(offer)
        frontier, visited = [QUESTION], {QUESTION}
        while frontier:
            reaching = by_target.get(frontier.pop(), ())
            places = {premise[0] for offer in reaching for premise in offer[1]}
            if attacked:
                places |= {offer.link.id for offer in reaching} & attacked
            frontier += places - visited
            visited |= places
        # In the order of ids, as they were asked for.
        return [offer for offer in offers if offer.target in visited]

    @cached_property
    def narrower(self) -> dict[Event, tuple[Event, str]]:
        """By what a claim says, what the claim that qualifies it says, and the id of the tag that says so."""
        found: dict[Event, tuple[Event, str]] = {}
        for tag in self.view.all(Tag):
            if tag.name == QUALIFIES and isinstance(self.view.find(tag.value), Claim) and tag.record.startswith("claim-"):
                found.setdefault(self.wording.event(tag.value), (self.wording.event(tag.record), tag.id))
        return found

    @cached_property
    def variants(self) -> list[Alike]:
        """The claims that are alike but not identical."""
        found = []
        for variant in self.view.all(Variant):
            (one, one_negated), (other, other_negated) = (self.view.representative(claim) for claim in variant.claims)
            found.append(Alike((one, other), one_negated != other_negated, variant.differs_in))
        return found

    @cached_property
    def _words(self) -> set[str]:
        spoken = (" ".join([answer.text, *answer.also_called]) for answer in self.answers if not answer.something_else)
        return stems(" ".join([self.view.get(self.question, Question).text, *spoken]))

    def echo(self, claim: str) -> float:
        """Return the share of a claim's words of which the question and its answers are made."""
        if claim not in self._echoes:
            own = stems(self.view.get(claim, Claim).text)
            self._echoes[claim] = len(own & self._words) / len(own) if own else 0.0
        return self._echoes[claim]

    @cached_property
    def _leanings(self) -> Leanings:
        return Leanings(self.view)

    def told(self, claim: str) -> Sequence[Told]:
        """Return what is said on a claim and its equivalents."""
        if claim not in self._told:
            self._told[claim] = tellings(claim, self.view, self._leanings)
        return self._told[claim]
