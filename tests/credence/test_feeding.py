"""A claim that words an answer to a sub-question is that answer for the question above."""

from __future__ import annotations

import pytest

from credence.disputed import DECISIVE
from credence.engine import assess
from credence.explaining import NoNumber, why
from credence.feeding import Worded, worded_answers
from credence.judgments import Judgments
from credence.perspectives import dispute
from credence.results import QuestionAssessment
from credence.wording import Event
from knowledge.records import Answer, Assertion, Claim, Judgment, Link, Perspective, Question, Tag
from knowledge.vocabulary import Quantity, Relation
from tests.credence.builders import ELSE, NO, QUESTION, READER, WARRANT, YES, Argument

SEEPAGE = Question(name="seepage", text="Does water seep through the wall?", parent=QUESTION.id)
SEEPS = Answer(question=SEEPAGE.id, name="a-seeps", text="Water seeps through the wall.")
DRY = Answer(question=SEEPAGE.id, name="b-dry", text="The wall is dry.")
SAYS = "Water seeps slowly through the wall."
SAYS_TOO = "The wall lets water through that seeps."


def bears_on_seepage(argument: Argument, claim: Claim, if_seeps: float, if_dry: float) -> None:
    """Link a claim to the sub-question's first answer."""
    link = Link(premises=(claim.id,), target=SEEPS.id, relation=Relation.SUPPORTS, warrant=WARRANT.id)
    argument.records.append(link)
    argument.judged(link.id, Quantity.WARRANT, 0.95)
    argument.judged(link.id, Quantity.EXPECTEDNESS, if_seeps, SEEPS.id)
    argument.judged(link.id, Quantity.EXPECTEDNESS, if_dry, DRY.id)


def fed(stain: float = 1.5, *, also: bool = False) -> tuple[Argument, Claim, Claim]:
    """A dam whose leak would make its wall seep: who says that it seeps, and a stain that bears on the sub-question alone."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    argument.records += [SEEPAGE, SEEPS, DRY]
    said = argument.claim(SAYS, 0.1)
    argument.bears(said, YES, 0.8, 0.3)
    bears_on_seepage(argument, said, 0.97, 0.04)
    if also:
        bears_on_seepage(argument, argument.claim(SAYS_TOO, 0.1), 0.96, 0.05)
    seen = argument.claim("A stain was seen below.", stain)
    bears_on_seepage(argument, seen, 0.8, 0.2)
    return argument, said, seen


def leak(argument: Argument) -> float:
    """P(the dam leaks), as modelled."""
    return assess(argument.view).questions[0].answers[0].modelled


def main_of(argument: Argument) -> QuestionAssessment:
    """What is found of the main question."""
    return assess(argument.view).questions[0]


def test_what_bears_on_a_sub_question_bears_on_the_question_above() -> None:
    """Evidence on the sub-question alone moves the main answer through the claim that words the sub-question's answer, and either way."""
    against, nothing, in_favour = (leak(fed(weight)[0]) for weight in (-2.0, 1e-9, 2.0))
    assert against < nothing - 0.01
    assert in_favour > nothing + 0.01


def test_the_claim_that_words_the_answer_is_a_crux_of_the_question_above() -> None:
    """It has a number, P(the sub-question's answer), and so has what bears on the sub-question; settling it moves the answer as it bears."""
    argument, said, seen = fed()
    found = main_of(argument)
    cruxes = {one.subject: one for one in found.cruxes}
    assert {said.id, seen.id} <= cruxes.keys()
    assert cruxes[said.id].expected_shift > cruxes[seen.id].expected_shift
    assert cruxes[said.id].if_true[0] > found.answers[0].probability > cruxes[said.id].if_false[0]
    assert found.credences[said.id] == pytest.approx(cruxes[said.id].probability)
    assert why(argument.view, QUESTION, seen.id).paths


