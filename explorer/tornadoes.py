"""Tornado charts as one SVG each: what settling each crux would do to an answer, and what each judgment's own noise does."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from credence.words import decibans, frequency, percent, told_apart
from explorer.panels import round_scale, tornado
from explorer.question_summaries import QuestionSummary
from explorer.sensitivities import Sensitivities, Sensitivity

WIDTH, LABELS, ROW, TOP = 900, 380, 34, 26
LINE = 54
"""Letters of a label's line; a label has two."""


@dataclass(frozen=True)
class _Row:
    """A bar from a square to a circle, its label, and the same in words."""

    text: str
    circle: float
    square: float
    words: str


def tornado_chart(question: QuestionSummary, *, most: int = 8) -> Markup:
    """Draw the leading cruxes as bars from P(answer | false), a square, to P(answer | true), a circle; the upright line is now."""
    if not question.cruxes:
        return Markup("")
    drawn = tornado(question)
    rows = [
        _Row(
            row.text,
            row.if_true,
            row.if_false,
            f"{percent(row.if_true)} ({frequency(row.if_true)}) if true, {percent(row.if_false)} if false",
        )
        for row in drawn.rows[:most]
    ]
    return _chart(rows, drawn.answer, drawn.now, (drawn.low, drawn.high))


def sensitivity_chart(found: Sensitivities, *, most: int = 8) -> Markup:
    """Draw judgments as bars from P(the leading answer) with each lower by its noise, a square, to it higher, a circle."""
    if not found.bars:
        return Markup("")
    rows = [
        _Row(
            bar.text,
            bar.if_higher,
            bar.if_lower,
            _lower_and_higher(bar),
        )
        for bar in found.bars[:most]
    ]
    ends = [found.now, *(end for row in rows for end in (row.circle, row.square))]
    return _chart(rows, found.answer, found.now, round_scale(min(ends), max(ends)))


def _lower_and_higher(bar: Sensitivity) -> str:
    lower, higher = told_apart(bar.if_lower, bar.if_higher)
    off = decibans(bar.noise).lstrip("+")
    return f"{lower} if it is {off} lower, {higher} if {off} higher"


def _chart(rows: Sequence[_Row], answer: str, now: float, scale: tuple[float, float]) -> Markup:
    low, high = scale
    height = TOP + ROW * len(rows) + 6
    across = _across(now, low, high)
    parts = [
        Markup('<path class="axis" d="M{0} {1}V{2}"/><text x="{0}" y="12" text-anchor="{3}">{4}</text>').format(
            x, TOP - 8, height, at, words
        )
        for x, at, words in ((LABELS, "start", percent(low)), (WIDTH - 1, "end", percent(high)))
    ]
    parts.append(Markup('<path class="tick" d="M{0} {1}V{2}"/>').format(across, TOP - 8, height))
    for number, row in enumerate(rows):
        parts += _row(row, TOP + ROW * number + ROW / 2, scale)
    said = f"How probable “{answer}” would be; now {percent(now)}. " + "; ".join(f"{row.text}: {row.words}" for row in rows)
    return Markup('<svg class="chart wide" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, height, said, Markup("").join(parts)
    )


def _row(row: _Row, y: float, scale: tuple[float, float]) -> list[Markup]:
    circle, square = (_across(value, *scale) for value in (row.circle, row.square))
    lines = textwrap.wrap(row.text, LINE, max_lines=2, placeholder=" …")
    labels = [
        Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LABELS - 12, y + 4 + 14 * (at - (len(lines) - 1) / 2), line)
        for at, line in enumerate(lines)
    ]
    bar = Markup(
        '<g><title>{}</title><rect class="span" x="{}" y="{}" width="{}" height="8"/>'
        '<rect class="if-false" x="{}" y="{}" width="10" height="10"/><circle class="if-true" cx="{}" cy="{}" r="6"/></g>'
    ).format(f"{row.text}: {row.words}", min(circle, square), y - 4, f"{abs(circle - square):.1f}", square - 5, y - 5, circle, y)
    return [*labels, bar]


def _across(value: float, low: float, high: float) -> float:
    return round(LABELS + (WIDTH - LABELS) * (value - low) / (high - low), 1)
