"""Argdown's syntax, as far as we read it: statements, arguments, relations, and arguments spelled out in numbered steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from knowledge.errors import BrokenFile

_DEFINED: Final = re.compile(r"(?P<open>[\[<])(?P<title>[^\]>\[<]+)[\]>]\s*(?P<colon>:?)\s*(?P<rest>.*)", re.DOTALL)
_RELATION: Final = re.compile(r"(?P<indent>[ \t]+)(?P<sign>><|[+\-_]>|<[+\-_]|[+\-_])\s+(?P<rest>\S.*)", re.DOTALL)
_STEP: Final = re.compile(r"\s*\((?P<number>\d+)\)\s+(?P<rest>\S.*)", re.DOTALL)
_RULE: Final = re.compile(r"\s*(-{4,}|--(?P<inside>.*)--)\s*$")
_TAG: Final = re.compile(r"#\((?P<long>[^)]*)\)|(?<!\S)#(?P<short>[\w-]+)")
_MARKUP: Final = re.compile(r"\*\*|__|(?<!\w)[*_]|[*_](?!\w)")
MOST_NESTING: Final = 100
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same safe loader in C where PyYAML has it, ten times as fast: a large export has a block a statement."""


def _yaml(text: str) -> Any:
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  # both are safe loaders


@dataclass
class Element:
    """A statement or an argument: all that the document says of it. ``line`` and ``start`` are where its words stand."""

    title: str
    is_argument: bool
    line: int
    text: str = ""
    start: int = -1
    raw: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Arrow:
    """One element bearing on another: ``sign`` is +, -, _ or ><."""

    sign: str
    origin: str
    target: str
    line: int


@dataclass(frozen=True)
class Inference:
    """A step of an argument spelled out: from premises to a conclusion."""

    argument: str
    premises: tuple[str, ...]
    conclusion: str
    line: int


@dataclass
class Document:
    """A parsed document. Keys are ``[title]`` and ``<title>``."""

    front: dict[str, Any] = field(default_factory=dict)
    elements: dict[str, Element] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    inferences: list[Inference] = field(default_factory=list)


