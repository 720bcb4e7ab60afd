"""Answers are found in what models say, and held to what was asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from prompts.loading import load
from prompts.tasks.base import Inputs, Task
from prompts.tasks.critic import EXAMINE, SURVEY
from prompts.tasks.cruxes import DECISIVE, LINKS, TESTIMONY
from prompts.tasks.ingestion import EXTRACT, GROUNDS, MATCH, UPSTREAMS
from prompts.tasks.single import INVESTIGATE
from prompts.tasks.structuring import QUESTIONS, RELATE
from reasoners.prices import Price, Prices
from reasoners.replies import json_of, refusal_of, unusable, usage_of
from reasoners.requests import Request
from reasoners.validating import LONGEST_ANSWER, invalid
from tests.prompts.examples import EXAMPLES

INPUTS: dict[str, Inputs] = {task.name: inputs for task, inputs in EXAMPLES}
WHY = "a reason that is long enough"
FENCED = '{"quotation": "he wrote ```x``` there"}'

PRICED = Prices({"m": Price(input_usd=2.0, output_usd=8.0)})


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ('Sure!\n```\n{"a": 1}\n```\nBye', '{"a": 1}'),
        ('Here it is: {"a": {"b": "}"}} I hope it helps', '{"a": {"b": "}"}}'),
        ('<think>{"a": 0}?</think>\n{"a": 1}', '{"a": 1}'),
        (FENCED, FENCED),
        ("I think { so", "I think { so"),
        ("", ""),
        ('{"a": ' + "[" * 100_000, '{"a": ' + "[" * 100_000),
        ([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": '{"a": 1}'}], '{"a": 1}'),
    ],
)
def test_the_json_is_found_in_what_is_said_around_it(said: Any, found: str) -> None:
    """Fences, greetings, thoughts and closing words are left out; what isn't there isn't made up."""
    assert json_of(AIMessage(said)) == found


def test_a_tool_call_is_an_answer() -> None:
    """Its arguments are the JSON; arguments that are none are shown to the validator as they are."""
    call = {"name": "Matches", "args": {"groups": []}, "id": "1"}
    assert json.loads(json_of(AIMessage("", tool_calls=[call]))) == {"groups": []}
    broken = {"name": "Matches", "args": '{"groups": [', "id": "1", "error": None}
    assert json_of(AIMessage("", invalid_tool_calls=[broken])) == '{"groups": ['


@pytest.mark.parametrize(
    ("metadata", "text", "word"),
    [
        ({"finish_reason": "length"}, '{"a"', "cut off"),
        ({"finish_reason": "MAX_TOKENS"}, '{"a"', "cut off"),
        ({"stop_reason": "max_tokens"}, "", "think less"),
        ({"done_reason": "length"}, "{", "cut off"),
        ({"finish_reason": "stop"}, "", "empty"),
    ],
)
def test_a_part_of_an_answer_is_none(metadata: dict[str, str], text: str, word: str) -> None:
    """Each provider's word for the output limit is known, and a model that only thought is told so."""
    assert word in unusable(AIMessage(text, response_metadata=metadata), text)
    assert unusable(AIMessage("{}", response_metadata={"finish_reason": "stop"}), "{}") == ""


@pytest.mark.parametrize("metadata", [{"finish_reason": "content_filter"}, {"finish_reason": "SAFETY"}, {"stop_reason": "refusal"}])
def test_a_filter_is_a_refusal(metadata: dict[str, str]) -> None:
    """Each provider's word for it is known."""
    assert refusal_of(AIMessage("", response_metadata=metadata))
    assert refusal_of(AIMessage("", additional_kwargs={"refusal": "No."})) == "No."
    assert refusal_of(AIMessage("{}", response_metadata={"finish_reason": "stop"})) == ""


def test_cost_is_known_only_with_a_price_and_figures() -> None:
    """Otherwise it is unknown, never zero."""
    figures = AIMessage("", usage_metadata={"input_tokens": 1000, "output_tokens": 500, "total_tokens": 1500})
    assert usage_of(figures, "m", PRICED).cost_usd == pytest.approx(0.006)
    assert usage_of(figures, "m", Prices()).cost_usd is None
    assert usage_of(AIMessage(""), "m", PRICED).cost_usd is None


def bearing(claim: int, answer: int) -> dict[str, Any]:
    """A link from a claim to an answer."""
    return {"premises": [claim], "answer": answer, "relation": "supports", "warrant": WHY}


def critique(number: int) -> dict[str, Any]:
    """A critique with both sides."""
    return {
        "number": number,
        "kind": "rhetoric",
        "observation": "see it",
        "sound_case": WHY,
        "flawed_case": WHY,
        "flawed": True,
        "fault_of": "speaker",
        "verdict": WHY,
    }


