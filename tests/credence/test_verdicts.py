"""What people conclude is no evidence beside what they concluded from, and no crux."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.defaults import DATUM_IF_TRUE
from credence.engine import assess, coherent_judgments
from credence.explaining import why
from credence.judgments import Key
from credence.maps import Verdict
from credence.noise import Varied, stability
from credence.results import QuestionAssessment
from credence.testimony import Evidence, Piece
from credence.verdicts import joint_verdict
from knowledge.errors import UnknownRecord
from knowledge.records import Claim, Link, Variant
from knowledge.vocabulary import Difference, Quantity
from tests.credence.builders import NO, QUESTION, YES, Argument, crux_of, modelled, quick


def concluded(weight: float = 1.0, *, words: str = "The dam leaks indeed") -> tuple[Argument, Claim]:
    """An argument with one observation, and somebody who concludes that the dam leaks."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    argument.bears(argument.claim("The cellar is wet", 1.5), YES, 0.8, 0.2)
    claim = argument.claim(words, weight, speaker="Ada")
    argument.bears(claim, YES, 0.97, 0.02, warrant=0.95)
    return argument, claim


def worded(result: QuestionAssessment) -> set[str]:
    """The claims that word an answer."""
    return {one.claim for one in result.words_answers}


def test_a_claim_that_words_an_answer_is_no_crux() -> None:
    """It is told apart with the answer that it words and that answer's credence, and opening it says why it has no number of its own."""
    argument, claim = concluded()
    result = argument.result()
    (said,) = result.words_answers
    assert (said.claim, said.answers) == (claim.id, (YES.id,))
    assert said.probability == pytest.approx(result.answers[0].probability)
    assert claim.id not in {crux.subject for crux in result.cruxes}
    with pytest.raises(UnknownRecord, match="words an answer"):
        why(argument.view, QUESTION, claim.id)


def test_a_decisive_observation_stays_a_crux() -> None:
    """A claim as good as the answer that has words of its own is evidence, and leads the ranking."""
    argument, claim = concluded(words="Divers photographed water running through seventeen cracks below")
    result = argument.result()
    assert not result.words_answers
    assert result.cruxes[0].subject == claim.id


def test_what_restates_a_conclusion_is_one_in_the_answer_s_words_only() -> None:
    """What is true nearly when a conclusion is, in the judgment of its link, words the answer too, or its contrary; an observation doesn't."""
    argument, claim = concluded()
    again = argument.claim("That dam leaks", 0.5, speaker="Ben")
    argument.bears(again, claim, 0.95, 0.03)
    further = argument.claim("That the dam leaks is so", 0.5, speaker="Cleo")
    argument.bears(further, again, 0.95, 0.03)
    contrary = argument.claim("No leaking dam", 0.5, speaker="Dora")
    argument.bears(contrary, claim, 0.03, 0.95)
    seen = argument.claim("Divers photographed water running through seventeen cracks below", 0.5, speaker="Eve")
    argument.bears(seen, claim, 0.95, 0.03)
    likely = argument.claim("The dam leaks somewhere", 0.5, speaker="Fay")
    argument.bears(likely, claim, 0.8, 0.3)
    said = {one.claim: one.answers for one in argument.result().words_answers}
    assert said.keys() == {claim.id, again.id, further.id, contrary.id}
    assert said[further.id] == (YES.id,)
    assert YES.id not in said[contrary.id]
    assert NO.id in said[contrary.id]


def test_however_many_conclude_they_count_as_one_datum() -> None:
    """Ten people who conclude the same move the answer no further than one shared datum can."""
    argument, _ = concluded(2.0)
    before = modelled(argument.result())
    for number in range(9):
        more = argument.claim(f"The dam leaks, says report {number}", 2.0, speaker=f"Person{number}")
        argument.bears(more, YES, 0.97, 0.02, warrant=0.95)
    result = argument.result()
    assert len(worded(result)) == 10
    cap = DATUM_IF_TRUE / ((1 - DATUM_IF_TRUE) / 2)
    alone = Argument()
    alone.priors(0.5, 0.45, 0.05)
    alone.bears(alone.claim("The cellar is wet", 1.5), YES, 0.8, 0.2)
    base = modelled(alone.result())
    moved = (modelled(result)[0] / modelled(result)[1]) / (base[0] / base[1])
    assert 1 < moved <= cap + 1e-9
    assert modelled(result)[0] > before[0]
    assert result.answers[0].independent > result.answers[0].probability, "counted apart they would carry more"


