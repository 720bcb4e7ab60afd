"""Small charts as SVG: they need no script, print as they are, and are marked by shape as well as colour.

Horizontal places are percentages, so that a chart takes the width that it is given. Each says in words what it shows.
"""

from __future__ import annotations

from markupsafe import Markup

from credence.words import percent

_SVG = '<svg class="chart" height="{}" width="100%" role="img" aria-label="{}">'


def credence_bar(probability: float, prior: float, band: tuple[float, float]) -> Markup:
    """Draw a credence as a bar, its prior as a mark, and the band in which it stays whatever the model's error hides."""
    low, high = band
    bounds = f"between {percent(low)} and {percent(high)} whatever holds if the model is unsound"
    words = f"credence {percent(probability)}, before the reading {percent(prior)}, {bounds}"
    return Markup(  # noqa: S704  # all literal; what is filled in is escaped
        _SVG + '<rect class="rail" y="7" width="100%" height="12" rx="2"/>'
        '<rect class="bar" y="7" width="{}%" height="12" rx="2"/>'
        '<rect class="band" x="{}%" y="10" width="{}%" height="6"/>'
        '<svg x="{}%" overflow="visible"><path class="halo" d="M0 4V22"/><path class="tick" d="M0 4V22"/>'
        '<path class="flag" d="M-5 0H5L0 7Z"/></svg></svg>'
    ).format(25, words, _place(probability), _place(low), _place(high - low), _place(prior))


def dumbbell(now: float, if_true: float, if_false: float) -> Markup:
    """Draw where an answer would go: a filled circle if the crux is true, a hollow square if it is false, a line where it stands now."""
    words = f"now {percent(now)}, if true {percent(if_true)}, if false {percent(if_false)}"
    left, right = sorted((if_true, if_false))
    return Markup(  # noqa: S704  # all literal; what is filled in is escaped
        _SVG + '<rect class="rail" y="8" width="100%" height="4" rx="2"/>'
        '<rect class="span" x="{}%" y="8" width="{}%" height="4"/>'
        '<svg x="{}%" overflow="visible"><path class="halo" d="M0 1V19"/><path class="tick" d="M0 1V19"/></svg>'
        '<svg x="{}%" overflow="visible"><rect class="if-false" x="-5" y="5" width="10" height="10"/></svg>'
        '<circle class="if-true" cx="{}%" cy="10" r="6"/></svg>'
    ).format(20, words, _place(left), _place(right - left), _place(now), _place(if_false), _place(if_true))


def _place(probability: float) -> str:
    return f"{100 * probability:.2f}"
