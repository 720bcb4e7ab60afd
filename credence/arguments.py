"""From links to the argument about one question: which claims and links can matter to it, in what order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from credence import defaults
from credence.judgments import Judgments, logit
from credence.results import LeftOut
from credence.testimony import Evidence, evidence_for
from knowledge.records import Answer, Link, Relation
from knowledge.views import View

QUESTION = "question"
"""The network's name for the question's own variable."""


@dataclass(frozen=True)
class Bond:
    """A link between variables: premises (representative, negated) and P(all premises | state) for each state of the target.

    ``target`` is a representative claim or `QUESTION`; the states of a claim are false, true.
    """

    link: str
    premises: tuple[tuple[str, bool], ...]
    target: str
    expected: tuple[float, ...]
    warrant: float

    @property
    def strength(self) -> float:
        """How far the target can move the premises, in nats, discounted by the warrant."""
        odds = [logit(value) for value in self.expected]
        return self.warrant * (max(odds) - min(odds))


@dataclass(frozen=True)
class Undercutting:
    """Claims (representative, negated) that attack a bond's warrant, and how completely."""

    link: str
    premises: tuple[tuple[str, bool], ...]
    attacked: str
    defeat: float


@dataclass
class ArgumentMap:
    """What bears on one question, ready to be compiled; acyclic, nothing barren, all in the order of ids."""

    answers: tuple[Answer, ...]
    bonds: list[Bond]
    undercuts: list[Undercutting]
    evidence: dict[str, Evidence]
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def claims(self) -> list[str]:
        """The representative claims of the map, in order."""
        named = {claim for bond in self.bonds for claim, _ in bond.premises}
        named |= {bond.target for bond in self.bonds if bond.target != QUESTION}
        named |= {claim for undercut in self.undercuts for claim, _ in undercut.premises}
        return sorted(named)


def map_arguments(view: View, answers: Sequence[Answer], judgments: Judgments) -> ArgumentMap:
    """Gather the links that lead to a question's answers and drop what can't matter (facts/credence.md 2.11)."""
    reaching, undercutting = _reaching(view, {answer.id for answer in answers})
    left_out: list[LeftOut] = []
    bonds = _unlike([_bond(link, view, answers, judgments) for link in reaching], left_out)
    bonds = _at_most_targets(bonds, defaults.MOST_TARGETS, left_out)
    kept = {bond.link for bond in bonds}
    undercuts = [_undercutting(link, view, judgments) for link in undercutting if link.target in kept]
    evidence = {
        claim: evidence_for(claim, view, judgments)
        for claim in sorted(
            {claim for bond in bonds for claim, _ in bond.premises}
            | {bond.target for bond in bonds if bond.target != QUESTION}
            | {claim for undercut in undercuts for claim, _ in undercut.premises}
        )
    }
    bonds, undercuts = _fruitful(bonds, undercuts, evidence)
    if len(bonds) > defaults.MOST_BONDS:
        bonds, undercuts = _fruitful(_weightiest(bonds, evidence, left_out), undercuts, evidence)
    argument_map = ArgumentMap(tuple(answers), bonds, undercuts, evidence, left_out)
    _cut_cycles(argument_map)
    return argument_map


def _reaching(view: View, answers: set[str]) -> tuple[list[Link], list[Link]]:
    """Walk from the answers against the links: what supports or attacks them, what attacks those links, and so on."""
    by_target: dict[str, list[Link]] = defaultdict(list)
    for link in view.all(Link):
        target = view.representative(link.target)[0] if link.target.startswith("claim-") else link.target
        by_target[target].append(link)
    seen: dict[str, Link] = {}
    frontier = sorted(answers)
    visited = set(frontier)
    while frontier:
        target = frontier.pop()
        for link in by_target[target]:
            seen[link.id] = link
            following = [view.representative(claim)[0] for claim in link.premises] + [link.id]
            frontier += [place for place in following if place not in visited]
            visited.update(following)
    links = [seen[key] for key in sorted(seen)]
    undercuts = [link for link in links if link.relation is Relation.UNDERCUTS]
    return [link for link in links if link.relation is not Relation.UNDERCUTS], undercuts


def _bond(link: Link, view: View, answers: Sequence[Answer], judgments: Judgments) -> Bond:
    premises = tuple(view.representative(claim) for claim in link.premises)
    if not link.target.startswith("claim-"):
        return Bond(link.id, premises, QUESTION, tuple(judgments.expected_under(link, answers)), judgments.warrant(link))
    target, negated = view.representative(link.target)
    expected = judgments.expected_if(link)
    return Bond(link.id, premises, target, tuple(reversed(expected) if negated else expected), judgments.warrant(link))


def _undercutting(link: Link, view: View, judgments: Judgments) -> Undercutting:
    return Undercutting(link.id, tuple(view.representative(claim) for claim in link.premises), link.target, judgments.defeat(link))


