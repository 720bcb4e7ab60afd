"""Formats that go both ways: what comes back, what is lost, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xaif import AIF

from knowledge.errors import BrokenFile, Refused
from knowledge.formats.argdown import write_argdown
from knowledge.formats.argdown_reading import read_argdown
from knowledge.formats.bundles import Bundle
from knowledge.formats.imports import Imported
from knowledge.formats.xaif import write_xaif
from knowledge.formats.xaif_reading import read_xaif
from knowledge.records import KINDS, Assertion, Claim, Equivalence, Link, Passage, Tag
from knowledge.views import View
from knowledge.vocabulary import Relation, Stance
from tests.knowledge.formats.conftest import awkward_bundle

KEPT_BY_XAIF = {"source", "passage", "claim", "assertion", "link", "warrant", "question", "answer", "equivalence", "variant"}
KEPT_BY_ARGDOWN = {"claim", "link", "warrant", "question", "answer", "equivalence", "variant"}
AT = "2026-01-02T03:04:05+00:00"


def came_back(bundle: Bundle, found: Imported) -> set[str]:
    """Return the kinds of which every record came back under its id; anything else must be lost altogether."""
    before = bundle.view.counts()
    ids = {record.id for record in found.records}
    assert ids <= set(bundle.view.records), "something came back that was never there"
    kept = {kind for kind in before if all(record.id in ids for record in bundle.view.all(KINDS[kind]))}
    partly = {record.kind_name for record in found.records} - kept
    assert not partly, f"only some came back of {partly}"
    return kept


def test_xaif_keeps_the_argument_and_who_said_it(bundle: Bundle, out: Path) -> None:
    """Claims, links, answers, stances, quotations and sources come back under their ids; the rest is lost, as docs/formats.md says."""
    write_xaif(bundle, out)
    found = read_xaif(out)
    assert came_back(bundle, found) == KEPT_BY_XAIF
    assert found.left_out == ()
    assert found.packed(run="r", reason="r", at=AT).view.counts()["assertion"] == 5


def test_argdown_keeps_the_argument(bundle: Bundle, out: Path) -> None:
    """Claims, links, answers and sameness come back under their ids; who said what needs the sources, which don't travel in it."""
    write_argdown(bundle, out)
    found = read_argdown(out)
    assert came_back(bundle, found) == KEPT_BY_ARGDOWN
    assert found.packed(run="r", reason="r", at=AT).view.counts()["link"] == 3


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=25).filter(lambda text: bool(text.strip())), min_size=5, max_size=5, unique_by=str.strip), st.text(max_size=12))  # fmt: skip
def test_no_words_are_lost_on_the_way(tmp_path: Path, words: list[str], more: str) -> None:
    """Whatever claims, speakers and titles say, both formats bring it back to the letter."""
    bundle = awkward_bundle(tuple(words), f"x{more}")
    write_xaif(bundle, tmp_path / "x")
    assert came_back(bundle, read_xaif(tmp_path / "x")) == KEPT_BY_XAIF
    write_argdown(bundle, tmp_path / "a")
    assert came_back(bundle, read_argdown(tmp_path / "a")) == KEPT_BY_ARGDOWN


def test_xaif_is_what_the_xaif_package_reads(bundle: Bundle, out: Path) -> None:
    """The open argument-mining services' own package takes the file for a dialogue and names each speaker; AIF's rules hold."""
    write_xaif(bundle, out)
    document = json.loads(out.read_text())
    theirs = AIF(document)
    assert theirs.is_valid_json_aif()
    assert theirs.is_json_aif_dialog()
    assertion = bundle.view.all(Assertion)[0]
    assert theirs.get_speaker(assertion.id)[0].strip() == assertion.speaker
    kinds = {node["nodeID"]: node["type"] for node in document["AIF"]["nodes"]}
    for edge in document["AIF"]["edges"]:
        assert (kinds[edge["fromID"]], kinds[edge["toID"]]) != ("I", "I")
    for key, kind in kinds.items():
        if kind in {"RA", "CA", "MA"}:
            assert sum(edge["fromID"] == key for edge in document["AIF"]["edges"]) == 1
            assert any(edge["toID"] == key for edge in document["AIF"]["edges"])


