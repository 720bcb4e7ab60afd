"""A claim with all that is to be told of it: who says it in which words, what it leans on, what leans on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from explorer.phrases import named, premise_words, step_words, target_words
from explorer.summaries import Summary
from knowledge.layers import group
from knowledge.records import UNKNOWN, Argument, Assertion, Claim, Link, Passage, Source, Tag, Variant, Warrant
from knowledge.views import View
from knowledge.vocabulary import ASSUMES, DEFERS_TO, HEDGED, METHOD, Relation, grants, side_of

_GROUNDS: Final = {HEDGED: "in the words", METHOD: "known by", DEFERS_TO: "on the word of", ASSUMES: "takes for granted:"}
CONTEXT: Final = 200
"""Characters of the source shown on either side of a quotation, before they are cut back to whole words."""


@dataclass(frozen=True)
class Quotation:
    """An assertion with its words in their context. ``opposite``: it is about the claim's negation, worded as ``wording``."""

    id: str
    speaker: str
    reporters: tuple[str, ...]
    stance: str
    hedge: str
    said: str
    before: str
    words: str
    after: str
    passage: str
    source: str
    source_id: str
    published: str
    url: str
    wording: str
    opposite: bool
    language: str = ""
    """The ISO 639 code of the words' language, "" for the case's."""
    grounds: tuple[str, ...] = ()
    """On what it rests, in words: how it came to be known, on whose word, what it takes for granted."""

    @property
    def side(self) -> int:
        """1 if the speaker holds the claim as it is worded in its entry, -1 if they speak against it, 0 if they take no side."""
        return side_of(self.stance, opposite=self.opposite, hedge=self.hedge)

    @property
    def grants(self) -> bool:
        """Whether the speaker thinks it possible, and no more."""
        return grants(self.stance, opposite=self.opposite, hedge=self.hedge)


@dataclass(frozen=True)
class Drawn:
    """Who draws a step, where, and in which words of the document, in which language ("" for the case's)."""

    speaker: str
    words: str
    passage: str
    source: str
    language: str


@dataclass(frozen=True)
class Objection:
    """An undercut: claims that are said to defeat a step of reasoning. ``objections``: what is said against that in turn."""

    link: str
    claim: str
    text: str
    objections: tuple[Objection, ...] = ()


@dataclass(frozen=True)
class Step:
    """A link as a claim's entry tells it. ``other`` is the far end; ``home``: this entry is the one that carries the link's anchor."""

    id: str
    text: str
    premises: str
    target: str
    relation: Relation
    warrant: str
    other: str
    drawn: tuple[Drawn, ...]
    objections: tuple[Objection, ...]
    home: bool

    @property
    def offered_by(self) -> tuple[str, ...]:
        """Who draws it, each once."""
        return tuple(sorted({one.speaker for one in self.drawn}))


@dataclass(frozen=True)
class Likeness:
    """A claim that is alike but not identical: how its wording, ``text``, differs from ``own``, one of the wordings on this side."""

    id: str
    claim: str
    own: str
    text: str
    differs_in: str
    explanation: str


@dataclass(frozen=True)
class ClaimEntry:
    """All that is shown of a claim. Without quotations, it is one that an argument takes for granted."""

    id: str
    text: str
    quotations: tuple[Quotation, ...]
    reasons: tuple[Step, ...]
    bears_on: tuple[Step, ...]
    variants: tuple[Likeness, ...]
    weight: int

    @property
    def only_rejected(self) -> bool:
        """Whether all who speak of it here speak against it, so that its wording is nobody's own."""
        return bool(self.quotations) and all(one.side < 0 for one in self.quotations)


def claim_entries(view: View, summary: Summary, text_of: Callable[[str], str]) -> list[ClaimEntry]:
    """Build an entry for every claim: cruxes first, then what bears on something, then what carries a finding."""
    index = _Index(view, summary, text_of)
    entries = [index.entry(claim) for claim in view.members]
    return sorted(entries, key=lambda entry: (-entry.weight, -len(entry.quotations), entry.id))


