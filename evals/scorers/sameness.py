"""Which assertions are of one claim: pairs, B-cubed, opposition, variants. Over the gold's assertions; a missed one stands alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import combinations

from evals.scorers.scorer import Scored, Work, against_gold
from knowledge.records import Variant
from knowledge.vocabulary import AGAINST

Labels = Sequence[Hashable]


def pair_f1(produced: Labels, gold: Labels) -> Scored:
    """Score the pairs of items that are put together."""
    together = [{(a, b) for a, b in combinations(range(len(labels)), 2) if labels[a] == labels[b]} for labels in (produced, gold)]
    return against_gold(len(together[0] & together[1]), len(together[0]), len(together[1]))


def bcubed_f1(produced: Labels, gold: Labels) -> Scored:
    """Score clusters item by item (Bagga and Baldwin 1998): the harmonic mean of B-cubed precision and recall."""
    if not gold:
        return Scored(None)
    n = range(len(gold))
    right = [sum(produced[a] == produced[b] and gold[a] == gold[b] for b in n) for a in n]
    precision = sum(right[a] / sum(produced[a] == produced[b] for b in n) for a in n) / len(gold)
    recall = sum(right[a] / sum(gold[a] == gold[b] for b in n) for a in n) / len(gold)
    return Scored(2 * precision * recall / (precision + recall))


def same_claim_pairs(work: Work) -> Scored:
    """Score which of the gold's assertions are recognised as being about one claim."""
    return pair_f1(*_labels(work))


def same_claim_bcubed(work: Work) -> Scored:
    """Score the grouping of assertions by claim; with nothing found each stands alone and precision is bought with silence, so nought."""
    return bcubed_f1(*_labels(work)) if work.alignment.assertions else Scored(0.0, ("no assertion is found",))


def _labels(work: Work) -> tuple[list[Hashable], list[Hashable]]:
    found = dict(work.alignment.assertions)
    gold = work.case.gold.assertions
    produced: list[Hashable] = [work.view.representative(found[at].claim)[0] if at in found else at for at in range(len(gold))]
    return produced, [one.claim for one in gold]


def opposition(work: Work) -> Scored:
    """Score which pairs of assertions are recognised as for and against one claim."""
    gold = work.case.gold.assertions
    found = dict(work.alignment.assertions)

    def side(at: int) -> tuple[str, bool] | None:
        if at not in found:
            return None
        claim, negated = work.view.representative(found[at].claim)
        return claim, (found[at].stance in AGAINST) != negated

    produced, wanted = set(), set()
    for a, b in combinations(range(len(gold)), 2):
        if gold[a].claim == gold[b].claim and (gold[a].stance in AGAINST) != (gold[b].stance in AGAINST):
            wanted.add((a, b))
        one, other = side(a), side(b)
        if one and other and one[0] == other[0] and one[1] != other[1]:
            produced.add((a, b))
    misses = [f"opposed: {gold[a].quote[:60]!r} and {gold[b].quote[:60]!r}" for a, b in sorted(wanted - produced)]
    return against_gold(len(produced & wanted), len(produced), len(wanted), misses)


def variants(work: Work) -> Scored:
    """Score which pairs of claims are kept apart as variants, not folded into one nor left unconnected; every pair given counts."""
    named: Callable[[str], str] = lambda claim: work.alignment.claims.get(claim, (claim, False))[0]  # noqa: E731
    produced = {frozenset(named(claim) for claim in variant.claims) for variant in work.view.all(Variant)}
    wanted = {frozenset(variant.claims) for variant in work.case.gold.variants}
    missed = sorted(" and ".join(sorted(pair)) for pair in wanted - produced)
    return against_gold(len(wanted & produced), len(produced), len(wanted), [f"no variant: {pair}" for pair in missed])


def kept_apart(work: Work) -> Scored:
    """Score the gold's pairs of variants, where assertions of both claims are found: the share in which no claim stands for both."""
    labels, gold = _labels(work)
    found = dict(work.alignment.assertions)
    standing: dict[str, set[Hashable]] = {}
    for at, claim in enumerate(gold):
        if at in found:
            standing.setdefault(str(claim), set()).add(labels[at])
    pairs = [variant.claims for variant in work.case.gold.variants if all(claim in standing for claim in variant.claims)]
    merged = [f"merged: {one} and {other}" for one, other in pairs if standing[one] & standing[other]]
    return Scored(1 - len(merged) / len(pairs) if pairs else None, tuple(merged))
