"""One data set under several names: who says so, what is recorded, and how it is undone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from agents.aliasing import aliases, known_things, match_upstreams
from agents.blocks import COMPARED_AT_ONCE
from agents.naming import Thing
from agents.proposals import Proposal
from credence.leaning import Leanings
from knowledge.records import Alias, Assertion, Incident, Record, Retraction, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import UpstreamKind
from prompts.tasks.ingestion import UPSTREAMS, OneUpstream, SameUpstreams, UpstreamsInputs
from reasoners.local import LocalAnswerer
from sources.embedding import DIMENSIONS, Embedder, Vectors
from tests.agents.builders import Unheard, cohort, told, unlimited

Answer = Callable[[UpstreamsInputs], SameUpstreams]
DIARIES = ("Adolescent Rest Project", "Orrin Bedtime Survey", "Young Sleepers Cohort")


class Even(Embedder):
    """Everything is near everything."""

    def __init__(self) -> None:
        """Load no model."""

    def embed(self, texts: object) -> Vectors:
        """Return equal unit vectors."""
        vectors = np.zeros((len(list(texts)), DIMENSIONS), dtype=np.float32)  # type: ignore[call-overload]
        vectors[:, 0] = 1
        return vectors


def matched(tmp_path: Path, records: list[Record], answer: Answer | None, embedder: Embedder | None = None) -> Proposal:
    """What comes of asking about the names; everything is near everything unless an embedder is given."""
    answerer = Unheard() if answer is None else LocalAnswerer("script", {UPSTREAMS.name: answer})
    reasoner = unlimited(answerer, tmp_path / "journal.db")
    texts = {one.text: "" for one in records if isinstance(one, Source)}
    return asyncio.run(match_upstreams(View.of(records), "Did they sleep?", texts.__getitem__, reasoner, embedder or Even()))


def all_one(inputs: UpstreamsInputs) -> SameUpstreams:
    """Say that all names are one thing's, the last listed first."""
    numbers = tuple(one.number for one in reversed(inputs.upstreams))
    return SameUpstreams(groups=(OneUpstream(upstreams=numbers, reason="31 pupils each"),))


def case(*names: str) -> list[Record]:
    """A document for each name."""
    return [record for number, name in enumerate(names) for record in told(number, cohort(name))]


def test_names_that_are_said_to_be_one_lean_on_one(tmp_path: Path) -> None:
    """Three names in three documents become one upstream with three names, on which all three testimonies lean; retracting it parts them."""
    records = case(*DIARIES)
    found = matched(tmp_path, records, all_one).records
    view = View.of([*records, *found])
    heads = {view.origin(one.id) for one in view.all(Upstream)}
    assert len(heads) == 1
    assert {one.name for one in view.names(heads.pop())} == set(DIARIES)
    assert {one.reason for one in view.all(Alias)} == {"31 pupils each"}
    leanings = Leanings(view)
    assert len({leanings.named(one) for one in view.all(Assertion)}) == 1
    undone = View.of([*records, *found, *(Retraction(record=one.id, reason="they are two") for one in found)])
    assert len({undone.origin(one.id) for one in undone.all(Upstream)}) == len(DIARIES)


def test_what_is_certain_is_not_asked_and_shown_as_known(tmp_path: Path) -> None:
    """An acronym that a name writes out needs no answer; whoever is asked about the others sees it among the names."""
    seen: list[UpstreamsInputs] = []

    def none_more(inputs: UpstreamsInputs) -> SameUpstreams:
        seen.append(inputs)
        return SameUpstreams()

    records = case("Nurses' Health Study (NHS)", "NHS", "Ohio Egg Panel")
    view = View.of([*records, *matched(tmp_path, records, none_more).records])
    assert [one.reason for one in view.all(Alias)] == ["NHS is short for the other name, as is written out"]
    assert {(one.name, one.also_called) for one in seen[0].upstreams} == {("Nurses' Health Study (NHS)", ("NHS",)), ("Ohio Egg Panel", ())}
    assert {len(one.said) for one in seen[0].upstreams} == {1, 2}


def test_a_recording_without_the_question_is_an_incident(tmp_path: Path) -> None:
    """What is certain is recorded all the same."""
    found = matched(tmp_path, case("NHS", "Nurses' Health Study (NHS)", "Ohio Egg Panel"), None).records
    assert [one.problem.split(":")[0] for one in found if isinstance(one, Incident)] == ["the recording is older than this question"]
    assert sum(isinstance(one, Alias) for one in found) == 1


