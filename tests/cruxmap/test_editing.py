"""People edit too: what they say is a changeset of theirs with a reason, carried through, and not overruled by agents."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import yaml

from agents.matching import Same, equivalences
from credence.engine import assess
from cruxmap.bases import add_run
from cruxmap.editing import as_yaml
from cruxmap.edits import keep_edits
from cruxmap.opening import opened_run
from cruxmap.registry import Registry
from knowledge.changesets import Author, Changeset
from knowledge.errors import Refused
from knowledge.packages.contents import packed
from knowledge.records import (
    Answer,
    Assertion,
    Claim,
    Equivalence,
    Finding,
    Judgment,
    Link,
    Perspective,
    Question,
    Record,
    Retraction,
    Tag,
    Variant,
)
from knowledge.store import KnowledgeStore
from knowledge.views import View
from knowledge.vocabulary import Difference
from tests.conftest import ROOT
from tests.cruxmap.conftest import RUN, Dam, Program


@pytest.fixture
def dam(home: Path) -> Dam:
    """A finished run in the home."""
    home.mkdir()
    with closing(KnowledgeStore.at(home / "knowledge.db")) as store:
        dam = Dam(store)
        add_run(packed(store, dam.revisions[-1]), home, run=RUN, by="a test")
    return dam


def now(home: Path) -> View:
    """What the run's revision holds."""
    with closing(KnowledgeStore.at(home / "knowledge.db")) as store:
        return store.view(Registry(home).load(RUN).revision)


def yaml_of(tmp_path: Path, record: Record, home: Path, **changes: object) -> Path:
    """The YAML that the editor would show, with some fields changed."""
    fields = yaml.safe_load(as_yaml(record, now(home)))
    path = tmp_path / "edit.yaml"
    path.write_text(yaml.safe_dump({**fields, **changes}))
    return path


def test_a_reworded_claim_keeps_all_that_rests_on_it(program: Program, dam: Dam, home: Path, tmp_path: Path) -> None:
    """Assertions, links and judgments on links are said again of the new wording; the old one stays in the history with the reason."""
    file = yaml_of(tmp_path, dam.wet, home, text="The wall is damp.")
    code, out, _ = program("edit", dam.wet.id[:14], "--file", file, "--reason", "damp, not wet", "--by", "Eva")
    assert code == 0, out
    view = now(home)
    assert {claim.text for claim in view.all(Claim)} == {"The wall is damp.", "The gauge is steady."}
    new = next(claim for claim in view.all(Claim) if "damp" in claim.text)
    assert [assertion.speaker for assertion, _ in view.assertions_of(new.id)] == ["Ada"]
    link = next(link for link in view.all(Link) if new.id in link.premises)
    assert [judgment.record for judgment in view.all(Judgment)] == [link.id]
    assert "damp, not wet" in out
    blamed = program("blame", dam.wet.id, "--run", RUN)[1]
    assert "Eva: damp, not wet" in blamed
    assert "no longer counts" in blamed


def test_an_edit_can_be_taken_back(program: Program, dam: Dam, home: Path, tmp_path: Path) -> None:
    """Putting the old words back gives the knowledge that was there before, and so on as often as one likes."""
    before = now(home)
    for _ in range(2):
        file = yaml_of(tmp_path, dam.wet, home, text="The wall is damp.")
        assert program("edit", dam.wet.id, "--file", file, "--reason", "there")[0] == 0
        damp = next(claim for claim in now(home).all(Claim) if "damp" in claim.text)
        file = yaml_of(tmp_path, damp, home, text="The wall is wet.")
        assert program("edit", damp.id, "--file", file, "--reason", "and back")[0] == 0
        ids = {key for key, record in now(home).records.items() if not isinstance(record, Retraction)}
        assert ids == set(before.records)


