"""The tornado chart as one SVG: what settling each crux would do to the answer that the first of them moves most."""

from __future__ import annotations

import textwrap

from markupsafe import Markup

from credence.words import frequency, percent
from explorer.panels import tornado
from explorer.question_summaries import QuestionSummary

WIDTH, LABELS, ROW, TOP = 900, 380, 34, 26
LINE = 54
"""Letters of a label's line; a label has two."""


def tornado_chart(question: QuestionSummary, *, most: int = 8) -> Markup:
    """Draw the leading cruxes as bars from P(answer | false), a square, to P(answer | true), a circle; the upright line is now."""
    if not question.cruxes:
        return Markup("")
    drawn = tornado(question)
    rows = drawn.rows[:most]
    height = TOP + ROW * len(rows) + 6
    now = _across(drawn.now, drawn.low, drawn.high)
    parts = [
        Markup('<path class="axis" d="M{0} {1}V{2}"/><text x="{0}" y="12" text-anchor="{3}">{4}</text>').format(
            x, TOP - 8, height, at, words
        )
        for x, at, words in ((LABELS, "start", percent(drawn.low)), (WIDTH - 1, "end", percent(drawn.high)))
    ]
    parts.append(Markup('<path class="tick" d="M{0} {1}V{2}"/>').format(now, TOP - 8, height))
    for number, row in enumerate(rows):
        y = TOP + ROW * number + ROW / 2
        true, false = (_across(value, drawn.low, drawn.high) for value in (row.if_true, row.if_false))
        lines = textwrap.wrap(row.text, LINE, max_lines=2, placeholder=" …")
        parts += [
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LABELS - 12, y + 4 + 14 * (at - (len(lines) - 1) / 2), line)
            for at, line in enumerate(lines)
        ]
        words = f"{row.text}: {percent(row.if_true)} ({frequency(row.if_true)}) if true, {percent(row.if_false)} if false"
        parts.append(
            Markup(
                '<g><title>{}</title><rect class="span" x="{}" y="{}" width="{}" height="8"/>'
                '<rect class="if-false" x="{}" y="{}" width="10" height="10"/><circle class="if-true" cx="{}" cy="{}" r="6"/></g>'
            ).format(words, min(true, false), y - 4, f"{abs(true - false):.1f}", false - 5, y - 5, true, y)
        )
    said = f"How probable “{drawn.answer}” would be; now {percent(drawn.now)}. " + "; ".join(
        f"{row.text} {percent(row.if_true)} if true, {percent(row.if_false)} if false" for row in rows
    )
    return Markup('<svg class="chart wide" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, height, said, Markup("").join(parts)
    )


def _across(value: float, low: float, high: float) -> float:
    return round(LABELS + (WIDTH - LABELS) * (value - low) / (high - low), 1)
