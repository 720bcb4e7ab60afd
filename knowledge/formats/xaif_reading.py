"""xAIF in: what we wrote comes back under the same ids; anybody's graph becomes claims, links, and who said what where."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.blobs import digest_of_text
from knowledge.errors import BrokenFile
from knowledge.formats.files import read_file
from knowledge.formats.imports import Imported, complaint
from knowledge.formats.xaif import ILLOCUTIONS
from knowledge.records import UNKNOWN, Answer, Assertion, Claim, Equivalence, Link, Passage, Question, Record, Source, Variant, Warrant
from knowledge.vocabulary import Relation, Stance

STANCES: Final = {
    **{words.casefold(): stance for stance, words in ILLOCUTIONS.items()},
    "disputing": Stance.DENIES,
    "default illocuting": Stance.ASSERTS,
    "pure questioning": Stance.DOUBTS,
    "assertive questioning": Stance.ASSERTS,
    "rhetorical questioning": Stance.ASSERTS,
    "popular conceding": Stance.CONCEDES,
}
"""Illocutions of other people's graphs; one that isn't here is left out, and said so."""


class _Part(BaseModel):
    """A part of the file. Ids are ints or strings; what we don't know is passed over, as AIF means it to be."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)


class Node(_Part):
    """A node."""

    nodeID: str  # noqa: N815  # AIF's name
    text: str = ""
    type: str


class Edge(_Part):
    """An edge."""

    fromID: str  # noqa: N815
    toID: str  # noqa: N815


class Locution(_Part):
    """Who said an L node."""

    nodeID: str  # noqa: N815
    personID: str  # noqa: N815


class Participant(_Part):
    """Who took part."""

    participantID: str  # noqa: N815
    firstname: str | None = ""
    surname: str | None = ""


class Graph(_Part):
    """The ``AIF`` object."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    locutions: tuple[Locution, ...] = ()
    participants: tuple[Participant, ...] = ()


class Ours(_Part):
    """What an export of ours says beyond AIF; empty in anybody else's file."""

    sources: dict[str, dict[str, Any]] = Field(default_factory=dict)
    questions: dict[str, dict[str, Any]] = Field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    warrants: dict[str, str] = Field(default_factory=dict)
    locutions: dict[str, dict[str, Any]] = Field(default_factory=dict)
    equivalences: dict[str, dict[str, Any]] = Field(default_factory=dict)
    variants: dict[str, dict[str, Any]] = Field(default_factory=dict)


def read_xaif(path: Path) -> Imported:
    """Read an xAIF document, or a bare AIF one.

    Raises:
        BrokenFile: it is none, with the line and the reason; nothing was imported.
        OSError: it can't be read.
    """
    text = read_file(path)
    try:
        return _Converter(text, path.name).convert()
    except BrokenFile as problem:
        raise problem.within(path) from problem


