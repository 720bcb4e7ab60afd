"""The model: linked premises, alternatives, qualified claims, sub-questions, shared upstreams, refusals."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.coherence import IncoherentRatios, rates_of, ratios_of
from credence.engine import assess, coherent_judgments
from credence.judgments import Key, expit, logit
from credence.objections import expected_if, states_of
from credence.overlaps import effective_number, joint_weight, overlap, overlap_of_sets
from credence.premises import in_turn
from credence.tables import Gate, Lent, Shape, claim_tables, pull, weighted
from knowledge.records import Answer, Claim, Judgment, Link, Question, Reliance, Tag, Upstream, Warrant
from knowledge.views import View
from knowledge.vocabulary import Quantity, Relation, RelianceKind, UpstreamKind
from tests.credence.builders import ELSE, NO, QUESTION, READER, WARRANT, YES, Argument, chance, crux_of, modelled, nats, quick


@quick
@given(st.lists(chance, min_size=2, max_size=3), st.lists(chance, min_size=2, max_size=4), st.booleans())
def test_premises_in_turn_are_the_step_written_out(expected: list[float], chances: list[float], any_suffices: bool) -> None:
    """One after the other the premises of a step have its joint distribution P(x) P(J(x) | t) / P(J), which sums to one given the target."""
    judged, mean = np.array(expected), float(np.mean(expected))
    rates = in_turn(judged, mean, chances, any_suffices=any_suffices)
    states = list(itertools.product((False, True), repeat=len(chances)))
    wanted = np.zeros((len(states), len(expected)))
    found = np.ones_like(wanted)
    for row, world in enumerate(states):
        works = any(world) if any_suffices else all(world)
        prior = math.prod(one if true else 1 - one for one, true in zip(chances, world, strict=True))
        wanted[row] = prior * (judged / mean if works else (1 - judged) / (1 - mean))
        for at, true in enumerate(world):
            still_open = all(earlier != any_suffices for earlier in world[:at])
            rate = rates[at] if still_open else chances[at]
            found[row] *= rate if true else 1 - rate
    assert found == pytest.approx(wanted / wanted.sum(axis=0), abs=1e-6)


@quick
@given(nats, nats, chance, chance)
def test_a_linked_step_equals_the_joint_written_out(one: float, other: float, high: float, low: float) -> None:
    """P(answers) by a step that needs both premises is that of the joint: P(J | x) from noisy-AND, P(J | answer) as judged, over P(J)."""
    argument = Argument()
    argument.priors(0.4, 0.5, 0.1)
    first, second = argument.claim("first", one), argument.claim("second", other)
    argument.bears(first, YES, high, low, warrant=0.7, also=(second,))
    expected = np.array([high, low, low])
    prior = np.array([0.4, 0.5, 0.1])
    mean = float(prior @ expected)
    single = math.sqrt(mean)
    total = np.zeros(3)
    for answer, open_gate, x, y in itertools.product(range(3), (0, 1), (0, 1), (0, 1)):
        rate = expected[answer] / mean if x and y else (1 - expected[answer]) / (1 - mean)
        tie = rate if open_gate else 1.0
        mass = (single if x else 1 - single) * (single if y else 1 - single) * math.exp(one * x + other * y)
        total[answer] += prior[answer] * (0.7 if open_gate else 0.3) * tie * mass
    assert modelled(argument.result()) == pytest.approx((total / total.sum()).tolist(), abs=1e-7)


def _pair(any_suffices: bool, weights: tuple[float, float]) -> float:
    argument = Argument()
    first, second = argument.claim("first", weights[0]), argument.claim("second", weights[1])
    link = argument.bears(first, YES, 0.6, 0.1, also=(second,))
    if any_suffices:
        argument.records.append(Tag(record=link.id, name="premises", value="any"))
    return modelled(argument.result())[0]


def test_all_needed_falls_with_one_premise_and_any_suffices_does_not() -> None:
    """One refuted premise ruins a step that needs all; a step for which any suffices still works through the other."""
    assert _pair(False, (6.0, -6.0)) < _pair(False, (1e-9, 1e-9)) < _pair(False, (6.0, 6.0))
    assert _pair(True, (6.0, -6.0)) > _pair(True, (1e-9, 1e-9)) > _pair(True, (-6.0, -6.0))


def test_a_premise_of_two_steps_is_one_premise() -> None:
    """Shared premises join steps: evidence on one moves what both bear on, and the numbers stay probabilities."""
    argument = Argument()
    shared, first, second = (argument.claim(name, weight) for name, weight in (("shared", 0.5), ("first", 0.5), ("second", 0.5)))
    argument.bears(shared, YES, 0.6, 0.2, also=(first,))
    argument.bears(shared, YES, 0.5, 0.2, also=(second,))
    argument.bears(shared, NO, 0.4, 0.5)
    result = argument.result()
    assert sum(modelled(result)) == pytest.approx(1)
    assert crux_of(result, shared).expected_shift > crux_of(result, first).expected_shift


def test_a_qualified_claim_speaks_through_the_narrower() -> None:
    """What a wide claim bore on it bears on through the claim that qualifies it: settling the narrower leaves the wider without effect."""
    argument = Argument()
    wide, narrow = argument.claim("Eggs harm.", 2.0), argument.claim("Eggs harm diabetics.", 0.1)
    argument.bears(wide, YES, 0.8, 0.2)
    before = crux_of(argument.result(), wide).expected_shift
    argument.records.append(Tag(record=narrow.id, name="qualifies", value=wide.id))
    result = argument.result()
    assert crux_of(result, wide).expected_shift < before
    assert crux_of(result, narrow).expected_shift > crux_of(result, wide).expected_shift


def test_a_sub_question_feeds_its_parent_through_the_claim_that_words_its_answer() -> None:
    """Evidence on a sub-question's answer moves the parent's, in the direction in which the answer bears; without the claim it doesn't."""
    sub = Question(name="seepage", text="Does water seep?", parent=QUESTION.id)
    wet = Answer(question=sub.id, name="a-wet", text="Water seeps.")
    dry = Answer(question=sub.id, name="b-dry", text="It is dry.")
    other = Answer(question=sub.id, name="other", text="Something else.", something_else=True)
    results = []
    for weight, worded in ((2.0, True), (-2.0, True), (2.0, False)):
        argument = Argument()
        argument.records += [sub, wet, dry, other]
        answer = argument.claim("Water seeps." if worded else "There is talk of water.")
        argument.bears(answer, YES, 0.8, 0.3)
        seen = argument.claim("puddles", weight)
        link = argument.bears(seen, wet, 0.8, 0.2)
        argument.judged(link.id, Quantity.EXPECTEDNESS, 0.8, wet.id)
        argument.judged(link.id, Quantity.EXPECTEDNESS, 0.2, dry.id)
        results.append(argument.result())
    up, down, apart = (modelled(result)[0] for result in results)
    assert up > apart > down
    assert modelled(results[2]) == pytest.approx([answer.prior for answer in results[2].answers])
    assert math.isclose(sum(modelled(results[0])), 1)


