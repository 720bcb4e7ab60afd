"""Fingerprints: what a run depends on, so that it is never resumed as something else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from graphs.investigation import build_graph
from prompts.loading import OF_AGENTS, SELDOM, Prompts


def fingerprint(
    *, configuration: Mapping[str, Any], models: Mapping[str, str], case: str, documents: Mapping[str, str], prompts: Prompts
) -> dict[str, str]:
    """Digest each thing that a run depends on, by name.

    ``case`` is the case file's digest, ``documents`` maps each document's place in the case to its digest.

    Raises:
        PromptBroken: one of the prompts is out of order.
    """
    drawn = build_graph().get_graph()
    graph = {"nodes": sorted(drawn.nodes), "edges": sorted([edge.source, edge.target, edge.conditional] for edge in drawn.edges)}
    parts = {"graph": _digest(graph), "configuration": _digest(dict(configuration)), "case": case}
    asked = OF_AGENTS if {"critic", "passes"} & configuration.keys() else tuple(task for task in OF_AGENTS if task not in SELDOM)
    parts |= {f"prompt {task.name}": prompts.of(task).digest for task in asked}
    parts |= {f"model {role}": model for role, model in models.items()}
    parts |= {f"document {place}": digest for place, digest in documents.items()}
    return parts


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Name what differs between two fingerprints."""
    found = []
    for name in sorted({*before, *now}):
        if name not in now:
            found.append(f"{name} is gone")
        elif name not in before:
            found.append(f"{name} is new")
        elif before[name] != now[name]:
            found.append(f"{name} changed")
    return found
