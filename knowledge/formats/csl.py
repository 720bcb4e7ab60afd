"""CSL-JSON of the sources and the works that they report: what Zotero, Pandoc and citeproc read. Out only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from knowledge.formats.bundles import Bundle
from knowledge.formats.files import write_file
from knowledge.formats.works import Work, works_of
from knowledge.vocabulary import SourceKind

TYPES: Final = {
    SourceKind.COHORT_STUDY: "article-journal",
    SourceKind.RANDOMISED_TRIAL: "article-journal",
    SourceKind.META_ANALYSIS: "article-journal",
    SourceKind.SYSTEMATIC_REVIEW: "article-journal",
    SourceKind.NARRATIVE_REVIEW: "article-journal",
    SourceKind.GUIDELINE: "report",
    SourceKind.GOVERNMENT_REPORT: "report",
    SourceKind.JOURNAL_ARTICLE: "article-journal",
    SourceKind.PREPRINT: "article",
    SourceKind.LETTER: "article-journal",
    SourceKind.NEWS: "article-newspaper",
    SourceKind.OPINION: "article-newspaper",
    SourceKind.BLOG: "post-weblog",
    SourceKind.TALK: "speech",
    SourceKind.LEGAL_ARTICLE: "article-journal",
    SourceKind.WEB_PAGE: "webpage",
    SourceKind.DATASET: "dataset",
    SourceKind.BOOK: "book",
    SourceKind.BRIEF: "document",
    SourceKind.UNKNOWN: "document",
}
"""Our kinds of document in CSL 1.0.2's."""


def write_csl(bundle: Bundle, path: Path) -> None:
    """Write a CSL-JSON array."""
    items = [_item(work) for work in works_of(bundle.view)]
    write_file(path, json.dumps(items, ensure_ascii=False, indent=1) + "\n")


def _item(work: Work) -> dict[str, Any]:
    """Describe a work. Authors are given as they stand: which part of a name is the family's is not ours to guess."""
    item: dict[str, Any] = {"id": work.id, "type": TYPES[work.kind], "title": work.title}
    if work.authors:
        item["author"] = [{"literal": author} for author in work.authors]
    if work.published:
        item["issued"] = {"date-parts": [[int(part) for part in work.published.split("-")]]}
    if work.publisher:
        item["container-title" if TYPES[work.kind].startswith(("article", "post")) else "publisher"] = work.publisher
    if work.url:
        item["URL"] = work.url
    if work.doi:
        item["DOI"] = work.doi
    return item
