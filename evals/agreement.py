"""Agreement of two annotators of one case: Cohen's kappa over sentences, Krippendorff's alpha for several, span F1 between the two.

Sentences are the units, since annotators choose spans freely: two spans in one sentence are one choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.alignment import OVERLAP, assign, overlap
from evals.gold import GoldCase
from evals.scorers.scorer import f1
from sources.segmenting import segments

NOTHING = ""
"""The label of a sentence in which an annotator marks nothing."""


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Return kappa (Cohen 1960): agreement beyond chance, 1 at best, 0 at chance; None where chance agrees on everything."""
    n = len(first)
    if n == 0 or len(second) != n:
        return None
    seen = sum(one == other for one, other in zip(first, second, strict=True)) / n
    counts = Counter(first), Counter(second)
    chance = sum(counts[0][label] * counts[1][label] for label in counts[0]) / n**2
    return None if chance == 1 else (seen - chance) / (1 - chance)


def krippendorff_alpha(units: Sequence[Sequence[Hashable]]) -> float | None:
    """Return alpha for nominal labels (Krippendorff 2011): each unit holds the labels that it was given, by whoever looked at it.

    Units with fewer than two labels say nothing of agreement. None where only one label occurs.
    """
    pairable = [unit for unit in units if len(unit) > 1]
    totals = Counter(label for unit in pairable for label in unit)
    n = sum(totals.values())
    if len(totals) < 2:
        return None
    observed = sum((len(unit) ** 2 - sum(count**2 for count in Counter(unit).values())) / (len(unit) - 1) for unit in pairable) / n
    expected = (n**2 - sum(count**2 for count in totals.values())) / (n * (n - 1))
    return 1 - observed / expected


@dataclass(frozen=True)
class Agreement:
    """How far two annotations of one case agree. ``disagreements``: what to settle, in words."""

    spans: float | None
    asserted: float | None
    speakers: float | None
    stances: float | None
    flaws: float | None
    disagreements: tuple[str, ...]


def agreement(first: GoldCase, second: GoldCase) -> Agreement:
    """Compare two annotations of the same texts: which sentences assert something, who says it, on which side, and what is flawed."""
    rows = [_labels(case) for case in (first, second)]
    both = [key for key in rows[0] if rows[0][key].speaker and rows[1][key].speaker]
    disagreements = [
        f"{key[0]}: {rows[0][key].words[:60]!r}: {rows[0][key].told} against {rows[1][key].told}"
        for key in rows[0]
        if rows[0][key].told != rows[1][key].told
    ]
    return Agreement(
        spans=_spans(first, second),
        asserted=cohen_kappa([bool(row.speaker) for row in rows[0].values()], [bool(row.speaker) for row in rows[1].values()]),
        speakers=cohen_kappa([rows[0][key].speaker for key in both], [rows[1][key].speaker for key in both]),
        stances=cohen_kappa([rows[0][key].stance for key in both], [rows[1][key].stance for key in both]),
        flaws=cohen_kappa([row.flawed for row in rows[0].values()], [row.flawed for row in rows[1].values()]),
        disagreements=tuple(disagreements),
    )


@dataclass(frozen=True)
class _Label:
    words: str
    speaker: str
    stance: str
    flawed: bool

    @property
    def told(self) -> str:
        return f"{self.speaker or 'nothing'} {self.stance}{', flawed' if self.flawed else ''}"


def _labels(case: GoldCase) -> Mapping[tuple[str, int], _Label]:
    """Label every sentence of every document by the first assertion in it."""
    found: dict[tuple[str, int], _Label] = {}
    for name, text in sorted(case.texts.items()):
        said = [(case.span(name, one.quote), one) for one in case.gold.assertions if one.document == name]
        flaws = [case.span(name, one.quote) for one in case.gold.findings if one.document == name]
        for segment in segments(text):
            span = (segment.start, segment.end)
            here = [one for where, one in said if overlap(where, span) > 0]
            found[name, segment.start] = _Label(
                words=text[segment.start : segment.end],
                speaker=here[0].speaker if here else NOTHING,
                stance=here[0].stance.value if here else NOTHING,
                flawed=any(overlap(where, span) > 0 for where in flaws),
            )
    return found


def _spans(first: GoldCase, second: GoldCase) -> float | None:
    places = [[(one.document, case.span(one.document, one.quote)) for one in case.gold.assertions] for case in (first, second)]
    likeness = np.array([[overlap(a[1], b[1]) if a[0] == b[0] else 0.0 for b in places[1]] for a in places[0]], dtype=float)
    return f1(len(assign(likeness.reshape(len(places[0]), len(places[1])), OVERLAP)), len(places[1]), len(places[0]))
