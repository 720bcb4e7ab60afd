"""Keywords: the few words of a sentence that are worth asking a search engine for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_ADDRESS: Final = re.compile(r"https?\S*|www\.\S+|\bdoi:?\s*\S+|\b10\.\d{4,}/\S+", re.IGNORECASE)
_EMPTY: Final = frozenset(
    """a about above across after again see seen saw against all almost alone along already also although always am among an and
    another any anybody anyone anything are aren't around as at away back be became because become been before behind being below
    between both but by can can't cannot could couldn't did didn't do does doesn't doing don't done down during each either else
    enough ever every everybody everyone everything far few for from further get given go goes going got had hadn't has hasn't
    have haven't having he hence her here hers him his how however i if in indeed instead into is isn't it its itself just keep
    kept least less let like likely look made make makes many may maybe me mere merely might mine more moreover most mostly much
    must my near nearly need needs neither never nevertheless no nobody none nor not nothing now of off often on once one only
    onto or other others otherwise our out over own perhaps put quite rather really said same say says seem seems several shall
    she should shouldn't since so some somebody someone something still such take taken than that the their theirs them
    themselves then there therefore these they thing things this those though through thus to together too toward towards two
    under until up upon us use used very via was wasn't way we well were weren't what whatever when where whether which while who
    whole whom whose why will with within without won't would wouldn't yes yet you your three four five yours whoever per cent
    according argue argues argued report reports reported write writes wrote find finds found suggest suggests suggested state
    states stated claim claims claimed conclude concludes concluded ci rr hr sd""".split()  # noqa: SIM905  # words read better unbroken
)
"""Words that say nothing of the matter."""
_OF_LOOKING: Final = frozenset(
    """answer answers bibliography case document documents fetch gap hold holds look missing named names original passage primary
    question read run search seek tell tells asserted asserts denied denies first source sources speak speaks told work works ask
    check compare contact obtain retrieve request consult locate evidence best""".split()  # noqa: SIM905  # words read better unbroken
)
"""Words by which a gap says how to look, which don't stand in what is looked for."""


def content_words(text: str) -> list[str]:
    """Return a text's words that say something of the matter, each once, in their order; numbers left out, hyphens kept."""
    found: dict[str, str] = {}
    for match in _WORD.finditer(_ADDRESS.sub(" ", text).replace("\u2019", "'")):
        word = re.sub(r"'s?$", "", match.group())
        if len(word) > 1 and word.casefold() not in _EMPTY and any(one.isalpha() for one in word):
            found.setdefault(folded(word), word)
    return list(found.values())


def folded(word: str) -> str:
    """Return what a word and its plural have in common, in lower case."""
    plain = word.casefold()
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss") else plain


def names_in(text: str) -> list[str]:
    """Return the words that are names or abbreviations: a capital that no sentence's beginning explains."""
    named = re.findall(r"(?<=[^.!?:\"\u201c\n]\s)([A-Z][\w-]+)|\b([A-Z]{2,}[\w-]*)\b", text)
    return [word for pair in named for word in pair if word and word.casefold() not in _EMPTY]


class Keywords:
    """Chooses words by how the case speaks.

    Two names first and a word of the question, so that a search that asks for every word is about both; then the other names, the
    question's other words, those that are said most first, and what else is said of them, the rarest first.
    """

    def __init__(self, question: Iterable[str], claims: Iterable[str]) -> None:
        self._topic = {folded(word) for text in question for word in content_words(text)}
        self._said = Counter(folded(word) for text in claims for word in content_words(text))

    def of(self, text: str, most: int, *, looking: bool = False) -> tuple[str, ...]:
        """Return at most ``most`` words, the weightiest first; none if the text names nothing that the case is about.

        ``looking``: the text says how to look for something.
        """
        words = [word for word in content_words(text) if not (looking and word.casefold() in _OF_LOOKING)]
        names = {folded(name) for name in names_in(text)}
        named = [word for word in words if folded(word) in names]
        topical = [word for word in words if folded(word) in self._topic - names]
        others = [word for word in words if folded(word) not in self._topic | names]
        if not named and not topical:
            return ()
        topical.sort(key=lambda word: -self._said[folded(word)])
        # What is said once only is a turn of phrase as often as a matter: it goes behind what is said again.
        others.sort(key=lambda word: (self._said[folded(word)] == 1, self._said[folded(word)]))
        return (*named[:2], *topical[:1], *named[2:], *topical[1:], *others)[:most]
