"""The engine's algebra (facts/credence.md 4.2), on small random arguments."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.engine import assess
from credence.scores import Publication
from credence.wording import answers_of
from knowledge.records import Answer, Assertion, Claim, Equivalence, Judgment, Link, Question, Record, Tag, Upstream
from knowledge.views import View
from knowledge.vocabulary import Quantity, Relation, UpstreamKind
from tests.credence.builders import (
    ELSE,
    NEXT_TO_NOTHING,
    NO,
    QUESTION,
    WARRANT,
    YES,
    Argument,
    arguments,
    chance,
    modelled,
    nats,
    quick,
    thorough,
)


@quick
@given(arguments())
def test_credences_are_probabilities_and_the_martingale_holds(argument: Argument) -> None:
    """Answers sum to one, and settling a crux moves them by nothing on average."""
    result = argument.result()
    assert math.isclose(sum(modelled(result)), 1, abs_tol=1e-9)
    for crux in result.cruxes:
        for at, answer in enumerate(result.answers):
            mean = crux.probability * crux.if_true[at] + (1 - crux.probability) * crux.if_false[at]
            assert math.isclose(mean, answer.probability, abs_tol=1e-9)
        assert math.isclose(crux.probability, result.credences[crux.subject], abs_tol=1e-9), "the clamped mixture is the unclamped marginal"


@quick
@given(arguments(), st.randoms())
def test_the_order_of_records_changes_nothing(argument: Argument, random) -> None:
    """The same knowledge gives the same numbers, to the last places that a sum's order can touch, and the same ranking."""
    shuffled = list(argument.records)
    random.shuffle(shuffled)
    one, other = argument.result(), argument.result(shuffled)
    assert modelled(one) == pytest.approx(modelled(other), abs=1e-14)
    assert [crux.subject for crux in one.cruxes] == [crux.subject for crux in other.cruxes]


@quick
@given(arguments())
def test_what_is_barren_or_apart_moves_nothing(argument: Argument) -> None:
    """A claim without evidence, and one that leads nowhere, change no credence and are no crux."""
    before = modelled(argument.result())
    barren = argument.claim("barren")
    argument.bears(barren, YES, 0.9, 0.1)
    apart = argument.claim("apart", 2.0)
    after = argument.result()
    assert modelled(after) == pytest.approx(before, abs=1e-12)
    assert {barren.id, apart.id}.isdisjoint(crux.subject for crux in after.cruxes)


@quick
@given(arguments(), nats)
def test_a_copied_testimony_changes_nothing(argument: Argument, weight: float) -> None:
    """The same voice, or the same words under another name, is one piece of evidence; counted apart it would not be."""
    claim = argument.claim("copied", weight, speaker="Ada Smith", words="The very same words about it.")
    argument.bears(claim, YES, 0.8, 0.3)
    before = argument.result()
    argument.claim("copied", weight, speaker="Smith et al.")
    argument.claim("copied", weight, speaker="Mirror", words="The very same words about it!")
    after = argument.result()
    assert modelled(after) == pytest.approx(modelled(before), abs=1e-12)
    assert after.pieces == before.pieces + 2
    assert after.effective_pieces == pytest.approx(before.effective_pieces)


def test_a_shared_upstream_caps_what_leans_on_it() -> None:
    """Fifty reports of one data set weigh no more than the data set; fifty independent ones do."""
    found = {}
    for shared in (True, False):
        argument = Argument()
        data = Upstream(name="The one survey", kind=UpstreamKind.DATASET)
        for number in range(50):
            claim = argument.claim("surveyed", 0.8, speaker=f"Reporter{number}x", upstream=data if shared else None)
        argument.bears(claim, YES, 0.9, 0.1, warrant=1.0)
        found[shared] = argument.result()
    assert found[True].credences[claim.id] < 0.82
    assert found[False].credences[claim.id] > 0.999
    assert found[True].answers[0].independent == pytest.approx(found[False].answers[0].probability)


@quick
@given(st.floats(-2, 2), st.floats(0.1, 2), st.floats(0.5, 0.95), st.floats(0.05, 0.45))
def test_more_evidence_never_counts_less(weight: float, more: float, high: float, low: float) -> None:
    """Stronger testimony for what supports an answer raises it."""
    credences = []
    for evidence in (weight, weight + more):
        argument = Argument()
        argument.bears(argument.claim("s", evidence or 1e-6), YES, high, low)
        credences.append(modelled(argument.result())[0])
    assert credences[1] >= credences[0] - 1e-12