def _unlike(bonds: list[Bond], left_out: list[LeftOut]) -> list[Bond]:
    """Drop bonds of a claim with itself, and of those with the same ends and direction all but the strongest."""
    strongest: dict[tuple[object, ...], Bond] = {}
    for bond in sorted(bonds, key=lambda bond: (-bond.strength, bond.link)):
        if any(claim == bond.target for claim, _ in bond.premises):
            left_out.append(LeftOut(bond.link, "its premise and its target say the same"))
            continue
        favoured = bond.expected.index(max(bond.expected))
        first = strongest.setdefault((frozenset(bond.premises), bond.target, favoured), bond)
        if first is not bond:
            left_out.append(LeftOut(bond.link, f"the same step as {first.link}"))
    return sorted(strongest.values(), key=lambda bond: bond.link)


def _at_most_targets(bonds: list[Bond], most: int, left_out: list[LeftOut]) -> list[Bond]:
    """Keep each premise's strongest bonds."""
    taken: dict[str, int] = defaultdict(int)
    kept = []
    for bond in sorted(bonds, key=lambda bond: (-bond.strength, bond.link)):
        if any(taken[claim] >= most for claim, _ in bond.premises):
            left_out.append(LeftOut(bond.link, f"its premise has {most} stronger links"))
            continue
        for claim, _ in bond.premises:
            taken[claim] += 1
        kept.append(bond)
    return sorted(kept, key=lambda bond: bond.link)


def _weightiest(bonds: list[Bond], evidence: dict[str, Evidence], left_out: list[LeftOut]) -> list[Bond]:
    """Keep the bonds that can carry most: those to the question first, then by strength times what is known of the premises."""

    def weight(bond: Bond) -> tuple[bool, float, str]:
        known = max(abs(evidence[claim].weight) for claim, _ in bond.premises)
        return bond.target != QUESTION, -bond.strength * (0.1 + known), bond.link

    ordered = sorted(bonds, key=weight)
    why = f"the {defaults.MOST_BONDS} weightiest links on this question count"
    left_out += [LeftOut(bond.link, why) for bond in ordered[defaults.MOST_BONDS :]]
    return sorted(ordered[: defaults.MOST_BONDS], key=lambda bond: bond.link)


def _fruitful(bonds: list[Bond], undercuts: list[Undercutting], evidence: dict[str, Evidence]) -> tuple[list[Bond], list[Undercutting]]:
    """Drop, until nothing more falls, bonds and undercuts from claims with no evidence of their own or below them."""
    while True:
        fed = {claim for claim, found in evidence.items() if found.pieces}
        fed |= {bond.target for bond in bonds if bond.target != QUESTION}
        kept = [bond for bond in bonds if any(claim in fed for claim, _ in bond.premises)]
        alive = {bond.link for bond in kept}
        kept_undercuts = [
            undercut for undercut in undercuts if undercut.attacked in alive and any(claim in fed for claim, _ in undercut.premises)
        ]
        reached = _reached(kept, kept_undercuts)
        kept = [bond for bond in kept if bond.target in reached]
        if len(kept) == len(bonds) and len(kept_undercuts) == len(undercuts):
            return kept, kept_undercuts
        bonds, undercuts = kept, kept_undercuts


def _reached(bonds: list[Bond], undercuts: list[Undercutting]) -> set[str]:
    """Return the variables from which the question can still be reached."""
    reached = {QUESTION}
    while True:
        more = {claim for bond in bonds if bond.target in reached for claim, _ in bond.premises}
        alive = {bond.link for bond in bonds if bond.target in reached}
        more |= {claim for undercut in undercuts if undercut.attacked in alive for claim, _ in undercut.premises}
        if more <= reached:
            return reached
        reached |= more


class _Ancestry:
    """Who stands above whom so far, to see a circle before it closes."""

    def __init__(self) -> None:
        self._children: dict[str, set[str]] = defaultdict(set)

    def would_close(self, parent: str, children: Sequence[str]) -> bool:
        """Say whether the parent can be reached from one of the children."""
        stack, seen = list(children), set(children)
        while stack:
            node = stack.pop()
            if node == parent:
                return True
            fresh = self._children[node] - seen
            seen |= fresh
            stack += fresh
        return False

    def add(self, parent: str, children: Sequence[str]) -> None:
        """Note children of a parent."""
        self._children[parent].update(children)


def _cut_cycles(argument_map: ArgumentMap) -> None:
    """Take bonds strongest first and leave out each that would close a circle; undercuts after them."""
    ancestry = _Ancestry()
    kept: dict[str, Bond] = {}
    for bond in sorted(argument_map.bonds, key=lambda bond: (-bond.strength, bond.link)):
        premises = [claim for claim, _ in bond.premises]
        if ancestry.would_close(bond.target, premises):
            argument_map.left_out.append(LeftOut(bond.link, "it closes a circle of reasons; the circle's stronger links count"))
        else:
            ancestry.add(bond.target, premises)
            kept[bond.link] = bond
    undercuts = []
    for undercut in argument_map.undercuts:
        moved = [claim for claim, _ in kept[undercut.attacked].premises] if undercut.attacked in kept else []
        if any(ancestry.would_close(claim, moved) for claim, _ in undercut.premises):
            argument_map.left_out.append(LeftOut(undercut.link, "it attacks a link on which it rests itself"))
        elif moved:
            for claim, _ in undercut.premises:
                ancestry.add(claim, moved)
            undercuts.append(undercut)
    argument_map.bonds, argument_map.undercuts = [kept[link] for link in sorted(kept)], undercuts
