"""When two links are one step, and what objections to steps do: told twice they count once, mutual ones stand, any number can be held."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from credence import defaults
from credence.engine import assess
from knowledge.records import Answer, Claim, Equivalence, Link, Question, Tag, Upstream, Variant
from knowledge.views import View
from knowledge.vocabulary import Difference, Quantity, Relation, UpstreamKind
from tests.credence.builders import ELSE, NEXT_TO_NOTHING, NO, QUESTION, WARRANT, YES, Argument, modelled

NAMES = ("a", "b", "c")


def of_three(order: Sequence[str], said: Sequence[tuple[Relation, str]], weight: float) -> dict[str, float]:
    """P(answer) by meaning, of three answers that are named in some order, with one claim and plain defaults for its links."""
    question = Question(name="three", text="Which of three?")
    answers = {
        meaning: Answer(question=question.id, name=name, text=f"It is {meaning}.") for name, meaning in zip(NAMES, order, strict=True)
    }
    rest = Answer(question=question.id, name="else", text="Something else.", something_else=True)
    argument = Argument()
    claim = argument.claim("s", weight)
    ours = [one for one in argument.records if one not in (QUESTION, YES, NO, ELSE)]
    links = [Link(premises=(claim.id,), target=answers[meaning].id, relation=relation, warrant=WARRANT.id) for relation, meaning in said]
    result = assess(View.of([*ours, question, *answers.values(), rest, *links])).questions[0]
    found = {one.answer: one.modelled for one in result.answers}
    return {meaning: found[answer.id] for meaning, answer in answers.items()}


@pytest.mark.parametrize("said", [(Relation.SUPPORTS, "x"), (Relation.SUPPORTS, "y")])
def test_which_of_two_links_is_a_step_of_its_own_hangs_on_no_name(said: tuple[Relation, str]) -> None:
    """A claim that supports one of three answers and attacks another does both, however the answers are called."""
    links = [said, (Relation.ATTACKS, "z")]
    found = [of_three(order, links, 1.5) for order in itertools.permutations("xyz")]
    for one in found[1:]:
        assert one == pytest.approx(found[0])
    alone = of_three("xyz", [said], 1.5)
    assert found[0]["z"] < alone["z"] - 1e-3


def test_for_it_and_its_negation_against_it_are_one_step() -> None:
    """That s speaks for YES and that not s speaks against it, equally judged, is one step and counts once."""

    def world(*, told_twice: bool) -> float:
        argument = Argument()
        argument.priors(0.5, 0.45, 0.05)
        claim, opposite = argument.claim("s", 1.5), argument.claim("not s")
        argument.bears(claim, YES, 0.8, 0.3)
        argument.records.append(Equivalence(member=opposite.id, representative=claim.id, negated=True, reason="one denies the other"))
        if told_twice:
            argument.bears(opposite, YES, 0.2, 0.7)
        return modelled(argument.result())[0]

    assert world(told_twice=True) == pytest.approx(world(told_twice=False))


def test_an_objection_to_two_variants_that_share_a_step_counts_once() -> None:
    """Told of both links or of one, the objection is to the one step that they share."""

    def world(both: bool) -> list[float]:
        argument = Argument()
        argument.priors(0.5, 0.45, 0.05)
        claims = [argument.claim(f"Line {number}: the lake fell overnight", 2.0) for number in range(2)]
        links = [argument.bears(claim, YES, 0.7, 0.2, warrant=0.6) for claim in claims]
        pair = sorted(claim.id for claim in claims)
        argument.records.append(Variant(claims=(pair[0], pair[1]), differs_in=Difference.QUANTITY, explanation="another night"))
        doubt = argument.claim("It had not rained for weeks", 2.0)
        for link in links if both else links[:1]:
            argument.undercuts(doubt, link, 0.8)
        return modelled(argument.result())

    assert world(both=True) == pytest.approx(world(both=False))


def test_two_claims_may_object_to_each_others_steps() -> None:
    """Both objections count: each weakens the other's step, and neither is left out."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    one, other = argument.claim("one", 1.0), argument.claim("other", 1.0)
    first, second = argument.bears(one, YES, 0.8, 0.3), argument.bears(other, NO, 0.8, 0.3)
    before = argument.result()
    argument.undercuts(other, first, 0.9)
    argument.undercuts(one, second, 0.9)
    after = argument.result()
    assert after.left_out == ()
    for link in (first, second):
        assert after.credences[link.id] < before.credences[link.id] - 0.01


