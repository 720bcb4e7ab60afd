"""W3C PROV through the ``prov`` package, as PROV-JSON: where every record comes from and who made it. Out only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from prov.model import ProvDocument

from knowledge.changesets import Author, Committed
from knowledge.formats.bundles import Bundle, label, shortened
from knowledge.formats.files import printable, write_file
from knowledge.packages.contents import parents_first
from knowledge.records import UNKNOWN, Alias, Assertion, Equivalence, Passage, Record, Retraction, Source

NAMESPACE: Final = "urn:cruxmap:"


def write_prov(bundle: Bundle, path: Path) -> None:
    """Write every record of the history, live or not, with the changeset that made it and the one that retracted it."""
    write_file(path, (document_of(bundle).serialize(indent=1) or "") + "\n")


def document_of(bundle: Bundle) -> ProvDocument:
    """Build the document.

    A record is an entity, a changeset an activity, its revision an entity that revises its parents, an author an agent. Passages are
    quoted from sources, claims derived from the passages that state them, and a claim in other words is an alternate.
    """
    document = ProvDocument()
    document.add_namespace("cm", NAMESPACE)
    document.add_namespace("dcterms", "http://purl.org/dc/terms/")
    for record in sorted(bundle.package.records.values(), key=lambda record: record.id):
        _add_entity(document, record, bundle)
    for author in sorted({one.author for one in bundle.package.changesets.values()}):
        kind = "prov:Person" if author is Author.PERSON else "prov:SoftwareAgent"
        document.agent(f"cm:author-{author.value}", {"prov:type": document.valid_qualified_name(kind)})
    for one in parents_first(bundle.package.changesets):
        _add_changeset(document, one, bundle)
    for record in sorted(bundle.package.records.values(), key=lambda record: record.id):
        _add_derivations(document, record)
    return document


def _add_entity(document: ProvDocument, record: Record, bundle: Bundle) -> None:
    words = shortened(label(record, bundle.view)) if record.id in bundle.view.records else record.id
    attributes = {"prov:label": printable(words), "prov:type": f"cm:{record.kind_name}"}
    if isinstance(record, Source) and record.url != UNKNOWN:
        attributes["dcterms:source"] = printable(record.url)
    document.entity(f"cm:{record.id}", attributes)


def _add_changeset(document: ProvDocument, one: Committed, bundle: Bundle) -> None:
    at = datetime.fromisoformat(one.at)
    activity = f"cm:making-{one.id}"
    document.activity(activity, at, at, {"prov:label": printable(one.reason), "cm:run": printable(one.run)})
    document.wasAssociatedWith(activity, f"cm:author-{one.author.value}")
    document.entity(f"cm:{one.id}", {"prov:type": "cm:revision"})
    document.wasGeneratedBy(f"cm:{one.id}", activity, at)
    for parent in one.parents:
        document.wasRevisionOf(f"cm:{one.id}", f"cm:{parent}")
        document.used(activity, f"cm:{parent}", at)
    for key in one.records:
        record = bundle.package.records[key]
        if bundle.added_by[key] is one:
            document.wasGeneratedBy(f"cm:{key}", activity, at)
        if isinstance(record, Retraction) and key in bundle.view.records:
            document.wasInvalidatedBy(f"cm:{record.record}", activity, at, other_attributes={"prov:label": printable(record.reason)})


def _add_derivations(document: ProvDocument, record: Record) -> None:
    match record:
        case Passage():
            document.wasQuotedFrom(f"cm:{record.id}", f"cm:{record.source}")
        case Assertion():
            document.wasDerivedFrom(f"cm:{record.id}", f"cm:{record.passage}")
            document.wasDerivedFrom(f"cm:{record.claim}", f"cm:{record.passage}")
        case Alias():
            document.alternateOf(f"cm:{record.member}", f"cm:{record.representative}")
        case Equivalence() if not record.negated:
            document.alternateOf(f"cm:{record.member}", f"cm:{record.representative}")
        case Retraction() | Equivalence():
            pass
        case _:
            for _, named, _kinds in record.named():
                document.wasDerivedFrom(f"cm:{record.id}", f"cm:{named}")
