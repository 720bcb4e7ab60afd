"""Circles of reasons: seen before they close, at a cost that a map of 50,000 links can bear, and cut (facts/credence.md 2.5).

An order of the nodes is kept in which parents come first; an arc against the order makes the nodes between its ends be looked at and put
right (Pearce and Kelly 2006, "A dynamic topological sort algorithm for directed acyclic graphs"). Arcs along the order cost nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

from credence.judgments import NEVER_CERTAIN, expit, logit
from credence.maps import QUESTION, ArgumentMap, Bond
from credence.results import LeftOut


class Ancestry:
    """Who stands above whom, without circles."""

    def __init__(self, nodes: Iterable[str]) -> None:
        """Start with nodes in an order that is likely to have parents first."""
        self._place = {node: at for at, node in enumerate(nodes)}
        self._children: dict[str, set[str]] = defaultdict(set)
        self._parents: dict[str, set[str]] = defaultdict(set)

    def add(self, parent: str, child: str) -> bool:
        """Put a child under a parent; False, and nothing done, if the parent stands under the child already."""
        if child in self._children[parent]:
            return True
        if parent == child:
            return False
        if self._place[child] < self._place[parent]:
            below = self._between(child, self._children, lowest=self._place[child], highest=self._place[parent])
            if parent in below:
                return False
            above = self._between(parent, self._parents, lowest=self._place[child], highest=self._place[parent])
            self._reorder(above, below)
        self._children[parent].add(child)
        self._parents[child].add(parent)
        return True

    def add_all(self, pairs: Iterable[tuple[str, str]]) -> bool:
        """Add (parent, child) pairs, all or, if one would close a circle, none."""
        added: list[tuple[str, str]] = []
        for parent, child in pairs:
            known = child in self._children[parent]
            if not self.add(parent, child):
                for one, other in added:
                    self._children[one].discard(other)
                    self._parents[other].discard(one)
                return False
            if not known:
                added.append((parent, child))
        return True

    def in_order(self) -> list[str]:
        """Return the nodes, parents before children."""
        return sorted(self._place, key=self._place.__getitem__)

    def _between(self, start: str, steps: dict[str, set[str]], *, lowest: int, highest: int) -> set[str]:
        """Return what can be reached from a node by steps that stay between two places."""
        found, stack = {start}, [start]
        while stack:
            for other in steps[stack.pop()]:
                if other not in found and lowest <= self._place[other] <= highest:
                    found.add(other)
                    stack.append(other)
        return found

    def _reorder(self, above: set[str], below: set[str]) -> None:
        moved = [*sorted(above, key=self._place.__getitem__), *sorted(below, key=self._place.__getitem__)]
        places = sorted(self._place[node] for node in moved)
        for node, place in zip(moved, places, strict=True):
            self._place[node] = place


def cut_circles(argument_map: ArgumentMap) -> None:
    """Merge links that lean on each other, then leave out each link that would close a circle.

    Links that lead away from the question go first, then the weakest; undercuts are taken after all others.
    """
    distance = _distances(argument_map.bonds)
    bonds = _merged(argument_map, distance)
    ancestry = Ancestry([QUESTION, *argument_map.variables])
    kept: dict[str, Bond] = {}

    def leads_away(bond: Bond) -> bool:
        return any(distance[bond.target] > distance[variable] for variable in bond.variables)

    for bond in sorted(bonds, key=lambda bond: (leads_away(bond), -bond.strength, bond.link)):
        if ancestry.add_all((bond.target, variable) for variable in bond.variables):
            kept[bond.link] = bond
        else:
            argument_map.left_out.append(
                LeftOut(bond.link, "it closes a circle of reasons; those nearer to the question or stronger count")
            )
    undercuts = []
    for undercut in argument_map.undercuts:
        moved = kept[undercut.attacked].variables if undercut.attacked in kept else []
        if moved and ancestry.add_all((attacker, variable) for attacker in undercut.variables for variable in moved):
            undercuts.append(undercut)
        elif moved:
            argument_map.left_out.append(LeftOut(undercut.link, "it attacks a link on which it rests itself"))
    argument_map.bonds, argument_map.undercuts = [kept[link] for link in sorted(kept)], undercuts
    argument_map.order = ancestry.in_order()


def _distances(bonds: Iterable[Bond]) -> Mapping[str, float]:
    """Return how many links lie between each variable and the question; infinite for those that only undercut."""
    premises: dict[str, list[str]] = defaultdict(list)
    for bond in bonds:
        premises[bond.target] += bond.variables
    found: dict[str, float] = defaultdict(lambda: math.inf)
    found[QUESTION] = 0
    queue = deque([QUESTION])
    while queue:
        variable = queue.popleft()
        for premise in premises[variable]:
            if premise not in found:
                found[premise] = found[variable] + 1
                queue.append(premise)
    return found


def _merged(argument_map: ArgumentMap, distance: Mapping[str, float]) -> list[Bond]:
    """Make one symmetric coupling of two links between the same claims in opposite directions: as strong as the stronger, not their sum.

    What both directions share is the odds ratio of the two claims, so the link that leads to the question stays and takes the stronger's.
    """
    ends = {(bond.premises[0].variable, bond.target): bond for bond in argument_map.bonds if len(bond.premises) == 1}
    changed: dict[str, Bond | None] = {}
    for (premise, target), back in ends.items():
        onward = ends.get((target, premise))
        if onward is None or {argument_map.states(premise), argument_map.states(target)} != {2}:
            continue
        if (distance[onward.target], onward.link) < (distance[back.target], back.link):
            changed[back.link] = None
            changed[onward.link] = _as_strong(onward, back) if back.strength > onward.strength else onward
            reason = f"it couples the claims of {onward.link} the other way round; the stronger of the two counts, once"
            argument_map.left_out.append(LeftOut(back.link, reason))
    bonds = (changed.get(bond.link, bond) for bond in argument_map.bonds)
    return [bond for bond in bonds if bond is not None]


def _as_strong(onward: Bond, back: Bond) -> Bond:
    """Give a link the log odds ratio and the warrant of its reverse, about the same mean log-odds."""
    middle = sum(logit(value) for value in onward.expected) / 2
    ratio = logit(back.expected[1]) - logit(back.expected[0])
    if (onward.premises[0].states == (0,)) != (back.premises[0].states == (0,)):
        ratio = -ratio
    rates = (expit(middle + sign * ratio / 2) for sign in (-1, 1))
    return replace(onward, expected=tuple(min(max(rate, NEVER_CERTAIN), 1 - NEVER_CERTAIN) for rate in rates), warrant=back.warrant)
