"""Parts of pages that are worked out: word differences, scales, sentences, the timeline."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.engine import assess, main_question
from explorer.charts import dumbbell, time_chart
from explorer.entries import claim_entries
from explorer.histories import history_of
from explorer.networks import export_network
from explorer.pages import speaker_pages, word_differences
from explorer.panels import tornado
from explorer.question_summaries import AnswerSummary, CruxSummary, QuestionSummary, voices
from explorer.rendering import templates
from explorer.summaries import summarise
from explorer.wording import band, by_argument_alone, in_short, judged, moves, standing, why_decisive, within_inquiry
from knowledge.changesets import Author, Changeset
from knowledge.records import Claim, Judgment, Link, Perspective, Source, Tag
from knowledge.store import KnowledgeStore
from knowledge.views import View
from knowledge.vocabulary import Quantity, Stance
from tests.explorer.conftest import FACTS, small_case

sentences = st.lists(st.sampled_from(["eggs", "raise", "no", "the", "risk", "by", "40"]), max_size=12).map(" ".join)


@given(here=sentences, there=sentences)
def test_both_wordings_can_be_read_from_their_differences(here: str, there: str) -> None:
    """What is shared and what is only here make up this wording; shared and only there the other."""
    words = word_differences(here, there)
    assert " ".join(word.text for word in words if word.where != "there") == here
    assert " ".join(word.text for word in words if word.where != "here") == there


def question(*now: float, error: float = 0.05) -> QuestionSummary:
    """A question whose answers have these credences."""
    answers = tuple(AnswerSummary(f"answer-{at}", f"a-{at}", f"Answer {at}.", 0.5, value, value, value) for at, value in enumerate(now))
    return QuestionSummary("question-00000000", "q", "Which?", answers, (), False, error, 0, 0.0, "exact", 0.0, 0, ())


def crux(if_true: tuple[float, ...], if_false: tuple[float, ...]) -> CruxSummary:
    """A crux that moves the answers so."""
    return CruxSummary("claim-0", "claim", "It rained.", "", 0.5, 0.1, 0.2, 1.5, if_true, if_false, (), (), (), True)


def test_moves_are_told_in_the_direction_they_go() -> None:
    """Rising, falling and staying are told as such; tiny probabilities as multiples too."""
    assert moves(question(0.5, 0.5), crux((0.6, 0.4), (0.3, 0.7))) == (
        "If it is true, “a 0” rises from 50% to 60%; if it is false, it falls to 30%."
    )
    assert "“a 0” stays at 50%; if it is false, it falls to 30%" in moves(question(0.5, 0.5), crux((0.5, 0.5), (0.3, 0.7)))
    rare = moves(question(0.001, 0.999), crux((0.003, 0.997), (0.0005, 0.9995)))
    assert (
        rare
        == "If it is true, “a 0” becomes 3.0 times as likely, which is still only 0.3%; if it is false, it becomes 2.0 times less likely."
    )


def test_a_crux_is_told_by_the_argument_alone_too() -> None:
    """What is kept back for an unsound argument is taken out again; where next to nothing is kept, nothing is said."""

    def published(modelled: float) -> float:
        return 0.8 * modelled + 0.2 * 0.5

    answers = tuple(
        AnswerSummary(f"answer-{at}", f"a-{at}", f"Answer {at}.", 0.5, value, published(value), value)
        for at, value in enumerate((0.9, 0.1))
    )
    asked = replace(question(0.5, 0.5, error=0.2), answers=answers)
    found = crux((published(0.97), published(0.03)), (published(0.4), published(0.6)))
    assert (
        by_argument_alone(asked, found) == "By the argument alone, if that is sound, from 90% to 97% if it is true, to 40% if it is false."
    )
    assert by_argument_alone(replace(asked, model_error=0.001), found) == ""

    def kept(danger: float) -> tuple[float, float]:
        return 0.9 * danger + 0.1 * 0.001, 0.9 * (1 - danger) + 0.1 * 0.999

    now = zip(answers, (1e-6, 1 - 1e-6), kept(1e-6), strict=True)
    tiny = replace(asked, model_error=0.1, answers=tuple(replace(one, modelled=alone, probability=told) for one, alone, told in now))
    moving = crux(kept(1e-5), kept(1e-7))
    assert by_argument_alone(tiny, moving).endswith("from 1 in 1,000,000 to 1 in 100,000 if it is true, to 1 in 10,000,000 if it is false.")


def test_how_many_readings_name_a_crux_is_told() -> None:
    """Both, one, or nothing."""
    plain = crux((0.6, 0.4), (0.3, 0.7))
    assert why_decisive(plain) == ""
    assert why_decisive(replace(plain, decisive=("It decides.",))) == "One reading of the whole dispute names it: It decides."
    both = replace(plain, decisive=("It decides.", "It does."))
    assert why_decisive(both) == "Both readings of the whole dispute name it: It decides."


def test_what_readings_name_beside_the_cruxes_is_told() -> None:
    """A claim named as decisive that no crux says, though the argument doesn't hold it and a crux is named for the same reason."""
    view = small_case().view()
    main = summarise(view, assess(view), FACTS).questions[0]
    aside = Claim(text="The moon was full.")
    crux_tag = Tag(record=main.cruxes[-1].subject, name="decisive/1", value="It decides.")
    view = View.of([*view.records.values(), aside, Tag(record=aside.id, name="decisive/2", value="It decides."), crux_tag])
    main = summarise(view, assess(view), FACTS).questions[0]
    assert [(one.text, one.reasons) for one in main.named_besides] == [("The moon was full.", ("It decides.",))]
    assert [one.decisive for one in main.cruxes if one.decisive] == [("It decides.",)]
    parts: Any = templates().get_template("parts.html").module
    assert "by 2 points or more" in parts.order(main)
    nobody = replace(main, named_besides=(), cruxes=tuple(replace(one, decisive=()) for one in main.cruxes))
    assert parts.order(nobody) == "First come those that the sources dispute; then by how much they would move the answer."