def test_a_wholly_undercut_link_carries_nothing() -> None:
    """With its warrant defeated for certain, a link moves the answer by nothing to speak of."""
    argument = Argument()
    link = argument.bears(argument.claim("s", 3.0), YES, 0.9, 0.1, warrant=0.8)
    attacker = argument.claim("objection", 20.0)
    undercut = Link(premises=(attacker.id,), target=link.id, relation=Relation.UNDERCUTS, warrant=WARRANT.id)
    moved = modelled(argument.result())[0]
    argument.records.append(undercut)
    argument.judged(undercut.id, Quantity.DEFEAT, 1.0)
    prior = argument.result().answers[0].prior
    assert moved > prior + 0.1
    assert modelled(argument.result())[0] == pytest.approx(prior, abs=1e-6)


@quick
@given(st.floats(-3, 3).filter(bool), st.floats(0.5, 0.95), st.floats(0.05, 0.45))
def test_a_claim_and_its_negation_are_one(weight: float, high: float, low: float) -> None:
    """Evidence against the negation, linked the other way round, is the same argument."""
    plain = Argument()
    plain.bears(plain.claim("it leaks", weight), YES, high, low)
    turned = Argument()
    negation = turned.claim("it doesn't leak", -weight)
    turned.records += [
        Claim(text="it leaks"),
        Equivalence(member=negation.id, representative=Claim(text="it leaks").id, negated=True, reason="r"),
    ]
    turned.bears(negation, YES, 1 - high, 1 - low)
    assert modelled(turned.result()) == pytest.approx(modelled(plain.result()), abs=1e-12)


@quick
@given(arguments())
def test_swapping_the_answers_swaps_the_credences(argument: Argument) -> None:
    """Nothing depends on what the answers are called or in which order they come."""
    ids = {YES.id: NO.id, NO.id: YES.id}
    swapped: list[Record] = []
    for record in sorted(argument.records, key=lambda one: isinstance(one, Link) and one.relation is Relation.UNDERCUTS):
        if isinstance(record, Link):
            renamed = Link(**record.model_copy(update={"target": ids.get(record.target, record.target)}).model_dump())
            ids[record.id] = renamed.id
            swapped.append(renamed)
    for record in argument.records:
        if isinstance(record, Judgment):
            update = {"record": ids.get(record.record, record.record), "given": ids.get(record.given or "", record.given)}
            swapped.append(Judgment(**record.model_copy(update=update).model_dump()))
        elif isinstance(record, Tag):
            swapped.append(Tag(**record.model_copy(update={"record": ids.get(record.record, record.record)}).model_dump()))
        elif not isinstance(record, Link):
            swapped.append(record)
    before, after = modelled(argument.result()), modelled(argument.result(swapped))
    assert after == pytest.approx([before[1], before[0], before[2]], abs=1e-9)


@quick
@given(st.lists(st.tuples(nats, chance, chance, chance, st.booleans()), min_size=1, max_size=4))
def test_the_network_equals_the_joint_written_out(parts: list[tuple[float, float, float, float, bool]]) -> None:
    """Credences and crux shifts equal those of the full joint, enumerated in numpy, with and without clamping."""
    argument = Argument()
    claims = []
    for number, (weight, high, low, warrant, for_yes) in enumerate(parts):
        claim = argument.claim(f"c{number}", weight)
        argument.bears(claim, YES if for_yes else NO, high, low, warrant=warrant)
        claims.append(claim)
    result = argument.result()
    prior = np.array([answer.prior for answer in result.answers])
    total = np.zeros(3)
    when_true = np.zeros((len(parts), 3))
    for world in itertools.product(range(3), *([(0, 1)] * (2 * len(parts)))):
        answer, states, gates = world[0], world[1 : 1 + len(parts)], world[1 + len(parts) :]
        mass = prior[answer]
        for (weight, high, low, warrant, for_yes), state, gate in zip(parts, states, gates, strict=True):
            expected = [high if at == (0 if for_yes else 1) else low for at in range(3)]
            reference = float(prior @ np.array(expected))
            true = expected[answer] if gate else reference
            mass *= (warrant if gate else 1 - warrant) * (true if state else 1 - true) * (math.exp(weight) if state else 1)
        total[answer] += mass
        for at, state in enumerate(states):
            when_true[at, answer] += mass * state
    assert modelled(result) == pytest.approx((total / total.sum()).tolist(), abs=1e-9)
    by_subject = {crux.subject: crux for crux in result.cruxes}
    for at, claim in enumerate(claims):
        conditioned = when_true[at] / when_true[at].sum()
        published = (1 - result.model_error) * conditioned + result.model_error * prior
        assert list(by_subject[claim.id].if_true) == pytest.approx(published.tolist(), abs=1e-9)