def test_an_upstream_on_which_several_claims_lean_can_fail_for_all() -> None:
    """Two claims from one case list count less than two from two lists, the list is a subject of its own, and its doubt costs both."""
    values = {}
    for shared, sound in ((False, 0.9), (True, 0.9), (True, 0.4)):
        argument = Argument()
        for number in range(2):
            upstream = Upstream(name="line list" if shared else f"list {number}", kind=UpstreamKind.DATASET)
            argument.bears(argument.claim(f"c{number}", 2.5, upstream=upstream), YES, 0.8, 0.2)
            argument.records.append(upstream)
        if shared:
            argument.judged(upstream.id, Quantity.WARRANT, sound)
        result = argument.result()
        values[shared, sound] = modelled(result)[0]
        if shared:
            crux = result.upstreams[0]
            assert crux.subject == upstream.id
            assert crux.if_true[0] > result.answers[0].probability > crux.if_false[0]
            assert result.answers[0].independent > result.answers[0].probability
    assert values[False, 0.9] > values[True, 0.9] > values[True, 0.4]


def test_without_declarations_the_double_counting_shows() -> None:
    """P(answer) with every testimony apart is what the declarations of dependence take away from."""
    argument = Argument()
    upstream = Upstream(name="one survey", kind=UpstreamKind.DATASET)
    for number in range(5):
        argument.claim("c", 1.0, speaker=f"Speaker{number}", words=f"Words number {number}.", upstream=upstream)
    argument.bears(Claim(text="c"), YES, 0.9, 0.1)
    result = argument.result()
    assert result.answers[0].independent > result.answers[0].probability + 0.01
    assert result.effective_pieces < 2 < result.pieces == 5


