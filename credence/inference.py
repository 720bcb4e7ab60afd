"""Inference: exact where that is possible, belief propagation with its error where it is not (facts/credence.md 2.11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from credence.cliques import calibrate, plan
from credence.factors import Array, Beliefs, Graph
from credence.loops import Messages, propagate
from credence.regions import region_around
from credence.sampling import most_variables, sample
from credence.trees import levels, two_pass

CHECKED: Final = 20
"""Variables, those whose answers-given marginals differ most, that Gibbs sampling checks after belief propagation."""

REGION: Final = 200
"""Variables sampled of a graph that is too large to sample whole."""

SURELY: Final = 5.0
"""Standard errors. Where sampling and propagation differ by less, sampling can't tell that propagation is off, and its noise would
replace the better number."""


class Method(StrEnum):
    """How the numbers were found."""

    TREE = "exact: two passes over a tree"
    CLIQUES = "exact: bucket tree"
    LOOPY = "approximate: damped belief propagation"


@dataclass(frozen=True)
class Check:
    """What Gibbs sampling said of the leading variables: the largest difference of P(variable | answer), and the sampling's own error.

    ``answers``: the largest difference of P(answer) itself; None where sampling doesn't tell it (`credence.sampling.Sampled`).
    """

    difference: float
    sampling_error: float
    sweeps: int
    region: int | None = None
    """How many variables nearest to them were sampled, if not all."""
    answers: float | None = None

    def __str__(self) -> str:
        among = f" among the {self.region:,} nearest to them" if self.region else ""
        itself = "" if self.answers is None else f", of the answers {self.answers:.3f}"
        return f"Gibbs check of the top {CHECKED}{among} {self.difference:.3f}{itself}, give or take {self.sampling_error:.3f}"


@dataclass(frozen=True)
class Known:
    """How a graph was worked out: of this another with the same variables can take over the order found, or the messages."""

    graph: Graph
    way: Callable[[Graph], Beliefs] | Messages

    def fits(self, graph: Graph) -> bool:
        """Whether another graph has the same variables and factors over the same of them, whatever the numbers in them."""
        mine, others = self.graph, graph
        return (
            np.array_equal(mine.states, others.states)
            and len(mine.blocks) == len(others.blocks)
            and all(np.array_equal(one.scope, other.scope) for one, other in zip(mine.blocks, others.blocks, strict=True))
        )

    def touched(self, graph: Graph) -> NDArray[np.bool_]:
        """Return which variables have other evidence in another graph that fits, or stand in a factor that is different there."""
        found: NDArray[np.bool_] = (self.graph.evidence != graph.evidence).any(axis=1)
        for mine, other in zip(self.graph.blocks, graph.blocks, strict=True):
            different = (mine.tables != other.tables).reshape(len(mine), -1).any(axis=1)
            found[mine.scope[different]] = True
        return found


@dataclass(frozen=True)
class Inferred:
    """Beliefs and how good they are. ``gauge`` and ``check`` are differences of probabilities; both 0 and None in exact methods.

    ``known`` is what inference after an edit can go on from.
    """

    beliefs: Beliefs
    method: Method
    known: Known
    gauge: float = 0.0
    converged: bool = True
    sweeps: int = 0
    check: Check | None = None

    @property
    def error(self) -> float:
        """The largest known error of a probability: of the gauge and, where it was made, the check."""
        return max(self.gauge, self.check.difference, self.check.answers or 0.0) if self.check else self.gauge

    def __str__(self) -> str:
        if self.method is not Method.LOOPY:
            return self.method.value
        checked = f", {self.check}" if self.check else ", no Gibbs check"
        stopped = "" if self.converged else ", stopped before it settled"
        return f"{self.method.value} ({self.sweeps} sweeps{stopped}; error gauge {self.gauge:.3f}{checked})"


def infer(graph: Graph, *, check: bool = True, after: Inferred | None = None) -> Inferred:
    """Infer P(answers) and P(every variable and gate | each answer). ``check`` False leaves Gibbs sampling out.

    ``after``: what was inferred before an edit. If the graph differs in its numbers only, exact inference keeps the order found then, and
    propagation goes on from the messages of then, where something is different and as far as that is felt.
    """
    if after is not None and after.known.fits(graph):
        known = after.known
        if isinstance(known.way, Messages):
            return _loopy(graph, *propagate(graph, start=known.way.copy(), changed=known.touched(graph)), check=check)
        return _exact(graph, after.method, known.way)
    tree = levels(graph)
    if tree is not None:
        return _exact(graph, Method.TREE, partial(two_pass, tree=tree))
    buckets = plan(graph)
    if buckets is not None:
        return _exact(graph, Method.CLIQUES, partial(calibrate, buckets=buckets))
    return _loopy(graph, *propagate(graph), check=check)


def _exact(graph: Graph, method: Method, way: Callable[[Graph], Beliefs]) -> Inferred:
    return Inferred(way(graph), method, Known(graph, way))


def _loopy(graph: Graph, beliefs: Beliefs, messages: Messages, *, check: bool) -> Inferred:
    known = Known(graph, messages)
    found = Inferred(beliefs, Method.LOOPY, known, beliefs.gauge, messages.converged, messages.sweeps)
    if not check:
        return found
    shifts = expected_shifts(beliefs)
    leading = np.argsort(-shifts, kind="stable")[:CHECKED]
    most, given = most_variables(graph.answers), beliefs.given.copy()
    if len(graph.states) <= most:
        sampled, rows, region = sample(graph, leading), leading, None
    else:
        cut = region_around(graph, messages, seeds=leading, worth=shifts, size=min(most, REGION))
        rows, region = np.searchsorted(cut.variables, leading), len(cut.variables)
        sampled = sample(cut.graph, rows, border=cut.border)
    propagated, drawn = beliefs.given[:, leading], sampled.given[:, rows]
    apart = np.abs(drawn - propagated)
    surely = (apart > SURELY * sampled.error[:, rows]).any(axis=(0, 2))
    given[:, leading[surely]] = drawn[:, surely]
    checked = Check(float(apart.max()), float(sampled.error[:, rows].max()), sampled.sweeps, region)
    answers = beliefs.answers
    if sampled.answers is not None and sampled.answers_error is not None:
        off = np.abs(sampled.answers - answers)
        checked = replace(checked, answers=float(off.max()), sampling_error=max(checked.sampling_error, float(sampled.answers_error.max())))
        answers = sampled.answers if (off > SURELY * sampled.answers_error).any() else answers
    return replace(found, beliefs=replace(beliefs, given=given, answers=answers), check=checked)


def expected_shifts(beliefs: Beliefs) -> Array:
    """Return [V]: sum over outcomes v of P(v) TV(P(answer | v), P(answer)) for every variable but the question, whose place holds -1.

    P(v) P(A=k | v) = P(v | A=k) P(A=k), so it is half the sum over v and k of P(A=k) |P(v | A=k) - P(v)|: one sweep over all claims.
    """
    mixed = beliefs.free if beliefs.exact else beliefs.mixed()
    apart = np.tensordot(beliefs.answers, np.abs(beliefs.given - mixed), axes=1)
    found = 0.5 * np.einsum("vx->v", apart)
    found[0] = -1.0
    return np.asarray(found)