@quick
@given(arguments(), st.floats(0.05, 0.95))
def test_expected_shift_is_twice_the_covariance_for_two_answers(argument: Argument, prior: float) -> None:
    """ES(c) = 2 |Cov(A, c)| of every claim and warrant where only two answers have any weight."""
    argument.priors(prior, 1 - prior - 1e-9, 1e-9)
    result = argument.result()
    for crux in result.cruxes:
        covariance = crux.probability * crux.if_true[0] - crux.probability * result.answers[0].probability
        assert crux.expected_shift == pytest.approx(2 * abs(covariance), abs=1e-6)


@quick
@given(arguments(), st.floats(0, 1))
def test_model_error_bounds_every_credence(argument: Argument, error: float) -> None:
    """However strong the argument, no answer is farther from what stands if it is unsound than the model is trusted."""
    for number in range(6):
        argument.bears(argument.claim(f"strong {number}", 8.0), YES, 0.99, 0.01, warrant=0.99)
    argument.judged(QUESTION.id, Quantity.MODEL_ERROR, error)
    result = argument.result()
    assert result.answers[0].modelled > 0.99
    for answer in result.answers:
        assert answer.probability == pytest.approx((1 - error) * answer.modelled + error * answer.if_unsound)
        assert abs(answer.probability - answer.if_unsound) <= 1 - error + 1e-12
    assert answers_of(View.of(argument.records), QUESTION.id)[-1] == ELSE


@quick
@given(arguments(), st.floats(0.05, 0.9), st.floats(0.05, 0.9))
def test_with_the_model_wholly_unsound_nothing_moves(argument: Argument, first: float, second: float) -> None:
    """With a model error of 1 the answers are those judged for that case, and every shift is 0."""
    stands = [first / (first + second + 0.1), second / (first + second + 0.1), 0.1 / (first + second + 0.1)]
    for answer, value in zip((YES, NO, ELSE), stands, strict=True):
        argument.judged(answer.id, Quantity.PRIOR, value, QUESTION.id)
    argument.judged(QUESTION.id, Quantity.MODEL_ERROR, 1.0)
    result = argument.result()
    assert [answer.probability for answer in result.answers] == pytest.approx(stands, abs=1e-9)
    assert all(crux.expected_shift == pytest.approx(0, abs=1e-12) for crux in result.cruxes)


@quick
@given(arguments())
def test_pruning_changes_no_shift(argument: Argument) -> None:
    """Claims without evidence, apart or below others, are dropped before inference; the shift of every other subject stays."""
    before = {crux.subject: crux.expected_shift for crux in argument.result().cruxes}
    known = next(record for record in argument.records if isinstance(record, Claim))
    barren = argument.claim("barren")
    argument.bears(barren, known, 0.9, 0.2)
    argument.bears(argument.claim("below it"), barren, 0.8, 0.1)
    argument.bears(argument.claim("apart", 2.0), argument.claim("leads nowhere"), 0.9, 0.1)
    after = {crux.subject: crux.expected_shift for crux in argument.result().cruxes}
    assert after.keys() == before.keys()
    assert list(after.values()) == pytest.approx([before[subject] for subject in after], abs=1e-12)


@quick
@given(arguments(), nats, st.floats(0.6, 0.95), st.floats(0.05, 0.4), chance)
def test_a_wholly_defeated_step_is_no_step(argument: Argument, weight: float, high: float, low: float, warrant: float) -> None:
    """A link whose objection is as good as certain and defeats it wholly leaves the answers where they are without the link."""
    before = modelled(argument.result())
    claim = argument.claim("s", weight)
    link = argument.bears(claim, YES, high, low, warrant=warrant)
    argument.undercuts(argument.claim("objection", 22.0), link, 1.0)
    assert modelled(argument.result()) == pytest.approx(before, abs=1e-4)


