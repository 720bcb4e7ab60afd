"""What leans on what: links by relation, undercuts, bearing on answers, upstreams."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from typing import Final

from rapidfuzz import fuzz

from evals.alignment import GoldStep
from evals.scorers.scorer import Scored, Work, against_gold, share
from knowledge.records import Relation, Upstream

NAMED: Final = 85.0
"""Least token-set similarity (0 to 100) of two names of one upstream."""


def _scored(work: Work, chosen: Callable[[GoldStep], bool]) -> Scored:
    produced = {step for _, step in work.alignment.steps if chosen(step)}
    gold = {
        GoldStep(premise, link.target, link.relation)
        for link in work.case.gold.links
        for premise in link.premises
        if chosen(GoldStep(premise, link.target, link.relation))
    }
    return set_f1(produced, gold)


def set_f1(produced: Collection[Hashable], gold: Collection[Hashable]) -> Scored:
    """Score a set of things against another."""
    right = set(produced) & set(gold)
    return against_gold(len(right), len(set(produced)), len(set(gold)), sorted(f"missed: {one}" for one in set(gold) - right))


def _between_claims(step: GoldStep) -> bool:
    return ":" not in step.target


def link_f1_supports(work: Work) -> Scored:
    """Score the supports between claims."""
    return _scored(work, lambda step: _between_claims(step) and step.relation is Relation.SUPPORTS)


def link_f1_attacks(work: Work) -> Scored:
    """Score the attacks between claims."""
    return _scored(work, lambda step: _between_claims(step) and step.relation is Relation.ATTACKS)


def undercut_f1(work: Work) -> Scored:
    """Score the attacks on links."""
    return _scored(work, lambda step: step.relation is Relation.UNDERCUTS)


def bearing_f1(work: Work) -> Scored:
    """Score which claims are for or against which answer."""
    return _scored(work, lambda step: step.target.startswith("answer:"))


def upstream_recall(work: Work) -> Scored:
    """Score the share of the gold's upstreams that are named."""
    names = [upstream.name.casefold() for upstream in work.view.all(Upstream)]
    missed = [
        wanted.name
        for wanted in work.case.gold.upstreams
        if not any(fuzz.token_set_ratio(name, own.casefold()) >= NAMED for name in names for own in (wanted.name, *wanted.also))
    ]
    wanted = len(work.case.gold.upstreams)
    return share(wanted - len(missed), wanted, [f"upstream missed: {name}" for name in missed])