@quick
@given(st.lists(st.floats(0.1, 3), min_size=1, max_size=5), st.floats(0, 1))
def test_overlap_never_adds_nor_takes_away_the_best_piece(weights: list[float], rho: float) -> None:
    """Correlated pieces that agree weigh between the best of them and their sum; at rho 1 as much as the best, at rho 0 their sum."""
    correlation = np.full((len(weights), len(weights)), rho)
    np.fill_diagonal(correlation, 1.0)
    joint = joint_weight(weights, correlation)
    assert max(weights) - 1e-6 <= joint <= sum(weights) + 1e-6
    assert joint_weight([-weight for weight in weights], correlation) == pytest.approx(-joint)
    assert joint_weight(weights, np.eye(len(weights))) == pytest.approx(sum(weights), rel=1e-6)


def test_overlap_adds_no_more_than_independence_where_coefficients_are_negative() -> None:
    """Two apart pieces that both overlap with a third get GLS coefficients of 1.43, the third -0.71: together no more than their sum."""
    correlation = np.array([[1.0, 0.6, 0.6], [0.6, 1.0, 0.0], [0.6, 0.0, 1.0]])
    assert joint_weight([0.1, 2.0, 2.0], correlation) == pytest.approx(4.1)


def test_overlap_formulas() -> None:
    """Equicorrelated pieces amount to n / (1 + (n - 1) rho); shared studies give rho by their precision; mixed signs are refused."""
    correlation = np.full((4, 4), 0.3)
    np.fill_diagonal(correlation, 1.0)
    assert effective_number(correlation) == pytest.approx(4 / (1 + 3 * 0.3))
    assert overlap({"a", "b"}, {"b", "c"}) == pytest.approx(0.5)
    assert overlap({"a", "b"}, {"b"}, precision={"a": 1.0, "b": 3.0}) == pytest.approx(3 / math.sqrt(4 * 3))
    assert overlap_of_sets([{"a"}, {"a"}, {"b"}]) == pytest.approx(np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]]))
    with pytest.raises(ValueError, match="different sign"):
        joint_weight([1.0, -1.0], np.eye(2))


@quick
@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_rates_and_ratios_go_round(if_true: float, if_false: float) -> None:
    """Two likelihood ratios fix a table and come back from it; ratios of one sign are refused with the nearest that can be."""
    if abs(if_true - if_false) > 0.01:
        assert rates_of(*ratios_of(if_true, if_false)) == pytest.approx((if_true, if_false), abs=1e-9)
    with pytest.raises(IncoherentRatios) as refused:
        rates_of(1.5, 0.4)
    assert refused.value.nearest == (1.5, 0.0)


def test_incoherent_judgments_are_refused_with_the_nearest_value() -> None:
    """Priors that sum to more than one, a conjunction likelier than its part, a rate given nothing: each is named."""
    argument = Argument()
    for answer, value in ((YES, 0.9), (NO, 0.6), (ELSE, 0.1)):
        argument.judged(answer.id, Quantity.PRIOR, value)
    part, whole = argument.claim("part", 1.0), argument.claim("whole", 1.0)
    argument.bears(part, NO, 0.5, 0.2)
    joint = argument.bears(part, NO, 0.8, 0.1, also=(whole,))
    turned = argument.bears(whole, YES, 0.7, 0.3)
    argument.judged(turned.id, Quantity.EXPECTEDNESS, 0.4, WARRANT.id)
    refused = {(one.record, one.given): one for one in assess(argument.view).refused}
    assert refused[YES.id, None].nearest == pytest.approx(0.9 / 1.6)
    assert refused[joint.id, NO.id].nearest == pytest.approx(0.5)
    assert "alone" in refused[joint.id, NO.id].reason
    assert refused[turned.id, WARRANT.id].nearest is None
    result = argument.result()
    assert [answer.prior for answer in result.answers] == pytest.approx([0.5625, 0.375, 0.0625])


