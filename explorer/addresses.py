"""Where each record stands in the site: a page, and mostly a place in it. All pages lie in one folder, so an address is a file's name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from knowledge.records import (
    Alias,
    Answer,
    Argument,
    Assertion,
    Claim,
    Equivalence,
    Finding,
    Gap,
    Incident,
    Judgment,
    Lead,
    Link,
    Passage,
    Perspective,
    Question,
    Record,
    Reliance,
    Retraction,
    Search,
    Source,
    Tag,
    Upstream,
    Variant,
    Warrant,
)
from knowledge.views import View

HOME = "index.html"
"""The first page."""


def speaker_page(name: str) -> str:
    """Name a speaker's page; names are free text, so the file is named by their digest."""
    return f"speaker-{hashlib.sha256(name.encode()).hexdigest()[:16]}.html"


def crux_page(question: str, subject: str) -> str:
    """Name the page of a crux of a question; one claim can be a crux of several."""
    return f"crux-{question.partition('-')[2][:8]}-{subject}.html"


def position_page(voices: Sequence[str]) -> str:
    """Name a position's page by the digest of its voices."""
    return f"position-{hashlib.sha256(chr(0).join(sorted(voices)).encode()).hexdigest()[:16]}.html"


class Addresses:
    """Gives every live record's address; calling it is how templates link."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._links_by_warrant: dict[str, str] = {}
        for link in view.all(Link):
            self._links_by_warrant.setdefault(link.warrant, link.id)

    def __call__(self, record_id: str) -> str:
        """Return the address of a record; of a page that is none, the name itself."""
        record = self._view.records.get(record_id)
        return record_id if record is None else self._of(record)

    def _of(self, record: Record) -> str:  # noqa: C901, PLR0912  # one line a kind of record
        match record:
            case Claim():
                return f"{self._view.representative(record.id)[0]}.html"
            case Source() | Answer():
                return f"{record.id}.html"
            case Passage():
                return f"{record.source}.html#{record.id}"
            case Question():
                return f"{HOME}#{record.id}" if record.parent is None else f"questions.html#{record.id}"
            case Assertion():
                return f"{self(record.claim)}#{record.id}"
            case Equivalence():
                return f"{self(record.representative)}#{record.id}"
            case Variant():
                return f"{self(record.claims[0])}#{record.id}"
            case Link():
                return f"{self(record.premises[0])}#{record.id}"
            case Argument():
                return self(record.link)
            case Warrant():
                return self(self._links_by_warrant[record.id]) if record.id in self._links_by_warrant else HOME
            case Reliance():
                return self(record.upstream)
            case Alias():
                return self(record.representative)
            case Tag() | Judgment() | Retraction():
                return self(record.record)
            case Upstream():
                return f"origins.html#{self._view.origin(record.id)}"
            case Finding():
                return f"findings.html#{record.id}"
            case Gap() | Incident() | Search():
                return f"missing.html#{record.id}"
            case Lead():
                return "missing.html#searches"
            case Perspective():
                return f"methods.html#{record.id}"
            case _:
                return HOME
