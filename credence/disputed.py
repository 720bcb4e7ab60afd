"""Which cruxes come first: what the sources dispute, and of that what readings of the whole name as decisive.

A crux that nobody doubts, and that doubts nothing, is an assumption that the sources share, and is told as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from knowledge.records import Assertion, Link, Question, Tag
from knowledge.views import View
from knowledge.vocabulary import Relation, side_of

DECISIVE: Final = "decisive/"
"""How the names of tags begin by which a reading of the whole dispute names what it turns on; the number of the reading follows."""
CONCLUSION: Final = "conclusion/"
"""How the names of tags begin by which a reading says that a claim is a conclusion on the question in other words."""
OF_THE_LARGEST: Final = 0.1
"""What is disputed comes before what isn't if it moves the answers by this share of what any claim or warrant moves them by. Chosen, not
measured: it keeps out what moves next to nothing."""

NOTICEABLE: Final = 0.02
"""How far settling it one way must shift the published probabilities, for what readings of the whole name to come first. Chosen: two
points are about the least that anybody would call a change, and a list that begins with what changes nothing is believed by nobody."""


def readings_counted(reasons: Sequence[str], worst_case: float) -> int:
    """Return how many readings that name a crux count for its place: all, or none where it moves the answers too little."""
    return len(reasons) if worst_case >= NOTICEABLE else 0


def comes_later(shift: float, largest: float, *, disputed: bool, readings: int = 0) -> bool:
    """Say whether a subject that moves the answers by ``shift`` is told after those that the sources dispute; ``largest``: of any.

    ``readings``: how many name it as decisive and count (`readings_counted`): what is unlikely moves little on average.
    """
    return not disputed or (shift < OF_THE_LARGEST * largest and not readings)


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


def named_decisive(view: View, question: Question) -> dict[str, tuple[str, ...]]:
    """Return why readings of the whole name a representative claim or link as what the inquiry turns on, a reason a reading.

    A step is named with every link that takes it: the same premises, target and relation, in other words. Of a sub-question nobody is
    asked (`agents.decisive`).
    """
    if question.parent is not None:
        return {}
    named = {(identity(view, tag.record), tag.name): tag.value for tag in view.all(Tag) if tag.name.startswith(DECISIVE)}
    reasons: dict[object, tuple[str, ...]] = {}
    for (what, _), reason in sorted(named.items(), key=lambda item: (item[0][1], item[1])):
        reasons[what] = (*reasons.get(what, ()), reason)
    found = {what: said for what, said in reasons.items() if isinstance(what, str)}
    if len(found) < len(reasons):
        found |= {link.id: reasons[same] for link in view.all(Link) if (same := identity(view, link.id)) in reasons}
    return found


def concluded(view: View) -> frozenset[str]:
    """Return the representative claims of which two readings of the whole say that they only say which answer is right, or how likely."""
    said = {
        (view.representative(tag.record)[0], tag.name)
        for tag in view.all(Tag)
        if tag.name.startswith(CONCLUSION) and tag.record.startswith("claim-")
    }
    return frozenset(claim for claim, times in Counter(claim for claim, _ in said).items() if times > 1)


def identity(view: View, record: str) -> object:
    """Return what a claim or link is for whoever asks what is disputed: of a claim the one that stands for it, of a link the step."""
    link = view.find(record)
    if not isinstance(link, Link):
        return view.representative(record)[0]
    return frozenset(map(view.representative, link.premises)), view.representative(link.target), link.relation
