"""Crux scores, sets, stories, stability and the worth of finding out."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.engine import Modelled, challenger, coherent_judgments, material_of, model_question
from credence.explaining import what_if, why
from credence.factors import Graph
from credence.inference import Method, infer
from credence.judgments import Key
from credence.network import true_given
from credence.noise import Stability, Varied, moved, stability, tornado
from credence.observations import Test, decision_value, find_out, next_steps, perfect_value
from credence.results import SubjectKind
from credence.robustness import Radius, robustness_radius
from credence.scores import score
from credence.settling import Step, Story, Workbench, cheapest_story, crux_set, without_needless
from credence.standing import Verdict, standing
from knowledge.errors import UnknownRecord
from knowledge.records import Answer, Equivalence, Quantity
from tests.credence.builders import ELSE, NO, QUESTION, YES, Argument, arguments, chance, crux_of, modelled, nats, quick


def model(argument: Argument) -> Modelled:
    """The argument's question, modelled."""
    judgments, _ = coherent_judgments(argument.view, None)
    return model_question(material_of(argument.view, QUESTION), judgments)


def bench_of(argument: Argument) -> Workbench:
    """The argument's question, ready to be settled."""
    one = argument.varied
    return Workbench(one.modelled, one.judgments, one.cruxes())


def three_claims() -> Argument:
    """Two near copies that move the answer most, and a third claim that moves it less."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    root = argument.claim("root", 0.01)
    argument.bears(root, YES, 0.85, 0.15, warrant=0.99)
    copy = argument.claim("copy", 0.01)
    argument.bears(copy, root, 0.99, 0.01, warrant=0.99)
    argument.bears(argument.claim("third", 0.01), YES, 0.75, 0.3, warrant=0.9)
    return argument


@quick
@given(arguments())
def test_the_sensitivity_to_evidence_is_a_difference_of_clamped_marginals(argument: Argument) -> None:
    """D logit P(answer) / d evidence on a claim = P(claim | answer) - P(claim | not the answer), by finite differences."""
    question = model(argument)
    beliefs = question.inferred.beliefs
    claim = next(iter(question.network.claims))
    crux = next(one for one in score(question.network, beliefs, question.publication) if one.subject == claim)
    step = 1e-5
    odds = []
    for nats_more in (-step, step):
        graph = question.network.graph.with_evidence(question.network.claims[claim], (1.0, math.exp(nats_more)))
        answers = infer(graph).beliefs.answers
        odds.append(np.log(answers) - np.log1p(-answers))
    assert crux.sensitivity == pytest.approx(((odds[1] - odds[0]) / (2 * step)).tolist(), abs=1e-5)


@quick
@given(arguments())
def test_once_settled_a_crux_is_none(argument: Argument) -> None:
    """Conditioned on itself a claim moves nothing any more, and the answers are those that its score foretold.

    A small circle under many objections, whose warrants can be settled too, is one table of 2^17 entries and more: that is propagated, and
    is right to a percent.
    """
    question, bench = model(argument), bench_of(argument)
    subject, crux = next(iter(bench.candidates.items()))
    answers, left = bench.examine(bench.settle(bench.network.graph, subject, true=True))
    assert subject not in {one.subject for one in left}
    exact = infer(bench.network.graph, check=False).method is not Method.LOOPY
    assert question.publication.publish(answers) == pytest.approx(crux.if_true, abs=1e-9 if exact else 1e-2)


@quick
@given(arguments(), st.floats(0.05, 0.95))
def test_a_link_that_says_nothing_changes_nothing(argument: Argument, rate: float) -> None:
    """A premise as expected under every answer moves none, whatever is known of it."""
    before = modelled(argument.result())
    argument.bears(argument.claim("silent", 2.5), YES, rate, rate)
    assert modelled(argument.result()) == pytest.approx(before, abs=1e-9)


def test_every_score_of_a_small_case_by_hand() -> None:
    """One claim, two answers with weight: all scores from the four joint probabilities."""
    argument = Argument()
    argument.priors(0.3, 0.7 - 1e-9, 1e-9)
    claim = argument.claim("s", 1e-12)
    argument.bears(claim, YES, 0.8, 0.2, warrant=1.0)
    crux = crux_of(argument.result(), claim)
    p = 0.3 * 0.8 + 0.7 * 0.2
    true, false = 0.24 / p, 0.06 / (1 - p)
    assert crux.probability == pytest.approx(p, abs=1e-6)
    assert (crux.if_true[0], crux.if_false[0]) == pytest.approx((true, false), abs=1e-6)
    assert crux.expected_shift == pytest.approx(p * (true - 0.3) + (1 - p) * (0.3 - false), abs=1e-6)
    assert crux.expected_shift == pytest.approx(2 * abs(p * true - p * 0.3), abs=1e-6), "twice the covariance"
    assert crux.worst_case == pytest.approx(true - 0.3, abs=1e-6)
    bits = sum(q * (r * math.log2(r / 0.3) + (1 - r) * math.log2((1 - r) / 0.7)) for q, r in ((p, true), (1 - p, false)))
    assert crux.information == pytest.approx(bits, abs=1e-5)
    assert crux.achievement[0] == pytest.approx(true / 0.3, abs=1e-6)
    assert crux.reduction[0] == pytest.approx(0.3 / false, abs=1e-5)
    assert crux.sensitivity[0] == pytest.approx(0.8 - 0.2, abs=1e-6)


def test_a_gate_is_scored_as_if_it_were_a_variable() -> None:
    """A warrant that was summed out of its table has the credence and the shift that it has as a variable of its own."""
    argument = Argument()
    claim = argument.claim("s", 2.0)
    link = argument.bears(claim, YES, 0.9, 0.1, warrant=0.6)
    argument.bears(claim, NO, 0.6, 0.4, warrant=0.5)
    question, bench = model(argument), bench_of(argument)
    _, apart = bench.examine(bench.network.graph)
    together = score(question.network, question.inferred.beliefs, question.publication)
    for scored in (together, apart):
        assert {one.subject for one in scored} >= {link.id, claim.id}
    for one in together:
        other = next(crux for crux in apart if crux.subject == one.subject)
        assert (one.probability, *one.if_true, one.expected_shift) == pytest.approx(
            (other.probability, *other.if_true, other.expected_shift)
        )
    assert question.network.place(link.id) != bench.network.place(link.id)


def test_a_set_of_cruxes_leaves_near_copies_out() -> None:
    """By itself a copy ranks second; in a set the third claim comes second, because the copy adds nothing once the original is settled."""
    argument = three_claims()
    alone = [crux for crux in argument.result().cruxes if crux.kind is SubjectKind.CLAIM]
    assert len(alone) == 3
    chosen = crux_set(bench_of(argument), size=2)
    names = {crux.subject: at for at, crux in enumerate(alone)}
    assert [names[member.subject] for member in chosen] == [0, 2]
    assert chosen[1].adds > 0.01


def leaning(seed: int) -> Argument:
    """Six claims of random weight, most of them for the answer that leads: twelve things that can be settled."""
    generator = np.random.default_rng(seed)
    argument = Argument()
    argument.priors(0.7, 0.25, 0.05)
    for number in range(6):
        claim = argument.claim(f"c{number}", float(generator.normal()))
        answer = YES if generator.random() < 0.7 else NO
        rates = float(generator.uniform(0.6, 0.85)), float(generator.uniform(0.2, 0.5))
        argument.bears(claim, answer, *rates, warrant=float(generator.uniform(0.6, 0.95)))
    return argument


@pytest.mark.parametrize(("seed", "steps"), [(5, 1), (3, 2), (2, 3)])
def test_the_cheapest_story_overturns_the_answer_and_none_of_any_length_is_cheaper(seed: int, steps: int) -> None:
    """Another answer leads under it, its cost is its probability, and of all sets of up to three settlements none that overturns costs less."""
    bench = bench_of(leaning(seed))
    story = cheapest_story(bench)
    assert story is not None
    assert len(story.steps) == steps
    graph, cost = bench.network.graph, 0.0
    for step in story.steps:
        _, scored = bench.examine(graph)
        now = next(one.probability for one in scored if one.subject == step.subject)
        cost -= math.log(now if step.true else 1 - now)
        graph = bench.settle(graph, step.subject, true=step.true)
    assert story.cost == pytest.approx(cost)
    assert story.probability == pytest.approx(math.exp(-cost))
    assert bench.publication.publish(bench.examine(graph)[0]) == pytest.approx(story.answers, abs=1e-9)
    assert story.cost == pytest.approx(cheapest_of_all(bench, most=3))


def cheapest_of_all(bench: Workbench, *, most: int) -> float:
    """The least cost of all sets of up to so many settlements after which another answer leads, each set taken in the order of its ids."""

    def leads(graph: Graph) -> int:
        return int(bench.publication.publish(bench.examine(graph)[0]).argmax())

    leader, least = leads(bench.network.graph), math.inf

    def settle_more(graph: Graph, cost: float, last: str, left: int) -> None:
        nonlocal least
        if leads(graph) != leader:
            least = min(least, cost)
        elif left:
            for one in bench.examine(graph)[1]:
                for true, probability in ((True, one.probability), (False, 1 - one.probability)):
                    then = cost - math.log(probability)
                    if one.subject > last and then < least:
                        settle_more(bench.settle(graph, one.subject, true=true), then, one.subject, left - 1)

    settle_more(bench.network.graph, 0.0, "", most)
    return least


def test_no_step_of_a_story_is_needless() -> None:
    """Without any one of its settlements the answer would lead as before; what is put in beside them is dropped, and costs nothing then."""
    bench = bench_of(leaning(8))
    story = cheapest_story(bench)
    assert story is not None
    told = {step.subject for step in story.steps}
    other = next(crux for subject, crux in sorted(bench.candidates.items()) if subject not in told)
    longer = Story((Step(other.subject, other.kind, true=True), *story.steps), story.cost + 5.0, story.answers)
    shorter = without_needless(bench, longer, 0)
    assert shorter.steps == story.steps
    assert shorter.cost == pytest.approx(story.cost)
    assert shorter.answers == pytest.approx(story.answers)
    for left_out in story.steps:
        graph = bench.network.graph
        for step in story.steps:
            graph = graph if step == left_out else bench.settle(graph, step.subject, true=step.true)
        assert int(bench.publication.publish(bench.examine(graph)[0]).argmax()) == 0


def test_a_story_overturns_what_is_published_and_not_what_is_modelled() -> None:
    """Where model error alone makes an answer lead, what brings that very answer up by the model is no story."""
    argument = Argument()
    argument.judged(QUESTION.id, Quantity.MODEL_ERROR, 0.5)
    for answer, prior, if_unsound in ((YES, 0.52, 0.02), (NO, 0.46, 0.96), (ELSE, 0.02, 0.02)):
        argument.judged(answer.id, Quantity.PRIOR, prior)
        argument.judged(answer.id, Quantity.PRIOR, if_unsound, QUESTION.id)
    for number in range(2):
        argument.bears(argument.claim(f"c{number}", 0.6), YES, 0.7, 0.4)
    found = standing(argument.varied)
    question = model(argument)
    assert int(question.inferred.beliefs.answers.argmax()) == 0
    assert found.leading == NO.id
    assert found.story is None


def test_what_is_settled_is_said_to_be_and_on_what_it_rests() -> None:
    """An all but certain answer has no crux but rests on something; the radius of a lopsided argument exceeds that of a balanced one."""
    sure, balanced = Argument(), Argument()
    for number in range(8):
        sure.bears(sure.claim(f"c{number}", 4.0), YES, 0.9, 0.1, warrant=0.95)
        balanced.bears(balanced.claim(f"c{number}", 1.0), YES if number % 2 else NO, 0.7, 0.4, warrant=0.9)
    sure.judged(QUESTION.id, Quantity.MODEL_ERROR, 0.001)
    settled, open_ = standing(sure.varied), standing(balanced.varied)
    assert settled.verdict is Verdict.SETTLED
    assert settled.leading == YES.id
    assert settled.cruxes == ()
    assert settled.challenger == NO.id, "a named answer before something else, which is likelier here"
    assert settled.resting_on[0].achievement[1] == max(crux.achievement[1] for crux in settled.resting_on)
    assert [crux.subject for crux in settled.resting_on] == [crux.subject for crux in sure.result().cruxes[:5]], (
        "one order for both commands"
    )
    assert open_.verdict is Verdict.CRUXES
    assert open_.cruxes
    assert open_.radius.nats is not None
    assert settled.radius.nats is None or settled.radius.nats > open_.radius.nats


def test_an_answer_that_nothing_moves_is_settled_only_if_it_is_all_but_certain() -> None:
    """Where no claim or step moves anything and no answer is above 95%, the question is open, and both commands say so."""
    argument = Argument()
    argument.priors(0.6, 0.35, 0.05)
    argument.bears(argument.claim("s", 0.1), YES, 0.51, 0.5)
    result = argument.result()
    assert result.cruxes[0].expected_shift < 0.01
    assert not result.settled
    assert standing(argument.varied).verdict is Verdict.NO_CRUX


def test_both_commands_call_the_same_questions_settled() -> None:
    """What nobody has argued isn't settled however sure the prior; what many small disputes touch, and one thing moves, isn't either."""
    sure = Argument()
    sure.priors(0.98, 0.01, 0.01)
    assert not sure.result().settled
    assert standing(sure.varied).verdict is Verdict.NO_CRUX
    moved = Argument()
    moved.priors(0.99, 0.005, 0.005)
    moved.bears(moved.claim("strong", -0.5), YES, 0.97, 0.2, warrant=0.99)
    for number in range(60):
        link = moved.bears(moved.claim(f"c{number}", 0.5), YES, 0.55, 0.5)
        moved.undercuts(moved.claim(f"objection {number}", 0.1), link, 0.5)
    result = moved.result()
    assert max(one.expected_shift for one in moved.result().cruxes) < 0.05
    assert result.settled == (standing(moved.varied).verdict is Verdict.SETTLED)


def test_a_settled_answer_rests_on_what_would_bring_up_the_likeliest_named_rival() -> None:
    """Not on what would make the leading answer likelier still, nor on what would bring up "something else", though that is likelier."""
    argument = Argument()
    argument.judged(QUESTION.id, Quantity.MODEL_ERROR, 0.0)
    for answer, value in ((YES, 0.98), (NO, 0.005), (ELSE, 0.015)):
        argument.judged(answer.id, Quantity.PRIOR, value)
    rates = {"rival": (0.5, 0.9, 0.5), "other": (0.5, 0.5, 0.95), "leader": (0.5, 0.45, 0.2)}
    claims = {}
    for name, given_answers in rates.items():
        claims[name] = argument.claim(name, -2.0)
        link = argument.bears(claims[name], YES, 0.5, 0.5, warrant=0.95)
        argument.records = [
            one for one in argument.records if getattr(one, "quantity", "") != Quantity.EXPECTEDNESS or one.record != link.id
        ]
        for answer, value in zip((YES, NO, ELSE), given_answers, strict=True):
            argument.judged(link.id, Quantity.EXPECTEDNESS, value, answer.id)
    result, found = argument.result(), standing(argument.varied)
    assert result.settled
    assert found.verdict is Verdict.SETTLED
    assert found.challenger == NO.id
    assert found.resting_on[0].subject == claims["rival"].id
    assert [crux.subject for crux in result.cruxes[:5]] == [crux.subject for crux in found.resting_on]


def test_of_several_named_rivals_the_likeliest_is_the_challenger() -> None:
    """Wherever it stands in the order of the answers."""
    argument = Argument()
    third = Answer(question=QUESTION.id, name="c-third", text="It was never filled.")
    argument.records.append(third)
    for answer, value in ((YES, 0.9), (NO, 0.02), (third, 0.06), (ELSE, 0.02)):
        argument.judged(answer.id, Quantity.PRIOR, value)
    assert model(argument).answers[challenger(model(argument))] == third


def test_nothing_to_go_on_is_no_crux() -> None:
    """A question without arguments is neither settled nor has it a crux."""
    found = standing(Argument().varied)
    assert found.verdict is Verdict.NO_CRUX
    assert found.story is None


def test_noise_gives_bands_ranks_and_bars() -> None:
    """Without noise nothing moves; with it the bands hold the answer, the leader's rank is a frequency, and bars come widest first."""
    argument = three_claims()
    one = argument.varied
    now = one.modelled.published
    found = stability(one, samples=40)
    assert all(low <= value <= high for (low, high), value in zip(found.bands, now.tolist(), strict=True))
    assert found.bands[0][1] - found.bands[0][0] > 0.05
    assert sum(found.first.values()) == pytest.approx(1)
    assert stability(one, samples=40) == found
    bars = tornado(one)
    assert [bar.width for bar in bars] == sorted((bar.width for bar in bars), reverse=True)
    widest = bars[0]
    lower = one.leading({widest.key: moved(widest.key, widest.value, -widest.noise)})
    assert widest.if_lower == pytest.approx(lower)
    still = Varied(argument.view, QUESTION, one.judgments)
    still.used = {key: type(pooled)(pooled.value, 0.0, pooled.judged) for key, pooled in still.used.items()}
    assert stability(still, samples=3).bands[0] == pytest.approx((now[0], now[0]))


