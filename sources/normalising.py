"""Normalising: one plain form for text, with a way back to where each character stood."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_ONE_FOR_ONE: Final = {
    **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2043", "-"),
    **dict.fromkeys("\u2028\u0085\u000b", "\n"),
    "\u2029": "\n\n",
    "\u000c": "\n\n",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
}
_INVISIBLE: Final = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffd\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]"
_HOMOGLYPHS: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7\u03bf\u03bd",
    "aeopcyxijsdABEKMHOPCTXIABEZHIKMNOPTXov",
)
_MIXED_WORD: Final = re.compile(r"(?=\w*[A-Za-z])(?=\w*[\u0370-\u052f])\w+")
_STRUCTURED: Final = re.compile(r"\s*(?:[#>|]|[-*+\u2022\u00b7\u25cf\u25aa]\s|\(?\d{1,3}[.)]\s|[=~_-]{3,}$|\[)")
_LONG_LINE: Final = 160
"""Lines beyond this are whole paragraphs, not wrapped ones."""


@dataclass(frozen=True)
class OffsetMap:
    """``starts[i]`` is where the i-th character of the normalised text began in the original; one entry more for the end."""

    starts: array[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the normalised text to the span of the original that it came from."""
        return self.starts[start], self.starts[end]


@dataclass(frozen=True)
class _Mapped:
    text: str
    starts: array[int]

    def sub(self, pattern: str | re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> _Mapped:
        """Replace as `re.sub` does and keep the map: what replaces a match maps to where the match began, same lengths one to one."""
        pieces: list[str] = []
        starts = array("l")
        last = 0
        for match in re.finditer(pattern, self.text):
            put = new if isinstance(new, str) else new(match)
            pieces += [self.text[last : match.start()], put]
            starts.extend(self.starts[last : match.start()])
            if len(put) == match.end() - match.start():
                starts.extend(self.starts[match.start() : match.end()])
            else:
                starts.extend([self.starts[match.start()]] * len(put))
            last = match.end()
        if not pieces:
            return self
        pieces.append(self.text[last:])
        starts.extend(self.starts[last:])
        return _Mapped("".join(pieces), starts)


def normalise(raw: str) -> tuple[str, OffsetMap]:
    """Return the plain form of a text and the map back to its offsets.

    Composes accents (NFC), unifies spaces, quotes and hyphens, removes the invisible, folds Cyrillic and Greek letters that pose as
    Latin inside a word, joins lines that were wrapped for layout and words broken at their ends. Paragraphs are separated by one blank
    line. Doing it twice changes nothing.
    """
    mapped = _Mapped(raw, array("l", range(len(raw) + 1)))
    while True:  # what one step joins can be what another looks for; two turns are the rule
        again = _turn(mapped)
        if again.text == mapped.text:
            return again.text, OffsetMap(again.starts)
        mapped = again


def _turn(mapped: _Mapped) -> _Mapped:
    """Take every step once. Each makes the text shorter or simpler, so turns come to an end."""
    mapped = mapped.sub(r"\r\n?", "\n").sub(_INVISIBLE, "")
    mapped = mapped.sub(f"[{''.join(_ONE_FOR_ONE)}]", lambda match: _ONE_FOR_ONE[match.group()])
    mapped = mapped.sub("[^\u0300-\u036f][\u0300-\u036f]+", lambda match: unicodedata.normalize("NFC", match.group()))
    mapped = mapped.sub(_MIXED_WORD, lambda match: match.group().translate(_HOMOGLYPHS))
    mapped = mapped.sub(r" {2,}", " ").sub(r" ?\n ?", "\n").sub(r"\A\s+|\s+\Z", "")
    mapped = _joined_lines(mapped)
    return mapped.sub(r" {2,}", " ").sub(r"\n{3,}", "\n\n").sub(r"\A\s+|\s+\Z", "")


def _joined_lines(mapped: _Mapped) -> _Mapped:
    """Turn each single line break into a space, a paragraph break, or leave it between the lines of a list or table."""
    lines = mapped.text.split("\n")
    filled = [len(line) for line in lines if line]
    paragraphs = bool(filled) and sum(length for length in filled if length > _LONG_LINE) * 2 > sum(filled)
    words = frozenset(re.findall(r"\w+(?:-\w+)*", mapped.text.casefold()))
    width = sorted(filled)[len(filled) * 3 // 4] if filled else 0
    kinds = [_line_break(first, second, width, paragraphs=paragraphs) for first, second in pairwise(lines)]
    position = iter(kinds)

    def put(match: re.Match[str]) -> str:
        if match.group("broken"):
            kind = next(position)
            return match.group() if kind == "\n" else _unbroken(match, kind, words)
        return next(position)

    return mapped.sub(r"(?P<broken>\b(?P<head>\w+)-\n(?P<tail>[a-z]\w*))|\n", put)


def _unbroken(match: re.Match[str], kind: str, words: frozenset[str]) -> str:
    """Join a word broken at a line's end; keep the hyphen where the text has the word with it elsewhere."""
    if kind == "\n\n":
        return f"{match['head']}-\n\n{match['tail']}"
    joined, hyphenated = match["head"] + match["tail"], f"{match['head']}-{match['tail']}"
    return hyphenated if hyphenated.casefold() in words and joined.casefold() not in words else joined


def _line_break(first: str, second: str, width: int, *, paragraphs: bool) -> str:
    """Decide what a line break between two lines stands for; ``width`` is how long the text's full lines are."""
    if not first or not second:
        return "\n"
    if _STRUCTURED.match(second) or re.match(r"\s*(?:[#|]|[=~_-]{3,}$)", first):
        return "\n"
    if second[0].islower() and first[-1] not in ".!?:" and not first.startswith(("-", "*", "\u2022")):
        return " "
    if paragraphs or len(first) > _LONG_LINE or _ends_short(first, width):
        return "\n\n"
    return " "


def _ends_short(line: str, width: int) -> bool:
    """A line that stops far from the margin ends its paragraph, unless it stops in the middle of a phrase."""
    return len(line) < 0.6 * width and line[-1] not in ",;-"
