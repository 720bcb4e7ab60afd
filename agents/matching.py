"""Matching: the same claim in other words, and claims that are alike but not identical."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from agents.proposals import Proposal, batches
from agents.splitting import ask_in_parts
from knowledge.records import Claim, Difference, Equivalence, Incident, Record, Variant
from knowledge.views import View
from prompts.tasks.ingestion import MATCH, ClaimPair, MatchInputs, MatchVerdict, Sameness
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
    ask = partial(_compare, view, question, reasoner)
    jobs = [ask_in_parts(ask, batch, stage=STAGE, subject="pairs of claims") for batch in batches(pairs, PAIRS_AT_ONCE)]
    answers = [one for answer in await asyncio.gather(*jobs) for one in answer]
    incidents = [one for one in answers if isinstance(one, Incident)]
    verdicts = [one for one in answers if not isinstance(one, Incident)]
    return Proposal((*incidents, *equivalences(view, verdicts), *variants(verdicts)))


async def _compare(view: View, question: str, reasoner: Reasoner, pairs: Sequence[Pair]) -> list[tuple[Pair, MatchVerdict]]:
    asked = tuple(ClaimPair(first=view.get(one, Claim).text, second=view.get(other, Claim).text) for one, other, _ in pairs)
    matches = await reasoner.answer(MATCH, MatchInputs(question=question, pairs=asked), step=STAGE)
    return list(zip(pairs, matches.verdicts, strict=True))


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