def test_the_editor_shows_the_record_and_its_company(program: Program, dam: Dam, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # fmt: skip
    """The person's own editor gets the YAML with the words behind each id; saving it unchanged changes nothing."""
    script = tmp_path / "editor"
    script.write_text(f'#!/bin/sh\ncp "$1" {tmp_path}/seen\nsed -i s/0.8/0.3/ "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    assert program("edit", dam.judgment.id, "--reason", "I doubt it")[0] == 0
    assert "The wall is wet" in (tmp_path / "seen").read_text()
    assert [judgment.value for judgment in now(home).all(Judgment)] == [0.3]
    monkeypatch.setenv("VISUAL", "true")
    assert "Nothing was changed" in program("edit", dam.wet.id, "--reason", "none")[1]
    monkeypatch.setenv("VISUAL", "false")
    assert program("edit", dam.wet.id, "--reason", "none")[0] == 2


def test_disputing_a_finding_is_a_record(program: Program, dam: Dam, home: Path) -> None:
    """The finding stays; who disputes it and why stands beside it."""
    assert program("edit", dam.finding.id, "--dispute", "--reason", "the passage says so", "--by", "Eva")[0] == 0
    view = now(home)
    assert dam.finding.id in view.records
    assert [(tag.record, tag.name, tag.value) for tag in view.all(Tag)] == [(dam.finding.id, "disputed", "Eva: the passage says so")]
    assert "disputed: Eva: the passage says so" in program("blame", dam.finding.id)[1]


def test_a_person_says_how_a_claim_and_a_link_are_to_be_read(program: Program, dam: Dam, home: Path) -> None:
    """A narrower claim is tagged with the wider one's whole id, from its beginning; what the engine doesn't read is refused with what it does."""
    steady = next(claim for claim in now(home).all(Claim) if "steady" in claim.text)
    code, out, _ = program("edit", dam.wet.id, "--tag", f"qualifies={steady.id[:14]}", "--reason", "it says less", "--by", "Eva")
    assert code == 0, out
    assert Tag(record=dam.wet.id, name="qualifies", value=steady.id).id in now(home).records
    assert "Eva: it says less" in out
    link = next(link for link in now(home).all(Link) if len(link.premises) == 1)
    for record, tag in (
        (link.id, "premises=any"),
        (dam.wet.id, "premises=any"),
        (dam.wet.id, "colour=red"),
        (dam.wet.id, f"qualifies={dam.wet.id}"),
    ):
        code, _, err = program("edit", record, "--tag", tag, "--reason", "r")
        assert code == 2
        assert "premises=any, of a link with several premises" in err
    linked = Link(premises=tuple(sorted((dam.wet.id, steady.id))), target=link.target, relation=link.relation, warrant=link.warrant)
    with closing(KnowledgeStore.at(home / "knowledge.db")) as store:
        registry = Registry(home)
        record = registry.load(RUN)
        revision = store.commit(Changeset((record.revision,), (linked,), Author.PERSON, RUN, "both"))
        registry.save(record.model_copy(update={"revision": revision}))
    assert program("edit", linked.id, "--tag", "premises=any", "--reason", "either is enough")[0] == 0
    assert Tag(record=linked.id, name="premises", value="any").id in now(home).records


def test_a_person_can_judge_the_argument_as_a_whole(program: Program, dam: Dam, home: Path, tmp_path: Path) -> None:
    """P(the modelled argument is unsound), and what to believe then, are numbers of a perspective's file like any other."""
    view = now(home)
    question = next(iter(view.all(Question)))
    answers = [answer.id for answer in view.all(Answer) if answer.question == question.id]
    judgments = [{"record": question.id, "quantity": "model_error", "value": 0.3, "reason": "nobody checked it"}]
    judgments += [
        {"record": one, "quantity": "prior", "given": question.id, "value": 1 / len(answers), "reason": "nobody knows"} for one in answers
    ]
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"name": "doubter", "description": "of tests", "judgments": judgments}))
    assert program("edit", "--perspective", file)[0] == 0
    mine = next(one.id for one in now(home).all(Perspective) if one.name == "doubter")
    assert assess(now(home), perspective=mine).questions[0].model_error == pytest.approx(0.3)
    told = assess(now(home), perspective=mine).questions[0].answers
    assert [one.if_unsound for one in told] == pytest.approx([1 / len(answers)] * len(answers))


def test_a_number_of_a_person_takes_the_place_of_all_that_it_was_pooled_from(
    program: Program, dam: Dam, home: Path, tmp_path: Path
) -> None:
    """Of a number that was asked in three wordings one is edited: the other two go with it, and the person's is averaged with nothing."""
    wordings = tuple(dam.judgment.model_copy(update={"wording": at, "value": 0.5}) for at in (1, 2))
    with closing(KnowledgeStore.at(home / "knowledge.db")) as store:
        revision = store.commit(Changeset((dam.revisions[-1],), wordings, Author.CRUXES, RUN, "ask again"))
    registry = Registry(home)
    registry.save(registry.load(RUN).model_copy(update={"revision": revision}))
    assert len(now(home).all(Judgment)) == 3
    file = yaml_of(tmp_path, dam.judgment, home, value=0.3)
    assert program("edit", dam.judgment.id, "--file", file, "--reason", "I doubt it")[0] == 0
    assert [one.value for one in now(home).all(Judgment)] == [0.3]


