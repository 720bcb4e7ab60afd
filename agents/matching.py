"""Matching: the same claim in other words, and claims that are alike but not identical."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from agents.blocks import ALIKE, COMPARED_AT_ONCE, NEIGHBOURS, in_blocks
from agents.excerpts import in_text_order, placed_claims
from agents.proposals import Proposal
from agents.splitting import ask_in_parts
from knowledge.records import Claim, Equivalence, Incident, Record, Variant
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import Difference
from prompts.tasks.ingestion import MATCH, MatchInputs
from reasoners.reasoner import Reasoner
from sources.embedding import Embedder, similar_pairs

STAGE: Final = "match"


@dataclass(frozen=True)
class Same:
    """Claims (ids) that are one, the one that is worded best first; ``negated``: those that say the opposite of the first."""

    claims: tuple[str, ...]
    negated: frozenset[str]
    reason: str


@dataclass(frozen=True)
class Alike:
    """Two claims (ids) that are alike and not one."""

    claims: tuple[str, str]
    differs_in: Difference
    reason: str


async def match_claims(view: View, question: str, text_of: TextOf, reasoner: Reasoner, embedder: Embedder) -> Proposal:
    """Compare claims that are near each other, and record sameness, opposition and variants.

    Raises:
        RunStops: the run can't go on now.
    """
    claims = in_text_order(view, [claim for claim in view.all(Claim) if claim.id in view.members])
    blocks = await asyncio.to_thread(_blocks, [claim.id for claim in claims], [claim.text for claim in claims], embedder)
    ask = partial(_compare, view, question, text_of, reasoner)
    jobs = [ask_in_parts(ask, block, stage=STAGE, subject="the comparison of claims", least=2) for block in blocks]
    answers = [one for answer in await asyncio.gather(*jobs) for one in answer]
    incidents = [one for one in answers if isinstance(one, Incident)]
    same = [one for one in answers if isinstance(one, Same)]
    alike = [one for one in answers if isinstance(one, Alike)]
    return Proposal((*incidents, *equivalences(view, same), *variants(view, alike)))


def _blocks(claims: Sequence[str], texts: Sequence[str], embedder: Embedder) -> list[list[str]]:
    """Cut claims into blocks to compare, so that every pair of near ones is in some block and near ones are together.

    Few claims are one block; of more, only those that have a near one are compared.
    """
    if len(claims) < 2:
        return []
    if len(claims) <= COMPARED_AT_ONCE:
        return [list(claims)]
    return in_blocks(claims, similar_pairs(embedder.embed(texts), ALIKE, most=NEIGHBOURS))


async def _compare(view: View, question: str, text_of: TextOf, reasoner: Reasoner, claims: Sequence[str]) -> list[Same | Alike]:
    placed = placed_claims(view, text_of, claims)
    inputs = MatchInputs(question=question, documents=placed.documents, claims=placed.claims)
    matches = await reasoner.answer(MATCH, inputs, step=STAGE)
    found: list[Same | Alike] = [
        Same(tuple(claims[at - 1] for at in group.claims), frozenset(claims[at - 1] for at in group.negated), group.reason)
        for group in matches.groups
    ]
    found += [Alike((claims[one.first - 1], claims[one.second - 1]), one.differs_in, one.reason) for one in matches.variants]
    return found


def equivalences(view: View, groups: Iterable[Same]) -> list[Record]:
    """Gather the same claims around representatives, group by group in the order given; what is known as variants stays apart.

    So a person who undoes a merge (`cruxmap retract`) has it undone for good: the two are variants from then on.
    """
    said = list(groups)
    apart = {frozenset(variant.claims) for variant in view.all(Variant)}
    leads = {representative for representative, members in view.members.items() if len(members) > 1}
    records: list[Record] = []
    for member, representative, at in gathered([group.claims for group in said], leads, apart):
        negated = (member in said[at].negated) != (representative in said[at].negated)
        records.append(Equivalence(member=member, representative=representative, negated=negated, reason=said[at].reason))
    return records


def gathered(
    groups: Sequence[Sequence[str]], leads: Collection[str] = (), apart: Collection[frozenset[str]] = ()
) -> Iterator[tuple[str, str, int]]:
    """Yield (member, representative, place of the group that joins them), group by group.

    ``leads``: what represents others already; ``apart``: pairs that are known not to be one.

    One joins only a representative that it was compared with itself: a~b and b~c don't make a~c. What others joined stays a
    representative.
    """
    member_of: dict[str, str] = {}
    leading = set(leads)
    for at, group in enumerate(groups):
        free = [one for one in group if one not in member_of]
        representative = next((one for one in free if one in leading), free[0] if free else "")
        members = [one for one in free if one != representative and one not in leading and frozenset((one, representative)) not in apart]
        for member in members:
            leading.add(representative)
            member_of[member] = representative
            yield member, representative, at


def variants(view: View, pairs: Iterable[Alike]) -> Iterator[Record]:
    """Yield a record for each pair that is alike but not identical, and not known as such."""
    known = {variant.claims for variant in view.all(Variant)}
    for pair in pairs:
        first, second = sorted(pair.claims)
        if first != second and (first, second) not in known:
            known.add((first, second))
            yield Variant(claims=(first, second), differs_in=pair.differs_in, explanation=pair.reason)
