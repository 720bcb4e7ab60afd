"""Agreement of two annotators of one case, layer by layer, each layer over what both agree that there is to be labelled.

Sentences are the units of what is said, since annotators choose spans freely: two spans in one sentence are one choice. What builds on
assertions (sameness, variants, links, crux) is compared on the claims that both have; that both have them is a layer of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from evals.alignment import OVERLAP, assign, overlap
from evals.gold import GoldAssertion, GoldCase
from evals.reliability import Table, table_of
from evals.scorers.saying import same_speaker
from evals.scorers.scorer import f1
from knowledge.vocabulary import Relation
from sources.segmenting import segments

NOTHING: Final = ""
"""The label of what an annotator marks nothing at."""
LAYERS: Final = {
    "asserts something": "sentences",
    "speaker": "assertions of both",
    "reporters": "assertions of both",
    "stance": "assertions of both",
    "hedge": "assertions of both",
    "same claim": "pairs of assertions of both",
    "variants": "pairs of claims of both",
    "links": "pairs of a claim and a target",
    "side taken": "pairs of a claim of both and an answer",
    "flawed": "sentences",
    "kind of flaw": "sentences flawed for both",
    "crux": "claims and links of both",
}
"""What is labelled, and the units."""


@dataclass(frozen=True)
class Agreement:
    """How far two annotations of one case agree: a table of labels by layer, and what was marked at all.

    ``spans`` and ``claims``: (found by both, by the first, by the second). ``disagreements``: what to settle, in words.
    """

    case: str
    tables: Mapping[str, Table]
    spans: tuple[int, int, int]
    claims: tuple[int, int, int]
    disagreements: tuple[str, ...]


def shared_f1(counts: tuple[int, int, int]) -> float | None:
    """Return F1 of what both marked; neither annotator is the gold, and F1 doesn't care which is taken for it."""
    both, first, second = counts
    return f1(both, second, first)


def agreement(first: GoldCase, second: GoldCase) -> Agreement:
    """Compare two annotations of the same texts."""
    pairs = _paired(first, second)
    claims = _shared(pairs, first, second)
    sentences = [_sentences(case) for case in (first, second)]
    labels: dict[str, list[tuple[str, Hashable, Hashable]]] = {
        "asserts something": [(key, bool(row.said), bool(sentences[1][key].said)) for key, row in sentences[0].items()],
        "flawed": [(key, bool(row.kinds), bool(sentences[1][key].kinds)) for key, row in sentences[0].items()],
        "kind of flaw": _kinds(sentences),
        **_sayings(pairs),
        "same claim": [
            (f"{a[0].quote[:50]!r} and {b[0].quote[:50]!r}", a[0].claim == b[0].claim, a[1].claim == b[1].claim)
            for a, b in combinations(pairs, 2)
        ],
        **_structure(first, second, claims),
    }
    return Agreement(
        case=first.name,
        tables={layer: table_of((one for _, one, _ in labels[layer]), (other for _, _, other in labels[layer])) for layer in LAYERS},
        spans=(len(pairs), len(first.gold.assertions), len(second.gold.assertions)),
        claims=(len(claims), len(first.gold.claims), len(second.gold.claims)),
        disagreements=tuple(
            f"{layer}: {what}: {_told(one)} against {_told(other)}"
            for layer in LAYERS
            for what, one, other in labels[layer]
            if one != other
        ),
    )


def _told(label: Hashable) -> str:
    return {True: "yes", False: "no", NOTHING: "nothing", (): "nobody"}.get(label, str(label))


def _paired(first: GoldCase, second: GoldCase) -> list[tuple[GoldAssertion, GoldAssertion]]:
    """Pair the assertions of both whose spans are one."""
    places = [[(one.document, case.span(one.document, one.quote)) for one in case.gold.assertions] for case in (first, second)]
    likeness = np.array([[overlap(a[1], b[1]) if a[0] == b[0] else 0.0 for b in places[1]] for a in places[0]], dtype=float)
    found = assign(likeness.reshape(len(places[0]), len(places[1])), OVERLAP)
    return [(first.gold.assertions[row], second.gold.assertions[column]) for row, column in found]


def same_claims(first: GoldCase, second: GoldCase) -> dict[str, str]:
    """Map the second's claims to the first's, by the passages that state them: wording has no say."""
    return _shared(_paired(first, second), first, second)


def _shared(pairs: Sequence[tuple[GoldAssertion, GoldAssertion]], first: GoldCase, second: GoldCase) -> dict[str, str]:
    """Map the second's claims to the first's, by how many paired assertions state both."""
    votes = Counter((one.claim, other.claim) for one, other in pairs)
    rows, columns = list(first.gold.claims), list(second.gold.claims)
    shared = np.array([[votes[row, column] for column in columns] for row in rows], dtype=float).reshape(len(rows), len(columns))
    return {columns[column]: rows[row] for row, column in assign(shared, 1.0)}


@dataclass(frozen=True)
class _Sentence:
    said: bool
    kinds: frozenset[str]


def _sentences(case: GoldCase) -> dict[str, _Sentence]:
    """Label every sentence of every document: whether it asserts something, and the kinds of flaw in it."""
    found: dict[str, _Sentence] = {}
    for name, text in sorted(case.texts.items()):
        said = [case.span(name, one.quote) for one in case.gold.assertions if one.document == name]
        flaws = [(case.span(name, one.quote), one.kinds) for one in case.gold.findings if one.document == name]
        for segment in segments(text):
            span = (segment.start, segment.end)
            kinds = frozenset(kind.value for where, several in flaws if overlap(where, span) > 0 for kind in several)
            found[f"{name} at {segment.start}: {text[slice(*span)][:60]!r}"] = _Sentence(any(overlap(one, span) > 0 for one in said), kinds)
    return found


