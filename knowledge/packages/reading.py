"""Reading a package: every line is held to its form, its name and the rules before anything of it is used."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rfc8785 import CanonicalizationError

from knowledge.blobs import digest_of_text
from knowledge.changesets import Committed
from knowledge.errors import BrokenFile
from knowledge.packages.checking import check_history, check_records
from knowledge.packages.contents import Package
from knowledge.packages.signatures import holds
from knowledge.packages.writing import FORMAT, VERSION, changeset_line, manifest_line, record_line, signature_line, text_line
from knowledge.records import KINDS, Record

ModelT = TypeVar("ModelT", bound=BaseModel)

MOST_LINE: Final = 64 * 1024 * 1024
"""Bytes of the longest line: a text of ten thousand pages. A file without line breaks is not read into memory whole."""


_HEX: Final = re.compile(r"[0-9a-f]+")


class Manifest(BaseModel):
    """The first line; see `knowledge.packages.writing`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: str
    version: int
    tip: str
    digest: str
    records: int = Field(ge=0)
    changesets: int = Field(ge=1)
    texts: int = Field(ge=0)
    body: str


@dataclass(frozen=True)
class Verified:
    """A package that holds what it says. ``signer`` is the hex public key of a signature that is good, or empty."""

    package: Package
    signer: str


def read_package(path: Path, *, signer: str = "") -> Verified:
    """Read a package and verify all of it; ``signer`` (64 hex digits) demands that this key signed it.

    Raises:
        BrokenFile: it is no package, is damaged, was tampered with, breaks a rule or isn't signed as demanded; nothing was imported.
        OSError: the file can't be read.
    """
    try:
        with path.open("rb") as file:
            found = _Reader(file).read()
    except BrokenFile as problem:
        raise problem.within(path) from problem
    if signer and found.signer != signer:
        said = f"it is signed by {found.signer}" if found.signer else "it is not signed"
        raise BrokenFile(0, f"{said}, not by {signer}").within(path)
    return found