def test_the_judgments_that_are_moved_are_those_of_the_cruxes_told_first() -> None:
    """A disputed crux is told before one that moves more and that nobody disputes: its judgments are the ones that are moved."""
    argument = Argument()
    argument.priors(0.5, 0.48, 0.02)
    strong, weak = argument.claim("strong", 1.0), argument.claim("weak", 1.0)
    argument.bears(strong, YES, 0.8, 0.2)
    link = argument.bears(weak, YES, 0.6, 0.3)
    objection = argument.claim("objection", 0.5)
    argument.bears(objection, weak, 0.3, 0.5)
    one = argument.varied
    first, largest = one.cruxes()[0], one.scored()[0]
    assert largest.subject == strong.id
    assert first.subject != strong.id
    moved_records = {bar.key.record for bar in tornado(one, bars=100, subjects=1)}
    assert moved_records == {key.record for key in one.keys_of([first])}
    assert link.id in {bar.key.record for bar in tornado(one, bars=100, subjects=3)}


def test_the_radius_is_where_the_worst_case_flips() -> None:
    """Just inside the radius the answer stands against every judgment moving for the worse, just beyond it falls."""
    argument = Argument()
    argument.priors(0.5, 0.48, 0.02)
    claim = argument.claim("s", 1.0)
    link = argument.bears(claim, YES, 0.7, 0.4, warrant=0.9)
    radius = robustness_radius(argument.varied, precision=0.002).nats
    assert radius is not None
    evidence = next(key for key in argument.varied.used if key.quantity is Quantity.EVIDENCE)

    def leads(delta: float) -> bool:
        worse = {evidence: 1.0 - delta}
        worse |= {Key(link.id, Quantity.WARRANT, None): moved(Key(link.id, Quantity.WARRANT, None), 0.9, -delta)}
        priors = {YES.id: (0.5, -delta), NO.id: (0.48, delta), "": (0.02, delta)}
        for answer, (value, step) in priors.items():
            if answer:
                key = Key(answer, Quantity.PRIOR, None)
                worse[key] = moved(key, value, step)
        rates = {YES.id: (0.7, -delta), NO.id: (0.4, delta)}
        for answer, (value, step) in rates.items():
            key = Key(link.id, Quantity.EXPECTEDNESS, answer)
            worse[key] = moved(key, value, step)
        published = argument.varied.under(worse).published
        return int(published.argmax()) == 0

    assert leads(radius - 0.02)
    assert not leads(radius + 0.02)


