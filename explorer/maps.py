"""The map: where each answer, claim, step and origin stands, so that the argument can be read from the top down.

Layout: answers at the top; below each, the claims offered for or against it, below each of those what is offered for or against it. A
claim that bears on several stands below the nearest; its other links cross. Siblings are packed on shelves, so that a hundred reasons
for one answer make a block and no line. A position depends on the records alone, so two revisions look alike where they are alike.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from explorer.entries import ClaimEntry
from explorer.summaries import Summary
from explorer.wording import named
from knowledge.records import UNKNOWN, Link, Relation
from knowledge.views import View

CELL: Final = (230.0, 116.0)
"""Width and height that a claim takes with the room around it, in units of the map (pixels at full size)."""
BLOCK_GAP: Final = 180.0
LOOSE: Final = "loose"
"""Stands for the question of what bears on no answer."""


@dataclass(frozen=True)
class MapNode:
    """An answer, a claim, a step (a link of several premises, or one that is attacked), an origin, or the heading of a question."""

    id: str
    kind: str
    text: str
    address: str
    x: float
    y: float
    credence: float | None = None
    name: str = ""
    crux: bool = False
    finding: bool = False
    sources: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    years: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapEdge:
    """What leads from one node to another: supports, attacks, undercuts, joins (a premise to its step) or leans (on an origin)."""

    source: str
    target: str
    relation: str
    crosses: bool = False
    """Whether it leads to another place than the one below which its premise stands."""


@dataclass(frozen=True)
class Outline:
    """The map as a list: how deep, what it is to the one above it, and which node."""

    depth: int
    relation: str
    node: str


@dataclass(frozen=True)
class ArgumentMap:
    """The whole map. ``first`` names the nodes to show at first: those of the inquiry."""

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    outline: tuple[Outline, ...]
    first: tuple[str, ...]


@dataclass
class _Box:
    """A node with all below it, packed: sizes, and each node's place relative to the box's upper left corner."""

    width: float
    height: float
    places: dict[str, tuple[float, float]] = field(default_factory=dict)


class Forest:
    """Which node each claim stands below: the nearest to an answer, found breadth first."""

    def __init__(self, view: View, roots: Sequence[str], claims: Iterable[str]) -> None:
        self.children: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.order: list[str] = []
        self._by_target: dict[str, list[Link]] = defaultdict(list)
        self._view = view
        for link in view.all(Link):
            self._by_target[self._standing_for(link.target)].append(link)
        self._seen = set(roots)
        self._grow(roots)
        self.loose_roots: list[str] = []
        linked = {self._standing_for(claim) for link in view.all(Link) for claim in (*link.premises, link.target)}
        for claim in sorted(set(claims) & linked - self._seen, key=lambda one: (bool(self._by_target[one]) is False, one)):
            if claim not in self._seen:
                self.loose_roots.append(claim)
                self._seen.add(claim)
                self._grow([claim])

    def _standing_for(self, record: str) -> str:
        return self._view.representative(record)[0] if record.startswith("claim-") else record

    def _grow(self, roots: Sequence[str]) -> None:
        waiting = deque(roots)
        while waiting:
            node = waiting.popleft()
            self.order.append(node)
            for link in self._by_target[node]:
                home = node
                for premise in map(self._standing_for, link.premises):
                    if premise not in self._seen:
                        self._seen.add(premise)
                        self.children[home].append((premise, link.relation.value))
                        waiting.append(premise)
                self._undercuts(link, waiting)

    def _undercuts(self, link: Link, waiting: deque[str]) -> None:
        """Put what attacks a step below the first of the step's premises."""
        home = self._standing_for(link.premises[0])
        stack = list(self._by_target[link.id])
        while stack:
            undercut = stack.pop()
            stack += self._by_target[undercut.id]
            for premise in map(self._standing_for, undercut.premises):
                if premise not in self._seen:
                    self._seen.add(premise)
                    self.children[home].append((premise, Relation.UNDERCUTS.value))
                    waiting.append(premise)