@pytest.mark.parametrize(
    "records",
    [
        case("Ohio Egg Panel"),
        told(1, cohort("Ohio Egg Panel"), cohort("Iowa Egg Panel")),
        [*case("Ohio Egg Panel"), *told(7, cohort("Ames 2019, Eggs", UpstreamKind.WORK))],
    ],
)
def test_nobody_is_asked_about_what_only_one_document_names(tmp_path: Path, records: list[Record]) -> None:
    """One name, the names of one document, and works, which bibliographies tell apart, cost no call."""
    assert matched(tmp_path, records, None).records == ()


class Towns(Embedder):
    """Two names are near if they are of one town, and nothing else is near anything; the last word is the town's number."""

    def __init__(self) -> None:
        """Load no model."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vector of each text's town, and what is said (it names no town last) far from all."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for at, text in enumerate(texts):
            town = text.split()[-1]
            vectors[at, int(town) if town.isdigit() else 200 + at] = 1
        return vectors


def test_many_names_are_asked_about_in_parts(tmp_path: Path) -> None:
    """More names than a prompt holds are several questions, in which near ones meet, and what is near nothing is not asked about."""
    blocks: list[set[str]] = []

    def none(inputs: UpstreamsInputs) -> SameUpstreams:
        blocks.append({one.name for one in inputs.upstreams})
        return SameUpstreams()

    pairs = [(f"Panel of town {number}", f"Diaries of town {number}") for number in range(45)]
    names = [name for several in zip(*pairs, strict=True) for name in several] + ["Panel of town 99"]
    matched(tmp_path, case(*names), none, Towns())
    assert len(blocks) > 1
    assert max(map(len, blocks)) <= COMPARED_AT_ONCE
    assert all(any(set(pair) <= block for block in blocks) for pair in pairs)
    assert not any("Panel of town 99" in block for block in blocks)


def joined(records: list[Record], *groups: tuple[str, ...]) -> View:
    """The view after some answers, each about names."""
    view = View.of(records)
    by_name = {one.name: one.id for one in view.all(Upstream)}
    things: list[Thing] = known_things(view)
    lead = {one: thing.lead for thing in things for one in thing.upstreams}
    said = [Thing(tuple(lead[by_name[name]] for name in group), "as said") for group in groups]
    return View.of([*records, *aliases(view, things, said)])


def heads(view: View) -> set[frozenset[str]]:
    """The names by the thing that they are."""
    return {frozenset(one.name for one in view.names(head)) for head in {view.origin(one.id) for one in view.all(Upstream)}}


def test_two_answers_make_no_chain() -> None:
    """a~b in one part and b~c in another don't make a~c."""
    assert heads(joined(case("A panel", "B panel", "C panel"), ("A panel", "B panel"), ("B panel", "C panel"))) == {
        frozenset({"A panel", "B panel"}),
        frozenset({"C panel"}),
    }


def test_things_that_turn_out_to_be_one_later() -> None:
    """Where both stood for others already, the names of the one move under the other, and no alias points to a member."""
    names = ("A panel", "B panel", "C panel", "D panel")
    first = joined(case(*names), ("A panel", "B panel"), ("C panel", "D panel"))
    second = joined(list(first.records.values()), ("A panel", "C panel"))
    assert heads(second) == {frozenset(names)}
    assert {one.representative for one in second.all(Alias)}.isdisjoint(one.member for one in second.all(Alias))
    assert aliases(second, known_things(second)) == []


def test_results_are_made_from_what_stands_for_the_others() -> None:
    """An organisation's name doesn't take a cohort out of the data on which results lean."""
    records = [*told(1, cohort("Rest Project", UpstreamKind.ORGANISATION)), *told(2, cohort("Diary panel"))]
    view = joined(records, ("Rest Project", "Diary panel"))
    assert {view.get(view.origin(one.id), Upstream).name for one in view.all(Upstream)} == {"Diary panel"}


def test_a_name_that_was_joined_earlier_joins_its_spellings_later() -> None:
    """A new spelling of any of a thing's names is the thing's, not of the one alone that stands for all; what is known is no news."""
    names = ("Nurses' Health Study", "the Boston nurses cohort")
    first = joined(case(*names), names)
    (known,) = known_things(first)
    assert known.reason == ""
    later = View.of([*first.records.values(), *told(7, cohort("The Boston Nurses' Cohort"))])
    (thing,) = known_things(later)
    assert thing.reason == "the same name but for spelling"
    view = View.of([*later.records.values(), *aliases(later, [thing])])
    assert heads(view) == {frozenset({*names, "The Boston Nurses' Cohort"})}
    assert {one.reason for one in view.all(Alias)} == {"as said", "the same name but for spelling"}
