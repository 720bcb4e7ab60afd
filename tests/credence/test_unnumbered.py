"""What no evidence settles is named as such, everywhere, and gets no number."""

from __future__ import annotations

import pytest

from credence.engine import assess, coherent_judgments
from credence.explaining import NoNumber, what_if, why
from credence.noise import Varied, stability
from credence.perspectives import dispute
from credence.standing import standing
from knowledge.records import Finding, Judgment, Perspective, Tag
from knowledge.views import View
from knowledge.vocabulary import FindingKind, Quantity, Severity
from tests.credence.builders import QUESTION, YES, Argument, modelled


def leaking() -> tuple[Argument, str, str]:
    """What "leak" means, which would move the answer most, and a fact that moves it less."""
    argument = Argument()
    word = argument.claim("A leak is what loses a litre an hour.", 0.3)
    argument.bears(word, YES, 0.9, 0.1, warrant=0.95)
    fact = argument.claim("The cellar below is wet.", 0.2)
    argument.bears(fact, YES, 0.7, 0.4, warrant=0.9)
    argument.records.append(Tag(record=word.id, name="kind", value="definitional"))
    return argument, word.id, fact.id


def test_a_dispute_about_words_or_values_is_named_and_gets_no_number() -> None:
    """A definitional or normative claim still carries its argument but is no crux: settling it is no matter of evidence."""
    argument, word, fact = leaking()
    result = argument.result()
    assert [(one.record, one.dispute) for one in result.unnumbered] == [(word, "words")]
    subjects = {crux.subject for crux in result.cruxes}
    assert fact in subjects
    assert word not in subjects
    assert modelled(result)[0] > result.answers[0].prior


def test_no_crux_set_story_or_rank_holds_it() -> None:
    """Where a question stands, what would overturn it and what ranks first under noise is told without it; to open it says why."""
    argument, word, fact = leaking()
    found = standing(argument.varied)
    assert fact in {member.subject for member in found.cruxes}
    assert word not in {member.subject for member in found.cruxes} | {crux.subject for crux in found.resting_on}
    assert word not in {step.subject for step in (found.story.steps if found.story else ())}
    judgments, _ = coherent_judgments(argument.view, None)
    assert word not in stability(Varied(argument.view, QUESTION, judgments), samples=5).in_top
    assert word not in {crux.subject for crux in what_if(argument.view, QUESTION, {fact: 0.9}).cruxes}
    with pytest.raises(NoNumber, match="about words, which no evidence settles"):
        why(argument.view, QUESTION, word)


def test_two_sides_that_differ_about_words_have_no_double_crux_there() -> None:
    """Where perspectives differ on such a claim the dispute names it, and what it is about, beside the double cruxes."""
    argument, word, fact = leaking()
    other = Perspective(name="other", description="means something else by it")
    said = next(record for record in argument.records if record.kind_name == "assertion" and record.claim == word)  # type: ignore[attr-defined]
    records = [
        *argument.records,
        other,
        Judgment(record=said.id, quantity=Quantity.EVIDENCE, value=-3.0, perspective=other.id, judge="t", reason="r"),
    ]
    view = View.of(records)
    main = assess(view).perspective
    found = dispute(view, QUESTION, first=main, second=other.id)
    assert [(one.record, one.dispute) for one in found.unnumbered] == [(word, "words")]
    assert fact in {one.subject for one in found.double_cruxes}
    assert word not in {one.subject for one in found.double_cruxes}


def test_a_question_that_takes_something_wrong_for_granted_is_named_as_a_dispute_about_itself() -> None:
    """The critic's finding of a false premise stands first among what no evidence settles; one about something else doesn't stand there."""
    argument, word, _ = leaking()
    sides = {"severity": Severity.HIGH, "sound_case": "It may be meant loosely.", "flawed_case": "There is no dam."}
    frame = Finding(about=QUESTION.id, kind=FindingKind.FALSE_PREMISE, verdict="There is no dam that could leak.", **sides)  # type: ignore[arg-type]
    other = Finding(about=word, kind=FindingKind.FALSE_PREMISE, verdict="There is no dam.", **sides)  # type: ignore[arg-type]
    argument.records += [frame, other]
    assert [(one.record, one.dispute) for one in argument.result().unnumbered] == [(frame.id, "the question itself"), (word, "words")]
