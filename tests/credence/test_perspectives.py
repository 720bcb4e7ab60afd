"""Double cruxes: credence swap, resolution, block swap and Shapley values."""

from __future__ import annotations

import itertools
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credence.engine import assess
from credence.explaining import what_if
from credence.perspectives import EXACT_BLOCKS, REST, Dispute, dispute, shapley
from knowledge.records import Claim, Link, Perspective
from knowledge.vocabulary import Quantity
from tests.credence.builders import ELSE, NO, QUESTION, READER, YES, Argument

OTHER = Perspective(name="sceptic", description="of tests")


class Debate:
    """Two perspectives over one structure: every number is judged by both."""

    def __init__(self) -> None:
        self.argument = Argument()
        self.argument.records.append(OTHER)

    def claim(self, name: str, *weights: float) -> Claim:
        """A claim with one testimony, weighed by each side."""
        claim = self.argument.claim(name, weights[0])
        assertion = next(record for record in self.argument.records if getattr(record, "claim", "") == claim.id)
        self.as_other(lambda: self.argument.judged(assertion.id, Quantity.EVIDENCE, weights[1]))
        return claim

    def bears(
        self, claim: Claim, rates: tuple[float, float], others: tuple[float, float], *, warrants: tuple[float, float] = (0.8, 0.8)
    ) -> Link:
        """A link to the first answer, judged by each side."""
        link = self.argument.bears(claim, YES, *rates, warrant=warrants[0])

        def judge() -> None:
            self.argument.judged(link.id, Quantity.WARRANT, warrants[1])
            for answer in (YES, NO, ELSE):
                self.argument.judged(link.id, Quantity.EXPECTEDNESS, others[0] if answer is YES else others[1], answer.id)

        self.as_other(judge)
        return link

    def as_other(self, judge) -> None:
        """Judge as the second perspective."""
        self.argument.by = OTHER
        judge()
        self.argument.by = READER

    def between(self, first: Perspective = READER, second: Perspective = OTHER) -> Dispute:
        """Compare the sides."""
        return dispute(self.argument.view, QUESTION, first=first.id, second=second.id)


def planted(seed: int) -> tuple[Debate, set[str]]:
    """Two disputed claims that matter, ten on which the sides differ more and that hardly matter."""
    random = np.random.default_rng(seed)
    debate, wanted = Debate(), set()
    for number in range(12):
        matters = number < 2
        first = float(random.uniform(0.9, 1.3) if matters else random.uniform(2.0, 2.6))
        claim = debate.claim(f"c{number}", first, -first)
        high, low = (0.85, 0.25) if matters else (0.53, 0.48)
        debate.bears(claim, (high, low), (high, low), warrants=(0.95, 0.95))
        if matters:
            wanted.add(claim.id)
    return debate, wanted


@pytest.mark.parametrize("seed", range(4))
def test_planted_double_cruxes_come_first(seed: int) -> None:
    """The two that matter close most of the gap; by the size of the disagreement alone they would not come first."""
    debate, wanted = planted(seed)
    found = debate.between()
    assert {one.subject for one in found.double_cruxes[:2]} == wanted
    assert {share.record for share in [one for one in found.blocks if one.record != REST][:2]} == wanted
    by_difference = sorted(
        (one for one in found.double_cruxes if one.subject.startswith("claim-")), key=lambda one: -abs(one.credences[0] - one.credences[1])
    )
    assert {one.subject for one in by_difference[:2]} != wanted


def test_a_double_crux_moves_both_sides() -> None:
    """Each side's own move is towards the other, and the numbers are those of Jeffrey's rule."""
    debate, wanted = planted(1)
    found = debate.between()
    first = found.double_cruxes[0]
    assert found.gap == pytest.approx(found.probabilities[0] - found.probabilities[1])
    assert first.moves[0] * found.gap < 0 < first.moves[1] * found.gap
    closed = abs(found.gap) - 0.5 * (abs(found.gap + first.moves[0]) + abs(found.gap - first.moves[1]))
    assert first.closes == pytest.approx(closed)
    assert first.subject in wanted