@pytest.mark.parametrize(("prior", "weight", "given_yes"), [(0.5, 1.5, 0.8), (0.4, 1.0, 0.7), (0.52, -0.4, 0.3)])
def test_the_radius_of_few_judgments_is_exact(prior: float, weight: float, given_yes: float) -> None:
    """Of all ways in which the judgments can be off, each in either direction, none overturns the answer sooner, and the result says so."""
    argument = Argument()
    argument.priors(prior, 0.95 - prior, 0.05)
    argument.bears(argument.claim("s", weight), YES, given_yes, 0.4, warrant=0.9)
    one = argument.varied
    keys = one.keys_of(one.cruxes())
    assert len(keys) == 8

    def falls(delta: float) -> bool:
        ways = product((-delta, delta), repeat=len(keys))
        worlds = ({key: moved(key, one.used[key].value, step) for key, step in zip(keys, way, strict=True)} for way in ways)
        return any(int(one.under(world).published.argmax()) != one.leader for world in worlds)

    found = robustness_radius(one, precision=0.005)
    assert found.exact
    assert found.nats is not None
    assert falls(found.nats)
    assert not falls(found.nats - 0.006)


def test_judgments_that_help_alone_and_hurt_together_are_turned_round() -> None:
    """That a step holds helps while its claim is likely and hurts once that is off too: the answer falls sooner than each alone tells."""
    argument = Argument()
    argument.priors(0.6, 0.35, 0.05)
    for number in range(3):
        argument.bears(argument.claim(f"c{number}", 0.1), YES, 0.9, 0.1, warrant=0.5)
    one = argument.varied
    found = robustness_radius(one, precision=0.01)
    assert not found.exact
    assert found.nats is not None
    now = one.leading({})
    keys = one.keys_of(one.cruxes())
    alone = {key: -1 if one.leading({key: moved(key, one.used[key].value, 0.25)}) > now else 1 for key in keys}

    beyond = 1.1 * found.nats

    def leads(ways: dict[Key, int]) -> bool:
        world = {key: moved(key, one.used[key].value, way * beyond) for key, way in ways.items()}
        return int(one.under(world).published.argmax()) == one.leader

    assert leads(alone)
    assert not leads({key: 1 if key.quantity is Quantity.WARRANT else way for key, way in alone.items()})


