"""Matching: the same claim in other words, and claims that are alike but not identical."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from agents.proposals import Proposal, batches, unanswered
from knowledge.records import Claim, Difference, Equivalence, Incident, Record, Variant
from knowledge.views import View
from prompts.tasks.ingestion import MATCH, ClaimPair, MatchInputs, MatchVerdict, Sameness
from reasoners.errors import Unanswered
from reasoners.reasoner import Reasoner
from sources.embedding import Embedder, similar_pairs

STAGE: Final = "match"
ALIKE: Final = 0.6
"""Cosine from which two claims are compared. It proposes only: opposites are as near as paraphrases (facts/libraries.md)."""
NEIGHBOURS: Final = 6
PAIRS_AT_ONCE: Final = 20

Pair = tuple[str, str, float]


async def match_claims(view: View, question: str, reasoner: Reasoner, embedder: Embedder) -> Proposal:
    """Compare claims that are near each other, and record sameness, opposition and variants.

    Raises:
        RunStops: the run can't go on now.
    """
    claims = [claim for claim in view.all(Claim) if claim.id in view.members]
    vectors = await asyncio.to_thread(embedder.embed, [claim.text for claim in claims])
    near = await asyncio.to_thread(similar_pairs, vectors, ALIKE, most=NEIGHBOURS)
    known = {variant.claims for variant in view.all(Variant)}
    pairs = [(claims[i].id, claims[j].id, cosine) for i, j, cosine in near if (claims[i].id, claims[j].id) not in known]
    jobs = [_compare(view, question, batch, reasoner) for batch in batches(pairs, PAIRS_AT_ONCE)]
    incidents: list[Record] = []
    verdicts: list[tuple[Pair, MatchVerdict]] = []
    for batch, answer in zip(batches(pairs, PAIRS_AT_ONCE), await asyncio.gather(*jobs), strict=True):
        if isinstance(answer, Incident):
            incidents.append(answer)
        else:
            verdicts += zip(batch, answer, strict=True)
    return Proposal((*incidents, *equivalences(view, verdicts), *variants(verdicts)))


async def _compare(view: View, question: str, pairs: Sequence[Pair], reasoner: Reasoner) -> Sequence[MatchVerdict] | Incident:
    asked = tuple(ClaimPair(first=view.get(one, Claim).text, second=view.get(other, Claim).text) for one, other, _ in pairs)
    try:
        return (await reasoner.answer(MATCH, MatchInputs(question=question, pairs=asked), step=STAGE)).verdicts
    except Unanswered as problem:
        return unanswered(STAGE, f"{len(pairs)} pairs of claims", problem)


def equivalences(view: View, verdicts: Sequence[tuple[Pair, MatchVerdict]]) -> list[Record]:
    """Gather the same claims around representatives, nearest pairs first.

    A claim joins only a representative that it was compared with itself: a~b and b~c don't make a~c. A claim that others joined
    stays a representative.
    """
    member_of: dict[str, str] = {}
    leads = {representative for representative, members in view.members.items() if len(members) > 1}
    records: list[Record] = []
    for (one, other, _), verdict in sorted(verdicts, key=lambda item: (-item[0][2], item[0][:2])):
        if verdict.verdict not in {Sameness.SAME, Sameness.OPPOSITE} or one in member_of or other in member_of:
            continue
        if one in leads and other in leads:
            continue
        representative, member = (other, one) if other in leads else (one, other)
        leads.add(representative)
        member_of[member] = representative
        records.append(
            Equivalence(member=member, representative=representative, negated=verdict.verdict is Sameness.OPPOSITE, reason=verdict.reason)
        )
    return records


def variants(verdicts: Sequence[tuple[Pair, MatchVerdict]]) -> list[Record]:
    """Record the pairs that are alike but not identical, and in what they differ."""
    return [
        Variant(
            claims=(min(one, other), max(one, other)),
            differs_in=verdict.differs_in or Difference.WORDING,
            explanation=verdict.reason,
        )
        for (one, other, _), verdict in verdicts
        if verdict.verdict is Sameness.VARIANT
    ]