class _Converter:
    """Turns nodes into records; ``_ids`` maps nodes to claims, answers and links."""

    def __init__(self, text: str, name: str) -> None:
        self._raw, self._name = text, name
        whole = _object(text)
        graph = whole.get("AIF", whole.get("aif", whole))
        if not isinstance(graph, dict) or "nodes" not in graph:
            raise BrokenFile(0, "this is no AIF: there is no object with nodes and edges under the key AIF")
        try:
            self._graph = Graph.model_validate(graph)
            self._ours = Ours.model_validate(whole.get("cruxmap") or {})
        except ValidationError as problem:
            raise complaint(problem) from problem
        found = whole.get("text")
        self._text = str(found.get("txt", "")) if isinstance(found, dict) else found if isinstance(found, str) else ""
        self._nodes = self._by_id()
        self._into: dict[str, list[str]] = defaultdict(list)
        self._out_of: dict[str, list[str]] = defaultdict(list)
        self._connect()
        self._ids: dict[str, str] = {}
        self._records: dict[str, Record] = {}
        self._texts: list[str] = []
        self._left_out: dict[str, int] = defaultdict(int)

    def convert(self) -> Imported:
        for key, fields in self._ours.questions.items():
            self._build(Question, key, **fields)
        for key, node in self._nodes.items():
            if node.type == "I":
                self._statement(key, node)
        self._links()
        for key in self._ours.equivalences:
            self._build(Equivalence, key, **self._ours.equivalences[key])
        for key in self._ours.variants:
            self._build(Variant, key, **self._ours.variants[key])
        self._dialogue()
        left_out = [f"{count} {what}" for what, count in sorted(self._left_out.items())]
        return Imported.of(self._records.values(), self._texts, left_out=left_out)

    def _by_id(self) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for node in self._graph.nodes:
            if node.nodeID in found:
                raise self._broken(node.nodeID, f"there are two nodes {node.nodeID}")
            found[node.nodeID] = node
        return found

    def _connect(self) -> None:
        for edge in self._graph.edges:
            for end in (edge.fromID, edge.toID):
                if end not in self._nodes:
                    raise self._broken(end, f"an edge from {edge.fromID} to {edge.toID} ends at no node of the graph")
            if self._nodes[edge.fromID].type == self._nodes[edge.toID].type == "I":
                raise self._broken(edge.fromID, f"an edge joins the I nodes {edge.fromID} and {edge.toID}: AIF puts a relation between")
            self._out_of[edge.fromID].append(edge.toID)
            self._into[edge.toID].append(edge.fromID)

    def _broken(self, key: str, reason: str) -> BrokenFile:
        """Complain about a node, at the line where it first stands."""
        at = self._raw.find(f'"{key}"')
        return BrokenFile(self._raw.count("\n", 0, at) + 1 if at >= 0 else 0, reason)

    def _build(self, kind: type[Any], key: str, /, **fields: Any) -> Any:
        try:
            record = kind(**fields)
        except (ValidationError, TypeError) as problem:
            reason = complaint(problem, what=f"node {key}").reason if isinstance(problem, ValidationError) else str(problem)
            raise self._broken(key, reason) from problem
        self._records[record.id] = record
        return record

    # Statements and relations

    def _statement(self, key: str, node: Node) -> None:
        if key in self._ours.answers:
            self._ids[key] = self._build(Answer, key, **{**self._ours.answers[key], "text": node.text}).id
        else:
            self._ids[key] = self._build(Claim, key, text=node.text).id

    def _links(self) -> None:
        """Make links; one that attacks a relation waits until that is made. What waits in vain is left out, and said so."""
        waiting = [
            (key, target)
            for key, node in self._nodes.items()
            if node.type in {"RA", "CA"} and key not in self._ours.equivalences
            for target in self._out_of[key]
        ]
        while waiting:
            later = [pair for pair in waiting if not self._link(*pair)]
            if len(later) == len(waiting):
                break
            waiting = later
        if waiting:
            self._left_out["relations that bear on nothing that could be read"] += len(waiting)
        for key, node in self._nodes.items():
            if node.type == "MA" and key not in self._ours.equivalences and key not in self._ours.variants:
                self._rephrase(key)

    def _link(self, key: str, target: str) -> bool:
        kinds = {"I": ("RA", "CA"), "RA": ("CA",), "CA": ("CA",)}
        if self._nodes[key].type not in kinds.get(self._nodes[target].type, ()):
            self._left_out["supports of a relation, or relations to what is no claim"] += 1
            return True
        if target not in self._ids:
            return False
        premises = sorted({self._ids[one] for one in self._into[key] if self._nodes[one].type == "I"})
        if not premises:
            self._left_out["relations without a premise"] += 1
            return True
        about = self._ids[target]
        relation = Relation.UNDERCUTS if about.startswith("link-") else Relation.SUPPORTS if self._is(key, "RA") else Relation.ATTACKS
        warrant = self._build(Warrant, key, text=self._ours.warrants.get(key, UNKNOWN))
        fields = {"premises": tuple(premises), "target": about, "relation": relation, "warrant": warrant.id}
        self._ids[key] = self._build(Link, key, **fields).id
        return True

    def _is(self, key: str, kind: str) -> bool:
        return self._nodes[key].type == kind

    def _rephrase(self, key: str) -> None:
        """Take an MA node between two claims for the same in other words: the first says what the second does."""
        ends = [[one for one in some if self._nodes[one].type == "I"] for some in (self._into[key], self._out_of[key])]
        if [len(some) for some in ends] != [1, 1] or self._ids[ends[0][0]] == self._ids[ends[1][0]]:
            self._left_out["rephrasings that don't stand between two claims"] += 1
            return
        member, representative = self._ids[ends[0][0]], self._ids[ends[1][0]]
        self._build(Equivalence, key, member=member, representative=representative, reason=f"a rephrasing in {self._name}")

    # Who said what

    def _dialogue(self) -> None:
        names = {one.participantID: " ".join(name for name in (one.firstname, one.surname) if name) for one in self._graph.participants}
        speakers = {one.nodeID: names.get(one.personID, "") for one in self._graph.locutions}
        said = [(key, *pair) for key, node in self._nodes.items() if node.type == "L" for pair in self._stances(key)]
        foreign = [(key, claim, stance) for key, claim, stance in said if key not in self._ours.locutions]
        if foreign:
            self._transcribed(foreign, speakers)
        sources = {key: self._source(key) for key in self._ours.sources}
        for key, claim, _ in said:
            if key in self._ours.locutions:
                fields = dict(self._ours.locutions[key])
                source = sources.get(str(fields.pop("source", "")))
                span = {name: fields.pop(name, None) for name in ("start", "end")}
                if source is None:
                    raise self._broken(key, f"the words of {key} stand in no source of the file")
                passage = self._build(Passage, key, source=source.id, text=self._nodes[key].text, **span)
                self._build(Assertion, key, claim=claim, passage=passage.id, speaker=speakers.get(key) or UNKNOWN, **fields)

    def _stances(self, locution: str) -> list[tuple[str, Stance]]:
        """Return the claims on which a locution takes a stance, through YA nodes."""
        found = []
        for key in self._out_of[locution]:
            if self._nodes[key].type != "YA":
                continue
            stance = STANCES.get(self._nodes[key].text.strip().casefold())
            claims = [self._ids[one] for one in self._out_of[key] if self._ids.get(one, "").startswith("claim-")]
            if stance is None or not claims:
                self._left_out[f"illocutions {self._nodes[key].text[:40]!r}"] += 1
                continue
            found += [(claim, stance) for claim in claims]
        return found

    def _source(self, key: str) -> Source:
        fields = dict(self._ours.sources[key])
        start, end = fields.pop("start", None), fields.pop("end", None)
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= len(self._text)):
            raise self._broken(key, f"the text of {key} isn't where the file says that it is")
        text = self._text[start:end]
        self._texts.append(text)
        source: Source = self._build(Source, key, **{**fields, "text": digest_of_text(text)})
        return source

    def _transcribed(self, said: list[tuple[str, str, Stance]], speakers: dict[str, str]) -> None:
        """Quote from the file's text; where the words aren't all in it, from the locutions themselves, one a line."""
        locutions = list(dict.fromkeys(key for key, _, _ in said))
        text = self._text if all(self._nodes[key].text in self._text for key in locutions) else ""
        text = text or "\n".join(self._nodes[key].text for key in locutions)
        self._texts.append(text)
        source = self._build(Source, locutions[0], title=self._name, text=digest_of_text(text))
        spans: dict[str, tuple[int, int]] = {}
        after = 0
        for key in locutions:
            start = text.find(self._nodes[key].text, after)
            start = start if start >= 0 else text.find(self._nodes[key].text)
            spans[key] = (start, start + len(self._nodes[key].text))
            after = spans[key][1]
        for key, claim, stance in said:
            start, end = spans[key]
            passage = self._build(Passage, key, source=source.id, start=start, end=end, text=text[start:end])
            self._build(Assertion, key, claim=claim, passage=passage.id, speaker=speakers.get(key) or UNKNOWN, stance=stance)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as problem:
        raise BrokenFile(problem.lineno, f"this is no JSON: {problem.msg}") from problem
    except (RecursionError, ValueError) as problem:
        raise BrokenFile(0, f"this is no JSON that can be read: {str(problem)[:80]}") from problem
    if not isinstance(found, dict):
        raise BrokenFile(1, "an object belongs here")
    return found
