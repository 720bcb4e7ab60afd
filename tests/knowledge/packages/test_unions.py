"""Unions: joining is commutative, associative and idempotent, and every disagreement is listed with both sides."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from itertools import pairwise, permutations
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.changesets import Author
from knowledge.packages.conflicts import ConflictKind, conflicts
from knowledge.packages.contents import Package, packed
from knowledge.packages.reading import read_package
from knowledge.packages.unions import Union, joined, unite
from knowledge.packages.writing import write_package
from knowledge.records import (
    Alias,
    Assertion,
    Claim,
    Equivalence,
    Judgment,
    Link,
    Perspective,
    Record,
    Retraction,
    Upstream,
    Variant,
    Warrant,
)
from knowledge.store import KnowledgeStore
from knowledge.vocabulary import Quantity, Relation, UpstreamKind
from tests.knowledge.builders import HOLDS, LEAKS, TEXT, WARRANT, changeset

READER = Perspective(name="reader", description="Whoever reads.")
LINK = Link(premises=(HOLDS[2].id,), target=LEAKS[2].id, relation=Relation.ATTACKS, warrant=WARRANT.id)
POOL: tuple[tuple[Record, ...], ...] = (LEAKS, HOLDS, (READER,), (Claim(text="A"),), (Claim(text="B"),), (*LEAKS, *HOLDS, WARRANT, LINK))


def claims_side_by_side(union: Union) -> Iterator[Record]:
    """Stand in for looking across: a function of the union alone, as the real one is."""
    claims = [claim.id for claim in union.view.all(Claim)]
    for one, other in pairwise(claims):
        if union.apart((one, other)):
            yield Variant(claims=(one, other), differs_in="wording", explanation="side by side")  # type: ignore[arg-type]


def merged(*packages: Package) -> Package:
    """Join packages."""
    union = unite(packages)
    return joined(union, claims_side_by_side(union))


@contextmanager
def a_store() -> Iterator[KnowledgeStore]:
    """A store that isn't on disk any more afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        store = KnowledgeStore.at(Path(folder) / "knowledge.db")
        store.put_text(TEXT)
        yield store
        store.close()


@st.composite
def packages(draw: st.DrawFn) -> tuple[Package, ...]:
    """Three lines of work, grown at random on a shared beginning, each with commits, retractions and joins of its own."""
    with a_store() as store:
        revisions = [store.commit(changeset(*LEAKS, reason="shared"))]
        for number in range(draw(st.integers(2, 7))):
            parents = tuple(draw(st.sets(st.sampled_from(revisions), min_size=0, max_size=2)))
            records: Iterable[Record] = draw(st.sampled_from(POOL))
            if parents and draw(st.booleans()):
                live = sorted(store.view(parents[0]).records)
                records = (Retraction(record=draw(st.sampled_from(live)), reason=f"{number}"),) if live and len(parents) == 1 else ()
            known = {key for parent in parents for key in store.history(parent)}
            gone = {record.record for parent in parents for record in store.history(parent).values() if isinstance(record, Retraction)}
            fresh = [record for record in records if record.id not in known]
            if any(named in gone or named not in {*known, *(one.id for one in records)} for one in fresh for _, named, _ in one.named()):
                fresh = [record for record in fresh if isinstance(record, Retraction)]
            author = Author.PERSON if draw(st.booleans()) else Author.INGESTION
            if author is Author.INGESTION:
                fresh = [record for record in fresh if not isinstance(record, Retraction)]
            revisions.append(store.commit(changeset(*fresh, parents=parents, author=author, reason=f"step {number}")))
        return tuple(packed(store, draw(st.sampled_from(revisions))) for _ in range(3))


@settings(max_examples=60, deadline=None)
@given(packages())
def test_merging_is_commutative_associative_and_idempotent(three: tuple[Package, ...]) -> None:
    """Whatever the order, the grouping and the repetition, the package is the same to the last field."""
    one, two, three_ = (merged(package) for package in three)
    whole = merged(one, two, three_)
    for order in permutations((one, two, three_)):
        assert merged(*order) == whole
        assert reduce(merged, order) == whole
    assert merged(merged(one, two), merged(two, three_)) == whole
    assert merged(one, one) == one
    assert merged(whole, two) == whole
    assert conflicts(unite((one, two))) == conflicts(unite((two, one)))


