"""The map's page: its data for the script that lays it out, and the same as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from explorer.maps import ArgumentMap, MapNode, Outline
from knowledge.records import UNKNOWN


@dataclass(frozen=True)
class OutlineLine:
    """One line of the map as a list."""

    depth: int
    relation: str
    node: MapNode


@dataclass(frozen=True)
class OutlinePart:
    """The list below one question."""

    title: str
    lines: list[OutlineLine]


def map_parts(shown: ArgumentMap) -> dict[str, object]:
    """Return what the map's template is given."""
    return {
        "data": {
            "questions": [asdict(question) for question in shown.questions],
            "nodes": [_slim(node) for node in shown.nodes],
            "lines": [(line.id, line.premises, line.target, line.relation.value, line.why) for line in shown.lines],
        },
        "outline": _outline_parts(shown),
        "speakers": sorted({name for node in shown.nodes for name in node.speakers if name != UNKNOWN}),
        "years": sorted({year for node in shown.nodes for year in node.years}),
    }


def _slim(node: MapNode) -> dict[str, object]:
    """Leave out what is empty: the map of two thousand claims travels in the page."""
    return {name: value for name, value in asdict(node).items() if value not in (None, False, (), "")}


def _outline_parts(shown: ArgumentMap) -> list[OutlinePart]:
    titles = {question.id: question.text for question in shown.questions}
    outline: Sequence[Outline] = shown.outline
    parts: list[OutlinePart] = []
    for one in outline:
        if one.depth == 0:
            parts.append(OutlinePart(titles[one.node], []))
        else:
            parts[-1].lines.append(OutlineLine(one.depth, one.relation, shown.by_id[one.node]))
    return parts
