"""What an answer quotes: one that quotes nothing of its text is no answer, whoever gives it."""

from __future__ import annotations

import json
from typing import Final

import pytest

from prompts.tasks.base import Role
from prompts.tasks.ingestion import EXTRACT, ExtractInputs
from reasoners.chat import ChatAnswerer
from reasoners.journal import Journal
from reasoners.limits import Limits, Meter
from reasoners.quoting import unfounded_extraction
from reasoners.reasoner import Reasoner
from reasoners.simulated import simulated_provider

TEXT: Final = "The inspectors found water behind the wall. They say that the dam leaks."
INPUTS: Final = ExtractInputs(
    question="Does the dam leak?", title="", authors="", published="", source_kind="", reports="", context="The report of May.", text=TEXT
)
THERE, NOWHERE = "They say that the dam leaks", "The dam was painted blue by the sappers"


def answer(*quotations: str) -> str:
    """Extract one assertion for each quotation."""
    return json.dumps({"assertions": [{"quotation": quotation, "claim": "The dam leaks."} for quotation in quotations]})


def wrong(*quotations: str) -> str:
    """Say what is wrong with these quotations."""
    return unfounded_extraction(INPUTS, EXTRACT.output.model_validate_json(answer(*quotations)))


def test_one_quotation_that_is_there_is_enough() -> None:
    """What else was made up is dropped later; nothing to say is an answer, and a slip of the pen is no invention."""
    assert wrong() == wrong(THERE) == wrong(NOWHERE, THERE) == wrong("they say that the dam “leaks”") == ""
    assert wrong("The report of May.") == "", "what came before the part was shown, too"


def test_what_is_quoted_from_nowhere_is_named() -> None:
    """The words stand in what the model is told, three of them at most."""
    assert "the only quotation isn't in the text" in wrong(NOWHERE)
    assert NOWHERE in wrong(NOWHERE)
    assert "none of the 5 quotations is in the text" in wrong(*[NOWHERE] * 5)
    assert wrong(*[NOWHERE] * 5).endswith("and 2 more")


async def test_a_chat_model_is_told_that_it_quotes_nothing(file_journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sent back once with the words that are nowhere, as over the exchange, and the mended answer counts."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    replies = iter([answer(NOWHERE), answer(THERE)])
    with simulated_provider(lambda _: next(replies)) as server:
        answerer = ChatAnswerer(dict.fromkeys(Role, "openai:fake-1"), base_url=server.url, patience=0.0, timeout=5.0)
        asked = Reasoner(answerer, file_journal, Meter(Limits(), file_journal.totals()))
        output = await asked.answer(EXTRACT, INPUTS)
        assert [one.quotation for one in output.assertions] == [THERE]
        assert NOWHERE in server.requests[1]["messages"][-1]["content"]