class _Index:
    """What an entry needs, looked up once for all of them."""

    def __init__(self, view: View, summary: Summary, text_of: Callable[[str], str]) -> None:
        self._view, self._text_of = view, text_of
        self._outgoing: dict[str, list[Link]] = defaultdict(list)
        self._incoming: dict[str, list[Link]] = defaultdict(list)
        self._undercuts: dict[str, list[Link]] = defaultdict(list)
        for link in view.all(Link):
            for claim in dict.fromkeys(self._standing_for(link.premises)):
                self._outgoing[claim].append(link)
            if link.target.startswith("claim-"):
                self._incoming[view.representative(link.target)[0]].append(link)
            if link.relation is Relation.UNDERCUTS:
                self._undercuts[link.target].append(link)
        self._variants: dict[str, list[Variant]] = defaultdict(list)
        for variant in view.all(Variant):
            for claim in dict.fromkeys(self._standing_for(variant.claims)):
                self._variants[claim].append(variant)
        self._drawn: dict[str, list[Drawn]] = defaultdict(list)
        for argument in view.all(Argument):
            self._drawn[argument.link].append(drawn(view, argument))
        self._grounds = group([tag for tag in view.all(Tag) if tag.name in _GROUNDS], lambda tag: tag.record)
        self._cruxes = {crux.subject for question in summary.questions for crux in question.cruxes}
        self._flagged = {finding.about for finding in summary.findings}
        self._urls: Mapping[str, str] = {source.id: source.url for source in summary.sources}

    def _standing_for(self, claims: Iterable[str]) -> list[str]:
        return [self._view.representative(claim)[0] for claim in claims]

    def entry(self, claim: str) -> ClaimEntry:
        """Build one claim's entry."""
        said = self._view.assertions_of(claim)
        quotations = sorted((self._quotation(one, opposite=negated) for one, negated in said), key=lambda one: (one.source, one.id))
        out, into = self._outgoing.get(claim, []), self._incoming.get(claim, [])
        flagged = claim in self._flagged or any(one.id in self._flagged for one in quotations)
        return ClaimEntry(
            id=claim,
            text=self._view.get(claim, Claim).text,
            quotations=tuple(quotations),
            reasons=tuple(self._step(link, self._standing_for(link.premises)[0], claim) for link in into),
            bears_on=tuple(self._step(link, link.target, claim) for link in out),
            variants=tuple(self._likeness(variant, claim) for variant in self._variants.get(claim, [])),
            weight=4 * (claim in self._cruxes) + 2 * bool(out or into) + flagged,
        )

    def _quotation(self, assertion: Assertion, *, opposite: bool) -> Quotation:
        passage = self._view.get(assertion.passage, Passage)
        source = self._view.source_of(assertion)
        text = self._text_of(source.text)
        return Quotation(
            id=assertion.id,
            speaker=assertion.speaker,
            reporters=assertion.reporters,
            stance=assertion.stance.value,
            hedge=assertion.hedge.value,
            said=assertion.said,
            before=_last_words(text, passage.start),
            words=passage.text,
            after=_first_words(text, passage.end),
            passage=passage.id,
            source=source.title,
            source_id=source.id,
            published=source.published,
            url=self._urls.get(source.id, UNKNOWN),
            wording=self._view.get(assertion.claim, Claim).text,
            opposite=opposite,
            language=self._view.language_of(source.id),
            grounds=self._on_what(assertion),
        )

    def _on_what(self, assertion: Assertion) -> tuple[str, ...]:
        """Say on what an assertion rests, in the order of `_GROUNDS`."""
        order = list(_GROUNDS)
        tags = sorted(self._grounds.get(assertion.id, ()), key=lambda tag: (order.index(tag.name), tag.value))
        values = {METHOD: named, HEDGED: "“{}”".format}
        return tuple(f"{_GROUNDS[tag.name]} {values.get(tag.name, str)(tag.value)}" for tag in tags)

    def _step(self, link: Link, other: str, here: str) -> Step:
        """Tell a link; it lives with the first of its premises, so that its anchor stands once."""
        return Step(
            id=link.id,
            text=step_words(self._view, link),
            premises=premise_words(self._view, link),
            target=target_words(self._view, link.target),
            relation=self._relation(link, here),
            warrant=self._view.get(link.warrant, Warrant).text,
            other=self._view.representative(other)[0] if other.startswith("claim-") else other,
            drawn=tuple(sorted(self._drawn.get(link.id, ()), key=lambda one: (one.speaker, one.source, one.passage))),
            objections=tuple(self._objection(undercut) for undercut in self._undercuts.get(link.id, [])),
            home=here == self._standing_for(link.premises)[0],
        )

    def _relation(self, link: Link, here: str) -> Relation:
        """Return how a link bears on its target as the entry words it: support of the opposite is an attack."""
        turned = {Relation.SUPPORTS: Relation.ATTACKS, Relation.ATTACKS: Relation.SUPPORTS}
        negated = link.target.startswith("claim-") and self._view.representative(link.target) == (here, True)
        return turned[link.relation] if negated else link.relation

    def _objection(self, undercut: Link) -> Objection:
        return Objection(
            undercut.id,
            self._standing_for(undercut.premises)[0],
            premise_words(self._view, undercut),
            tuple(self._objection(one) for one in self._undercuts.get(undercut.id, ())),
        )

    def _likeness(self, variant: Variant, claim: str) -> Likeness:
        first, second = variant.claims
        own, other = (first, second) if self._view.representative(first)[0] == claim else (second, first)
        return Likeness(
            id=variant.id,
            claim=self._view.representative(other)[0],
            own=self._view.get(own, Claim).text,
            text=self._view.get(other, Claim).text,
            differs_in=variant.differs_in.value,
            explanation=variant.explanation,
        )


def drawn(view: View, argument: Argument) -> Drawn:
    """Tell where an argument stands."""
    passage = view.get(argument.passage, Passage)
    return Drawn(argument.speaker, passage.text, passage.id, view.get(passage.source, Source).title, view.language_of(passage.source))


def _last_words(text: str, end: int) -> str:
    """Return the whole words that stand before a place, with a mark where more was cut off."""
    start = max(0, end - CONTEXT)
    found = text[start:end]
    if start and not text[start - 1].isspace():
        found = found.partition(" ")[2] or found
    return f"… {found}" if start else found


def _first_words(text: str, start: int) -> str:
    """Return the whole words that stand after a place, with a mark where more was cut off."""
    found = text[start : start + CONTEXT]
    more = start + CONTEXT < len(text)
    if more and not text[start + CONTEXT].isspace():
        found = found.rpartition(" ")[0] or found
    return f"{found} …" if more else found
