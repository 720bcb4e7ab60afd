"""What finding out is worth: noisy tests, the next step by cost, whether it could change what is done (facts/credence.md 2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from credence.engine import Modelled
from credence.factors import Array, Beliefs, Graph
from credence.inference import infer
from credence.network import Network, Place, true_given


@dataclass(frozen=True)
class Test:
    """A way to find out about a claim.

    ``sensitivity`` is P(positive | claim true), ``specificity`` P(negative | claim false), ``done`` P(it is carried out and reports), all
    in [0, 1]; ``cost`` in any unit, the same for all tests compared.
    """

    __test__ = False
    subject: str
    sensitivity: float
    specificity: float
    done: float = 1.0
    cost: float = 1.0

    @property
    def youden(self) -> float:
        """Youden's J: sensitivity + specificity - 1."""
        return self.sensitivity + self.specificity - 1


@dataclass(frozen=True)
class Finding:
    """What a test would change: P(positive), P(answers | positive), P(answers | negative), its expected shift and information (bits).

    ``expected_shift`` is done x |J| x the claim's own; ``information`` is done x the mutual information of result and answer; ``worth`` is
    the expected shift for a unit of cost. All as modelled, before out-of-model error.
    """

    test: Test
    positive: float
    if_positive: tuple[float, ...]
    if_negative: tuple[float, ...]
    expected_shift: float
    information: float
    worth: float


def find_out(network: Network, beliefs: Beliefs, test: Test) -> Finding:
    """Work out what one test would change.

    Raises:
        KeyError: the network doesn't hold the test's subject.
    """
    given = true_given(beliefs, _place(network, test.subject))
    positive_if = test.sensitivity * given + (1 - test.specificity) * (1 - given)
    answers = beliefs.answers
    positive = float(positive_if @ answers)
    # A result that can't come out teaches nothing.
    if_positive = positive_if * answers / positive if positive > 0 else answers
    if_negative = (1 - positive_if) * answers / (1 - positive) if positive < 1 else answers
    shift = 0.5 * (positive * np.abs(if_positive - answers).sum() + (1 - positive) * np.abs(if_negative - answers).sum())
    bits = positive * _bits(if_positive, answers) + (1 - positive) * _bits(if_negative, answers)
    return Finding(
        test,
        positive,
        tuple(if_positive.tolist()),
        tuple(if_negative.tolist()),
        float(test.done * shift),
        float(test.done * bits),
        float(test.done * shift / test.cost),
    )


def _place(network: Network, subject: str) -> Place:
    place = network.place(subject)
    if place is None:
        raise KeyError(subject)
    return place


def _bits(after: Array, before: Array) -> float:
    return float((after * np.log2(np.maximum(after, 1e-300) / np.maximum(before, 1e-300))).sum())


def next_steps(modelled: Modelled, tests: Sequence[Test], *, steps: int = 3) -> tuple[Finding, ...]:
    """Choose tests of claims one after the other by worth, each averaged over what those before may have shown (greedy).

    The findings after the first carry averages: their ``if_positive`` and ``if_negative`` are of today's evidence.

    Raises:
        KeyError: the network doesn't hold a test's subject.
    """
    network = modelled.network
    today = {test: find_out(network, modelled.inferred.beliefs, test) for test in tests}
    worlds: list[tuple[float, Graph]] = [(1.0, network.graph)]
    chosen: list[Finding] = []
    left = list(tests)
    while left and len(chosen) < steps:
        beliefs = [infer(graph, check=False).beliefs for _, graph in worlds]
        gained = {test: [find_out(network, belief, test) for belief in beliefs] for test in left}
        shifts = {test: sum(weight * one.expected_shift for (weight, _), one in zip(worlds, gained[test], strict=True)) for test in left}
        bits = {test: sum(weight * one.information for (weight, _), one in zip(worlds, gained[test], strict=True)) for test in left}
        best = min(left, key=lambda test: (-round(shifts[test] / test.cost, 12), test.subject))
        chosen.append(replace(today[best], expected_shift=shifts[best], information=bits[best], worth=shifts[best] / best.cost))
        left.remove(best)
        worlds = [
            world
            for (weight, graph), one in zip(worlds, gained[best], strict=True)
            for world in _after(network, graph, weight, best, one.positive)
        ]
    return tuple(chosen)


def _after(network: Network, graph: Graph, weight: float, test: Test, positive: float) -> list[tuple[float, Graph]]:
    """Return the worlds after a test: positive, negative, not done."""
    place = _place(network, test.subject)
    if not isinstance(place, int):
        return [(weight, graph)]
    worlds = [
        (weight * test.done * positive, graph.with_evidence(place, (1 - test.specificity, test.sensitivity))),
        (weight * test.done * (1 - positive), graph.with_evidence(place, (test.specificity, 1 - test.sensitivity))),
    ]
    return [world for world in [*worlds, (weight * (1 - test.done), graph)] if world[0] > 1e-9]


def decision_value(finding: Finding, answers: Sequence[float], utilities: Sequence[Sequence[float]]) -> float:
    """Return the expected value of a test for a decision (EVSI): 0 unless some result changes the best act.

    ``utilities`` [acts][answers], in any unit; ``answers`` is P(answers) now.
    """
    worth = np.array(utilities)
    now = float((worth @ np.array(answers)).max())
    after = finding.positive * float((worth @ np.array(finding.if_positive)).max())
    after += (1 - finding.positive) * float((worth @ np.array(finding.if_negative)).max())
    return finding.test.done * (after - now)


def perfect_value(answers: Sequence[float], utilities: Sequence[Sequence[float]]) -> float:
    """Return what knowing the answer itself would be worth (EVPI): no test is worth more."""
    worth = np.array(utilities)
    return float(worth.max(axis=0) @ np.array(answers) - (worth @ np.array(answers)).max())