CHECK = """
const {argdown} = require('@argdown/node');
const input = require('fs').readFileSync(process.argv[1], 'utf8');
const found = argdown.run({input, process: ['parse-input', 'build-model'], throwExceptions: false, logLevel: 'error'});
const named = item => item && item.title;
console.log(JSON.stringify({
  errors: [...(found.lexerErrors || []), ...(found.parserErrors || [])].map(error => error.message),
  statements: Object.values(found.statements).map(one => [one.title, one.data]),
  arguments: Object.keys(found.arguments),
  relations: found.relations.map(one => [one.relationType, named(one.from), named(one.to)]),
}));
"""


@pytest.fixture(scope="module")
def argdown_parser() -> Callable[[Path], dict[str, list]]:  # type: ignore[type-arg]
    """Argdown's own parser; skipped where node or the package isn't installed."""
    try:
        root = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, timeout=60, check=True).stdout.strip()
        subprocess.run(["node", "-e", "require('@argdown/node')"], env={"NODE_PATH": root, "PATH": _path()}, capture_output=True, timeout=60, check=True)  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        pytest.skip("node with @argdown/node is not here: npm install --global --ignore-scripts @argdown/node")

    def parse(path: Path) -> dict[str, list]:  # type: ignore[type-arg]
        done = subprocess.run(["node", "-e", CHECK, str(path)], env={"NODE_PATH": root, "PATH": _path()}, capture_output=True, text=True, timeout=120, check=True)  # fmt: skip
        return json.loads(done.stdout)

    return parse


def _path() -> str:
    return os.environ["PATH"]


def test_argdowns_own_parser_reads_what_we_write(bundle: Bundle, out: Path, argdown_parser) -> None:
    """No error, every statement with its data, every argument, and every relation the right way round."""
    write_argdown(bundle, out)
    found = argdown_parser(out)
    assert found["errors"] == []
    data = dict(found["statements"])
    for claim in bundle.view.all(Claim):
        assert data[claim.id]["text"] == claim.text
    assert set(found["arguments"]) == {link.id for link in bundle.view.all(Link)}
    kinds = {Relation.SUPPORTS: "support", Relation.ATTACKS: "attack", Relation.UNDERCUTS: "undercut"}
    relations = {tuple(one) for one in found["relations"]}
    for link in bundle.view.all(Link):
        assert (kinds[link.relation], link.id, link.target) in relations
        assert {("support", premise, link.id) for premise in link.premises} <= relations
    assert any(kind == "contradictory" for kind, _, _ in relations)


FOREIGN = """===
title: Eggs
===
# Introduction
// nobody reads this
[Harm]: Eggs are *bad* for the heart. #health
    + <Cholesterol>: Eggs contain cholesterol.
        - [No link]: Dietary cholesterol does not raise
          blood cholesterol. {source: "AHA"}
        _ <Old>: The data are old.
    - <Cohorts>
    >< [Help]: Eggs are good for the heart.

<Cohorts>: Large cohorts see nothing.

<Steps>

(1) Eggs contain fat.
(2) Fat clogs arteries.
-- rule {uses: [1, 2]} --
(3) [Harm]
"""


