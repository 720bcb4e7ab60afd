"""Captions: the words of subtitles (WebVTT, SubRip) as paragraphs, each word once, with who says it where the file tells.

Written here because the libraries looked at (webvtt-py 0.6, pysubs2 1.8) lose words without telling: cues with damaged times, the
second voice of a cue, what stands between < and > in "p < 0.05 and n > 300"; and leave what rolling captions repeat.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Final

from sources.errors import Unreadable

_ARROW: Final = re.compile(r"\s*(?:\S*\d:\d\S*\s*-->|\S*\s*-->\s*\S*\d:\d)")
"""A line that gives a cue's times, or means to; "2019 --> 2020" is words."""
_TIME: Final = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d{1,3})?)"
_TIMES: Final = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?!\S)")
_NUMBER: Final = re.compile(r"\s*\d{1,9}\s*")
_NUMBER_APART: Final = re.compile(r"(?<=\n\n)(\d{1,9}[ \t]*\n)\n+(?=[ \t]*\d+:\d\S*[ \t]*-->)")
_TITLE: Final = re.compile(r"WEBVTT\s+[-–—:]\s*(.+)")
_ASIDE: Final = re.compile(r"(NOTE|STYLE|REGION)(?=\s|$)")
_VOICE: Final = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s+([^<>]*))?>|</v>")
_TAG: Final = re.compile(r"</?(?:c|i|b|u|s|lang|ruby|rt|font|span|p)(?:[.\s][^<>]*)?>|<[\d:.]+>|\{\\[^{}]*\}", re.IGNORECASE)
"""Marks of the two formats, and of others that stray into them; any other < or > is the speaker's."""
_NEW_LINE: Final = re.compile(r"<br\s*/?>|\\N|\n|\s(?=>>)")

_CAPITAL: Final = r"[^\W\d_a-z]"
_TURN: Final = re.compile(r"(?:>>+|-(?![-\d])|[–—](?=\s))\s*")
"""How captions mark that somebody else speaks."""
_LABEL: Final = re.compile(rf"{_CAPITAL}[^\s:]*(?: (?:{_CAPITAL}[^\s:]*|\d+|of|the|de|da|van|von|der|\([^()]*\))){{0,5}}:(?=\s|$)")
_SENTENCE_END: Final = re.compile(r"[.!?…][\"'\u201d\u2019)\]]{0,3}$")

_PAUSE: Final = 3.0
"""Seconds without a cue that begin a paragraph. Chosen."""
_LONG: Final = 600
"""Characters from which on a paragraph ends with its sentence; where none ends, as machines write, with a cue at twice that. Chosen."""
_SCREEN: Final = 100
"""Words at a cue's beginning among which those are looked for that the cue before has shown."""


@dataclass(frozen=True)
class Captions:
    """What subtitles say: paragraphs, what their first line calls them, and what of the file isn't in the paragraphs."""

    paragraphs: tuple[str, ...]
    title: str
    lost: tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    """Words of a cue, at least one. ``voice``: whose they are by WebVTT's own mark, "" without one."""

    voice: str
    words: tuple[str, ...]


@dataclass
class _Cue:
    """``start`` and ``end`` in seconds; None where they can't be read. ``payload``: lines as the file has them."""

    start: float | None
    end: float | None
    payload: list[str]
    lines: tuple[_Line, ...] = ()
    words: tuple[str, ...] = ()


@dataclass
class _File:
    """What the blocks of a file are, taken one by one. ``number``: the last number of a cue."""

    title: str = ""
    cues: list[_Cue] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    number: int = 0

    def take(self, block: Sequence[str]) -> None:
        """Take a cue, an aside, or words that an empty line has cut off from their cue."""
        at = next((at for at, line in enumerate(block[:2]) if _ARROW.match(line)), None)
        if at is not None:
            self.number = int(block[0]) if _NUMBER.fullmatch(block[0]) else self.number
            self._add(_TIMES.match(block[at]), block[at + 1 :])
        elif block[0].startswith("WEBVTT") and not self.cues:
            title = _TITLE.match(block[0])
            self.title = title[1].strip() if title else ""
        elif aside := _ASIDE.match(block[0]):
            self.lost[f"{aside[1].lower()} block"] += 1
        elif block[0].strip() == str(self.number + 1):
            self.number += 1
            if block[1:]:
                self._add(None, block[1:])
        elif self.cues:
            self.cues[-1].payload += block
        else:
            self.lost["block above the first cue"] += 1

    def _add(self, times: re.Match[str] | None, payload: Sequence[str]) -> None:
        start, end = (_seconds(*times.group(1, 2, 3)), _seconds(*times.group(4, 5, 6))) if times else (None, None)
        self.cues.append(_Cue(start, end, list(payload)))


@dataclass
class _Paragraph:
    """``voice`` and ``label``: who says it by the format's mark, and by the words with which it begins. ``dash``: it began with a dash."""

    voice: str
    label: str
    dash: bool
    text: str

    @property
    def whole(self) -> bool:
        """It ends with a sentence."""
        return _SENTENCE_END.search(self.text[-4:]) is not None


