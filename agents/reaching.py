"""Reaching: which claims and links lead to an answer, over however many steps."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from knowledge.records import Link
from knowledge.views import View


def bearing_on(view: View, answers: Iterable[str]) -> set[str]:
    """Return what steps lead to answers from: links, undercuts among them, and their premises as the claims that stand for them."""
    return set(distances(view, answers))


def distances(view: View, answers: Iterable[str]) -> dict[str, int]:
    """Return the same with how far each stands from the nearest answer: 1 a link to it, 2 a premise of that link or its undercut."""
    leading: dict[str, set[str]] = defaultdict(set)
    for link in view.all(Link):
        leading[view.representative(link.target)[0]].add(link.id)
        leading[link.id].update(view.representative(claim)[0] for claim in link.premises)
    found: dict[str, int] = {}
    waiting = deque((answer, 0) for answer in answers)
    while waiting:
        record, far = waiting.popleft()
        new = leading[record] - found.keys()
        found |= dict.fromkeys(new, far + 1)
        waiting += ((one, far + 1) for one in new)
    return found
