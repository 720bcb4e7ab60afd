"""Names of data, compared by their proper words and numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from knowledge.vocabulary import UpstreamKind
from prompts.tasks.ingestion import NamedUpstream, OneUpstream, SameUpstreams, UpstreamsInputs

_HEADS: Final = {
    word: kind
    for kind, words in {
        "study": ("study", "studies"),
        "cohort": ("cohort", "cohorts"),
        "survey": ("survey", "surveys"),
        "data": ("data", "dataset", "database"),
        "project": ("project",),
        "registry": ("registry",),
        "sample": ("sample",),
        "trial": ("trial", "trials"),
    }.items()
    for word in words
}
"""Words that a name may have or lack, each with what it says: a study is no trial."""
_DATA: Final = UpstreamKind.DATASET.value
"""A cohort is a data set."""
_SMALL: Final = frozenset({"the", "of", "and", "in", "for", "on"})
LEAST: Final = 2
"""Proper words that names must share: one ("the Framingham cohort") can be several things'."""


def match_upstreams(inputs: UpstreamsInputs) -> SameUpstreams:
    """Take names for one thing's if they are of one kind, have the same proper words and numbers in order, and no different heads."""
    by_words: dict[tuple[str, tuple[str, ...]], list[NamedUpstream]] = defaultdict(list)
    for upstream in inputs.upstreams:
        words = _proper(upstream.name)
        if len(words) >= LEAST:
            by_words[_DATA if upstream.kind == UpstreamKind.COHORT else upstream.kind, words].append(upstream)
    return SameUpstreams(
        groups=tuple(
            OneUpstream(upstreams=tuple(one.number for one in group), reason=f"the same proper words: {' '.join(words)}")
            for (_, words), alike in by_words.items()
            for group in _agreeing(alike)
            if len(group) > 1
        )
    )


def _agreeing(names: Sequence[NamedUpstream]) -> list[list[NamedUpstream]]:
    """Part names whose heads differ; one without a head then can be any's, and is put to none with another."""
    by_heads: dict[frozenset[str], list[NamedUpstream]] = defaultdict(list)
    for one in names:
        by_heads[frozenset(_HEADS[word] for word in _words(one.name) if word in _HEADS)].append(one)
    nested = all(one <= other or other <= one for one, other in combinations(by_heads, 2))
    return [list(names)] if nested else list(by_heads.values())


def _words(name: str) -> list[str]:
    return re.findall(r"[\w-]+", name.casefold())


def _proper(name: str) -> tuple[str, ...]:
    """Return the words with a capital and the numbers; none if other words stand there that may tell a part of the thing."""
    words = re.findall(r"[\w-]+", re.sub(r"['’]s?\b", "", re.sub(r"^(?:The|An?)\b", "", name)))
    proper = tuple(word for word in words if (word[0].isupper() or word[0].isdigit()) and word.casefold() not in _HEADS)
    return proper if all(word in proper or word.casefold() in _HEADS.keys() | _SMALL for word in words) else ()
