"""The rules at commit: what is refused, with which reason, and what is let through."""

from __future__ import annotations

import pytest

from knowledge.changesets import Author, Changeset
from knowledge.errors import Refused
from knowledge.records import (
    Alias,
    Answer,
    Assertion,
    Claim,
    Equivalence,
    Finding,
    Gap,
    Incident,
    Link,
    Passage,
    Question,
    Retraction,
    Upstream,
)
from knowledge.store import KnowledgeStore
from knowledge.vocabulary import FindingKind, GapKind, Relation, Severity, UpstreamKind
from tests.knowledge.builders import HOLDS, LEAKS, TEXT, WARRANT, changeset, source


def broken() -> list[tuple[Changeset, str]]:
    """Changesets that break one rule each, and a word of the reason."""
    _, place, claim, assertion = LEAKS
    assert isinstance(place, Passage)
    assert isinstance(claim, Claim)
    shifted = Passage(source=place.source, start=place.start + 1, end=place.end + 1, text=place.text)
    dangling = Assertion(claim=Claim(text="Never added.").id, passage=place.id)
    other = Claim(text="Water comes through the dam.")
    same_passage = Assertion(claim=other.id, passage=place.id, speaker="Ada")
    third = Claim(text="The dam lets water through.")
    finding = Finding(about=claim.id, kind=FindingKind.RHETORIC, severity=Severity.LOW, sound_case="a", flawed_case="b", verdict="c")
    wrong_kind = Assertion.model_construct(**{**assertion.model_dump(), "claim": place.id})
    chain = (
        Equivalence(member=claim.id, representative=other.id, reason="r"),
        Equivalence(member=other.id, representative=third.id, reason="r"),
    )
    twice = (
        Equivalence(member=claim.id, representative=other.id, reason="r"),
        Equivalence(member=claim.id, representative=third.id, reason="r"),
    )
    support = Link(premises=(other.id,), target=claim.id, relation=Relation.SUPPORTS, warrant=WARRANT.id)
    odd_premise = Link(premises=(place.id,), target=claim.id, relation=Relation.SUPPORTS, warrant=WARRANT.id)
    opposite = tuple(Equivalence(member=claim.id, representative=other.id, negated=negated, reason="r") for negated in (False, True))
    itself = Equivalence(member=other.id, representative=other.id, reason="r")
    undercut = Link(premises=(claim.id,), target="link-" + "0" * 20, relation=Relation.UNDERCUTS, warrant=WARRANT.id)
    beyond = Passage(source=place.source, start=len(TEXT) - 2, end=len(TEXT) + 2, text="May.")
    return [
        (changeset(*LEAKS, shifted), "the source reads"),
        (changeset(*LEAKS, dangling), "not in this revision"),
        (changeset(*LEAKS, wrong_kind), "where a claim belongs"),
        (changeset(*LEAKS, other, same_passage, WARRANT, support), "no further support"),
        (changeset(*LEAKS, other, third, *chain), "chains"),
        (changeset(*LEAKS, other, third, *twice), "another representative"),
        (changeset(*LEAKS, author=Author.CRITIC), "findings and gaps only"),
        (changeset(*LEAKS, finding, author=Author.CRITIC), "findings and gaps only"),
        (changeset(*LEAKS, WARRANT, odd_premise), "where a claim belongs"),
        (changeset(*LEAKS, other, *opposite), "and its opposite"),
        (changeset(other, itself), "itself a member"),
        (changeset(WARRANT, undercut), "not in this revision"),
        (changeset(*LEAKS[:1], beyond), "the source reads"),
        (changeset(*LEAKS, WARRANT, author=Author.CRITIC), "findings and gaps only"),
        (changeset(Retraction(record=claim.id, reason="r")), "never here"),
        (changeset(source("Not stored.", title="Elsewhere")), "not in the store"),
    ]


@pytest.mark.parametrize(("wrong", "word"), broken())
def test_a_broken_rule_is_refused_with_its_reason(store: KnowledgeStore, wrong: Changeset, word: str) -> None:
    """Whoever proposes, the rules hold at commit, and nothing of the changeset is written."""
    with pytest.raises(Refused, match=word) as refused:
        store.commit(wrong)
    assert {refusal.record for refusal in refused.value.refusals} <= {record.id for record in wrong.records}
    assert not store.has(wrong.revision)
    assert all(store.find(record.id) is None for record in wrong.records)


def test_the_critic_cannot_retract_a_claim(store: KnowledgeStore) -> None:
    """Retracting counts as touching."""
    first = store.commit(changeset(*LEAKS))
    with pytest.raises(Refused, match="findings and gaps only"):
        store.commit(changeset(Retraction(record=LEAKS[2].id, reason="r"), parents=(first,), author=Author.CRITIC))


