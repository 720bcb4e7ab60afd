"""Seeing a circle of reasons before it closes, at a cost that a map of 50,000 links can bear.

An order of the nodes is kept in which parents come first; an arc against the order makes the nodes between its ends be looked at and put
right (Pearce and Kelly 2006, "A dynamic topological sort algorithm for directed acyclic graphs"). Arcs along the order cost nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


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
