"""Locating: where a quotation stands in a text, exactly or nearly, and what the difference is."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

NEARLY: Final = 90.0
"""Least similarity (0 to 100, normalised edit distance) at which a quotation counts as a slip of the pen and not another text."""
LONGEST_QUOTATION: Final = 5_000


@dataclass(frozen=True)
class Located:
    """``text[start:end]`` is the passage. ``difference`` is "" if the quotation is verbatim; ``places``: how often it stands there."""

    start: int
    end: int
    difference: str = ""
    places: int = 1


def locate(quotation: str, text: str, *, near: int | None = None) -> Located | None:
    """Find a quotation: verbatim, then but for case, white space and marks, then nearly. Of several places the nearest to ``near``.

    Returns None if nothing in the text is at least `NEARLY` the quotation.
    """
    quotation = quotation.strip()
    if not quotation or len(quotation) > LONGEST_QUOTATION:
        return None
    for pattern, flags in ((re.escape(quotation), 0), (_loose(quotation), re.IGNORECASE)):
        spans = [match.span() for match in re.finditer(pattern, text, flags)]
        if spans:
            start, end = min(spans, key=lambda span: abs(span[0] - (near or 0)))
            return Located(start, end, difference(quotation, text[start:end]), len(spans))
    return _nearly(quotation, text)


def _loose(quotation: str) -> str:
    """Build a pattern that doesn't mind white space, quotation marks and dashes."""
    words = re.findall(r"\w+|[^\w\s]", quotation)
    marks = {
        "'": r"['\u2018\u2019]",
        '"': r"[\"\u201c\u201d]",
        "-": r"[-\u2010-\u2014]",
        "\u2013": r"[-\u2010-\u2014]",
        "\u2014": r"[-\u2010-\u2014]",
    }
    return r"\s*".join(marks.get(word, re.escape(word)) if not word[0].isalnum() else re.escape(word) for word in words)


def _nearly(quotation: str, text: str) -> Located | None:
    found = fuzz.partial_ratio_alignment(quotation, text, score_cutoff=NEARLY)
    if found is None or len(quotation) > len(text):
        return None
    start, end = _whole_words(text, found.dest_start, found.dest_end)
    if fuzz.ratio(quotation, text[start:end]) < NEARLY:
        return None
    return Located(start, end, difference(quotation, text[start:end]))


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Grow a span that cuts words at its ends, and drop blanks there."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def difference(quotation: str, passage: str) -> str:
    """Show in words how a quotation departs from the passage; "" if it doesn't."""
    if quotation == passage:
        return ""
    first, second = quotation.split(), passage.split()
    changes = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if what != "equal":
            changes.append(f"[{' '.join(first[a:b])} -> {' '.join(second[c:d])}]")
    return " ".join(changes) or "[white space]"
