"""CSV: one table a kind of record, for spreadsheets and statistics programs. Out only."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from knowledge.formats.bundles import Bundle
from knowledge.formats.files import printable, write_folder
from knowledge.records import KINDS, Record


def write_csv(bundle: Bundle, folder: Path) -> None:
    """Write ``<kind>.csv`` for each kind that occurs: id, fields, credence where there is one, and who added it when.

    Lists are JSON; None is empty. Text that a spreadsheet would run as a formula gets an apostrophe in front.

    Raises:
        Unsuitable: the folder is not empty.
    """
    write_folder(folder, {f"{kind}.csv": table for kind, table in _tables(bundle)})


def _tables(bundle: Bundle) -> Iterator[tuple[str, str]]:
    for kind in sorted(KINDS):
        records = bundle.view.all(KINDS[kind])
        if not records:
            continue
        fields = list(KINDS[kind].model_fields)
        numbered = any(record.id in bundle.credences for record in records)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["id", *fields, *(["credence"] if numbered else []), "added_by", "added_in_run", "added_at"])
        for record in records:
            chance = [bundle.credences.get(record.id, "")] if numbered else []
            added = bundle.added_by[record.id]
            writer.writerow([record.id, *_cells(record, fields), *chance, added.author.value, _cell(added.run), added.at])
        yield kind, out.getvalue()


def _cells(record: Record, fields: list[str]) -> Iterator[str | int | float]:
    values = record.model_dump(mode="json")
    for name in fields:
        value = values.get(name)  # a field that says nothing may be left out, see `Finding`
        if isinstance(value, list):
            yield json.dumps(value, ensure_ascii=False)
        elif isinstance(value, str):
            yield _cell(value)
        else:
            yield "" if value is None else value


def _cell(text: str) -> str:
    text = printable(text)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
