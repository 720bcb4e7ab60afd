"""Words that the baseline goes by. Patterns are matched without case unless they say otherwise."""

from __future__ import annotations

import re
from typing import Final

from knowledge.vocabulary import Hedge, Stance


def any_of(*phrases: str) -> re.Pattern[str]:
    """Match any of the phrases as whole words."""
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


SAYING: Final[dict[Stance, str]] = {
    Stance.DENIES: r"den(?:y|ies|ied)|reject(?:s|ed)?|dismiss(?:es|ed)?|disput(?:e|es|ed)|refut(?:e|es|ed)|rebut(?:s|ted)?|rul(?:e|es|ed) out",
    Stance.DOUBTS: r"doubt(?:s|ed)?|question(?:s|ed)? whether|(?:is|are|was|were) (?:sceptical|skeptical) (?:that|of)|challeng(?:e|es|ed)",
    Stance.CONCEDES: r"conced(?:e|es|ed)|acknowledg(?:e|es|ed)|admit(?:s|ted)?|grant(?:s|ed)?|accept(?:s|ed)?|allow(?:s|ed)? that",
    Stance.SUPPOSES: r"suppos(?:e|es|ed)|assum(?:e|es|ed)|imagin(?:e|es|ed)|hypothesi[sz](?:e|es|ed)|speculat(?:e|es|ed)",
    Stance.ASSERTS: (
        r"argu(?:e|es|ed)|claim(?:s|ed)?|conclud(?:e|es|ed)|report(?:s|ed)?|f(?:ind|inds|ound)|sa(?:y|ys|id)|writ(?:e|es)|wrote|written|stat(?:e|es|ed)|"
        r"not(?:e|es|ed)|suggest(?:s|ed)?|show(?:s|ed|n)?|maintain(?:s|ed)?|insist(?:s|ed)?|hold(?:s)?|held|contend(?:s|ed)?|estimat(?:e|es|ed)|"
        r"calculat(?:e|es|ed)|observ(?:e|es|ed)|warn(?:s|ed)?|caution(?:s|ed)?|point(?:s|ed)? out|believ(?:e|es|ed)|judg(?:e|es|ed)|assess(?:es|ed)?|"
        r"add(?:s|ed)?|explain(?:s|ed)?|stress(?:es|ed)?|repl(?:y|ies|ied)|respond(?:s|ed)?|counter(?:s|ed)?|object(?:s|ed)?|emphasi[sz](?:e|es|ed)|"
        r"recommend(?:s|ed)?|advis(?:e|es|ed)|infer(?:s|red)?|determin(?:e|es|ed)|describ(?:e|es|ed)|remark(?:s|ed)?|propos(?:e|es|ed)|"
        r"think(?:s)?|thought|agre(?:e|es|ed)|demonstrat(?:e|es|ed)|confirm(?:s|ed)?|reason(?:s|ed)?|predict(?:s|ed)?|comput(?:e|es|ed)"
    ),
}
"""Verbs by what their subject does with what follows."""

DISAGREEING: Final = any_of(
    r"repl(?:y|ies|ied)", r"respond(?:s|ed)?", r"counter(?:s|ed)?", r"object(?:s|ed)?", r"rebut(?:s|ted)?", r"disput(?:e|es|ed)", r"reject(?:s|ed)?",
    r"disagree(?:s|d)?", r"contradict(?:s|ed)?", r"refut(?:e|es|ed)", r"den(?:y|ies|ied)", r"contest(?:s|ed)?", r"challeng(?:e|es|ed)",
)  # fmt: skip

HEDGES: Final[tuple[tuple[Hedge, re.Pattern[str]], ...]] = (
    (Hedge.DOUBTFUL, any_of("unlikely", "improbable", "implausible", "doubtful", "far-fetched", "hardly")),
    (
        Hedge.POSSIBLE,
        any_of(
            "may", "might", "could", "possibl[ey]", "perhaps", "can(?:not)? be excluded", "speculat\\w+", "uncertain", "unclear", "maybe"
        ),
    ),
    (
        Hedge.LIKELY,
        any_of(
            "likely",
            "probabl[ey]",
            "suggest(?:s|ed|ing)?",
            "appear(?:s|ed)?",
            "seem(?:s|ed)?",
            "tend(?:s|ed)?",
            "indicat(?:e|es|ed|ing)",
            "modest(?:ly)?",
            "presumably",
        ),
    ),
    (
        Hedge.CERTAIN,
        any_of(
            "prov(?:e|es|ed|en)",
            "certain(?:ly)?",
            "clearly",
            "conclusive(?:ly)?",
            "undoubtedly",
            "definitely",
            "impossible",
            "no doubt",
            "beyond (?:any )?doubt",
            "must have",
        ),
    ),
)

VERB: Final = any_of(
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "do", "does", "did", "can", "cannot", "could", "may", "might", "will", "would",
    "should", "must", r"\w{3,}(?:ed|ates?|izes?|ises?)", "rise[sn]?", "rose", "fell", "falls?", "grows?", "grew", "made", "makes?", "came", "comes?",
    "shows?", "leads?", "led", "gives?", "gave", "takes?", "took", "raises", "lowers", "kept", "keeps?", "began", "begins?", "means?", "needs",
    "depends?", "contains?", "remains?", "exists?", "causes", "increases", "reduces", "supports", "holds?", "lies?", "sits?", "rests?", "eats?", "runs?",
)  # fmt: skip

