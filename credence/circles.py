"""Circles of reasons: found, and made blocks or cut, at a cost that a map of 50,000 links can bear (facts/credence.md 2.5).

Where they must be cut, an order of the nodes is kept in which parents come first; an arc against the order makes the nodes between its ends
be looked at and put right (Pearce and Kelly 2006, "A dynamic topological sort algorithm for directed acyclic graphs"). Arcs along the order
cost nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from credence.judgments import NEVER_CERTAIN, expit, logit
from credence.maps import QUESTION, ArgumentMap, Bond, Undercutting, founded, strongest_first
from credence.results import LeftOut

LARGEST_BLOCK: Final = 14.0
"""log2 of a block's table with its warrants: fitting one of 16,000 entries takes some 20 ms. Larger circles are mistakes of extraction."""

OBJECTION_BITS: Final = math.log2(3)
"""What an objection adds to the table of the claim that objects: the states of the warrant; of its own too, where that is attacked."""
OBJECTING: Final = 16.0
"""log2 of the table of a claim that objects while it is made, with the objections' own warrants: six objections, or a few and links."""


class Ancestry:
    """Who stands above whom, without circles."""

    def __init__(self, nodes: Iterable[str]) -> None:
        """Start with nodes in an order that is likely to have parents first."""
        self._place = {node: at for at, node in enumerate(dict.fromkeys(nodes))}
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
    """Merge links that lean on each other; make each larger circle a block, or, where its table would be too large, leave links out.

    Of these the ones that lead away from the question go first, then the weakest; undercuts are taken after all others.
    """
    layers = components(argument_map.bonds, [QUESTION, *argument_map.variables])
    if all(len(layer) == 1 for layer in layers):
        argument_map.undercuts = _without_self_attacks(argument_map, argument_map.bonds, {})
        argument_map.order = [variable for layer in layers for variable in layer]
        return
    distance = _distances(argument_map.bonds)
    bonds = _merged(argument_map, distance)
    layers = components(bonds, [QUESTION, *argument_map.variables])
    rings = [tuple(sorted(layer, key=lambda variable: (distance[variable], variable))) for layer in layers if len(layer) > 1]
    argument_map.circles = [ring for ring in rings if _fits(argument_map, ring, bonds)]
    unit = {variable: ring[0] for ring in argument_map.circles for variable in ring}
    members = {ring[0]: ring for ring in argument_map.circles}
    ancestry = Ancestry(unit.get(variable, variable) for layer in layers for variable in layer)
    kept = bonds
    if len(argument_map.circles) < len(rings):
        kept = _without_circles(argument_map, bonds, ancestry, unit, distance)
    argument_map.undercuts = _without_self_attacks(argument_map, kept, unit)
    argument_map.bonds = sorted(kept, key=lambda bond: bond.link)
    argument_map.order = [variable for one in ancestry.in_order() for variable in members.get(one, (one,))]