def argument_map(
    view: View,
    summary: Summary,
    claims: Sequence[ClaimEntry],
    credences: Mapping[str, float],
    addresses: Mapping[str, str],
    *,
    origins: Mapping[str, tuple[str, frozenset[str]]],
) -> ArgumentMap:
    """Lay out everything. ``addresses``: the page of every node; ``origins``: (name, claims that lean on it) of each shared upstream."""
    answers = [answer.id for question in summary.questions for answer in question.answers]
    forest = Forest(view, answers, [claim.id for claim in claims])
    boxes = packed(forest, _ranks(claims, credences))
    blocks: list[tuple[str, str, list[str]]] = [
        (question.id, question.text, [answer.id for answer in question.answers]) for question in summary.questions
    ]
    if forest.loose_roots:
        blocks.append((LOOSE, "Reasons that lead to no answer yet", forest.loose_roots))
    alone = [claim.id for claim in claims if claim.id not in set(forest.order)]
    if alone:
        blocks.append(("alone", "Claims that nothing was linked to", alone))
        boxes |= {claim: _Box(*CELL, {claim: (CELL[0] / 2, CELL[1] / 2)}) for claim in alone}
    places, headings = _placed(blocks, boxes)
    nodes = _nodes(view, summary, claims, credences, addresses, places)
    nodes += [MapNode(block, "question", text, "", *headings[block]) for block, text, _ in blocks]
    edges = _edges(view, places, nodes, {child: node for node, below in forest.children.items() for child, _ in below})
    floor = max((y for _, y in places.values()), default=0.0) + 2 * CELL[1]
    for number, (origin, (name, leaning)) in enumerate(origins.items()):
        nodes.append(MapNode(origin, "origin", name, addresses[origin], CELL[0] * (1.2 * number + 0.5), floor))
        edges += [MapEdge(claim, origin, "leans") for claim in sorted(leaning)]
    first = [blocks[0][0], *_below(forest, blocks[0][2])] if summary.questions else []
    return ArgumentMap(tuple(nodes), tuple(edges), tuple(_outline(forest, blocks)), tuple(first))


def _ranks(claims: Sequence[ClaimEntry], credences: Mapping[str, float]) -> dict[str, tuple[float, ...]]:
    return {claim.id: (-float(claim.weight), -credences.get(claim.id, 0.0), float(number)) for number, claim in enumerate(claims)}


_SIDES: Final = {Relation.SUPPORTS.value: 0, Relation.ATTACKS.value: 1, Relation.UNDERCUTS.value: 2}


def packed(forest: Forest, ranks: Mapping[str, tuple[float, ...]]) -> dict[str, _Box]:
    """Pack each node with all below it, from the leaves up: supports first, then attacks, the weightiest first."""
    boxes: dict[str, _Box] = {}
    for node in reversed(forest.order):
        below = sorted(forest.children[node], key=lambda child: (_SIDES[child[1]], ranks.get(child[0], ())))
        forest.children[node] = below
        box = _shelved([boxes[child] for child, _ in below], least=2, shape=1.0)
        width = max(CELL[0], box.width)
        shift = (width - box.width) / 2
        places = {name: (x + shift, y + CELL[1] * (1.25 if below else 1)) for name, (x, y) in box.places.items()}
        boxes[node] = _Box(width, CELL[1] * (1.25 if below else 1) + box.height, {node: (width / 2, CELL[1] / 2), **places})
    return boxes


def _shelved(boxes: Sequence[_Box], *, least: int, shape: float) -> _Box:
    """Put boxes side by side on shelves: at least ``least`` cells wide, and if they are many, about ``shape`` squared as wide as high."""
    if not boxes:
        return _Box(0.0, 0.0)
    area = sum(box.width * box.height for box in boxes)
    limit = max(least * CELL[0], *(box.width for box in boxes), shape * math.sqrt(area)) + 1e-6
    x = y = shelf = width = 0.0
    places: dict[str, tuple[float, float]] = {}
    for box in boxes:
        if x and x + box.width > limit:
            x, y, shelf = 0.0, y + shelf, 0.0
        places |= {name: (x + left, y + top) for name, (left, top) in box.places.items()}
        x += box.width
        width, shelf = max(width, x), max(shelf, box.height)
    return _Box(width, y + shelf, places)