def read_captions(text: str, location: str) -> Captions:
    """Read subtitles of either format, or of a mixture.

    A voice of WebVTT stands before its paragraphs as "Name: ", as other speakers do where captions name them. Words that a cue repeats from
    the one before are left out where at least half of all cues do that: elsewhere who says a thing twice is heard twice.

    Raises:
        Unreadable: there is no cue with words.
    """
    file = _File()
    for block in _blocks(text):
        file.take(block)
    for cue in file.cues:
        cue.lines = tuple(_lines(cue.payload))
        cue.words = tuple(chain.from_iterable(line.words for line in cue.lines))
    cues = [cue for cue in file.cues if cue.words]
    if not cues:
        missing = "words in its cues" if file.cues else "cue, such as a line 00:01:02.000 --> 00:01:04.000 with words below"
        raise Unreadable(location, f"it should be subtitles, but has no {missing}", "Export them again, or call plain text .txt.")
    damaged = sum(cue.start is None for cue in cues)
    return Captions(
        paragraphs=tuple(_paragraphs(cues)),
        title=file.title,
        lost=(
            "what was to be seen or heard beside the words, and when each was said, is not read",
            *(f"{count} {what.replace('block', 'blocks') if count > 1 else what} not read" for what, count in sorted(file.lost.items())),
            *([f"the times of {damaged} cue{'s' * (damaged > 1)} can't be read, the words are kept"] if damaged else []),
        ),
    )


def _blocks(text: str) -> Iterator[list[str]]:
    """Cut a file at empty lines, and above a cue that follows without one. Lines of blanks are a cue's: machines write such."""
    block: list[str] = []
    for line in [*_NUMBER_APART.sub(r"\1", re.sub(r"\r\n?", "\n", text)).split("\n"), ""]:
        begins = "-->" in line and _ARROW.match(line) is not None and (len(block) > 1 or any(map(_ARROW.match, block)))
        if block and (begins or not line):
            number = [block.pop()] if begins and len(block) > 1 and _NUMBER.fullmatch(block[-1]) else []
            yield block
            block = number
        if line:
            block.append(line)


def _seconds(hours: str | None, minutes: str, seconds: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))


def _lines(payload: Sequence[str]) -> Iterator[_Line]:
    """Yield a cue's lines without marks, cut where another voice begins."""
    pieces = _VOICE.split("\n".join(payload))
    for voice, marked in zip(("", *pieces[1::2]), pieces[::2], strict=True):
        for line in _NEW_LINE.split(html.unescape(_TAG.sub("", marked))):
            if words := tuple(line.split()):
                yield _Line(" ".join(html.unescape(voice or "").split()), words)


def _repeated(before: _Cue, cue: _Cue) -> int:
    """Count the words at a cue's beginning that end the cue before: its last line at least, or all of the cue."""
    shown, new = before.words[-_SCREEN:], cue.words[:_SCREEN]
    most = min(len(shown), len(new))
    count = next((count for count in range(most, 0, -1) if shown[-count:] == new[:count]), 0)
    return count if count >= min(len(before.lines[-1].words), len(new)) else 0


def _told_once(cues: Sequence[_Cue]) -> Iterator[tuple[_Cue, list[_Line]]]:
    """Yield each cue with its lines, less what rolls."""
    repeated = [0, *(_repeated(before, cue) for before, cue in pairwise(cues))]
    repeats = sum(count > 0 for count in repeated)
    rolling = repeats > 1 and 2 * repeats >= len(cues) - 1
    for cue, count in zip(cues, repeated, strict=True):
        skip, lines = count if rolling else 0, []
        for line in cue.lines:
            if line.words[skip:]:
                lines.append(_Line(line.voice, line.words[skip:]))
            skip = max(0, skip - len(line.words))
        yield cue, lines


def _paragraphs(cues: Sequence[_Cue]) -> Iterator[str]:
    """Begin a paragraph where somebody else speaks, after a pause, and where one grows long.

    Dashes tell the speakers of one cue apart: whose the next cue is they don't say.
    """
    last: _Paragraph | None = None
    silent_since: float | None = None
    for cue, lines in _told_once(cues):
        pause = cue.start is not None and silent_since is not None and cue.start - silent_since >= _PAUSE
        silent_since = cue.end
        for number, line in enumerate(lines):
            said = " ".join(line.words)
            turn = _TURN.match(said)
            said = said[turn.end() :] if turn else said
            label = _LABEL.match(said)
            named = label.group() if label else ""
            apart = turn or (number == 0 and (pause or (last and last.dash and last.whole)))
            if last and not apart and _goes_on(last, line.voice, named):
                last.text += " " + said[len(named) :].lstrip()
                continue
            if last:
                yield last.text
            opening = _opening(line.voice, named, before=last.voice if last else "", turn=turn is not None)
            last = _Paragraph(line.voice, named, turn is not None and turn.group()[0] != ">", opening + said)
    if last:
        yield last.text


def _goes_on(last: _Paragraph, voice: str, label: str) -> bool:
    """Say whether a line goes on with a paragraph. Who is named again inside a sentence, as meetings are written down, goes on."""
    if voice != last.voice or label:
        return voice == last.voice and label == last.label and not last.whole
    return len(last.text) < (_LONG if last.whole else 2 * _LONG)


def _opening(voice: str, label: str, *, before: str, turn: bool) -> str:
    """Say who begins a paragraph, as transcripts do. A voice of WebVTT ends with its cue: whose the next is nobody knows."""
    if voice:
        return "" if label.casefold() == f"{voice}:".casefold() else f"{voice}: "
    if label:
        return ""
    return "- " if turn else "Unknown Speaker: " if before else ""
