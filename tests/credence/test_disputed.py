"""What the sources dispute comes first among cruxes."""

from __future__ import annotations

import pytest

from credence.disputed import CONCLUSION, DECISIVE, NOTICEABLE, OF_THE_LARGEST, in_dispute, named_decisive
from credence.engine import assess
from credence.settling import Workbench, crux_set
from knowledge.records import Assertion, Claim, Equivalence, Link, Tag, Variant, Warrant
from knowledge.vocabulary import Difference, Relation, Stance
from tests.credence.builders import QUESTION, WARRANT, YES, Argument, modelled


def test_in_dispute_is_what_is_denied_attacked_undercut_or_says_so() -> None:
    """A claim spoken against, both ends of an objection, and an undercut link; what merely speaks against an answer is not."""
    argument = Argument()
    claims = {
        name: argument.claim(name, 1.0) for name in ("plain", "denied", "attacked", "attacker", "undercutter", "against answer", "opposite")
    }
    link = argument.bears(claims["plain"], YES, 0.8, 0.3)
    argument.undercuts(claims["undercutter"], link, 0.5)
    attack = Link(premises=(claims["attacker"].id,), target=claims["attacked"].id, relation=Relation.ATTACKS, warrant=WARRANT.id)
    other = Link(premises=(claims["against answer"].id,), target=YES.id, relation=Relation.ATTACKS, warrant=WARRANT.id)
    said = next(one for one in argument.records if isinstance(one, Assertion))
    denial = Assertion(claim=claims["denied"].id, passage=said.passage, speaker="Zoe", stance=Stance.DENIES)
    argument.records += [attack, other, denial]
    found = in_dispute(argument.view)
    assert found == {claims[name].id for name in ("denied", "attacked", "attacker", "undercutter")} | {link.id}


def test_who_asserts_the_negation_disputes_the_claim() -> None:
    """A claim and its negation, each asserted, are one claim in dispute."""
    argument = Argument()
    wet, dry = argument.claim("It is wet.", 1.0), argument.claim("It is not wet.", 1.0)
    argument.records.append(Equivalence(member=dry.id, representative=wet.id, negated=True, reason="one denies the other"))
    view = argument.view
    assert in_dispute(view) == {wet.id}


def test_an_assessment_tells_the_disputed_crux_before_a_larger_one_that_nobody_doubts() -> None:
    """A slogan that nobody objects to stands after what is disputed, and is told as disputed by no source."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    slogan, found, objection = (argument.claim(name, 0.3) for name in ("slogan", "found", "objection"))
    argument.bears(slogan, YES, 0.85, 0.15, warrant=0.95)
    argument.bears(found, YES, 0.8, 0.2, warrant=0.8)
    argument.bears(objection, found, 0.3, 0.7, warrant=0.8)
    cruxes = assess(argument.view).questions[0].cruxes
    shifts = {one.subject: one.expected_shift for one in cruxes}
    assert max(shifts, key=lambda subject: shifts[subject]) == slogan.id
    assert cruxes[0].disputed
    assert cruxes[0].subject != slogan.id
    assert not next(one for one in cruxes if one.subject == slogan.id).disputed
    varied = argument.varied
    chosen = crux_set(Workbench(varied.modelled, varied.judgments, varied.cruxes()))
    assert chosen[0].subject == cruxes[0].subject, "the set that stands for all begins as the list does"


def test_an_objection_to_the_weaker_of_two_tellings_disputes_the_step() -> None:
    """The step goes by the name of the link that is judged stronger; to whichever somebody objects, it is disputed."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    claim, objection = argument.claim("found", 0.3), argument.claim("objection", 0.3)
    strong = argument.bears(claim, YES, 0.8, 0.2, warrant=0.8)
    again = Warrant(text="It bears on it, in other words.")
    weak = Link(premises=strong.premises, target=strong.target, relation=strong.relation, warrant=again.id)
    argument.records += [again, weak]
    argument.undercuts(objection, weak, 0.6)
    assert next(one for one in assess(argument.view).questions[0].cruxes if one.subject == strong.id).disputed


def test_what_is_disputed_but_moves_next_to_nothing_stays_in_its_place() -> None:
    """A dispute over a claim that hardly bears on the answers isn't told before what nobody doubts and much rests on."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    strong, weak, objection = (argument.claim(name, 0.3) for name in ("strong", "weak", "objection"))
    argument.bears(strong, YES, 0.95, 0.05, warrant=0.95)
    argument.undercuts(objection, argument.bears(weak, YES, 0.51, 0.49, warrant=0.8), 0.6)
    cruxes = assess(argument.view).questions[0].cruxes
    assert cruxes[0].subject == strong.id
    assert max(one.expected_shift for one in cruxes if one.disputed) < OF_THE_LARGEST * cruxes[0].expected_shift


def named(*records: str, reading: int = 1) -> list[Tag]:
    """Tags by which a reading names what the dispute turns on."""
    return [Tag(record=record, name=f"{DECISIVE}{reading}", value=f"{record} decides.") for record in records]


def three_disputed() -> tuple[Argument, list[Claim]]:
    """Claims that move the answer less and less, each with an objection, and one that moves it next to nothing."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    claims = [argument.claim(name, 0.3) for name in ("first", "second", "third", "faint")]
    for claim, expected in zip(claims, ((0.9, 0.1), (0.8, 0.2), (0.75, 0.25), (0.502, 0.498)), strict=True):
        argument.bears(claim, YES, *expected)
        argument.bears(argument.claim(f"against {claim.text}", 0.1), claim, 0.4, 0.6)
    return argument, claims


