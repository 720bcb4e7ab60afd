"""Testimony: what a claim's own sources say, each piece of evidence once (facts/credence.md 2.4)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from credence.defaults import DATUM_IF_FALSE, DATUM_IF_TRUE, STRONGEST_EVIDENCE
from credence.judgments import Judgments
from knowledge.records import UNKNOWN, Assertion, Passage, UpstreamKind
from knowledge.views import View


@dataclass(frozen=True)
class Testimony:
    """One assertion's weight: log likelihood ratio in nats for the representative claim, who gives it, and what it leans on."""

    weight: float
    voice: str
    words: str
    upstreams: frozenset[str]


@dataclass(frozen=True)
class Evidence:
    """A claim's direct evidence in nats: ``weight`` with every piece once, ``independent`` as if all were apart."""

    weight: float = 0.0
    independent: float = 0.0
    pieces: int = 0
    effective: float = 0.0


def evidence_for(claim: str, view: View, judgments: Judgments) -> Evidence:
    """Weigh all that is said on a claim and its equivalents."""
    testimonies = [_testimony(assertion, view, judgments, negated=negated) for assertion, negated in view.assertions_of(claim)]
    spoken = [testimony for testimony in testimonies if testimony.weight != 0]
    groups = _connected(_without_copies(spoken), lambda one: set(one.upstreams))
    weights = [_joint_weight(group) for group in groups]
    effective = sum(max(1.0, abs(weight) / max(abs(one.weight) for one in group)) for group, weight in zip(groups, weights, strict=True))
    return Evidence(_bounded(math.fsum(weights)), _bounded(math.fsum(one.weight for one in spoken)), len(spoken), effective)


def _bounded(weight: float) -> float:
    return max(-STRONGEST_EVIDENCE, min(STRONGEST_EVIDENCE, weight))


def _testimony(assertion: Assertion, view: View, judgments: Judgments, *, negated: bool) -> Testimony:
    weight = judgments.evidence(assertion)
    source = view.source_of(assertion)
    leans_on = {
        upstream.id
        for record in (assertion.id, source.id)
        for upstream, _ in view.upstreams_of(record)
        if record == assertion.id or upstream.kind is UpstreamKind.WORK
    }
    words = " ".join(re.findall(r"\w+", view.get(assertion.passage, Passage).text.casefold()))
    return Testimony(-weight if negated else weight, voice(assertion.speaker), words, frozenset(leans_on))


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
        kept.append(replace(strongest, upstreams=frozenset().union(*(one.upstreams for one in copies))))
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
    """Weigh a group through its one datum: claim -> datum -> reports, never less than the best single piece where all agree.

    The message of facts/credence.md 2.2: log((a L + 1 - a) / (b L + 1 - b)) with a, b the datum's rates and L the reports' joint ratio.
    """
    weights = [one.weight for one in group]
    if len(weights) == 1:
        return weights[0]
    joint = math.exp(_bounded(math.fsum(weights)))
    through = math.log((DATUM_IF_TRUE * joint + 1 - DATUM_IF_TRUE) / (DATUM_IF_FALSE * joint + 1 - DATUM_IF_FALSE))
    strongest = max(weights, key=abs)
    agree = all(weight > 0 for weight in weights) or all(weight < 0 for weight in weights)
    return max(through, strongest, key=abs) if agree else through
