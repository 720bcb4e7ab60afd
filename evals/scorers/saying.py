"""Who says what, where: spans, speakers, reporters, hedges, claims."""

from __future__ import annotations

import re

import numpy as np

from credence.voices import voice
from evals.alignment import ALIKE, assign
from evals.scorers.scorer import Scored, Work, against_gold, share
from knowledge.records import UNKNOWN, Assertion, Claim


def span_f1(work: Work) -> Scored:
    """Score found assertions by optimal assignment of spans that overlap by half or more."""
    found = {at for at, _ in work.alignment.assertions}
    gold = work.case.gold.assertions
    misses = [f"not found: {one.quote[:100]}" for at, one in enumerate(gold) if at not in found]
    return against_gold(len(found), len(work.view.all(Assertion)), len(gold), misses)


def attribution(work: Work) -> Scored:
    """Score the share of the gold's assertions found with their speaker: a missed one is attributed to nobody."""
    gold = work.case.gold.assertions
    right, misses = 0, []
    for at, one in work.alignment.assertions:
        if same_speaker(one.speaker, gold[at].speaker):
            right += 1
        else:
            misses.append(f"{gold[at].quote[:60]!r} is {gold[at].speaker}'s, not {one.speaker}'s")
    return share(right, len(gold), misses)


def nested_attribution(work: Work) -> Scored:
    """Score the share of reported assertions (A says that B said) found with both the speaker and all reporters right."""
    gold = work.case.gold.assertions
    nested = [at for at, one in enumerate(gold) if one.reporters]
    found = dict(work.alignment.assertions)
    misses = [
        f"{gold[at].quote[:60]!r}: {gold[at].speaker} through {', '.join(gold[at].reporters)}"
        for at in nested
        if not (
            at in found
            and same_speaker(found[at].speaker, gold[at].speaker)
            and {voice(name) for name in found[at].reporters} == {voice(name) for name in gold[at].reporters}
        )
    ]
    return share(len(nested) - len(misses), len(nested), misses)


def same_speaker(one: str, other: str) -> bool:
    """Say whether two names are one person's or body's: the same last name, or the same words but for "the"."""
    if UNKNOWN in (one, other):
        return one == other
    return voice(one) == voice(other) or _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return re.sub(r"^(the|a|an) ", "", name.casefold().strip())


def hedge_kept(work: Work) -> Scored:
    """Score how sure each of the gold's assertions is told, over all levels, each level counting once (balanced accuracy).

    Surer than the text and less sure are both wrong, and so is what isn't found. Who tells all in one tone gets one level right: of two
    levels a half, of four a quarter. Where the gold knows one level alone there is nothing to tell apart.
    """
    gold = work.case.gold.assertions
    found = dict(work.alignment.assertions)
    levels = sorted({one.hedge for one in gold})
    if len(levels) < 2:
        return Scored(None)
    right = [at in found and found[at].hedge is one.hedge for at, one in enumerate(gold)]
    recalls = [np.mean([right[at] for at, one in enumerate(gold) if one.hedge is level]) for level in levels]
    misses = [
        f"{one.hedge.value} told as {found[at].hedge.value if at in found else 'nothing'}: {one.quote[:80]}"
        for at, one in enumerate(gold)
        if not right[at]
    ]
    return Scored(float(np.mean(recalls)), tuple(misses))


def claim_match(work: Work) -> Scored:
    """Score claims as propositions, wherever they were read: F1 of the optimal assignment of wordings (cosine of `ALIKE` or more)."""
    texts = work.case.gold.claims
    keys = sorted(texts)
    representatives = [work.view.get(claim, Claim).text for claim in sorted(work.view.members)]
    if not representatives:
        return against_gold(0, 0, len(keys), ["no claims"])
    similarity = np.asarray(work.embedder.embed([texts[key] for key in keys]) @ work.embedder.embed(representatives).T, dtype=float)
    pairs = assign(similarity, ALIKE)
    missed = set(range(len(keys))) - {row for row, _ in pairs}
    return against_gold(len(pairs), len(representatives), len(keys), [f"claim missed: {texts[keys[at]]}" for at in sorted(missed)])
