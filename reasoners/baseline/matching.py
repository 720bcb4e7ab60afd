"""Sameness by embedding, then what an embedding can't see: numbers, scope, direction and negation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from knowledge.vocabulary import Difference
from prompts.tasks.ingestion import Matches, MatchInputs, SameClaims, VariantClaims
from reasoners.baseline.lexicons import NEGATION, direction, hedge_of, numbers, stems
from sources.embedding import Embedder, similar_pairs

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


class Sameness(Enum):
    """How two claims stand to each other."""

    SAME = auto()
    OPPOSITE = auto()
    DIFFERENT = auto()


@dataclass(frozen=True)
class Verdict:
    """How two claims stand to each other and what was measured. ``differs_in``: of different ones that are variants."""

    sameness: Sameness
    reason: str
    differs_in: Difference | None = None


class Matcher:
    """Compares claims."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def match(self, inputs: MatchInputs) -> Matches:
        """Compare each pair of near claims, the nearest first, and gather what is the same around the first of its kind.

        In the order of their words, so that what is said of two claims doesn't hang on how they are numbered.
        """
        claims = sorted(inputs.claims, key=lambda claim: claim.claim)
        texts, listed = [claim.claim for claim in claims], [claim.number for claim in claims]
        near = similar_pairs(self._embedder.embed(texts), VARIANT, most=len(texts))
        groups: dict[int, list[tuple[int, bool, str]]] = {}
        member_of: set[int] = set()
        alike: list[VariantClaims] = []
        for i, j, _ in sorted(near, key=lambda pair: (-pair[2], pair[:2])):
            verdict = self.compare(texts[i], texts[j])
            if verdict.differs_in is not None:
                alike.append(VariantClaims(first=listed[i], second=listed[j], differs_in=verdict.differs_in, reason=verdict.reason))
            if verdict.sameness is Sameness.DIFFERENT or {i, j} & member_of or {i, j} <= groups.keys():
                continue
            lead, member = (j, i) if j in groups else (i, j)
            groups.setdefault(lead, []).append((member, verdict.sameness is Sameness.OPPOSITE, verdict.reason))
            member_of.add(member)
        same = tuple(
            SameClaims(
                claims=(listed[lead], *(listed[member] for member, _, _ in members)),
                negated=tuple(listed[member] for member, negated, _ in members if negated),
                reason="; ".join(dict.fromkeys(reason for _, _, reason in members)),
            )
            for lead, members in groups.items()
        )
        return Matches(groups=same, variants=tuple(alike))

    def compare(self, first: str, second: str) -> Verdict:
        """Give a verdict on a pair of claims."""
        vectors = self._embedder.embed([first, second])
        cosine = round(float(vectors[0] @ vectors[1]), 3)
        words, others = stems(first), stems(second)
        shared = 2 * len(words & others) / max(len(words) + len(others), 1)
        measured = f"cosine {cosine:.2f}, {shared:.0%} of the content words in common"
        if cosine < VARIANT:
            return Verdict(Sameness.DIFFERENT, measured)
        difference = _difference(first, second)
        if difference is not None:
            kind, told = difference
            return Verdict(Sameness.DIFFERENT, f"{told} ({measured})", kind)
        negated = len(NEGATION.findall(first)) % 2 != len(NEGATION.findall(second)) % 2
        opposed = direction(first) * direction(second) < 0
        if cosine >= SAME and shared >= SHARED and not opposed:
            return Verdict(Sameness.OPPOSITE if negated else Sameness.SAME, measured)
        return Verdict(Sameness.DIFFERENT, f"near in words but not the same: {measured}")


def _difference(one: str, other: str) -> tuple[Difference, str] | None:
    """Name what two near claims differ in, if it can be seen in their words."""
    for kind, pattern in ((Difference.TIME, _TIME), (Difference.POPULATION, _POPULATION), (Difference.DOSE, _DOSE)):
        first = {found.casefold() for found in pattern.findall(one)}
        second = {found.casefold() for found in pattern.findall(other)}
        if first != second:
            return kind, f"{_listed(first - second)} against {_listed(second - first)}"
    figures, others = numbers(one), numbers(other)
    if figures != others:
        return Difference.QUANTITY, f"{_listed(figures - others)} against {_listed(others - figures)}"
    sure, unsure = hedge_of(one), hedge_of(other)
    return (Difference.CERTAINTY, f"{sure.value} against {unsure.value}") if sure != unsure else None


def _listed(words: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(words)) or "nothing said"