def implied(premise: int, conclusion: int) -> dict[str, Any]:
    """A claim that implies another."""
    return {"premise": premise, "conclusion": conclusion, "reason": WHY}


def shared(upstream: str, *sources: int) -> dict[str, Any]:
    """Sources that lean on one thing."""
    return {"upstream": upstream, "sources": sources, "sound_case": WHY, "flawed_case": WHY}


def judged(*expected: float, number: int = 1) -> dict[str, Any]:
    """A judgment of a link."""
    return {"judgments": [{"number": number, "expectedness": list(expected), "holds": 0.5, "reason": "so"}]}


def asked(first: dict[str, Any] | None = None, second: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A sub-question: of its two answers one is given by asserting claim 1 or 2, the other by denying claim 1."""
    one = {"label": "one", "text": "The dam leaked.", **({"asserted": [1]} if first is None else first)}
    other = {"label": "other", "text": "The dam did not leak.", "denied": [1], **(second or {})}
    return {"label": "the leak", "text": "Did water come through?", "turns_on": "fact", "answers": [one, other], **more}


@pytest.mark.parametrize(
    ("task", "answer", "word"),
    [
        (EXTRACT, {}, ""),
        (EXTRACT, {"surprise": 1}, "surprise"),
        (GROUNDS, {}, ""),
        (GROUNDS, {"assertions": [{"number": 1, "method": "cohort"}]}, ""),
        (GROUNDS, {"assertions": [{"number": 2, "method": "cohort"}]}, "no assertion 2"),
        (GROUNDS, {"assertions": [{"number": 1}, {"number": 1}]}, "more than one"),
        (GROUNDS, {"assertions": [{"number": 1, "method": "hearsay"}]}, "assertions.0.method"),
        (EXTRACT, {"assertions": [{"quotation": "long enough", "claim": "long enough", "stance": "believes"}]}, "assertions.0.stance"),
        (MATCH, {"groups": [{"claims": [1, 2], "negated": [2], "reason": "so"}]}, ""),
        (MATCH, {"groups": [{"claims": [1, 3], "reason": "so"}]}, "no claim 3"),
        (UPSTREAMS, {"groups": [{"upstreams": [1, 2], "reason": "both are of 31"}]}, ""),
        (UPSTREAMS, {"groups": [{"upstreams": [1, 3], "reason": "both are of 31"}]}, "no name 3"),
        (UPSTREAMS, {"groups": [{"upstreams": [1, 1], "reason": "both are of 31"}]}, "name 1 is given more than one group"),
        (MATCH, {"variants": [{"first": 1, "second": 0, "reason": "so"}]}, "no claim 0"),
        (MATCH, {"groups": [{"claims": [1, 2], "reason": "so"}, {"claims": [2, 1], "reason": "so"}]}, "claim 1 is in several groups"),
        (MATCH, {"groups": [{"claims": [1, 2], "negated": [1], "reason": "so"}]}, "claim 1 is negated but not behind"),
        (QUESTIONS, {}, ""),
        (QUESTIONS, {"questions": [asked()]}, ""),
        (QUESTIONS, {"questions": [asked(under=3)]}, "no question above it 3"),
        (QUESTIONS, {"questions": [asked(), asked(text="Why did it?", under=3)]}, ""),
        (QUESTIONS, {"questions": [asked(), asked()]}, "question 4 is there already"),
        (QUESTIONS, {"questions": [asked(text="was the gauge IN ORDER")]}, "question 3 is there already"),
        (QUESTIONS, {"questions": [asked(first={"asserted": [3]})]}, "no claim 3"),
        (QUESTIONS, {"questions": [asked(first={})]}, "nobody on the list gives the answer 'one'"),
        (QUESTIONS, {"questions": [asked(first={"denied": [2]})]}, "nobody denies claim 2"),
        (QUESTIONS, {"questions": [asked(first={"denied": [1]})]}, "claim 1 speaks for two of its answers"),
        (QUESTIONS, {"questions": [asked(second={"label": "one"})]}, "two answers with one label"),
        (QUESTIONS, {"questions": [asked(label="Gauge!")]}, "questions.0.label"),
        (QUESTIONS, {"known": [{"question": 2, "turns_on": "fact"}]}, ""),
        (QUESTIONS, {"known": [{"question": 3, "turns_on": "fact"}]}, "no known question 3"),
        (QUESTIONS, {"known": [{"question": 1, "turns_on": "fact"}] * 2}, "more than one framing"),
        (QUESTIONS, {"known": [{"question": 1, "turns_on": "taste"}]}, "known.0.turns_on"),
        (RELATE, {"links": [bearing(1, 2)]}, ""),
        (RELATE, {"links": [bearing(3, 1)]}, "no claim 3"),
        (RELATE, {"links": [bearing(1, 0)]}, "no answer 0"),
        (RELATE, {"links": [bearing(1, 1) | {"conclusion": 2}]}, "either a conclusion or an answer"),
        (RELATE, {"links": [bearing(1, 1) | {"drawn_in": 3}]}, "no document 3"),
        (RELATE, {"links": [{"premises": [1], "conclusion": 1, "warrant": WHY}]}, "no reason for itself"),
        (RELATE, {"links": [{"premises": [2], "conclusion": 1, "warrant": WHY}]}, ""),
        (RELATE, {"links": [{"premises": [3], "conclusion": 1, "warrant": WHY}]}, "no claim 3"),
        (RELATE, {"undercuts": [{"premise": 1, "link": 1, "warrant": WHY}]}, ""),
        (RELATE, {"undercuts": [{"premise": 1, "link": 2, "warrant": WHY}]}, "no link 2"),
        (RELATE, {"implied": [implied(1, 2)]}, ""),
        (RELATE, {"implied": [implied(1, 3)]}, "no claim 3"),
        (RELATE, {"implied": [implied(0, 2)]}, "no claim 0"),
        (RELATE, {"implied": [implied(2, 2)]}, "a claim doesn't imply or exclude itself"),
        (RELATE, {"implied": [implied(1, 2) | {"relation": "undercuts"}]}, "an implied pair supports or attacks"),
        (RELATE, {"implied": [implied(1, 2) | {"reason": "so"}]}, "implied.0.reason"),
        (RELATE, {"implied": [implied(1, 2)], "undercuts": [{"premise": 1, "link": 2, "warrant": WHY}]}, "no link 2"),
        (EXAMINE, {"critiques": []}, ""),
        (EXAMINE, {"critiques": [critique(3)]}, "no assertion 3"),
        (SURVEY, {"correlated": [shared("survey of 1998", 1, 2)]}, ""),
        (SURVEY, {"correlated": [shared("survey of 1998", 1, 3)]}, "no source 3"),
        (SURVEY, {"correlated": [shared("survey of 1998", 2, 2)]}, "only source 2 is given"),
        (SURVEY, {"correlated": [shared("survey of 2011", 1, 2)]}, "copy what is listed there, word for word"),
        (SURVEY, {"correlated": [shared("", 1, 2)]}, "copy what is listed there, word for word"),
        (TESTIMONY, {"weights": [{"number": at, "odds": 2, "reason": "so"} for at in (1, 2)]}, ""),
        (TESTIMONY, {"weights": []}, "answered once"),
        (TESTIMONY, {"weights": [{"number": 1, "odds": 0, "reason": "so"}]}, "weights.0.odds"),
        (INVESTIGATE, {"probabilities": [{"answer": 1, "probability": 0.4}]}, ""),
        (INVESTIGATE, {"probabilities": [{"answer": 9, "probability": 0.4}]}, "no answer 9"),
        (
            INVESTIGATE,
            {"probabilities": [{"answer": 1, "probability": 0.4}, {"answer": 1, "probability": 0.5}]},
            "more than one probability",
        ),
        (LINKS, judged(0.2, 0.9), ""),
        (LINKS, judged(0.2), "needs 2 probabilities"),
        (LINKS, judged(0.2, 1.9), "needs 2 probabilities"),
        (LINKS, judged(0.2, 0.9, number=2), "answered once"),
        (DECISIVE, {"cruxes": [], "conclusions": [1]}, ""),
        (DECISIVE, {"cruxes": [], "conclusions": [3]}, "no candidate 3"),
        (DECISIVE, {"cruxes": [], "conclusions": [2]}, "candidate 2 is a step"),
        (DECISIVE, {"cruxes": [{"number": 1, "reason": "It decides."}], "conclusions": [1]}, "both a crux and a conclusion"),
    ],
)
def test_an_answer_is_held_to_its_question(task: Task[Any, Any], answer: dict[str, Any], word: str) -> None:
    """Numbers that aren't in the question, missing answers and wrong forms are named so that a model can mend them."""
    inputs = INPUTS[task.name]
    found = invalid(Request(task, inputs, load(task).render(inputs), "m", {}), json.dumps(answer))
    assert (word in found) if word else found == ""


def test_an_endless_answer_is_not_read() -> None:
    """Its length is told, not its parse."""
    inputs = INPUTS["ingestion/match"]
    assert "characters" in invalid(Request(MATCH, inputs, load(MATCH).render(inputs), "m", {}), " " * (LONGEST_ANSWER + 1))
