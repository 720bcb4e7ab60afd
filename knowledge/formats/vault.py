"""A Markdown vault for Obsidian: one note a record, links both ways, no link that leads nowhere. Out only."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from knowledge.formats.bundles import Bundle, label, shortened
from knowledge.formats.files import printable, write_folder
from knowledge.records import Answer, Question, Record

HOME: Final = "Home"
_TITLE: Final = 60
_LISTED: Final = ("question", "answer", "claim", "source", "upstream", "finding", "gap", "incident", "perspective")


def write_vault(bundle: Bundle, folder: Path) -> None:
    """Write ``Home.md`` and ``<kind>/<id> <title>.md`` for each live record. A record's file name never changes, as its id doesn't.

    Raises:
        Unsuitable: the folder is not empty.
    """
    write_folder(folder, dict(_notes(bundle)))


def _notes(bundle: Bundle) -> Iterator[tuple[str, str]]:
    names = {key: _file_name(record, bundle) for key, record in bundle.view.records.items()}
    named_by: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, record in bundle.view.records.items():
        for field, named, _ in record.named():
            if named in names:
                named_by[named].append((field, key))
    yield f"{HOME}.md", "\n".join(_home(bundle, names)) + "\n"
    for key, record in bundle.view.records.items():
        note = (*_front_matter(record, bundle), *_body(record, bundle), *_links(record, bundle, names, named_by[key]))
        yield f"{record.kind_name}/{names[key]}.md", "\n".join(note) + "\n"


def _file_name(record: Record, bundle: Bundle) -> str:
    """Name a note by its id and what can stand of its words in a file name and in a link."""
    words = re.sub(r"[^\w\s,;()'’–-]", " ", label(record, bundle.view))
    words = " ".join(words.split())[:_TITLE].strip()
    # Letters can be several bytes, and a file name holds 255.
    while len(words.encode()) > 180:
        words = words[:-1]
    return f"{record.id} {words}".strip()


def _front_matter(record: Record, bundle: Bundle) -> Iterator[str]:
    """Yield the YAML; every value is JSON, which is YAML too."""
    yield "---"
    yield f"id: {record.id}"
    yield f"kind: {record.kind_name}"
    for name, value in record.model_dump(mode="json").items():
        if value is not None and name != "text":
            # "kind" is ours already, and "aliases" and the like are Obsidian's.
            # Obsidian takes "[[" for a link even here.
            shown = json.dumps(value, ensure_ascii=False).replace("[[", "[ [")
            yield f"{'kind_of_' + record.kind_name if name == 'kind' else name}: {printable(shown)}"
    if record.id in bundle.credences:
        yield f"credence: {bundle.credences[record.id]:.4f}"
    added = bundle.added_by[record.id]
    yield f"added_by: {added.author.value}"
    yield f"added_at: {added.at}"
    yield "---"


def _body(record: Record, bundle: Bundle) -> Iterator[str]:
    yield f"# {_escaped(shortened(label(record, bundle.view)))}"
    text = getattr(record, "text", "")
    if text and record.kind_name != "source":
        yield from ("", *(f"> {_escaped(line)}" for line in printable(text).splitlines()))


def _links(record: Record, bundle: Bundle, names: dict[str, str], named_by: list[tuple[str, str]]) -> Iterator[str]:
    named = [(field, key) for field, key, _ in record.named() if key in names]
    for title, links in (("Names", named), ("Named by", named_by)):
        if links:
            yield from ("", f"## {title}", "")
            yield from (f"- {field}: {_link(key, bundle, names)}" for field, key in links)
    yield from ("", f"[[{HOME}]]")


def _link(key: str, bundle: Bundle, names: dict[str, str]) -> str:
    shown = re.sub(r"[\[\]|#^]", " ", shortened(label(bundle.view.records[key], bundle.view)))
    return f"[[{names[key]}|{' '.join(printable(shown).split()) or key}]]"


def _home(bundle: Bundle, names: dict[str, str]) -> Iterator[str]:
    yield f"# {_escaped(bundle.title)}"
    for question in sorted(bundle.view.all(Question), key=lambda one: (one.parent is not None, one.name)):
        yield from ("", f"## {_link(question.id, bundle, names)}", "")
        for answer in bundle.view.all(Answer):
            if answer.question == question.id:
                chance = f": {bundle.credences[answer.id]:.0%}" if answer.id in bundle.credences else ""
                yield f"- {_link(answer.id, bundle, names)}{chance}"
    if bundle.cruxes:
        yield from ("", "## Cruxes", "")
        yield from (f"{number}. {_link(key, bundle, names)}" for number, key in enumerate(bundle.cruxes, 1) if key in names)
    for kind in _LISTED[2:]:
        keys = [key for key, record in bundle.view.records.items() if record.kind_name == kind]
        if keys:
            yield from ("", f"## {kind.capitalize()}s", "", *(f"- {_link(key, bundle, names)}" for key in keys))


def _escaped(text: str) -> str:
    """Keep a source's words from becoming links, pictures or HTML of the vault."""
    return re.sub(r"([\[\]<>`#^|!*_\\])", r"\\\1", printable(text))
