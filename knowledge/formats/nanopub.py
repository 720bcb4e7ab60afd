"""Nanopublications (TriG): one claim each, with who says so where. Never signed, never published; that is for a person to do. Out only."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from rdflib import DCTERMS, PROV, RDF, RDFS, XSD, Dataset, Graph, Literal, Namespace, URIRef

from knowledge.errors import Unsuitable
from knowledge.formats.bundles import Bundle
from knowledge.formats.files import printable, write_folder
from knowledge.records import UNKNOWN, Claim, Source
from knowledge.vocabulary import Stance

NP: Final = Namespace("http://www.nanopub.org/nschema#")
CITO: Final = Namespace("http://purl.org/spar/cito/")
HYCL: Final = Namespace("http://purl.org/petapico/o/hycl#")
TEMPORARY: Final = "http://purl.org/nanopub/temp/cruxmap/"
"""What a nanopublication is called until it is signed; signing gives it a Trusty URI."""
STANCES: Final = {
    Stance.ASSERTS: CITO.supports,
    Stance.DENIES: CITO.disputes,
    Stance.DOUBTS: CITO.critiques,
    Stance.CONCEDES: CITO.agreesWith,
    Stance.REPORTS: CITO.discusses,
    Stance.SUPPOSES: CITO.speculatesOn,
}
"""Our stances in CiTO's terms, said of the document in which somebody takes them."""


def write_nanopub(bundle: Bundle, folder: Path) -> None:
    """Write ``<claim id>.trig`` for each claim that somebody asserts or denies somewhere.

    Raises:
        Unsuitable: there is no such claim, or the folder is not empty.
    """
    claims = [claim for claim in bundle.view.all(Claim) if claim.id in bundle.view.members and any(bundle.view.assertions_of(claim.id))]
    if not claims:
        raise Unsuitable("no claim here is asserted in a source, and a nanopublication needs its provenance")
    write_folder(folder, {f"{claim.id}.trig": dataset_of(bundle, claim).serialize(format="trig") for claim in claims})


def dataset_of(bundle: Bundle, claim: Claim) -> Dataset:
    """Build one nanopublication: its four graphs."""
    base = Namespace(f"{TEMPORARY}{claim.id}#")
    publication = URIRef(f"{TEMPORARY}{claim.id}")
    dataset = Dataset()
    for prefix, namespace in (("", base), ("np", NP), ("cito", CITO), ("hycl", HYCL), ("prov", PROV), ("dcterms", DCTERMS)):
        dataset.bind(prefix, namespace)
    head, assertion, provenance, info = (dataset.graph(base[name]) for name in ("Head", "assertion", "provenance", "pubinfo"))
    head.add((publication, RDF.type, NP.Nanopublication))
    head.add((publication, NP.hasAssertion, base.assertion))
    head.add((publication, NP.hasProvenance, base.provenance))
    head.add((publication, NP.hasPublicationInfo, base.pubinfo))
    assertion.add((base.claim, RDF.type, HYCL.Statement))
    assertion.add((base.claim, RDFS.label, Literal(printable(claim.text))))
    _add_said(bundle, claim, base, assertion, provenance)
    added = bundle.added_by[claim.id]
    info.add((publication, DCTERMS.created, Literal(added.at, datatype=XSD.dateTime)))
    info.add((publication, DCTERMS.identifier, Literal(claim.id)))
    info.add((publication, DCTERMS.creator, URIRef(f"urn:cruxmap:author-{added.author.value}")))
    info.add((publication, DCTERMS.description, Literal(printable(f"Extracted by cruxmap in the run {added.run}."))))
    return dataset


def _add_said(bundle: Bundle, claim: Claim, base: Namespace, assertion: Graph, provenance: Graph) -> None:
    """Say which document takes which stance, and in the provenance in whose words."""
    for said, opposite in bundle.view.assertions_of(claim.id):
        passage, source = bundle.quoted(said)
        document = _address(source)
        stance = STANCES[said.stance]
        if opposite:
            stance = CITO.supports if said.stance is Stance.DENIES else CITO.disputes
        assertion.add((document, stance, base.claim))
        quotation = base[said.id]
        provenance.add((base.assertion, PROV.wasDerivedFrom, document))
        provenance.add((document, DCTERMS.title, Literal(printable(source.title))))
        provenance.add((quotation, PROV.wasQuotedFrom, document))
        provenance.add((quotation, PROV.value, Literal(printable(passage.text))))
        if said.speaker != UNKNOWN:
            provenance.add((quotation, DCTERMS.creator, Literal(printable(said.speaker))))


def _address(source: Source) -> URIRef:
    """Return a document's address, with what no URI may hold escaped, or without one a name of our own."""
    if source.url.startswith(("http://", "https://", "urn:")):
        return URIRef(quote(source.url, safe=":/?#[]@!$&'()*+,;=%~-._"))
    return URIRef(f"urn:cruxmap:{source.id}")
