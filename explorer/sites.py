"""The site: a folder of pages that opens from a file, without a server, a network or a script that must run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from explorer.errors import NotASite
from explorer.frames import SiteInputs
from explorer.rendering import write_text
from explorer.writers import Writer

__all__ = ["SiteInputs", "write_site"]

MANIFEST: Final = "site.json"
"""Lists the files that a site consists of, so that a newer site can take its place and nothing else is touched."""


def write_site(folder: Path, inputs: SiteInputs) -> Path:
    """Write the site into a folder that is new, empty, or holds an older site, and return its first page.

    Raises:
        NotASite: the folder holds something else.
    """
    before = _files_before(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assets").mkdir(exist_ok=True)
    _note_files(folder, inputs, sorted(before))  # first, so that a site whose writing was cut short is known as one
    writer = Writer(folder, inputs)
    written = [*writer.assets(), *writer.pages()]
    for name in sorted(before - set(written)):
        (folder / name).unlink(missing_ok=True)
    _note_files(folder, inputs, written)
    return folder / "index.html"


def _note_files(folder: Path, inputs: SiteInputs, files: Sequence[str]) -> None:
    manifest = {"made_by": "cruxmap", "run": inputs.summary.facts.run, "files": list(files)}
    write_text(folder / MANIFEST, json.dumps(manifest, indent=0), mode=0o644)


def _files_before(folder: Path) -> set[str]:
    """Return the files of the site that a folder holds already."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return set()
    manifest = folder / MANIFEST
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
        files = {str(name) for name in found["files"]} if found["made_by"] == "cruxmap" else None
    except (OSError, ValueError, KeyError, TypeError):
        files = None
    if files is None or not all((folder / name).resolve().is_relative_to(folder.resolve()) for name in files):
        raise NotASite(f"{folder} holds something that is no site of cruxmap's; name a folder that is new or empty")
    return files
