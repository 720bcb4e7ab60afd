"""What is judged after hearing the critic counts while the finding stands; what findings and documents change is told one by one."""

from __future__ import annotations

import pytest

from credence.faults import HEARD, faults
from credence.hearing import hearings, pulls
from credence.judgments import Judgments, Key
from credence.noise import Varied
from knowledge.records import Assertion, Finding, Judgment, Source
from knowledge.views import View
from knowledge.vocabulary import Fault, FindingKind, Quantity, Severity
from tests.credence.builders import NO, QUESTION, READER, YES, Argument

ALONE, AFTER = 2.0, 0.25
"""Nats before and after hearing the critic."""


def finding(about: str, *, severity: Severity = Severity.MEDIUM, fault_of: Fault | None = Fault.SPEAKER) -> Finding:
    """A finding on a record."""
    sides = {"sound_case": "They stood beside it.", "flawed_case": "Nobody measured it.", "verdict": "It is a guess."}
    return Finding(about=about, kind=FindingKind.UNSUPPORTED_LEAP, severity=severity, fault_of=fault_of, **sides)  # type: ignore[arg-type]


def weight(about: str, value: float, *, wording: int = 0, judge: str = "test") -> Judgment:
    """What one judge says that a testimony weighs."""
    fields = {"perspective": READER.id, "judge": judge, "reason": "r", "wording": wording}
    return Judgment(record=about, quantity=Quantity.EVIDENCE, value=value, **fields)  # type: ignore[arg-type]


def argument() -> tuple[Argument, list[Assertion]]:
    """Two reasons for one answer and one for the other, each weighed; the assertions in the order of the reasons."""
    made = Argument()
    for name, answer in (("seen", YES), ("heard", YES), ("dry", NO)):
        made.bears(made.claim(name, ALONE), answer, 0.9, 0.2)
    return made, [one for one in made.records if isinstance(one, Assertion)]


def weight_of(view: View, assertion: Assertion, *, heard: bool = True) -> float:
    """What counts."""
    return Judgments(view, None, heard=heard).judged()[Key(assertion.id, Quantity.EVIDENCE, None)]


def test_findings_of_low_severity_and_on_our_wording_ask_for_nothing() -> None:
    """Their testimonies stand as they are, whatever was judged after."""
    made, (seen, heard, dry) = argument()
    made.records += [finding(seen.id), finding(heard.id, severity=Severity.LOW), finding(dry.id, fault_of=Fault.RECORD), finding(YES.id)]
    made.records += [weight(one.id, AFTER, wording=HEARD) for one in (seen, heard, dry)]
    assert list(faults(made.view)) == [seen.id]
    assert [weight_of(made.view, one) for one in (seen, heard, dry)] == [AFTER, ALONE, ALONE]
    assert weight_of(made.view, seen, heard=False) == ALONE


def test_what_was_judged_after_hearing_counts_while_the_finding_stands() -> None:
    """It replaces the same judge's weight and no other's; without the finding all is as before; alone it counts all the same."""
    made, (seen, *_) = argument()
    found, after = finding(seen.id), weight(seen.id, AFTER, wording=HEARD)
    made.records += [found, after]
    assert weight_of(made.view, seen) == AFTER
    assert weight_of(View.of([one for one in made.records if one != found]), seen) == ALONE
    made.records.append(weight(seen.id, 1.0, judge="another"))
    assert weight_of(made.view, seen) == pytest.approx((AFTER + 1.0) / 2)
    assert weight_of(View.of([one for one in made.records if one != found]), seen) == pytest.approx((ALONE + 1.0) / 2)
    alone = [one for one in made.records if not (isinstance(one, Judgment) and one.record == seen.id and one != after)]
    assert weight_of(View.of(alone), seen) == AFTER


def test_what_a_finding_changes_is_what_its_withdrawal_would() -> None:
    """The answers before hearing are those of a knowledge base without the finding."""
    made, (seen, heard, _) = argument()
    findings = [finding(seen.id), finding(heard.id)]
    made.records += [*findings, weight(seen.id, AFTER, wording=HEARD), weight(heard.id, ALONE, wording=HEARD)]
    told = hearings(made.varied)
    without = View.of([one for one in made.records if one != findings[0]])
    before = Varied(without, QUESTION, Judgments(without, None)).modelled.published
    assert set(told) == {seen.id, heard.id}
    assert told[seen.id].answers_before == pytest.approx(before)
    assert told[seen.id].answers_after == pytest.approx(made.varied.modelled.published)
    assert (told[seen.id].before, told[seen.id].after) == (ALONE, AFTER)
    assert told[seen.id].moves == pytest.approx(max(abs(told[seen.id].answers_after - before)))
    assert told[seen.id].moves > 0.01
    assert told[heard.id].moves == 0


def test_what_a_source_pulls_is_what_its_silence_would_change() -> None:
    """The answers without a source's testimony are those of an argument in which its weights are nought."""
    made = Argument()
    made.bears(made.claim("seen", 1.0), YES, 0.9, 0.2)
    made.bears(made.claim("dry", 1.5), NO, 0.9, 0.2)
    view = made.view
    varied = Varied(view, QUESTION, Judgments(view, None))
    told = pulls(varied)
    assert set(told) == {one.id for one in view.all(Source)}
    for source, answers in told.items():
        said = next(one for one in view.all(Assertion) if view.source_of(one).id == source)
        mute = [
            one.model_copy(update={"value": 0.0}) if isinstance(one, Judgment) and one.record == said.id else one for one in made.records
        ]
        without = View.of(mute)
        assert answers == pytest.approx(Varied(without, QUESTION, Judgments(without, None)).modelled.published)
