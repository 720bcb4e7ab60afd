"""Copies: whether what was found is already here, by its DOI, its address, its title or its words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

from rapidfuzz import fuzz

from knowledge.records import UNKNOWN, Lead

LEAST_ALIKE: Final = 93.0
"""Percent of two titles' letters that agree, whatever the order of words, from which on they are one title's two spellings."""
LEAST_WORDS: Final = 4
"""Words of a title that can tell a work from others; shorter ones ("Editorial", "Eggs and health") make no two works one."""
SHARED: Final = 0.8
"""Share of a text's word sequences that stand in another, from which on it is a copy: it brings little that isn't there."""
_SEQUENCE: Final = 8
"""Words in a row that two people don't write by chance."""


def spelt(title: str) -> str:
    """Reduce a title to its words, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return " ".join(re.findall(r"\w+", "".join(one for one in plain if not unicodedata.combining(one))))


def same_title(first: str, second: str) -> bool:
    """Say whether two titles are one, but for spelling."""
    one, other = spelt(first), spelt(second)
    if min(len(one.split()), len(other.split())) < LEAST_WORDS:
        return False
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False  # the yearly report of 2019 is not that of 2020
    return fuzz.token_sort_ratio(one, other) >= LEAST_ALIKE


def bare(address: str) -> str:
    """Reduce an address to what tells it from others: no scheme, no leading www, no fragment, no trailing slash."""
    return re.sub(r"^https?://(www\.)?", "", address.partition("#")[0]).rstrip("/").casefold()


def _sequences_of(text: str) -> frozenset[int]:
    """Return a text's sequences of `_SEQUENCE` words, each as a number; of a shorter text the one that it is."""
    words = spelt(text).split()
    starts = range(max(1, len(words) - _SEQUENCE + 1)) if words else ()
    return frozenset(hash(tuple(words[at : at + _SEQUENCE])) for at in starts)


def contained(texts: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    """Yield the pairs (key of the part, key of the whole) of which one text's words stand in the other's to `SHARED` or more.

    The third says whether the whole stands in the part as well, so that the two are copies of each other.
    """
    sequences = {key: _sequences_of(text) for key, text in sorted(texts.items())}
    holding: dict[int, list[str]] = defaultdict(list)
    for key, own in sequences.items():
        for sequence in own:
            holding[sequence].append(key)
    shared = Counter(pair for keys in holding.values() if len(keys) > 1 for pair in combinations(keys, 2))
    for pair, count in sorted(shared.items()):
        part, whole = sorted(pair, key=lambda key: (len(sequences[key]), key))
        if count >= SHARED * len(sequences[part]):
            yield part, whole, count >= SHARED * len(sequences[whole])


@dataclass(frozen=True)
class Known:
    """A document that is here: its title, DOI and address (`UNKNOWN` if it has none) and its text ("" if it isn't read yet)."""

    title: str
    doi: str
    place: str
    text: str = ""

    @cached_property
    def _sequences(self) -> frozenset[int]:
        return _sequences_of(self.text)

    def is_named_by(self, lead: Lead) -> str:
        """Say in words by what a lead names this document; "" if it doesn't."""
        if UNKNOWN != lead.doi == self.doi:
            return "the same DOI"
        if lead.place != UNKNOWN and bare(lead.place) == bare(self.place):
            return "the same address"
        if same_title(lead.title, self.title) and UNKNOWN in (lead.doi, self.doi):
            return "the same title"
        return ""

    def is_copied_by(self, other: Known) -> bool:
        """Say whether another document's text brings little that isn't in this one's."""
        if not self.text or not other.text:
            return False
        if other.text == self.text:
            return True
        return bool(other._sequences) and len(other._sequences & self._sequences) / len(other._sequences) >= SHARED


def copied(lead: Lead, known: Collection[Known]) -> str:
    """Say of which known document a lead is another copy, and by what; "" if it is none."""
    return next((f"a copy of “{one.title}”: {why}" for one in known if (why := one.is_named_by(lead))), "")
