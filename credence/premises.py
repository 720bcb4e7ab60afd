"""Premises that bear on a target together: what each is expected to be, one after the other (facts/credence.md 2.1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from credence.factors import Array
from credence.judgments import NEVER_CERTAIN


def member_reference(joint: float, members: int, *, any_suffices: bool) -> float:
    """Return P(premise) such that all (any) of ``members`` independent premises hold with probability ``joint``."""
    return float(1 - (1 - joint) ** (1 / members)) if any_suffices else float(joint ** (1 / members))


def in_turn(expected: Array, mean: float, chances: Sequence[float], *, any_suffices: bool) -> list[Array]:
    """Return P(premise | target, what those before it leave open) [target states] of each premise of one step.

    The step does its work, J, where all premises hold (noisy-AND) or any does (noisy-OR). Its premises are together
    P(x | t) ~ P(x) P(J(x) | t) / P(J), with ``expected`` [target states] = P(J | t), ``mean`` its mean P(J) over the target's reference,
    and P(x) the product of the premises' own ``chances``. By the chain rule that is one conditional distribution after the other: where all
    before it hold (none does), a premise is as likely as is returned here; else the step is decided, and the premise as likely as anyway.
    """
    works, fails = np.clip(expected, NEVER_CERTAIN, 1 - NEVER_CERTAIN) / mean, np.clip(1 - expected, NEVER_CERTAIN, 1) / (1 - mean)
    if any_suffices:
        # That any holds fails where all fail.
        return [1 - rate for rate in _needed(fails, works, [1 - chance for chance in chances])]
    return _needed(works, fails, chances)


def _needed(works: Array, fails: Array, chances: Sequence[float]) -> list[Array]:
    left = [float(np.prod(chances[at:])) for at in range(len(chances) + 1)]
    return [
        np.clip(
            chance * (works * after + fails * (1 - after)) / (works * now + fails * (1 - now)),
            NEVER_CERTAIN,
            1 - NEVER_CERTAIN,
        )
        for chance, now, after in zip(chances, left, left[1:], strict=False)
    ]


def passed_on(states: int, open_if: Array, *, switched: bool) -> Array:
    """Return how a step goes from one premise on to the next: a table [what it was, premise states, what it is].

    What it is: silent, or its target's ``states``, or, where it is ``switched``, that the step is off. It stays as it is where the premise
    leaves the step open (``open_if`` [premise states]), else it falls silent.
    """
    count = states + 1 + switched
    stays = np.eye(count)
    decided = stays.copy()
    decided[1 : 1 + states] = stays[0]
    return nearly(np.where(open_if[None, :, None], stays[:, None, :], decided[:, None, :]))


def nearly(table: Array) -> Array:
    """Make nothing impossible along the last axis."""
    return np.asarray(table * (1 - table.shape[-1] * NEVER_CERTAIN) + NEVER_CERTAIN)
