"""From numbered links to records: one link for what joins the same, and an argument only where a document draws it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from agents.excerpts import MARGIN, placed_claims
from agents.structuring import IMPLIED, Dispute, _joined, links_of, structure_claims, supported_elsewhere
from knowledge.blobs import digest_of_text
from knowledge.records import Answer, Argument, Assertion, Claim, Equivalence, Link, Passage, Question, Record, Source, Tag, Warrant
from knowledge.views import View
from knowledge.vocabulary import Relation, Stance
from prompts.tasks.structuring import RELATE, Implication, RelateInputs, Relations, Step, Undercut
from reasoners.journal import Journal, Totals
from reasoners.limits import Limits, Meter
from reasoners.local import LocalAnswerer
from reasoners.reasoner import Reasoner
from sources.embedding import Embedder

WHY = "As the one goes, so goes the other."
FAR = "Nobody said anything of note. " * 40
TEXT = f"{FAR}The dam leaks. {FAR}The gauge was dry, so it held. ⟦9⟧ {FAR}"
OTHER = "It does not leak."
QUESTION = Question(name="dam", text="Did the dam leak?")
YES, NO = (Answer(question=QUESTION.id, name=name, text=text) for name, text in (("yes", "It leaked."), ("no", "It held.")))


def stated(source: Source, text: str, words: str, claim: Claim, **more: Stance) -> list[Record]:
    """A claim in the words of a source."""
    start = text.index(words)
    passage = Passage(source=source.id, start=start, end=start + len(words), text=words)
    return [source, claim, passage, Assertion(claim=claim.id, passage=passage.id, speaker=source.title, **more)]


ADA, BEN = Source(title="Ada", text=digest_of_text(TEXT)), Source(title="Ben", text=digest_of_text(OTHER))
LEAKS, TIGHT, DRY = Claim(text="The dam leaks."), Claim(text="The dam is tight."), Claim(text="The gauge was dry.")
VIEW = View.of(
    [
        QUESTION,
        YES,
        NO,
        *stated(ADA, TEXT, "The dam leaks.", LEAKS),
        *stated(ADA, TEXT, "The gauge was dry", DRY),
        *stated(BEN, OTHER, "It does not leak.", TIGHT),
        Equivalence(member=TIGHT.id, representative=LEAKS.id, negated=True, reason="the opposite"),
    ]
)
TEXTS = {ADA.text: TEXT, BEN.text: OTHER}
CLAIMS = [LEAKS.id, DRY.id]
METER = Meter(Limits(), Totals(0, 0, 0, 0, 0.0, 0, 0.0))


def read(*links: Step, undercuts: tuple[Undercut, ...] = (), implied: tuple[Implication, ...] = ()) -> list[Record]:
    """The records of an answer over both claims."""
    sources = placed_claims(VIEW, TEXTS.__getitem__, CLAIMS).sources
    return list(
        links_of(Relations(links=links, undercuts=undercuts, implied=implied), Dispute.of(VIEW, TEXTS.__getitem__), CLAIMS, sources, [])
    )


def test_claims_are_shown_where_they_stand() -> None:
    """Each number stands behind its words, a long way between two is cut, and a number that the author wrote is no mark of ours."""
    placed = placed_claims(VIEW, TEXTS.__getitem__, CLAIMS)
    shown = placed.documents[placed.sources.index(ADA.id)].text
    assert "The dam leaks.⟦1⟧" in shown
    assert "The gauge was dry⟦2⟧, so it held. [9]" in shown
    assert shown.count("[...]") == 3
    assert len(shown) < 5 * MARGIN


def test_the_opposite_of_a_claim_is_shown_as_its_denial() -> None:
    """Who asserts a claim's negation denies the claim."""
    said = placed_claims(VIEW, TEXTS.__getitem__, CLAIMS).claims[0].said
    assert {(one.speaker, one.stance) for one in said} == {("Ada", "asserts"), ("Ben", "denies")}


def test_only_the_documents_asked_for_are_shown() -> None:
    """Within a group of documents nothing of another stands."""
    placed = placed_claims(VIEW, TEXTS.__getitem__, CLAIMS, within=frozenset({BEN.id}))
    assert placed.sources == (BEN.id,)
    assert [len(claim.said) for claim in placed.claims] == [1, 0]


