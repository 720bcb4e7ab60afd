"""What the critic speaks against is weighed once more, with both sides of it to be read, and that weight counts while the finding stands."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from pathlib import Path

import pytest

from agents.cruxes import judge
from agents.weighing import weigh_again
from credence.faults import HEARD, faults
from credence.judgments import Judgments, Key
from knowledge.records import Assertion, Finding, Incident, Judgment, Record
from knowledge.views import View
from knowledge.vocabulary import Fault, FindingKind, Quantity, Severity
from prompts.loading import load
from prompts.tasks import cruxes as questions
from reasoners.baseline.judging import judge_links
from reasoners.errors import Unrecorded
from reasoners.local import LocalAnswerer
from reasoners.requests import Completion, Request
from tests.agents.builders import unlimited
from tests.credence.builders import NO, READER, YES, Argument

ALONE, AFTER = 8.0, 1.25
"""Odds that the scripted judge gives before and after hearing the critic."""


class Hearer(LocalAnswerer):
    """Gives each testimony the same odds, and others where a criticism stands beneath it."""

    def __init__(self, *, older: bool = False) -> None:
        super().__init__("script", {questions.LINKS.name: judge_links, questions.TESTIMONY.name: self.weighed})
        self.older = older
        self.asked: list[questions.TestimonyInputs] = []

    def weighed(self, inputs: questions.TestimonyInputs) -> questions.TestimonyWeights:
        """Weigh all."""
        self.asked.append(inputs)
        weights = [
            questions.TestimonyWeight(number=one.number, odds=AFTER if one.criticisms else ALONE, reason="script")
            for one in inputs.testimonies
        ]
        return questions.TestimonyWeights(weights=tuple(weights))

    async def complete(self, request: Request) -> Completion:
        """Have no answer to what is heard if the recording is older."""
        if self.older and isinstance(request.inputs, questions.TestimonyInputs) and request.inputs.testimonies[0].criticisms:
            raise Unrecorded(request.task.name)
        return await super().complete(request)


def argument() -> tuple[Argument, list[Assertion]]:
    """Two reasons for one answer and one for the other, nothing weighed; the assertions in the order of the reasons."""
    made = Argument()
    for name, answer in (("seen", YES), ("heard", YES), ("dry", NO)):
        made.bears(made.claim(name, 1.0), answer, 0.9, 0.2)
    made.records = [one for one in made.records if not (isinstance(one, Judgment) and one.quantity is Quantity.EVIDENCE)]
    return made, [one for one in made.records if isinstance(one, Assertion)]


def finding(about: str, *, severity: Severity = Severity.MEDIUM, fault_of: Fault | None = Fault.SPEAKER) -> Finding:
    """A finding on a record."""
    return Finding(
        about=about,
        kind=FindingKind.UNSUPPORTED_LEAP,
        severity=severity,
        sound_case="They stood beside it.",
        flawed_case="Nobody measured it.",
        verdict="It is a guess.",
        fault_of=fault_of,
    )


def weighed(folder: Path, made: Argument, findings: Iterable[Finding], answerer: Hearer) -> tuple[View, tuple[Record, ...]]:
    """All there is after both weighings, and what the second added."""
    reasoner = unlimited(answerer, folder / "journal.db")
    there = View.of([*made.records, *findings])
    first = asyncio.run(judge(there, READER, reasoner, twice=False)).records
    view = View.of([*there.records.values(), *first])
    again = asyncio.run(weigh_again(view, READER, reasoner)).records
    return View.of([*view.records.values(), *again]), again


def test_only_what_is_found_at_fault_is_weighed_again(tmp_path: Path) -> None:
    """Findings of low severity and on our own wording ask for nothing; the judge reads both sides, and no verdict."""
    made, (seen, heard, dry) = argument()
    findings = [finding(seen.id), finding(heard.id, severity=Severity.LOW), finding(dry.id, fault_of=Fault.RECORD)]
    answerer = Hearer()
    view, again = weighed(tmp_path, made, findings, answerer)
    assert list(faults(view)) == [seen.id]
    assert [(one.record, one.wording, one.value) for one in again if isinstance(one, Judgment)] == [(seen.id, HEARD, math.log(AFTER))]
    shown = load(questions.TESTIMONY).render(answerer.asked[-1])
    assert "Nobody measured it." in shown.user
    assert "They stood beside it." in shown.user
    assert "It is a guess." not in shown.user
    assert "what a critic holds against it" in shown.system
    alone = load(questions.TESTIMONY).render(answerer.asked[0])
    assert "critic" not in alone.system + alone.user
    assert not asyncio.run(weigh_again(view, READER, unlimited(answerer, tmp_path / "again.db"))).records, "it was heard"


def test_a_recording_older_than_the_question_says_so(tmp_path: Path) -> None:
    """The weights stay as they were, and the result tells it."""
    made, (seen, *_) = argument()
    view, again = weighed(tmp_path, made, [finding(seen.id)], Hearer(older=True))
    assert [type(one) for one in again] == [Incident]
    assert Judgments(view, None).judged()[Key(seen.id, Quantity.EVIDENCE, None)] == pytest.approx(math.log(ALONE))
