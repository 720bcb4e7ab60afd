"""Packages: one file that is the same for the same knowledge, and notices whatever was done to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.changesets import Committed
from knowledge.errors import BrokenFile
from knowledge.packages.contents import Package, packed
from knowledge.packages.reading import read_package
from knowledge.packages.writing import changeset_line, write_package
from knowledge.records import Claim, Finding, Passage
from knowledge.store import KnowledgeStore
from knowledge.vocabulary import FindingKind, Severity
from tests.knowledge.builders import LEAKS, TEXT, changeset, source


def test_a_package_holds_the_whole_history_and_comes_back_the_same(file: Path, package: Package, key: Ed25519PrivateKey) -> None:
    """What is read equals what was written, and says whose signature it bears."""
    found = read_package(file)
    assert found.package == package
    assert found.signer == key.public_key().public_bytes_raw().hex()


def test_the_same_knowledge_gives_the_same_bytes_from_any_store(file: Path, tmp_path: Path, key: Ed25519PrivateKey) -> None:
    """A package that went through another store is byte for byte what it was."""
    elsewhere = KnowledgeStore.at(tmp_path / "other.db")
    tip = read_package(file).package.save_to(elsewhere)
    write_package(packed(elsewhere, tip), tmp_path / "again.jsonl", key=key)
    assert (tmp_path / "again.jsonl").read_bytes() == file.read_bytes()
    assert elsewhere.view(tip).digest == read_package(file).package.view.digest
    elsewhere.close()


def test_a_package_that_is_here_already_changes_nothing(file: Path, store: KnowledgeStore, package: Package) -> None:
    """Importing is idempotent: the store's log, times included, is what it was."""
    before = store.log(package.tip)
    assert read_package(file).package.save_to(store) == package.tip
    assert store.log(package.tip) == before


def test_every_flipped_byte_is_noticed(file: Path, tmp_path: Path) -> None:
    """Of every byte of every line, one bit turned makes the package unreadable, with a reason."""
    whole = file.read_bytes()
    broken = tmp_path / "flipped.jsonl"
    for place in range(len(whole)):
        # Bit 5 turns letters' case, the change most easily overlooked; the others come in turn.
        for bit in {5, place % 8}:
            broken.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
            with pytest.raises(BrokenFile):
                read_package(broken)


def test_a_line_lost_doubled_or_moved_is_noticed(file: Path, tmp_path: Path) -> None:
    """Whole lines are as safe as bytes. Only a signature can be taken off, and then none is claimed."""
    lines = file.read_bytes().splitlines(keepends=True)
    broken = tmp_path / "lines.jsonl"
    for place in range(len(lines)):
        for changed in (
            lines[:place] + lines[place + 1 :],
            lines[: place + 1] + lines[place:],
            [*lines[:place], *lines[place + 1 :], lines[place]],
        ):
            if changed in (lines, lines[:-1]):
                continue
            broken.write_bytes(b"".join(changed))
            with pytest.raises(BrokenFile):
                read_package(broken)
    broken.write_bytes(b"".join(lines[:-1]))
    assert read_package(broken).signer == ""


def resealed(file: Path, change: Callable[[dict[str, Any]], None], *, line: int) -> bytes:
    """Change one line and make the manifest fit again, as a forger would who can count."""
    lines = file.read_bytes().splitlines(keepends=True)[:-1]
    content = json.loads(lines[line])
    change(content)
    lines[line] = rfc8785.dumps(content) + b"\n"
    manifest = json.loads(lines[0])
    manifest["body"] = hashlib.sha256(b"".join(lines[1:])).hexdigest()
    lines[0] = rfc8785.dumps(manifest) + b"\n"
    return b"".join(lines)


