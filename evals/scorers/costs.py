"""What it cost, all together and for each claim that can be checked and is right. Lower is better; not bounded."""

from __future__ import annotations

from evals.scorers.scorer import Scored, Work


def verified(work: Work) -> int:
    """Count the gold's claims that are found: stated in a passage that stands where the gold's does."""
    return len({work.case.gold.assertions[at].claim for at, _ in work.alignment.assertions})


def cost_per_verified_claim(work: Work) -> Scored:
    """Return US dollars for each verified claim; None where a price isn't known or nothing is verified."""
    return Scored(_per_claim(work, work.produced.used.cost_usd))


def tokens_per_verified_claim(work: Work) -> Scored:
    """Return tokens, in and out, for each verified claim; None where not all were counted."""
    used = work.produced.used
    return Scored(_per_claim(work, used.input_tokens + used.output_tokens if used.counted else None))


def characters_per_verified_claim(work: Work) -> Scored:
    """Return characters of prompts, schemas and answers for each verified claim: the one measure of size that every reasoner has."""
    return Scored(_per_claim(work, work.produced.used.characters))


def seconds_per_verified_claim(work: Work) -> Scored:
    """Return seconds for each verified claim."""
    return Scored(_per_claim(work, work.produced.used.seconds))


def _per_claim(work: Work, amount: float | None) -> float | None:
    claims = verified(work)
    return amount / claims if amount is not None and claims else None
