"""Testimony: what a claim's own sources say, each piece of evidence once (facts/credence.md 2.4)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from credence.defaults import DATUM_IF_FALSE, DATUM_IF_TRUE, STRONGEST_EVIDENCE
from credence.judgments import Judgments
from credence.overlaps import joint_weight, overlap_of_sets
from knowledge.records import UNKNOWN, Assertion, Passage, UpstreamKind
from knowledge.views import View


@dataclass(frozen=True)
class Testimony:
    """One assertion's weight: log likelihood ratio in nats for the representative claim, who gives it, and what it leans on.

    ``upstreams`` make testimonies for one claim one piece of evidence; those of them that the assertion itself names (``named``) can also
    fail together for several claims.
    """

    weight: float
    voice: str
    words: str
    upstreams: frozenset[str]
    named: frozenset[str]


@dataclass(frozen=True)
class Piece:
    """Testimony for one claim that counts once: its weight in nats, and the upstreams that it leans on by name."""

    weight: float
    named: frozenset[str]


@dataclass(frozen=True)
class Evidence:
    """A claim's direct evidence: its ``parts``; in nats, as if all testimonies were apart, ``independent``.

    ``pieces`` counts the testimonies, ``effective`` what they amount to in pieces as heavy as the heaviest of each group.
    """

    parts: tuple[Piece, ...] = ()
    independent: float = 0.0
    pieces: int = 0
    effective: float = 0.0

    @property
    def weight(self) -> float:
        """Log likelihood ratio in nats with every piece once."""
        return bounded(math.fsum(part.weight for part in self.parts))


def evidence_for(claim: str, view: View, judgments: Judgments) -> Evidence:
    """Weigh all that is said on a claim and its equivalents."""
    testimonies = [_testimony(assertion, view, judgments, negated=negated) for assertion, negated in view.assertions_of(claim)]
    spoken = [testimony for testimony in testimonies if testimony.weight != 0]
    groups = _connected(_without_copies(spoken), lambda one: set(one.upstreams))
    parts = tuple(Piece(_joint_weight(group), frozenset().union(*(one.named for one in group))) for group in groups)
    effective = sum(max(1.0, abs(part.weight) / max(abs(one.weight) for one in group)) for group, part in zip(groups, parts, strict=True))
    return Evidence(parts, bounded(math.fsum(one.weight for one in spoken)), len(spoken), effective)


def bounded(weight: float) -> float:
    """Keep a weight inside what doubles hold as a ratio."""
    return max(-STRONGEST_EVIDENCE, min(STRONGEST_EVIDENCE, weight))


def _testimony(assertion: Assertion, view: View, judgments: Judgments, *, negated: bool) -> Testimony:
    weight = judgments.evidence(assertion)
    source = view.source_of(assertion)
    named = frozenset(upstream.id for upstream, _ in view.upstreams_of(assertion.id))
    reported = {upstream.id for upstream, _ in view.upstreams_of(source.id) if upstream.kind is UpstreamKind.WORK}
    words = " ".join(re.findall(r"\w+", view.get(assertion.passage, Passage).text.casefold()))
    return Testimony(-weight if negated else weight, voice(assertion.speaker), words, named | reported, named)


def voice(speaker: str) -> str:
    """Reduce a speaker to what its spellings share: "Zhong et al.", "Zhong and colleagues" and "Victor W. Zhong" are one voice."""
    if speaker == UNKNOWN:
        return ""
    head = re.split(r"\bet al\b|\band\b|&|,|\(|'s\b", speaker)[0].split()
    return head[-1].casefold() if head else ""


def _without_copies(testimonies: Sequence[Testimony]) -> list[Testimony]:
    """Keep one, the strongest, of those that say the same way the same thing in one voice or in the same words."""

    def marks(one: Testimony) -> set[str]:
        side = "for" if one.weight > 0 else "against"
        return {f"{side} words {one.words}"} | ({f"{side} voice {one.voice}"} if one.voice else set())

    kept = []
    for copies in _connected(testimonies, marks):
        strongest = min(copies, key=lambda one: (-abs(one.weight), one.voice, one.words))
        kept.append(
            replace(
                strongest,
                upstreams=frozenset().union(*(one.upstreams for one in copies)),
                named=frozenset().union(*(one.named for one in copies)),
            )
        )
    return kept


def _connected(testimonies: Sequence[Testimony], marks: Callable[[Testimony], set[str]]) -> list[list[Testimony]]:
    """Put together those that share a mark, directly or through others."""
    groups: list[tuple[set[str], list[Testimony]]] = []
    for one in testimonies:
        touched = [group for group in groups if group[0] & marks(one)]
        apart = [group for group in groups if not group[0] & marks(one)]
        joined = marks(one).union(*(group[0] for group in touched))
        groups = [*apart, (joined, [*(member for group in touched for member in group[1]), one])]
    return [members for _, members in groups]


def _joint_weight(group: Sequence[Testimony]) -> float:
    """Weigh testimonies that share upstreams, by the first rung of the ladder that fits (facts/credence.md 2.4).

    Where they agree and lean on sets of upstreams that overlap only in part, the overlap says how correlated they are (generalised least
    squares). Else they pass through one datum: claim -> datum -> reports, by the message of 2.2, never less than the best single piece
    where all agree: log((a L + 1 - a) / (b L + 1 - b)) with a, b the datum's rates and L the reports' joint ratio.
    """
    weights = [one.weight for one in group]
    if len(weights) == 1:
        return weights[0]
    agree = all(weight > 0 for weight in weights) or all(weight < 0 for weight in weights)
    if agree and len({one.upstreams for one in group}) > 1 and all(one.upstreams for one in group):
        return bounded(joint_weight(weights, overlap_of_sets([one.upstreams for one in group])))
    joint = math.exp(bounded(math.fsum(weights)))
    through = math.log((DATUM_IF_TRUE * joint + 1 - DATUM_IF_TRUE) / (DATUM_IF_FALSE * joint + 1 - DATUM_IF_FALSE))
    strongest = max(weights, key=abs)
    return max(through, strongest, key=abs) if agree else through
