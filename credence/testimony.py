"""Testimony: what a claim's own sources say, each piece of evidence once (facts/credence.md 2.4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from credence.defaults import DATUM_IF_FALSE, DATUM_IF_TRUE, STRONGEST_EVIDENCE
from credence.judgments import Judgments
from credence.leaning import Leanings, Shares, pooled
from credence.overlaps import joint_weight, overlap_of_sets
from credence.voices import bare_words, connected, voice
from knowledge.records import Assertion, Passage
from knowledge.views import View
from knowledge.vocabulary import UpstreamKind


class Told(NamedTuple):
    """An assertion on a claim, or (``negated``) on its opposite, but for its weight: in whose voice and words, leaning on what.

    ``upstreams`` make testimonies for one claim one piece of evidence; those with which it can fail together with testimony for other
    claims are ``leans``, with the share of its weight that each carries. Of a claim's only testimony, which can copy none and shares no
    upstream with another, voice, words and upstreams don't matter and are empty.
    """

    assertion: Assertion
    negated: bool
    leans: Shares
    voice: str = ""
    words: str = ""
    upstreams: frozenset[str] = frozenset()


class Testimony(NamedTuple):
    """What is told with its weight: log likelihood ratio in nats for the representative claim."""

    weight: float
    told: Told


@dataclass(frozen=True)
class Piece:
    """Testimony for one claim that counts once: its weight in nats, and what it leans on."""

    weight: float
    leans: Shares


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


def evidence_for(told: Sequence[Told], judgments: Judgments) -> Evidence:
    """Weigh all that is said on a claim and its equivalents."""
    spoken = []
    for one in told:
        weight = judgments.evidence(one.assertion)
        if weight != 0:
            spoken.append(Testimony(-weight if one.negated else weight, one))
    if len(told) == 1:
        return _alone(spoken[0]) if spoken else Evidence()
    groups = connected(_without_copies(spoken), lambda one: set(one.told.upstreams))
    parts = tuple(Piece(_joint_weight(group), pooled((one.weight, one.told.leans) for one in group)) for group in groups)
    effective = sum(max(1.0, abs(part.weight) / max(abs(one.weight) for one in group)) for group, part in zip(groups, parts, strict=True))
    return Evidence(parts, bounded(math.fsum(one.weight for one in spoken)), len(spoken), effective)


def _alone(one: Testimony) -> Evidence:
    return Evidence((Piece(one.weight, pooled([(one.weight, one.told.leans)])),), bounded(one.weight), 1, 1.0)


def bounded(weight: float) -> float:
    """Keep a weight inside what doubles hold as a ratio."""
    return max(-STRONGEST_EVIDENCE, min(STRONGEST_EVIDENCE, weight))


def tellings(claim: str, view: View, leanings: Leanings) -> tuple[Told, ...]:
    """Return all that is said on a claim and its equivalents."""
    said = list(view.assertions_of(claim))
    if len(said) == 1:
        assertion, negated = said[0]
        return (Told(assertion, negated, leanings.shares(assertion)),)
    return tuple(_told(assertion, view, leanings, negated=negated) for assertion, negated in said)


def _told(assertion: Assertion, view: View, leanings: Leanings, *, negated: bool) -> Told:
    source, speaks = view.source_of(assertion), voice(assertion.speaker)
    words = bare_words(view.get(assertion.passage, Passage).text)
    reported = {upstream.id for upstream, _ in view.upstreams_of(source.id) if upstream.kind is UpstreamKind.WORK}
    through = leanings.through_document(assertion)
    # Beside data that it shares with others a document has something of its own, so the overlap with them is never whole.
    own = {f"own {speaks or words}"} if through else set()
    upstreams = leanings.named(assertion) | through | own | reported
    return Told(assertion, negated, leanings.shares(assertion), speaks, words, upstreams)


def _without_copies(testimonies: Sequence[Testimony]) -> list[Testimony]:
    """Keep one, the strongest, of those that say the same way the same thing in one voice or in the same words."""

    def marks(one: Testimony) -> set[str]:
        side = "for" if one.weight > 0 else "against"
        return {f"{side} words {one.told.words}"} | ({f"{side} voice {one.told.voice}"} if one.told.voice else set())

    kept = []
    for copies in connected(testimonies, marks):
        weight, told = min(copies, key=lambda one: (-abs(one.weight), one.told.voice, one.told.words))
        leans = max((one.told.leans for one in copies), key=lambda leans: (math.fsum(share for _, share in leans), leans))
        upstreams = frozenset().union(*(one.told.upstreams for one in copies))
        kept.append(Testimony(weight, told._replace(upstreams=upstreams, leans=leans)))
    return kept


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
    if agree and len({one.told.upstreams for one in group}) > 1 and all(one.told.upstreams for one in group):
        return bounded(joint_weight(weights, overlap_of_sets([one.told.upstreams for one in group])))
    joint = math.exp(bounded(math.fsum(weights)))
    through = math.log((DATUM_IF_TRUE * joint + 1 - DATUM_IF_TRUE) / (DATUM_IF_FALSE * joint + 1 - DATUM_IF_FALSE))
    strongest = max(weights, key=abs)
    return max(through, strongest, key=abs) if agree else through
