"""What leans on what: links by relation, undercuts, bearing on answers, upstreams."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Final

import numpy as np
from rapidfuzz import fuzz

from agents.structuring import IMPLIED
from evals.alignment import GoldStep, assign
from evals.gold import GoldUpstream
from evals.scorers.scorer import Scored, Work, against_gold
from knowledge.records import Argument, Assertion, Passage, Reliance, Source, Tag, Upstream
from knowledge.views import View
from knowledge.vocabulary import Relation

NAMED: Final = 80.0
"""Least token-sort similarity (0 to 100) of two names of one upstream."""
_ARTICLE: Final = re.compile(r"\b(?:the|a|an) ")


def _scored(work: Work, chosen: Callable[[GoldStep], bool]) -> Scored:
    """Score the links that are offered. What only the words of two claims imply nobody offers, the gold neither: it is left aside."""
    by_meaning = {tag.record for tag in work.view.all(Tag) if tag.name == IMPLIED} - {one.link for one in work.view.all(Argument)}
    produced = {step for link, step in work.alignment.steps if chosen(step) and link not in by_meaning}
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


def upstream_f1(work: Work) -> Scored:
    """Score the upstreams that are named, by optimal assignment of names: one name for several isn't several, and made-up ones cost.

    An upstream under several names counts once, by the name that fits best.
    """
    origins, wanted = _origins(work.view), work.case.gold.upstreams
    pairs = _assigned(work.view, origins, wanted)
    missed = [upstream.name for at, upstream in enumerate(wanted) if at not in {row for row, _ in pairs}]
    return against_gold(len(pairs), len(origins), len(wanted), [f"upstream missed: {name}" for name in missed])


def reliance_f1(work: Work) -> Scored:
    """Score which documents lean on which upstream. What leans on an upstream that isn't the gold's counts against."""
    view, wanted = work.view, work.case.gold.upstreams
    origins = _origins(view)
    names = {origins[column]: wanted[row].name for row, column in _assigned(view, origins, wanted)}
    documents = work.produced.documents(work.case)
    produced = {
        (names.get(view.origin(one.upstream), view.origin(one.upstream)), documents.get(source, source))
        for one in view.all(Reliance)
        if (source := source_of(view, one.record))
    }
    return set_f1(produced, {(upstream.name, document) for upstream in wanted for document in upstream.documents})


def _origins(view: View) -> list[str]:
    return sorted({view.origin(upstream.id) for upstream in view.all(Upstream)})


def source_of(view: View, record: str) -> str:
    """Return the source that a record is, or is said in; "" if it is neither."""
    found = view.records.get(record)
    if isinstance(found, Assertion):
        return view.get(found.passage, Passage).source
    return record if isinstance(found, Source) else ""


def _assigned(view: View, origins: Sequence[str], wanted: Sequence[GoldUpstream]) -> list[tuple[int, int]]:
    """Pair gold upstreams with those named so that likeness of names is greatest."""
    if not (origins and wanted):
        return []
    called = [[one.name for one in view.names(origin)] for origin in origins]
    likeness = [[max(_alike(own, one) for own in (gold.name, *gold.also) for one in names) for names in called] for gold in wanted]
    return assign(np.array(likeness, dtype=float), NAMED)


def _alike(one: str, other: str) -> float:
    """Compare names without articles, words in any order, in both directions: what one has and the other hasn't costs."""
    return fuzz.token_sort_ratio(_ARTICLE.sub("", one.casefold()), _ARTICLE.sub("", other.casefold()))
