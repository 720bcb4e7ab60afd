"""Sameness by embedding, then what an embedding can't see: numbers, scope, direction and negation."""

from __future__ import annotations

import re
from typing import Final

from knowledge.records import Difference
from prompts.tasks.ingestion import ClaimPair, Matches, MatchInputs, MatchVerdict, Sameness
from reasoners.baseline.lexicons import NEGATION, direction, hedge_of, numbers, stems
from sources.embedding import Embedder

SAME: Final = 0.86
"""Cosine from which two claims whose numbers, scope, direction and negation agree are one."""
VARIANT: Final = 0.72
SHARED: Final = 0.4
"""Least share of content words in common (Dice) for sameness."""
_POPULATION: Final = re.compile(
    r"\b(?:men|women|diabet\w+|asian?s?|american?s?|us|european?s?|children|adults|older|elderly|patients|healthy|chinese|japanese)\b",
    re.IGNORECASE,
)
_DOSE: Final = re.compile(
    r"\b(?:half an egg|half|per day|a day|daily|weekly|per week|a week|mg|one egg|eggs? (?:a|per) (?:day|week))\b", re.IGNORECASE
)
_TIME: Final = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b", re.IGNORECASE
)


class Matcher:
    """Compares claims."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def match(self, inputs: MatchInputs) -> Matches:
        """Give a verdict on each pair."""
        return Matches(verdicts=tuple(self._verdict(pair) for pair in inputs.pairs))

    def _verdict(self, pair: ClaimPair) -> MatchVerdict:
        vectors = self._embedder.embed([pair.first, pair.second])
        cosine = round(float(vectors[0] @ vectors[1]), 3)
        first, second = stems(pair.first), stems(pair.second)
        shared = 2 * len(first & second) / max(len(first) + len(second), 1)
        measured = f"cosine {cosine:.2f}, {shared:.0%} of the content words in common"
        if cosine < VARIANT:
            return MatchVerdict(verdict=Sameness.DIFFERENT, reason=measured)
        difference = _difference(pair)
        if difference is not None:
            kind, words = difference
            return MatchVerdict(verdict=Sameness.VARIANT, differs_in=kind, reason=f"{words} ({measured})")
        negated = len(NEGATION.findall(pair.first)) % 2 != len(NEGATION.findall(pair.second)) % 2
        opposed = direction(pair.first) * direction(pair.second) < 0
        if cosine >= SAME and shared >= SHARED and not opposed:
            return MatchVerdict(verdict=Sameness.OPPOSITE if negated else Sameness.SAME, reason=measured)
        return MatchVerdict(verdict=Sameness.DIFFERENT, reason=f"near in words but not the same: {measured}")


def _difference(pair: ClaimPair) -> tuple[Difference, str] | None:
    """Name what two near claims differ in, if it can be seen in their words."""
    for kind, pattern in ((Difference.TIME, _TIME), (Difference.POPULATION, _POPULATION), (Difference.DOSE, _DOSE)):
        first = {found.casefold() for found in pattern.findall(pair.first)}
        second = {found.casefold() for found in pattern.findall(pair.second)}
        if first != second:
            return kind, f"{_listed(first - second)} against {_listed(second - first)}"
    one, other = numbers(pair.first), numbers(pair.second)
    if one != other:
        return Difference.QUANTITY, f"{_listed(one - other)} against {_listed(other - one)}"
    sure, unsure = hedge_of(pair.first), hedge_of(pair.second)
    return (Difference.CERTAINTY, f"{sure.value} against {unsure.value}") if sure != unsure else None


def _listed(words: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(words)) or "nothing said"
