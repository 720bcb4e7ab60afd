"""Which claims are compared with which, and what becomes of what the comparison finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.blocks import ALIKE, COMPARED_AT_ONCE, NEIGHBOURS
from agents.matching import Alike, Same, _blocks, equivalences, variants
from knowledge.records import Claim, Equivalence, Variant
from knowledge.views import View
from knowledge.vocabulary import Difference
from sources.embedding import DIMENSIONS, Embedder, Vectors, similar_pairs

CLAIMS = [Claim(text=f"Dam {letter} leaks.") for letter in "abcdef"]
A, B, C, D, E, F = (claim.id for claim in CLAIMS)


class Drawn(Embedder):
    """Embeds text n as the n-th of some drawn vectors."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def embed(self, texts: object) -> Vectors:
        """Return the drawn vectors, whatever the texts."""
        return self._vectors


def same(*claims: str, negated: frozenset[str] = frozenset()) -> Same:
    """A group, with a reason."""
    return Same(claims, negated, "as said")


def gathered(*groups: Same, known: tuple[Equivalence, ...] = ()) -> set[tuple[str, str, bool]]:
    """(member, representative, negated) of what is recorded."""
    found = equivalences(View.of([*CLAIMS, *known]), groups)
    return {(one.member, one.representative, one.negated) for one in found if isinstance(one, Equivalence)}


def test_a_group_gathers_around_its_first_claim() -> None:
    """The one that is worded best stands for the others; those that say the opposite are kept as that."""
    assert gathered(same(B, A, C, negated=frozenset({C}))) == {(A, B, False), (C, B, True)}


def test_sameness_makes_no_chain() -> None:
    """a~b in one block and b~c in another don't make a~c: c was compared with b alone, and b stands under a."""
    assert gathered(same(A, B), same(B, C)) == {(B, A, False)}


def test_a_claim_that_others_joined_stays_a_representative() -> None:
    """A later group joins it; two that stand for others each are not thrown together."""
    known = (Equivalence(member=B, representative=A, reason="known"),)
    assert gathered(same(C, A), known=known) == {(C, A, False)}
    assert gathered(same(A, B), same(C, D), same(A, C, E)) == {(B, A, False), (D, C, False), (E, A, False)}


def test_a_negated_representative_turns_its_members() -> None:
    """Where the claim that stands for the group is the negated one, the others are its opposites."""
    known = (Equivalence(member=B, representative=A, reason="known"),)
    assert gathered(same(C, A, D, negated=frozenset({A})), known=known) == {(C, A, True), (D, A, True)}


def test_a_variant_is_recorded_once() -> None:
    """Blocks overlap: what two of them say, or what is known, is said once."""
    known = Variant(claims=(min(A, B), max(A, B)), differs_in=Difference.DOSE, explanation="known")
    pairs = [Alike((A, B), Difference.DOSE, "again"), Alike((D, C), Difference.TIME, "new"), Alike((C, D), Difference.SCOPE, "and again")]
    found = list(variants(View.of([*CLAIMS, known]), pairs))
    assert [one.claims for one in found if isinstance(one, Variant)] == [(min(C, D), max(C, D))]


@settings(deadline=None)  # scipy is loaded within the first example
@given(st.integers(0, 2**32 - 1), st.integers(2, 160), st.integers(1, 12))
def test_near_claims_meet_in_a_block(seed: int, count: int, topics: int) -> None:
    """Every pair of near claims is in a block, no block is too large, and few claims are one block."""
    rng = np.random.default_rng(seed)
    vectors = (rng.normal(size=(topics, DIMENSIONS))[rng.integers(topics, size=count)] + 0.5 * rng.normal(size=(count, DIMENSIONS))).astype(
        np.float32
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = [str(number) for number in range(count)]
    blocks = _blocks(names, names, Drawn(vectors))
    assert all(2 <= len(block) <= COMPARED_AT_ONCE for block in blocks)
    if count <= COMPARED_AT_ONCE:
        assert blocks == [names]
    held = [set(block) for block in blocks]
    for i, j, _ in similar_pairs(vectors, ALIKE, most=NEIGHBOURS):
        assert any({names[i], names[j]} <= block for block in held)
