"""Segmenting: sentences with where they stand, and parts of long documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import nupunkt

_TAIL_SECTION: Final = re.compile(
    r"^(?:#+\s*)?(?:\d+\.?\s*)?(references|bibliography|works cited|acknowledge?ments?|footnotes|related (?:articles|links)|"
    r"competing interests|author contributions|supplementary (?:data|materials?)|data availability.*|see also|external links|"
    r"conflict of interest.*|funding.*|contributor information|associated data|ethics approval.*)\s*:?$",
    re.IGNORECASE,
)
_BOILERPLATE: Final = re.compile(
    r"cookies?\b.*\b(?:accept|use|policy)|\ball rights reserved\b|©|\bcopyright\b.{0,40}\b(?:19|20)\d\d|skip to (?:main )?content|"
    r"\bsign (?:up|in)\b|\blog in\b|\bsubscribe\b|\bprivacy policy\b|official website of the united states|share (?:this|on)\b|"
    r"https? a locked padlock|\bcreative commons\b|\bdoi:\s*10\.|\bPMC\d{5,}|^\[?image\]?$|all access to this page|"
    r"^(?:email|correspondence|received|accepted|published online)\b|javascript|search in pmc|does not imply endorsement",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(
    r"^\s*(?:\[?\d{1,3}[\].)]?\s*)?[A-Z][\w'-]+,?\s+(?:[A-Z]{1,3}\b\.?|[A-Z]\.).{10,}?"
    r"(?:\b(?:19|20)\d\d\b.*?[;:]|\bet al\b.*\b(?:19|20)\d\d)|"
    r"^\s*\d{1,3}\s*\.\s*[A-Z][\w'-]+ [A-Z]{1,3}[,.].*|\[(?:PubMed|Google Scholar|CrossRef|DOI)\]"
)
_HEADING_WORDS: Final = 12
_TITLE_WORDS: Final = 4
"""Words of a heading that stands in the first line of a block: a sentence that happens to begin like one has more."""
_FURNITURE: Final = 0.85
"""Share of boilerplate, in characters, from which on a part of a document is nothing else. Chosen; what it leaves out was read
(docs/measurements.md)."""


@dataclass(frozen=True)
class Segment:
    """A sentence: ``text[start:end]`` of the document. ``heading`` is the section it stands in, "" before the first.

    ``in_quote``: inside a block quotation. ``boilerplate``: navigation, reference lists, notices; nothing that anybody asserts.
    """

    start: int
    end: int
    heading: str
    paragraph: int
    in_quote: bool = False
    is_heading: bool = False
    is_table: bool = False
    boilerplate: bool = False


@dataclass(frozen=True)
class Part:
    """A stretch of a document for one prompt: ``text[start:end]``, and where it stands in words."""

    start: int
    end: int
    context: str


def segments(text: str) -> tuple[Segment, ...]:
    """Cut a normalised text into sentences, in order; blank space between them belongs to none."""
    found: list[Segment] = []
    heading, in_tail = "", False
    for number, (start, end) in enumerate(paragraph_spans(text)):
        block = text[start:end]
        if is_heading(block):
            heading = block.strip("# \n*")
            in_tail = _TAIL_SECTION.match(block.strip()) is not None
            found.append(Segment(start, end, heading, number, is_heading=True, boilerplate=in_tail))
            continue
        opening, _, below = block.strip().partition("\n")
        if below and len(opening.split()) <= _TITLE_WORDS and _TAIL_SECTION.match(opening):
            heading, in_tail = opening, True
        menu = _is_menu(block)
        for first, last in _sentence_spans(text, start, end):
            sentence = text[first:last]
            found.append(
                Segment(
                    first,
                    last,
                    heading,
                    number,
                    in_quote=block.lstrip().startswith(">"),
                    is_table=_is_table(sentence),
                    boilerplate=in_tail or menu or _BOILERPLATE.search(sentence) is not None or _REFERENCE.search(sentence) is not None,
                )
            )
    return tuple(found)


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the blocks between blank lines."""
    return [match.span() for match in re.finditer(r"[^\n]+(?:\n[^\n]+)*", text) if match.group().strip()]


