"""What the sources dispute: a crux that nobody doubts, and that doubts nothing, is an assumption that they share, and is told as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from credence.defaults import SETTLED_SHIFT
from credence.results import Crux
from knowledge.records import Assertion, Link, Relation, side_of
from knowledge.views import View


def in_dispute(view: View) -> frozenset[str]:
    """Return the representative claims and the links over which the sources differ.

    Of claims those that somebody speaks against, and both ends of an objection to a claim; of links those to which somebody objects. What
    is offered against an answer alone is in no dispute yet: every piece of evidence is against some answer.
    """
    found: set[str] = set()
    for link in view.all(Link):
        if link.relation is Relation.SUPPORTS or link.target.startswith("answer-"):
            continue
        found.add(link.target if link.target.startswith("link-") else view.representative(link.target)[0])
        found.update(view.representative(claim)[0] for claim in link.premises)
    for assertion in view.all(Assertion):
        representative, negated = view.representative(assertion.claim)
        if side_of(assertion.stance, opposite=negated) < 0:
            found.add(representative)
    return frozenset(found)


def disputed_first(cruxes: Iterable[Crux], disputed: Collection[str]) -> Iterator[Crux]:
    """Put what is in dispute first, of cruxes by expected shift, as far as it moves an answer by more than a percent; the rest as it was.

    Asked for lazily: of many thousands no more than those that matter are looked at.
    """
    marked = (replace(crux, disputed=True) if crux.subject in disputed else crux for crux in cruxes)
    leading: list[Crux] = []
    for crux in marked:
        leading.append(crux)
        if crux.expected_shift < SETTLED_SHIFT:
            break
    return chain(sorted(leading, key=lambda crux: crux.expected_shift < SETTLED_SHIFT or not crux.disputed), marked)
