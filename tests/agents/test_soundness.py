"""How far the argument as a whole is to be trusted is asked in three wordings, and a run without an answer goes on with the default."""

from __future__ import annotations

import asyncio
import math
import statistics
from pathlib import Path

import pytest

from agents.soundness import direct_reasons, judge_soundness
from credence import defaults
from credence.engine import assess, coherent_judgments
from credence.judgments import Key
from knowledge.records import Assertion, Incident, Judgment, Record, Retraction
from knowledge.views import View
from knowledge.vocabulary import Quantity, Stance
from prompts.loading import load
from prompts.tasks.cruxes import SOUNDNESS, Soundness, SoundnessAngle, SoundnessInputs
from reasoners.baseline.judging import judge_soundness as by_rule
from reasoners.errors import Unrecorded
from reasoners.local import LocalAnswerer
from reasoners.requests import Completion, Request
from tests.agents.builders import unlimited
from tests.credence.builders import ELSE, NO, QUESTION, READER, YES, Argument

UNSOUND = {SoundnessAngle.DIRECT: 0.1, SoundnessAngle.REFERENCE_CLASS: 0.45, SoundnessAngle.BACKWARDS: 0.3}


class Unheard(LocalAnswerer):
    """A recording from before this was asked; one of the first wording if it has a method."""

    async def complete(self, request: Request) -> Completion:
        """Have no answer to what wasn't asked then."""
        assert isinstance(request.inputs, SoundnessInputs)
        if self.methods and request.inputs.angle is SoundnessAngle.DIRECT:
            return await super().complete(request)
        raise Unrecorded(request.task.name)


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
    reasoner = unlimited(answerer, tmp_path / "journal.db")
    return asyncio.run(judge_soundness(made.view, READER, reasoner)).records


def test_the_answers_become_the_model_error_and_what_stands_without_the_model(tmp_path: Path) -> None:
    """Both numbers are used, with their reason, whatever order the answers were asked in; asked again over the result nothing is asked."""
    made = argument()
    heard: list[SoundnessInputs] = []

    def judge(inputs: SoundnessInputs) -> Soundness:
        heard.append(inputs)
        chances = {YES.text: 0.1, NO.text: 0.6, ELSE.text: 0.3}
        return Soundness(unsound=0.2, if_unsound=tuple(map(chances.__getitem__, inputs.answers)), reason="Two gauges of one make.")

    records = asked(tmp_path, made, LocalAnswerer("script", {SOUNDNESS.name: judge}))
    assert {one.reason for one in records if isinstance(one, Judgment)} == {"Two gauges of one make."}
    result = assess(View.of([*made.records, *records])).questions[0]
    assert result.model_error == pytest.approx(0.2)
    assert [answer.if_unsound for answer in result.answers] == pytest.approx([0.1, 0.6, 0.3])
    for answer in result.answers:
        assert answer.probability == pytest.approx(0.8 * answer.modelled + 0.2 * answer.if_unsound)
    made.records += records
    assert asked(tmp_path, made, Unheard("old", {})) == ()
    assert [one.angle for one in sorted(heard, key=lambda one: list(SoundnessAngle).index(one.angle))] == list(SoundnessAngle)


def test_three_wordings_are_three_judgments_pooled(tmp_path: Path) -> None:
    """Each wording has its own text and the later two the answers turned round, with the reasons' numbers; the spread is the number's noise."""
    made, heard = argument(), {}

    def judge(inputs: SoundnessInputs) -> Soundness:
        heard[inputs.angle] = inputs
        return Soundness(unsound=UNSOUND[inputs.angle], if_unsound=(0.2, 0.3, 0.5), reason=inputs.angle.value)

    records = asked(tmp_path, made, LocalAnswerer("script", {SOUNDNESS.name: judge}))
    errors = [one for one in records if isinstance(one, Judgment) and one.quantity is Quantity.MODEL_ERROR]
    assert [(one.wording, one.value, one.reason) for one in errors] == [
        (at, UNSOUND[angle], angle) for at, angle in enumerate(SoundnessAngle)
    ]
    turned = [
        one.answers[::-1] == heard[SoundnessAngle.DIRECT].answers
        for one in (heard[SoundnessAngle.REFERENCE_CLASS], heard[SoundnessAngle.BACKWARDS])
    ]
    assert turned == [True, True]
    assert [[(one.premises, one.answer) for one in inputs.reasons] for inputs in map(heard.__getitem__, SoundnessAngle)] == [
        [(("seen",), 1), (("heard",), 2)],
        [(("seen",), 3), (("heard",), 2)],
        [(("seen",), 3), (("heard",), 2)],
    ]
    assert (
        len({load(SOUNDNESS).render(heard[SoundnessAngle.DIRECT].model_copy(update={"angle": angle})).system for angle in SoundnessAngle})
        == 3
    )
    judgments, _ = coherent_judgments(View.of([*made.records, *records]), None)
    odds = [math.log(value / (1 - value)) for value in UNSOUND.values()]
    assert judgments.model_error(QUESTION.id) == pytest.approx(1 / (1 + math.exp(-sum(odds) / 3)))
    assert judgments.used[Key(QUESTION.id, Quantity.MODEL_ERROR, None)].noise == pytest.approx(statistics.stdev(odds))