def test_of_what_is_disputed_that_is_first_which_more_readings_name() -> None:
    """Both readings before one before none; then by shift. What moves next to nothing stays behind, whoever names it; no number changes."""
    argument, (first, second, third, faint) = three_disputed()
    before = argument.result()
    alone = [one.subject for one in before.cruxes if one.subject in {first.id, second.id, third.id}]
    assert alone == [first.id, second.id, third.id]
    argument.records += [*named(second.id, third.id, faint.id), *named(third.id, faint.id, reading=2)]
    after = argument.result()
    assert [one.subject for one in after.cruxes][:2] == [third.id, second.id]
    assert next(one.subject for one in after.cruxes if one.subject in {first.id, faint.id}) == first.id
    assert after.cruxes[0].decisive == (f"{third.id} decides.",) * 2
    assert modelled(after) == modelled(before)
    assert [one.subject for one in argument.varied.cruxes()][:2] == [third.id, second.id], "as everywhere"
    varied = argument.varied
    assert crux_set(Workbench(varied.modelled, varied.judgments, varied.cruxes()))[0].subject == third.id


def test_what_is_named_and_would_move_an_answer_leads_though_it_is_unlikely() -> None:
    """On average it moves next to nothing, as it is hardly so; if it were, it would."""
    argument, (first, *_) = three_disputed()
    unlikely = argument.claim("unlikely", -4.0)
    argument.bears(unlikely, YES, 0.3, 0.1)
    argument.bears(argument.claim("against it", 0.1), unlikely, 0.4, 0.6)
    told = next(one for one in argument.result().cruxes if one.subject == unlikely.id)
    assert told.worst_case > NOTICEABLE
    assert told.expected_shift < OF_THE_LARGEST * max(one.expected_shift for one in argument.result().cruxes)
    assert argument.result().cruxes[0].subject == first.id
    argument.records += named(unlikely.id)
    assert argument.result().cruxes[0].subject == unlikely.id


def test_what_two_readings_call_a_conclusion_is_no_crux() -> None:
    """It is told with the claims that word an answer; one reading's word is not enough, and no number changes."""
    argument, (first, second, _, _) = three_disputed()
    before = argument.result()
    calls = [Tag(record=first.id, name=f"{CONCLUSION}{reading}", value="It concludes.") for reading in (1, 2)]
    argument.records += [*calls, Tag(record=second.id, name=f"{CONCLUSION}1", value="It concludes.")]
    after = argument.result()
    assert {one.subject for one in before.cruxes} - {one.subject for one in after.cruxes} == {first.id}
    assert [(one.claim, one.answers) for one in after.words_answers] == [(first.id, ())]
    assert after.words_answers[0].probability == pytest.approx(before.credences[first.id])
    assert modelled(after) == modelled(before)
    assert first.id not in {one.subject for one in argument.varied.cruxes()}


def test_what_changes_next_to_nothing_does_not_lead_for_being_named() -> None:
    """Where nothing moves the answers much, a reading's name puts none before what moves them more; it is told all the same."""
    argument = Argument()
    argument.priors(0.9, 0.08, 0.02)
    first, second = (argument.claim(name, 0.3) for name in ("first", "second"))
    for claim, expected in ((first, (0.55, 0.45)), (second, (0.52, 0.48))):
        argument.bears(claim, YES, *expected)
        argument.bears(argument.claim(f"against {claim.text}", 0.1), claim, 0.4, 0.6)
    argument.records += named(second.id)
    cruxes = argument.result().cruxes
    told = next(one for one in cruxes if one.subject == second.id)
    assert OF_THE_LARGEST * cruxes[0].expected_shift < told.expected_shift
    assert told.worst_case < NOTICEABLE
    assert told.decisive == (f"{second.id} decides.",)
    assert cruxes[0].subject == first.id
    varied = argument.varied
    assert crux_set(Workbench(varied.modelled, varied.judgments, varied.cruxes()))[0].subject == first.id


def test_a_step_that_a_reading_names_goes_by_the_name_of_its_warrant() -> None:
    """Whichever of two tellings of one step is named, and whichever of two variants' links, the step is, under the name that it goes by."""
    argument, (first, second, *_) = three_disputed()
    strong, variant = (next(link for link in argument.view.all(Link) if link.premises == (claim.id,)) for claim in (first, second))
    again = Warrant(text="It bears on it, in other words.")
    weak = Link(premises=strong.premises, target=strong.target, relation=strong.relation, warrant=again.id)
    argument.records += [again, weak]
    records = list(argument.records)
    argument.records += named(weak.id)
    told = {one.subject: one.decisive for one in argument.result().cruxes if one.decisive}
    assert told == {strong.id: (f"{weak.id} decides.",)}
    one, other = sorted((first.id, second.id))
    alike = Variant(claims=(one, other), differs_in=Difference.QUANTITY, explanation="another night")
    argument.records = [*records, *named(variant.id), alike]
    told = {one.subject: one.decisive for one in argument.result().cruxes if one.decisive}
    assert told == {strong.id: (f"{variant.id} decides.",)}


def test_what_is_named_of_a_claim_is_named_of_what_it_is_the_same_as_and_of_the_inquiry_alone() -> None:
    """Merged after it was named, it is named under the name that stands for both; a sub-question is not what was asked about."""
    argument, (first, second, *_) = three_disputed()
    argument.records += [*named(second.id), Equivalence(member=second.id, representative=first.id, reason="the same")]
    assert named_decisive(argument.view, QUESTION) == {first.id: (f"{second.id} decides.",)}
    assert named_decisive(argument.view, QUESTION.model_copy(update={"parent": QUESTION.id})) == {}