def test_a_link_is_a_documents_own_only_if_it_draws_it() -> None:
    """The argument has the passage of the premise there; a step of the analyst's has none."""
    ada = placed_claims(VIEW, TEXTS.__getitem__, CLAIMS).sources.index(ADA.id) + 1
    records = read(
        Step(premises=(2,), conclusion=1, relation=Relation.ATTACKS, warrant=WHY, drawn_in=ada),
        Step(premises=(1,), answer=1, warrant=WHY),
        undercuts=(Undercut(premise=2, link=2, warrant=WHY),),
    )
    links = [one for one in records if isinstance(one, Link)]
    assert [link.target for link in links] == [LEAKS.id, Dispute.of(VIEW, TEXTS.__getitem__).answers[0].id, links[1].id]
    (argument,) = (one for one in records if isinstance(one, Argument))
    assert (argument.link, argument.speaker, VIEW.get(argument.passage, Passage).text) == (links[0].id, "Ada", "The gauge was dry")


def test_what_stands_in_the_same_passage_only_is_no_support() -> None:
    """Such a step is left out, an undercut of it too, and a pair implied by words; an objection is none of that kind."""
    water, again = Claim(text="Water comes through the dam."), Claim(text="It is wet below the dam.")
    both = (record for claim in (water, again) for record in stated(ADA, TEXT, "The dam leaks.", claim))
    view = View.of([*VIEW.records.values(), *both])
    dispute, claims = Dispute.of(view, TEXTS.__getitem__), [DRY.id, water.id, again.id]

    def kept(*links: Step, implied: tuple[Implication, ...] = ()) -> list[Record]:
        undercut = Undercut(premise=1, link=1, warrant="The gauge was not read.")
        relations = Relations(links=links, undercuts=(undercut,), implied=implied)
        return supported_elsewhere(view, list(links_of(relations, dispute, claims, [ADA.id], [])))

    itself = Step(premises=(2,), conclusion=3, warrant=WHY, drawn_in=1)
    assert kept(itself, implied=(Implication(premise=3, conclusion=2, reason=WHY),)) == []
    records = kept(itself.model_copy(update={"relation": Relation.ATTACKS}))
    assert [one.relation for one in records if isinstance(one, Link)] == [Relation.ATTACKS, Relation.UNDERCUTS]


def test_what_joins_the_same_is_one_link() -> None:
    """Two groups of documents may find one step in two wordings: the first counts, and an undercut of the second is one of the first."""
    first = read(Step(premises=(2,), answer=1, warrant=WHY))
    ada = placed_claims(VIEW, TEXTS.__getitem__, CLAIMS).sources.index(ADA.id) + 1
    undercut = Undercut(premise=1, link=1, warrant=WHY, drawn_in=ada)
    second = read(Step(premises=(2,), answer=1, warrant="In other words, the same."), undercuts=(undercut,))
    known, records = _joined([first, second], {})
    links = [one for one in records if isinstance(one, Link)]
    assert len(known) == len(links) == 2
    assert (links[1].relation, links[1].target) == (Relation.UNDERCUTS, links[0].id)
    assert all(link.warrant in {one.id for one in records} for link in links)
    assert [one.link for one in records if isinstance(one, Argument)] == [links[1].id]
    assert links[1].id == Link.model_validate(links[1].model_dump()).id, "its id is that of what it says now"


def test_a_claim_that_implies_another_is_linked_to_it_by_the_analyst() -> None:
    """From the claim that says more to the one that says less, the reason as warrant, tagged and offered by nobody; no undercut counts it."""
    records = read(
        Step(premises=(2,), answer=1, warrant=WHY),
        Step(premises=(1,), answer=1, warrant=WHY),
        undercuts=(Undercut(premise=2, link=2, warrant=WHY),),
        implied=(Implication(premise=2, conclusion=1, relation=Relation.ATTACKS, reason="What is dry doesn't leak."),),
    )
    links = [one for one in records if isinstance(one, Link)]
    (tag,) = (one for one in records if isinstance(one, Tag))
    assert (links[3].premises, links[3].target, links[3].relation) == ((DRY.id,), LEAKS.id, Relation.ATTACKS)
    assert (tag.record, tag.name) == (links[3].id, IMPLIED)
    assert Warrant(text="What is dry doesn't leak.").id == links[3].warrant
    assert links[2].target == links[1].id
    assert not any(isinstance(one, Argument) for one in records)