def test_a_reason_for_a_conclusion_bears_on_the_answer() -> None:
    """What is offered for a claim that words an answer is offered for the answer; what is inferred from such a claim is left out."""
    argument, claim = concluded(0.1)
    reason = argument.claim("Water was heard at night", 2.0)
    argument.bears(reason, claim, 0.7, 0.2)
    after = argument.claim("The valley will be flooded", 1.0)
    argument.bears(after, YES, 0.5, 0.3)
    forward = argument.bears(claim, after, 0.9, 0.3)
    result = argument.result()
    assert crux_of(result, reason).if_true[0] > result.answers[0].probability
    assert forward.id in {left.record for left in result.left_out}


def test_a_variant_in_certainty_words_the_answer_too() -> None:
    """That X is likely is a verdict as X is; a finding that merely differs in quantity is not."""
    argument, claim = concluded()
    likely = argument.claim("Leakage of this structure seems by far likeliest", 0.5)
    argument.bears(likely, YES, 0.8, 0.2)
    finding = argument.claim("Some four litres were lost every hour below", 0.5)
    argument.bears(finding, YES, 0.8, 0.2)
    for other, difference in ((likely, Difference.CERTAINTY), (finding, Difference.QUANTITY)):
        pair = tuple(sorted((claim.id, other.id)))
        argument.records.append(Variant(claims=(pair[0], pair[1]), differs_in=difference, explanation="told apart"))
    assert worded(argument.result()) == {claim.id, likely.id}


@quick
@given(st.lists(st.tuples(st.integers(0, 2), st.floats(-3, 3)), min_size=1, max_size=8))
def test_verdicts_never_outweigh_the_datum(said: list[tuple[int, float]]) -> None:
    """The log-likelihood of one answer over another stays within the datum's own ratio, whatever is concluded."""
    verdicts = [
        Verdict(f"claim-{at}", (state,), Evidence((Piece(weight, frozenset()),), weight, 1, 1.0)) for at, (state, weight) in enumerate(said)
    ]
    joint = joint_verdict(verdicts, 3)
    cap = math.log(DATUM_IF_TRUE / ((1 - DATUM_IF_TRUE) / 2))
    assert np.ptp(joint) <= cap + 1e-9


def test_variants_share_their_step() -> None:
    """A finding told in five ways moves the answer no further than one step can be trusted, and an objection to one is one to all."""
    told = [f"Line {number}: the lake fell overnight" for number in range(5)]

    def world(*, variants: bool) -> tuple[Argument, list[Claim]]:
        argument = Argument()
        argument.priors(0.5, 0.45, 0.05)
        claims = [argument.claim(text, 3.0) for text in told]
        links = [argument.bears(claim, YES, 0.6, 0.2, warrant=0.6) for claim in claims]
        doubt = argument.claim("It had not rained for weeks", 2.0)
        argument.undercuts(doubt, links[0], 0.9)
        for one, other in itertools.pairwise(claims) if variants else ():
            pair = tuple(sorted((one.id, other.id)))
            argument.records.append(Variant(claims=(pair[0], pair[1]), differs_in=Difference.QUANTITY, explanation="another night"))
        return argument, [*claims, doubt]

    apart, _ = world(variants=False)
    together, claims = world(variants=True)
    assert modelled(together.result())[0] < modelled(apart.result())[0]
    assert crux_of(together.result(), claims[-1]).worst_case > crux_of(apart.result(), claims[-1]).worst_case
    warrants = [crux for crux in together.result().cruxes if crux.is_warrant]
    assert len(warrants) == 1, "one step, told once"


def test_the_band_holds_the_credence_and_widens_with_noise() -> None:
    """The band of an answer contains its credence and is not a point, as judgments have noise."""
    argument, _ = concluded()
    judgments, _ = coherent_judgments(argument.view, None)
    found = stability(Varied(argument.view, QUESTION, judgments)).bands
    for answer, (low, high) in zip(assess(argument.view).questions[0].answers, found, strict=True):
        assert low < answer.probability < high
    assert found[0][1] - found[0][0] > 0.05
    assert NO.id == assess(argument.view).questions[0].answers[1].answer


def test_what_words_an_answer_does_not_change_with_the_numbers() -> None:
    """Varied judgments, priors too, never turn evidence into a verdict or back: nothing jumps where a rule's threshold is passed."""
    argument, claim = concluded()
    view = argument.view
    judgments, _ = coherent_judgments(view, None)
    varied = Varied(view, QUESTION, judgments)
    link = next(one for one in argument.records if isinstance(one, Link) and claim.id in one.premises)
    for value in (0.97, 0.7, 0.5, 0.3):
        instead = {Key(link.id, Quantity.EXPECTEDNESS, YES.id): value, Key(YES.id, Quantity.PRIOR, None): value}
        assert [said.claim for said in varied.under(instead).argument_map.verdicts] == [claim.id]
