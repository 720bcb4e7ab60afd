"""Starting a case of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from cruxmap.errors import UsageError
from sources.case_files import CASE_FILE

EXAMPLE: Final = "document-example.md"
"""Beside the documents and not among them: what it tells is invented, and would be evidence if it were forgotten there."""


def new_case(folder: Path) -> Iterator[str]:
    """Write a commented case file, a folder for documents and, beside it, where no run reads it, an example; say what to do next.

    Raises:
        UsageError: something stands there already, or the name can't be a case's.
    """
    name = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")
    if not name:
        raise UsageError(f"{folder}: a case needs a name of letters and digits")
    if (folder / CASE_FILE).exists():
        raise UsageError(f"{folder / CASE_FILE} is there already; it is left as it is")
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    template = files("cruxmap").joinpath("case_template.yaml").read_text(encoding="utf-8")
    (folder / CASE_FILE).write_text(template.replace("NAME", name, 1), encoding="utf-8")
    example = folder / EXAMPLE
    written = not example.exists()
    if written:
        example.write_text(files("cruxmap").joinpath("document_template.md").read_text(encoding="utf-8"), encoding="utf-8")
    yield f"Made {folder / CASE_FILE} and {folder / 'documents'}."
    yield "Write your question into the first, drop documents (HTML, PDF, JATS XML, Markdown, text, subtitles) into the second."
    if written:
        yield f"{example} shows the header in which a document says what it is; no run reads it there."
    yield f"Then: cruxmap run {folder}"