def test_the_gap_that_is_left_is_the_mean_over_both_outcomes() -> None:
    """P(true) |difference if true| + P(false) |difference if false|, P of both sides' mean; by settling the claim in each side's own model."""
    debate = Debate()
    claim = debate.claim("s", 2.5, 1.5)
    debate.bears(claim, (0.9, 0.3), (0.9, 0.7))
    debate.bears(debate.claim("t", 1.0, -1.0), (0.8, 0.3), (0.8, 0.3))
    found = debate.between()
    about = next(one for one in found.double_cruxes if one.subject == claim.id)
    at = [YES.id, NO.id, ELSE.id].index(found.answer)
    apart = []
    for value in (1.0, 0.0):
        after = [modelled_if(debate.argument, claim, value, side)[at] for side in (READER, OTHER)]
        apart.append(abs(after[0] - after[1]))
    mean = sum(about.credences) / 2
    assert abs(apart[0] - apart[1]) > 0.02
    assert abs(mean - 0.5) > 0.1
    assert about.unresolved == pytest.approx(mean * apart[0] + (1 - mean) * apart[1], abs=1e-6)


def modelled_if(argument: Argument, claim: Claim, value: float, side: Perspective) -> list[float]:
    """The answers as modelled by a side once a claim is certain."""
    error = argument.result().model_error
    unsound = [answer.if_unsound for answer in assess(argument.view, perspective=side.id).questions[0].answers]
    after = what_if(argument.view, QUESTION, {claim.id: value}, perspective=side.id).after
    return [(one - error * other) / (1 - error) for one, other in zip(after, unsound, strict=True)]


few = settings(max_examples=8, deadline=None)
weights = st.tuples(st.floats(-2, 2), st.floats(-2, 2))
rates = st.tuples(st.floats(0.5, 0.9), st.floats(0.1, 0.5))


@few
@given(st.lists(st.tuples(weights, rates, rates), min_size=1, max_size=3))
def test_swapping_the_perspectives_turns_the_gap_round_and_keeps_the_rest(parts) -> None:
    """First and second change places: the gap changes its sign, closings stay, moves change places."""
    debate = Debate()
    for number, (weight, mine, theirs) in enumerate(parts):
        debate.bears(debate.claim(f"c{number}", *weight), mine, theirs)
    one, other = debate.between(), debate.between(OTHER, READER)
    if one.answer == other.answer:
        assert one.gap == pytest.approx(-other.gap)
        back = {double.subject: double for double in other.double_cruxes}
        for double in one.double_cruxes:
            assert double.closes == pytest.approx(back[double.subject].closes, abs=1e-9)
            assert double.unresolved == pytest.approx(back[double.subject].unresolved, abs=1e-9)
            assert double.local == pytest.approx(back[double.subject].local, abs=1e-9)
            assert double.moves == pytest.approx(back[double.subject].moves[::-1], abs=1e-9)


@few
@given(st.lists(st.tuples(weights, rates, rates), min_size=1, max_size=3), rates, st.floats(-2, 2))
def test_shares_sum_to_the_gap_and_what_is_shared_has_none(parts, common, weight: float) -> None:
    """Shapley values sum to the gap in log-odds; a record that both judge alike is no block at all."""
    debate = Debate()
    for number, (both, mine, theirs) in enumerate(parts):
        debate.bears(debate.claim(f"c{number}", *both), mine, theirs)
    same = debate.claim("same", weight, weight)
    link = debate.bears(same, common, common)
    found = debate.between()
    assert sum(share.shapley for share in found.blocks) == pytest.approx(found.log_odds_gap, abs=1e-7)
    assert {same.id, link.id}.isdisjoint(share.record for share in found.blocks)