@quick
@given(arguments(), st.floats(0.1, 2))
def test_more_for_any_claim_raises_what_expects_it(argument: Argument, more: float) -> None:
    """On any argument more testimony for a claim moves each answer in the direction of its sensitivity."""
    result = argument.result()
    claim = next(record for record in argument.records if isinstance(record, Claim))
    crux = next((one for one in result.cruxes if one.subject == claim.id), None)
    argument.claim(claim.text, more, speaker="Another Witness", words="Something else is said of it.")
    if crux is not None:
        for at, (before, after) in enumerate(zip(modelled(result), modelled(argument.result()), strict=True)):
            assert (after - before) * crux.sensitivity[at] >= -1e-9


@quick
@given(st.floats(0.1, 3), st.floats(0.1, 3), st.floats(0.5, 0.95), st.floats(0.05, 0.45))
def test_whoever_says_the_opposite_speaks_against_the_claim(one: float, other: float, high: float, low: float) -> None:
    """Two who assert the negation weigh as two who speak against the claim, each as much as they weigh."""
    plain = Argument()
    claim = plain.claim("it leaks", -one, speaker="Ada One")
    plain.claim("it leaks", -other, speaker="Bob Two")
    plain.bears(claim, YES, high, low)
    turned = Argument()
    negation = turned.claim("it doesn't leak", one, speaker="Ada One")
    turned.claim("it doesn't leak", other, speaker="Bob Two")
    turned.records += [claim, Equivalence(member=negation.id, representative=claim.id, negated=True, reason="r")]
    turned.bears(claim, YES, high, low)
    assert modelled(turned.result()) == pytest.approx(modelled(plain.result()), abs=1e-12)


@thorough
@given(arguments(weights=st.sampled_from([None, NEXT_TO_NOTHING])))
def test_of_what_nothing_is_known_nothing_moves(argument: Argument) -> None:
    """However claims bear on each other, together, alone or as objections: without testimony answers and warrants stay as judged."""
    result = argument.result()
    assert modelled(result) == pytest.approx([answer.prior for answer in result.answers], abs=1e-6)
    judged = {one.record: one.value for one in argument.records if isinstance(one, Judgment) and one.quantity is Quantity.WARRANT}
    if any("other way round" in left.reason for left in result.left_out):
        return  # Two links that lean on each other are one coupling, with the warrant of the stronger.
    for link, warrant in judged.items():
        assert result.credences.get(link, warrant) == pytest.approx(warrant, abs=1e-6)


@thorough
@given(arguments(weights=st.sampled_from([None, 1.5, -2.0])))
def test_next_to_no_testimony_is_as_good_as_none(argument: Argument) -> None:
    """What is pruned for want of testimony counts as much as with testimony of a billionth of a nat: not at all."""
    before = argument.result()
    told = {one.claim for one in argument.records if isinstance(one, Assertion)}
    for claim in [one for one in argument.records if isinstance(one, Claim) and one.id not in told]:
        argument.claim(claim.text, NEXT_TO_NOTHING)
    after = argument.result()
    assert modelled(after) == pytest.approx(modelled(before), abs=1e-6)
    shifts = {crux.subject: crux.expected_shift for crux in after.cruxes}
    for crux in before.cruxes:
        assert shifts[crux.subject] == pytest.approx(crux.expected_shift, abs=1e-6)


@thorough
@given(arguments(apart=True), chance, chance, chance, st.integers(0, 4))
def test_a_further_link_that_says_nothing_or_is_defeated_changes_nothing(
    argument: Argument, rate: float, other: float, warrant: float, which: int
) -> None:
    """Of a claim that bears on something already: with one rate whatever is true, with a warrant of 0, or under a certain objection."""
    claims = [one for one in argument.records if isinstance(one, Claim) and one.text.startswith("c")]
    claim, target = claims[which % len(claims)], argument.claim("further", 0.7)
    argument.bears(target, NO, 0.7, 0.4)
    before, records = modelled(argument.result()), list(argument.records)
    argument.bears(claim, target, rate, rate, warrant=warrant)
    assert modelled(argument.result()) == pytest.approx(before, abs=1e-9)
    argument.records = list(records)
    argument.bears(claim, target, rate, other, warrant=1e-12)
    assert modelled(argument.result()) == pytest.approx(before, abs=1e-6)
    argument.records = list(records)
    link = argument.bears(claim, target, rate, other, warrant=warrant)
    argument.undercuts(argument.claim("certain objection", 22.0), link, 1.0)
    assert modelled(argument.result()) == pytest.approx(before, abs=5e-2), "but for the claim's reference where none of its links holds"