def test_a_sub_questions_claims_are_one_crux_in_the_words_that_readings_name() -> None:
    """Several claims that word one answer are told once, and who words another answer words the other side of the same crux."""
    argument, said, _ = fed(also=True)
    also = next(one for one in argument.view.all(Claim) if one.text == SAYS_TOO)
    dry = argument.claim("The wall through which water might seep is dry.", 0.3)
    argument.bears(dry, YES, 0.2, 0.7)
    bears_on_seepage(argument, dry, 0.03, 0.96)
    argument.bears(argument.claim("The gauge is broken.", 0.1), also, 0.3, 0.6)
    before = main_of(argument)
    assert {also.id, said.id, dry.id} <= before.words_parts.keys()
    (told,) = [one.subject for one in before.cruxes if one.subject in before.words_parts]
    other = said if told == also.id else also
    argument.records += [Tag(record=other.id, name=f"{DECISIVE}{reading}", value="It decides.") for reading in (1, 2)]
    after = main_of(argument)
    (now,) = [one for one in after.cruxes if one.subject in after.words_parts]
    assert (now.subject, now.disputed, now.decisive) == (other.id, True, ("It decides.",) * 2)
    assert [one.modelled for one in after.answers] == [one.modelled for one in before.answers]


def test_what_words_an_answer_by_one_judgment_alone_is_evidence() -> None:
    """Asked in other words the judge expects it under either answer: it keeps a number of its own."""
    argument, said, _ = fed()
    link = next(one for one in argument.view.all(Link) if one.premises == (said.id,) and one.target == SEEPS.id)
    assert said.id in worded_answers(argument.view, QUESTION.id, Judgments(argument.view, None)).below
    again = [one for one in argument.view.all(Judgment) if one.record == link.id]
    argument.records += [
        one.model_copy(update={"wording": 1, "value": 0.5 if one.quantity is Quantity.EXPECTEDNESS else one.value}) for one in again
    ]
    assert not worded_answers(argument.view, QUESTION.id, Judgments(argument.view, None)).below


def test_a_dispute_over_one_wording_of_an_answer_is_over_the_words_that_are_told() -> None:
    """Whichever of the claims in one place is denied or named, the one under which they are told has it."""
    argument, said, _ = fed(also=True)
    also = next(one for one in argument.view.all(Claim) if one.text == SAYS_TOO)
    argument.bears(argument.claim("The gauge is broken.", 0.1), also, 0.3, 0.6)
    argument.records += [Tag(record=said.id, name=f"{DECISIVE}{reading}", value="It decides.") for reading in (1, 2)]
    (told,) = [one for one in main_of(argument).cruxes if one.subject in {said.id, also.id}]
    assert (told.subject, told.disputed) == (said.id, True)


def test_a_sub_question_has_another_credence_with_all_that_bears_on_the_inquiry() -> None:
    """The inquiry's own evidence reaches the sub-question's answers there, and leaves those by what is argued on it alone as they are."""
    argument, said, _ = fed(1e-9)
    alone = assess(argument.view)
    argument.bears(argument.claim("The lake falls.", 3.0), YES, 0.9, 0.1)
    both = assess(argument.view)
    assert both.questions[0].parts[SEEPAGE.id][0] > alone.questions[0].parts[SEEPAGE.id][0] + 0.01
    assert both.questions[0].parts[SEEPAGE.id][0] == pytest.approx(both.questions[0].credences[said.id], abs=1e-6)
    assert both.questions[1].answers == alone.questions[1].answers


