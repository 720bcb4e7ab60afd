"""GraphML through networkx: every live record a node, what it names an edge, for Gephi, yEd, Cytoscape and networkx. Out only."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx

from knowledge.formats.bundles import Bundle, label, shortened
from knowledge.formats.files import printable, write_file
from knowledge.records import Link, Record


def write_graphml(bundle: Bundle, path: Path) -> None:
    """Write the graph. Nodes have ``kind`` and ``label``; edges ``relation``: a field's name, or what a link does."""
    write_file(path, "\n".join(nx.generate_graphml(graph_of(bundle))) + "\n")


def graph_of(bundle: Bundle) -> nx.MultiDiGraph[str]:
    """Build the graph, with nodes and edges in the order of ids."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for key, record in bundle.view.records.items():
        graph.add_node(key, **_attributes(bundle, record))
    for key, record in bundle.view.records.items():
        for field, named, _ in record.named():
            # A retraction names what is not live any more.
            if named in bundle.view.records:
                graph.add_edge(key, named, key=f"{field} {named}", relation=field)
        if isinstance(record, Link):
            for premise in record.premises:
                graph.add_edge(premise, record.target, key=f"step {key}", relation=record.relation.value, step=key)
    return graph


def _attributes(bundle: Bundle, record: Record) -> dict[str, str | int | float | bool]:
    """Return a record's fields as GraphML has them: scalars; lists become JSON, and what is None is left out."""
    found: dict[str, str | int | float | bool] = {"kind": record.kind_name, "label": printable(shortened(label(record, bundle.view)))}
    for name, value in record.model_dump(mode="json").items():
        field = f"{record.kind_name}_{name}"
        if isinstance(value, str):
            found[field] = printable(value)
        elif isinstance(value, list):
            found[field] = printable(json.dumps(value, ensure_ascii=False))
        elif value is not None:
            found[field] = value
    if record.id in bundle.credences:
        found["credence"] = bundle.credences[record.id]
    return found