def test_an_answer_that_nothing_up_to_the_widest_overturns_has_no_radius() -> None:
    """With so strong a prior that every judgment being off by three nats changes nothing, and every combination tried, it is exactly none."""
    argument = Argument()
    argument.priors(0.99999, 0.000005, 0.000005)
    argument.bears(argument.claim("s", 0.5), YES, 0.6, 0.4, warrant=0.9)
    assert robustness_radius(argument.varied) == Radius(None, exact=True)


@quick
@given(arguments(), st.floats(0.5, 1.0), st.floats(0.5, 1.0))
def test_a_noisy_test_is_worth_youden_times_the_claim(argument: Argument, sensitivity: float, specificity: float) -> None:
    """ES(test) = (sensitivity + specificity - 1) ES(claim); a perfect test is the claim; information never exceeds it."""
    argument.judged(QUESTION.id, Quantity.MODEL_ERROR, 0.0)
    question = model(argument)
    beliefs = question.inferred.beliefs
    subject = next(iter(question.network.claims))
    crux = next(one for one in score(question.network, beliefs, question.publication) if one.subject == subject)
    test = Test(subject, sensitivity, specificity)
    if test.youden > 0.01:
        found = find_out(question.network, beliefs, test)
        assert found.expected_shift == pytest.approx(test.youden * crux.expected_shift, abs=1e-9)
        assert found.information <= crux.information + 1e-9
    perfect = find_out(question.network, beliefs, Test(subject, 1.0, 1.0))
    assert perfect.if_positive == pytest.approx(crux.if_true, abs=1e-9)


