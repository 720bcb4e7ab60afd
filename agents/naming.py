"""Names of upstreams: when two are certainly one thing's, by their words and addresses alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from credence.voices import connected
from knowledge.records import UNKNOWN, Upstream
from knowledge.vocabulary import UpstreamKind
from sources.searching.copies import bare, spelt
from sources.searching.leads import doi_in

_ARTICLES: Final = frozenset({"the", "a", "an"})
_SMALL: Final = frozenset({"of", "and", "the", "for", "in", "into", "on", "to", "a", "an"})
_BRACKETED: Final = re.compile(r"(?P<before>[^()]*[^()\s])\s*\((?P<within>[^()]+)\)")
_SHORT: Final = re.compile(r"(?P<letters>[A-Z][A-Za-z]*[A-Z])(?:[ -](?P<wave>[IVX]{1,4}|\d{1,2}))?")
"""NHS, EPIC, NHANES III: two capitals or more, and the number of a wave if there is one."""
_ARTICLE: Final = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_ORDINALS: Final = {
    word: str(number)
    for number, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 1)
}
_ROMAN: Final = {word: str(number) for number, word in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)}
_NUMERAL: Final = re.compile(r"[IVX]{1,4}")
_OF_NO_ONE: Final = frozenset(
    {"our", "own", "this", "these", "those", "that", "data", "dataset", "database", "set", "study", "studies", "cohort", "cohorts"}
    | {"survey", "trial", "trials", "sample", "samples", "series", "registry", "model", "models", "simulation", "simulations"}
    | {"questionnaire", "questionnaires", "instrument", "participants", "subjects", "patients", "volunteers", "follow", "up", "national"}
    | {"prospective", "large", "new", "present", "current", "previous", "earlier", "recent", "pooled", "main"}
)
"""Words that tell no data set from another: "our cohort" and "Our Cohorts'" of two documents are two."""


@dataclass(frozen=True)
class Thing:
    """Upstreams (ids) that are one thing, what stands for all first, and what shows that they are one ("" if nothing new does)."""

    upstreams: tuple[str, ...]
    reason: str = ""

    @property
    def lead(self) -> str:
        """The upstream that stands for all."""
        return self.upstreams[0]


def certainly_same(upstreams: Iterable[Upstream], texts: Sequence[str] = ()) -> list[Thing]:
    """Group upstreams that are certainly one: spelt alike, an acronym and what it is short for, one DOI, or works at one address.

    An acronym counts where a name or one of the ``texts`` writes it out ("Nurses' Health Study (NHS)"), and for one thing only. Waves and
    parts have other numbers or words and so are never one. Both are of one kind, but that a cohort is a data set. The ids are in order.
    """
    found = []
    of_kind: dict[UpstreamKind, list[Upstream]] = defaultdict(list)
    for one in upstreams:
        of_kind[UpstreamKind.DATASET if one.kind is UpstreamKind.COHORT else one.kind].append(one)
    for several in of_kind.values():
        short_for = _short_for(several, texts)
        groups = connected(several, partial(_marks, short_for))
        found += [Thing(tuple(sorted(one.id for one in group)), _reason(group, short_for)) for group in groups if len(group) > 1]
    return sorted(found, key=lambda one: one.upstreams)


def _marks(short_for: Mapping[str, str], upstream: Upstream) -> set[str]:
    """Return what would show that two upstreams are one."""
    words = short_for.get(bare_name(upstream.name)) or bare_name(_split(upstream.name)[0])
    marks = set() if set(words.split()) <= _OF_NO_ONE else {f"name {words}"}
    if doi := doi_in(upstream.url):
        marks.add(f"doi {doi}")
    elif upstream.url != UNKNOWN and upstream.kind is UpstreamKind.WORK:
        marks.add(f"address {bare(upstream.url)}")
    return marks or {upstream.id}


def _reason(group: Sequence[Upstream], short_for: Mapping[str, str]) -> str:
    """Say what makes them one: each sign that two or more of them share."""
    having: dict[str, list[str]] = defaultdict(list)
    for one in group:
        for mark in _marks(short_for, one):
            having[mark].append(one.name)
    signs = [_sign(mark, names, short_for) for mark, names in having.items() if len(names) > 1]
    return "; ".join(sorted(set(signs), reverse=True))


def _sign(mark: str, names: Sequence[str], short_for: Mapping[str, str]) -> str:
    what = mark.partition(" ")[0]
    if what != "name":
        return "the same DOI" if what == "doi" else "the same address"
    short = sorted(name for name in names if bare_name(name) in short_for)
    return f"{short[0]} is short for the other name, as is written out" if short else "the same name but for spelling"


def bare_name(name: str) -> str:
    """Reduce a name to its words: no case, no articles, no apostrophes or other punctuation."""
    plain = re.sub(r"['’‘ʼ]", "", name.replace("&", " and "))
    return " ".join(word for word in spelt(plain).split() if word not in _ARTICLES)


def _split(name: str) -> tuple[str, str]:
    """Split "Nurses' Health Study (NHS)" and "NHS (Nurses' Health Study)" into the full name and its acronym; else the name and ""."""
    both = _BRACKETED.fullmatch(name)
    if both:
        for full, short in ((both["before"], both["within"]), (both["within"], both["before"])):
            if is_short_for(short.strip(), full):
                return full.strip(), _ARTICLE.sub("", short.strip())
    return name, ""


def is_short_for(short: str, full: str) -> bool:
    """Say whether an acronym, with an article or without, is made of a name's initials, the first one first, and is of the same wave.

    Every word with a capital is in it but for small ones and for "Study" and its like. CARDIA, of which letters stand for parts of words,
    is left to whoever is asked.
    """
    acronym = _SHORT.fullmatch(_ARTICLE.sub("", short))
    words = [word for word in re.findall(r"\w+", re.sub(r"['’‘ʼ]", "", full)) if word.casefold() not in _ARTICLES]
    if not acronym or _waves(words) != _waves([acronym["wave"]] if acronym["wave"] else []):
        return False
    words = [word for word in words if not _waves([word])]
    letters, at = acronym["letters"].casefold(), 0
    for word in words:
        if at < len(letters) and word[0].casefold() == letters[at]:
            at += 1
        elif word[0].isupper() and word.casefold() not in _SMALL | _OF_NO_ONE:
            return False
    return at == len(letters) and bool(words) and words[0][0].casefold() == letters[0]


def _waves(words: Iterable[str]) -> frozenset[str]:
    """Return the numbers among words, as figures: III, third and 3 are one wave. A higher numeral is a wave of its own."""
    folded = [(word, word.casefold()) for word in words]
    return frozenset(
        _ORDINALS.get(small) or _ROMAN.get(small, small)
        for word, small in folded
        if small in _ORDINALS or word.isdigit() or _NUMERAL.fullmatch(word)
    )


def _short_for(upstreams: Sequence[Upstream], texts: Sequence[str]) -> dict[str, str]:
    """Map each acronym that a name or a text writes out, bare, to the bare name that it is short for; none that is short for two things."""
    meant: dict[str, set[str]] = defaultdict(set)
    split = [_split(one.name) for one in upstreams]
    for full, short in split:
        if short:
            meant[bare_name(short)].add(bare_name(full))
    named = {_ARTICLE.sub("", one.name) for one in upstreams}
    for short in (name for name in named if _SHORT.fullmatch(name)):
        for full, _ in split:
            if is_short_for(short, full) and any(_writes_out(full, short, text) for text in texts):
                meant[bare_name(short)].add(bare_name(full))
    return {short: min(names) for short, names in meant.items() if len(names) == 1}


def _writes_out(full: str, short: str, text: str) -> bool:
    words = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", _ARTICLE.sub("", full)))
    return re.search(rf"\b{words}\W*\(\s*(?:the\s+)?{re.escape(short)}\s*[),;]", text, re.IGNORECASE) is not None
