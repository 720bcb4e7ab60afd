"""Which claims of two results say the same in other words: those that stand on the same words of the same source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from knowledge.records import Passage
from knowledge.views import View
from knowledge.vocabulary import side_of

MOSTLY = 0.5
"""Share of the shorter passage that must lie in the other for two claims to stand on the same words."""


def counterparts(here: View, there: View, *, only_here: Iterable[str], only_there: Iterable[str]) -> dict[str, str]:
    """Map claims of one result to their counterparts in another: the pairs that overlap most, each claim in one at most.

    Claims are worded anew by each run, so the same sentence of a source mostly gives two claims. What tells them is the source's text,
    which is the same record in both. Where claims stand on the same words, the one of the same stance comes first.
    """
    spans = _spans(there, only_there)
    found = []
    for claim, source, passage, rejects in _said(here, only_here):
        for other, other_passage, other_rejects in spans.get(source, ()):
            overlap = min(passage.end, other_passage.end) - max(passage.start, other_passage.start)
            shorter = min(passage.end - passage.start, other_passage.end - other_passage.start)
            if overlap >= MOSTLY * shorter:
                longer = max(passage.end - passage.start, other_passage.end - other_passage.start)
                found.append((-(rejects == other_rejects), -overlap / longer, claim, other))
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, claim, other in sorted(found):
        if claim not in pairs and other not in taken:
            pairs[claim] = other
            taken.add(other)
    return pairs


def _said(view: View, claims: Iterable[str]) -> Iterable[tuple[str, str, Passage, bool]]:
    for claim in claims:
        for assertion, negated in view.assertions_of(claim):
            passage = view.get(assertion.passage, Passage)
            yield claim, passage.source, passage, side_of(assertion.stance, opposite=negated) < 0


def _spans(view: View, claims: Iterable[str]) -> dict[str, list[tuple[str, Passage, bool]]]:
    found: dict[str, list[tuple[str, Passage, bool]]] = defaultdict(list)
    for claim, source, passage, rejects in _said(view, claims):
        found[source].append((claim, passage, rejects))
    return found
