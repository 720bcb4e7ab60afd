"""Reaching: which claims and links lead to an answer, over however many steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from knowledge.records import Link
from knowledge.views import View


def bearing_on(view: View, answers: Iterable[str]) -> set[str]:
    """Return what steps lead to answers from: links, undercuts among them, and their premises as the claims that stand for them."""
    leading: dict[str, set[str]] = defaultdict(set)
    for link in view.all(Link):
        leading[view.representative(link.target)[0]].add(link.id)
        leading[link.id].update(view.representative(claim)[0] for claim in link.premises)
    found: set[str] = set()
    waiting = list(answers)
    while waiting:
        new = leading[waiting.pop()] - found
        found |= new
        waiting += new
    return found
