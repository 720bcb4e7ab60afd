"""Formats that only go out: somebody else's parser or validator reads what we write, and finds in it what we know."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import bibtexparser
import networkx as nx
import pandas as pd
import pytest
import yaml
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prov.model import ProvDocument

from knowledge.errors import Unsuitable
from knowledge.formats.bibtex import write_bibtex
from knowledge.formats.bundles import Bundle
from knowledge.formats.claimreview import write_claimreview
from knowledge.formats.csl import write_csl
from knowledge.formats.csv import write_csv
from knowledge.formats.graphml import write_graphml
from knowledge.formats.nanopub import write_nanopub
from knowledge.formats.prov import document_of, write_prov
from knowledge.formats.vault import write_vault
from knowledge.records import Assertion, Claim, Link, Record, Source
from tests.knowledge.formats.conftest import AWKWARD, awkward_bundle


def test_graphml_opens_in_networkx(bundle: Bundle, out: Path) -> None:
    """Every live record is a node with its kind and words, every name an edge, and a link also an arrow from premise to target."""
    write_graphml(bundle, out)
    graph = nx.read_graphml(out, force_multigraph=True)
    assert set(graph) == set(bundle.view.records)
    claim = bundle.view.all(Claim)[0]
    assert graph.nodes[claim.id]["claim_text"] == claim.text.replace("\uffff", "\ufffd")
    relations = {data["relation"] for _, _, data in graph.edges(data=True)}
    assert {"supports", "attacks", "undercuts", "passage", "target"} <= relations
    for link in bundle.view.all(Link):
        for premise in link.premises:
            assert any(data.get("step") == link.id for data in graph.get_edge_data(premise, link.target).values())


def test_prov_reads_its_own_document(bundle: Bundle, out: Path) -> None:
    """The prov package reads back what was written as the same document, and writes it as RDF-free PROV-N too."""
    write_prov(bundle, out)
    found = ProvDocument.deserialize(out)
    assert found == document_of(bundle)
    assert "wasQuotedFrom" in found.get_provn() or "prov:Quotation" in found.get_provn()
    assert len(list(found.get_records())) > len(bundle.view.records)


@pytest.mark.filterwarnings("ignore")
def test_each_nanopublication_is_valid(bundle: Bundle, out: Path) -> None:
    """The nanopub package finds each file valid: four graphs, provenance about the assertion, info about the publication."""
    nanopub = pytest.importorskip("nanopub")

    write_nanopub(bundle, out)
    files = list(out.iterdir())
    assert len(files) == 4
    for file in files:
        assert nanopub.Nanopub(rdf=file).is_valid


def test_bibtex_parses(bundle: Bundle, out: Path) -> None:
    """Bibtexparser reads every entry and finds the awkward title, institution and address whole."""
    write_bibtex(bundle, out)
    library = bibtexparser.parse_file(str(out))
    assert not library.failed_blocks
    entries = {entry.key: entry for entry in library.entries}
    (source,) = bundle.view.all(Source)
    assert entries[source.id]["doi"] == "10.1000/182"
    assert entries[source.id]["author"].startswith("Ada Byron and {The ")
    work = next(entry for key, entry in entries.items() if key != source.id)
    assert (work["title"], work["year"], work.entry_type) == ("{Notes}", "1843", "book")


@pytest.mark.filterwarnings("ignore")
def test_csl_makes_a_bibliography(bundle: Bundle, out: Path) -> None:
    """Citeproc sets every item in a shipped style, with author, year and title."""
    write_csl(bundle, out)
    items = json.loads(out.read_text())
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    lines = [str(line) for line in bibliography.bibliography()]
    assert len(lines) == 2
    assert any("Ada Byron" in line and "1843" in line and "Notes" in line for line in lines)


def test_csv_opens_in_pandas_and_runs_nothing(bundle: Bundle, out: Path) -> None:
    """A table a kind, a row a record; no cell begins like a formula."""
    write_csv(bundle, out)
    table = pd.read_csv(out / "claim.csv")
    assert set(table["id"]) == {claim.id for claim in bundle.view.all(Claim)}
    assert table["credence"].max() == pytest.approx(0.99)
    for file in out.iterdir():
        for row in csv.reader(StringIO(file.read_text(encoding="utf-8"))):
            assert not any(cell.startswith(("=", "+", "@")) for cell in row)
    assert json.loads(pd.read_csv(out / "assertion.csv")["reporters"][0])[0] == "A"


def links_in(vault: Path) -> dict[str, set[str]]:
    """Map each note to the notes that it links to, as Obsidian reads wikilinks."""
    return {file.stem: set(re.findall(r"(?<!\\)\[\[([^\]|#^]+)", file.read_text(encoding="utf-8"))) for file in vault.rglob("*.md")}


def test_a_vault_has_no_dead_link_and_links_both_ways(bundle: Bundle, out: Path) -> None:
    """One note a record; each link leads to a note, and from there back; front matter is YAML; every note is reached from Home."""
    write_vault(bundle, out)
    links = links_in(out)
    assert len(links) == len(bundle.view.records) + 1
    for note, targets in links.items():
        assert targets <= set(links), f"{note} links nowhere"
        for target in targets - {"Home"}:
            assert note == "Home" or note in links[target], f"{target} doesn't link back to {note}"
    reached, waiting = set(), ["Home"]
    while waiting:
        note = waiting.pop()
        if note not in reached:
            reached.add(note)
            waiting += links[note]
    assert reached == set(links)
    for file in out.rglob("*/*.md"):
        matter = yaml.safe_load(file.read_text(encoding="utf-8").split("---\n")[1])
        assert matter["id"] in file.name


def test_a_folder_that_is_not_empty_is_left_alone(bundle: Bundle, out: Path) -> None:
    """Somebody's own notes are never overwritten."""
    out.mkdir()
    (out / "mine.md").write_text("mine")
    for write in (write_vault, write_csv, write_nanopub):
        with pytest.raises(Unsuitable, match="not empty"):
            write(bundle, out)
    assert [file.name for file in out.iterdir()] == ["mine.md"]