def test_any_of_several_premises_is_at_least_as_likely_as_each() -> None:
    """P(any) above each single one stands as judged; below the largest single one it is refused, and that one takes its place."""
    argument = Argument()
    first, second = argument.claim("first", 1.0), argument.claim("second", 1.0)
    argument.bears(first, YES, 0.6, 0.2)
    argument.bears(second, YES, 0.5, 0.4)
    coherent = argument.bears(first, YES, 0.9, 0.5, also=(second,))
    argument.records.append(Tag(record=coherent.id, name="premises", value="any"))
    assert assess(argument.view).refused == ()
    incoherent = argument.bears(first, NO, 0.3, 0.1, also=(second,))
    argument.bears(second, NO, 0.7, 0.1)
    argument.records.append(Tag(record=incoherent.id, name="premises", value="any"))
    refused = {(one.record, one.given): one for one in assess(argument.view).refused}
    assert refused.keys() == {(incoherent.id, NO.id)}
    assert refused[incoherent.id, NO.id].nearest == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("judge", "value", "noise"),
    [
        ("test", 0.62, 0.6),
        ("another", 0.62, 0.6 / math.sqrt(2)),
        ("test", 0.95, (math.log(0.95 / 0.05) - math.log(0.6 / 0.4)) / math.sqrt(2)),
        ("another", 0.95, (math.log(0.95 / 0.05) - math.log(0.6 / 0.4)) / 2),
    ],
)
def test_a_number_judged_several_times_is_their_mean_and_surer_only_by_other_judges(judge: str, value: float, noise: float) -> None:
    """Repeated judgments count as their mean in log-odds; its noise is theirs, or their spread if that is more, over the root of the judges."""
    argument = Argument()
    link = argument.bears(argument.claim("s", 1.0), YES, 0.7, 0.4, warrant=0.6)
    again = Judgment(
        record=link.id, quantity=Quantity.WARRANT, value=value, noise=0.7, perspective=READER.id, judge=judge, reason="again", wording=1
    )
    judgments, _ = coherent_judgments(View.of([*argument.records, again]), None)
    mean = (math.log(0.6 / 0.4) + math.log(value / (1 - value))) / 2
    assert judgments.warrant(link) == pytest.approx(1 / (1 + math.exp(-mean)))
    found = judgments.used[Key(link.id, Quantity.WARRANT, None)]
    assert found == (judgments.warrant(link), pytest.approx(noise), 2)


def test_what_stands_without_the_argument_is_pooled_and_sums_to_one() -> None:
    """Three answers to how far the argument is trusted count by their mean in log-odds; the answers without it are pooled and scaled."""
    argument = Argument()
    argument.bears(argument.claim("s", 1.0), YES, 0.8, 0.3)
    asked = [(0.3, (0.1, 0.6, 0.3)), (0.45, (0.2, 0.5, 0.3)), (0.4, (0.05, 0.9, 0.05))]
    for wording, (unsound, chances) in enumerate(asked):
        about = [(QUESTION, Quantity.MODEL_ERROR, unsound, None)]
        about += [(one, Quantity.PRIOR, chance, QUESTION.id) for one, chance in zip((YES, NO, ELSE), chances, strict=True)]
        argument.records += [
            Judgment(
                record=one.id, quantity=quantity, value=value, given=given, perspective=READER.id, judge="j", reason="r", wording=wording
            )
            for one, quantity, value, given in about
        ]
    result = argument.result()

    def pooled(values: Sequence[float]) -> float:
        return expit(sum(map(logit, values)) / len(values))

    raw = [pooled([chances[at] for _, chances in asked]) for at in range(3)]
    assert result.model_error == pytest.approx(pooled([unsound for unsound, _ in asked]))
    assert [answer.if_unsound for answer in result.answers] == pytest.approx([one / sum(raw) for one in raw])
    assert sum(answer.probability for answer in result.answers) == pytest.approx(1)


def test_what_stands_if_the_model_is_unsound_is_judged_apart() -> None:
    """P(answer | model unsound) is elicited by itself: with eps 1 the published answers are it, and nothing can be a crux."""
    argument = Argument()
    argument.bears(argument.claim("s", 3.0), YES, 0.9, 0.1)
    argument.judged(QUESTION.id, Quantity.MODEL_ERROR, 1.0)
    for answer, value in ((YES, 0.0001), (NO, 0.9998), (ELSE, 0.0001)):
        argument.judged(answer.id, Quantity.PRIOR, value, QUESTION.id)
    result = argument.result()
    assert [answer.probability for answer in result.answers] == pytest.approx([0.0001, 0.9998, 0.0001])
    assert [answer.if_unsound for answer in result.answers] == pytest.approx([0.0001, 0.9998, 0.0001])
    assert max(crux.expected_shift for crux in result.cruxes) == pytest.approx(0, abs=1e-12)


def test_tempering_draws_answers_together() -> None:
    """A temperature below 1 takes overconfidence out before the model error is mixed in."""
    argument = Argument()
    argument.bears(argument.claim("s", 4.0), YES, 0.95, 0.05)
    plain, tempered = (assess(argument.view, temperature=temperature).questions[0] for temperature in (1.0, 0.5))
    odds = [math.log(answer.modelled / other.modelled) for answer, other in (plain.answers[:2], tempered.answers[:2])]
    assert odds[1] == pytest.approx(odds[0] / 2)