def parse(text: str) -> Document:
    """Parse an Argdown document.

    Raises:
        BrokenFile: with the line that isn't understood.
    """
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._document = Document()
        self._nameless = 0
        self._above: list[tuple[int, str]] = []
        self._steps: list[tuple[int, str]] = []
        self._rule: tuple[int, list[int] | None] | None = None
        self._argument = ""

    def parse(self) -> Document:
        for line, start, content in self._blocks():
            try:
                self._block(line, start, content)
            except yaml.YAMLError as problem:
                raise BrokenFile(line, f"the data block is no YAML: {str(problem).splitlines()[0]}") from problem
        if self._rule is not None:
            raise BrokenFile(self._rule[0], "a conclusion should follow the line of the inference")
        return self._document

    def _blocks(self) -> Iterator[tuple[int, int, str]]:
        """Yield (line, offset, content) of each piece: a line and those that go on with its text; ("", empty) for a blank line."""
        lines = _without_comments(self._text).split("\n")
        at, start = 0, 0
        if lines and lines[0].strip() == "===":
            at, start = self._front(lines)
        while at < len(lines):
            content, first, offset = lines[at], at, start
            start += len(lines[at]) + 1
            at += 1
            while at < len(lines) and content.strip() and not _begins(content, lines[at]):
                content += "\n" + lines[at]
                start += len(lines[at]) + 1
                at += 1
            yield first + 1, offset, content

    def _front(self, lines: list[str]) -> tuple[int, int]:
        try:
            end = next(at for at in range(1, len(lines)) if lines[at].strip() == "===")
        except StopIteration:
            raise BrokenFile(1, "the front matter has no end: a line of === is missing") from None
        try:
            found = _yaml("\n".join(lines[1:end])) or {}
        except (yaml.YAMLError, RecursionError) as problem:
            raise BrokenFile(2, f"the front matter is no YAML: {str(problem).splitlines()[0]}") from problem
        if not isinstance(found, dict):
            raise BrokenFile(2, "the front matter must be `key: value` lines")
        self._document.front = found
        return end + 1, sum(len(line) + 1 for line in lines[: end + 1])

    def _block(self, line: int, start: int, content: str) -> None:
        if not content.strip():
            self._above, self._steps = [], []
            return
        if content.lstrip().startswith("#") and re.match(r"\s*#{1,6}\s", content):
            return
        if rule := _RULE.match(content):
            if not self._steps:
                raise BrokenFile(line, "an inference needs numbered premises before it")
            self._rule = (line, _uses(rule["inside"] or ""))
        elif step := _STEP.match(content):
            key = self._element(step["rest"], line, start + step.start("rest"))
            self._step(int(step["number"]), key, line)
        elif relation := _RELATION.match(content):
            self._relation(relation, line, start)
        else:
            key = self._element(content.strip(), line, start + len(content) - len(content.lstrip()))
            self._above = [(0, key)]
            self._argument = key if key.startswith("<") else ""

    def _relation(self, found: re.Match[str], line: int, start: int) -> None:
        indent = len(found["indent"].expandtabs(4))
        while self._above and self._above[-1][0] >= indent:
            self._above.pop()
        if not self._above:
            raise BrokenFile(line, "a relation stands below nothing that it could bear on")
        if len(self._above) > MOST_NESTING:
            raise BrokenFile(line, f"relations are nested deeper than {MOST_NESTING}")
        parent = self._above[-1][1]
        key = self._element(found["rest"], line, start + found.start("rest"))
        sign = found["sign"]
        outward = sign.endswith(">") and sign != "><"
        origin, target = (parent, key) if outward else (key, parent)
        self._document.arrows.append(Arrow(sign if sign == "><" else sign.strip("<>"), origin, target, line))
        self._above.append((indent, key))

    def _step(self, number: int, key: str, line: int) -> None:
        if self._rule is not None:
            uses = self._rule[1]
            premises = tuple(known for at, known in self._steps if uses is None or at in uses)
            if not premises:
                raise BrokenFile(line, "the inference uses none of the steps before it")
            self._document.inferences.append(Inference(self._argument, premises, key, line))
            self._rule = None
            self._steps = [*self._steps, (number, key)] if uses is not None else [(number, key)]
        else:
            self._steps.append((number, key))

    def _element(self, content: str, line: int, start: int) -> str:
        """Note an element and what is said of it here, and return its key."""
        found = _DEFINED.match(content)
        if found is None:
            self._nameless += 1
            key, words, offset = f"[untitled {self._nameless}]", content, start
        else:
            key = f"[{found['title'].strip()}]" if found["open"] == "[" else f"<{found['title'].strip()}>"
            words, offset = found["rest"], start + found.start("rest")
            if words and not found["colon"] and not words.lstrip().startswith(("{", "#")):
                raise BrokenFile(line, f"a colon should stand between {key} and its text")
        element = self._document.elements.setdefault(key, Element(key[1:-1], key.startswith("<"), line))
        raw, data = _split_data(words, line)
        element.data |= data
        element.tags += [tag["long"] or tag["short"] for tag in _TAG.finditer(raw)]
        raw = _TAG.sub(lambda tag: " " * len(tag[0]), raw).rstrip()
        text = " ".join(_MARKUP.sub("", raw).split())
        if text:
            element.text, element.line, element.start = text, line, offset + len(raw) - len(raw.lstrip())
            element.raw = raw.strip()
        return key


def _begins(content: str, following: str) -> bool:
    """Say whether a line begins something of its own rather than going on with the text before it."""
    if not following.strip() or _RELATION.match(following) or _STEP.match(following) or _RULE.match(following):
        return True
    return following[0] in "[<#" or bool(_RULE.match(content)) or content.lstrip().startswith("#")


def _split_data(words: str, line: int) -> tuple[str, dict[str, Any]]:
    """Cut a data block off the end of a text.

    Raises:
        BrokenFile: the block is no YAML, or something follows it. Argdown's own parser refuses the same, and takes a lone brace for text.
    """
    opened = words.partition("{")[2]
    if "}" not in opened:
        return words, {}
    if not words.rstrip().endswith("}"):
        raise BrokenFile(line, "nothing may follow a data block")
    raw, _, block = words.partition("{")
    try:
        data = _yaml("{" + block)
    except RecursionError:
        raise BrokenFile(line, "the data block is nested too deep") from None
    if not isinstance(data, dict):
        raise BrokenFile(line, "a data block must be {key: value}")
    return raw, data


def _uses(inside: str) -> list[int] | None:
    """Read which steps an inference says that it uses; None if it doesn't say."""
    found = re.search(r"uses:\s*\[([\d,\s]*)\]", inside)
    return [int(number) for number in re.findall(r"\d+", found[1])] if found else None


def _without_comments(text: str) -> str:
    """Blank comments out, keeping every line and offset where it is."""
    comments = r"/\*.*?\*/|<!--.*?-->|(?<!:)//[^\n]*"
    return re.sub(comments, lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)
