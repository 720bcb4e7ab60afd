"""One view's reasons as pictures: SVG that needs no script, prints, and whose boxes are links.

Each answer (or other head) is a picture of its own with its reasons hanging below it, as on the map, so that several stand side by side
where there is room and below each other where there isn't, and no line crosses another.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from explorer.maps import ArgumentMap, Line, MapNode
from knowledge.vocabulary import Relation

WIDTH: Final = 264
MOST_HEADS: Final = 4
MOST_BELOW: Final = (5, 3, 2)
"""Reasons drawn below one thing, by how deep it stands: its weightiest."""
_LEFT, _ROW, _PAD, _GAP = 24, 17, 9, 10
_LETTER: Final = 7.3
"""Width of a letter of the boxes' type, in pixels, as wide as it mostly gets."""
_SIGNS: Final = {
    Relation.SUPPORTS: ("+", '<circle cx="{0}" cy="{1}" r="8"/>'),
    Relation.ATTACKS: ("−", '<rect x="{2}" y="{3}" width="16" height="16"/>'),
    Relation.UNDERCUTS: ("×", '<path d="M{0} {3}L{4} {1}L{0} {5}L{2} {1}Z"/>'),
}
_WORDS: Final = {Relation.SUPPORTS: "for", Relation.ATTACKS: "against", Relation.UNDERCUTS: "against the step"}


@dataclass
class _Picture:
    """One head's picture as it grows: its parts, how far down it reaches, and what it shows."""

    parts: list[Markup] = field(default_factory=list)
    bottom: float = 4.0
    shown: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Drawing:
    """The pictures, and the claims that stand in them."""

    pictures: Markup
    shown: frozenset[str]


def drawing(whole: ArgumentMap, held: Collection[str], heads: Sequence[str], title: str) -> Drawing:
    """Draw those of some claims that lead to some heads, below the first that each leads to; heads to which none leads are left out."""
    nodes, onto, claims = whole.by_id, whole.onto, set(held)
    shown: set[str] = set()
    drawn: list[Markup] = []
    for head in heads:
        picture = _Picture(shown=set(shown))
        _box(picture, nodes[head], 4)
        _hang(picture, nodes, onto, _Hook(head, 4, picture.bottom - _GAP), claims)
        if picture.shown != shown and len(drawn) < MOST_HEADS:
            shown = picture.shown
            drawn.append(_svg(picture, f"{title}: {nodes[head].text}"))
    joined = Markup('<div class="drawings">{}</div>').format(Markup("").join(drawn)) if drawn else Markup("")
    return Drawing(joined, frozenset(shown))


def _svg(picture: _Picture, title: str) -> Markup:
    return Markup('<svg class="drawing" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="group" aria-label="{2}">{3}</svg>').format(
        WIDTH, picture.bottom, title, Markup("").join(picture.parts)
    )


@dataclass(frozen=True)
class _Hook:
    """What reasons hang from: a node (or a step), its left edge, its lower edge, and how deep it stands."""

    target: str
    left: float
    bottom: float
    depth: int = 0


def _hang(picture: _Picture, nodes: Mapping[str, MapNode], onto: Mapping[str, Sequence[Line]], hook: _Hook, held: set[str]) -> None:
    """Hang the reasons below a hook, those for it on one trunk and those against it on another."""
    for number, relation in enumerate(_SIGNS):
        left = hook.left + 12 + 9 * number * (relation is not Relation.UNDERCUTS)
        ends: list[float] = []
        place = len(picture.parts)
        for line in onto.get(hook.target, ()):
            claims = [claim for claim in line.premises if claim in held and claim not in picture.shown]
            if line.relation is not relation or not claims or len(ends) >= MOST_BELOW[hook.depth]:
                continue
            for claim in claims:
                picture.shown.add(claim)
                top = picture.bottom
                _box(picture, nodes[claim], hook.left + _LEFT + 6)
                ends.append((top + picture.bottom) / 2)
                picture.parts.append(_sign(relation, left, ends[-1]))
            if hook.depth + 1 < len(MOST_BELOW):
                below = _Hook(claims[-1], hook.left + _LEFT, picture.bottom - _GAP, hook.depth + 1)
                _hang(picture, nodes, onto, below, held)
                _hang(picture, nodes, onto, _Hook(line.id, below.left, below.bottom, below.depth), held)
        if ends:
            picture.parts.insert(place, _trunk(relation, left, hook.bottom, ends[-1]))


def _trunk(relation: Relation, x: float, top: float, bottom: float) -> Markup:
    """Draw the line on which reasons hang, with an arrow where it supports and a bar where it attacks."""
    tip = "M{0} {1}l-5 8h10Z" if relation is Relation.SUPPORTS else "M{2} {1}h12v3h-12Z"
    return Markup('<path class="edge {}" d="M{} {}V{}"/><path class="tip {}" d="{}"/>').format(
        relation.value, x, top + 4, bottom, relation.value, tip.format(x, top + 1, x - 6)
    )


def _sign(relation: Relation, x: float, y: float) -> Markup:
    sign, shape = _SIGNS[relation]
    return Markup(  # noqa: S704  # all literal, and numbers
        f'<g class="sign {relation.value}"><title>{_WORDS[relation]}</title>{shape.format(x, y, x - 8, y - 8, x + 8, y + 8)}'
        f'<text x="{x}" y="{y + 4.5}" text-anchor="middle">{sign}</text></g>'
    )


def _box(picture: _Picture, node: MapNode, left: float) -> None:
    """Add a node's box below what is there."""
    width = WIDTH - left - 4
    most = 4 if node.kind == "claim" else 5
    lines = textwrap.wrap(node.text, int((width - 2 * _PAD) / _LETTER))
    if len(lines) > most:
        lines = [*lines[: most - 1], textwrap.shorten(" ".join(lines[most - 1 :]), len(lines[0]), placeholder=" …")]
    top, height = picture.bottom, 2 * _PAD + _ROW * len(lines) - 3
    words = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(left + _PAD, top + _PAD + 10 + _ROW * number, line)
        for number, line in enumerate(lines)
    )
    picture.parts.append(
        Markup('<a href="{}" aria-label="{}"><rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>{}</a>').format(
            node.address, node.text, node.kind, left, top, width, height, 4 if node.kind == "claim" else 14, words
        )
    )
    picture.bottom = top + height + _GAP
