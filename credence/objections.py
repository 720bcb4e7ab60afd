"""Objections to a step: evidence on its warrant, in the evidential direction like all else (facts/credence.md 2.3)."""

from __future__ import annotations

from typing import Final

from credence.defaults import OBJECTED_DOUBT, UNTARGETED_REFERENCE
from credence.judgments import NEVER_CERTAIN

_DEFEATED: Final = 2


def states_of(warrant: float) -> tuple[float, float, float]:
    """Return P(it fails), P(it holds), P(it is defeated) of a warrant judged to hold with probability ``warrant``.

    What may defeat it are objections that somebody makes; of the doubt that the judgment leaves they account for a share
    (`OBJECTED_DOUBT`), the rest is that the step fails by itself.
    """
    doubt = 1 - min(max(warrant, NEVER_CERTAIN), 1 - NEVER_CERTAIN)
    return doubt * (1 - OBJECTED_DOUBT), 1 - doubt, doubt * OBJECTED_DOUBT


def expected_if(warrant: float, defeat: float) -> tuple[float, tuple[float, float, float]]:
    """Return the warrant that an objection has itself, and P(it | the warrant that it attacks fails, holds, is defeated) if its own holds.

    Chosen such that P(it holds | objection) = (1 - ``defeat``) P(it holds | not so), as in g ~ q prod(1 - kappa u). As the objection is
    what is expected, given the warrant, and not the other way round, any number of them of which nothing is known leave it as judged.
    An objection is by itself as likely as `UNTARGETED_REFERENCE`, or less where the step is too well trusted for that: refuted it takes
    away at most half of what it may share with others, that the step is defeated.
    If its own warrant fails it is as likely whatever is so of the step, and says nothing. That is ``defeat``, or as much more as makes
    probabilities of the rest: "how completely it defeats" is "how probable it is that it does", wherever it can be.
    """
    states = states_of(warrant)
    defeated = states[_DEFEATED]
    chance = min(UNTARGETED_REFERENCE, defeated / (2 - defeated) / max(defeat, NEVER_CERTAIN))
    unless = chance * (1 - defeat) / (1 - defeat * chance)
    if_so = min(chance * (defeated * (1 - defeat) + defeat * (1 - chance)) / (1 - defeat * chance) / defeated, 1 - NEVER_CERTAIN)
    flat = (1 - defeated) * unless + defeated * if_so
    own = min(max(defeat, NEVER_CERTAIN, (if_so - flat) / (1 - flat), 1 - unless / flat), 1 - NEVER_CERTAIN)
    low, high = (max(rate - (1 - own) * flat, 0) / own for rate in (unless, if_so))
    return own, (low, low, high)