class _Reader:
    """Goes through a package line by line. ``number`` is the line that was read last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.number = 0
        self._body = hashlib.sha256()

    def read(self) -> Verified:
        manifest_bytes = self._line()
        if manifest_bytes is None:
            raise BrokenFile(1, "the file is empty")
        manifest = self._manifest(manifest_bytes)
        records = dict(self._records(manifest.records))
        changesets = dict(self._changesets(manifest.changesets))
        texts = dict(self._texts(manifest.texts))
        if self._body.hexdigest() != manifest.body:
            raise BrokenFile(1, "the lines that follow are not those that the manifest names: the file was changed or cut")
        package = Package(changesets, records, texts)
        signer = self._signer(manifest_bytes)
        self._whole(package, manifest, manifest_bytes)
        return Verified(package, signer)

    def _whole(self, package: Package, manifest: Manifest, manifest_bytes: bytes) -> None:
        check_history(package, first_line=2 + len(package.records))
        if package.heads != (manifest.tip,):
            raise BrokenFile(1, f"the manifest's tip is {manifest.tip}, the changesets end in {', '.join(package.heads)}")
        check_records(package, first_line=2)
        if manifest_line(package, body=manifest.body) != manifest_bytes:
            raise BrokenFile(1, "the manifest doesn't describe what follows (its digest is another, or it is not in canonical form)")

    def _line(self) -> bytes | None:
        """Return the next line, or None at the end."""
        line = self._file.readline(MOST_LINE)
        if not line:
            return None
        self.number += 1
        if not line.endswith(b"\n"):
            why = "the line is longer than any of ours" if len(line) == MOST_LINE else "the file ends in the middle of a line"
            raise BrokenFile(self.number, why)
        return line

    def _lines(self, count: int, what: str) -> Iterator[bytes]:
        """Yield the lines of one section, and count them in."""
        for _ in range(count):
            line = self._line()
            if line is None:
                raise BrokenFile(self.number + 1, f"the file ends where {what} should follow")
            self._body.update(line)
            yield line

    def _manifest(self, line: bytes) -> Manifest:
        found = self._object(line)
        if found.get("format") != FORMAT:
            raise BrokenFile(1, f"this is no package: its first line is no manifest with format {FORMAT!r}")
        if found.get("version") != VERSION:
            raise BrokenFile(1, f"the package has version {found.get('version')!r}; this program reads {VERSION}")
        return self._valid(Manifest, found)

    def _records(self, count: int) -> Iterator[tuple[str, Record]]:
        before = ""
        for line in self._lines(count, "a record"):
            found = self._object(line)
            kind = KINDS.get(str(found.get("kind")))
            if kind is None:
                raise BrokenFile(self.number, f"a record belongs here; {str(found.get('kind'))[:40]!r} is no kind of record")
            record = self._valid(kind, found.get("fields"))
            self._same(line, partial(record_line, record), str(found.get("id")), "record")
            self._ascending(before, record.id)
            before = record.id
            yield record.id, record

    def _changesets(self, count: int) -> Iterator[tuple[str, Committed]]:
        for line in self._lines(count, "a changeset"):
            one = self._valid(Committed, self._object(line).get("changeset"))
            if one.id != one.expected_id:
                raise BrokenFile(self.number, f"{one.id} is not what it says: its parts give {one.expected_id}")
            self._same(line, partial(changeset_line, one), one.id, "changeset")
            yield one.id, one

    def _texts(self, count: int) -> Iterator[tuple[str, str]]:
        before = ""
        for line in self._lines(count, "a text"):
            found = self._object(line)
            digest, text = found.get("digest"), found.get("text")
            if not isinstance(text, str) or not isinstance(digest, str):
                raise BrokenFile(self.number, "a text with its digest belongs here")
            if digest_of_text(text) != digest:
                raise BrokenFile(self.number, f"the text is not the one that its digest {digest[:20]} names")
            self._same(line, partial(text_line, digest, text), digest, "text")
            self._ascending(before, digest)
            before = digest
            yield digest, text

    def _signer(self, manifest: bytes) -> str:
        line = self._line()
        if line is None:
            return ""
        found = self._object(line).get("signature")
        if not isinstance(found, dict) or set(found) != {"algorithm", "key", "value"} or found["algorithm"] != "ed25519":
            raise BrokenFile(self.number, "after all that the manifest names, only an ed25519 signature may follow")
        key, value = str(found["key"]), str(found["value"])
        if not (_HEX.fullmatch(key) and _HEX.fullmatch(value)):
            raise BrokenFile(self.number, "a signature's key and value are lower-case hex digits")
        self._same(line, partial(signature_line, key, value), "the signature", "signature")
        if not holds(manifest, key, value):
            raise BrokenFile(self.number, "the signature is not good: the package is not what was signed, or the key is another")
        if self._line() is not None:
            raise BrokenFile(self.number, "nothing may follow the signature")
        return key

    def _object(self, line: bytes) -> dict[str, Any]:
        try:
            found = json.loads(line)
            # A lone surrogate can be escaped in JSON, but is no text.
            line.decode()
        except (ValueError, RecursionError) as problem:
            raise BrokenFile(self.number, f"this is no JSON: {str(problem)[:120]}") from problem
        if not isinstance(found, dict):
            raise BrokenFile(self.number, "an object belongs here")
        return found

    def _valid(self, model: type[ModelT], fields: object) -> ModelT:
        try:
            return model.model_validate(fields)
        except (ValidationError, RecursionError) as problem:
            first = problem.errors()[0] if isinstance(problem, ValidationError) else {"loc": (), "msg": "nested too deep"}
            place = ".".join(map(str, first["loc"]))
            raise BrokenFile(self.number, f"{f'{place}: ' if place else ''}{first['msg']}") from problem

    def _same(self, line: bytes, worded: Callable[[], bytes], name: str, kind: str) -> None:
        """Refuse a line that its own content would not be written as: a wrong id, a different order, spaces, duplicate keys."""
        try:
            ours = worded()
        except (CanonicalizationError, UnicodeEncodeError) as problem:
            raise BrokenFile(self.number, f"this {kind} can't be written: {problem}") from problem
        if ours != line:
            raise BrokenFile(self.number, f"{name[:60]} is not what its content gives, or the line is not in canonical form")

    def _ascending(self, before: str, now: str) -> None:
        if now <= before:
            raise BrokenFile(self.number, f"{now} stands after {before}: out of order, or twice")
