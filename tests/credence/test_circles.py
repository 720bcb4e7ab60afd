"""Circles of reasons: seen before they close, at whatever order links come."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import least_squares

from credence.circles import Ancestry
from credence.explaining import why
from credence.judgments import logit
from credence.standing import standing
from knowledge.records import Claim, Link
from tests.credence.builders import NO, QUESTION, YES, Argument, modelled, quick

NODES = [f"n{number}" for number in range(9)]
pairs = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=40)


def reaches(arcs: set[tuple[str, str]], start: str, end: str) -> bool:
    """Plain search."""
    stack, seen = [start], {start}
    while stack:
        node = stack.pop()
        if node == end:
            return True
        fresh = {child for parent, child in arcs if parent == node} - seen
        seen |= fresh
        stack += fresh
    return False


@quick
@given(pairs)
def test_an_arc_is_refused_exactly_where_it_would_close_a_circle(arcs: list[tuple[str, str]]) -> None:
    """The kept order says the same as a search from scratch, and lists parents before children."""
    ancestry, kept = Ancestry(NODES), set()
    for parent, child in arcs:
        allowed = ancestry.add(parent, child)
        assert allowed == (not reaches(kept, child, parent))
        if allowed:
            kept.add((parent, child))
    place = {node: at for at, node in enumerate(ancestry.in_order())}
    assert all(place[parent] < place[child] for parent, child in kept)


@quick
@given(pairs, st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), min_size=1, max_size=4))
def test_several_arcs_are_added_all_or_none(before: list[tuple[str, str]], together: list[tuple[str, str]]) -> None:
    """If one of them would close a circle the others leave no trace."""
    ancestry, kept = Ancestry(NODES), set()
    for parent, child in before:
        if ancestry.add(parent, child):
            kept.add((parent, child))
    if not ancestry.add_all(together):
        for parent, child in [(parent, child) for parent in NODES for child in NODES if parent != child]:
            probe = Ancestry(NODES)
            for arc in kept:
                probe.add(*arc)
            assert ancestry.add(parent, child) == probe.add(parent, child)
            ancestry = Ancestry(NODES)
            for arc in kept:
                ancestry.add(*arc)


def both_ways(onward: tuple[float, float], back: tuple[float, float] | None) -> Argument:
    """One claim for the answer, another that bears on it, and maybe the first on the other too."""
    argument = Argument()
    one, other = argument.claim("one", 0.5), argument.claim("other", 1.5)
    argument.bears(one, YES, 0.8, 0.2)
    argument.bears(other, one, *onward)
    if back is not None:
        argument.bears(one, other, *back)
    return argument


def test_reciprocal_links_are_one_coupling() -> None:
    """A weaker link back adds nothing, a stronger one lends its odds ratio once, and each is named as left out."""
    alone = both_ways((0.8, 0.2), None).result()
    weaker = both_ways((0.8, 0.2), (0.6, 0.4)).result()
    assert modelled(weaker) == modelled(alone)
    assert "other way round" in weaker.left_out[0].reason
    stronger = both_ways((0.6, 0.4), (0.8, 0.2)).result()
    assert [round(value, 9) for value in modelled(stronger)] == [round(value, 9) for value in modelled(alone)]


def test_mutual_support_without_evidence_amplifies_nothing() -> None:
    """Three claims that support each other in a ring, with nothing said on them, leave the answer at its prior."""
    argument = Argument()
    claims = [argument.claim(f"c{number}") for number in range(3)]
    argument.bears(claims[0], YES, 0.9, 0.1)
    for number in range(3):
        argument.bears(claims[number], claims[(number + 1) % 3], 0.9, 0.1)
    result = argument.result()
    assert modelled(result) == pytest.approx([answer.prior for answer in result.answers])


def ring(weights: list[float | None], rates: list[tuple[float, float]], *, warrant: float = 0.8) -> tuple[Argument, list[Claim]]:
    """Claims of which each bears on the next in a circle, the first of them on the answer too."""
    argument = Argument()
    claims = [argument.claim(f"c{number}", weight) for number, weight in enumerate(weights)]
    argument.bears(claims[0], YES, 0.7, 0.3, warrant=warrant)
    for number, (high, low) in enumerate(rates):
        argument.bears(claims[number], claims[(number + 1) % len(claims)], high, low, warrant=warrant)
    return argument, claims


rates = st.tuples(st.floats(0.02, 0.98), st.floats(0.02, 0.98))


@quick
@given(st.lists(rates, min_size=3, max_size=4), st.floats(0.1, 0.9))
def test_a_circle_says_nothing_of_its_own(links: list[tuple[float, float]], warrant: float) -> None:
    """However its claims bear on each other, a circle of which next to nothing is known leaves answers and claims where they were.

    To 1e-5: where it is tight, the fit of its fields ends before it is as close as elsewhere (`credence.rings.MOST_ROUNDS`).
    """
    argument, claims = ring([1e-9, *[None] * (len(links) - 1)], links, warrant=warrant)
    result = argument.result()
    assert result.left_out == ()
    assert [set(circle) for circle in result.circles] == [{claim.id for claim in claims}]
    assert modelled(result) == pytest.approx([answer.prior for answer in result.answers], abs=1e-5)
    assert [result.credences[link.id] for link in argument.records if isinstance(link, Link)] == pytest.approx([warrant] * (len(links) + 1))
    references = {claim.id: result.credences[claim.id] for claim in claims}
    apart, _ = ring([1e-9, *[None] * (len(links) - 1)], links[:-1], warrant=warrant)
    assert references[claims[0].id] == pytest.approx(apart.result().credences[claims[0].id], abs=1e-5)


@quick
@given(st.lists(st.sampled_from([0.7, 0.9, 0.97]), min_size=3, max_size=3), st.floats(0.2, 3))
def test_a_circle_passes_evidence_on_and_never_more_than_it_got(highs: list[float], weight: float) -> None:
    """Evidence on one claim of a ring of supports moves its own log-odds by as much as it weighs, and the others and the answer by less."""
    links = [(high, 1 - high) for high in highs]
    before, claims = ring([1e-9, None, None], links)
    after, _ = ring([weight, None, None], links)
    shifts = [logit(after.result().credences[claim.id]) - logit(before.result().credences[claim.id]) for claim in claims]
    assert shifts[0] == pytest.approx(weight, abs=1e-6)
    assert all(0 < shift < weight for shift in shifts[1:])
    assert modelled(after.result())[0] > modelled(before.result())[0]


def test_a_circle_is_the_joint_distribution_written_out() -> None:
    """A ring of sure steps is the product of one factor for each link, with fields that keep the references, normalised given the answer."""
    links = [(0.8, 0.3), (0.9, 0.2), (0.7, 0.4)]
    argument, _ = ring([1.2, -0.7, 0.4], links, warrant=1.0)
    argument.priors(0.3, 0.6, 0.1)
    prior = np.array([0.3, 0.6, 0.1])
    toward = np.array([0.7, 0.3, 0.3])
    first = float(prior @ toward)
    references = [first, 0.0, 0.0]
    references[2] = 0.7 * references[0] + 0.4 * (1 - references[0])
    references[1] = 0.9 * references[2] + 0.2 * (1 - references[2])
    states = np.array(list(itertools.product((0, 1), repeat=3)))
    coupling = np.zeros(8)
    for number, (high, low) in enumerate(links):
        target = states[:, (number + 1) % 3]
        coupling += states[:, number] * target * (logit(high) - logit(low))
    pulled = np.where(states[:, :1] == 1, np.log(toward), np.log(1 - toward))

    def table(fields: NDArray[np.float64]) -> NDArray[np.float64]:
        weights = np.exp(coupling[:, None] + pulled + (states @ fields)[:, None])
        return weights / weights.sum(axis=0)

    fitted = least_squares(lambda fields: states.T @ (table(fields) @ prior) - references, np.zeros(3), xtol=1e-14, ftol=1e-14).x
    joint = table(fitted) * np.exp(states @ np.array([1.2, -0.7, 0.4]))[:, None] * prior
    assert modelled(argument.result()) == pytest.approx((joint.sum(axis=0) / joint.sum()).tolist(), abs=1e-7)


def test_an_objection_to_a_step_of_a_circle_weakens_it_and_its_warrant_can_be_settled() -> None:
    """A warrant inside a block can be undercut from outside it, and is a subject like any other."""
    links = [(0.9, 0.1)] * 3
    argument, claims = ring([None, 2.5, None], links)
    step = next(record for record in argument.records if isinstance(record, Link) and record.target == claims[2].id)
    before = argument.result()
    argument.undercuts(argument.claim("objection", 3.0), step, 0.9)
    after = argument.result()
    assert after.credences[step.id] < before.credences[step.id] - 0.2
    assert modelled(after)[0] < modelled(before)[0]
    assert standing(argument.varied).verdict is not None
    assert set(why(argument.view, QUESTION, claims[1].id).circle) == {claims[0].id, claims[2].id}


def test_an_objection_that_rests_on_its_own_circle_is_left_out_and_said() -> None:
    """A claim of a ring can't attack a step of the same ring: that would be a circle through a warrant."""
    argument, claims = ring([1.0, 1.0, 1.0], [(0.9, 0.1)] * 3)
    step = next(record for record in argument.records if isinstance(record, Link) and record.target == claims[2].id)
    undercut = argument.undercuts(claims[0], step, 0.9)
    assert [(left.record, "rests itself" in left.reason) for left in argument.result().left_out] == [(undercut.id, True)]


def test_a_circle_too_large_for_a_table_is_cut_and_said() -> None:
    """Nine claims in a ring give a finite answer, and the link left out is the one that leads away from the question."""
    argument, claims = ring([1.0] * 9, [(0.7, 0.3)] * 9)
    away = next(
        record for record in argument.records if isinstance(record, Link) and record.premises == (claims[0].id,) and record.target != YES.id
    )
    result = argument.result()
    assert [left.record for left in result.left_out if "circle" in left.reason] == [away.id]
    assert sum(modelled(result)) == pytest.approx(1)


@quick
@given(st.floats(-3, 3), st.floats(0.05, 0.95))
def test_a_report_split_in_two_independent_ones_is_the_same(weight: float, part: float) -> None:
    """Weights of evidence add: one testimony of w nats is two of a w and (1 - a) w, said by two in their own words."""
    whole, split = Argument(), Argument()
    whole.bears(whole.claim("s", weight), NO, 0.8, 0.3)
    claim = split.claim("s", part * weight, speaker="Ada One")
    split.claim("s", (1 - part) * weight, speaker="Bob Two")
    split.bears(claim, NO, 0.8, 0.3)
    assert [round(value, 9) for value in modelled(whole.result())] == [round(value, 9) for value in modelled(split.result())]
