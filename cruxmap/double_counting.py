"""What it does to the answers that shared evidence counts once: by upstream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credence.engine import coherent_judgments, main_question, material_of, model_question
from credence.judgments import Key
from credence.words import told_apart
from explorer.question_summaries import QuestionSummary
from knowledge.errors import UnknownRecord
from knowledge.views import View
from knowledge.vocabulary import Quantity

LEAST_LESS: Final = 0.5
"""Pieces by which testimony must count for less than it is, to be told."""


@dataclass(frozen=True)
class DoubleCounting:
    """One shared upstream, and the published credences of the inquiry's answers, by name.

    ``apart``: if what leans on it counted apart; ``now``: as it counts; ``failed``: if it turned out that it can't be relied on. All empty
    where the argument about the inquiry doesn't lean on it more than once, or others carry more (`credence.defaults.MOST_UPSTREAMS`).
    """

    upstream: str
    apart: Mapping[str, float]
    now: Mapping[str, float]
    failed: Mapping[str, float]

    @property
    def effect(self) -> float:
        """By how much it moves the answer that it moves most."""
        return max((abs(self.now[name] - self.apart[name]) for name in self.now), default=0.0)

    @property
    def told(self) -> str:
        """The effect in words."""
        if not self.now:
            return "the inquiry's argument doesn't lean on it twice"
        name = max(sorted(self.now), key=lambda name: abs(self.now[name] - self.apart[name]))
        apart, now, failed = told_apart(self.apart[name], self.now[name], self.failed[name])
        return f"“{name}” would be {apart} if what leans on it counted apart, is {now}, and would be {failed} if it could not be relied on"


def double_counting(view: View, upstreams: Sequence[str] | None = None) -> tuple[DoubleCounting, ...]:
    """Say of each shared upstream what it does to the answers, those that move them most first; None: all that the argument leans on twice.

    Two inferences of the inquiry for each.
    """
    try:
        question = main_question(view)
    except UnknownRecord:
        return ()
    judgments, _ = coherent_judgments(view, None)
    material = material_of(view, question)
    modelled = model_question(material, judgments, check=False)

    def answers(instead: Mapping[Key, float]) -> dict[str, float]:
        one = model_question(material, judgments.otherwise(instead), check=False) if instead else modelled
        return {answer.name: float(chance) for answer, chance in zip(one.answers, one.published, strict=True)}

    def effects() -> Iterator[DoubleCounting]:
        for upstream in modelled.network.upstreams if upstreams is None else upstreams:
            if upstream in modelled.network.upstreams:
                key = Key(upstream, Quantity.WARRANT, None)
                yield DoubleCounting(upstream, answers({key: 1.0}), answers({}), answers({key: 0.0}))
            else:
                yield DoubleCounting(upstream, {}, {}, {})

    return tuple(sorted(effects(), key=lambda one: (-one.effect, one.upstream)))


def double_counting_lines(view: View, question: QuestionSummary) -> Iterator[str]:
    """Tell what the inquiry's answers would be without any declaration of dependence, and what each shared upstream carries."""
    shared = double_counting(view)
    if not shared and question.pieces - question.effective_pieces < LEAST_LESS:
        return
    yield f"  {question.pieces} testimonies count as {question.effective_pieces:.0f} independent ones; if each counted apart:"
    for answer in question.answers:
        now, apart = told_apart(answer.probability, answer.independent)
        yield f"    “{answer.name}” would be {apart}, and is {now}"
    for one in shared:
        yield f"  leaned on more than once: {view.called(one.upstream)}; {one.told}"
