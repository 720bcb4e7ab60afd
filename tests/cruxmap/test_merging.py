"""Merging two investigations: what neither could see alone."""

from __future__ import annotations

import shutil
from itertools import permutations
from pathlib import Path

import pytest

from credence.engine import coherent_judgments, main_question, material_of, model_question
from credence.judgments import Key
from credence.words import told_apart
from cruxmap.bases import add_run, load_base
from cruxmap.double_counting import double_counting
from cruxmap.merging import Merged, main_assessment, merge, merge_lines
from knowledge.changesets import Author, Changeset
from knowledge.packages.contents import Package, packed
from knowledge.records import Assertion, Claim, Equivalence, Finding, Passage, Record, Reliance, Source, Upstream
from knowledge.store import KnowledgeStore
from knowledge.vocabulary import FindingKind, Quantity, RelianceKind, UpstreamKind
from sources.embedding import Embedder
from tests.conftest import ROOT
from tests.cruxmap.conftest import Program


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    """One model for all."""
    return Embedder()


def told(store: KnowledgeStore, text: str, claim: str, cohort: str, *, title: str, url: str = "unknown") -> Package:
    """An investigation of one document, whose one claim leans on one cohort."""
    source = Source(title=title, text=store.put_text(text), url=url)
    passage = Passage(source=source.id, start=0, end=len(text), text=text)
    proposition = Claim(text=claim)
    assertion = Assertion(claim=proposition.id, passage=passage.id, speaker=title)
    upstream = Upstream(name=cohort, kind=UpstreamKind.COHORT)
    reliance = Reliance(record=assertion.id, upstream=upstream.id, how=RelianceKind.USES)
    records: tuple[Record, ...] = (source, passage, proposition, assertion, upstream, reliance)
    return packed(store, store.commit(Changeset((), records, Author.INGESTION, title, "read")))


@pytest.fixture
def three(tmp_path: Path) -> tuple[Package, ...]:
    """Three investigators; two say the same in other words from one cohort under two names."""
    store = KnowledgeStore.at(tmp_path / "k.db")
    return (
        told(store, "We found that eating an egg daily raised heart disease risk.", "Eating an egg daily raises heart disease risk.", "Nurses' Health Study", title="Ames"),
        told(store, "Eating an egg daily was seen to increase heart disease risk.", "Eating an egg daily increases heart disease risk.", "The Nurses Health Study (NHS)", title="Bose"),
        told(store, "Black holes evaporate.", "Black holes evaporate.", "Fermi telescope", title="Cole"),
    )  # fmt: skip


def test_the_same_claim_and_the_same_cohort_are_found_across(three: tuple[Package, ...], embedder: Embedder) -> None:
    """Two wordings of one claim become one, and two spellings of one cohort join their evidence, with a finding that says so."""
    merged = merge(three[:2], embedder=lambda: embedder)
    view = merged.package.view
    assert len(view.all(Equivalence)) == 1
    claim = next(iter(view.members.values()))
    assert len(claim) == 2
    assert [len(one.sources) for one in merged.found.shared] == [2]
    assert {finding.kind for finding in view.all(Finding)} == {FindingKind.CORRELATED_EVIDENCE}
    leaning = [{upstream.id for upstream, _ in view.upstreams_of(one.id)} for one in view.all(Assertion)]
    assert set.intersection(*leaning)