def test_what_one_answer_of_a_judge_says_is_told_together() -> None:
    """All numbers of an answer stand before its reason, which is told once; another wording's answer stands apart and is said to be one."""
    view = small_case().view()
    link = view.all(Link)[0]
    about: dict[str, Any] = {"record": link.id, "perspective": view.all(Perspective)[0].id, "judge": "j"}
    first = [
        Judgment(quantity=Quantity.WARRANT, value=0.7, reason="It follows.", **about),
        Judgment(quantity=Quantity.EXPECTEDNESS, value=0.6, given=link.target, reason="It follows.", **about),
    ]
    again = Judgment(quantity=Quantity.WARRANT, value=0.5, reason="Half of such steps do.", wording=1, **about)
    told = judged(view, [again, *first])
    assert [(one["wording"], one["reason"], len(one["values"])) for one in told] == [
        (0, "It follows.", 2),
        (1, "Half of such steps do.", 1),
    ]
    assert ("How likely the step of reasoning holds", "50%") in told[1]["values"]


@given(modelled=st.floats(0, 1), error=st.floats(0, 1), unsound=st.floats(0, 1))
def test_the_band_holds_every_credence_that_out_of_model_error_allows(modelled: float, error: float, unsound: float) -> None:
    """Whatever the answer's probability in case the model is unsound, the credence lies in the band."""
    low, high = band(question(modelled, error=error), question(modelled).answers[0])
    assert low - 1e-12 <= (1 - error) * modelled + error * unsound <= high + 1e-12


def test_the_tornado_puts_the_longest_first_on_a_scale_that_holds_all() -> None:
    """Rows are sorted by how far the answer would go, and none leaves the scale."""
    view = small_case().view()
    summary = summarise(view, assess(view), FACTS)
    found = tornado(summary.questions[0])
    sizes = [abs(row.if_true - row.if_false) for row in found.rows]
    assert sizes == sorted(sizes, reverse=True)
    assert all(found.low <= value <= found.high for row in found.rows for value in (row.if_true, row.if_false, found.now))


def test_charts_say_in_words_what_they_show() -> None:
    """Every chart has its numbers as its accessible name, and a name from outside stays text."""
    assert 'aria-label="now 50%, if true 60%, if false 40%"' in dumbbell(0.5, 0.6, 0.4)
    chart = time_chart([[("<b>", 0.2)], [("<b>", 0.4)]], ["<b>"])
    assert "<b>" not in chart
    assert "20% at first, 40% at last" in chart
    assert time_chart([[("x", 0.2)]], ["x"]) == ""