def _placed(
    blocks: Sequence[tuple[str, str, list[str]]], boxes: Mapping[str, _Box]
) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]]]:
    """Place each question's block, its heading above it; blocks go on shelves too."""
    built = []
    for block, _, roots in blocks:
        inner = _shelved([boxes[root] for root in roots], least=12, shape=1.5)
        places = {name: (x, y + CELL[1]) for name, (x, y) in inner.places.items()}
        places[f"heading {block}"] = (inner.width / 2, CELL[1] / 2)
        built.append(_Box(max(inner.width, 3 * CELL[0]) + BLOCK_GAP, inner.height + CELL[1] + BLOCK_GAP, places))
    whole = _shelved(built, least=14, shape=1.4).places
    headings = {block: whole.pop(f"heading {block}") for block, _, _ in blocks}
    return whole, headings


def _nodes(
    view: View,
    summary: Summary,
    claims: Sequence[ClaimEntry],
    credences: Mapping[str, float],
    addresses: Mapping[str, str],
    places: Mapping[str, tuple[float, float]],
) -> list[MapNode]:
    cruxes = {crux.subject for question in summary.questions for crux in question.cruxes[:3]}
    flagged = {finding.about for finding in summary.findings}
    nodes = [
        MapNode(answer.id, "answer", answer.text, addresses[answer.id], *places[answer.id], answer.probability, named(answer.name))
        for question in summary.questions
        for answer in question.answers
    ]
    for claim in claims:
        said = claim.quotations
        nodes.append(
            MapNode(
                claim.id,
                "claim",
                claim.text,
                addresses[claim.id],
                *places[claim.id],
                credences.get(claim.id),
                crux=claim.id in cruxes,
                finding=claim.id in flagged or any(one.id in flagged for one in said),
                sources=tuple(dict.fromkeys(one.source_id for one in said)),
                speakers=tuple(dict.fromkeys(one.speaker for one in said)),
                years=tuple(dict.fromkeys(one.said[:4] for one in said if one.said != UNKNOWN)),
            )
        )
    for link in _steps(view):
        ends = [places[view.representative(claim)[0]] for claim in link.premises]
        target = view.representative(link.target)[0] if link.target.startswith("claim-") else link.target
        top = places.get(target) or places[view.representative(view.get(target, Link).premises[0])[0]]
        x = (sum(x for x, _ in ends) / len(ends) + top[0]) / 2
        y = (sum(y for _, y in ends) / len(ends) + top[1]) / 2
        nodes.append(MapNode(link.id, "step", "", addresses[link.id], x, y, crux=link.id in cruxes))
    return nodes


def _steps(view: View) -> list[Link]:
    """Return the links that need a node of their own: with several premises, or attacked themselves."""
    attacked = {link.target for link in view.all(Link)}
    return [link for link in view.all(Link) if len(link.premises) > 1 or link.id in attacked]


def _edges(view: View, places: Mapping[str, tuple[float, float]], nodes: Sequence[MapNode], above: Mapping[str, str]) -> list[MapEdge]:
    steps = {node.id for node in nodes if node.kind == "step"}
    edges = []
    for link in view.all(Link):
        target = view.representative(link.target)[0] if link.target.startswith("claim-") else link.target
        if target not in places and target not in steps:
            continue
        premises = dict.fromkeys(view.representative(claim)[0] for claim in link.premises)
        if link.id in steps:
            edges += [MapEdge(premise, link.id, "joins") for premise in premises]
            edges.append(MapEdge(link.id, target, link.relation.value))
        else:
            edges += [MapEdge(premise, target, link.relation.value, above.get(premise) != target) for premise in premises]
    return edges


def _below(forest: Forest, roots: Sequence[str]) -> list[str]:
    found = list(roots)
    for node in found:  # grows while it is walked
        found += [child for child, _ in forest.children[node]]
    return found


def _outline(forest: Forest, blocks: Sequence[tuple[str, str, list[str]]]) -> Iterable[Outline]:
    for block, _, roots in blocks:
        yield Outline(0, "", block)
        stack = [(root, 1, "") for root in reversed(roots)]
        while stack:
            node, depth, relation = stack.pop()
            yield Outline(depth, relation, node)
            stack += [(child, depth + 1, how) for child, how in reversed(forest.children[node])]
