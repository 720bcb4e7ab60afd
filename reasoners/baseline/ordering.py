"""Links by plain order: results before the conclusion that speaks of them, reasons around what should be done, concessions and their answers.

Found with `cruxmap eval` on short argumentative texts and abstracts of trials; docs/evals.md says what it was worth there and on the gold cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from knowledge.vocabulary import Relation
from reasoners.baseline.lexicons import any_of, stems
from reasoners.baseline.steps import Objection, Reason, Said, Steps

REACH: Final = 4
"""Claims between a reason and what should be done; more bring no more (measured from 1 to 6)."""
RESULTS_REACH: Final = 8
"""Claims between a result and the conclusion that speaks of it: the length of an abstract."""
SHARED: Final = 2
"""Content words that a result shares with its conclusion. None does best on abstracts, but links what has nothing to do with each other in
longer documents."""
SHORT: Final = 8
"""Claims of a text that argues one thing, so that what stands around its advice is for it. In longer ones a reason shares words with it."""
_PRESCRIBES: Final = any_of("should(?:n't)?", "must(?:n't)?", "ought", "needs? to(?: be)?", "had better", "have to be")
_FIGURE: Final = re.compile(r"\d")
_RESULT: Final = re.compile(r"\bsignificant(?:ly)?\b|\bdiffer(?:ence|ed|ences)\b|\bresults?\b|\bcompared (?:with|to)\b", re.IGNORECASE)
_CONCEDES: Final = re.compile(
    r"^(?:and |but )?(?:granted|admittedly|of course|yes|true|indeed|certainly|clearly|sure(?:ly)?|naturally|undoubtedly|it(?: is|'s) true|to be sure|"
    r"on the one hand|although|though|even (?:if|though)|while|opponents|critics|some (?:people )?(?:say|argue|claim|think|believe))\b",
    re.IGNORECASE,
)
_ALLOWS: Final = any_of("may (?:think|say|argue|well|indeed|be)", "might (?:think|say|argue|well)", "do(?:es)? (?:often|indeed|sometimes)")
_TURNS: Final = re.compile(r"^(?:but|yet|however|nevertheless|nonetheless|still|on the other hand|instead)\b", re.IGNORECASE)


@dataclass
class _Found:
    """Links so far; ``conceded`` maps a concession's claim to its link's place, from 1."""

    links: list[Reason]
    undercuts: list[Objection]
    conceded: dict[int, int] = field(default_factory=dict)


def in_order(claims: Sequence[Said], marked: Steps) -> Steps:
    """Add to the links that connectives mark those that plain order makes, for claims that give no reason yet."""
    found = _Found(list(marked.links), list(marked.undercuts))
    given = {premise for link in marked.links for premise in link.premises} | {undercut.premise for undercut in marked.undercuts}
    advice = [claim for claim in claims if _PRESCRIBES.search(claim.passage)]
    measured = any(_figures(claim) for claim in claims)
    for at, here in enumerate(claims):
        if here.number in given or here in advice:
            continue
        before = claims[at - 1].number if at else 0
        if _TURNS.match(here.passage) and before in found.conceded:
            found.undercuts.append(
                Objection(premise=here.number, link=found.conceded[before], warrant=_warrant(here, "takes back what was conceded before"))
            )
        elif measured and (_figures(here) or _RESULT.search(here.passage)) and (conclusion := _conclusion(here, claims)):
            found.links.append(_link(here, conclusion, Relation.SUPPORTS, "is a result on which the conclusion rests"))
        elif (advised := _nearest(here, advice, claims)) is not None:
            _reason(here, advised, found)
    return Steps(links=tuple(found.links), undercuts=tuple(found.undercuts))


def _reason(here: Said, advised: Said, found: _Found) -> None:
    """Link a claim to what should be done: a reason for it, or a concession to the other side."""
    if _CONCEDES.match(here.passage) or _ALLOWS.search(here.passage):
        found.links.append(_link(here, advised, Relation.ATTACKS, "is conceded to those who would not do it"))
        found.conceded[here.number] = len(found.links)
    else:
        found.links.append(_link(here, advised, Relation.SUPPORTS, "is a reason to do it"))


def _figures(claim: Said) -> bool:
    """Say whether a claim gives a result in figures."""
    return _FIGURE.search(claim.passage) is not None


def _conclusion(here: Said, claims: Sequence[Said]) -> Said | None:
    """Find the later claim without figures that is most about the same: the share of its content words, the earlier if equal."""
    words = stems(here.claim)
    later = [
        one
        for one in _own(here, claims, RESULTS_REACH)
        if one.number > here.number and not _figures(one) and not _RESULT.search(one.passage)
    ]
    later = [one for one in later if len(stems(one.claim) & words) >= SHARED]
    return max(later, key=lambda one: (len(stems(one.claim) & words) / max(len(stems(one.claim)), 1), -one.number), default=None)


def _nearest(here: Said, advice: Sequence[Said], claims: Sequence[Said]) -> Said | None:
    """Find the advice that a claim is next to, in a longer text only if they share a content word."""
    near = [one for one in _own(here, advice, REACH) if len(claims) <= SHORT or stems(one.claim) & stems(here.claim)]
    return min(near, key=lambda one: (abs(one.number - here.number), -one.number), default=None)


def _own(here: Said, claims: Sequence[Said], reach: int) -> Iterator[Said]:
    """Yield what the same speaker says within reach: one's reasons are for one's own conclusions."""
    return (one for one in claims if one.number != here.number and one.speaker == here.speaker and abs(one.number - here.number) <= reach)


def _link(here: Said, other: Said, relation: Relation, what: str) -> Reason:
    return Reason(premises=(here.number,), conclusion=other.number, relation=relation, warrant=_warrant(here, what))


def _warrant(here: Said, what: str) -> str:
    words = here.claim.rstrip(".").split()
    short = " ".join(words[:18]) + (" ..." if len(words) > 18 else "")
    return f"That “{short}” {what}, as the order of the text has it."