def test_the_next_step_is_the_best_for_its_cost_and_not_a_copy_of_the_last() -> None:
    """A dear test of the first crux loses to a cheap one of the third; after a test of one copy the other copy's is worth little."""
    argument = three_claims()
    question = model(argument)
    by_name = {argument.view.records[claim].text: claim for claim in question.network.claims}
    tests = [Test(by_name["root"], 0.95, 0.95), Test(by_name["copy"], 0.95, 0.95), Test(by_name["third"], 0.95, 0.95)]
    chosen = next_steps(question, tests)
    assert [one.test.subject for one in chosen][:2] == [by_name["root"], by_name["third"]]
    assert chosen[2].expected_shift < 0.3 * find_out(question.network, question.inferred.beliefs, tests[1]).expected_shift
    dear = [Test(by_name["root"], 0.95, 0.95, cost=100.0), tests[2]]
    assert next_steps(question, dear, steps=1)[0].test.subject == by_name["third"]
    with pytest.raises(KeyError):
        next_steps(question, [Test("claim-not-there", 1.0, 1.0)])


def test_a_second_test_is_worth_its_mean_over_what_the_first_may_show() -> None:
    """Over positive, negative and not done, each with its chance: settled by hand through the joint of both claims with the answer."""
    argument = three_claims()
    question = model(argument)
    by_name = {argument.view.records[claim].text: claim for claim in question.network.claims}
    first = Test(by_name["root"], 0.95, 0.6, done=0.7, cost=0.001)
    second = Test(by_name["copy"], 0.9, 0.7)
    chosen = next_steps(question, [first, second], steps=2)
    assert [one.test for one in chosen] == [first, second]
    place = question.network.claims[by_name["root"]]
    true = float(true_given(question.inferred.beliefs, place) @ question.inferred.beliefs.answers)

    def worth(likelihoods: tuple[float, float]) -> float:
        graph = question.network.graph.with_evidence(place, likelihoods)
        return find_out(question.network, infer(graph).beliefs, second).expected_shift

    positive, negative = (0.4, 0.95), (0.6, 0.05)
    chances = [0.7 * ((1 - true) * if_false + true * if_true) for if_false, if_true in (positive, negative)]
    expected = chances[0] * worth(positive) + chances[1] * worth(negative) + 0.3 * worth((1.0, 1.0))
    assert chosen[1].expected_shift == pytest.approx(expected, abs=1e-9)
    assert abs(worth(positive) - worth(negative)) > 0.01
    assert worth((1.0, 1.0)) > 1.2 * worth(negative)