@settings(max_examples=25, deadline=None)
@given(packages())
def test_a_union_is_a_good_package_and_nothing_is_lost(three: tuple[Package, ...]) -> None:
    """Every record of every line is in the union, and the union can be written, verified and taken into a store."""
    whole = merged(*three)
    assert {key for package in three for key in package.records} <= set(whole.records)
    descriptor, name = tempfile.mkstemp(suffix=".jsonl")
    os.close(descriptor)
    write_package(whole, Path(name))
    assert read_package(Path(name)).package == whole
    Path(name).unlink()
    with a_store() as store:
        assert store.view(whole.save_to(store)).digest == whole.view.digest


def line(store: KnowledgeStore, *records: Record, parent: str = "", author: Author = Author.PERSON, reason: str = "line") -> Package:
    """A line of work of one more changeset."""
    return packed(store, store.commit(changeset(*records, parents=(parent,) if parent else (), author=author, reason=reason)))


def test_one_line_that_holds_the_other_needs_no_join(store: KnowledgeStore) -> None:
    """Merging an older state of a knowledge base into a newer one gives the newer one."""
    old = line(store, *LEAKS)
    new = line(store, *HOLDS, parent=old.tip)
    assert merged(old, new) == new


def test_what_one_line_retracts_and_another_relies_on_is_a_conflict(store: KnowledgeStore) -> None:
    """Both the reasons for retracting and the line that went on to use the record are told; the retraction counts."""
    root = line(store, *LEAKS, *HOLDS, WARRANT)
    retracted = line(store, Retraction(record=HOLDS[2].id, reason="misread"), parent=root.tip)
    relied = line(store, LINK, parent=root.tip)
    untouched = line(store, Claim(text="Elsewhere."), parent=root.tip)
    found = conflicts(unite((retracted, relied)))
    assert [(one.kind, one.about, one.outcome) for one in found] == [(ConflictKind.RETRACTION, HOLDS[2].id, "it no longer counts")]
    assert {side.holds for side in found[0].sides} == {"retracted: misread", "kept and relied on"}
    assert conflicts(unite((retracted, untouched))) == ()


def test_what_rests_on_a_retracted_record_in_several_steps_is_a_conflict(store: KnowledgeStore) -> None:
    """Who quotes a source anew relies on it, though the new record names only the passage; who merely has it doesn't."""
    source, passage, claim, _ = LEAKS
    anew = Assertion(claim=claim.id, passage=passage.id, speaker="Ben")
    root = line(store, *LEAKS)
    retracted = line(store, Retraction(record=source.id, reason="forged"), parent=root.tip)
    relied = line(store, anew, parent=root.tip)
    assert source.id not in {named for _, named, _ in anew.named()}
    found = conflicts(unite((retracted, relied)))
    assert [(one.kind, one.about, one.outcome) for one in found] == [(ConflictKind.RETRACTION, source.id, "it no longer counts")]


def test_two_edits_of_one_claim_are_a_conflict(store: KnowledgeStore) -> None:
    """Two people who worded a claim anew, each in another way, are told with both wordings; one edit, or the same twice, is none."""
    old = LEAKS[2]
    root = line(store, *LEAKS)

    def reworded(words: str, by: str, parent: str = root.tip, before: Record = old) -> Package:
        return line(store, Claim(text=words), Retraction(record=before.id, reason=by), parent=parent, reason=by)

    ann, bob = reworded("It drips.", "Ann"), reworded("It pours.", "Bob")
    (found,) = conflicts(unite((ann, bob)))
    assert (found.kind, found.about, found.outcome) == (ConflictKind.WORDING, old.id, "both stand")
    assert {side.holds for side in found.sides} == {"“It drips.”", "“It pours.”"}
    assert {side.lines for side in found.sides} == {(ann.tip,), (bob.tip,)}
    assert conflicts(unite((ann, reworded("It drips.", "Cleo")))) == ()
    assert conflicts(unite((ann, line(store, Claim(text="Elsewhere."), parent=root.tip)))) == ()
    further = reworded("It drips now and then.", "Dora", parent=ann.tip, before=Claim(text="It drips."))
    assert conflicts(unite((line(store, Claim(text="Elsewhere."), parent=ann.tip), further))) == ()