@pytest.mark.parametrize(
    ("starts", "change", "reason"),
    [
        (b'{"fields":{"claim"', lambda line: line["fields"].update(speaker="Eve"), "not what its content gives"),
        (b'{"fields":{"claim"', lambda line: line.update(id="assertion-" + "0" * 20), "not what its content gives"),
        (b'{"fields":{"claim"', lambda line: line.update(kind="rumour"), "no kind of record"),
        (b'{"fields":{"claim"', lambda line: line["fields"].update(stance="swears"), "stance"),
        (b'{"fields":{"claim"', lambda line: line.update(extra=1), "not in canonical form"),
        (b'{"changeset"', lambda line: line["changeset"].update(author="person"), "its parts give"),
        (b'{"changeset"', lambda line: line["changeset"].update(reason="because"), "its parts give"),
        (b'{"changeset"', lambda line: line["changeset"].update(at="yesterday"), "at"),
        (b'{"digest"', lambda line: line.update(text="Ada says nothing."), "not the one that its digest"),
    ],
)
def test_what_content_ids_guard_is_noticed_without_a_signature(
    file: Path, tmp_path: Path, starts: bytes, change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    """A forger who makes the manifest's digest fit again is still found out by ids, and told where."""
    number = next(at for at, line in enumerate(file.read_bytes().splitlines()) if line.startswith(starts))
    broken = tmp_path / "forged.jsonl"
    broken.write_bytes(resealed(file, change, line=number))
    with pytest.raises(BrokenFile, match=reason) as told:
        read_package(broken)
    assert told.value.line == number + 1


def test_times_are_guarded_by_the_signature(file: Path, tmp_path: Path, key: Ed25519PrivateKey) -> None:
    """When a changeset was committed is no part of its id; a signature covers it."""
    number = next(at for at, line in enumerate(file.read_bytes().splitlines()) if line.startswith(b'{"changeset"'))
    forged = resealed(file, lambda line: line["changeset"].update(at="2001-01-01T00:00:00+00:00"), line=number)
    signature = file.read_bytes().splitlines(keepends=True)[-1]
    (tmp_path / "forged.jsonl").write_bytes(forged + signature)
    with pytest.raises(BrokenFile, match="signature is not good"):
        read_package(tmp_path / "forged.jsonl")


def test_a_demanded_signer_must_have_signed(file: Path, tmp_path: Path, package: Package) -> None:
    """An unsigned package, or one signed by somebody else, is not taken for one signed by her."""
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    with pytest.raises(BrokenFile, match="it is signed by"):
        read_package(file, signer=other)
    write_package(package, tmp_path / "unsigned.jsonl")
    with pytest.raises(BrokenFile, match="it is not signed"):
        read_package(tmp_path / "unsigned.jsonl", signer=other)


def forged(package: Package, **changes: Any) -> Package:
    """A package with a changeset of lies on top, sealed by the one who forged it."""
    added = changes.pop("records", ())
    fields = {"parents": (package.tip,), "author": "ingestion", "run": "evil", "reason": "lies", "at": "2026-01-01T00:00:00+00:00"}
    fields |= changes | {"records": tuple(sorted(record.id for record in added))}
    unnamed = Committed.model_validate({**fields, "id": "revision-" + "0" * 20})
    one = unnamed.model_copy(update={"id": unnamed.expected_id})
    records = {**package.records, **{record.id: record for record in added}}
    return Package({**package.changesets, one.id: one}, records, package.texts)


def test_a_consistent_package_still_meets_the_rules(package: Package, tmp_path: Path) -> None:
    """Misquotations, dangling names, missing texts and a critic who makes claims are refused however well sealed."""
    misquoted = Passage.model_validate({**LEAKS[1].model_dump(), "text": "Ada says the dam holds."})
    dangling = Finding(
        about="claim-" + "f" * 20, kind=FindingKind.RHETORIC, severity=Severity.LOW, sound_case="s", flawed_case="f", verdict="v"
    )
    for records, changes, reason in (
        ((misquoted,), {}, "the source reads"),
        ((dangling,), {}, "which is not in the package"),
        ((source("never shown"),), {}, "its text is not in the package"),
        ((Claim(text="The critic knows better."),), {"author": "critic"}, "the critic adds findings and gaps only"),
    ):
        write_package(forged(package, records=records, **changes), tmp_path / "evil.jsonl")
        with pytest.raises(BrokenFile, match=reason) as told:
            read_package(tmp_path / "evil.jsonl")
        assert told.value.line > 1


def test_smuggled_records_and_texts_are_refused(package: Package, tmp_path: Path) -> None:
    """What no changeset added and no source quotes has no place in a package."""
    claim = Claim(text="Nobody added this.")
    write_package(Package(package.changesets, {**package.records, claim.id: claim}, package.texts), tmp_path / "evil.jsonl")
    with pytest.raises(BrokenFile, match="belongs to no changeset"):
        read_package(tmp_path / "evil.jsonl")
    stray = hashlib.sha256(b"stray").hexdigest()
    write_package(Package(package.changesets, package.records, {**package.texts, stray: "stray"}), tmp_path / "evil.jsonl")
    with pytest.raises(BrokenFile, match="belongs to no source"):
        read_package(tmp_path / "evil.jsonl")


def test_changesets_out_of_order_are_refused(file: Path, tmp_path: Path, package: Package) -> None:
    """A child before its parent is refused where it stands."""
    lines = file.read_bytes().splitlines(keepends=True)[:-1]
    first = next(at for at, line in enumerate(lines) if line.startswith(b'{"changeset"'))
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    manifest = json.loads(lines[0])
    manifest["body"] = hashlib.sha256(b"".join(lines[1:])).hexdigest()
    (tmp_path / "swapped.jsonl").write_bytes(rfc8785.dumps(manifest) + b"\n" + b"".join(lines[1:]))
    with pytest.raises(BrokenFile, match="out of order") as told:
        read_package(tmp_path / "swapped.jsonl")
    assert told.value.line == first + 1
    assert changeset_line(next(iter(package.changesets.values()))) in lines


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode), st.recursive(st.none() | st.floats() | st.text(max_size=9), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner), max_leaves=9).map(lambda found: json.dumps(found).encode() + b"\n")))  # fmt: skip
def test_whatever_is_no_package_is_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    """Bytes, text and JSON of any kind end as a refusal, never as another exception."""
    (tmp_path / "any.jsonl").write_bytes(content)
    with pytest.raises(BrokenFile):
        read_package(tmp_path / "any.jsonl")


def test_bombs_are_refused(tmp_path: Path) -> None:
    """Nesting without end and a lone surrogate are refused like any other nonsense."""
    for content in (b"[" * 200_000 + b"\n", b'{"format":"cruxmap package","version":1,"tip":"\\ud800"}\n'):
        (tmp_path / "bomb.jsonl").write_bytes(content)
        with pytest.raises(BrokenFile):
            read_package(tmp_path / "bomb.jsonl")


def test_text_outside_the_store_is_not_changed_by_the_way(tmp_path: Path) -> None:
    """Control characters, astral planes, line separators and quotes in a text survive."""
    store = KnowledgeStore.at(tmp_path / "odd.db")
    odd = 'a\u0000\u0007\u001f\u007f\u2028"\\\t\r\n\U0001f95a é' + TEXT
    store.put_text(odd)
    tip = store.commit(changeset(source(odd)))
    write_package(packed(store, tip), tmp_path / "odd.jsonl")
    assert list(read_package(tmp_path / "odd.jsonl").package.texts.values()) == [odd]
    store.close()
