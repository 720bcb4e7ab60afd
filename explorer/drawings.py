"""A part of the argument as a picture: SVG that needs no script, prints, and whose boxes are links."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from explorer.maps import ArgumentMap, MapNode

BOX: Final = (218, 84)
"""Width and height of a claim's box, in pixels."""
MOST_DRAWN: Final = 16
"""Boxes of a drawing on a page; more are read as a list, or on the map."""
WIDEST: Final = 4
"""Boxes side by side."""
_WORDS = {
    "supports": "is a reason for",
    "attacks": "is a reason against",
    "undercuts": "defeats",
}


def drawing(whole: ArgumentMap, shown: Collection[str], title: str) -> Markup:
    """Draw those of a map's answers and claims that are linked to each other, what something is offered for above it."""
    nodes = {node.id: node for node in whole.nodes if node.id in shown and node.kind in {"answer", "claim"}}
    pairs = _pairs(whole, nodes)
    linked = {node for source, target, _ in pairs for node in (source, target)}
    nodes = {key: node for key, node in nodes.items() if key in linked}
    if not nodes:
        return Markup("")
    places = _rows(nodes, pairs)
    width = max(x for x, _ in places.values()) + BOX[0] + 20
    height = max(y for _, y in places.values()) + BOX[1] + 20
    lines = Markup("").join(
        Markup('<path class="edge {}" marker-end="url(#tip)" d="M{} {}C{} {} {} {} {} {}"><title>{}</title></path>').format(
            relation,
            places[source][0] + BOX[0] / 2,
            places[source][1],
            places[source][0] + BOX[0] / 2,
            places[source][1] - 30,
            places[target][0] + BOX[0] / 2,
            places[target][1] + BOX[1] + 36,
            places[target][0] + BOX[0] / 2,
            places[target][1] + BOX[1] + 6,
            _WORDS[relation],
        )
        for source, target, relation in pairs
    )
    boxes = Markup("").join(_box(node, *places[node.id]) for node in nodes.values())
    return Markup(  # all literal; what is filled in is escaped
        '<svg class="drawing" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="group" aria-label="{2}">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8Z"/></marker></defs>{3}{4}</svg>'
    ).format(width, height, title, lines, boxes)


def _rows(nodes: Mapping[str, MapNode], pairs: Sequence[tuple[str, str, str]]) -> dict[str, tuple[float, float]]:
    """Place each node a row below the highest thing that it is offered for, in each row in the order of reading."""
    targets: dict[str, set[str]] = {node: set() for node in nodes}
    for source, target, _ in pairs:
        targets[source].add(target)
    depth = {node: 0 for node in nodes if not targets[node]}
    while True:
        fresh = {node: 1 + min(depth[target] for target in targets[node] if target in depth) for node in nodes.keys() - depth.keys()
                 if targets[node] & depth.keys()}  # fmt: skip
        if not fresh:
            break
        depth |= fresh
    depth |= dict.fromkeys(nodes.keys() - depth.keys(), 0)  # they stand in a circle
    places: dict[str, tuple[float, float]] = {}
    y = 10.0
    widest = min(WIDEST, max(Counter(depth.values()).values()))
    for level in range(max(depth.values()) + 1):
        row = [node for node in nodes.values() if depth[node.id] == level]
        for start in range(0, len(row), WIDEST):
            shelf = row[start : start + WIDEST]
            left = 10.0 + (widest - len(shelf)) * (BOX[0] + 18) / 2
            places |= {node.id: (left + at * (BOX[0] + 18), y) for at, node in enumerate(shelf)}
            y += BOX[1] + 46
    return places


def _pairs(whole: ArgumentMap, nodes: Mapping[str, MapNode]) -> list[tuple[str, str, str]]:
    """Return what leads from one shown node to another; what attacks a step leads to the first of its premises."""
    first = {line.id: line.premises[0] for line in whole.lines}
    found = []
    for line in whole.lines:
        target = first.get(line.target, line.target)
        found += [
            (premise, target, line.relation.value)
            for premise in line.premises
            if premise in nodes and target in nodes and premise != target
        ]
    return list(dict.fromkeys(found))


def _box(node: MapNode, x: float, y: float) -> Markup:
    lines = textwrap.wrap(node.text, 29)
    if len(lines) > 4:
        lines = [*lines[:3], textwrap.shorten(" ".join(lines[3:]), 28, placeholder=" …")]
    words = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(x + 9, y + 20 + 17 * number, line) for number, line in enumerate(lines)
    )
    shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>').format(
        node.kind, x, y, BOX[0], BOX[1], 18 if node.kind == "answer" else 4
    )
    return Markup('<a href="{}" aria-label="{}">{}{}</a>').format(node.address, node.text, shape, words)
