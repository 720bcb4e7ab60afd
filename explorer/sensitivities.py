"""What one judgment by itself moves: the tornado of judgments, in words. The other tornado is of settling cruxes (`explorer.panels`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from credence.judgments import Key, logit
from credence.noise import Varied, tornado
from credence.words import told_apart
from explorer.phrases import premise_words, step_words
from knowledge.records import Answer, Assertion, Claim, Link, Upstream
from knowledge.views import View
from knowledge.vocabulary import Quantity

LEAST: Final = 0.04
"""Nats between lower and higher from which a judgment is told of: a percentage point at even odds, more nearer to 0 and 1."""
LEADING: Final = 3
"""Cruxes, the first as they are told, whose judgments are moved. With twelve a run of eggs by the baseline took nearly twice as long."""


@dataclass(frozen=True)
class Sensitivity:
    """One judgment, in words, and where the leading answer would be with it off by its noise (a standard deviation, nats), either way."""

    record: str
    text: str
    noise: float
    if_lower: float
    if_higher: float

    @property
    def seen(self) -> bool:
        """Whether the two are as far apart as is told of, and differ as told."""
        first, last = told_apart(self.if_lower, self.if_higher)
        return first != last and abs(logit(self.if_higher) - logit(self.if_lower)) >= LEAST


@dataclass(frozen=True)
class Sensitivities:
    """The answer that leads, its credence by the model that was varied, and the bars of the judgments that move it by themselves.

    ``now`` can differ from the credence that is told of the answer by what a check of approximate inference corrects there.
    """

    answer: str
    now: float
    bars: tuple[Sensitivity, ...]


def sensitivities(varied: Varied) -> Sensitivities:
    """Move each of the judgments behind the first three cruxes by itself, and return those that are seen to move the answer, widest first.

    Two inferences for each such judgment, and every report waits for them: so judgments behind a fourth crux are not tried, and
    may move the answer more.
    """
    view, widest = varied.material.view, tornado(varied, subjects=LEADING)
    bars = (Sensitivity(bar.key.record, judgment_words(view, bar.key), bar.noise, bar.if_lower, bar.if_higher) for bar in widest)
    name, now = varied.modelled.answers[varied.leader].name, float(varied.modelled.published[varied.leader])
    return Sensitivities(name, now, tuple(bar for bar in bars if bar.seen))


def judgment_words(view: View, key: Key) -> str:
    """Say what a judgment is about."""
    record = view.records[key.record]
    if isinstance(record, Assertion):
        return f"how far {record.speaker} bears out “{view.get(record.claim, Claim).text.rstrip('.')}”"
    if isinstance(record, Answer):
        return f"how probable “{record.name}” was before the reading"
    if isinstance(record, Upstream):
        return f"whether {view.called(record.id)} can be relied on"
    link = view.get(key.record, Link)
    if key.quantity is Quantity.EXPECTEDNESS:
        given = view.records.get(key.given or "")
        state = (
            f"under “{given.name}”"
            if isinstance(given, Answer)
            else "if what it bears on is so"
            if given
            else "if what it bears on is not so"
        )
        return f"how expected {premise_words(view, link)} is {state}"
    return f"{'how far this objection goes' if key.quantity is Quantity.DEFEAT else 'whether this step holds'}: {step_words(view, link)}"