def test_anybodys_argdown_becomes_claims_that_stand_in_it(tmp_path: Path) -> None:
    """Each statement is quoted from the document; supports, attacks, undercuts, contradictions, steps and tags are kept."""
    path = tmp_path / "foreign.argdown"
    path.write_text(FOREIGN)
    found = read_argdown(path)
    view = found.packed(run="r", reason="r", at=AT).view
    texts = {claim.id: claim.text for claim in view.all(Claim)}
    assert "Dietary cholesterol does not raise blood cholesterol." in texts.values()
    steps = {
        (tuple(sorted(texts[premise] for premise in link.premises)), link.relation, texts.get(link.target, "a step"))
        for link in view.all(Link)
    }
    harm = "Eggs are bad for the heart."
    assert steps == {
        (("Eggs contain cholesterol.",), Relation.SUPPORTS, harm),
        (("Dietary cholesterol does not raise blood cholesterol.",), Relation.ATTACKS, "Eggs contain cholesterol."),
        (("The data are old.",), Relation.UNDERCUTS, "a step"),
        (("Large cohorts see nothing.",), Relation.ATTACKS, harm),
        (("Eggs contain fat.", "Fat clogs arteries."), Relation.SUPPORTS, harm),
    }
    assert [one.negated for one in view.all(Equivalence)] == [True]
    assert [tag.value for tag in view.all(Tag)] == ["health"]
    assert {assertion.stance for assertion in view.all(Assertion)} == {Stance.REPORTS}
    assert len(view.all(Passage)) == len(texts)


def test_an_edited_text_counts_over_the_exact_one(bundle: Bundle, out: Path) -> None:
    """Somebody who edits the words in their Argdown gets the words that they see."""
    write_argdown(bundle, out)
    out.write_text(out.read_text().replace("Cohorts follow many people", "Cohorts follow few people", 1))
    assert any(claim.text.startswith("Cohorts follow few") for claim in View.of(read_argdown(out).records).all(Claim))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("===\ntitle: x\n", 1, "no end"),
        ("===\n- a\n===\n", 2, "key: value"),
        ("===\n[: x\n===\n", 2, "no YAML"),
        ("[A]: a\n\n[B]", 3, "nowhere said"),
        ("  + [A]: a", 1, "below nothing"),
        ("[A] a", 1, "colon"),
        ("[A]: a {x: [}", 1, "YAML"),
        ("[A]: a\n\n[B]: b {x: 1} {y: [", 3, "follow"),
        ("[A]: a {x: 1} and more", 1, "follow"),
        ("(1) a\n-----\n", 2, "conclusion"),
        ("-----\n(1) a", 1, "numbered premises"),
        ("<A>: a\n  _ <B>: b", 2, "bears on nothing"),
        ('[A]: a {kind: answer, name: "n"}', 1, "answer"),
        ('[A]: a {kind: claim, like: [{claim: "x"}]}', 1, "variant"),
        ("", 0, "nothing to import"),
    ],
)
def test_broken_argdown_is_refused_with_line_and_reason(tmp_path: Path, text: str, line: int, reason: str) -> None:
    """What isn't understood is told where it stands."""
    (tmp_path / "x.argdown").write_text(text)
    with pytest.raises(BrokenFile, match=reason) as told:
        read_argdown(tmp_path / "x.argdown").packed(run="r", reason="r", at=AT)
    assert told.value.line == line


def aif(nodes: list[tuple[object, str, str]], edges: list[tuple[object, object]], **more: object) -> str:
    """A graph as other programs write it."""
    return json.dumps(
        {
            "AIF": {
                "nodes": [{"nodeID": key, "type": kind, "text": text} for key, kind, text in nodes],
                "edges": [{"edgeID": at, "fromID": one, "toID": two} for at, (one, two) in enumerate(edges)],
                "locutions": [{"nodeID": 6, "personID": 1}],
                "participants": [{"participantID": 1, "firstname": "Ada", "surname": "Byron"}],
            },
            **more,
        },
        indent=1,
    )


