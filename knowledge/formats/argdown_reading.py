"""Argdown in: what we wrote comes back under the same ids; anybody's document becomes claims that stand in it, and links."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from knowledge.blobs import digest_of_text
from knowledge.errors import BrokenFile
from knowledge.formats.argdown import shown
from knowledge.formats.argdown_syntax import Arrow, Document, Element, parse
from knowledge.formats.files import read_file
from knowledge.formats.imports import Imported, complaint
from knowledge.records import UNKNOWN, Answer, Assertion, Claim, Equivalence, Link, Passage, Question, Record, Source, Tag, Variant, Warrant
from knowledge.vocabulary import Relation, Stance

SIGNS: Final = {"+": Relation.SUPPORTS, "-": Relation.ATTACKS, "_": Relation.UNDERCUTS}
MOST_ROUNDS: Final = 50


def read_argdown(path: Path) -> Imported:
    """Read an Argdown document.

    Raises:
        BrokenFile: it isn't Argdown as we read it, with the line and the reason; nothing was imported.
        OSError: it can't be read.
    """
    text = read_file(path).replace("\r\n", "\n")
    try:
        return _Converter(parse(text), text, path.name).convert()
    except BrokenFile as problem:
        raise problem.within(path) from problem


class _Converter:
    """Turns a document into records. ``_ids`` maps elements to claims or answers, ``_links`` arguments to their links."""

    def __init__(self, document: Document, text: str, name: str) -> None:
        self._document, self._text, self._name = document, text, name
        self._ids: dict[str, str] = {}
        self._links: dict[str, list[Link]] = {}
        self._records: list[Record] = []
        self._source: Source | None = None

    def convert(self) -> Imported:
        self._questions()
        for key, element in self._document.elements.items():
            if not element.is_argument:
                self._statement(key, element)
        self._arguments()
        self._relations()
        for key, element in self._document.elements.items():
            self._samenesses(key, element)
        return Imported.of(self._records, [self._text] if self._source else [])

    def _add(self, record: Record) -> None:
        self._records.append(record)

    def _build(self, kind: type[Any], line: int, /, **fields: Any) -> Any:
        try:
            record = kind(**fields)
        except ValidationError as problem:
            raise complaint(problem, line=line, what=kind.kind_name) from problem
        self._add(record)
        return record

    # Statements

    def _questions(self) -> None:
        ours = self._document.front.get("cruxmap")
        questions = ours.get("questions", []) if isinstance(ours, dict) else []
        for entry in questions if isinstance(questions, list) else []:
            if not isinstance(entry, dict):
                raise BrokenFile(2, "a question in the front matter must be {id, name, text, parent}")
            self._build(Question, 2, **{name: value for name, value in entry.items() if name != "id"})

    def _statement(self, key: str, element: Element) -> None:
        if not element.text:
            raise BrokenFile(element.line, f"{key} is named but nowhere said")
        if element.data.get("kind") == "answer":
            fields = {name: element.data.get(name) for name in ("question", "name", "also_called", "something_else")}
            given = {name: value for name, value in fields.items() if value is not None}
            self._ids[key] = self._build(Answer, element.line, text=_words(element), **given).id
        else:
            self._ids[key] = self._claim(element)

    def _claim(self, element: Element) -> str:
        """Make a claim; one that isn't ours stands in the document, which then is its source."""
        claim = self._build(Claim, element.line, text=_words(element))
        for tag in element.tags:
            self._build(Tag, element.line, record=claim.id, name="argdown", value=tag)
        if element.data.get("kind") != "claim" and element.start >= 0:
            self._source = self._source or self._build(Source, 0, title=self._name, text=digest_of_text(self._text))
            words = self._text[element.start : element.start + len(element.raw)]
            span = {"start": element.start, "end": element.start + len(words), "text": words}
            passage = self._build(Passage, element.line, source=self._source.id, **span)
            self._build(Assertion, element.line, claim=claim.id, passage=passage.id, stance=Stance.REPORTS)
        return str(claim.id)

    # Arguments

    def _arguments(self) -> None:
        """Make the links of arguments, those first whose targets are links that are made already."""
        inward: dict[str, list[Arrow]] = {}
        waiting = [arrow for arrow in self._document.arrows if arrow.origin.startswith("<")]
        for arrow in self._document.arrows:
            if arrow.target.startswith("<") and not arrow.origin.startswith("<") and arrow.sign == "+":
                inward.setdefault(arrow.target, []).append(arrow)
        for inference in self._document.inferences:
            premises = tuple(self._ids[key] for key in inference.premises if key in self._ids)
            warrant = self._document.elements[inference.argument] if inference.argument else None
            self._link(inference.argument, premises, self._ids[inference.conclusion], Relation.SUPPORTS, warrant, inference.line)
        for _ in range(MOST_ROUNDS):
            later = [arrow for arrow in waiting if not self._argument(arrow, inward.get(arrow.origin, []))]
            if len(later) == len(waiting):
                break
            waiting = later
        if waiting:
            raise BrokenFile(waiting[0].line, f"{waiting[0].origin} bears on {waiting[0].target}, which bears on nothing itself")

    def _argument(self, arrow: Arrow, inward: list[Arrow]) -> bool:
        """Make the link of an argument that bears on something; False if what it bears on isn't made yet."""
        element = self._document.elements[arrow.origin]
        if arrow.sign == "><":
            raise BrokenFile(arrow.line, f"{arrow.origin} is an argument; only statements contradict each other")
        targets = self._targets(arrow)
        if not targets:
            return False
        ours = element.data.get("kind") == "link"
        spelled_out = [inference for inference in self._document.inferences if inference.argument == arrow.origin]
        if ours:
            premises = tuple(self._ids[one.origin] for one in inward)
        elif spelled_out:
            # Its steps are links already; what remains is from their conclusion to what the argument bears on, if that is another.
            premises = (self._ids[spelled_out[-1].conclusion],)
            targets = [target for target in targets if target not in premises]
        else:
            premises = (self._reason(arrow.origin, element),)
        for target in targets:
            relation = Relation.UNDERCUTS if target.startswith("link-") else SIGNS[arrow.sign]
            self._link(arrow.origin, premises, target, relation, element if ours else None, arrow.line)
        if not ours:
            for one in inward:
                self._link("", (self._ids[one.origin],), premises[0], Relation.SUPPORTS, None, one.line)
        return True

    def _targets(self, arrow: Arrow) -> list[str]:
        if not arrow.target.startswith("<"):
            return [self._ids[arrow.target]]
        if arrow.sign == "_":
            return [link.id for link in self._links.get(arrow.target, [])]
        element = self._document.elements[arrow.target]
        return [self._reason(arrow.target, element)] if element.text else []

    def _reason(self, key: str, element: Element) -> str:
        """Return the claim that an argument without steps makes: its text, or for want of one its title."""
        if key not in self._ids:
            if not element.text:
                element.text = element.title
            self._ids[key] = self._claim(element)
        return self._ids[key]

    def _link(self, argument: str, premises: tuple[str, ...], target: str, relation: Relation, warrant: Element | None, line: int) -> None:
        if not premises:
            raise BrokenFile(line, f"{argument} has no premises: nothing supports it by a line like + [statement]")
        words = _words(warrant) if warrant is not None and warrant.text else UNKNOWN
        reason = self._build(Warrant, line, text=words)
        fields = {"premises": tuple(sorted(set(premises))), "target": target, "relation": relation, "warrant": reason.id}
        self._links.setdefault(argument, []).append(self._build(Link, line, **fields))

    # Relations between statements

    def _relations(self) -> None:
        told = {
            frozenset((self._ids.get(key), one.get("representative")))
            for key, element in self._document.elements.items()
            for one in _entries(element, "same_as")
        }
        for arrow in self._document.arrows:
            if arrow.origin.startswith("<") or (arrow.target.startswith("<") and self._document.elements[arrow.target].data.get("kind")):
                continue
            origin = self._ids[arrow.origin]
            if arrow.sign == "><":
                target = self._ids[arrow.target]
                if frozenset((origin, target)) not in told:
                    reason = f"contradictory in {self._name}"
                    self._build(Equivalence, arrow.line, member=origin, representative=target, negated=True, reason=reason)
            elif arrow.sign == "_":
                for link in self._links.get(arrow.target, []):
                    self._link("", (origin,), link.id, Relation.UNDERCUTS, None, arrow.line)
            elif not arrow.target.startswith("<"):
                self._link("", (origin,), self._ids[arrow.target], SIGNS[arrow.sign], None, arrow.line)
            elif arrow.sign == "-":
                self._link("", (origin,), self._reason(arrow.target, self._document.elements[arrow.target]), SIGNS["-"], None, arrow.line)

    def _samenesses(self, key: str, element: Element) -> None:
        for one in _entries(element, "same_as"):
            fields = {name: one.get(name) for name in ("representative", "negated", "reason")}
            self._build(Equivalence, element.line, member=self._ids[key], **fields)
        for one in _entries(element, "like"):
            pair = tuple(sorted((self._ids[key], str(one.get("claim")))))
            self._build(Variant, element.line, claims=pair, differs_in=one.get("differs_in"), explanation=one.get("explanation"))


def _entries(element: Element, name: str) -> Iterator[dict[str, Any]]:
    found = element.data.get(name, [])
    yield from (one for one in (found if isinstance(found, list) else []) if isinstance(one, dict))


def _words(element: Element) -> str:
    """Return the exact words; those of the data block only as long as what is shown hasn't been edited."""
    exact = element.data.get("text")
    if isinstance(exact, str) and " ".join(shown(exact).split()) == element.text:
        return exact
    return element.text
