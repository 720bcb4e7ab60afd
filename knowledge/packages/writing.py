"""Writing a package: JSONL, every line canonical JSON, so that the same knowledge gives the same bytes.

Line 1 is the manifest: what the file is, its tip, how much of each follows, and the sha256 of all lines that follow but a signature.
Then records by id, changesets with parents first, texts by digest, and, where asked for, a signature over line 1.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from knowledge.changesets import Committed
from knowledge.packages.contents import Package, parents_first
from knowledge.packages.signatures import signature
from knowledge.records import Record

FORMAT: Final = "cruxmap package"
VERSION: Final = 1


def write_package(package: Package, path: Path, *, key: Ed25519PrivateKey | None = None) -> None:
    """Write a package, signed if a key is given. A reader sees the old file or the whole new one.

    Raises:
        UnknownRevision: the package has no single tip.
        OSError: the file can't be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            # The manifest is as long whatever the digest in it: its place is kept, and filled when the lines are written.
            file.write(manifest_line(package, body="0" * 64))
            digest = hashlib.sha256()
            for line in body_lines(package):
                digest.update(line)
                file.write(line)
            manifest = manifest_line(package, body=digest.hexdigest())
            if key is not None:
                file.write(signature_line(*signature(manifest, key)))
            file.seek(0)
            file.write(manifest)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def manifest_line(package: Package, *, body: str) -> bytes:
    """Word the first line; ``body`` is the hex sha256 of the lines that follow."""
    manifest: dict[str, str | int] = {
        "format": FORMAT,
        "version": VERSION,
        "tip": package.tip,
        "digest": package.view.digest,
        "records": len(package.records),
        "changesets": len(package.changesets),
        "texts": len(package.texts),
        "body": body,
    }
    return rfc8785.dumps(dict(manifest)) + b"\n"


def body_lines(package: Package) -> Iterator[bytes]:
    """Yield the lines between manifest and signature, in the one order that they can have."""
    for key in sorted(package.records):
        yield record_line(package.records[key])
    for one in parents_first(package.changesets):
        yield changeset_line(one)
    for digest in sorted(package.texts):
        yield text_line(digest, package.texts[digest])


def record_line(record: Record) -> bytes:
    """Word a record. Its fields are canonical already, and the other keys sort after them."""
    return b'{"fields":%b,"id":"%b","kind":"%b"}\n' % (record.canonical(), record.id.encode(), record.kind_name.encode())


def changeset_line(one: Committed) -> bytes:
    """Word a changeset."""
    return rfc8785.dumps({"changeset": one.model_dump(mode="json")}) + b"\n"


def text_line(digest: str, text: str) -> bytes:
    """Word a source's text."""
    return b'{"digest":"%b","text":%b}\n' % (digest.encode(), json.dumps(text, ensure_ascii=False).encode())


def signature_line(key: str, value: str) -> bytes:
    """Word a signature: public key and value in hex."""
    return rfc8785.dumps({"signature": {"algorithm": "ed25519", "key": key, "value": value}}) + b"\n"
