"""Clauses: where a sentence gives a reason, a consequence or a contrast, and how to word a clause as a claim."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from knowledge.vocabulary import Stance
from reasoners.baseline.lexicons import VERB

_LEAST_WORDS: Final = 6
"""Of a piece that a sentence may be cut into."""
_LEAST_CLAIM: Final = 4
"""Of a claim: "The chart is genuine" is one."""
_JOINTS: Final = re.compile(
    r"(?<=\w)(?:,\s+|\s+)(?=(?:because|given that|on the grounds? that)\b)|,\s+(?=(?:since|but|yet|so|although|though|whereas|while)\s)|"
    r",\s+(?=which (?:suggests?|means|implies|shows|indicates)\b)|;\s+",
    re.IGNORECASE,
)
_FIRST_CLAUSE: Final = re.compile(r"^(?:Although|Though|While|Whereas|Because|Since|Given that)\b[^,;]{20,}?,\s+", re.IGNORECASE)
_LEADING: Final = re.compile(
    r"^(?:(?:and|but|yet|so|or|because|since(?! then)|given that|on the grounds? that|although|though|while|whereas|which (?:suggests?|means|implies|shows|indicates)(?: that)?|"
    r"however|therefore|thus|hence|moreover|furthermore|in addition|also|nevertheless|nonetheless|consequently|accordingly|indeed|for example|for instance|in particular|"
    r"specifically|by contrast|in contrast|on the other hand|still|first|second|third|finally|overall|in short|in summary|as a result)\b,?\s*)+",
    re.IGNORECASE,
)
_DANGLING: Final = re.compile(
    r"^(?:i|we|you|it|its|this|that|these|those|they|them|their|he|she|his|her|such|both|neither|one|which|who|there|here|the (?:latter|former|same|other))\b",
    re.IGNORECASE,
)
_NEGATIONS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\b(is|are|was|were|be|has|have|had|do|does|did|will|would|could|should|may|might|must|can) not\b"), r"\1"),
    (re.compile(r"\bcannot\b"), "can"),
    (re.compile(r"\b(is|are|was|were|has|have|had|do|does|did|would|could|should)n't\b"), r"\1"),
    (re.compile(r"\b(is|are|was|were) no (?=evidence|sign|indication)"), r"\1 "),
    (re.compile(r"\bno (?=(?:\w+ )?(?:association|link|effect|difference|increase|evidence|relation\w*|sign|correlation)\b)"), "an "),
    (re.compile(r"\bneither\b"), "either"),
    (re.compile(r"\bnever\b"), "ever"),
)
_SUBORDINATE: Final = re.compile(
    r"\b(?:which|that|who|whom|whose|because|since|so|although|though|while|whereas|if|when|where|and|but|or|than|found|report\w*|argu\w+|claim\w*|conclud\w+)\b",
    re.IGNORECASE,
)
"""What stands before a negation of some clause that is not the main one."""
_BECAUSE: Final = re.compile(r"\b(?:because|since|so|but|and)\b", re.IGNORECASE)
_ANY_NEGATION: Final = re.compile(r"\b(?:not|no|never|neither|nor|none|cannot|without|un(?:likely|related))\b|n't\b", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    """A stretch of a sentence, ``sentence[start:end]``, with its connective."""

    start: int
    end: int


def clauses(sentence: str) -> tuple[Clause, ...]:
    """Cut a sentence where it gives a reason, draws a conclusion or turns, if every piece can stand as a proposition."""
    cuts = [match.end() for match in _JOINTS.finditer(sentence)]
    if first := _FIRST_CLAUSE.match(sentence):
        cuts.append(first.end())
    kept = [0]
    for cut in sorted(set(cuts)):
        # "It was not found because they looked there" denies the reason, not the finding.
        if _BECAUSE.match(sentence[cut:]) and _ANY_NEGATION.search(sentence[kept[-1] : cut]):
            continue
        if _stands(sentence[kept[-1] : cut]) and _stands(sentence[cut:]):
            kept.append(cut)
    return tuple(Clause(start, end) for start, end in zip(kept, [*kept[1:], len(sentence)], strict=True))


def _stands(words: str) -> bool:
    return len(words.split()) >= _LEAST_WORDS and VERB.search(words) is not None


def worded(clause: str) -> str:
    """Word a clause as a claim: connectives off, a capital, a full stop. "" if it can't stand alone."""
    text = _LEADING.sub("", clause.strip().strip("\"'“”")).strip(" ,;:")
    text = re.sub(r"\s*\[(?:\d+[,\s-]*)+\]|(?<=[a-z.,])\s?\((?:\d{1,3}[,\s-]*)+\)|\s*\[image[^\]]*\]", "", text)
    text = " ".join(text.split()).rstrip(" .,;:")
    capitals = sum(word[0].isupper() for word in text.split() if len(word) > 3)
    long_words = sum(len(word) > 3 for word in text.split())
    if (
        len(text.split()) < _LEAST_CLAIM
        or not VERB.search(text)
        or _DANGLING.match(text)
        or text.endswith("?")
        or (long_words > 4 and capitals > 0.7 * long_words)
    ):
        return ""
    return text[0].upper() + text[1:] + "."


def affirmed(claim: str, stance: Stance) -> tuple[str, Stance]:
    """Turn a plainly negated claim into its affirmation and the stance round; leave what has more than one negation."""
    negations = list(_ANY_NEGATION.finditer(claim))
    if len(negations) != 1 or stance not in {Stance.ASSERTS, Stance.CONCEDES, Stance.REPORTS}:
        return claim, stance
    if _SUBORDINATE.search(claim[: negations[0].start()]) or _BECAUSE.search(claim[negations[0].end() :]):
        return claim, stance
    for pattern, positive in _NEGATIONS:
        changed, times = pattern.subn(positive, claim)
        if times:
            changed = re.sub(r"\ban (?=[bcdfgj-np-tv-z])", "a ", " ".join(changed.split()))
            return changed[0].upper() + changed[1:], Stance.DENIES
    return claim, stance