def test_agreement_on_the_claim_and_not_on_the_step_is_named() -> None:
    """Both believe the claim and differ on how it bears: settling it closes nothing, and the block is the warrant's."""
    debate = Debate()
    claim = debate.claim("s", 4.0, 4.0)
    link = debate.bears(claim, (0.9, 0.1), (0.55, 0.5))
    found = debate.between()
    assert found.blocks[0].record == link.id
    assert found.blocks[0].on_warrant
    about = next(one for one in found.double_cruxes if one.subject == claim.id)
    assert about.unresolved == pytest.approx(abs(found.gap), rel=0.2)
    assert about.closes < 0.2 * abs(found.gap)
    step = found.double_cruxes[0]
    assert step.subject == link.id, "it comes first although taking over the other's credence in it closes little"
    assert step.local == pytest.approx(abs(found.gap)), "it is all on which they differ"


def test_identical_perspectives_have_no_dispute() -> None:
    """No gap, nothing to close, no blocks."""
    debate = Debate()
    debate.bears(debate.claim("s", 1.0, 1.0), (0.8, 0.2), (0.8, 0.2))
    found = debate.between()
    assert found.gap == 0
    assert found.blocks == ()
    assert all(one.closes == pytest.approx(0) for one in found.double_cruxes)


def test_sampled_shares_are_near_the_exact_ones_and_sum_to_the_whole() -> None:
    """For a game of pairs the sampled values are within four standard errors of the exact ones, which are half of each pair."""
    players = [f"p{number}" for number in range(EXACT_BLOCKS + 2)]
    worth = {pair: float(at % 5) - 1.5 for at, pair in enumerate(itertools.combinations(players, 2))}

    def value(chosen) -> float:
        return sum(amount for pair, amount in worth.items() if set(pair) <= set(chosen))

    sampled = shapley(players, value)
    assert sum(share for share, _ in sampled.values()) == pytest.approx(value(players))
    for player, (share, error) in sampled.items():
        exact = 0.5 * sum(amount for pair, amount in worth.items() if player in pair)
        assert abs(share - exact) < 4 * error + 1e-9
    few_players = players[:4]
    exact_shares = shapley(few_players, value)
    for player, (share, error) in exact_shares.items():
        assert error == 0
        assert share == pytest.approx(
            0.5 * sum(amount for pair, amount in worth.items() if player in pair and set(pair) <= set(few_players))
        )


def test_to_be_silent_on_a_number_is_not_to_differ_about_it() -> None:
    """A side that judged one number differs about that one only: all others it takes from the side that judged them."""
    debate = Debate()
    debate.argument.bears(debate.argument.claim("common", 2.0), NO, 0.9, 0.3)
    link = debate.argument.bears(debate.argument.claim("disputed", 2.0), YES, 0.8, 0.2, warrant=0.9)
    debate.as_other(lambda: debate.argument.judged(link.id, Quantity.WARRANT, 0.1))
    for answer, prior in ((YES, 0.2), (NO, 0.7), (ELSE, 0.1)):
        debate.as_other(partial(debate.argument.judged, answer.id, Quantity.PRIOR, prior))
    found = debate.between()
    assert [block.record for block in found.blocks] == [link.id]
    assert found.blocks[0].on_warrant
    assert found.blocks[0].alone == pytest.approx(found.log_odds_gap)


@pytest.mark.parametrize("name", [f"visitor {number}" for number in range(6)])
def test_another_perspective_leaves_the_results_as_they_were(name: str) -> None:
    """Whatever its id, a person's perspective doesn't become the one under which a revision is assessed by default."""
    argument = Argument()
    link = argument.bears(argument.claim("s", 2.0), YES, 0.8, 0.2)
    before = assess(argument.view)
    argument.by = Perspective(name=name, description="of tests")
    argument.records.append(argument.by)
    argument.judged(link.id, Quantity.WARRANT, 0.05)
    assert assess(argument.view) == before
    under = assess(argument.view, perspective=argument.by.id).questions[0]
    assert under.credences[link.id] < 0.1
    assert assess(argument.view, perspective=argument.by.id).assumed == before.assumed