CONTENT: Final = any_of(
    r"\d[\d.,]*\s?%", r"\d+(?:\.\d+)?", "because", "since", "therefore", "thus", "hence", "so that", "caus\\w+", "associat\\w+", "risk\\w*", "evidence",
    "increas\\w+", "decreas\\w+", "reduc\\w+", "higher", "lower", "more than", "less than", "most", "no", "not", "none", "never", "likely", "unlikely",
    "probabl\\w+", "may", "might", "could", "must", "cannot", "would", "should", "impl\\w+", "suggest\\w*", "support\\w*", "consistent", "inconsistent",
    "explain\\w*", "due to", "result\\w*", "show\\w*", "prove\\w*", "lead\\w*", "origin\\w*", "safe\\w*", "harm\\w*", "danger\\w*", "benefi\\w+", "effect\\w*",
)  # fmt: skip

NEGATION: Final = re.compile(
    r"\b(?:not|no|never|neither|nor|none|cannot|without|fail(?:s|ed)? to|lack(?:s|ed|ing)?|absence of|unrelated|unassociated)\b|n't\b",
    re.IGNORECASE,
)

UP: Final = any_of(
    "increas\\w+", "rais\\w+", "higher", "elevat\\w+", "more", "greater", "grow\\w*", "rose", "rises?", "rising", "harm\\w*", "worse\\w*", "danger\\w*",
    "excess", "positive(?:ly)?", "adverse\\w*", "hazardous",
)  # fmt: skip
DOWN: Final = any_of(
    "decreas\\w+", "reduc\\w+", "lower\\w*", "less", "fewer", "protect\\w*", "benefi\\w+", "declin\\w+", "fell", "falls?", "inverse(?:ly)?", "improv\\w+", "safer?", "negative(?:ly)?",
)  # fmt: skip
NULL: Final = any_of(
    "no (?:\\w+ ){0,3}(?:association|effect|link|difference|evidence|increase|change|relation\\w*)", "not (?:\\w+ ){0,2}(?:associated|linked|related|significant\\w*|different|affect\\w*)",
    "neutral", "unrelated", "unchanged", "non-?significant", "did not differ", "little (?:or no )?(?:association|effect|link|difference)",
    "(?:indistinguishable|not (?:\\w+ )?distinguishable) from zero",
)  # fmt: skip
SPEAKS_FOR: Final = any_of(
    "support\\w*", "favou?r\\w*", "evidence (?:of|for)", "consistent with", "point(?:s|ed|ing)? to(?:wards?)?", "likely", "confirm\\w*", "prov\\w+", "explain\\w*",
    "emerg\\w+", "began", "origin\\w+", "arose", "caus\\w+", "probabl\\w+",
)  # fmt: skip
SPEAKS_AGAINST: Final = any_of(
    "unlikely", "improbable", "implausible", "against", "rules? out", "ruled out", "exclud\\w+", "contradict\\w*", "inconsistent with", "refut\\w+", "no (?:\\w+ )?evidence", "less likely", "not supported",
    "doubt(?:s|ed|ful)", "impossible", "cannot", "debunk\\w*", "unsupported", "reject\\w*", "disfavou?r\\w*", "fails?", "no basis",
)  # fmt: skip

BECAUSE: Final = re.compile(r"^(?:,?\s*)(?:because|since|as|given that|in that|for the reason that|on the grounds? that)\b", re.IGNORECASE)
THEREFORE: Final = re.compile(
    r"^(?:and\s+)?(?:therefore|thus|hence|so|consequently|accordingly|as a result|it follows that|for (?:that|this) reason|which (?:suggests?|means|implies|shows|indicates)(?: that)?)\b",
    re.IGNORECASE,
)
HOWEVER: Final = re.compile(
    r"^(?:however|but|yet|nevertheless|nonetheless|by contrast|in contrast|on the other hand|still)\b", re.IGNORECASE
)
FOR_EXAMPLE: Final = re.compile(r"^(?:for example|for instance|indeed|in particular|specifically)\b", re.IGNORECASE)

STOP: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "and",
        "or",
        "but",
        "if",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "they",
        "them",
        "their",
        "he",
        "she",
        "his",
        "her",
        "we",
        "our",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "can",
        "could",
        "may",
        "might",
        "must",
        "should",
        "as",
        "than",
        "then",
        "so",
        "such",
        "not",
        "no",
        "nor",
        "there",
        "which",
        "who",
        "whom",
        "whose",
        "what",
        "when",
        "where",
        "how",
        "also",
        "only",
        "very",
        "about",
        "into",
        "over",
        "per",
        "between",
        "among",
        "after",
        "before",
        "during",
        "while",
        "because",
        "however",
        "more",
        "most",
        "some",
        "any",
        "all",
        "each",
        "other",
        "another",
        "one",
        "two",
    ]
)


def stems(text: str) -> frozenset[str]:
    """Return a text's content words with their commonest endings cut off."""
    words = re.findall(r"[a-z][a-z'-]+|\d[\d.,]*\d|\d", text.casefold())
    return frozenset(_stem(word) for word in words if word not in STOP)


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def numbers(text: str) -> frozenset[str]:
    """Return the figures of a text, thousands separators and trailing marks left out."""
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
    return frozenset(re.sub(r",(?=\d{3}\b)", "", number).rstrip(",") for number in found)


def direction(text: str) -> int:
    """Say which way a claim about an effect points: 1 up, -1 down, 0 no effect or unclear."""
    if NULL.search(text):
        return 0
    up, down = len(UP.findall(text)), len(DOWN.findall(text))
    return (up > down) - (up < down)


def hedge_of(text: str) -> Hedge:
    """Return how sure a text sounds by its weakest word."""
    return next((hedge for hedge, pattern in HEDGES if pattern.search(text)), Hedge.PLAIN)
