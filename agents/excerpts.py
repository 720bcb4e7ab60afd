"""Excerpts: numbered claims shown where they stand, each number behind the words that the claim was taken from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from knowledge.records import Assertion, Claim, Passage, Record, Reliance, Source
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import Stance
from prompts.tasks.claims import Excerpt, PlacedClaim, Statement
from sources.ordering import first_without_orders, last_without_orders, without_orders

MARGIN: Final = 240
"""Characters kept on either side of a passage: two sentences tell what "the tests" are. A longer stretch between two is cut there."""
CUT: Final = " [...] "
_OF_THE_OPPOSITE: Final = {
    Stance.ASSERTS: Stance.DENIES,
    Stance.DENIES: Stance.ASSERTS,
    Stance.DOUBTS: Stance.SUPPOSES,
    Stance.CONCEDES: Stance.DENIES,
}
"""What a stance on a claim's negation is as a stance on the claim. To report or suppose the one is no stance on the other."""

Span = tuple[int, int, int]
"""Start, end and the number of a claim."""


@dataclass(frozen=True)
class Placed:
    """Claims as they are numbered in a prompt, the documents as they are shown there, and the source id of each document."""

    documents: tuple[Excerpt, ...]
    claims: tuple[PlacedClaim, ...]
    sources: tuple[str, ...]


def placed_claims(view: View, text_of: TextOf, claims: Sequence[str], *, within: frozenset[str] | None = None) -> Placed:
    """Number representative claims from 1 and show the documents in which they stand, in the order of the source ids.

    ``within``: the sources that are shown; None for all. Of claims that say the opposite of their representative the stance is turned.
    """
    said: list[list[tuple[Assertion, bool, Passage]]] = [
        [
            (assertion, negated, passage)
            for assertion, negated in view.assertions_of(claim)
            if (passage := view.get(assertion.passage, Passage)) and (within is None or passage.source in within)
        ]
        for claim in claims
    ]
    spans: dict[str, list[Span]] = defaultdict(list)
    for number, several in enumerate(said, 1):
        for _, _, passage in several:
            spans[passage.source].append((passage.end, passage.start, number))
    documents = {source: at for at, source in enumerate(sorted(spans), 1)}
    numbered = tuple(
        PlacedClaim(
            number=number,
            claim=view.get(claim, Claim).text,
            said=tuple(
                _statement(assertion, passage, documents[passage.source], negated=negated)
                for assertion, negated, passage in sorted(several, key=lambda one: (documents[one[2].source], one[2].start, one[0].id))
            ),
        )
        for number, (claim, several) in enumerate(zip(claims, said, strict=True), 1)
    )
    excerpts = tuple(_excerpt(view.get(source, Source), at, text_of, spans[source]) for source, at in documents.items())
    return Placed(excerpts, numbered, tuple(documents))


def leaned_on(view: View) -> Iterator[tuple[str, Record, Passage]]:
    """Yield where upstreams are leaned on: the upstream (id) as it is named there, what leans on it, and the passage that shows it."""
    for reliance in view.all(Reliance):
        record = view.records[reliance.record]
        place = reliance.passage or (record.passage if isinstance(record, Assertion) else None)
        if place is not None:
            yield reliance.upstream, record, view.get(place, Passage)


def in_text_order(view: View, claims: Sequence[Claim]) -> list[Claim]:
    """Order representative claims by where they are first said: by source id, then by place in the text."""
    places: dict[str, tuple[str, int]] = {}
    for assertion in view.all(Assertion):
        passage = view.get(assertion.passage, Passage)
        claim = view.representative(assertion.claim)[0]
        places[claim] = min(places.get(claim, (passage.source, passage.start)), (passage.source, passage.start))
    return sorted(claims, key=lambda claim: (*places.get(claim.id, ("", 0)), claim.id))


def _statement(assertion: Assertion, passage: Passage, document: int, *, negated: bool) -> Statement:
    stance = _OF_THE_OPPOSITE.get(assertion.stance, assertion.stance) if negated else assertion.stance
    return Statement(
        document=document,
        start=passage.start,
        speaker=assertion.speaker,
        stance=stance.value,
        hedge=assertion.hedge.value,
        passage=passage.text,
    )


def _excerpt(source: Source, number: int, text_of: TextOf, spans: Sequence[Span]) -> Excerpt:
    return Excerpt(
        number=number,
        title=without_orders(source.title),
        authors=", ".join(source.authors),
        published=source.published,
        text="".join(_marked(text_of(source.text), sorted(set(spans)))).strip(),
    )


def _marked(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """Yield a text's pieces. Lengths are taken without the orders to a machine, so that hiding one in a text moves no cut."""
    shown = 0
    for end, first, number in spans:
        start = max(first, shown)
        yield _between(text[shown:start], opening=shown == 0)
        yield f"{_unmarked(without_orders(text[start:end]))}⟦{number}⟧"
        shown = max(end, shown)
    yield _between(text[shown:], closing=True)


def _between(text: str, *, opening: bool = False, closing: bool = False) -> str:
    """Return what stands between two passages, shortened to what is next to each."""
    whole = _unmarked(without_orders(text))
    if len(whole) <= (1 if opening or closing else 2) * MARGIN:
        return whole
    after, before = _unmarked(first_without_orders(text, MARGIN)), _unmarked(last_without_orders(text, MARGIN))
    if opening:
        return CUT.lstrip() + before
    return after + CUT.rstrip() if closing else after + CUT + before


def _unmarked(text: str) -> str:
    """Take brackets like ours out of a text: its author numbers no claims."""
    return text.replace("⟦", "[").replace("⟧", "]")