def test_two_claims_that_word_one_answer_are_one_crux() -> None:
    """Of several claims that say the same answer one is a crux; both have its credence, and asked for the other one learns which it is."""
    argument, said, _ = fed(also=True)
    other = next(one for one in argument.records if isinstance(one, Claim) and one.text == SAYS_TOO)
    argument.bears(other, YES, 0.75, 0.3)
    found = main_of(argument)
    named = {said.id, other.id} & {one.subject for one in found.cruxes}
    assert len(named) == 1
    assert found.credences[said.id] == pytest.approx(found.credences[other.id])
    left = ({said.id, other.id} - named).pop()
    dry = argument.claim("The wall is dry through and through.", 0.1)
    assertions = [one for one in argument.records if isinstance(one, Assertion)]
    for number in range(3):
        # Most is said on the claim for the other answer; it isn't what this one says.
        argument.records.append(assertions[-1].model_copy(update={"speaker": f"Speaker {number}"}))
        argument.judged(argument.records[-1].id, Quantity.EVIDENCE, 1.0)
    bears_on_seepage(argument, dry, 0.03, 0.97)
    argument.bears(dry, YES, 0.2, 0.7)
    with pytest.raises(NoNumber, match=named.pop()):
        why(argument.view, QUESTION, left)


def test_saying_it_more_often_is_no_more_evidence_than_one_datum() -> None:
    """Whoever concludes on a sub-question is heard through one datum: however strong, it can't pass a ratio of four to one."""
    argument, said, _ = fed(1e-9)
    before = main_of(argument).credences[said.id]
    assertion = next(one for one in argument.records if isinstance(one, Assertion) and one.claim == said.id)
    for number in range(6):
        again = assertion.model_copy(update={"speaker": f"Speaker {number}"})
        argument.records.append(Assertion(**again.model_dump()))
        argument.judged(argument.records[-1].id, Quantity.EVIDENCE, 3.0)
    loud = main_of(argument).credences[said.id]
    assert before < loud < 4 * before / (4 * before + 1 - before)


def test_a_claim_that_words_an_answer_to_both_stays_a_claim() -> None:
    """What words an answer to the main question is that answer and none of the sub-question; what words two sub-questions' is neither."""
    argument, said, _ = fed()

    def worded() -> Worded:
        return worded_answers(argument.view, QUESTION.id, Judgments(argument.view, None))

    assert worded().below == {said.id: Event(SEEPAGE.id, (0,))}
    second = another_question(argument)
    bears_on = Link(premises=(said.id,), target=second.id, relation=Relation.SUPPORTS, warrant=WARRANT.id)
    argument.records.append(bears_on)
    argument.judged(bears_on.id, Quantity.EXPECTEDNESS, 0.97, second.id)
    for answer in (one for one in argument.records if isinstance(one, Answer) and one.question == second.question and one != second):
        argument.judged(bears_on.id, Quantity.EXPECTEDNESS, 0.03, answer.id)
    assert worded().below == {}
    both, _, _ = fed()
    says_both = both.claim("The dam leaks water through and through.", 0.1)
    both.bears(says_both, YES, 0.97, 0.03)
    bears_on_seepage(both, says_both, 0.97, 0.03)
    found = worded_answers(both.view, QUESTION.id, Judgments(both.view, None))
    assert found.own == {says_both.id: (0,)}
    assert says_both.id not in found.below


def another_question(argument: Argument) -> Answer:
    """Add a second sub-question in the same words; return its first answer."""
    again = Question(name="seepage-2", text="Does water still seep through the wall?", parent=QUESTION.id)
    answers = [Answer(question=again.id, name=one.name, text=one.text) for one in (SEEPS, DRY)]
    argument.records += [again, *answers]
    return answers[0]


def test_sides_that_agree_on_a_sub_question_and_not_on_what_follows_differ_on_the_step() -> None:
    """A premise that words a sub-question's answer is compared as that answer: two sides that judge it alike differ on the warrant."""
    argument, said, _ = fed()
    other = Perspective(name="other", description="draws another conclusion from it")
    link = next(one for one in argument.records if isinstance(one, Link) and one.premises == (said.id,) and one.target == YES.id)
    argument.records += [
        other,
        *(
            Judgment(record=link.id, quantity=Quantity.EXPECTEDNESS, value=0.5, given=one.id, perspective=other.id, judge="t", reason="r")
            for one in (YES, NO, ELSE)
        ),
    ]
    found = dispute(argument.view, QUESTION, first=READER.id, second=other.id)
    assert found.blocks[0].record == link.id
    assert found.blocks[0].on_warrant
