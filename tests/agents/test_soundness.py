"""How far the argument as a whole is to be trusted is asked once, and a run without an answer goes on with the default."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.soundness import direct_reasons, judge_soundness
from credence import defaults
from credence.engine import assess
from knowledge.records import Incident, Judgment, Record
from knowledge.views import View
from prompts.tasks.cruxes import SOUNDNESS, Soundness, SoundnessInputs
from reasoners.baseline.judging import judge_soundness as by_rule
from reasoners.journal import Journal, Totals
from reasoners.limits import Limits, Meter
from reasoners.local import LocalAnswerer
from reasoners.reasoner import Reasoner
from tests.agents.builders import Unheard
from tests.credence.builders import ELSE, NO, QUESTION, READER, YES, Argument


def argument() -> Argument:
    """Two direct reasons, one of them with two testimonies, and one behind another claim."""
    made = Argument()
    seen = made.claim("seen", 1.0)
    made.claim("seen", 0.5, speaker="Ada")
    made.bears(seen, YES, 0.8, 0.3)
    made.bears(made.claim("heard", 0.5), NO, 0.3, 0.6)
    made.bears(made.claim("behind", 1.0), seen, 0.8, 0.3)
    return made


def asked(tmp_path: Path, made: Argument, answerer: LocalAnswerer) -> tuple[Record, ...]:
    """What the agent hands back."""
    reasoner = Reasoner(answerer, Journal.at(tmp_path / "journal.db", "run"), Meter(Limits(), Totals(0, 0, 0, 0, 0.0, 0, 0.0)))
    return asyncio.run(judge_soundness(made.view, READER, reasoner)).records


def test_the_answer_becomes_the_model_error_and_what_stands_without_the_model(tmp_path: Path) -> None:
    """Both numbers are used, with their reason; asked again over the result nothing is asked."""
    made = argument()
    heard: list[SoundnessInputs] = []

    def judge(inputs: SoundnessInputs) -> Soundness:
        heard.append(inputs)
        return Soundness(unsound=0.2, if_unsound=(0.1, 0.6, 0.3), reason="Two gauges of one make.")

    records = asked(tmp_path, made, LocalAnswerer("script", {SOUNDNESS.name: judge}))
    assert {one.reason for one in records if isinstance(one, Judgment)} == {"Two gauges of one make."}
    result = assess(View.of([*made.records, *records])).questions[0]
    assert result.model_error == pytest.approx(0.2)
    assert [answer.if_unsound for answer in result.answers] == pytest.approx([0.1, 0.6, 0.3])
    for answer in result.answers:
        assert answer.probability == pytest.approx(0.8 * answer.modelled + 0.2 * answer.if_unsound)
    made.records += records
    assert asked(tmp_path, made, Unheard()) == ()
    assert len(heard) == 1


def test_what_is_shown_is_what_bears_directly_and_hangs_on_no_number(tmp_path: Path) -> None:
    """The most told first, on which side of which answer; judged otherwise, it is shown just so."""
    made = argument()
    shown = direct_reasons(made.view, [YES.id, NO.id, ELSE.id])
    assert [(one.premises, one.relation, one.answer, one.testimonies) for one in shown] == [
        (("seen",), "supports", 1, 2),
        (("heard",), "attacks", 2, 1),
    ]
    without = View.of([one for one in made.records if not isinstance(one, Judgment)])
    assert direct_reasons(without, [YES.id, NO.id, ELSE.id]) == shown


def test_a_recording_without_it_is_an_incident_and_the_default_stands(tmp_path: Path) -> None:
    """The run goes on and says so."""
    made = argument()
    records = asked(tmp_path, made, Unheard())
    assert [one.problem for one in records if isinstance(one, Incident)] == [
        "the recording is older than this question: how probable it is that the modelled argument is unsound is assumed"
    ]
    assert len(records) == 1
    assert assess(View.of([*made.records, *records])).questions[0].model_error == defaults.MODEL_ERROR


def test_an_answer_that_is_no_distribution_is_an_incident(tmp_path: Path) -> None:
    """Two numbers for three answers, or a sum that isn't 1, are refused and said to be, after the retries."""
    for chances in ((0.5, 0.5), (0.5, 0.5, 0.5)):
        answerer = LocalAnswerer("script", {SOUNDNESS.name: lambda _, its=chances: Soundness(unsound=0.1, if_unsound=its, reason="r")})
        records = asked(tmp_path, argument(), answerer)
        assert [type(one) for one in records] == [Incident]


def test_the_baseline_leaves_the_defaults(tmp_path: Path) -> None:
    """By rule the engine's default, and the priors if the model is unsound."""
    made = argument()
    records = asked(tmp_path, made, LocalAnswerer("baseline", {SOUNDNESS.name: by_rule}))
    before, after = (assess(View.of(some)).questions[0] for some in (made.records, [*made.records, *records]))
    assert [one.probability for one in after.answers] == pytest.approx([one.probability for one in before.answers])
    assert [one.reason for one in records if isinstance(one, Judgment)] == ["by rule: the argument was not looked at as a whole"]
    assert QUESTION.id in {one.record for one in records if isinstance(one, Judgment)}
