"""What is to know about a run beside its knowledge base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RunFacts:
    """One run as a report tells it. ``reasoner`` is a sentence; ``notes``: what to know before trusting the result."""

    run: str
    case: str
    title: str
    status: str
    reasoner: str
    models: Mapping[str, str]
    revision: str
    digest: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced_calls: int
    started: str
    seconds: float
    notes: tuple[str, ...] = ()
