"""Judgments of one perspective, pooled, with the defaults where there are none."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from credence import defaults
from knowledge.records import Answer, Assertion, Judgment, Link, Perspective, Quantity, Relation
from knowledge.views import View

_NEVER_CERTAIN = 1e-9


class Judgments:
    """Looks local numbers up. ``assumed`` counts those for which no judgment stood."""

    def __init__(self, view: View, perspective: str | None) -> None:
        perspectives = view.all(Perspective)
        self.perspective = perspective or (perspectives[0].id if perspectives else "")
        self.assumed = 0
        pooled: dict[tuple[str, Quantity, str | None], list[float]] = defaultdict(list)
        for judgment in view.all(Judgment):
            if judgment.perspective == self.perspective:
                pooled[judgment.record, judgment.quantity, judgment.given].append(judgment.value)
        self._values = {key: _pooled(key[1], values) for key, values in pooled.items()}

    def _value(self, record: str, quantity: Quantity, given: str | None, default: float) -> float:
        found = self._values.get((record, quantity, given))
        if found is None:
            self.assumed += 1
            return default
        return found

    def evidence(self, assertion: Assertion) -> float:
        """Return an assertion's weight for its claim, in nats."""
        return self._value(assertion.id, Quantity.EVIDENCE, None, defaults.TESTIMONY[assertion.stance])

    def priors(self, answers: Sequence[Answer]) -> list[float]:
        """Return the answers' prior probabilities, summing to 1."""
        named = [answer for answer in answers if not answer.something_else]
        others = len(answers) - len(named)
        even = (1 - others * defaults.SOMETHING_ELSE_PRIOR) / max(len(named), 1)
        raw = [
            self._value(answer.id, Quantity.PRIOR, None, defaults.SOMETHING_ELSE_PRIOR if answer.something_else else even)
            for answer in answers
        ]
        total = math.fsum(raw)
        return [value / total for value in raw]

    def expected_under(self, link: Link, answers: Sequence[Answer]) -> list[float]:
        """Return P(premises | answer) for each answer of the question that the link's target answers."""
        found = []
        for answer in answers:
            default = (
                defaults.EXPECTED_ELSE
                if answer.something_else and answer.id != link.target
                else defaults.expectedness(link.relation, favoured=answer.id == link.target)
            )
            found.append(self._value(link.id, Quantity.EXPECTEDNESS, answer.id, default))
        return found

    def expected_if(self, link: Link) -> list[float]:
        """Return P(premises | the target claim false) and P(premises | it true)."""
        return [
            self._value(link.id, Quantity.EXPECTEDNESS, given, defaults.expectedness(link.relation, favoured=given is not None))
            for given in (None, link.target)
        ]

    def warrant(self, link: Link) -> float:
        """Return P(the premises bear on the target as stated)."""
        return self._value(link.id, Quantity.WARRANT, None, defaults.WARRANT)

    def defeat(self, undercut: Link) -> float:
        """Return how completely an undercut defeats its link if it is true."""
        assert undercut.relation is Relation.UNDERCUTS
        return self._value(undercut.id, Quantity.DEFEAT, None, defaults.DEFEAT)

    def model_error(self, question: str) -> float:
        """Return P(the whole modelled argument about a question is unsound)."""
        return self._value(question, Quantity.MODEL_ERROR, None, defaults.MODEL_ERROR)


def _pooled(quantity: Quantity, values: list[float]) -> float:
    """Average repeated judgments: ratios in nats, probabilities in log-odds."""
    if quantity is Quantity.EVIDENCE:
        return math.fsum(sorted(values)) / len(values)
    if len(values) == 1:
        return values[0]
    mean = math.fsum(sorted(logit(value) for value in values)) / len(values)
    return 1 / (1 + math.exp(-mean))


def logit(probability: float) -> float:
    """Return the log-odds, in nats, of a probability kept a billionth away from 0 and 1."""
    bounded = min(max(probability, _NEVER_CERTAIN), 1 - _NEVER_CERTAIN)
    return math.log(bounded / (1 - bounded))
