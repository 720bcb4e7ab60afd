"""Names of data, compared by their proper words and numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from prompts.tasks.ingestion import OneUpstream, SameUpstreams, UpstreamsInputs

_HEADS: Final = frozenset(
    ["study", "studies", "cohort", "cohorts", "survey", "surveys", "data", "dataset", "database", "project", "registry", "sample", "trial"]
)
"""Words that a name may have or lack."""
_SMALL: Final = frozenset({"the", "of", "and", "in", "for", "on"})
LEAST: Final = 2
"""Proper words that names must share: one ("the Framingham cohort") can be several things'."""


def match_upstreams(inputs: UpstreamsInputs) -> SameUpstreams:
    """Take names for one thing's if they have the same proper words and numbers in order, and else only words that any has."""
    by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for upstream in inputs.upstreams:
        words = _proper(upstream.name)
        if len(words) >= LEAST:
            by_words[words].append(upstream.number)
    return SameUpstreams(
        groups=tuple(
            OneUpstream(upstreams=tuple(numbers), reason=f"the same proper words: {' '.join(words)}")
            for words, numbers in by_words.items()
            if len(numbers) > 1
        )
    )


def _proper(name: str) -> tuple[str, ...]:
    """Return the words with a capital and the numbers; none if other words stand there that may tell a part of the thing."""
    words = re.findall(r"[\w-]+", re.sub(r"['’]s?\b", "", re.sub(r"^(?:The|An?)\b", "", name)))
    proper = tuple(word for word in words if (word[0].isupper() or word[0].isdigit()) and word.casefold() not in _HEADS)
    return proper if all(word in proper or word.casefold() in _HEADS | _SMALL for word in words) else ()
