"""Sets of cruxes, the story that overturns an answer, and what is settled."""

from __future__ import annotations

import math

import numpy as np
import pytest

from credence.engine import challenger
from credence.factors import Graph
from credence.results import SubjectKind
from credence.settling import Step, Story, Workbench, cheapest_story, crux_set, without_needless
from credence.standing import Verdict, standing
from knowledge.records import Answer
from knowledge.vocabulary import Quantity
from tests.credence.builders import (
    ELSE,
    NO,
    QUESTION,
    YES,
    Argument,
    bench_of,
    model,
    three_claims,
)


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