def test_finding_out_is_worth_nothing_to_a_decision_it_cannot_change() -> None:
    """EVSI is 0 where one act is best whatever comes, positive where a result turns it, and never above EVPI."""
    argument = three_claims()
    question = model(argument)
    subject = next(iter(question.network.claims))
    found = find_out(question.network, question.inferred.beliefs, Test(subject, 1.0, 1.0))
    answers = question.inferred.beliefs.answers.tolist()
    assert decision_value(found, answers, [[1, 1, 1], [0, 0, 0]]) == pytest.approx(0)
    bet = [[1, -1, 0], [-1, 1, 0]]
    assert 0 < decision_value(found, answers, bet) <= perfect_value(answers, bet)


@quick
@given(arguments(), chance)
def test_what_if_is_jeffreys_rule(argument: Argument, value: float) -> None:
    """Taking a claim at m gives m P(A | c) + (1 - m) P(A | not c); at its own credence it gives what stands."""
    result = argument.result()
    crux = next(one for one in result.cruxes if one.kind is SubjectKind.CLAIM)
    found = what_if(argument.view, QUESTION, {crux.subject: value})
    expected = [value * true + (1 - value) * false for true, false in zip(crux.if_true, crux.if_false, strict=True)]
    assert found.after == pytest.approx(expected, abs=1e-5)
    same = what_if(argument.view, QUESTION, {crux.subject: crux.probability})
    assert same.after == pytest.approx(same.before, abs=1e-5)


