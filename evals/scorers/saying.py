"""Who says what, where: spans, speakers, reporters, hedges, claims."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import numpy as np

from credence.voices import voice
from evals.alignment import ALIKE, assign, overlap
from evals.scorers.scorer import Scored, Work, against_gold, share
from knowledge.records import UNKNOWN, Assertion, Claim, Passage
from sources.segmenting import segments


def span_f1(work: Work) -> Scored:
    """Score found assertions by optimal assignment of spans that overlap by half or more."""
    found = {at for at, _ in work.alignment.assertions}
    gold = work.case.gold.assertions
    misses = [f"not found: {one.quote[:100]}" for at, one in enumerate(gold) if at not in found]
    return against_gold(len(found), len(work.view.all(Assertion)), len(gold), misses)


def element_f1(work: Work) -> Scored:
    """Score what is taken and what is left out: F1 of each, averaged, over elements (after Metropolitansky and Larson 2025, macro F1).

    Elements to take are the gold's stretches; elements to leave are sentences in which the gold has none, but for those that it says to
    persuade more than they prove: a critic can only examine what was taken. One is taken if half of its letters stand in what was quoted;
    who takes none gets 0. There an element is a part of a sentence's meaning and a model decides what covers it; here it is a stretch of
    text.
    """
    produced = work.produced.documents(work.case)
    quoted: dict[str, set[int]] = defaultdict(set)
    for one in work.view.all(Assertion):
        passage = work.view.get(one.passage, Passage)
        quoted[produced.get(passage.source, "")].update(range(passage.start, passage.end))
    counts: Counter[tuple[bool, bool]] = Counter()
    misses = []
    for name, text in sorted(work.case.texts.items()):
        wanted = sorted({work.case.span(name, one.quote) for one in work.case.gold.assertions if one.document == name})
        sentences = [(one.start, one.end) for one in segments(text) if not (one.is_heading or one.boilerplate)]
        criticised = [work.case.span(name, one.quote) for one in work.case.gold.findings if one.document == name]
        idle = [one for one in sentences if not any(overlap(one, other) for other in (*wanted, *criticised))]
        for span, take in (*((span, True) for span in wanted), *((span, False) for span in idle)):
            taken = 2 * len(quoted[name].intersection(range(*span))) >= span[1] - span[0]
            counts[take, taken] += 1
            if take != taken:
                misses.append(f"{'not taken' if take else 'taken'}: {text[slice(*span)][:100]}")
    wrong = counts[True, False] + counts[False, True]
    kinds = [one for one in (True, False) if counts[one, True] + counts[one, False]]
    found = [2 * counts[one, one] / (2 * counts[one, one] + wrong) for one in kinds]
    silent = kinds[:1] == [True] and not counts[True, True]
    return Scored(0.0 if silent else sum(found) / len(found) if found else None, tuple(misses))


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