@quick
@given(chance, chance, chance, chance)
def test_tables_made_together_are_those_made_alone(high: float, low: float, warrant: float, base: float) -> None:
    """A claim's table with a summed-out gate is the mixture of the tables with the gate as a variable."""
    expected = np.array([low, high])
    moved = pull(expected[None], np.array([0.5 * (high + low)]), np.array([[False, True]]))
    start = np.log(np.array([[1 - base, base]]))
    summed, parts = claim_tables(Shape((2,), (0,), (Gate.SUMMED,), 2), start, [moved], [np.array([warrant])])
    apart, _ = claim_tables(Shape((2,), (0,), (Gate.VARIABLE,), 2), start, [moved], [np.array([warrant])])
    assert summed[0] == pytest.approx((1 - warrant) * apart[0][:, 0] + warrant * apart[0][:, 1])
    assert parts[0, 0] == pytest.approx(warrant * apart[0][:, 1])


def test_a_claim_with_no_record_of_reliance_is_not_tied_to_others() -> None:
    """Upstreams tie claims only where a testimony leans on them."""
    argument = Argument()
    lonely = Upstream(name="lonely", kind=UpstreamKind.DATASET)
    argument.bears(argument.claim("a", 1.0, upstream=lonely), YES, 0.8, 0.2)
    argument.bears(argument.claim("b", 1.0), YES, 0.8, 0.2)
    argument.records.append(Reliance(record=YES.id, upstream=lonely.id, how=RelianceKind.USES))
    assert argument.result().upstreams == ()


@quick
@given(chance, st.lists(st.floats(0.05, 1.0), min_size=1, max_size=12))
def test_objections_of_which_nothing_is_known_leave_a_warrant_as_judged(warrant: float, defeats: list[float]) -> None:
    """Objections that can be thought of are many: with next to no evidence for or against them they change no credence, one or twelve."""
    argument = Argument()
    link = argument.bears(argument.claim("s", 1.0), YES, 0.8, 0.2, warrant=warrant)
    before = argument.result()
    for number, defeat in enumerate(defeats):
        argument.undercuts(argument.claim(f"objection {number}", 1e-9), link, defeat)
    after = argument.result()
    assert after.credences[link.id] == pytest.approx(before.credences[link.id], abs=1e-7)
    assert modelled(after) == pytest.approx(modelled(before), abs=1e-7)


@quick
@given(chance, st.floats(0.05, 1.0))
def test_an_objection_that_is_true_defeats_by_as_much_as_judged(warrant: float, defeat: float) -> None:
    """P(the step holds | the objection) is 1 - kappa of P(it holds | the objection is false), before what the step is about is known.

    Over the objection's own warrant, which is kappa or more: if that fails the objection is as likely whatever is so of the step.
    """
    fails, holds, defeated = states_of(warrant)
    own, rates = expected_if(warrant, defeat)
    flat = sum(chance * rate for chance, rate in zip((fails, holds, defeated), rates, strict=True))
    unless, _, if_so = (own * rate + (1 - own) * flat for rate in rates)
    assert own >= defeat - 1e-9
    assert all(-1e-9 <= rate <= 1 + 1e-9 for rate in rates)
    true, false = unless * (fails + holds) + if_so * defeated, (1 - unless) * (fails + holds) + (1 - if_so) * defeated
    assert unless * holds / true == pytest.approx((1 - defeat) * (1 - unless) * holds / false, abs=1e-9)
    assert 0 <= unless <= if_so < 1


@quick
@given(chance, st.integers(1, 12))
def test_refuted_objections_lift_a_warrant_by_their_share_of_its_doubt_only(warrant: float, number: int) -> None:
    """Refuted for certain one objection lifts the warrant, several more, and no number of them takes more than half of the doubt."""
    credences = [warrant]
    for count in (1, number + 1):
        argument = Argument()
        link = argument.bears(argument.claim("s", 1e-9), YES, 0.8, 0.2, warrant=warrant)
        for at in range(count):
            argument.undercuts(argument.claim(f"objection {at}", -18.0), link, 0.9)
        credences.append(argument.result().credences[link.id])
    assert credences == sorted(credences)
    assert credences[-1] <= warrant / (1 - 0.5 * (1 - warrant)) + 1e-6


