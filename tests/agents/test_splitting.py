"""What is too long for a model is asked about in halves; nothing is lost at the seam, and what stays unanswered is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.ingestion import read_document
from agents.splitting import ask_in_parts
from knowledge.records import Assertion, Incident, Passage
from reasoners.baseline.answering import NAME, baseline
from reasoners.errors import ContextOverflow, Refusal, Truncated, Unrecorded
from reasoners.journal import Journal, Totals
from reasoners.limits import Limits, Meter
from reasoners.local import LocalAnswerer
from reasoners.reasoner import Reasoner
from reasoners.requests import Attempt, Completion, Request
from sources.case_files import load_case
from sources.embedding import Embedder
from sources.reading import read_file
from sources.segmenting import Part, halved
from tests.conftest import ROOT

CASE = ROOT / "cases" / "eggs"


class Narrow(LocalAnswerer):
    """The baseline behind a context of so many characters."""

    def __init__(self, width: int, outcome: str) -> None:
        super().__init__(NAME, baseline(Embedder()).methods)
        self._width, self._outcome, self.asked = width, outcome, 0

    async def complete(self, request: Request) -> Completion:
        """Give up on what is too long."""
        self.asked += 1
        if len(request.inputs.model_dump()["text"]) > self._width:
            return Completion("", NAME, (Attempt(self._outcome, "too long"),), self._outcome, "too long")
        return await super().complete(request)


@pytest.mark.parametrize("outcome", ["context_overflow", "truncated"])
async def test_a_part_that_is_too_long_is_read_in_halves(tmp_path: Path, outcome: str) -> None:
    """The same passages are found as in one piece, and a resumed run asks nothing twice."""
    document, case = read_file(CASE / "briefs" / "01-zhong-2019.md"), load_case(CASE)
    answerer = Narrow(900, outcome)
    journal = Journal.at(tmp_path / "journal.db", "run")
    whole = await read_document(document, case, Reasoner(baseline(Embedder()), Journal.at(tmp_path / "whole.db", "run"), _free()))
    split = await read_document(document, case, Reasoner(answerer, journal, _free()))
    asked = answerer.asked
    again = await read_document(document, case, Reasoner(answerer, journal, _free()))
    assert again == split
    assert answerer.asked == asked > 2
    assert not [record for record in split.records if isinstance(record, Incident)]
    assert _passages(split.records) == _passages(whole.records)
    assert sum(isinstance(record, Assertion) for record in split.records) == sum(isinstance(record, Assertion) for record in whole.records)
    journal.close()


def _free() -> Meter:
    return Meter(Limits(), Totals(0, 0, 0, 0, 0.0, 0, 0.0))


def _passages(records: tuple[object, ...]) -> set[str]:
    return {record.text for record in records if isinstance(record, Passage)}


async def test_a_part_that_cannot_be_halved_is_an_incident(tmp_path: Path) -> None:
    """A model that takes nothing loses nothing silently."""
    document, case = read_file(CASE / "briefs" / "01-zhong-2019.md"), load_case(CASE)
    proposal = await read_document(document, case, Reasoner(Narrow(0, "truncated"), Journal.at(tmp_path / "journal.db", "run"), _free()))
    incidents = [record for record in proposal.records if isinstance(record, Incident)]
    spans = [incident.subject.rpartition("characters ")[2].split(" to ") for incident in incidents]
    assert sorted(int(start) for start, _ in spans) == sorted([0, *sorted(int(end) for _, end in spans)[:-1]])
    assert max(int(end) for _, end in spans) == len(document.text)


@given(st.lists(st.integers(), min_size=1, max_size=40), st.integers(1, 10))
async def test_every_item_is_asked_about_once(items: list[int], room: int) -> None:
    """Whatever fits, the answers come in the order of the items."""

    async def ask(some: object) -> list[int]:
        asked = list(some)  # type: ignore[call-overload]
        if len(asked) > room:
            raise ContextOverflow("too long")
        return asked

    assert await ask_in_parts(ask, items, stage="s", subject="x") == items


@pytest.mark.parametrize(("problem", "incidents"), [(Refusal("no"), 1), (Truncated("long"), 4)])
async def test_what_stays_unanswered_is_said(problem: Exception, incidents: int) -> None:
    """A refusal is one incident for all; what is too long even one by one is an incident each."""

    async def ask(_: object) -> list[int]:
        raise problem

    found = await ask_in_parts(ask, [1, 2, 3, 4], stage="s", subject="x")
    assert [type(one) for one in found] == [Incident] * incidents


@pytest.mark.parametrize("unrecorded", ["", "it is assumed"])
async def test_a_question_that_a_recording_lacks(unrecorded: str) -> None:
    """Where it is said what follows, that is an incident, of a half alone if the other half is recorded; else the run stops."""

    async def ask(some: Sequence[int]) -> list[int]:
        if len(some) > 2:
            raise ContextOverflow("too long")
        if 3 in some:
            raise Unrecorded("ask")
        return list(some)

    asked = ask_in_parts(ask, [1, 2, 3, 4], stage="s", subject="x", unrecorded=unrecorded)
    if not unrecorded:
        with pytest.raises(Unrecorded):
            await asked
        return
    *found, incident = await asked
    assert found == [1, 2]
    assert isinstance(incident, Incident)
    assert incident.problem == "the recording is older than this question: it is assumed"


@given(st.text(alphabet="ab. \n", min_size=2, max_size=400))
def test_halves_hold_the_part_and_are_smaller(text: str) -> None:
    """Nothing but blank text is lost at the seams, and each piece is smaller, so halving comes to an end."""
    part = Part(0, len(text), "")
    inner = halved(text, part)
    assert "".join("".join(text[one.start : one.end] for one in inner).split()) == "".join(text.split())
    assert len(inner) <= 1 or all(one.end - one.start < len(text) for one in inner)
