"""What lets cruxes be weighed against each other: the tornado, and the sliders with the network they move."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from explorer.addresses import crux_page
from explorer.question_summaries import CruxSummary, QuestionSummary
from explorer.wording import most_moved

MOST_SLIDERS: Final = 6
"""Sliders of one panel: the joint table that they move doubles with each."""


@dataclass(frozen=True)
class TornadoRow:
    """One crux: where the answer would go."""

    text: str
    address: str
    if_true: float
    if_false: float
    here: bool


@dataclass(frozen=True)
class Tornado:
    """The cruxes of a question over the one answer that they move most, the longest first, on a scale from ``low`` to ``high``."""

    question: str
    answer: str
    now: float
    low: float
    high: float
    rows: tuple[TornadoRow, ...]


@dataclass(frozen=True)
class Slider:
    """A claim or step whose probability can be supposed."""

    subject: str
    text: str


@dataclass(frozen=True)
class Panel:
    """Sliders over a question's network, which the page loads from ``script``. ``id`` is unique in its page."""

    id: str
    question: QuestionSummary
    script: str
    sliders: tuple[Slider, ...]


def network_script(question: QuestionSummary) -> str:
    """Name the script that holds a question's network: one for all pages with its sliders."""
    return f"assets/network-{question.id.partition('-')[2][:8]}.js"


def tornado(question: QuestionSummary, *, here: str = "") -> Tornado:
    """Line the cruxes up over the answer that the first of them moves most."""
    at = most_moved(question, question.cruxes[0])
    rows = [
        TornadoRow(crux.text, crux_page(question.id, crux.subject), crux.if_true[at], crux.if_false[at], crux.subject == here)
        for crux in question.cruxes
    ]
    rows.sort(key=lambda row: -abs(row.if_true - row.if_false))
    now = question.answers[at].probability
    ends = [now, *(row.if_true for row in rows), *(row.if_false for row in rows)]
    low, high = round_scale(min(ends), max(ends))
    return Tornado(question.text, question.answers[at].name, now, low, high, tuple(rows))


def round_scale(low: float, high: float) -> tuple[float, float]:
    """Widen a range to round ends a tenth of its size apart from what it holds."""
    step = 10.0 ** math.floor(math.log10(max(high - low, 1e-6)))
    return max(0.0, math.floor(low / step) * step), min(1.0, math.ceil(high / step) * step)


def panel(question: QuestionSummary, network: dict[str, Any], *, first: CruxSummary | None = None) -> Panel:
    """Give sliders to the leading cruxes, the page's own first."""
    chosen: Sequence[CruxSummary] = [crux for crux in question.cruxes if crux is not first]
    sliders = [crux for crux in ([first] if first else []) + list(chosen) if crux.subject in network["subjects"]]
    shown = tuple(Slider(crux.subject, crux.text) for crux in sliders[:MOST_SLIDERS])
    return Panel(f"w{question.id[-6:]}", question, network_script(question), shown)