def test_a_defeated_link_lends_no_reference_and_one_that_says_nothing_none_either() -> None:
    """A claim's reference is the mean of what its links imply, each by how much it says; a defeated link's part is taken out again."""
    assert weighted([2.0, -1.0], [3.0, 0.0]) == 2.0
    assert weighted([2.0, -1.0], [1.0, 2.0]) == pytest.approx(0.0)
    assert weighted([2.0, -1.0], [0.0, 0.0]) == pytest.approx(0.5)
    rates = [np.array([[0.3, 0.8]]), np.array([[0.02, 0.1]])]
    means = [np.array([one.mean()]) for one in rates]
    odds = [np.log(mean / (1 - mean)) for mean in means]
    pulls = [pull(one, mean, np.array([[False, True]])) for one, mean in zip(rates, means, strict=True)]
    lent = [Lent(odds[0], np.array([1.0])), Lent(odds[1], np.array([3.0]))]
    base = np.array([[0.0, weighted([float(odds[0][0]), float(odds[1][0])], [1.0, 3.0])]])
    table, _ = claim_tables(Shape((2, 2), (0, 1), (Gate.NONE, Gate.VARIABLE), 2), base, pulls, [np.ones(1)] * 2, lent=lent)
    for off in (0, 2):
        for other in range(2):
            assert table[0, :, other, off, 1] == pytest.approx([0.3, 0.8], abs=1e-5)
    assert table[0, 0, 0, 1, 1] < 0.1


def test_the_example_worked_by_hand_in_the_documentation() -> None:
    """docs/credence.md: a wet cellar and a leaking dam."""
    argument = Argument()
    argument.priors(0.5 - 5e-10, 0.5 - 5e-10, 1e-9)
    claim = argument.claim("The cellar below is wet.", math.log(4))
    argument.bears(claim, YES, 0.8, 0.2, warrant=0.9)
    result = argument.result()
    crux = crux_of(result, claim)
    assert result.answers[0].probability == pytest.approx(0.662, abs=1e-6)
    assert crux.probability == pytest.approx(0.8, abs=1e-6)
    assert (crux.if_true[0], crux.if_false[0]) == pytest.approx((0.77, 0.23), abs=1e-6)
    assert crux.expected_shift == pytest.approx(0.1728, abs=1e-6)
    assert crux.worst_case == pytest.approx(0.432, abs=1e-6)


def test_the_same_step_offered_twice_counts_once() -> None:
    """Two links from one claim to one answer, for the same side, are one step: the stronger counts and the other is named."""
    argument = Argument()
    claim = argument.claim("s", 2.0)
    argument.bears(claim, YES, 0.8, 0.3, warrant=0.9)
    before = modelled(argument.result())
    again = Warrant(text="For another reason.")
    weaker = Link(premises=(claim.id,), target=YES.id, relation=Relation.SUPPORTS, warrant=again.id)
    argument.records += [again, weaker]
    result = argument.result()
    assert modelled(result) == pytest.approx(before)
    assert [left.record for left in result.left_out] == [weaker.id]


@quick
@given(nats, nats, chance, chance, chance)
def test_a_shared_upstream_equals_the_joint_written_out(one: float, other: float, high: float, low: float, sound: float) -> None:
    """Two claims by one data set: if it is not sound, each testimony is as likely as it is over the claim's reference, whatever is true."""
    argument = Argument()
    argument.priors(0.4, 0.5, 0.1)
    upstream = Upstream(name="line list", kind=UpstreamKind.DATASET)
    for name, weight in (("a", one), ("b", other)):
        argument.bears(argument.claim(name, weight, upstream=upstream), YES, high, low, warrant=1.0)
    argument.judged(upstream.id, Quantity.WARRANT, sound)
    prior, expected = np.array([0.4, 0.5, 0.1]), np.array([high, low, low])
    reference = float(prior @ expected)
    total, good = np.zeros(3), 0.0
    for answer, first, second, holds in itertools.product(range(3), (0, 1), (0, 1), (0, 1)):
        mass = prior[answer] * (sound if holds else 1 - sound)
        for state, weight in ((first, one), (second, other)):
            mass *= expected[answer] if state else 1 - expected[answer]
            mass *= math.exp(weight * state) if holds else reference * math.exp(weight) + 1 - reference
        total[answer] += mass
        good += mass * holds
    result = argument.result()
    assert modelled(result) == pytest.approx((total / total.sum()).tolist(), abs=1e-9)
    assert result.credences[upstream.id] == pytest.approx(good / total.sum(), abs=1e-9)