def components(bonds: Sequence[Bond], nodes: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what can reach each other along bonds, together, and otherwise targets before premises (Kosaraju's two searches).

    Most arguments have no circle; these are put in order at a third of the cost (Kahn 1962).
    """
    premises: dict[str, list[str]] = defaultdict(list)
    targets: dict[str, list[str]] = defaultdict(list)
    for bond in bonds:
        variables, target = bond.variables, bond.target
        premises[target] += variables
        for variable in variables:
            targets[variable].append(target)
    waiting = {variable: len(its) for variable, its in targets.items()}
    free = [node for node in nodes if node not in waiting]
    for node in free:
        for variable in premises.get(node, ()):
            waiting[variable] -= 1
            if not waiting[variable]:
                free.append(variable)
    if len(free) == len(nodes):
        return [(node,) for node in free]
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for start in reversed(_finished(premises, nodes)):
        if start not in seen:
            together, stack = [start], [start]
            seen.add(start)
            while stack:
                fresh = {other for other in targets.get(stack.pop(), ()) if other not in seen}
                seen |= fresh
                stack += fresh
                together += sorted(fresh)
            found.append(tuple(together))
    return found


def _finished(steps: Mapping[str, Sequence[str]], nodes: Sequence[str]) -> list[str]:
    """Return nodes in the order in which a depth-first search is done with them."""
    found: list[str] = []
    seen: set[str] = set()
    for start in nodes:
        stack = [] if start in seen else [(start, iter(steps.get(start, ())))]
        seen.add(start)
        while stack:
            node, left = stack[-1]
            other = next((one for one in left if one not in seen), None)
            if other is None:
                found.append(node)
                stack.pop()
            else:
                seen.add(other)
                stack.append((other, iter(steps.get(other, ()))))
    return found


def _fits(argument_map: ArgumentMap, ring: Sequence[str], bonds: Sequence[Bond]) -> bool:
    """Say whether a circle can be one table: claims joined by single steps, few enough with their targets and warrants."""
    inside = set(ring)
    own = [bond for bond in bonds if not inside.isdisjoint(bond.variables)]
    steps = [bond.variables for bond in own] + [undercut.variables for undercut in argument_map.undercuts]
    within = any(len(bond.premises) > 1 and bond.target in inside for bond in own) or any(len(inside & {*step}) > 1 for step in steps)
    if within or any(variable.startswith("question-") for variable in ring):
        return False
    outside = {bond.target for bond in own if len(bond.premises) == 1} - inside
    gates = sum(len(bond.premises) == 1 for bond in own)
    # A step with several premises comes to its premise by a variable that tells its target's state, or that it is silent or defeated.
    heard = sum(math.log2(argument_map.states(bond.target) + 2) for bond in own if len(bond.premises) > 1)
    answered = {undercut.attacked for undercut in argument_map.undercuts}
    objecting = [undercut for undercut in argument_map.undercuts if not inside.isdisjoint(undercut.variables)]
    objects = OBJECTION_BITS * len(objecting) + sum(OBJECTION_BITS if undercut.link in answered else 1 for undercut in objecting)
    return len(ring) + sum(math.log2(argument_map.states(target)) for target in outside) + heard + gates + objects <= LARGEST_BLOCK


def _without_circles(
    argument_map: ArgumentMap, bonds: Sequence[Bond], ancestry: Ancestry, unit: Mapping[str, str], distance: Mapping[str, float]
) -> list[Bond]:
    """Keep the bonds that close no circle beyond the blocks."""
    kept: list[Bond] = []

    def leads_away(bond: Bond) -> bool:
        return any(distance[bond.target] > distance[variable] for variable in bond.variables)

    for bond in sorted(bonds, key=lambda bond: (leads_away(bond), strongest_first(bond))):
        target = unit.get(bond.target, bond.target)
        arcs = [(target, unit.get(variable, variable)) for variable in bond.variables]
        inside_a_block = bond.target in unit and arcs == [(target, target)]
        if inside_a_block or ancestry.add_all(arcs):
            kept.append(bond)
        else:
            why = "it closes a circle of reasons too large to be one block; those nearer to the question or stronger count"
            argument_map.left_out.append(LeftOut(bond.link, why))
    return kept


def _without_self_attacks(argument_map: ArgumentMap, bonds: Sequence[Bond], unit: Mapping[str, str]) -> list[Undercutting]:
    """Keep the undercuts but those by a premise of the step that they attack, or by a claim of one circle with it.

    A warrant is expected by nothing, so its step and the objections to it are two things that it leads one to expect, whatever else ties
    them; only a table in which it stood twice can't be made.
    """
    attacked = {undercut.attacked for undercut in argument_map.undercuts}
    variables = {bond.link: bond.variables for bond in bonds if bond.link in attacked}
    variables |= {undercut.link: undercut.variables for undercut in argument_map.undercuts if undercut.link in attacked}
    kept = []
    for undercut in argument_map.undercuts:
        moved = {unit.get(one, one) for one in variables.get(undercut.attacked, ())}
        if moved and moved.isdisjoint(unit.get(attacker, attacker) for attacker in undercut.variables):
            kept.append(undercut)
        elif moved:
            argument_map.left_out.append(LeftOut(undercut.link, "it attacks a link on which it rests itself"))
    alive = {undercut.link for undercut in founded(bonds, kept, argument_map.left_out)}
    return [undercut for undercut in kept if undercut.link in alive]


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
    return onward._replace(expected=tuple(min(max(rate, NEVER_CERTAIN), 1 - NEVER_CERTAIN) for rate in rates), warrant=back.warrant)
