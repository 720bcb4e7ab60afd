"""Writing what was exported: a file at once, a folder only where none or an empty one is."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from knowledge.errors import BrokenFile, Unsuitable

MOST_BYTES: Final = 256 * 1024 * 1024
"""The largest file that is read whole."""
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def write_file(path: Path, content: str) -> None:
    """Write a file: a reader sees the old one or the whole new one.

    Raises:
        OSError: it can't be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder that is new or empty; names use ``/``.

    Raises:
        Unsuitable: there is something already: notes of one's own would be lost.
        OSError: it can't be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Unsuitable(f"{folder} is there and not empty; give the name of a new folder")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")


def read_file(path: Path) -> str:
    """Read a file of text.

    Raises:
        BrokenFile: it is too large or not UTF-8.
        OSError: it can't be read.
    """
    if path.stat().st_size > MOST_BYTES:
        raise BrokenFile(0, f"the file has more than {MOST_BYTES // 1024 // 1024} MB").within(path)
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise BrokenFile(line, "this is not UTF-8 text").within(path) from problem


def printable(text: str) -> str:
    """Replace what XML and many readers can't hold, control characters but tab and line ends, by U+FFFD."""
    return _UNPRINTABLE.sub("\ufffd", text)
