"""Posing: the sub-questions that the sources dispute become records that say who gives which answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

from agents.opening import something_else
from agents.posing import MOST_SAID, MOST_SHOWN, pose_questions
from credence.engine import assess
from credence.wording import answers_of
from explorer.question_summaries import given_by, in_tree_order, question_summary
from explorer.wording import framing
from knowledge.records import Answer, Incident, Question, Record, Tag
from knowledge.views import View
from knowledge.vocabulary import Stance
from prompts.tasks.structuring import QUESTIONS, IssueTree, QuestionsInputs
from reasoners.local import LocalAnswerer
from reasoners.scripted import ScriptedAnswerer
from sources.embedding import Embedder
from tests.agents.builders import Unheard, unlimited
from tests.explorer.conftest import Builder

TEXT = "The wall is wet. The gauge was in order. Rain fell."


def inquiry(built: Builder) -> None:
    """Ask about a dam."""
    question = built.add(Question(name="dam", text="Did the dam leak?"))
    for name, text in (("leaked", "It leaked."), ("held", "It held.")):
        built.add(Answer(question=question.id, name=name, text=text))
    built.add(something_else(question))


def dispute() -> Builder:
    """An inquiry about a dam, and a gauge that two documents differ over."""
    built = Builder()
    inquiry(built)
    ada, ben = built.source("Ada", TEXT), built.source("Ben", f"{TEXT} It is said.")
    for key, words in (("wet", "The wall is wet"), ("gauge", "The gauge was in order"), ("rain", "Rain fell")):
        built.claim(key, f"{words}.")
    built.said("wet", ada, "The wall is wet", "Ada")
    built.said("gauge", ada, "The gauge was in order", "Ada")
    built.said("gauge", ben, "The gauge was in order", "Ben", stance=Stance.DENIES)
    built.said("rain", ben, "Rain fell", "Ben")
    return built


def tree(inputs: QuestionsInputs) -> IssueTree:
    """Ask whether the gauge was in order, unless it is asked already, and a part of that; frame the inquiry."""
    gauge = next(one.number for one in inputs.claims if "gauge" in one.claim)
    rain = next(one.number for one in inputs.claims if "Rain" in one.claim)
    posed = {
        "label": "gauge in order",
        "text": "Was the gauge in order?",
        "turns_on": "fact",
        "presupposes": ["Somebody read it."],
        "answers": [
            {"label": "in order", "text": "The gauge was in order.", "also_called": ["sound"], "asserted": [gauge]},
            {"label": "broken", "text": "The gauge was broken.", "denied": [gauge]},
        ],
    }
    part = {
        "label": "rain",
        "text": "Did rain reach the gauge?",
        "under": len(inputs.questions) + 1,
        "turns_on": "inference",
        "answers": [
            {"label": "reached", "text": "Rain reached the gauge.", "asserted": [rain]},
            {"label": "kept off", "text": "Rain was kept off the gauge.", "asserted": [gauge]},
        ],
    }
    known = [{"question": one.number, "turns_on": "fact"} for one in inputs.questions]
    return IssueTree.model_validate({"questions": [] if len(inputs.questions) > 1 else [posed, part], "known": known})


def posed(folder: Path, view: View, answerer: LocalAnswerer) -> list[Record]:
    """What is posed."""
    return list(asyncio.run(pose_questions(view, unlimited(answerer, folder / "journal.db"), Embedder())).records)


def test_what_the_sources_dispute_becomes_a_question_with_who_gives_which_answer(tmp_path: Path) -> None:
    """A part of the question it stands under, with "something else", its framing, and the claims by which each answer is given."""
    built = dispute()
    records = posed(tmp_path, built.view(), ScriptedAnswerer({QUESTIONS.name: tree}))
    gauge, rain = (one for one in records if isinstance(one, Question))
    view = View.of([*built.view().records.values(), *records])
    asked = next(one for one in view.all(Question) if one.parent is None)
    assert (gauge.parent, rain.parent) == (asked.id, gauge.id)
    answers = {answer.name: answer for answer in answers_of(view, gauge.id)}
    assert list(answers) == ["broken", "in order", "something else"]
    assert answers["in order"].also_called == ("sound",)
    assert given_by(view, answers["in order"].id) == ((built.claims["gauge"].id, True),)
    assert given_by(view, answers["broken"].id) == ((built.claims["gauge"].id, False),)
    summaries = in_tree_order([question_summary(view, found, None) for found in assess(view).questions][::-1])
    assert [one.name for one in summaries] == ["dam", "gauge in order", "rain"]
    told = {one.name: framing(one) for one in summaries}
    assert told["gauge in order"] == (
        "Not of the case: posed from what the sources dispute. Who answers it differently differs over what is the case. "
        "All answers take for granted: Somebody read it."
    )
    assert told["rain"].startswith("A part of “Was the gauge in order?” Not of the case: ")
    assert told["dam"] == "Who answers it differently differs over what is the case."


def test_nothing_is_posed_or_framed_twice(tmp_path: Path) -> None:
    """What is there already is shown as known, below what it is a part of, and keeps its framing."""
    built, answerer = dispute(), ScriptedAnswerer({QUESTIONS.name: tree})
    first = posed(tmp_path, built.view(), answerer)
    assert posed(tmp_path, View.of([*built.view().records.values(), *first]), answerer) == []
    seen = answerer.asked[-1].inputs
    assert isinstance(seen, QuestionsInputs)
    assert [(one.text, one.under) for one in seen.questions] == [
        ("Did the dam leak?", None),
        ("Was the gauge in order?", 1),
        ("Did rain reach the gauge?", 2),
    ]


def test_of_too_many_claims_those_with_two_sides_are_shown(tmp_path: Path) -> None:
    """Whoever speaks twice is shown once, those against a claim first."""
    built = dispute()
    text = " ".join(f"Stone {number} lies there." for number in range(MOST_SHOWN))
    stones = built.source("Stones", text)
    for number in range(MOST_SHOWN):
        built.claim(f"stone {number}", f"Stone {number} lies there, it is claimed.")
        built.said(f"stone {number}", stones, f"Stone {number} lies there", "Cy")
    for number in range(MOST_SAID + 2):
        built.said("gauge", built.source(f"Letter {number}", TEXT + str(number)), "The gauge was in order", f"Writer {number // 2}")
    answerer = ScriptedAnswerer({QUESTIONS.name: lambda _: IssueTree()})
    assert posed(tmp_path, built.view(), answerer) == []
    shown = answerer.asked[0].inputs
    assert isinstance(shown, QuestionsInputs)
    assert len(shown.claims) == MOST_SHOWN
    gauge = next(one for one in shown.claims if "gauge" in one.claim)
    assert gauge.said == ("Ben denies", "Ada asserts", "Writer 0 asserts", "Writer 1 asserts", "Writer 2 asserts", "Writer 3 asserts")
    assert gauge.held
    assert gauge.denied


def test_an_older_recording_is_told(tmp_path: Path) -> None:
    """The run goes on with the case's own questions; a case in which nothing is said yet asks nothing."""
    (incident,) = posed(tmp_path, dispute().view(), Unheard())
    assert isinstance(incident, Incident)
    assert "no sub-question is posed" in incident.problem
    silent = Builder()
    inquiry(silent)
    answerer = ScriptedAnswerer({QUESTIONS.name: tree})
    assert posed(tmp_path, silent.view(), answerer) == []
    assert answerer.asked == []
    assert not [one for one in silent.view().all(Tag) if one.name == "turns on"]