@quick
@given(arguments(apart=True), chance, st.integers(0, 9))
def test_an_objection_of_which_nothing_is_known_moves_nothing_anywhere(argument: Argument, defeat: float, which: int) -> None:
    """Whatever link it is made to, whatever else its premise bears on."""
    links = [one for one in argument.records if isinstance(one, Link) and one.relation is not Relation.UNDERCUTS]
    before = modelled(argument.result())
    argument.undercuts(argument.claim("unknown objection", NEXT_TO_NOTHING), links[which % len(links)], defeat)
    assert modelled(argument.result()) == pytest.approx(before, abs=1e-8)


@quick
@given(arguments(), st.floats(0.1, 0.9))
def test_scores_are_what_the_outcomes_say(argument: Argument, error: float) -> None:
    """The worst case is the larger of the two sides' moves, the log-odds shift their mean by chance; tempered before error is mixed in."""
    argument.priors(0.5, 0.4, 0.1)
    result = argument.result()
    now = np.array([answer.probability for answer in result.answers])
    for crux in result.cruxes:
        outcomes = np.array([crux.if_true, crux.if_false])
        moved = np.abs(np.log(outcomes / (1 - outcomes)) - np.log(now / (1 - now)))
        assert crux.worst_case == pytest.approx(0.5 * np.abs(outcomes - now).sum(axis=1).max(), abs=1e-9)
        assert crux.log_odds_shift == pytest.approx((np.array([crux.probability, 1 - crux.probability]) @ moved).max(), abs=1e-9)
    unsound = np.array([0.1, 0.2, 0.7])
    raised = now**0.5 / (now**0.5).sum()
    assert Publication(tuple(unsound.tolist()), error, 0.5).publish(now) == pytest.approx((1 - error) * raised + error * unsound)


def test_what_no_evidence_could_outweigh_is_refused() -> None:
    """Certainty of a rate, and one testimony of more than twenty nats, give way to the nearest that can be moved."""
    argument = Argument()
    link = argument.bears(argument.claim("s", 30.0), YES, 1.0, 0.0)
    refused = {(one.quantity, one.value): one.nearest for one in assess(argument.view).refused}
    assert refused[Quantity.EVIDENCE.value, 30.0] == 20.0
    assert refused[Quantity.EXPECTEDNESS.value, 1.0] == pytest.approx(1 - 1e-9)
    assert link.id in {one.record for one in assess(argument.view).refused}


def test_an_objection_to_a_step_that_is_told_twice_is_kept() -> None:
    """Of two links that are one step the stronger stays, and an objection to the other is one to it; said of both it counts once."""
    results = {}
    for name, attacked in (("strong", (0,)), ("weak", (1,)), ("both", (0, 1)), ("none", ())):
        argument = Argument()
        argument.priors(0.5, 0.45, 0.05)
        first, same = argument.claim("It is wet.", 1.0), argument.claim("It is moist.", 0.0)
        argument.records.append(Equivalence(member=same.id, representative=first.id, reason="the same"))
        links = [argument.bears(first, YES, 0.9, 0.1, warrant=0.9), argument.bears(same, YES, 0.7, 0.3, warrant=0.7)]
        objection = argument.claim("A pipe burst.", 2.0)
        for at in attacked:
            argument.undercuts(objection, links[at], 0.8)
        results[name] = modelled(argument.result())
    assert results["weak"] == pytest.approx(results["strong"])
    assert results["both"] == pytest.approx(results["strong"])
    assert results["none"][0] > results["strong"][0]


@pytest.mark.parametrize(("left", "credences"), [(2, [[0.5, 0.5], [0.5, 0.5]]), (1, [[0.5, 0.5], [1.0]]), (0, [[0.5, 0.5]])])
def test_a_sub_question_whose_answers_are_retracted_stops_nothing(left: int, credences: list[list[float]]) -> None:
    """With one answer left that one holds, and with none there is nothing to work out."""
    inquiry = Question(name="main", text="Did the dam leak?")
    part = Question(name="part", text="Was it wet?", parent=inquiry.id)
    answers = [Answer(question=one.id, name=name, text=f"It was {name}.") for one in (inquiry, part) for name in ("so", "otherwise")]
    found = assess(View.of([inquiry, part, *answers[: 2 + left]]))
    assert [[pytest.approx(one.probability) for one in question.answers] for question in found.questions] == credences
