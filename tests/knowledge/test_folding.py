"""Folding: which records of a set count, whatever the order and the history in which they came."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.records import (
    UNKNOWN,
    Alias,
    Assertion,
    Claim,
    Equivalence,
    Link,
    Passage,
    Question,
    Record,
    Retraction,
    Source,
    Tag,
    Upstream,
    Warrant,
)
from knowledge.store import KnowledgeStore
from knowledge.views import View, fold
from knowledge.vocabulary import Relation, UpstreamKind
from tests.knowledge.builders import HOLDS, LEAKS, TEXT, WARRANT, changeset, passage, said, source

CLAIMS = [Claim(text=f"Claim {number}.") for number in range(5)]
BUNDLES: list[tuple[Record, ...]] = [
    LEAKS,
    HOLDS,
    said("Seepage was measured.", "Cyd measured the seepage in May.", speaker="Cyd"),
    *((claim,) for claim in CLAIMS),
    (*CLAIMS[:2], Equivalence(member=CLAIMS[0].id, representative=CLAIMS[1].id, reason="r")),
    (*CLAIMS[2:4], WARRANT, Link(premises=(CLAIMS[2].id,), target=CLAIMS[3].id, relation=Relation.ATTACKS, warrant=WARRANT.id)),
    (CLAIMS[4], Tag(record=CLAIMS[4].id, name="topic", value="dams")),
]
"""Records that can be committed in any order: each bundle holds all that its records name."""


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[Record, ...]], list[Retraction]]:
    """Bundles, and retractions of their records and of one another."""
    bundles = draw(st.lists(st.sampled_from(BUNDLES), min_size=1, max_size=6))
    targets = [record.id for bundle in bundles for record in bundle]
    retractions: list[Retraction] = []
    for _ in range(draw(st.integers(0, 6))):
        retraction = Retraction(record=draw(st.sampled_from(targets)), reason=draw(st.sampled_from("rs")))
        retractions.append(retraction)
        targets.append(retraction.id)
    return bundles, retractions


def everything(history: tuple[list[tuple[Record, ...]], list[Retraction]]) -> list[Record]:
    """All records of a history."""
    bundles, retractions = history
    return [*(record for bundle in bundles for record in bundle), *retractions]


def counts(record: Record, every: dict[str, Record]) -> bool:
    """Say by the definition, one record at a time, whether a record counts."""
    if any(other.record == record.id and counts(other, every) for other in every.values() if isinstance(other, Retraction)):
        return False
    named = [] if isinstance(record, Retraction) else [other for _, other, _ in record.named()]
    return all(other in every and counts(every[other], every) for other in named)


@given(histories(), st.data())
def test_folding_is_what_the_definition_says(history, data: st.DataObject) -> None:
    """Any subset of records, closed or not, folds to those that are not retracted and name only such."""
    some = data.draw(st.lists(st.sampled_from(everything(history)), unique_by=lambda record: record.id))
    every = {record.id: record for record in some}
    assert set(fold(some)) == {record.id for record in some if counts(record, every)}


@given(histories(), st.data())
def test_folding_is_order_free(history, data: st.DataObject) -> None:
    """Any order of records and retractions, with repeats, folds to the same live records in the same order."""
    every = everything(history)
    shuffled = data.draw(st.permutations(every))
    assert list(fold(every)) == list(fold([*shuffled, *shuffled[:2]]))
    assert View.of(every).digest == View.of(shuffled).digest


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeStore]:
    """One store for many examples; each example is a run of its own."""
    opened = KnowledgeStore.at(tmp_path_factory.mktemp("folding") / "knowledge.db")
    opened.put_text(TEXT)
    yield opened
    opened.close()


runs = count()


def committed(store: KnowledgeStore, groups: Sequence[Sequence[Record]], *, root: tuple[str, ...] = ()) -> str:
    """Commit groups of records one after the other and return the last revision."""
    tip = root
    for group in groups:
        tip = (store.commit(changeset(*group, parents=tip, run=f"run {next(runs)}")),)
    return tip[0]


def joined(store: KnowledgeStore, *tips: str) -> str:
    """Merge revisions."""
    return store.commit(changeset(parents=tips, run=f"run {next(runs)}"))


def grouped(data: st.DataObject, items: Sequence[Sequence[Record]]) -> list[list[Record]]:
    """Cut a sequence of bundles into changesets at any places."""
    cuts = data.draw(st.lists(st.booleans(), min_size=len(items), max_size=len(items)))
    groups: list[list[Record]] = [[]]
    for item, cut in zip(items, cuts, strict=True):
        if cut:
            groups.append([])
        groups[-1].extend(item)
    return groups


@settings(max_examples=30, deadline=None)
@given(histories(), st.data())
def test_the_history_does_not_matter(shared: KnowledgeStore, history, data: st.DataObject) -> None:
    """Any order, any grouping into changesets, any branches and merges give the same live records and digest."""
    bundles, retractions = history
    shuffled = data.draw(st.permutations(bundles))
    at = data.draw(st.integers(0, len(shuffled)))
    left = committed(shared, grouped(data, shuffled[:at]))
    right = committed(shared, grouped(data, shuffled[at:]))
    # A retraction may be made on a branch that doesn't hold its target: it takes effect where the two meet.
    cut = data.draw(st.integers(0, len(retractions)))
    order = data.draw(st.permutations(retractions))
    left = committed(shared, grouped(data, [(one,) for one in retractions[:cut]]), root=(left,))
    tip = joined(shared, right, left)
    tip = committed(shared, grouped(data, [(one,) for one in retractions]), root=(tip,))
    straight = committed(shared, [[record for bundle in bundles for record in bundle], order])
    expected = View.of(everything(history))
    assert shared.view(tip).digest == shared.view(straight).digest == expected.digest
    assert dict(shared.view(tip).records) == dict(expected.records)


@settings(max_examples=20, deadline=None)
@given(st.tuples(histories(), histories(), histories()))
def test_merging_is_commutative_associative_and_idempotent(shared: KnowledgeStore, teams) -> None:
    """Three teams may join their work in any order, as often as they like."""
    a, b, c = (committed(shared, [[record for bundle in bundles for record in bundle], retractions]) for bundles, retractions in teams)

    def digest(tip: str) -> str:
        return shared.view(tip).digest

    ab = joined(shared, a, b)
    assert digest(ab) == digest(joined(shared, b, a))
    assert digest(joined(shared, ab, c)) == digest(joined(shared, a, joined(shared, b, c)))
    assert digest(joined(shared, a, a)) == digest(joined(shared, a)) == digest(a)
    assert digest(joined(shared, ab, a)) == digest(ab)


@given(st.integers(0, 12))
def test_retractions_of_retractions_alternate(length: int) -> None:
    """A record counts if an even number of retractions stand on top of one another."""
    chain: list[Record] = [CLAIMS[0]]
    for _ in range(length):
        chain.append(Retraction(record=chain[-1].id, reason="r"))
    assert (CLAIMS[0].id in fold(chain)) == (length % 2 == 0)


def test_one_retraction_of_several_is_enough() -> None:
    """A record that was retracted for two reasons comes back only when both are retracted."""
    first, second = (Retraction(record=CLAIMS[0].id, reason=reason) for reason in "rs")
    undone = [Retraction(record=retraction.id, reason="undo") for retraction in (first, second)]
    assert CLAIMS[0].id not in fold([CLAIMS[0], first, second, undone[0]])
    assert CLAIMS[0].id in fold([CLAIMS[0], first, second, *undone])


def test_a_retraction_stays_when_its_target_falls_with_something_else() -> None:
    """A retraction names no support: it counts even where what it retracts is dead or absent."""
    retraction = Retraction(record=LEAKS[3].id, reason="r")
    forged = Retraction(record=LEAKS[0].id, reason="forged")
    assert set(fold([*LEAKS, retraction, forged])) == {LEAKS[2].id, retraction.id, forged.id}
    assert set(fold([retraction])) == {retraction.id}


def test_only_the_retracted_source_falls() -> None:
    """What stands in another source stays, the same words included."""
    text = "Ada says the dam leaks, and so it does."
    elsewhere = passage("Ada says the dam leaks", text=text, title="Diary")
    again = Assertion(claim=LEAKS[2].id, passage=elsewhere.id, speaker=UNKNOWN)
    live = fold([*LEAKS, source(text, title="Diary"), elsewhere, again, Retraction(record=LEAKS[0].id, reason="forged")])
    assert again.id in live
    assert not any(isinstance(record, Passage) and record.source == LEAKS[0].id for record in live.values())


SIZE = 20_000


def deep_questions() -> list[Record]:
    """Questions, each under the one before, the deepest first."""
    found: list[Record] = [Question(name="0", text="q")]
    for number in range(1, SIZE):
        found.append(Question(name=str(number), text="q", parent=found[-1].id))
    return found[::-1]


def tower_of_retractions() -> list[Record]:
    """A claim and retractions, each of the one before, the last first."""
    found: list[Record] = [Claim(text="c")]
    for _ in range(1, SIZE):
        found.append(Retraction(record=found[-1].id, reason="r"))
    return found[::-1]


def one_claim_of_many() -> list[Record]:
    """One claim that was retracted and tagged over and over."""
    claim = Claim(text="c")
    half = range(SIZE // 2)
    retractions = [Retraction(record=claim.id, reason=str(number)) for number in half]
    return [claim, *retractions, *(Tag(record=claim.id, name="n", value=str(number)) for number in half)]


def wide_links() -> list[Record]:
    """Links that offer hundreds of premises each, all of them together a hundred thousand."""
    claims = sorted((Claim(text=str(number)) for number in range(500)), key=lambda claim: claim.id)
    ids = tuple(claim.id for claim in claims)
    warrants = [Warrant(text=str(number)) for number in range(200)]
    links = [Link(premises=ids, target="answer-" + "0" * 20, relation=Relation.SUPPORTS, warrant=warrant.id) for warrant in warrants]
    return [*links, *claims, *warrants]


@pytest.mark.parametrize(
    ("shape", "live"),
    [(deep_questions, SIZE), (tower_of_retractions, SIZE // 2), (one_claim_of_many, SIZE // 2), (wide_links, 700)],
)
def test_folding_takes_time_in_proportion(shape, live: int) -> None:
    """Depth doesn't end in a RecursionError, and no shape makes folding quadratic: 0.1 s here, minutes if it were."""
    records = shape()
    begun = time.perf_counter()
    assert len(fold(records)) == live
    assert time.perf_counter() - begun < 5


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_extending_a_view_is_folding_the_whole(data: st.DataObject) -> None:
    """Wherever a view can be extended without its history, it holds the same records in the same order as a fold of everything."""
    pool = [*LEAKS, *HOLDS]
    # Each stands after what it names, so that a beginning is whole, as the rules at commit have it.
    first = list({record.id: record for some in (LEAKS, HOLDS) for record in some[: data.draw(st.integers(0, len(some)))]}.values())
    retracted = data.draw(st.lists(st.sampled_from(first), unique=True)) if first else []
    history = [*first, *(Retraction(record=record.id, reason="r") for record in retracted)]
    base = View.of(history)
    new = [
        record
        for record in data.draw(st.lists(st.sampled_from(pool), unique=True))
        if all(named in base.records for _, named, _ in record.named())
    ]
    extended = base.extended(new)
    if extended is not None:
        assert list(extended.records) == list(View.of([*history, *new]).records)
    else:
        assert {record.id for record in new} & {record.id for record in retracted}