def test_anybodys_aif_becomes_claims_links_and_stances(tmp_path: Path) -> None:
    """Ids may be numbers; RA, CA, undercut, MA, and L -> YA -> I are read; what has no place here is counted."""
    nodes = [
        (1, "I", "Eggs harm."), (2, "I", "Eggs contain fat."), (3, "RA", "Default Inference"), (4, "I", "Fat is harmless."), (5, "CA", "Default Conflict"),
        (6, "L", "Ada: eggs are full of fat"), (7, "YA", "Asserting"), (8, "MA", "Default Rephrase"), (9, "I", "Eggs are fatty."), (10, "TA", "Default Transition"),
        (11, "YA", "Arguing"), (12, "RA", "Default Inference"),
    ]  # fmt: skip
    edges = [(2, 3), (3, 1), (4, 5), (5, 3), (6, 7), (7, 2), (9, 8), (8, 2), (6, 11), (11, 3), (12, 1)]
    path = tmp_path / "foreign.json"
    path.write_text(aif(nodes, edges, text="We met. Ada: eggs are full of fat. She left."))
    found = read_xaif(path)
    view = found.packed(run="r", reason="r", at=AT).view
    assert {link.relation for link in view.all(Link)} == {Relation.SUPPORTS, Relation.UNDERCUTS}
    (assertion,) = view.all(Assertion)
    assert (assertion.speaker, view.get(assertion.claim, Claim).text) == ("Ada Byron", "Eggs contain fat.")
    assert view.get(assertion.passage, Passage).start == 8
    assert len(view.all(Equivalence)) == 1
    assert found.left_out == ("1 illocutions 'Arguing'", "1 relations without a premise")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('{\n"AIF": [}', 2, "no JSON"),
        ("[]", 1, "object"),
        ("{}", 0, "no AIF"),
        ("[" * 100_000, 0, "JSON"),
        (aif([(1, "I", "a"), (1, "I", "b")], []), 0, "two nodes"),
        (aif([("n1", "I", "a"), ("n2", "I", "b")], [("n1", "n2")]), 5, "between"),
        (aif([("n1", "I", "a")], [("n1", "n2")]), 14, "no node"),
        (aif([("n1", "I", "  ")], []), 5, "claim|text"),
        ('{"AIF": {"nodes": [{"text": "x"}], "edges": []}}', 0, "nodeID"),
        (aif([("c", "I", "a")], [], cruxmap={"sources": {"s": {"title": "t", "start": 0, "end": 9}}}), 0, "text of s"),
    ],
)
def test_broken_xaif_is_refused_with_a_reason(tmp_path: Path, text: str, line: int, reason: str) -> None:
    """A graph that isn't one is refused, at the line of the node where it names one."""
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(BrokenFile, match=reason) as told:
        read_xaif(tmp_path / "x.json")
    if line:
        assert told.value.line == line


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_files_are_refused_or_whole(tmp_path: Path, data: st.DataObject) -> None:
    """A file with a piece cut out, doubled or overwritten is read to something that meets every rule, or refused; nothing else."""
    bundle = awkward_bundle(more="x {y} [z] // w")
    for write, read in ((write_xaif, read_xaif), (write_argdown, read_argdown)):
        path = tmp_path / "f"
        write(bundle, path)
        text = path.read_text(encoding="utf-8")
        start = data.draw(st.integers(0, len(text) - 1))
        end = min(len(text), start + data.draw(st.integers(0, 60)))
        piece = data.draw(
            st.sampled_from(["", text[start:end] * 2, "{", "}", '"', "\n", "[A", "<", "- ", "\x00", "{x: [}", "null", "1e999"])
        )
        path.write_text(text[:start] + piece + text[end:], encoding="utf-8")
        try:
            read(path).packed(run="r", reason="r", at=AT)
        except (BrokenFile, Refused):
            continue


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused with their line."""
    (tmp_path / "x").write_bytes(b"[A]: a\n\xff\xfe")
    for read in (read_argdown, read_xaif):
        with pytest.raises(BrokenFile, match="UTF-8") as told:
            read(tmp_path / "x")
        assert (told.value.line, str(tmp_path / "x") in str(told.value)) == (2, True)
