"""Small charts as SVG: they need no script, print as they are, and are marked by shape as well as colour.

Horizontal places are percentages, so that a chart takes the width that it is given. Each says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from credence.words import percent

_SVG = '<svg class="chart" height="{}" width="100%" role="img" aria-label="{}">'


def credence_bar(probability: float, prior: float, band: tuple[float, float] | None, *, noise: tuple[float, float] | None = None) -> Markup:
    """Draw a credence as a bar and its prior as a mark.

    ``band``: where it stays whatever the model's error hides, a dashed box; ``noise``: where it lies if every number is judged again, a
    bracket below the bar.
    """
    words = f"credence {percent(probability)}, before the reading {percent(prior)}"
    box = Markup("")
    if noise is not None:
        low, high = noise
        words += f", between {percent(low)} and {percent(high)} if judged again"
        box += _bracket(low, high, 25)
    if band is not None:
        low, high = band
        words += f", between {percent(low)} and {percent(high)} whatever holds if the model is unsound"
        box += Markup('<rect class="band" x="{}%" y="10" width="{}%" height="6"/>').format(_place(low), _place(high - low))
    return Markup(  # noqa: S704  # all literal; what is filled in is escaped
        _SVG + '<rect class="rail" y="7" width="100%" height="12" rx="2"/>'
        '<rect class="bar" y="7" width="{}%" height="12" rx="2"/>{}'
        '<svg x="{}%" overflow="visible"><path class="halo" d="M0 4V22"/><path class="tick" d="M0 4V22"/>'
        '<path class="flag" d="M-5 0H5L0 7Z"/></svg></svg>'
    ).format(25 if noise is None else 33, words, _place(probability), box, _place(prior))


def _bracket(low: float, high: float, y: float) -> Markup:
    """Draw an interval as a line with end caps."""
    ends = Markup("").join(
        Markup('<svg x="{}%" overflow="visible"><path class="bracket" d="M0 {}V{}"/></svg>').format(_place(at), y - 4, y + 4)
        for at in (low, high)
    )
    return Markup('<line class="bracket" x1="{}%" x2="{}%" y1="{}" y2="{}"/>{}').format(_place(low), _place(high), y, y, ends)


def interval(probability: float, low: float, high: float) -> Markup:
    """Draw a credence as a point on the line from its lower to its upper bound, over a scale from 0% to 100%."""
    words = f"{percent(probability)}, between {percent(low)} and {percent(high)} if judged again"
    return Markup(  # noqa: S704  # all literal; what is filled in is escaped
        _SVG + '<rect class="rail" y="6" width="100%" height="4" rx="2"/>{}<circle class="point" cx="{}%" cy="8" r="4.5"/></svg>'
    ).format(16, words, _bracket(low, high, 8), _place(probability))


def dumbbell(now: float, if_true: float, if_false: float, *, domain: tuple[float, float] = (0.0, 1.0)) -> Markup:
    """Draw where an answer would go: a filled circle if the crux is true, a hollow square if it is false, a line where it stands now."""
    words = f"now {percent(now)}, if true {percent(if_true)}, if false {percent(if_false)}"
    first, last = domain
    left, right, now, if_true, if_false = (
        (value - first) / (last - first) for value in (min(if_true, if_false), max(if_true, if_false), now, if_true, if_false)
    )
    return Markup(  # noqa: S704  # all literal; what is filled in is escaped
        _SVG + '<rect class="rail" y="8" width="100%" height="4" rx="2"/>'
        '<rect class="span" x="{}%" y="8" width="{}%" height="4"/>'
        '<svg x="{}%" overflow="visible"><path class="halo" d="M0 1V19"/><path class="tick" d="M0 1V19"/></svg>'
        '<svg x="{}%" overflow="visible"><rect class="if-false" x="-5" y="5" width="10" height="10"/></svg>'
        '<circle class="if-true" cx="{}%" cy="10" r="6"/></svg>'
    ).format(20, words, _place(left), _place(right - left), _place(now), _place(if_false), _place(if_true))


def shift(before: float, after: float) -> Markup:
    """Draw how a credence differs between two states: a hollow square before, a filled circle after, over a scale from 0% to 100%."""
    words = f"{percent(before)} there, {percent(after)} here"
    return Markup(  # noqa: S704  # all literal; what is filled in is escaped
        _SVG + '<rect class="rail" y="8" width="100%" height="4" rx="2"/><rect class="span" x="{}%" y="8" width="{}%" height="4"/>'
        '<svg x="{}%" overflow="visible"><rect class="if-false" x="-5" y="5" width="10" height="10"/></svg>'
        '<circle class="if-true" cx="{}%" cy="10" r="6"/></svg>'
    ).format(20, words, _place(min(before, after)), _place(abs(after - before)), _place(before), _place(after))


def time_chart(stages: Sequence[Sequence[tuple[str, float]]], names: Sequence[str]) -> Markup:
    """Draw how credences moved over stages; those without any, or at which nothing moved, are left out. 100% is at the top."""
    held = [dict(stage) for stage in stages if stage]
    held = [stage for at, stage in enumerate(held) if at == 0 or at == len(held) - 1 or stage != held[at - 1]]
    if len(held) < 2:
        return Markup("")
    width, height = 900, 240
    across = width / (len(held) - 1)
    grid = Markup("").join(
        Markup('<path class="axis" d="M0 {0}H{1}"/><text x="-8" y="{2}" text-anchor="end">{3}%</text>').format(
            _down(level / 100, height), width, _down(level / 100, height) + 4, level
        )
        for level in (0, 25, 50, 75, 100)
    )
    lines = Markup("").join(
        Markup('<path class="line s{}" d="{}"><title>{}</title></path>').format(
            number % 5,
            " ".join(
                f"{'M' if at == 0 else 'L'}{at * across:.1f} {_down(stage.get(name, 0.0), height):.1f}" for at, stage in enumerate(held)
            ),
            name,
        )
        for number, name in enumerate(names)
    )
    words = "; ".join(f"{name}: {percent(held[0].get(name, 0.0))} at first, {percent(held[-1].get(name, 0.0))} at last" for name in names)
    return Markup(  # all literal; what is filled in is escaped
        '<svg class="chart wide" viewBox="-46 -8 {} {}" role="img" aria-label="{}">{}{}</svg>'
    ).format(width + 52, height + 16, words, grid, lines)


def _down(value: float, height: float) -> float:
    return height * (1 - value)


def _place(probability: float) -> str:
    return f"{100 * probability:.2f}"
