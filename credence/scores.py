"""Crux scores of every subject from the clamped runs alone (facts/credence.md 2.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from credence.factors import Array, Beliefs
from credence.network import Network, true_given
from credence.results import Crux, SubjectKind

_TINY = 1e-300
_CERTAIN = 1e-13
"""Nearer to 0 or 1 than rounding tells apart."""


@dataclass(frozen=True)
class Publication:
    """How modelled probabilities become published ones (facts/credence.md 2.6).

    First the log-odds are tempered: p^temperature, scaled; then what stands if the model is unsound is mixed in. Both are off by default
    values of 1 and 0; with a temperature other than 1 the outcomes of a crux no longer average exactly to the credence of now.
    """

    unsound: tuple[float, ...]
    error: float
    temperature: float = 1.0

    def temper(self, modelled: Array) -> Array:
        """Temper [.., K] probabilities."""
        if self.temperature == 1:
            return modelled
        raised = np.maximum(modelled, _TINY) ** self.temperature
        return np.asarray(raised / raised.sum(axis=-1, keepdims=True))

    def publish(self, modelled: Array) -> Array:
        """Return P(answers) as published, from [.., K] modelled ones."""
        return np.asarray((1 - self.error) * self.temper(modelled) + self.error * np.array(self.unsound))


@dataclass(frozen=True)
class _Columns:
    """All subjects at once: P(true) [N] and P(answer | true), P(answer | false) [N, K] as modelled."""

    chance: Array
    if_true: Array
    if_false: Array

    @classmethod
    def of(cls, true_if: Array, answers: Array) -> _Columns:
        """Invert P(true | answer) [N, K] by Bayes' rule: P(A=k | c) = P(c | A=k) P(A=k) / P(c)."""
        joint_true, joint_false = true_if * answers, (1 - true_if) * answers
        true, false = joint_true.sum(axis=1), joint_false.sum(axis=1)
        return cls(true, joint_true / np.maximum(true, _TINY)[:, None], joint_false / np.maximum(false, _TINY)[:, None])


def score(network: Network, beliefs: Beliefs, publication: Publication) -> list[Crux]:
    """Score every claim, warrant and upstream that is not certain, by expected shift, the largest first."""
    subjects = list(network.subjects())
    if not subjects:
        return []
    true_if = np.stack([true_given(beliefs, place) for _, _, place in subjects])
    columns = _Columns.of(np.clip(true_if, 0.0, 1.0), beliefs.answers)
    found = []
    for (record, kind, _), crux in zip(subjects, _rows(columns, true_if, beliefs.answers, publication), strict=True):
        if crux is not None:
            found.append(crux(record, kind))
    return sorted(found, key=lambda crux: (-round(crux.expected_shift, 12), crux.subject))


def _rows(columns: _Columns, true_if: Array, now: Array, publication: Publication) -> Iterator[Callable[[str, SubjectKind], Crux] | None]:
    """Yield what makes each subject's crux of its record and kind; None for one that is certain."""
    published = publication.publish(now)
    outcomes = [publication.publish(columns.if_true), publication.publish(columns.if_false)]
    moves = [0.5 * np.abs(outcome - published).sum(axis=1) for outcome in outcomes]
    shift = columns.chance * moves[0] + (1 - columns.chance) * moves[1]
    information = _information(columns, now)
    log_odds = _log_odds_shift(columns, now)
    safe = np.maximum(now, _TINY)
    higher, lower = np.maximum(columns.if_true, columns.if_false), np.minimum(columns.if_true, columns.if_false)
    achieved, reduced = higher / safe, now / np.maximum(lower, _TINY)
    unless = (columns.chance[:, None] - true_if * now) / np.maximum(1 - now, _TINY)
    sensitivity = true_if - unless
    for at, chance in enumerate(columns.chance.tolist()):
        if not _CERTAIN < chance < 1 - _CERTAIN:
            yield None
            continue
        yield partial(
            Crux,
            probability=chance,
            if_true=_tuple(outcomes[0][at]),
            if_false=_tuple(outcomes[1][at]),
            expected_shift=float(shift[at]),
            worst_case=float(max(moves[0][at], moves[1][at])),
            information=float(information[at]),
            log_odds_shift=float(log_odds[at]),
            risk_ratio=float(achieved[at].max()),
            achievement=_tuple(achieved[at]),
            reduction=_tuple(reduced[at]),
            sensitivity=_tuple(sensitivity[at]),
        )


def _tuple(values: Array) -> tuple[float, ...]:
    return tuple(values.tolist())


def _information(columns: _Columns, now: Array) -> Array:
    """Return the mutual information of each subject with the answer, in bits."""

    def divergence(outcome: Array) -> Array:
        return np.asarray((outcome * np.log2(np.maximum(outcome, _TINY) / np.maximum(now, _TINY))).sum(axis=1))

    return np.maximum(columns.chance * divergence(columns.if_true) + (1 - columns.chance) * divergence(columns.if_false), 0.0)


def _log_odds_shift(columns: _Columns, now: Array) -> Array:
    """Return the expected absolute change of log-odds, in nats, of the answer for which it is largest."""

    def odds(chances: Array) -> Array:
        kept = np.clip(chances, _TINY, 1 - 1e-16)
        return np.asarray(np.log(kept) - np.log1p(-kept))

    moved = [np.abs(odds(outcome) - odds(now)) for outcome in (columns.if_true, columns.if_false)]
    return np.asarray((columns.chance[:, None] * moved[0] + (1 - columns.chance[:, None]) * moved[1]).max(axis=1))


def by_risk(cruxes: Sequence[Crux], answer: int) -> list[Crux]:
    """Order by risk achievement worth of one answer: how many times likelier it becomes (for answers that are all but excluded)."""
    return sorted(cruxes, key=lambda crux: (-crux.achievement[answer], crux.subject))
