"""Figures: the numbers that a text gives in digits, in one form, so that a claim's can be looked for where it was taken from."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_FIGURE: Final = re.compile(r"\d+(?:[.,·]\d+)*")
_THOUSANDS: Final = re.compile(r",(?=\d{3}(?!\d))")
_OTHER_THOUSANDS: Final = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.'’\s]\d{3})+)(?!\d)(?:,(\d+))?")
SPELLED: Final = 12
"""Up to here a text may well spell a number that a claim gives in digits."""


def figures(text: str) -> frozenset[str]:
    """Return the numbers in a text: "1,024", "0·5", "0,25" and "007" are "1024", "0.5", "0.25" and "7"."""
    found = _FIGURE.findall(unicodedata.normalize("NFKC", text))
    return frozenset(_plain(figure) for figure in found)


def _plain(figure: str) -> str:
    whole, point, fraction = _THOUSANDS.sub("", figure).replace(",", ".").replace("·", ".").partition(".")
    return f"{whole.lstrip('0') or '0'}{point}{fraction}"


def _joined(whole: str, fraction: str) -> str:
    return re.sub(r"\D", "", whole) + (f".{fraction}" if fraction else "")


def unfounded(claim: str, *texts: str) -> tuple[str, ...]:
    """Return the numbers that a claim gives and no text does, sorted; whole ones up to `SPELLED` may be spelled there and are let pass.

    A text's "1.234", "1'234" and "1 234" may be 1234 too, as many languages write it.
    """
    new = figures(claim)
    for text in texts if new else ():
        new -= figures(text) | {_joined(*figure) for figure in _OTHER_THOUSANDS.findall(text)}
    return tuple(sorted(figure for figure in new if not figure.isdigit() or int(figure) > SPELLED))