def test_opposite_retractions_are_a_conflict(store: KnowledgeStore) -> None:
    """One line restores a claim, another retracts it for a reason of its own: both are told."""
    retraction = Retraction(record=LEAKS[2].id, reason="unclear")
    root = line(store, *LEAKS, retraction)
    restored = line(store, Retraction(record=retraction.id, reason="clear after all"), parent=root.tip)
    again = line(store, Retraction(record=LEAKS[2].id, reason="false"), parent=root.tip)
    found = conflicts(unite((restored, again)))
    assert [one.about for one in found] == [LEAKS[2].id]
    assert found[0].outcome == "it no longer counts"


def judgment(value: float, judge: str) -> Judgment:
    """How sure somebody is of the warrant."""
    return Judgment(record=LINK.id, quantity=Quantity.WARRANT, value=value, perspective=READER.id, judge=judge, reason="so it seems")


def test_rival_judgments_and_wordings_are_conflicts(store: KnowledgeStore) -> None:
    """Different numbers for one quantity, and different reasons for one step, are listed with both sides."""
    root = line(store, *LEAKS, *HOLDS, WARRANT, READER, LINK)
    other_warrant = Warrant(text="Ben looked.")
    rival = Link(premises=LINK.premises, target=LINK.target, relation=LINK.relation, warrant=other_warrant.id)
    ada = line(store, judgment(0.9, "Ada"), parent=root.tip)
    ben = line(store, judgment(0.2, "Ben"), other_warrant, rival, parent=root.tip)
    (found,) = conflicts(unite((ada, ben)))
    assert found.kind is ConflictKind.JUDGMENT
    assert {side.holds[:3] for side in found.sides} == {"0.9", "0.2"}
    apart = line(store, *LEAKS, *HOLDS, other_warrant, rival, reason="apart")
    assert ConflictKind.WORDING in {one.kind for one in conflicts(unite((root, apart)))}


def test_rival_samenesses_are_conflicts(store: KnowledgeStore) -> None:
    """A claim that two lines take for the same as different others, or that one takes for merely alike, is listed."""
    a, b, c = sorted((Claim(text=text) for text in "abc"), key=lambda claim: claim.id)
    root = line(store, a, b, c)
    to_b = line(store, Equivalence(member=a.id, representative=b.id, reason="r"), parent=root.tip)
    to_c = line(store, Equivalence(member=a.id, representative=c.id, reason="r"), parent=root.tip)
    alike = line(store, Variant(claims=(a.id, b.id), differs_in="scope", explanation="e"), parent=root.tip)  # type: ignore[arg-type]
    assert [one.about for one in conflicts(unite((to_b, to_c)))] == [a.id]
    assert [one.outcome for one in conflicts(unite((to_b, alike)))] == ["they count as the same"]
    joint = merged(to_b, to_c)
    assert joint.view.representative(a.id)[0] == min(b.id, c.id)


def test_rival_names_of_one_upstream_are_conflicts(store: KnowledgeStore) -> None:
    """A name that two lines put under different others is listed; two lines that put each under the other agree, and make no circle."""
    a, b, c = sorted((Upstream(name=name, kind=UpstreamKind.COHORT) for name in "abc"), key=lambda one: one.id)
    root = line(store, a, b, c)
    to_b = line(store, Alias(member=a.id, representative=b.id, reason="r"), parent=root.tip)
    to_c = line(store, Alias(member=a.id, representative=c.id, reason="r"), parent=root.tip)
    (found,) = conflicts(unite((to_b, to_c)))
    assert (found.kind, found.about) == (ConflictKind.SAMENESS, a.id)
    assert merged(to_b, to_c).view.origin(a.id) == min(b.id, c.id)
    back = line(store, Alias(member=b.id, representative=a.id, reason="r"), parent=root.tip)
    both = merged(to_b, back).view
    assert both.origin(a.id) == both.origin(b.id) == a.id
    assert [one.id for one in both.names(a.id)] == [a.id, b.id]


def test_an_edit_that_only_one_line_made_is_no_conflict(store: KnowledgeStore) -> None:
    """Three-way: what one line changed and the other left alone is simply changed."""
    old = judgment(0.9, "Ada")
    root = line(store, *LEAKS, *HOLDS, WARRANT, READER, LINK, old)
    edited = line(store, Retraction(record=old.id, reason="reconsidered"), judgment(0.5, "Ada"), parent=root.tip)
    other = line(store, Claim(text="Elsewhere."), parent=root.tip)
    assert conflicts(unite((edited, other))) == ()