def test_a_perspective_is_a_file_of_judgments(program: Program, dam: Dam, home: Path, tmp_path: Path) -> None:
    """A file becomes a perspective; editing the file and committing it again replaces what it no longer says."""
    file = tmp_path / "eva.yaml"
    content = {"name": "Eva", "description": "An engineer.", "judgments": [{"record": dam.pro.id, "quantity": "warrant", "value": 0.1, "reason": "rain"}]}  # fmt: skip
    for value in (0.1, 0.2):
        content["judgments"][0]["value"] = value  # type: ignore[index]
        file.write_text(yaml.safe_dump(content))
        assert program("edit", "--perspective", file, "--by", "Eva")[0] == 0
    view = now(home)
    eva = next(one for one in view.all(Perspective) if one.name == "Eva")
    assert [(one.value, one.judge) for one in view.all(Judgment) if one.perspective == eva.id] == [(0.2, "Eva")]
    file.write_text("name: Eva\njudgments: no\n")
    code, _, err = program("edit", "--perspective", file)
    assert (code, "description" in err) == (1, True)


def test_retracting_shows_what_goes_with_it_first(program: Program, dam: Dam, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The effects come before the question; no means that nothing happened; yes takes the source's influence out of the answer."""
    source = dam.sources["Ada"]
    monkeypatch.setattr("typer.confirm", lambda *_: False)
    out = program("retract", source.id, "--reason", "forged")[1]
    assert "1 assertion, 1 passage, 1 source" in out
    assert "nobody says any more: The wall is wet." in out
    assert "yes 5" in out or "yes 6" in out or "yes 7" in out
    assert source.id in now(home).records
    out = program("retract", source.id, "--reason", "forged", "--yes")[1]
    assert out.index("Retracting this takes") < out.index("Committed")
    view = now(home)
    assert source.id not in view.records
    assert [assertion.speaker for assertion in view.all(Assertion)] == ["Ben"]


def test_claims_wrongly_taken_for_one_stay_apart_for_good(program: Program, dam: Dam, home: Path) -> None:
    """Who retracts a merge leaves a variant with the reason, and no agent joins the two again, whichever way round it would."""
    same = Equivalence(member=dam.dry.id, representative=dam.wet.id, negated=True, reason="one or the other")
    with closing(KnowledgeStore.at(home / "knowledge.db")) as store:
        revision = store.commit(Changeset((dam.revisions[-1],), (same,), Author.INGESTION, RUN, "match"))
    registry = Registry(home)
    registry.save(registry.load(RUN).model_copy(update={"revision": revision}))
    options = ("--reason", "a wet wall and a steady gauge", "--differs-in", "condition", "--yes")
    code, out, err = program("retract", same.id, *options)
    assert code == 0, out + err
    view = now(home)
    assert view.representative(dam.dry.id) == (dam.dry.id, False)
    (apart,) = view.all(Variant)
    assert (apart.claims, apart.differs_in, apart.explanation) == (
        tuple(sorted((dam.wet.id, dam.dry.id))),
        Difference.CONDITION,
        "a wet wall and a steady gauge",
    )
    for pair in ((dam.wet.id, dam.dry.id), (dam.dry.id, dam.wet.id)):
        assert equivalences(view, [Same(pair, frozenset(pair[1:]), "one or the other, again")]) == []


def test_mistakes_are_refused_and_change_nothing(program: Program, dam: Dam, home: Path, tmp_path: Path) -> None:
    """No reason, no such record, the wrong kind, a broken field: each is told, and the revision is what it was."""
    before = Registry(home).load(RUN).revision
    file = yaml_of(tmp_path, dam.wet, home, text="The wall is damp.")
    assert "needs a reason" in program("edit", dam.wet.id, "--file", file)[2]
    assert program("edit", "claim-zzz", "--file", file, "--reason", "r")[0] == 1
    assert "can't be edited" in program("edit", dam.sources["Ada"].id, "--file", file, "--reason", "r")[2]
    assert (
        "is a probability" in program("edit", dam.judgment.id, "--file", yaml_of(tmp_path, dam.judgment, home, value=7), "--reason", "r")[2]
    )
    file.write_text("text: [")
    assert program("edit", dam.wet.id, "--file", file, "--reason", "r")[0] == 2
    for given in (["--tag", "premises=any", "--dispute"], ["--tag", "premises=any", "--file", file], ["--file", file, "--dispute"]):
        code, _, err = program("edit", dam.wet.id, *given, "--reason", "r")
        assert code == 2
        assert "one edit at a time" in err
    assert "--perspective and an id don't go together" in program("edit", dam.wet.id, "--perspective", file, "--reason", "r")[2]
    assert Registry(home).load(RUN).revision == before


def test_no_agent_overrules_a_person(dam: Dam, home: Path) -> None:
    """An agent that retracts a person's record, or judges what a person judged, is refused with the reason."""
    with closing(KnowledgeStore.at(home / "knowledge.db")) as store:
        tip = dam.revisions[-1]
        mine = dam.judgment.model_validate({**dam.judgment.model_dump(), "value": 0.1, "judge": "Eva"})
        edited = store.commit(Changeset((tip,), (mine,), Author.PERSON, RUN, "Eva: no"))
        again = dam.judgment.model_validate({**dam.judgment.model_dump(), "value": 0.9, "wording": 1})
        for record, reason in ((again, "a person has judged"), (Retraction(record=mine.id, reason="r"), "a person added")):
            with pytest.raises(Refused, match=reason):
                store.commit(Changeset((edited,), (record,), Author.CRUXES, RUN, "judge again"))
        assert store.commit(Changeset((edited,), (Retraction(record=mine.id, reason="r"),), Author.PERSON, RUN, "Eva: yes after all"))


def test_a_stopped_run_can_be_edited_and_goes_on(program: Program, home: Path) -> None:
    """An edit of a run that a limit stopped is what show shows, a second edit stands on the first, and both are in the finished run."""
    assert program("run", ROOT / "cases/eggs", "--run-id", RUN, "--reasoner", "baseline", "--max-calls", "26")[0] == 3
    claims = [claim.id for claim in reached(home).all(Claim)][:2]
    for claim in claims:
        assert program("retract", claim, "--reason", "not what it says", "--yes")[0] == 0
    assert {claim.id for claim in reached(home).all(Claim)}.isdisjoint(claims)
    assert program("resume", RUN, "--max-calls", "1000")[0] == 0
    assert {claim.id for claim in now(home).all(Claim)}.isdisjoint(claims)
    assert len(now(home).all(Claim)) > 50


def reached(home: Path) -> View:
    """What an unfinished run has come to, as the commands see it."""
    with opened_run(RUN) as opened:
        return opened.view


def test_what_agents_say_of_old_words_is_said_of_the_new_ones_too(home: Path) -> None:
    """A run that goes on after a claim was reworded twice, and another once, links and judges the new words; nothing of it is lost."""
    home.mkdir()
    with closing(KnowledgeStore.at(home / "knowledge.db")) as store:
        dam = Dam(store)
        stopped, whole = dam.revisions[2], store.view(dam.revisions[-1])
        damp, moist, calm = Claim(text="The wall is damp."), Claim(text="The wall is moist."), Claim(text="The gauge is calm.")
        edited = stopped
        for old, new in ((dam.wet, damp), (dam.dry, calm), (damp, moist)):
            records = [new, Retraction(record=old.id, reason="not the word")]
            edited = store.commit(Changeset((edited,), tuple(records), Author.PERSON, RUN, f"Eva: {new.text}"))
        joined = keep_edits(store, edited, dam.revisions[-1], RUN)
        view = store.view(joined)
        assert {claim.text for claim in view.all(Claim)} == {moist.text, calm.text}
        assert {link.premises for link in view.all(Link)} == {(moist.id,), (calm.id,)}
        for kind in (Link, Judgment, Finding, Assertion):
            assert len(view.all(kind)) == len(whole.all(kind)), kind
        assert keep_edits(store, edited, joined, RUN) == joined


def test_edits_outlive_a_run_that_goes_on(dam: Dam, home: Path) -> None:
    """What a person edited while a run was stopped is joined with what the run makes later, and the person's number stands."""
    with closing(KnowledgeStore.at(home / "knowledge.db")) as store:
        stopped = dam.revisions[-2]
        mine = dam.judgment.model_validate({**dam.judgment.model_dump(), "value": 0.1, "judge": "Eva"})
        edited = store.commit(Changeset((stopped,), (mine,), Author.PERSON, RUN, "Eva: no"))
        joined = keep_edits(store, edited, dam.revisions[-1], RUN)
        assert [judgment.value for judgment in store.view(joined).all(Judgment)] == [0.1]
        assert keep_edits(store, stopped, dam.revisions[-1], RUN) == dam.revisions[-1]
        assert keep_edits(store, edited, joined, RUN) == joined