def refused(store: KnowledgeStore, wrong: Changeset) -> dict[str, str]:
    """Commit what is refused, and return the reasons by record."""
    with pytest.raises(Refused) as raised:
        store.commit(wrong)
    assert not store.has(wrong.revision)
    return {refusal.record: refusal.reason for refusal in raised.value.refusals}


def test_every_broken_rule_is_told_at_once(store: KnowledgeStore) -> None:
    """All records that are wrong come back with their reasons, and none that is right."""
    gone = Claim(text="Never added.").id
    wrong = [Assertion(claim=gone, passage=LEAKS[1].id, speaker=speaker) for speaker in "abcde"]
    assert set(refused(store, changeset(*LEAKS, *wrong))) == {record.id for record in wrong}


def test_what_was_retracted_cannot_be_named(store: KnowledgeStore) -> None:
    """Not by itself, and not by adding it once more either: only retracting the retraction brings it back."""
    claim = LEAKS[2]
    first = store.commit(changeset(*LEAKS))
    retraction = Retraction(record=claim.id, reason="two claims in one")
    second = store.commit(changeset(retraction, parents=(first,)))
    late = Assertion(claim=claim.id, passage=LEAKS[1].id, speaker="Cyd")
    assert "not in this revision" in refused(store, changeset(late, parents=(second,)))[late.id]
    assert refused(store, changeset(claim, late, parents=(second,))) == {late.id: f"its claim names {claim.id}, which was retracted"}
    undone = Retraction(record=retraction.id, reason="one claim after all")
    third = store.commit(changeset(undone, claim, late, parents=(second,)))
    assert late.id in store.view(third).records


def test_what_another_branch_knows_cannot_be_named(store: KnowledgeStore) -> None:
    """A record counts as there only if this revision's own history has it."""
    store.commit(changeset(*LEAKS))
    assert refused(store, changeset(LEAKS[3], reason="elsewhere"))


def test_an_undercut_attacks_a_link_and_nothing_else(store: KnowledgeStore) -> None:
    """An undercut of a link that is here is let through; one of a claim is no record at all (see test_records)."""
    link = Link(premises=(HOLDS[2].id,), target=LEAKS[2].id, relation=Relation.ATTACKS, warrant=WARRANT.id)
    undercut = Link(premises=(LEAKS[2].id,), target=link.id, relation=Relation.UNDERCUTS, warrant=WARRANT.id)
    made_of_claim = Link.model_construct(**{**undercut.model_dump(), "target": WARRANT.id})
    first = store.commit(changeset(*LEAKS, *HOLDS, WARRANT, link, undercut))
    assert undercut.id in store.view(first).records
    assert "where a claim or answer or link belongs" in refused(store, changeset(made_of_claim, parents=(first,)))[made_of_claim.id]


def test_the_critic_adds_findings_gaps_and_incidents(store: KnowledgeStore) -> None:
    """What the critic is for goes through, its own findings may be taken back, and a retraction of somebody else's may not."""
    first = store.commit(changeset(*LEAKS))
    finding = Finding(about=LEAKS[2].id, kind=FindingKind.RHETORIC, severity=Severity.LOW, sound_case="a", flawed_case="b", verdict="c")
    gap = Gap(kind=GapKind.MEASUREMENT, about=LEAKS[2].id, text="Nobody measured in June.", why="It rained.", how="Ask Cyd.")
    incident = Incident(stage="critic", subject="s", problem="p", advice="a")
    second = store.commit(changeset(finding, gap, incident, parents=(first,), author=Author.CRITIC))
    third = store.commit(changeset(Retraction(record=finding.id, reason="unfair"), parents=(second,), author=Author.CRITIC))
    assert finding.id not in store.view(third).records
    by_a_person = Retraction(record=LEAKS[3].id, reason="misheard")
    fourth = store.commit(changeset(by_a_person, parents=(third,), author=Author.PERSON))
    meddling = Retraction(record=by_a_person.id, reason="heard well")
    assert meddling.id in refused(store, changeset(meddling, parents=(fourth,), author=Author.CRITIC))


@pytest.fixture
def same(store: KnowledgeStore) -> tuple[str, list[Claim], Equivalence]:
    """A revision in which the second of four claims represents the first."""
    claims = [Claim(text=f"The dam leaks, in wording {number}.") for number in range(4)]
    joined = Equivalence(member=claims[0].id, representative=claims[1].id, reason="r")
    return store.commit(changeset(*claims, joined)), claims, joined