def test_what_is_a_link_already_is_not_implied_besides() -> None:
    """A step that somebody argues keeps its own warrant and gets no tag, and of two claims that imply each other the first pair counts."""
    argued = Step(premises=(2,), conclusion=1, warrant=WHY)
    there, back = (Implication(premise=one, conclusion=3 - one, reason="It is the same thing.") for one in (2, 1))
    assert read(argued, implied=(there,)) == read(argued)
    both = read(implied=(there, back))
    assert both == read(implied=(there,))
    assert len([one for one in both if isinstance(one, Link)]) == 1
    known, records = _joined([read(argued), read(implied=(there,))], {})
    assert len(known) == 1
    assert not any(isinstance(one, Tag) for one in records)
    assert [type(one) for one in _joined([both, both], {})[1]] == [Warrant, Link, Tag]


def test_the_answers_of_a_sub_question_are_asked_how_they_bear_on_the_question_above(tmp_path: Path) -> None:
    """Each named answer is put as a claim, beside the upper question's answers alone; a link makes the claim, and what bears on nothing isn't kept."""
    part = Question(name="spring", text="Is there a spring under the dam?", parent=QUESTION.id)
    wet, dry = (
        Answer(question=part.id, name=name, text=text) for name, text in (("a", "A spring rises there."), ("b", "The ground is dry."))
    )
    other = Answer(question=part.id, name="else", text="Something else.", something_else=True)
    asked: list[RelateInputs] = []

    def relate(inputs: RelateInputs) -> Relations:
        asked.append(inputs)
        return Relations(links=(Step(premises=(1,), answer=1, warrant=WHY),) if len(inputs.questions) == 1 else ())

    view = View.of([*VIEW.records.values(), part, wet, dry, other])
    reasoner = Reasoner(LocalAnswerer("script", {RELATE.name: relate}), Journal.at(tmp_path / "journal.db", "run"), METER)
    records = asyncio.run(structure_claims(view, TEXTS.__getitem__, reasoner, Embedder())).records
    (above,) = (inputs for inputs in asked if len(inputs.questions) == 1)
    assert [answer.text for answer in above.questions[0].answers] == [NO.text, YES.text]
    assert [claim.claim for claim in above.claims] == [wet.text, dry.text]
    assert not any(claim.said for claim in above.claims)
    (link,) = (one for one in records if isinstance(one, Link))
    assert [one.text for one in records if isinstance(one, Claim)] == [wet.text]
    assert link.premises == (Claim(text=wet.text).id,)
    assert link.target == NO.id


def test_rival_answers_of_a_sub_question_are_not_linked_to_each_other(tmp_path: Path) -> None:
    """That they exclude each other is what answers are; to an answer of another sub-question a link stands, and what hangs on none is gone."""
    parts = [Question(name=name, text=f"Is there {name} under the dam?", parent=QUESTION.id) for name in ("sand", "water")]
    answers = [Answer(question=part.id, name=name, text=f"{part.name}: {name}") for part in parts for name in ("a", "b")]

    def relate(inputs: RelateInputs) -> Relations:
        if len(inputs.questions) > 1:
            return Relations()
        return Relations(
            links=(Step(premises=(4,), conclusion=3, relation=Relation.ATTACKS, warrant="They can't both be."),),
            undercuts=(Undercut(premise=1, link=1, warrant="It defeats what is gone."),),
            implied=(
                Implication(premise=1, conclusion=2, relation=Relation.ATTACKS, reason="They are rivals."),
                Implication(premise=1, conclusion=3, reason="It takes the other for granted."),
            ),
        )

    view = View.of([*VIEW.records.values(), *parts, *answers])
    reasoner = Reasoner(LocalAnswerer("script", {RELATE.name: relate}), Journal.at(tmp_path / "journal.db", "run"), METER)
    records = asyncio.run(structure_claims(view, TEXTS.__getitem__, reasoner, Embedder())).records
    (link,) = (one for one in records if isinstance(one, Link))
    assert (link.premises, link.target) == ((Claim(text="sand: a").id,), Claim(text="water: a").id)
    assert {one.text for one in records if isinstance(one, Claim)} == {"sand: a", "water: a"}
    assert [one.text for one in records if isinstance(one, Warrant)] == ["It takes the other for granted."]
    assert [one.record for one in records if isinstance(one, Tag)] == [link.id]


def test_a_question_without_sub_questions_is_asked_nothing_more(tmp_path: Path) -> None:
    """One question, one prompt."""
    asked: list[RelateInputs] = []

    def relate(inputs: RelateInputs) -> Relations:
        asked.append(inputs)
        return Relations()

    reasoner = Reasoner(LocalAnswerer("script", {RELATE.name: relate}), Journal.at(tmp_path / "journal.db", "run"), METER)
    assert asyncio.run(structure_claims(VIEW, TEXTS.__getitem__, reasoner, Embedder())).records == ()
    assert len(asked) == 1
