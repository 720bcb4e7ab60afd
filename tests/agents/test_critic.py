"""The critic records whose fault a flaw is, and is shown through whom a claim comes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.critic import examine
from knowledge.blobs import digest_of_text
from knowledge.records import Assertion, Claim, Finding, Passage, Question, Record, Source
from knowledge.views import View
from knowledge.vocabulary import Fault, FindingKind
from prompts.tasks.critic import EXAMINE, Critique, Critiques, ExamineInputs
from reasoners.journal import Journal, Totals
from reasoners.limits import Limits, Meter
from reasoners.local import LocalAnswerer
from reasoners.reasoner import Reasoner

TEXT = "Ode writes that Marsh may have seen a leak."
SOURCE = Source(title="The dam", text=digest_of_text(TEXT))
PASSAGE = Passage(source=SOURCE.id, start=0, end=len(TEXT), text=TEXT)
CLAIM = Claim(text="The dam leaked.")
SAID = Assertion(claim=CLAIM.id, passage=PASSAGE.id, speaker="Marsh", reporters=("Ode",))
QUESTION = Question(name="dam", text="Does the dam leak?")


def examined(home: Path, kind: FindingKind, fault: Fault | None, heard: list[ExamineInputs]) -> tuple[Record, ...]:
    """What the critic records of one critique."""

    def answer(inputs: ExamineInputs) -> Critiques:
        heard.append(inputs)
        fields = {
            "number": 1,
            "kind": kind,
            "observation": "may have seen",
            "sound_case": "It is short.",
            "flawed": True,
            "fault_of": fault,
        }
        return Critiques(critiques=(Critique(**fields, flawed_case="The hedge is lost.", verdict="Say that it may have leaked."),))

    meter = Meter(Limits(), Totals(0, 0, 0, 0, 0.0, 0, 0.0))
    reasoner = Reasoner(LocalAnswerer("script", {EXAMINE.name: answer}), Journal.at(home / "journal.db", "run"), meter)
    view = View.of([SOURCE, PASSAGE, CLAIM, SAID, QUESTION])
    return asyncio.run(examine(view, QUESTION, lambda _: TEXT, reasoner)).records


@pytest.mark.parametrize("fault", [*Fault, None])
def test_whose_fault_it_is_stays_as_the_critic_says(tmp_path: Path, fault: Fault | None) -> None:
    """Of the speaker, the reporter, our own wording, or untold; and the critic saw who reports."""
    heard: list[ExamineInputs] = []
    (found,) = examined(tmp_path, FindingKind.OVERCLAIM, fault, heard)
    assert isinstance(found, Finding)
    assert (found.fault_of, found.about) == (fault, SAID.id)
    assert heard[0].assertions[0].reporters == ("Ode",)


def test_an_order_to_a_machine_is_the_documents_whoever_is_blamed(tmp_path: Path) -> None:
    """It is about the source, and to call it our own wording excuses nothing."""
    (found,) = examined(tmp_path, FindingKind.HIDDEN_INSTRUCTION, Fault.RECORD, [])
    assert isinstance(found, Finding)
    assert (found.fault_of, found.about) == (None, SOURCE.id)