def test_claimreview_is_of_settled_claims_only(bundle: Bundle, out: Path) -> None:
    """A review has what schema.org and Google require, a verdict in words and no number; without settled claims there is no file."""
    write_claimreview(bundle, out)
    (review,) = json.loads(out.read_text())
    claim = bundle.view.get(next(iter(bundle.verdicts)), Claim)
    assert (review["@context"], review["@type"], review["claimReviewed"]) == ("https://schema.org", "ClaimReview", claim.text)
    assert {"url", "datePublished", "author"} <= set(review)
    assert review["reviewRating"]["alternateName"] == "Borne out by the sources"
    assert "ratingValue" not in review["reviewRating"]
    assert review["itemReviewed"]["firstAppearance"]["url"] == "https://doi.org/10.1000/182"
    with pytest.raises(Unsuitable, match="settled"):
        write_claimreview(Bundle(bundle.package, bundle.title), out.with_name("none"))
    assert not out.with_name("none").exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and text.isprintable()) | st.text(alphabet="[](){}<>#\\_*|^&;\n\t\x00\x07\u2028", min_size=1).map(lambda text: f"x{text}"))  # fmt: skip
def test_no_words_break_an_export(tmp_path: Path, words: str) -> None:
    """Whatever stands in titles, names and claims, every export is read by the other side's parser."""
    bundle = awkward_bundle(more=words)
    folder = Path(str(tmp_path / "f")) / str(abs(hash(words)))
    folder.mkdir(parents=True, exist_ok=True)
    write_graphml(bundle, folder / "g")
    assert len(nx.read_graphml(folder / "g")) == len(bundle.view.records)
    write_prov(bundle, folder / "p")
    assert ProvDocument.deserialize(folder / "p") == document_of(bundle)
    write_bibtex(bundle, folder / "b")
    assert not bibtexparser.parse_file(str(folder / "b")).failed_blocks
    if not (folder / "v").exists():
        write_vault(bundle, folder / "v")
    links = links_in(folder / "v")
    assert all(targets <= set(links) for targets in links.values())


