"""Funding: the sentences in which a text says who paid for a work, in its own words."""

from __future__ import annotations

import re
from typing import Final

from sources.segmenting import is_heading, segments

MOST: Final = 6
"""Sentences; a list of all grants of a large collaboration runs to pages."""
_SECTION: Final = re.compile(
    r"(?:sources? of |conflicts? of interests? and )?funding(?:\W.*| sources?| statement| information)?"
    r"|financial (?:support|disclosures?)|grant support",
    re.IGNORECASE,
)
_LABELLED: Final = re.compile(r"(?:sources? of )?funding(?: sources?| statement)?:", re.IGNORECASE)
_WORK: Final = (
    r"(?:work|stud(?:y|ies)|research|project|trial|review|analysis|survey|cohorts?|paper|report|article|costs|authors?|investigators?)"
)
_PAID: Final = re.compile(
    rf"\b{_WORK}\b(?: \S+){{0,6}}? (?:is|are|was|were|been)(?: \w+){{0,2}} (?:funded|sponsored|financed|paid for)(?: \w+){{0,3}} by\b"
    rf"|\b(?:this|the|our|present) (?:present )?{_WORK} (?:is|was|were|has been|have been)(?: \w+)? supported(?: \w+){{0,2}} by\b",
    re.IGNORECASE,
)
_MONEY: Final = (
    r"(?:grants?|funds?|funding|fellowships?|awards?|contracts?|cooperative agreement|foundation|institutes? of health|NIH|ministry)\b"
)
_GRANTED: Final = re.compile(rf"\b(?:supported|funded)(?: \w+){{0,3}} by\b.{{0,120}}?\b{_MONEY}", re.IGNORECASE)
_RECEIVED: Final = re.compile(
    r"\breceiv(?:ed?|es|ing)\b.{0,60}\b(?:funding|grants? from|honoraria|consulting fees)\b"
    r"|\bno (?:external|specific|outside|industry) funding\b",
    re.IGNORECASE,
)


def funding_statements(text: str) -> tuple[str, ...]:
    """Return the sentences that say who paid for a work, as they stand, the first `MOST` of them; none where the text is silent.

    They are found by their wording alone: under a heading on funding, after "Funding:", or by who funded, sponsored or granted what. A text
    can say it of a work that it reports, not of itself, so a reader is shown the words and no name taken out of them.
    """
    found: list[str] = []
    in_section = False
    for segment in segments(text):
        sentence = text[segment.start : segment.end]
        if segment.is_heading or is_heading(sentence):  # a heading can stand in a block with what it heads
            in_section = _SECTION.fullmatch(sentence.strip(" :#*0123456789.")) is not None
        elif not segment.is_table and (in_section or any(one.search(sentence) for one in (_LABELLED, _PAID, _GRANTED, _RECEIVED))):
            found.append(sentence)
    return tuple(dict.fromkeys(found))[:MOST]