def test_of_too_many_claims_those_of_rare_words_in_common_are_compared(three: tuple[Package, ...], embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Beyond the limit the same claim is still found by its words, and how many were left out is told."""
    monkeypatch.setattr("cruxmap.across.MOST_EMBEDDED", 2)
    merged = merge(three, embedder=lambda: embedder)
    assert len(merged.found.same) == 1
    assert merged.found.unseen == 1
    assert any("to be compared by meaning" in line for line in merge_lines(merged))


def test_order_grouping_and_repetition_change_nothing(three: tuple[Package, ...], embedder: Embedder) -> None:
    """The whole merge, embedding model and all, is commutative, associative and idempotent."""

    def join(*packages: Package) -> Package:
        return merge(packages, embedder=lambda: embedder).package

    whole = join(*three)
    for a, b, c in permutations(three):
        assert join(join(a, b), c) == whole
        assert join(a, join(b, c)) == whole
    assert join(whole, whole, three[0]) == whole


def test_another_edition_of_a_source_is_one_work(tmp_path: Path, embedder: Embedder) -> None:
    """Two texts at one address report one work, so that their testimonies count as one datum."""
    store = KnowledgeStore.at(tmp_path / "k.db")
    url = "doi.org/10.1/eggs"
    preprint = told(store, "Eggs raise the risk, we find.", "Eggs raise the risk.", "Cohort A", title="Preprint", url=f"https://{url}")
    article = told(store, "Eggs raise the risk, we found.", "Eggs raise the risk.", "Cohort B", title="Article", url=f"http://www.{url}/")
    merged = merge((preprint, article), embedder=lambda: embedder)
    assert [one.sign for one in merged.found.editions] == ["the same address"]
    view = merged.package.view
    works = [{upstream.id for upstream, _ in view.upstreams_of(source.id)} for source in view.all(Source)]
    assert len(works) == 2
    assert works[0] == works[1] != set()


def halves(home: Path, tmp_path: Path, program: Program) -> None:
    """Run the egg case twice, each over every other brief."""
    for run in (0, 1):
        folder = tmp_path / f"eggs-{run}"
        (folder / "briefs").mkdir(parents=True)
        shutil.copy(ROOT / "cases/eggs/case.yaml", folder)
        for brief in sorted((ROOT / "cases/eggs/briefs").glob("*.md"))[run::2]:
            shutil.copy(brief, folder / "briefs")
        assert program("run", folder, "--run-id", f"eggs-{run}")[0] == 0


def held_to_count_once(merged: Merged) -> None:
    """What is shared makes the leading answer less sure, between what it would be with all of it apart and with none of it; and is told."""
    view = merged.package.view
    now = main_assessment(view)
    assert now is not None
    leading = max(now.answers, key=lambda one: one.probability)
    judgments, _ = coherent_judgments(view, None)
    gone = {Key(crux.subject, Quantity.WARRANT, None): 0.0 for crux in now.upstreams}
    without = model_question(material_of(view, main_question(view)), judgments.otherwise(gone)).published
    at = now.answers.index(leading)
    assert float(without[at]) < leading.probability < leading.independent - 0.001
    counted = double_counting(view, [one.upstream for one in merged.found.shared])
    assert len(counted) == len(merged.found.shared)
    told = [one for one in counted if one.effect > 0.0005]
    assert {view.get(one.upstream, Upstream).name for one in told} >= {"Physicians' Health Study", "Framingham Heart Study"}
    lines = "\n".join(merge_lines(merged))
    assert all(f"{view.get(one.upstream, Upstream).name}, behind " in lines and one.told in lines for one in told)
    apart, joint = told_apart(leading.independent, leading.probability)
    assert apart != joint
    assert f"-> {joint} (if all that is shared counted apart: {apart})" in lines


def test_two_halves_of_the_egg_case_show_the_cohorts_that_they_share(
    program: Program, home: Path, tmp_path: Path, embedder: Embedder
) -> None:
    """Joined, the halves lean on the same cohorts, which neither could see, and evidence from these then counts once."""
    halves(home, tmp_path, program)
    one, two = (load_base(f"eggs-{run}", home) for run in (0, 1))
    merged: Merged = merge((one, two), embedder=lambda: embedder)
    names = {merged.package.view.get(shared.upstream, Upstream).name for shared in merged.found.shared}
    assert {"Nurses' Health Study", "Physicians' Health Study", "Lifetime Risk Pooling Project"} <= names
    about = {finding.about for finding in merged.package.view.all(Finding) if finding.kind is FindingKind.CORRELATED_EVIDENCE}
    for shared in merged.found.shared:
        assert shared.upstream in about
        assert merged.union.apart(shared.sources)
    assert merged.found.alike
    held_to_count_once(merged)
    code, out, _ = program("merge", "eggs-0", "eggs-1", "-o", tmp_path / "joint.jsonl")
    assert (code, "Nurses' Health Study" in out) == (0, True)
    assert load_base(str(tmp_path / "joint.jsonl"), home) == merged.package
    code, out, _ = program("merge", tmp_path / "joint.jsonl", "eggs-1", "-o", tmp_path / "other-home")
    assert code == 0
    assert merged.package.tip in out
    assert add_run(merged.package, tmp_path / "other-home", run=None, by="again") in out


def test_what_is_no_knowledge_base_is_named(program: Program, tmp_path: Path) -> None:
    """A missing run is a mistake in the command, a broken file a failure with its line; nothing is written."""
    assert program("merge", "nobody", "nothing", "-o", tmp_path / "x.jsonl")[0] == 2
    (tmp_path / "broken.jsonl").write_text("{}\n")
    code, _, err = program("merge", tmp_path / "broken.jsonl", tmp_path / "broken.jsonl", "-o", tmp_path / "x.jsonl")
    assert (code, "line 1" in err) == (1, True)
    assert not (tmp_path / "x.jsonl").exists()
