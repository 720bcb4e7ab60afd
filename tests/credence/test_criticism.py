"""Who cites a work to argue against it doesn't lean on it; who cites it as a reason does."""

from __future__ import annotations

import pytest

from credence.criticism import Criticism
from credence.leaning import Leanings
from knowledge.blobs import digest_of_text
from knowledge.records import Argument, Assertion, Claim, Equivalence, Link, Passage, Record, Reliance, Source, Tag, Upstream, Warrant
from knowledge.views import View
from knowledge.vocabulary import Hedge, Relation, RelianceKind, Stance, UpstreamKind

WORK = Upstream(name="Ode 1998, The dam", kind=UpstreamKind.WORK)
STEP = Warrant(text="So it is.")


def said(
    claim: Claim, speaker: str, title: str, stance: Stance = Stance.ASSERTS, hedge: Hedge = Hedge.PLAIN
) -> tuple[list[Record], Assertion]:
    """Say a claim in a document."""
    text = f"{speaker} on {claim.text}"
    source = Source(title=title, text=digest_of_text(title))
    passage = Passage(source=source.id, start=0, end=len(text), text=text)
    assertion = Assertion(claim=claim.id, passage=passage.id, speaker=speaker, stance=stance, hedge=hedge)
    return [source, passage, claim, assertion], assertion


LEAKS, GAUGE, RAIN = (Claim(text=text) for text in ("The dam leaks.", "The gauge was dry.", "It rained."))
WRITTEN, BY_ODE = said(LEAKS, "Ode", "The dam")
REPORTS = Reliance(record=WRITTEN[0].id, upstream=WORK.id, how=RelianceKind.REPORTS)


def leaning(*records: Record, citing: Assertion) -> bool:
    """Whether an assertion that cites the work leans on it."""
    cites = Reliance(record=citing.id, upstream=WORK.id, how=RelianceKind.CITES)
    view = View.of([WORK, *WRITTEN, REPORTS, STEP, *records, cites])
    leans = WORK.id in Leanings(view).named(citing)
    assert leans is (not Criticism(view).criticises(cites))
    return leans


@pytest.mark.parametrize("relation", list(Relation))
def test_an_objection_to_what_a_work_says_is_no_leaning_on_it(relation: Relation) -> None:
    """It may object to the claim or to the step that is drawn there; a reason for the claim is no objection."""
    records, answer = said(GAUGE, "Marsh", "A reply")
    drawn = Link(premises=(RAIN.id,), target=LEAKS.id, relation=Relation.SUPPORTS, warrant=STEP.id)
    passage = next(one for one in WRITTEN if isinstance(one, Passage))
    target = drawn.id if relation is Relation.UNDERCUTS else LEAKS.id
    link = Link(premises=(GAUGE.id,), target=target, relation=relation, warrant=STEP.id)
    offered = [RAIN, drawn, Argument(link=drawn.id, passage=passage.id, speaker="Ode"), link]
    assert leaning(*records, *offered, citing=answer) is (relation is Relation.SUPPORTS)


@pytest.mark.parametrize(
    ("stance", "leans"), [(Stance.DENIES, False), (Stance.DOUBTS, False), (Stance.ASSERTS, True), (Stance.SUPPOSES, True)]
)
def test_who_speaks_against_what_a_work_says_does_not_lean_on_it_elsewhere(stance: Stance, leans: bool) -> None:
    """What the same voice says in the same document cites it as what is argued against; another voice there may lean on it."""
    records, _ = said(LEAKS, "Marsh", "A reply", stance)
    more, citing = said(GAUGE, "Marsh", "A reply")
    assert leaning(*records, *more, citing=citing) is leans
    other, defender = said(RAIN, "Bose", "A reply")
    assert leaning(*records, *other, citing=defender)


def test_a_claim_said_the_other_way_round_turns_the_objection() -> None:
    """A reason for the opposite of what the work says is an objection, and an objection to the opposite is a reason."""
    tight = Claim(text="The dam is tight.")
    turned = Equivalence(member=tight.id, representative=LEAKS.id, negated=True, reason="the opposite")
    records, answer = said(GAUGE, "Marsh", "A reply")
    for relation in (Relation.SUPPORTS, Relation.ATTACKS):
        link = Link(premises=(GAUGE.id,), target=tight.id, relation=relation, warrant=STEP.id)
        assert leaning(*records, tight, turned, link, citing=answer) is (relation is Relation.ATTACKS)


def test_who_writes_a_work_leans_on_it_though_it_objects_to_itself() -> None:
    """A paper that discusses a weakness of its own still stands behind what it says."""
    records, citing = said(GAUGE, "Ode", "The dam")
    link = Link(premises=(GAUGE.id,), target=LEAKS.id, relation=Relation.ATTACKS, warrant=STEP.id)
    assert leaning(*records, link, citing=citing)


@pytest.mark.parametrize("others", [0, 1])
def test_who_answers_a_work_as_it_tells_it_does_not_lean_on_it(others: int) -> None:
    """A reply says itself what it answers; where the one whom it answers wrote several works nobody can tell which."""
    told, _ = said(RAIN, "Ode", "A reply")
    records, answer = said(GAUGE, "Marsh", "A reply")
    link = Link(premises=(GAUGE.id,), target=RAIN.id, relation=Relation.ATTACKS, warrant=STEP.id)
    more = [Upstream(name=f"Ode 200{at}, The levee", kind=UpstreamKind.WORK) for at in range(others)]
    tags = [Tag(record=work.id, name="author", value="Ada Ode") for work in (WORK, *more)]
    assert leaning(*told, *records, link, *more, *tags, citing=answer) is bool(others)
