"""Crux scores of every subject from the clamped runs alone (facts/credence.md 2.7)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType

import numpy as np

from credence.disputed import comes_later, readings_counted
from credence.factors import Array, Beliefs
from credence.network import Network, truths
from credence.results import Crux, SubjectKind

_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})
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
    named: int | None = None
    """How many of the answers, which come first, are named ones; None: all."""

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


def score(
    network: Network,
    beliefs: Beliefs,
    publication: Publication,
    *,
    disputed: Collection[str] = (),
    decisive: Mapping[str, tuple[str, ...]] = _NONE,
    without: Collection[str] = (),
) -> list[Crux]:
    """Score every claim, warrant and upstream that is not certain, but those ``without``: by expected shift, the largest first.

    What is ``disputed`` comes before all else, but for what moves next to nothing (`credence.disputed.comes_later`), and of that what more
    readings name as ``decisive``, if it moves the answers noticeably.
    """
    return list(Ranking(network, beliefs, publication, disputed=disputed, decisive=decisive, without=without))


class Ranking:
    """What `score` returns, of some kinds, all scored at once and told one by one: of many thousands the first few cost little more.

    ``largest`` is the largest expected shift of a claim or warrant: how much of the question can be moved by settling one thing.
    """

    def __init__(
        self,
        network: Network,
        beliefs: Beliefs,
        publication: Publication,
        *,
        kinds: Collection[SubjectKind] = tuple(SubjectKind),
        disputed: Collection[str] = (),
        decisive: Mapping[str, tuple[str, ...]] = _NONE,
        without: Collection[str] = (),
    ) -> None:
        subjects = [one for one in network.subjects(kinds) if one[0] not in without]
        self._true_if = truths(beliefs, [place for _, _, place in subjects])
        self._columns = _Columns.of(np.clip(self._true_if, 0.0, 1.0), beliefs.answers)
        self._now, self._publication, self._disputed, self._decisive = beliefs.answers, publication, disputed, decisive
        published, chance = publication.publish(beliefs.answers), self._columns.chance
        self._outcomes = [publication.publish(self._columns.if_true), publication.publish(self._columns.if_false)]
        self._moves = [0.5 * np.abs(outcome - published).sum(axis=1) for outcome in self._outcomes]
        self._shift = chance * self._moves[0] + (1 - chance) * self._moves[1]
        settling = np.array([kind is not SubjectKind.UPSTREAM for _, kind, _ in subjects], dtype=bool)
        uncertain = (chance > _CERTAIN) & (chance < 1 - _CERTAIN)
        self.largest = float(self._shift[uncertain & settling].max(initial=0.0))
        self._worst = np.maximum(*self._moves)
        worst = zip(subjects, self._worst.tolist(), strict=True)
        unnamed = np.array([-readings_counted(decisive.get(record, ()), shift) for (record, _, _), shift in worst], dtype=int)
        later, rounded = np.ones(len(subjects), dtype=bool), np.round(self._shift, 12)
        for at in [at for at, (record, _, _) in enumerate(subjects) if record in disputed]:
            later[at] = comes_later(float(self._shift[at]), self.largest, disputed=True, readings=-int(unnamed[at]))
        order = np.lexsort((-rounded, unnamed, later))
        order = order[uncertain[order]]
        self._order = list(zip(later[order].tolist(), unnamed[order].tolist(), rounded[order].tolist(), order.tolist(), strict=True))
        self._subjects = subjects

    def __iter__(self) -> Iterator[Crux]:
        """Yield the cruxes in the order in which they are told."""
        columns, now = self._columns, self._now
        information, log_odds = _information(columns, now), _log_odds_shift(columns, now)
        higher, lower = np.maximum(columns.if_true, columns.if_false), np.minimum(columns.if_true, columns.if_false)
        achieved, reduced = higher / np.maximum(now, _TINY), now / np.maximum(lower, _TINY)
        sensitivity = self._true_if - (columns.chance[:, None] - self._true_if * now) / np.maximum(1 - now, _TINY)
        for record, at in self._places():
            yield Crux(
                record,
                self._subjects[at][1],
                probability=float(columns.chance[at]),
                if_true=_tuple(self._outcomes[0][at]),
                if_false=_tuple(self._outcomes[1][at]),
                expected_shift=float(self._shift[at]),
                worst_case=float(self._worst[at]),
                information=float(information[at]),
                log_odds_shift=float(log_odds[at]),
                risk_ratio=float(achieved[at].max()),
                achievement=_tuple(achieved[at]),
                reduction=_tuple(reduced[at]),
                sensitivity=_tuple(sensitivity[at]),
                disputed=record in self._disputed,
                decisive=self._decisive.get(record, ()),
                named=self._publication.named,
            )

    def _places(self) -> Iterator[tuple[str, int]]:
        """Yield (record, place) in that order, ties by record: sorted as they come, for seldom more than the first few are asked for."""
        for _, tied in groupby(self._order, key=itemgetter(0, 1, 2)):
            yield from sorted((self._subjects[at][0], at) for *_, at in tied)


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
    return sorted(cruxes, key=lambda crux: (-_rounded(crux.achievement[answer]), crux.subject))


def _rounded(ratio: float) -> float:
    """Round to twelve digits, so that ties go by name and not by rounding."""
    return float(f"{ratio:.12g}")
