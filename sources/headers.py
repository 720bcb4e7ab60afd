"""Headers: what a document's file says of it in lines between two --- marks, and what is wrong with them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from knowledge.vocabulary import SourceKind

KEYS: Final = ("title", "reports", "authors", "author", "published", "date", "publisher", "url", "kind")
"""What a header may say; ``author`` is another word for ``authors`` and ``date`` for ``published``."""
HEAD: Final = 65_536
"""Characters of a file in which its header must end."""
_HEADER: Final = re.compile(r"\A---\n(?:(.*?)\n)??---(?:\n|\Z)", re.DOTALL)
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?([T ].*)?")
_ADDRESS: Final = re.compile(r"https?://\S+")


def split_header(text: str) -> tuple[str | None, str]:
    """Return what stands in a document's header, and what comes behind it; None and the whole text if it has none.

    A header stands between a first line --- and the next such line. Lines end as Python has them; a byte order mark is gone already.
    """
    header = _HEADER.match(text)
    return (header[1] or "", text[header.end() :]) if header else (None, text)


def close_to(word: object, known: Collection[str]) -> str:
    """Ask whether the known word that is nearest was meant: " (did you mean 'title'?)"; "" if none is near."""
    near = difflib.get_close_matches(str(word), sorted(map(str, known)), n=1)
    return f" (did you mean {near[0]!r}?)" if near and near[0] != word else ""


def header_problems(path: Path, name: str, works: Collection[str]) -> Iterator[str]:
    """Say what is wrong with a document's header, each with file and line; nothing if it has none.

    ``name``: what the file is called in messages; ``works``: the keys of the case's bibliography.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(HEAD)
    if not head.startswith("---\n"):
        return
    header, _ = split_header(head)
    if header is None:
        if re.match(rf"---\n(?:{'|'.join(KEYS)}) *:", head):
            yield f"{name}, line 1: the header has no end; put a line with --- behind it"
        return
    try:
        node = yaml.compose(header, Loader=yaml.SafeLoader)
        values = yaml.safe_load(header)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f", line {mark.line + 2}" if mark else ""
        what = getattr(problem, "problem", None) or problem
        yield f"{name}{line}: the header is no YAML: {what}; text with a colon needs quotation marks"
        return
    if values is None:
        return
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        yield f"{name}, line 2: the header is no list of `key: value` lines"
        return
    lines = {str(key.value): key.start_mark.line + 2 for key, _ in node.value}
    for key, wrong in _wrong(values, works):
        yield f"{name}, line {lines.get(key, 2)}: {wrong}"


def _wrong(values: Mapping[object, object], works: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the keys of a header that can't be meant, each with why."""
    for raw, value in values.items():
        key = str(raw)
        if key not in KEYS:
            yield (
                key,
                f"unknown key {key!r}{close_to(key, KEYS)}; a header has {', '.join(KEYS[:2])}, authors, published, publisher, url, kind",
            )
        elif key == "reports":
            yield from ((key, problem) for problem in _unknown_works(value, works))
        elif key in {"authors", "author"}:
            if not _texts(value):
                yield key, f"{key}: write a name, or several as [Ada Ode, Ben Marsh]"
        elif isinstance(value, dict | list) or value is None:
            yield key, f"{key}: write one text"
        elif key == "kind" and value not in set(SourceKind):
            yield key, f"kind: there is no {value!r}{close_to(value, set(SourceKind))}; the kinds are {', '.join(SourceKind)}"
        elif key in {"published", "date"} and value != "unknown" and not _DATE.fullmatch(str(value)):
            yield key, f"{key}: {str(value)!r} is no date; write YYYY, YYYY-MM, YYYY-MM-DD or unknown"
        elif key == "url" and value != "unknown" and not _ADDRESS.fullmatch(str(value)):
            yield key, f"url: {str(value)!r} is no address; it begins with http:// or https://, or is unknown"


def _unknown_works(value: object, works: Collection[str]) -> Iterator[str]:
    named = _texts(value)
    if not named:
        yield "reports: write the key of a work in the bibliography, or several as [doe-2024, roe-2025]"
    for key in named:
        if key not in works:
            there = "" if works else "; the case file's bibliography is empty"
            yield f"reports: no work {key!r} in the case file's bibliography{close_to(key, works)}{there}"


def _texts(value: object) -> tuple[str, ...]:
    """Return one text or several as several; none if it is something else."""
    if isinstance(value, list):
        return tuple(str(one) for one in value) if all(isinstance(one, str | int) for one in value) else ()
    return (str(value),) if isinstance(value, str | int) and str(value).strip() else ()
