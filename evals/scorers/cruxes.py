"""Cruxes: are the decisive claims ranked first, are they this case's own, and is there none where none is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from agents.single import CRUX_RANK
from credence.defaults import SETTLED_SHIFT
from evals.scorers.scorer import Produced, Scored, Work
from knowledge.records import Claim, Link, Tag, Warrant
from knowledge.vocabulary import Relation

TOP: Final = 3
DEPTH: Final = 10
RANK: Final = CRUX_RANK
"""The tag by which a configuration that ranks claims itself says so; others are ranked by the credence engine."""


def ranked(produced: Produced) -> list[str]:
    """Return the subjects of the main question's cruxes, the first first: claims and links, by id."""
    own = sorted((int(tag.value), tag.record) for tag in produced.view.all(Tag) if tag.name == RANK)
    return [record for _, record in own] or [crux.subject for crux in produced.main.cruxes]


def _named(work: Work) -> list[str]:
    """Name ranked subjects as the gold does; what isn't the gold's keeps its id.

    A claim that undercuts a link which is a crux is that crux: settling it settles the step. So those who rank claims alone, as the
    single prompt does, can name every crux.
    """
    crux = set(work.case.gold.crux)
    steps = {
        premise: link.target
        for link in work.case.gold.links
        if link.relation is Relation.UNDERCUTS and link.target in crux
        for premise in link.premises
        if premise not in crux
    }
    names = []
    for subject in ranked(work.produced):
        if subject.startswith("link-"):
            key = work.alignment.links.get(subject)
            names.append(f"link:{key}" if key else subject)
            continue
        members = work.view.members.get(subject, ((subject, False),))
        name = next((work.alignment.claims[member][0] for member, _ in members if member in work.alignment.claims), subject)
        names.append(steps.get(name, name))
    return list(dict.fromkeys(names))


def recall_at_k(ranking: Sequence[str], gold: Sequence[str], k: int = TOP) -> float | None:
    """Return the share of the gold's cruxes among the first ``k`` (or as many as the gold has, if more)."""
    return len(set(ranking[: max(k, len(gold))]) & set(gold)) / len(gold) if gold else None


def ndcg(ranking: Sequence[str], gold: Sequence[str], depth: int = DEPTH) -> float | None:
    """Return the normalised discounted gain: the gold's first crux is worth most, the last 1 (Jarvelin, Kekalainen 2002)."""
    if not gold:
        return None
    worth = {name: len(gold) - at for at, name in enumerate(gold)}
    gain = sum(worth.get(name, 0) / math.log2(at + 2) for at, name in enumerate(ranking[:depth]))
    return gain / sum((len(gold) - at) / math.log2(at + 2) for at in range(len(gold)))


def crux_recall(work: Work) -> Scored:
    """Score the share of the gold's cruxes among the first three."""
    gold, names = work.case.gold.crux, _named(work)
    missed = [one for one in gold if one not in names[: max(TOP, len(gold))]]
    return Scored(recall_at_k(names, gold), tuple(f"crux not in the first {TOP}: {work.case.gold.claims.get(one, one)}" for one in missed))


def crux_ndcg(work: Work) -> Scored:
    """Score the order of cruxes."""
    return Scored(ndcg(_named(work), work.case.gold.crux))


def crux_topic(work: Work) -> Scored:
    """Score whether the cruxes are about this case: the share of other cases whose gold they resemble less. Stock phrases get a half.

    It tells the topic and no more: any three claims of the case pass it.
    """
    gold = [work.case.gold.claims[one] for one in work.case.gold.crux if one in work.case.gold.claims]
    others = [[other.gold.claims[one] for one in other.gold.crux if one in other.gold.claims] for other in work.others]
    others = [texts for texts in others if texts]
    if not gold or not others:
        return Scored(None)
    words = [_words(work, subject) for subject in ranked(work.produced)[:TOP]]
    if not words:
        return Scored(0.0, ("no cruxes",))
    vectors = work.embedder.embed(words)

    def nearness(texts: Sequence[str]) -> float:
        return round(float(np.mean((work.embedder.embed(texts) @ vectors.T).max(axis=1))), 4)

    own = nearness(gold)
    beaten = [(own > nearness(texts)) + 0.5 * (own == nearness(texts)) for texts in others]
    return Scored(float(np.mean(beaten)))


def crux_apart(work: Work) -> Scored:
    """Score whether the first cruxes are nearer to the gold's cruxes than to the case's other claims: how often, of all pairs of both.

    Ties are a half; claims picked at random get a half.
    """
    claims = work.case.gold.claims
    gold = [one for one in work.case.gold.crux if one in claims]
    others = [one for one in claims if one not in gold]
    if not gold or not others:
        return Scored(None)
    words = [_words(work, subject) for subject in ranked(work.produced)[: max(TOP, len(work.case.gold.crux))]]
    if not words:
        return Scored(0.0, ("no cruxes",))
    vectors = work.embedder.embed(words)
    near = {one: round(float((work.embedder.embed([claims[one]]) @ vectors.T).max()), 4) for one in (*gold, *others)}
    return Scored(float(np.mean([(near[one] > near[other]) + 0.5 * (near[one] == near[other]) for one in gold for other in others])))


def _words(work: Work, subject: str) -> str:
    record = work.view.records[subject]
    if isinstance(record, Link):
        return work.view.get(record.warrant, Warrant).text
    assert isinstance(record, Claim)
    return record.text


def null_crux(work: Work) -> Scored:
    """Score a case without a crux: 1 if nothing would move its answer by a percent, less in proportion to what would."""
    if not work.case.gold.control:
        return Scored(None)
    assessed = work.produced.main
    if not assessed.pieces:
        return Scored(0.0, ("nothing bears on the question",))
    shift = max((crux.expected_shift for crux in assessed.cruxes), default=0.0)
    return Scored(1.0 if shift < SETTLED_SHIFT else max(0.0, 1 - shift / 0.5), (f"the first crux moves the answer by {shift:.3f}",))
