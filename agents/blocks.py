"""Blocks: what is near each other put together, so that each prompt compares what may be one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sources.embedding import near_together

ALIKE: Final = 0.6
"""Cosine from which two texts are compared. It proposes only: opposites are as near as paraphrases (facts/libraries.md)."""
NEIGHBOURS: Final = 6
"""Nearest ones with which each is compared."""
COMPARED_AT_ONCE: Final = 40
"""Items in one prompt: of claims about 10,000 tokens with what stands around them."""


def in_blocks(items: Sequence[str], near: Sequence[tuple[int, int, float]]) -> list[list[str]]:
    """Cut items into blocks of at most `COMPARED_AT_ONCE`, so that every pair of near ones, by their places, is in some block."""
    place = {at: position for position, at in enumerate(near_together(len(items), near))}
    blocks: list[set[int]] = []
    holding: dict[int, set[int]] = defaultdict(set)
    for one, other in sorted(((i, j) for i, j, _ in near), key=lambda pair: sorted((place[pair[0]], place[pair[1]]))):
        if holding[one] & holding[other]:
            continue
        pair = {one, other}
        open_ones = [*sorted(holding[one] | holding[other]), len(blocks) - 1]
        fits = next((at for at in open_ones if at >= 0 and len(blocks[at] | pair) <= COMPARED_AT_ONCE), len(blocks))
        if fits == len(blocks):
            blocks.append(set())
        blocks[fits] |= pair
        holding[one].add(fits)
        holding[other].add(fits)
    return [[items[at] for at in sorted(block)] for block in blocks]