def is_heading(block: str) -> bool:
    """Say whether a block is a heading: marked as one, or one short line without an end of sentence."""
    if block.startswith("#"):
        return "\n" not in block.strip()
    line = block.strip()
    return (
        "\n" not in line
        and 2 < len(line) < 90
        and len(line.split()) <= _HEADING_WORDS
        and line[-1] not in ".!?,;\"')"
        and line[0] not in "->*|([0123456789\u2022"
        and line[0].isupper()
    ) or re.fullmatch(r"\d+(?:\.\d+)*\.?\s+[A-Z][^.!?]{2,80}", line) is not None


def _sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a block line by line where lines are items of a list, else as one, and each into sentences, markers left out."""
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text[start:end]):
        content = re.match(r"\s*(?:(?:>\s*)+|[-*+\u2022\u00b7\u25cf\u25aa]\s+|\(?\d{1,2}[.)]\s+)?", line.group())
        skip = content.end() if content else 0
        for first, last in nupunkt.sent_spans(line.group()[skip:]):
            piece = line.group()[skip:][first:last]
            left = len(piece) - len(piece.lstrip())
            right = len(piece.rstrip())
            if right > left:
                base = start + line.start() + skip + first
                spans.append((base + left, base + right))
    return spans


def _is_menu(block: str) -> bool:
    """A block of several short lines of which hardly any is a sentence: navigation, a list of names or addresses."""
    lines = [line for line in block.split("\n") if line.strip()]
    return len(lines) >= 4 and sum(len(line.split()) <= 5 for line in lines) > 0.7 * len(lines)


def _is_table(sentence: str) -> bool:
    """A flattened table: cells or figures where a sentence has words."""
    words = sentence.split()
    figures = sum(any(letter.isdigit() for letter in word) for word in words)
    return "|" in sentence or (len(words) >= 6 and figures > 0.45 * len(words))


def parts(text: str, size: int) -> tuple[Part, ...]:
    """Cut a document into parts of at most ``size`` characters at paragraph ends, nothing lost and nothing twice.

    A paragraph longer than ``size`` is cut at sentence ends, and a sentence longer than that between words, or where it must.
    """
    cuts = [0]
    context = [""]
    heading = ""
    for start, end in paragraph_spans(text):
        block = text[start:end]
        if is_heading(block):
            heading = block.strip("# \n*")
        if end - cuts[-1] > size and start > cuts[-1]:
            cuts.append(start)
            context.append(heading)
        sentences = _sentence_spans(text, start, end) if end - cuts[-1] > size else []
        while end - cuts[-1] > size:
            cuts.append(_last_cut(text, sentences, cuts[-1], cuts[-1] + size))
            context.append(heading)
    ends = [*cuts[1:], len(text)]
    return tuple(Part(start, end, where) for start, end, where in zip(cuts, ends, context, strict=True) if text[start:end].strip())


def _last_cut(text: str, sentences: Sequence[tuple[int, int]], after: int, most: int) -> int:
    """Return the last place up to ``most`` to cut a block: after a sentence, else before one, else between words, else right there."""
    ends = [end for _, end in sentences if after < end <= most]
    beginnings = [start for start, _ in sentences if after < start <= most]
    return (ends or beginnings or [text.rfind(" ", after, most) + 1])[-1] or most


def furniture(text: str, whole: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts that hold next to nothing that anybody asserts: lists of works cited, navigation, notices."""
    sentences = segments(text)

    def share(part: Part) -> float:
        inside = [one for one in sentences if part.start <= one.start < part.end]
        return sum(one.end - one.start for one in inside if one.boilerplate) / max(sum(one.end - one.start for one in inside), 1)

    return tuple(part for part in whole if share(part) >= _FURNITURE)


def halved(text: str, part: Part) -> tuple[Part, ...]:
    """Cut a part of a document into two or three of at most half its size."""
    inner = parts(text[part.start : part.end], (part.end - part.start + 1) // 2)
    return tuple(Part(part.start + one.start, part.start + one.end, one.context or part.context) for one in inner)