def test_it_is_judged_again_once_more_is_read_and_what_somebody_else_judged_stays(tmp_path: Path) -> None:
    """The answers to what is known now replace those of before; a person's numbers are left, and nobody is asked."""
    made, values = argument(), iter([0.2] * 3 + [0.4] * 3)

    def judge(inputs: SoundnessInputs) -> Soundness:
        return Soundness(unsound=next(values), if_unsound=(0.2, 0.3, 0.5), reason="r")

    answerer = LocalAnswerer("script", {SOUNDNESS.name: judge})
    made.records += asked(tmp_path, made, answerer)
    assert asked(tmp_path, made, answerer) == tuple(made.records[-12:]), "the same is asked, and the journal knows the answers"
    made.bears(made.claim("read later", 1.0), YES, 0.7, 0.3)
    again = asked(tmp_path, made, answerer)
    gone = {one.record for one in again if isinstance(one, Retraction)}
    assert gone == {one.id for one in made.records if isinstance(one, Judgment) and one.quantity is Quantity.MODEL_ERROR}
    left = [one for one in [*made.records, *again] if one.id not in gone and not isinstance(one, Retraction)]
    assert assess(View.of(left)).questions[0].model_error == pytest.approx(0.4)
    person = argument()
    person.judged(QUESTION.id, Quantity.MODEL_ERROR, 0.1)
    assert asked(tmp_path, person, answerer) == ()


def test_what_is_shown_is_what_bears_directly_and_hangs_on_no_number(tmp_path: Path) -> None:
    """The most told first, on which side of which answer; who denies it is none who tells it; judged otherwise, it is shown just so."""
    made = argument()
    heard = next(one for one in made.records if isinstance(one, Assertion) and one.speaker == "Witnessheard")
    made.records.append(heard.model_copy(update={"speaker": "Zoe", "stance": Stance.DENIES}))
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
    records = asked(tmp_path, made, Unheard("old", {}))
    assert [one.problem for one in records if isinstance(one, Incident)] == [
        "the recording is older than this question, how probable it is that the modelled argument is unsound: it is assumed"
    ]
    assert len(records) == 1
    assert assess(View.of([*made.records, *records])).questions[0].model_error == defaults.MODEL_ERROR


def test_what_a_recording_has_of_it_counts(tmp_path: Path) -> None:
    """One answer of three: it stands, and one incident says that two are missing."""
    made = argument()
    answer = Soundness(unsound=0.3, if_unsound=(), reason="r")
    records = asked(tmp_path, made, Unheard("old", {SOUNDNESS.name: lambda _: answer}))
    (missing,) = [one for one in records if isinstance(one, Incident)]
    assert missing.problem.endswith("1 of 3 answers to it count")
    assert assess(View.of([*made.records, *records])).questions[0].model_error == pytest.approx(0.3)


def test_an_answer_that_is_no_distribution_is_an_incident(tmp_path: Path) -> None:
    """Two numbers for three answers, a sum that isn't 1, or a 0, are refused and said to be, after the retries."""
    for chances in ((0.5, 0.5), (0.5, 0.5, 0.5), (0.0, 0.5, 0.5)):
        answerer = LocalAnswerer("script", {SOUNDNESS.name: lambda _, its=chances: Soundness(unsound=0.1, if_unsound=its, reason="r")})
        records = asked(tmp_path, argument(), answerer)
        assert [type(one) for one in records] == [Incident]


def test_the_baseline_leaves_the_defaults(tmp_path: Path) -> None:
    """By rule the engine's default, and the priors if the model is unsound."""
    made = argument()
    records = asked(tmp_path, made, LocalAnswerer("baseline", {SOUNDNESS.name: by_rule}))
    before, after = (assess(View.of(some)).questions[0] for some in (made.records, [*made.records, *records]))
    assert [one.probability for one in after.answers] == pytest.approx([one.probability for one in before.answers])
    assert [one.reason for one in records if isinstance(one, Judgment)] == 3 * ["by rule: the argument was not looked at as a whole"]
    assert QUESTION.id in {one.record for one in records if isinstance(one, Judgment)}