@given(st.data())
def test_what_stands_for_a_name_stands_for_itself(data: st.DataObject) -> None:
    """Whatever chains and circles a merge leaves, names that are tied have one origin, which is its own and has all of them."""
    cohorts = [Upstream(name=f"cohort {number}", kind=UpstreamKind.COHORT) for number in range(5)]
    pairs = st.tuples(st.sampled_from(cohorts), st.sampled_from(cohorts)).filter(lambda pair: pair[0] != pair[1])
    drawn = data.draw(st.lists(pairs, max_size=6, unique_by=lambda pair: pair[0].id))
    view = View.of([*cohorts, *(Alias(member=one.id, representative=two.id, reason="r") for one, two in drawn)])
    for one in cohorts:
        origin = view.origin(one.id)
        assert view.origin(origin) == origin
        assert one in view.names(origin)
    for one, two in drawn:
        assert view.origin(one.id) == view.origin(two.id)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_view_grown_bit_by_bit_answers_like_a_folded_one(data: st.DataObject) -> None:
    """In whatever pieces records came, each question that readers and the rules ask has the answer that one fold gives."""
    document, quoted = (next(one for one in LEAKS if isinstance(one, kind)) for kind in (Source, Passage))
    claims = [Claim(text=f"claim {number}") for number in range(8)]
    pairs = st.tuples(st.sampled_from(claims), st.sampled_from(claims), st.booleans()).filter(lambda pair: pair[0] != pair[1])
    same = [
        Equivalence(member=one.id, representative=two.id, negated=no, reason="r") for one, two, no in data.draw(st.lists(pairs, max_size=6))
    ]
    cohorts = [Upstream(name=f"cohort {number}", kind=UpstreamKind.COHORT) for number in range(4)]
    named = st.tuples(st.sampled_from(cohorts), st.sampled_from(cohorts)).filter(lambda pair: pair[0] != pair[1])
    same_names = [Alias(member=one.id, representative=two.id, reason="r") for one, two in data.draw(st.lists(named, max_size=4))]
    said = [Assertion(claim=claim.id, passage=quoted.id, speaker=who) for claim in claims for who in ("Ames", "Bose")]
    records = [document, quoted, *claims, *cohorts, *data.draw(st.permutations([*same, *same_names, *said]))]
    grown: View | None = View.of(())
    while records:
        size = data.draw(st.integers(1, len(records)))
        some, records = records[:size], records[size:]
        assert grown is not None
        grown = grown.extended(some)
    assert grown is not None
    whole = View.of([document, quoted, *claims, *cohorts, *same, *same_names, *said])
    assert list(grown.records) == list(whole.records)
    assert grown.members == whole.members
    assert grown.counts() == whole.counts()
    for cohort in cohorts:
        assert grown.origin(cohort.id) == whole.origin(cohort.id)
        assert grown.names(cohort.id) == whole.names(cohort.id)
    for kind in (Assertion, Claim, Equivalence, Alias):
        assert grown.all(kind) == whole.all(kind)
    for claim in claims:
        assert grown.representative(claim.id) == whole.representative(claim.id)
        assert list(grown.assertions_of(claim.id)) == list(whole.assertions_of(claim.id))
        assert set(grown.samenesses([claim.id])) == {one for one in same if claim.id in (one.member, one.representative)}
        assert (claim.id in grown, grown.find(claim.id)) == (True, claim)
    assert grown.find("claim-" + "0" * 20) is None
