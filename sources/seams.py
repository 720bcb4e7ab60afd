"""Seams: what a part that begins inside a document needs of the text before it: its last words, and who is speaking there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sources.segmenting import segments

LAST_WORDS: Final = 400
"""Characters of the text before a seam that are shown: about a paragraph."""
_REACH: Final = 4 * LAST_WORDS
"""Characters before a seam in which sentences are looked for: what is shown never begins in the first of them, which may be cut."""
_LONGEST_QUOTATION: Final = 100_000
"""Characters above a seam in which the beginning of a quotation is looked for."""
_STRETCH: Final = 4_000
"""Characters, of which every second stretch of a transcript or a thread has a new speaker. Chosen; hearings have the longest turns."""

_CAPITAL: Final = "[A-ZÀ-ÖØ-Þ]"
_STAMP: Final = r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d\d(?:[.,]\d{1,3})?[\])]?"
_CUE: Final = rf"(?:\d+\s+)?(?:{_STAMP}\s+)?"
_LABEL: Final = re.compile(
    rf"(?:^|(?<=[.!?)\]\"'…-] )){_CUE}(?:>>+ ?|[-–—] )?"
    rf"(?P<name>{_CAPITAL}[\w.'-]*(?:,? (?:{_CAPITAL}[\w.'-]*|of|the|de|da|van|von|der|for|\d{{1,2}})){{0,5}})"
    rf"(?: \([^()\n]{{1,40}}\))?(?:(?: {_STAMP})?:| {_STAMP})(?=\s)",
    re.MULTILINE,
)
"""How a turn begins in a transcript or an interview: ``Ada Ode:``, ``[00:12] ADA ODE (BBC):``, ``Ada Ode 0:12``. Where lines were joined,
some stand inside a paragraph."""
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DAY: Final = rf"(?:(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH}),? \d{{4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}})"
_CLOCK: Final = r"(?:,?(?: at|T)? ?\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?)"
_AGO: Final = r"\d{1,3} ?(?:min\w*|h(?:ou)?rs?|h|days?|d|weeks?|months?|years?) ago\b[^.!?\n]{0,60}"
_HEADER: Final = re.compile(
    r"^(?:(?:Posted|Comment(?:ed)?|Written) by )?(?P<name>[^\W_][\w.'@-]*(?: [\w.'@-]+){0,4}?)"
    rf"(?: (?:says|said|writes|wrote|replied|commented):?[\s,]+(?:on )?{_DAY}{_CLOCK}?\W*|"
    rf",?(?: \d+ points?)?(?:\s+| ?[-–—|·•,(] ?)(?:on )?(?:{_DAY}{_CLOCK}\W*|{_AGO}))$",
    re.MULTILINE,
)
"""How a comment begins: a line with a name and when it was written (``Ada Ode says: May 3, 2020 at 5:14 pm``, ``ada7 3 hours ago``)."""
_ROLES: Final = re.compile(
    r"(?:the |un(?:identified|known) )?(?:q|a|speaker|participant|interviewer|interviewee|moderator|host|guest|chair(?:man|woman|person)?|"
    r"reporter|questioner|audience(?: member)?|court|witness|counsel|judge|operator|narrator)(?: \d+)?",
    re.IGNORECASE,
)
"""Who speaks without a name. Other labels in words that the text also writes small are none ("Note:", "Status:")."""


@dataclass(frozen=True)
class Seam:
    """What stands before a part. ``before``: where its last words begin, the part's own start if nothing above it is needed.

    ``speaker``: who was speaking, as the text names them, or the words that introduce a quotation that goes on; "" if it isn't shown.
    """

    before: int
    speaker: str


@dataclass(frozen=True)
class _Turn:
    """A speaker's turn: where its label stands, and whose it is."""

    start: int
    end: int
    speaker: str


def seam(text: str, start: int) -> Seam:
    """Say what a part of a normalised text that begins at ``start`` needs of what stands before it."""
    if not start:
        return Seam(0, "")
    introduction = _introduction(text, start)
    return Seam(_last_words(text, start), _speaking(text, start) if introduction is None else introduction)


