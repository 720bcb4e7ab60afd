"""Keys stay in the environment, files with their user, and cases in their folders."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cruxmap.redacting import without_secrets
from reasoners.errors import ProviderDown
from reasoners.simulated import SimulatedProvider
from tests.cruxmap.conftest import KEY, SMALL, Program
from tests.cruxmap.oracle import write
from tests.cruxmap.processes import cruxmap as started


def planted_in(home: Path) -> list[str]:
    """Name the files below a folder in which the key stands."""
    return [str(path) for path in home.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


@pytest.mark.parametrize("faults", [["echo", "refusal", "echo", "echo", "refusal", "500"], ["401"], ["404"], ["quota"]], ids="-".join)
def test_a_planted_key_stands_nowhere(home: Path, tmp_path: Path, provider: SimulatedProvider, faults: list[str]) -> None:
    """A provider echoes it in answers, refusals and errors: it is in no file, stream, trace, recording or exchange file, also with --debug."""
    provider.script = list(faults)
    chat = ("--reasoner", "chat", "--model", "openai:simulated", "--base-url", provider.url)
    recording = tmp_path / "out" / "r.jsonl.gz"
    said = ""
    looked: tuple[tuple[object, ...], ...] = (
        ("run", SMALL, "--run-id", "secret", *chat, "--record", recording, "--debug"),
        ("trace", "secret", "--json"),
        ("trace", "secret", "--call", "1", "--debug"),
        ("show", "secret", "--json"),
    )
    for arguments in looked if len(faults) > 1 else looked[:1]:
        process = started(home, *map(str, arguments), OPENAI_API_KEY=KEY)
        said += "".join(process.communicate(timeout=120))
    assert any(KEY in key for key in provider.keys), "the provider really was sent the key"
    assert KEY not in said
    assert planted_in(home) == []
    assert not recording.exists() or KEY.encode() not in recording.read_bytes()


def test_a_traceback_for_debugging_holds_no_key(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """--debug shows where an error came from, foreign errors among it, with keys replaced by their names."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def broken(*_: object, **__: object) -> None:
        try:
            raise OSError(f"401 for Authorization: Bearer {KEY}")  # noqa: TRY301  # what a library would do
        except OSError as problem:
            raise ProviderDown(f"it fails with {KEY}") from problem

    monkeypatch.setattr("cruxmap.investigating.start", broken)
    code, out, err = program("run", SMALL, "--debug")
    assert code == 1
    assert "Traceback" in err
    assert "Bearer <OPENAI_API_KEY>" in err
    assert KEY not in out + err
    assert KEY not in program("run", SMALL)[2]


def test_only_what_is_named_like_a_secret_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other variables and short values stay in texts."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "abcdefgh12345")
    monkeypatch.setenv("EDITOR", "some-editor")
    monkeypatch.setenv("A_TOKEN", "on")
    assert without_secrets("abcdefgh12345 some-editor on") == "<AWS_SECRET_ACCESS_KEY> some-editor on"


def test_all_files_of_a_home_are_their_users_alone(program: Program, home: Path, tmp_path: Path) -> None:
    """Whatever the umask: runs, reports, databases, exchange files, salvaged files and their folders."""
    umask = os.umask(0)
    try:
        assert program("run", SMALL, "--run-id", "done")[0] == 0
        assert program("run", SMALL, "--run-id", "ex", "--reasoner", "exchange")[0] == 75
        program("exchange", "import", "ex", write(tmp_path / "a.jsonl", ["rubbish"]), "--model", "m")
        (home / "runs" / "done" / "journal.db").write_bytes((home / "runs" / "done" / "journal.db").read_bytes()[:30_000])
        program("doctor", "run", "done")
        program("fork", "ex", "--at", "1", "--run-id", "forked")
    finally:
        os.umask(umask)
    paths = [home, *home.rglob("*")]
    assert len(paths) > 20
    assert [f"{path} {path.stat().st_mode & 0o777:o}" for path in paths if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("place", ["../outside", "/etc/hostname", "documents/../../outside", "documents/link.md", "linked"])
def test_a_case_cannot_leave_its_folder(program: Program, home: Path, small_case: Path, place: str) -> None:
    """Paths with .., absolute ones, and links to files or folders outside are refused before anything is read."""
    outside = small_case.parent / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("A secret that no case may read, because it is not the case's.")
    if place.endswith(".md"):
        (small_case / place).symlink_to(outside / "secret.md")
    if place == "linked":
        (small_case / place).symlink_to(outside)
    case = small_case / "case.yaml"
    case.write_text(re.sub(r"documents: .*", f"documents: ['{place}']", case.read_text()))
    code, out, err = program("run", small_case)
    assert code == 2
    assert "leads out of the case" in " ".join(err.split())
    assert "A secret" not in out + err
    assert not (home / "runs").exists()


def test_a_case_file_that_is_a_link_out_is_refused(program: Program, small_case: Path) -> None:
    """Its words would stand in the error otherwise."""
    secret = small_case.parent / "secret"
    secret.write_text("root: [hash")
    (small_case / "case.yaml").unlink()
    (small_case / "case.yaml").symlink_to(secret)
    code, _, err = program("run", small_case)
    assert code == 2
    assert "leads out" in " ".join(err.split())
    assert "hash" not in err