def test_what_if_of_several_and_of_warrants() -> None:
    """All the credences asked for hold together; a warrant at 0 silences its link; what isn't in the argument is named."""
    argument = Argument()
    claim, other = argument.claim("s", 1.5), argument.claim("t", -0.5)
    link = argument.bears(claim, YES, 0.8, 0.2)
    argument.bears(other, YES, 0.7, 0.4)
    far = argument.claim("far", 1.0)
    found = what_if(argument.view, QUESTION, {claim.id: 0.3, other.id: 0.9, far.id: 0.5})
    assert found.missing == (far.id,)
    assert sum(found.after) == pytest.approx(1)
    silenced = what_if(argument.view, QUESTION, {link.id: 0.0})
    del argument.records[-1]
    without = Argument(records=[record for record in argument.records if record.id != link.id and getattr(record, "record", "") != link.id])
    assert silenced.after == pytest.approx([answer.probability for answer in without.result().answers], abs=1e-6)
    with pytest.raises(ValueError, match="between 0 and 1"):
        what_if(argument.view, QUESTION, {claim.id: 1.2})


def test_what_if_of_an_opposite_is_what_if_of_the_claim() -> None:
    """Taking the opposite of a claim at 0.9 is taking the claim at 0.1, and it is told under the name that was asked."""
    argument = Argument()
    claim = argument.claim("s", 1.0)
    argument.bears(claim, YES, 0.8, 0.3)
    opposite = argument.claim("not s", 0.5, speaker="Somebody else")
    argument.records.append(Equivalence(member=opposite.id, representative=claim.id, negated=True, reason="of tests"))
    turned = what_if(argument.view, QUESTION, {opposite.id: 0.9})
    assert turned.after == pytest.approx(what_if(argument.view, QUESTION, {claim.id: 0.1}).after)
    assert turned.after[0] < turned.before[0] - 0.05
    assert turned.assumed == {opposite.id: 0.9}


