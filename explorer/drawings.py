"""A part of the argument as a picture: SVG that needs no script, prints, and whose boxes are links."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping

from markupsafe import Markup

from explorer.maps import ArgumentMap, MapNode

BOX = (206, 84)
"""Width and height of a claim's box, in pixels."""
_WORDS = {
    "supports": "is a reason for",
    "attacks": "is a reason against",
    "undercuts": "defeats",
    "joins": "with others",
    "leans": "leans on",
}


def drawing(whole: ArgumentMap, shown: Collection[str], title: str) -> Markup:
    """Draw some of a map's nodes where they stand to each other, closed up so that no row or column is empty."""
    nodes = {node.id: node for node in whole.nodes if node.id in shown and node.kind in {"answer", "claim"}}
    if len(nodes) < 2:
        return Markup("")
    places = _closed_up(nodes)
    pairs = _pairs(whole, nodes)
    if not pairs:
        return Markup("")
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


def _closed_up(nodes: Mapping[str, MapNode]) -> dict[str, tuple[float, float]]:
    """Keep the nodes' order in rows from top to bottom and in each row from left to right, without the room for what isn't shown."""
    rows: dict[float, list[MapNode]] = {}
    for node in nodes.values():
        rows.setdefault(round(node.y), []).append(node)
    places = {}
    widest = 6
    y = 10.0
    for _, row in sorted(rows.items()):
        ordered = sorted(row, key=lambda node: node.x)
        for start in range(0, len(ordered), widest):
            for at, node in enumerate(ordered[start : start + widest]):
                places[node.id] = (10.0 + at * (BOX[0] + 18), y)
            y += BOX[1] + 46
    return places


def _pairs(whole: ArgumentMap, nodes: Mapping[str, MapNode]) -> list[tuple[str, str, str]]:
    """Return the edges between shown nodes, those through a step as one."""
    onward = {edge.source: (edge.target, edge.relation) for edge in whole.edges if edge.source.startswith("link-")}
    found = []
    for edge in whole.edges:
        target, relation = edge.target, edge.relation
        seen = set()
        while target in onward and target not in seen:
            seen.add(target)
            target, relation = onward[target]
        if edge.source in nodes and target in nodes and edge.source != target and relation != "leans":
            found.append((edge.source, target, relation))
    return found


def _box(node: MapNode, x: float, y: float) -> Markup:
    lines = textwrap.wrap(node.text, 30)
    if len(lines) > 4:
        lines = [*lines[:3], textwrap.shorten(" ".join(lines[3:]), 28, placeholder=" …")]
    words = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(x + 9, y + 20 + 17 * number, line) for number, line in enumerate(lines)
    )
    shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>').format(
        node.kind, x, y, BOX[0], BOX[1], 18 if node.kind == "answer" else 4
    )
    return Markup('<a href="{}" aria-label="{}">{}{}</a>').format(node.address, node.text, shape, words)