def test_a_claim_may_object_to_more_steps_than_one_table_holds() -> None:
    """Of fifteen steps to which one claim objects those count to which it objects most; the others are named, and nothing grows without end."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    links = [argument.bears(argument.claim(f"c{number}", 0.3), YES, 0.7, 0.4) for number in range(15)]
    doubt = argument.claim("All were counted by one man", 1.0)
    undercuts = [argument.undercuts(doubt, link, 0.5 + number / 50) for number, link in enumerate(links)]
    left = {one.record for one in argument.result().left_out}
    assert left == {one.id for one in undercuts[: len(left)]}
    assert 0 < len(left) < 10


def test_many_objections_to_one_step_all_count() -> None:
    """A warrant is in no table with its objections: of twelve none is left out."""
    argument = Argument()
    link = argument.bears(argument.claim("s", 1.0), YES, 0.8, 0.3)
    for number in range(12):
        argument.undercuts(argument.claim(f"objection {number}", 1.0), link, 0.5)
    assert argument.result().left_out == ()


def test_an_objection_to_what_is_left_out_is_named() -> None:
    """The weakest of a claim's seven links isn't modelled, and who objects to it is told so."""
    argument = Argument()
    claim = argument.claim("s", 1.0)
    targets: list[Claim] = []
    for number in range(defaults.MOST_TARGETS + 1):
        targets.append(argument.claim(f"t{number}", 0.5))
        argument.bears(targets[-1], YES, 0.7, 0.4)
    links = [argument.bears(claim, target, 0.9 - number / 20, 0.3) for number, target in enumerate(targets)]
    undercut = argument.undercuts(argument.claim("objection", 1.0), links[-1], 0.5)
    assert {links[-1].id, undercut.id} == {one.record for one in argument.result().left_out}


@pytest.mark.parametrize("any_suffices", [False, True])
def test_an_objection_by_two_claims_needs_both_or_any(any_suffices: bool) -> None:
    """With one of them refuted an objection that needs both is next to none, and one for which any suffices still stands."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    link = argument.bears(argument.claim("s", 1.5), YES, 0.8, 0.3)
    trusted = argument.result().credences
    true, false = argument.claim("true", 3.0), argument.claim("false", -3.0)
    undercut = Link(premises=tuple(sorted((true.id, false.id))), target=link.id, relation=Relation.UNDERCUTS, warrant=WARRANT.id)
    argument.records.append(undercut)
    argument.judged(undercut.id, Quantity.DEFEAT, 0.9)
    if any_suffices:
        argument.records.append(Tag(record=undercut.id, name="premises", value="any"))
    now = argument.result().credences[link.id]
    assert (now < 0.75) is any_suffices, (now, trusted)


def test_a_step_that_leads_round_through_a_circle_moves_nothing_by_itself() -> None:
    """Without testimony to speak of answers stay as judged, where a premise of a step on a circle's claim is a premise of another of its."""
    for names in itertools.permutations(["p", "a", "b", "c"]):
        argument = Argument()
        argument.priors(0.5, 0.45, 0.05)
        p, a, b, c = (argument.claim(name, NEXT_TO_NOTHING) for name in names)
        argument.bears(a, YES, 0.8, 0.2)
        for premise, target in ((b, a), (c, b), (a, c)):
            argument.bears(premise, target, 0.8, 0.3)
        argument.bears(p, YES, 0.7, 0.3, also=(b,))
        argument.bears(p, a, 0.9, 0.2)
        assert modelled(argument.result()) == pytest.approx([0.5, 0.45, 0.05], abs=1e-6), names


def test_an_objection_to_a_variant_of_which_nothing_is_said_is_one_to_the_step() -> None:
    """Two variants share a step; who objects to the link of the one that nobody asserts weakens the other's."""

    def world(*, objected: bool) -> float:
        argument = Argument()
        argument.priors(0.5, 0.45, 0.05)
        told, untold = argument.claim("Line 1: the lake fell overnight", 2.0), argument.claim("Line 2: the lake fell overnight")
        links = [argument.bears(claim, YES, 0.7, 0.2, warrant=0.6) for claim in (told, untold)]
        pair = sorted((told.id, untold.id))
        argument.records.append(Variant(claims=(pair[0], pair[1]), differs_in=Difference.QUANTITY, explanation="another night"))
        doubt = argument.claim("It had not rained for weeks", 2.0)
        if objected:
            argument.undercuts(doubt, links[1], 0.9)
        return modelled(argument.result())[0]

    assert world(objected=True) < world(objected=False) - 0.005


def test_what_shares_a_datum_counts_no_less_than_its_best_piece() -> None:
    """Testimony of 3 nats isn't weakened by another's of 0.2 on the same data, though the datum alone caps the two at a ratio of four."""

    def world(*weights: float) -> float:
        argument, survey = Argument(), Upstream(name="The one survey", kind=UpstreamKind.DATASET)
        argument.priors(0.5, 0.45, 0.05)
        for number, weight in enumerate(weights):
            claim = argument.claim("s", weight, speaker=f"Speaker{number}", upstream=survey)
        argument.bears(claim, YES, 0.8, 0.2)
        return modelled(argument.result())[0]

    assert world(3.0, 0.2) >= world(3.0) - 1e-9
    assert world(1.0, 1.0) < world(2.0) - 1e-3