def test_sameness_does_not_grow_into_chains(store: KnowledgeStore, same: tuple[str, list[Claim], Equivalence]) -> None:
    """Neither at the member's end nor at the representative's, in whichever changeset the other half stands."""
    first, claims, _ = same
    upwards = Equivalence(member=claims[1].id, representative=claims[2].id, reason="r")
    downwards = Equivalence(member=claims[2].id, representative=claims[0].id, reason="r")
    again = Equivalence(member=claims[0].id, representative=claims[2].id, reason="r")
    opposite = Equivalence(member=claims[0].id, representative=claims[1].id, negated=True, reason="r")
    assert "represents others" in refused(store, changeset(upwards, parents=(first,)))[upwards.id]
    assert "itself a member" in refused(store, changeset(downwards, parents=(first,)))[downwards.id]
    assert "another representative" in refused(store, changeset(again, parents=(first,)))[again.id]
    assert "and its opposite" in refused(store, changeset(opposite, parents=(first,)))[opposite.id]
    for_another_reason = Equivalence(member=claims[0].id, representative=claims[1].id, reason="another")
    more = Equivalence(member=claims[2].id, representative=claims[1].id, reason="r")
    assert store.commit(changeset(for_another_reason, more, parents=(first,)))


def test_a_representative_can_be_replaced_in_one_go(store: KnowledgeStore, same: tuple[str, list[Claim], Equivalence]) -> None:
    """An equivalence that the same changeset retracts stands in nobody's way."""
    first, claims, joined = same
    retraction = Retraction(record=joined.id, reason="compared again")
    moved = [Equivalence(member=claim.id, representative=claims[2].id, reason="r") for claim in claims[:2]]
    second = store.commit(changeset(retraction, *moved, parents=(first,)))
    assert store.view(second).members[claims[2].id] == ((claims[2].id, False), *sorted((claim.id, False) for claim in claims[:2]))


def test_an_upstreams_names_make_no_chain_either(store: KnowledgeStore) -> None:
    """A name has one representative, which is nobody's member; another kind of record has no other names."""
    one, two, three = (Upstream(name=name, kind=UpstreamKind.COHORT) for name in ("NHS", "Nurses' Health Study", "the nurses"))
    joined = Alias(member=one.id, representative=two.id, reason="r")
    first = store.commit(changeset(one, two, three, joined, WARRANT))
    upwards = Alias(member=two.id, representative=three.id, reason="r")
    downwards = Alias(member=three.id, representative=one.id, reason="r")
    again = Alias(member=one.id, representative=three.id, reason="r")
    strange = Alias.model_construct(member=WARRANT.id, representative=two.id, reason="r")
    assert "represents others" in refused(store, changeset(upwards, parents=(first,)))[upwards.id]
    assert "itself a member" in refused(store, changeset(downwards, parents=(first,)))[downwards.id]
    assert "another representative" in refused(store, changeset(again, parents=(first,)))[again.id]
    assert "where a upstream belongs" in refused(store, changeset(strange, parents=(first,)))[strange.id]
    undone = Retraction(record=joined.id, reason="they are two")
    second = store.commit(changeset(undone, upwards, parents=(first,)))
    assert [store.view(second).origin(record.id) for record in (one, two, three)] == [one.id, three.id, three.id]


def test_support_from_elsewhere_is_support(store: KnowledgeStore) -> None:
    """A premise with a passage of its own, or with none, supports; an answer is stated by no passage."""
    question = Question(name="dam", text="Does the dam leak?")
    answer = Answer(question=question.id, name="yes", text="It leaks.")
    free = Claim(text="Dams of this make leak.")
    links = [
        Link(premises=(premise,), target=target, relation=Relation.SUPPORTS, warrant=WARRANT.id)
        for premise, target in ((HOLDS[2].id, LEAKS[2].id), (free.id, LEAKS[2].id), (LEAKS[2].id, answer.id))
    ]
    assert store.commit(changeset(*LEAKS, *HOLDS, question, answer, free, WARRANT, *links))


def test_support_through_the_same_words_is_none(store: KnowledgeStore) -> None:
    """A premise in other words that stands for a claim of the same passage is still the same passage."""
    again, represented = Claim(text="Water comes through."), Claim(text="The dam lets water through.")
    stated = Assertion(claim=represented.id, passage=LEAKS[1].id, speaker="Ada")
    equal = Equivalence(member=again.id, representative=represented.id, reason="r")
    link = Link(premises=(again.id,), target=LEAKS[2].id, relation=Relation.SUPPORTS, warrant=WARRANT.id)
    first = store.commit(changeset(*LEAKS, again, represented, stated, equal, WARRANT))
    assert "no further support" in refused(store, changeset(link, parents=(first,)))[link.id]
    attack = Link(premises=(again.id,), target=LEAKS[2].id, relation=Relation.ATTACKS, warrant=WARRANT.id)
    assert store.commit(changeset(attack, parents=(first,)))
