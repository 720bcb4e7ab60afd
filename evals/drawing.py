"""Drawings for the report: differences with intervals, cost against quality; plain SVG that needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup, escape

from credence.calibration import Calibration
from evals.comparing import Comparison, Verdict
from evals.statistics import Interval

WIDTH: Final = 720
_ROW: Final = 22
_LEFT: Final = 250
_COLOURS: Final = {Verdict.FIRST: "var(--no)", Verdict.SECOND: "var(--yes)"}


def differences(found: Sequence[Comparison]) -> Markup:
    """Draw each comparison as a point with its interval about nought; hollow where nothing is told apart."""
    if not found:
        return Markup("")
    reach = max([0.05, *(abs(bound) for one in found for bound in (one.difference.low, one.difference.high) if math.isfinite(bound))])
    height = _ROW * (len(found) + 1)
    middle = (_LEFT + WIDTH) / 2

    def x(value: float) -> float:
        return middle + value / reach * (WIDTH - _LEFT) / 2 * 0.95

    under = height - 5
    parts = [
        _opening(height, "differences with intervals"),
        _line(middle, middle, 0, height - _ROW),
        _text(x(-reach), under, f"{-reach:+.2f}"),
        _text(x(reach), under, f"{reach:+.2f}", "end"),
        _text(middle, under, "0", "mid"),
    ]
    for row, one in enumerate(found):
        y = _ROW * row + _ROW / 2
        colour = _COLOURS.get(one.verdict, "var(--soft)")
        fill = colour if one.verdict in _COLOURS else "var(--paper)"
        parts.append(_text(0, y + 4, f"★ {one.scorer}" if one.headline else one.scorer))
        if math.isfinite(one.difference.low):
            parts.append(_line(x(one.difference.low), x(one.difference.high), y, y, colour))
        parts.append(f'<circle cx="{x(one.difference.estimate):.1f}" cy="{y}" r="4" fill="{fill}" stroke="{colour}"/>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704  # numbers and escaped names only


def overview(
    quality: Mapping[str, Mapping[str, Interval]],
    cost: Mapping[str, float | None],
    *,
    unit: str,
    use: str,
    chance: Mapping[str, float | None],
) -> Markup:
    """Draw every configuration on each headline measure from 0 to 1, and what it costs; ``use`` stands out, a tick marks chance."""
    row, gap, left = 18, 12, 300
    parts, y = [], 0.0

    def x(value: float) -> float:
        return left + value * (WIDTH - left - 60)

    def named(at: int, what: str, name: str) -> None:
        parts.append(_text(0, y + 13, what) if at == 0 else "")
        parts.append(_text(left - 10, y + 13, name, "end strong" if name == use else "end"))

    for measure, columns in quality.items():
        if (guess := chance.get(measure)) is not None:
            parts.append(_line(x(guess), x(guess), y, y + row * len(columns)))
            parts.append(_text(x(guess) + 4, y - 1, "chance", "small"))
        for at, (name, one) in enumerate(columns.items()):
            named(at, measure, name)
            colour = "var(--yes)" if name == use else "var(--soft)"
            if math.isfinite(one.estimate):
                parts.append(_line(x(0), x(1), y + 9, y + 9, "var(--line)", 1))
                parts.append(_line(x(one.low), x(one.high), y + 9, y + 9, colour) if math.isfinite(one.low) else "")
                parts.append(f'<circle cx="{x(one.estimate):.1f}" cy="{y + 9}" r="5" fill="{colour}"/>')
                parts.append(_text(WIDTH, y + 13, f"{one.estimate:.2f}", "end strong" if name == use else "end"))
            y += row
        y += gap
    most = max([1e-9, *(spent or 0.0 for spent in cost.values())])
    for at, (name, spent) in enumerate(cost.items()):
        named(at, f"cost: {unit}, all trials", name)
        if spent is not None:
            colour = "var(--yes)" if name == use else "var(--soft)"
            parts.append(f'<rect x="{left}" y="{y + 4}" width="{(x(1) - left) * spent / most:.1f}" height="10" fill="{colour}"/>')
            parts.append(_text(WIDTH, y + 13, _amount(spent), "end strong" if name == use else "end"))
        y += row
    return Markup(_opening(y + 6, "headline measures and cost of every configuration") + "".join(parts) + "</svg>")  # noqa: S704


def cost_and_quality(quality: Mapping[str, Interval], cost: Mapping[str, float | None], *, of: str, in_: str) -> Markup:
    """Draw each configuration at its cost and its mean score; up and to the left is better."""
    shown = {name: (cost[name], found) for name, found in quality.items() if cost[name] is not None and math.isfinite(found.estimate)}
    if not shown:
        return Markup("")
    most = max([1e-9, *(float(spent or 0) for spent, _ in shown.values())])
    height, left, bottom = 240, 60, 210
    parts = [
        _opening(height, "cost against quality"),
        _line(left, WIDTH, bottom, bottom),
        _line(left, left, 10, bottom),
        _text(left, height - 8, "0"),
        _text(left + (WIDTH - left) * 0.8 + 10, height - 8, f"{_amount(most)} {in_}", "mid"),
        _text(left - 6, bottom + 4, "0", "end"),
        _text(left - 6, 24, "1", "end"),
        _text(left + 6, 14, of),
    ]
    for name, (spent, found) in shown.items():
        x = left + float(spent or 0) / most * (WIDTH - left) * 0.8 + 10
        y = bottom - found.estimate * (bottom - 20)
        if math.isfinite(found.low):
            low, high = (bottom - bound * (bottom - 20) for bound in (found.low, found.high))
            parts.append(_line(x, x, low, high, "var(--soft)"))
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="var(--yes)"/>{_text(x + 8, y + 4, name)}')
    return Markup("".join(parts) + "</svg>")  # noqa: S704  # numbers and escaped names only


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _opening(height: float, label: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">'


def _line(x1: float, x2: float, y1: float, y2: float, colour: str = "var(--line)", width: int = 2) -> str:
    return f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{anchor}">{escape(words)}</text>'


def reliability(found: Calibration) -> Markup:
    """Draw what was said (across) against what came true (up) by bins, each with its interval and as large as it is full."""
    side, left = 200, 60

    def place(said: float, came: float) -> tuple[float, float]:
        return left + said * side, 10 + (1 - came) * side

    (low_x, low_y), (high_x, high_y) = place(0, 0), place(1, 1)
    parts = [_opening(side + 40, "what was said against what came true")]
    parts.append(f'<line class="axis" x1="{low_x}" y1="{low_y}" x2="{high_x}" y2="{high_y}"/>')
    parts += [_line(low_x, high_x, low_y, low_y), _line(low_x, low_x, high_y, low_y)]
    parts += [_text(low_x, low_y + 20, "0"), _text(high_x, low_y + 20, "1 said", "end")]
    parts += [_text(low_x - 6, high_y + 6, "1", "end"), _text(low_x + 6, high_y + 6, "came true")]
    for one in found.bins:
        x, y = place(one.forecast, one.observed)
        parts.append(_line(x, x, place(0, one.low)[1], place(0, one.high)[1], "var(--yes)"))
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + 6 * math.sqrt(one.count / found.count):.1f}" fill="var(--yes)"/>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704  # numbers only