def test_who_said_it_and_where_is_in_the_words_of_a_nanopublication(bundle: Bundle, out: Path) -> None:
    """The quotation and the speaker stand in the provenance."""
    write_nanopub(bundle, out)
    assertion = bundle.view.all(Assertion)[0]
    claim = bundle.view.representative(assertion.claim)[0]
    text = (out / f"{claim}.trig").read_text(encoding="utf-8")
    assert "wasQuotedFrom" in text
    assert "https://doi.org/10.1000/182" in text
    assert AWKWARD[:4] in text


def test_who_denies_a_claim_is_not_reviewed_as_its_author(bundle: Bundle, out: Path) -> None:
    """A denial beside the assertion adds no author and no appearance; with nothing but denials there is no review."""
    claim = bundle.view.get(next(iter(bundle.verdicts)), Claim)
    (made, *_) = [one for one, _ in bundle.view.assertions_of(claim.id)]
    denial = Assertion(**{**made.model_dump(), "speaker": "A denier", "stance": "denies"})

    def with_records(*records: Record, without: frozenset[str] = frozenset()) -> Bundle:
        kept = {key: one for key, one in bundle.view.records.items() if key not in without} | {one.id: one for one in records}
        return replace(bundle, package=replace(bundle.package, records=kept))

    write_claimreview(with_records(denial), out)
    (review,) = json.loads(out.read_text())
    assert "A denier" not in json.dumps(review)
    assert f"{len(list(bundle.view.assertions_of(claim.id))) + 1} statements" in review["reviewRating"]["ratingExplanation"]
    others = frozenset(one.id for one, _ in bundle.view.assertions_of(claim.id))
    with pytest.raises(Unsuitable, match="somebody makes"):
        write_claimreview(with_records(denial, without=others), out.with_name("none"))


@pytest.fixture(scope="module")
def schema_org(tmp_path_factory: pytest.TempPathFactory) -> Callable[[object], str]:
    """Google's schema.org types under TypeScript's compiler: what it finds wrong in a ClaimReview ("" for nothing); skipped without them."""
    try:
        root = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, timeout=60, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        pytest.skip("node is not here")
    compiler, types = Path(root, "typescript/bin/tsc"), Path(root, "schema-dts")
    if not compiler.exists() or not types.exists():
        pytest.skip("schema.org's types are not here: npm install --global --ignore-scripts schema-dts typescript@5")
    folder = tmp_path_factory.mktemp("schema")
    folder.joinpath("node_modules").symlink_to(root)

    def wrong(review: object) -> str:
        typed = 'import type {ClaimReview, WithContext} from "schema-dts";\nexport const review: WithContext<ClaimReview> = '
        folder.joinpath("review.ts").write_text(f"{typed}{json.dumps(review)};\n")
        command = [str(compiler), "--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler", "review.ts"]
        return subprocess.run(["node", *command], cwd=folder, capture_output=True, text=True, timeout=300, check=False).stdout

    return wrong


def test_schema_org_has_all_that_a_claimreview_says(bundle: Bundle, out: Path, schema_org: Callable[[object], str]) -> None:
    """Every property is one that schema.org has for that type, with a value that it may have; and the check notices where it isn't so."""
    write_claimreview(bundle, out)
    (review,) = json.loads(out.read_text())
    assert schema_org(review) == ""
    assert "verdict" in schema_org({**review, "verdict": "true"})
    assert "'number'" in schema_org({**review, "claimReviewed": 7})
    assert schema_org({**review, "itemReviewed": {**review["itemReviewed"], "@type": "Clame"}})
