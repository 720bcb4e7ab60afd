"""Circles of reasons: seen before they close, at whatever order links come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.circles import Ancestry
from tests.credence.builders import NO, YES, Argument, modelled, quick

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
