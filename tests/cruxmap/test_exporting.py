"""Exporting, importing and verifying from the command line."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from cruxmap.bases import add_run
from cruxmap.exporting import FORMATS, PACKAGE, bundle_of
from cruxmap.registry import Registry
from knowledge.packages.contents import packed
from knowledge.records import Claim, Tag
from knowledge.store import KnowledgeStore
from tests.conftest import ROOT
from tests.cruxmap.conftest import RUN, Dam, Program


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Dam:
    """A finished run in the home."""
    home.mkdir()
    with closing(KnowledgeStore.at(tmp_path / "k.db")) as store:
        dam = Dam(store)
        add_run(packed(store, dam.revisions[-1]), home, run=RUN, by="a test")
    return dam


def keys(folder: Path) -> tuple[Path, Path]:
    """A pair of keys in PEM files, as openssl writes them."""
    key = Ed25519PrivateKey.generate()
    private, public = folder / "key.pem", folder / "key.pub.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def test_the_names_of_the_formats_are_the_contracts() -> None:
    """The formats are those of design.md section 7, no more and no fewer."""
    named = "package, xaif, argdown, prov, nanopub, claimreview, graphml, vault, csl, bibtex, csv"
    assert {PACKAGE, *FORMATS} == set(named.split(", "))
    assert {name for name, one in FORMATS.items() if one.read} == {"xaif", "argdown"}


@pytest.mark.parametrize("name", [PACKAGE, *(name for name in FORMATS if name != "claimreview")])
def test_each_format_is_written(program: Program, run: Dam, tmp_path: Path, name: str) -> None:
    """Each export says what it wrote, and writes it."""
    code, out, err = program("export", RUN, "--format", name, "-o", tmp_path / "out")
    assert (code, err) == (0, "")
    assert f"({name})" in out
    assert (tmp_path / "out").exists()


def test_a_signed_package_is_verified_and_travels(program: Program, run: Dam, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Signed, verified against the right key and refused against another, imported elsewhere, it shows the same answers there."""
    private, public = keys(tmp_path)
    file = tmp_path / "dam.jsonl"
    assert program("export", RUN, "--format", "package", "-o", file, "--sign", private)[0] == 0
    assert "signed by the ed25519 key" in program("verify", file, "--signer", public)[1]
    (tmp_path / "other").mkdir()
    code, _, err = program("verify", file, "--signer", keys(tmp_path / "other")[1])
    assert (code, "it is signed by" in err) == (1, True)
    here = json.loads(program("show", RUN, "--json")[1])
    monkeypatch.setenv("CRUXMAP_HOME", str(tmp_path / "elsewhere"))
    assert program("import", file, "--format", "package", "--run-id", "theirs")[0] == 0
    there = json.loads(program("show", "theirs", "--json")[1])
    assert (there["digest"], there["answers"]) == (here["digest"], here["answers"])
    assert "imported from dam.jsonl" in there["reasoner"]
    assert program("import", file, "--format", "package", "--run-id", "theirs")[0] == 0
    code, _, err = program("resume", "theirs")
    assert (code, "no case to go on with" in " ".join(err.split())) == (2, True)


def test_a_broken_file_leaves_the_home_as_it_was(program: Program, run: Dam, home: Path, tmp_path: Path) -> None:
    """A flipped byte is refused with file, line and reason; no run and no record of it is there."""
    file = tmp_path / "dam.jsonl"
    program("export", RUN, "--format", "package", "-o", file)
    file.write_bytes(file.read_bytes().replace(b"The wall is wet.", b"The wall is dry.", 1))
    code, _, err = program("import", file, "--format", "package", "--run-id", "bad")
    assert code == 1
    assert "dam.jsonl, line " in " ".join(err.split())
    assert [record.run for record in Registry(home).all()] == [RUN]
    (tmp_path / "x.argdown").write_text("[A] a")
    assert program("import", tmp_path / "x.argdown", "--format", "argdown")[0] == 1
    assert [record.run for record in Registry(home).all()] == [RUN]


def test_mistakes_are_named(program: Program, run: Dam, tmp_path: Path) -> None:
    """Unknown formats, one-way formats, a signature for another format, a wrong key and a missing file are told."""
    out = tmp_path / "out"
    assert "there are package, xaif" in program("export", RUN, "--format", "docx", "-o", out)[2]
    assert "can't be imported" in program("import", out, "--format", "csv")[2]
    private, _ = keys(tmp_path)
    assert "only a package" in program("export", RUN, "--format", "csv", "-o", out, "--sign", private)[2]
    wrong = tmp_path / "x25519.pem"
    wrong.write_bytes(X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for key in (wrong, out):
        assert "openssl genpkey" in " ".join(program("export", RUN, "--format", "package", "-o", out, "--sign", key)[2].split())
    assert program("import", out, "--format", "package")[0] == 1
    assert program("export", "nobody", "--format", "csv", "-o", out)[0] == 2
    assert not out.exists()


def test_only_settled_undisputed_facts_get_a_verdict(run: Dam, tmp_path: Path) -> None:
    """A claim about which the numbers are unsure, or that isn't tagged as factual, gets no ClaimReview."""
    with closing(KnowledgeStore.at(tmp_path / "k.db")) as store:
        bundle = bundle_of(packed(store, run.revisions[-1]))
    assert bundle.verdicts == {}
    assert set(bundle.credences) >= {run.wet.id, run.yes.id}


def test_an_imported_argdown_is_a_run_like_any_other(program: Program, home: Path, tmp_path: Path) -> None:
    """It can be looked into, exported again and merged."""
    (tmp_path / "a.argdown").write_text("[Eggs]: Eggs are harmless.\n  + <Cohorts>: Cohorts see nothing.\n")
    (tmp_path / "b.argdown").write_text("[Eggs]: Eggs are harmless.\n  - <Lipids>: Eggs raise cholesterol.\n")
    for name in "ab":
        code, out, _ = program("import", tmp_path / f"{name}.argdown", "--format", "argdown", "--run-id", name)
        assert (code, "2 claims" in out, "1 link" in out) == (0, True, True)
    assert program("merge", "a", "b", "-o", tmp_path / "ab.jsonl")[0] == 0
    assert program("import", tmp_path / "ab.jsonl", "--format", "package", "--run-id", "ab")[0] == 0
    with closing(KnowledgeStore.at(home / "knowledge.db")) as store:
        view = store.view(Registry(home).load("ab").revision)
    assert {claim.text for claim in view.all(Claim)} == {"Eggs are harmless.", "Cohorts see nothing.", "Eggs raise cholesterol."}
    assert len(list(view.assertions_of(next(claim.id for claim in view.all(Claim) if "harmless" in claim.text)))) == 2
    assert not view.all(Tag)


def test_what_is_lost_is_documented() -> None:
    """docs/formats.md names every format, and for those that come back the kinds of record that don't."""
    text = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    for name in (PACKAGE, *FORMATS):
        assert f"| {name} |" in text