def test_why_opens_a_number() -> None:
    """It gives the testimonies, the path, what the evidence carries and the judgments next to it; for what isn't there it says so."""
    argument = Argument()
    claim = argument.claim("s", 1.5)
    step = argument.claim("step", 1e-9)
    up = argument.bears(step, YES, 0.9, 0.1)
    link = argument.bears(claim, step, 0.8, 0.2)
    found = why(argument.view, QUESTION, claim.id)
    assert [one.weight for one in found.said] == [1.5]
    assert found.weight == pytest.approx(1.5)
    assert found.paths == ((link.id, up.id),)
    assert found.carried > 0
    assert {bar.key.record for bar in found.rests_on} >= {link.id, found.said[0].assertion}
    warrant = why(argument.view, QUESTION, up.id)
    assert warrant.paths == ((up.id,),)
    assert warrant.crux.is_warrant
    with pytest.raises(UnknownRecord, match="doesn't rest on it"):
        why(argument.view, QUESTION, argument.claim("far", 1.0).id)


def test_the_gates_of_a_pass_are_probabilities() -> None:
    """A summed-out gate's P(open | answer) lies between 0 and 1 and mixes to its credence."""
    argument = Argument()
    link = argument.bears(argument.claim("s", 3.0), YES, 0.9, 0.2, warrant=0.5)
    question = model(argument)
    place = question.network.place(link.id)
    assert place is not None
    given_answers = true_given(question.inferred.beliefs, place)
    assert ((given_answers > 0) & (given_answers < 1)).all()
    assert given_answers[0] > given_answers[1], "evidence for the claim makes a working link likelier where it is expected"


@quick
@given(nats, chance, chance)
def test_evidence_for_a_claim_helps_what_expects_it(weight: float, high: float, low: float) -> None:
    """The evidential direction: a found claim favours the answer under which it was expected more, and only by the ratio of the two."""
    argument = Argument()
    argument.priors(0.3, 0.65, 0.05)
    argument.bears(argument.claim("s", weight), YES, high, low, warrant=1.0)
    after = modelled(argument.result())
    odds = math.log(after[0] / after[1]) - math.log(0.3 / 0.65)
    bound = math.log((high * math.exp(weight) + 1 - high) / (low * math.exp(weight) + 1 - low))
    assert odds == pytest.approx(bound, abs=1e-6)


def test_judgments_that_lean_together_widen_the_band() -> None:
    """Sixteen links whose expectedness is off the same way under one answer don't average out: the default band is the wider."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    for number in range(16):
        argument.bears(argument.claim(f"c{number}", 1.5), YES if number % 2 else NO, 0.6, 0.4, warrant=0.95)
    one = Varied(argument.view, QUESTION, coherent_judgments(argument.view, None)[0])

    def width(found: Stability) -> float:
        return found.bands[0][1] - found.bands[0][0]

    assert width(stability(one)) > 1.05 * width(stability(one, leaning=0.0))
