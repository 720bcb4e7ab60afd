"""Whose testimony is whose: one voice under several spellings, and what is the same thing told again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from knowledge.records import UNKNOWN

T = TypeVar("T")


def voice(speaker: str) -> str:
    """Reduce a speaker to what its spellings share: "Zhong et al.", "V.W.Zhong and colleagues" and "Victor W. Zhong" are one voice."""
    if speaker == UNKNOWN:
        return ""
    head = re.split(r"\bet al\b|\band\b|&|,|\(|'s\b", speaker)[0].split()
    return re.sub(r"^(?:\w\.)+(?=\w\w)", "", head[-1]).casefold() if head else ""


def bare_words(text: str) -> str:
    """Reduce a passage to its words: what copies of it share."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def connected(members: Sequence[T], marks: Callable[[T], set[str]]) -> list[list[T]]:
    """Put together those that share a mark, directly or through others; groups by their first members."""
    led_by: dict[str, int] = {}
    leader = list(range(len(members)))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for at, member in enumerate(members):
        for mark in marks(member):
            one, other = lead(at), lead(led_by.setdefault(mark, at))
            leader[max(one, other)] = min(one, other)
    groups: dict[int, list[T]] = {}
    for at, member in enumerate(members):
        groups.setdefault(lead(at), []).append(member)
    return list(groups.values())