def _last_words(text: str, end: int) -> int:
    """Return where the last whole sentences before ``end`` begin: at most `LAST_WORDS`, and none from above a heading.

    Of a sentence that is longer only the last words are taken.
    """
    reach = max(0, end - _REACH)
    begin = end
    for sentence in reversed(segments(text[reach:end])):
        start, stop = reach + sentence.start, reach + sentence.end
        if sentence.is_heading and (text[start] == "#" or text[stop - 1] != ":"):  # what ends in a colon introduces what follows
            return begin
        if end - start > LAST_WORDS:
            break
        begin = start
    if begin == end:
        return text.find(" ", max(0, end - LAST_WORDS), end) + 1 or max(0, end - LAST_WORDS)
    line = text.rfind("\n", 0, begin) + 1
    return begin if re.search(r"\w", text[line:begin]) else line  # a mark of a list or a quotation is shown too


def _introduction(text: str, start: int) -> str | None:
    """Return the words that introduce the quotation in which a part begins: "" if nothing does, None if it begins in none."""
    line = text.rfind("\n", 0, start) + 1
    mark = text[line]
    if not _opens(text[line : line + 2]) or (mark == '"' and text.count(mark, line, start) % 2 == 0 < start - line):
        return None
    above = [one for one in text[max(0, line - _LONGEST_QUOTATION) : line].split("\n") if one]
    while above and above[-1][0] == mark and _opens(above[-1][:2]) and (mark == ">" or above[-1].count(mark) % 2):
        above.pop()
    if above and above[-1].endswith(":"):
        return above[-1][_last_words(above[-1], len(above[-1])) : -1]
    return "" if mark == ">" else None


def _opens(line: str) -> bool:
    """Say whether a line's first two characters begin a quotation; ``>>`` is a new speaker in captions."""
    return line.startswith(('"', ">")) and line != ">>"


def _speaking(text: str, start: int) -> str:
    """Return whose turn it is before ``start``; "" where that isn't shown, where it has ended, and where a new turn begins."""
    turns = _turns(text)
    number = bisect_right(turns, start, key=lambda turn: turn.end)
    begins = start + len(text[start : start + 2]) - len(text[start : start + 2].lstrip())
    if not number or (number < len(turns) and turns[number].start <= begins):
        return ""
    last = turns[number - 1]
    ended = re.compile(r"^#", re.MULTILINE).search(text, last.end, start)
    return "" if ended else last.speaker


@lru_cache(maxsize=4)
def _turns(text: str) -> tuple[_Turn, ...]:
    """Find whose turns a text shows, in order: of a transcript or an interview, or of a thread of comments; none in other texts."""
    small = frozenset(re.findall(r"\b[a-zà-ÿ]+", text))
    labels = [_Turn(*match.span(), match["name"]) for match in _LABEL.finditer(text) if _is_name(match["name"], small)]
    headers = [_Turn(*match.span(), match["name"]) for match in _HEADER.finditer(text)]
    again = len(labels) > len({turn.speaker for turn in labels})  # captions and glossaries have each label once
    spoken = labels if again and _take_turns(labels, 0, len(text)) else []
    written = headers if headers and _take_turns(headers, headers[0].start, len(text)) else []
    return tuple(sorted((*spoken, *written), key=lambda turn: turn.end))


def _is_name(label: str, small: frozenset[str]) -> bool:
    """A label names somebody if it says a role, or has a word that the text never writes small."""
    return _ROLES.fullmatch(label) is not None or any(word.casefold() not in small for word in re.findall(r"[^\W\d_]+", label))


def _take_turns(turns: Sequence[_Turn], start: int, end: int) -> bool:
    """Say whether several take turns over at least half of the stretches of a text."""
    stretches = {(turn.start - start) // _STRETCH for turn in turns}
    return len(turns) > 2 and len({turn.speaker for turn in turns}) > 1 and 2 * len(stretches) >= (end - start) / _STRETCH