def test_history_says_when_each_record_first_counted(tmp_path) -> None:
    """Each revision counts what none before it had; the credences after it are those that the engine gives."""
    built = small_case()
    store = KnowledgeStore.at(tmp_path / "knowledge.db")
    for text in built.texts.values():
        store.put_text(text)
    early = tuple(record for record in built.records if record.kind_name in {"question", "answer", "source"})
    late = tuple(record for record in built.records if record not in early)
    first = store.commit(Changeset((), early, Author.CASE, "r", "open"))
    last = store.commit(Changeset((first,), late, Author.INGESTION, "r", "read"))
    history = history_of(store.log(last), store.view)
    assert [stage.reason for stage in history.stages] == ["open", "read"]
    assert dict(history.stages[0].added)["source"] == 6
    assert all(history.first[claim.id] == 1 for claim in store.view(last).all(Claim))
    assessed = assess(store.view(last)).questions[0]
    assert [value for _, value in history.stages[1].credences] == pytest.approx([answer.probability for answer in assessed.answers])
    store.close()


def test_the_exported_network_is_whole() -> None:
    """Every table fits its variables, some table holds each of them, and every subject is in it."""
    view = small_case().view()
    assessed = next(one for one in assess(view).questions if one.question == main_question(view).id)
    network = export_network(view, main_question(view).id, settle=[crux.subject for crux in assessed.cruxes])
    for variables, table in network["factors"]:
        assert len(table) == math.prod(network["states"][variable] for variable in variables)
        assert all(value >= 0 for value in table)
    assert {variable for variables, _ in network["factors"] for variable in variables} == set(range(len(network["states"])))
    assert {crux.subject for crux in assessed.cruxes} <= set(network["subjects"]) <= set(assessed.credences)


def test_nobody_is_told_twice_for_being_named_in_full_and_in_short() -> None:
    """A short form goes with the full name; two of one surname stay two."""
    built = small_case()
    source = next(one for one in built.records if isinstance(one, Source))
    words = built.texts[source.text][:40]
    for speaker in ("Unruh", "William Unruh", "Judith Miller", "Peter Miller"):
        built.said("raised", source, words, speaker)
    hold = set(voices(built.view(), built.claims["raised"].id).hold)
    assert hold >= {"William Unruh", "Judith Miller", "Peter Miller"}
    assert "Unruh" not in hold


def test_who_only_supposes_stands_on_neither_side() -> None:
    """On their own page it is told apart from what they hold and what they deny, and it is told."""
    built = small_case()
    source = next(one for one in built.records if isinstance(one, Source))
    words = built.texts[source.text][:40]
    built.said("raised", source, words, "Sue Pose", stance=Stance.SUPPOSES)
    view = built.view()
    summary = summarise(view, assess(view), FACTS)
    pages = speaker_pages(summary, claim_entries(view, summary, built.texts.__getitem__))
    page = next(one for one in pages if one.name == "Sue Pose")
    assert (len(page.holds), len(page.rejects), len(page.aside)) == (0, 0, 1)
    assert all(one.side for other in pages if other is not page for one in (said.quotation for said in (*other.holds, *other.rejects)))


def test_a_tiny_answer_that_is_mostly_reserve_is_told_as_such() -> None:
    """Where most of a small credence is kept back for a wrong argument, the first sentence says so, with what the argument alone gives."""
    danger = AnswerSummary("answer-0", "danger", "It eats the Earth.", 0.001, 5e-6, 5e-5, 5e-5)
    safe = AnswerSummary("answer-1", "safe", "It is safe.", 0.999, 0.99999, 0.99995, 0.99995)
    assert "Most of the 1 in 20,000 left for “danger” is kept back" in standing((danger, safe))
    assert standing((danger, safe)).endswith("by the argument alone it would be 1 in 200,000.")
    modelled = AnswerSummary("answer-0", "danger", "It eats the Earth.", 0.001, 5e-5, 5.5e-5, 5e-5)
    assert "kept back" not in standing((modelled, safe))


def test_a_sub_question_is_told_with_all_that_bears_on_the_inquiry() -> None:
    """One number leads where the inquiry's argument holds the sub-question, and it is said which the numbers below are."""
    alone = question(0.3, 0.7)
    assert within_inquiry(alone) == ""
    assert in_short(alone) == "a 0 30% · a 1 70%"
    both = replace(alone, within=(0.05, 0.95))
    assert in_short(both) == "a 0 5% · a 1 95%"
    assert within_inquiry(both).startswith("With all that bears on the inquiry: a 0 5% · a 1 95%.")
    assert within_inquiry(replace(alone, within=(0.3001, 0.6999))) == ""