def _kinds(sentences: Sequence[Mapping[str, _Sentence]]) -> list[tuple[str, Hashable, Hashable]]:
    """Label sentences that both find flawed: annotators list every kind that fits, so one kind in common is agreement on it."""
    found: list[tuple[str, Hashable, Hashable]] = []
    for key, row in sentences[0].items():
        kinds = row.kinds, sentences[1][key].kinds
        if all(kinds):
            shared = sorted(kinds[0] & kinds[1])
            found.append((key, shared[0], shared[0]) if shared else (key, min(kinds[0]), min(kinds[1])))
    return found


def _sayings(pairs: Sequence[tuple[GoldAssertion, GoldAssertion]]) -> dict[str, list[tuple[str, Hashable, Hashable]]]:
    found: dict[str, list[tuple[str, Hashable, Hashable]]] = {"speaker": [], "reporters": [], "stance": [], "hedge": []}
    for one, other in pairs:
        what = f"{one.document}: {one.quote[:60]!r}"
        speaker = one.speaker if same_speaker(one.speaker, other.speaker) else other.speaker
        alike = len(one.reporters) == len(other.reporters) and all(map(same_speaker, one.reporters, other.reporters))
        found["speaker"].append((what, one.speaker, speaker))
        found["reporters"].append((what, one.reporters, one.reporters if alike else other.reporters))
        found["stance"].append((what, one.stance.value, other.stance.value))
        found["hedge"].append((what, one.hedge.value, other.hedge.value))
    return found


def _structure(first: GoldCase, second: GoldCase, claims: Mapping[str, str]) -> dict[str, list[tuple[str, Hashable, Hashable]]]:
    """Label pairs of claims, steps and cruxes, of the claims that both have and in the first's words."""
    own = {claim: claim for claim in first.gold.claims}
    shared = sorted(claims.values())
    links = _links(first, second, claims)
    variants = [_variants(first, own), _variants(second, claims)]
    steps = [_steps(first, own, {key: key for key in links.values()}), _steps(second, claims, links)]
    sides = [_sides(first, own), _sides(second, claims)]
    targets = [*shared, *(f"answer:{one.key}" for one in first.case.question.answers), "answer:something_else"]
    targets += [f"link:{key}" for key in sorted(links.values())]
    cruxes = [{*first.gold.crux}, {_mapped(one, claims, links) for one in second.gold.crux}]
    return {
        "variants": [
            (f"{a} and {b}", variants[0].get(frozenset({a, b}), NOTHING), variants[1].get(frozenset({a, b}), NOTHING))
            for a, b in combinations(shared, 2)
        ],
        "links": [
            (f"{premise} to {target}", steps[0].get((premise, target), NOTHING), steps[1].get((premise, target), NOTHING))
            for premise in shared
            for target in targets
            if premise != target
        ],
        "side taken": [
            (f"{claim} on {answer}", sides[0].get((claim, answer), NOTHING), sides[1].get((claim, answer), NOTHING))
            for claim in shared
            for answer in targets
            if answer.startswith("answer:")
        ],
        "crux": [(one, one in cruxes[0], one in cruxes[1]) for one in [*shared, *(f"link:{key}" for key in sorted(links.values()))]],
    }


def _links(first: GoldCase, second: GoldCase, claims: Mapping[str, str]) -> dict[str, str]:
    """Map the second's keyed links to the first's: the same target, and a premise in common."""
    found: dict[str, str] = {}
    for other in (link for link in second.gold.links if link.key and not link.target.startswith("link:")):
        premises = {claims.get(premise) for premise in other.premises}
        for one in first.gold.links:
            if one.key and one.key not in found.values() and one.target == _mapped(other.target, claims, {}) and premises & {*one.premises}:
                found[other.key] = one.key
                break
    return found


def _mapped(name: str, claims: Mapping[str, str], links: Mapping[str, str]) -> str:
    """Name a claim, an answer or a link of the second's in the first's words; "" if the first has none such."""
    if name.startswith("answer:"):
        return name
    if name.startswith("link:"):
        key = links.get(name.removeprefix("link:"))
        return f"link:{key}" if key else NOTHING
    return claims.get(name, NOTHING)


def _variants(case: GoldCase, claims: Mapping[str, str]) -> dict[frozenset[str], str]:
    return {frozenset(claims.get(one, NOTHING) for one in variant.claims): variant.differs_in.value for variant in case.gold.variants}


def _steps(case: GoldCase, claims: Mapping[str, str], links: Mapping[str, str]) -> dict[tuple[str, str], str]:
    return {
        (claims.get(premise, NOTHING), _mapped(link.target, claims, links)): link.relation.value
        for link in case.gold.links
        for premise in link.premises
    }


def _sides(case: GoldCase, claims: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Say for which answers a claim speaks, and against which, through whatever chain of links.

    Some annotators put a claim that restates an answer between reasons and answer, others link straight: the side is the same.
    """
    signs: dict[str, set[tuple[str, bool]]] = {claim: set() for claim in case.gold.claims}
    for _ in signs:  # a chain is no longer than there are claims
        for link in (link for link in case.gold.links if not link.target.startswith("link:")):
            reached = {(link.target, True)} if link.target.startswith("answer:") else signs[link.target]
            supports = link.relation is Relation.SUPPORTS
            for premise in link.premises:
                signs[premise] |= {(answer, sign == supports) for answer, sign in reached}
    return {
        (claims[claim], answer): "both ways" if (answer, not sign) in found else "for" if sign else "against"
        for claim, found in signs.items()
        if claim in claims
        for answer, sign in found
    }
