"""xAIF out (JSON): the Argument Interchange Format with its dialogue, as AIFdb, OVA and the open argument-mining services speak it.

Claims and answers are I nodes, links RA or CA nodes between them, assertions the chain L (the words) -> YA (the stance) -> I; the same
claim in other words and variants are MA nodes. What AIF has no place for stands under the top-level key ``cruxmap``, which other
programs pass over. See `knowledge.formats.xaif_reading` for the way back and docs/formats.md for what is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from knowledge.formats.bundles import Bundle
from knowledge.formats.files import write_file
from knowledge.records import Answer, Assertion, Claim, Equivalence, Link, Passage, Question, Source, Variant, Warrant
from knowledge.vocabulary import Relation, Stance

ILLOCUTIONS: Final = {
    Stance.ASSERTS: "Asserting",
    Stance.DENIES: "Disagreeing",
    Stance.DOUBTS: "Challenging",
    Stance.CONCEDES: "Agreeing",
    Stance.REPORTS: "Restating",
    Stance.SUPPOSES: "Hypothesising",
}
"""Our stances in the words of Inference Anchoring Theory, or near them."""
SCHEMES: Final = {
    Relation.SUPPORTS: ("RA", "Default Inference"),
    Relation.ATTACKS: ("CA", "Default Conflict"),
    Relation.UNDERCUTS: ("CA", "Default Undercut"),
}
BETWEEN_TEXTS: Final = "\n\n"


def write_xaif(bundle: Bundle, path: Path) -> None:
    """Write one xAIF document."""
    write_file(path, json.dumps(document_of(bundle), ensure_ascii=False, indent=1) + "\n")


def document_of(bundle: Bundle) -> dict[str, Any]:
    """Build the document; every node has the id of the record that it is."""
    graph = _Graph(bundle)
    graph.add_all()
    text, sources = _texts(bundle)
    view = bundle.view
    ours = {
        "version": 1,
        "sources": sources,
        "questions": {one.id: one.model_dump(mode="json") for one in view.all(Question)},
        "answers": {one.id: one.model_dump(mode="json", exclude={"text"}) for one in view.all(Answer)},
        "warrants": {one.id: view.get(one.warrant, Warrant).text for one in view.all(Link)},
        "locutions": {one.id: _locution(bundle, one) for one in view.all(Assertion)},
        "equivalences": {one.id: one.model_dump(mode="json") for one in view.all(Equivalence)},
        "variants": {one.id: one.model_dump(mode="json") for one in view.all(Variant)},
    }
    aif = {
        "nodes": graph.nodes,
        "edges": graph.edges,
        "schemefulfillments": [],
        "descriptorfulfillments": [],
        "participants": graph.participants,
        "locutions": graph.locutions,
    }
    return {"AIF": aif, "text": {"txt": text}, "dialog": True, "OVA": {}, "cruxmap": ours}


def _texts(bundle: Bundle) -> tuple[str, dict[str, Any]]:
    """Join the sources' texts, and say of each source what it is and where its text stands in them."""
    whole = ""
    described: dict[str, Any] = {}
    for source in bundle.view.all(Source):
        text = bundle.package.texts[source.text]
        described[source.id] = {**source.model_dump(mode="json", exclude={"text"}), "start": len(whole), "end": len(whole) + len(text)}
        whole += text + BETWEEN_TEXTS
    return whole, described


def _locution(bundle: Bundle, assertion: Assertion) -> Mapping[str, Any]:
    passage, source = bundle.quoted(assertion)
    kept = assertion.model_dump(mode="json", include={"hedge", "reporters", "said", "stance"})
    return {**kept, "source": source.id, "start": passage.start, "end": passage.end}


class _Graph:
    """Collects nodes and edges in a stable order."""

    def __init__(self, bundle: Bundle) -> None:
        self._view = bundle.view
        self.nodes: list[dict[str, str]] = []
        self.edges: list[dict[str, str]] = []
        self.participants: list[dict[str, str]] = []
        self.locutions: list[dict[str, str]] = []

    def add_all(self) -> None:
        """Add what AIF has a place for."""
        for statement in self._statements():
            self._node(statement.id, "I", statement.text)
        for link in self._view.all(Link):
            kind, scheme = SCHEMES[link.relation]
            self._node(link.id, kind, scheme)
            for premise in link.premises:
                self._edge(premise, link.id)
            self._edge(link.id, link.target)
        for one in self._view.all(Equivalence):
            self._between(one.id, (one.member, one.representative), opposed=one.negated)
        for variant in self._view.all(Variant):
            self._between(variant.id, variant.claims, opposed=False)
        self._dialogue()

    def _statements(self) -> Iterator[Answer | Claim]:
        yield from self._view.all(Answer)
        yield from self._view.all(Claim)

    def _dialogue(self) -> None:
        speakers = sorted({assertion.speaker for assertion in self._view.all(Assertion)})
        numbers = {speaker: str(number) for number, speaker in enumerate(speakers, 1)}
        self.participants = [{"participantID": numbers[speaker], "firstname": speaker, "surname": ""} for speaker in speakers]
        for assertion in self._view.all(Assertion):
            illocution = f"ya-{assertion.id}"
            self._node(assertion.id, "L", self._view.get(assertion.passage, Passage).text)
            self._node(illocution, "YA", ILLOCUTIONS[assertion.stance])
            self._edge(assertion.id, illocution)
            self._edge(illocution, assertion.claim)
            self.locutions.append({"nodeID": assertion.id, "personID": numbers[assertion.speaker]})

    def _between(self, key: str, claims: tuple[str, str], *, opposed: bool) -> None:
        self._node(key, "CA" if opposed else "MA", "Default Conflict" if opposed else "Default Rephrase")
        self._edge(claims[0], key)
        self._edge(key, claims[1])

    def _node(self, key: str, kind: str, text: str) -> None:
        self.nodes.append({"nodeID": key, "text": text, "type": kind})

    def _edge(self, origin: str, target: str) -> None:
        self.edges.append({"edgeID": f"{origin}>{target}", "fromID": origin, "toID": target})
