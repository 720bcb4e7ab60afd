"""What it cost, all together and for each claim that can be checked and is right. Lower is better; not bounded."""

from __future__ import annotations

import numpy as np

from evals.alignment import ALIKE
from evals.scorers.credences import DENIAL
from evals.scorers.saying import same_speaker
from evals.scorers.scorer import Scored, Work
from knowledge.records import Assertion, Claim
from knowledge.vocabulary import AGAINST, Stance


def verified(work: Work) -> int:
    """Count the gold's claims that are found: where they stand, worded alike, by the right speaker and on the right side.

    Likeness of wording can't tell a claim from its denial, so that the side is taken from the stance and from words of denial together.
    """
    gold, texts = work.case.gold.assertions, work.case.gold.claims
    near = [
        (one, gold[at])
        for at, one in work.alignment.assertions
        if same_speaker(one.speaker, gold[at].speaker)
        and _denies(one.stance, _text(work, one)) == _denies(gold[at].stance, texts[gold[at].claim])
    ]
    if not near:
        return 0
    said, meant = (work.embedder.embed(words) for words in zip(*((_text(work, one), texts[want.claim]) for one, want in near), strict=True))
    alike = (np.asarray(said) * np.asarray(meant)).sum(axis=1) >= ALIKE
    return len({want.claim for (_, want), right in zip(near, alike, strict=True) if right})


def _text(work: Work, one: Assertion) -> str:
    return work.view.get(one.claim, Claim).text


def _denies(stance: Stance, claim: str) -> bool:
    return (stance in AGAINST) != bool(DENIAL.search(claim))


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


def calls_per_verified_claim(work: Work) -> Scored:
    """Return calls of a model, or of what answers in its place, for each verified claim."""
    return Scored(_per_claim(work, work.produced.used.calls))


def seconds_per_verified_claim(work: Work) -> Scored:
    """Return seconds for each verified claim."""
    return Scored(_per_claim(work, work.produced.used.seconds))


def _per_claim(work: Work, amount: float | None) -> float | None:
    claims = verified(work)
    return amount / claims if amount is not None and claims else None
