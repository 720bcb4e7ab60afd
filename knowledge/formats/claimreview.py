"""ClaimReview (schema.org, JSON-LD) of settled factual claims that somebody makes; no contested claim, no crux. Out only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from knowledge.errors import Unsuitable
from knowledge.formats.bundles import Bundle, Verdict
from knowledge.formats.files import write_file
from knowledge.records import UNKNOWN, Assertion, Claim, Source
from knowledge.vocabulary import Stance

_MAKES: Final = frozenset({Stance.ASSERTS, Stance.CONCEDES, Stance.REPORTS})
_TRUE: Final = "Borne out by the sources"
_FALSE: Final = "Contradicted by the sources"


def write_claimreview(bundle: Bundle, path: Path) -> None:
    """Write one review a settled claim, without a rating in numbers: a probability is no grade.

    Raises:
        Unsuitable: no factual claim of this knowledge base is settled.
    """
    settled = [claim for claim in bundle.view.all(Claim) if claim.id in bundle.verdicts and _made(bundle, claim)]
    reviews = [_review(bundle, claim, bundle.verdicts[claim.id]) for claim in settled]
    if not reviews:
        raise Unsuitable(
            "no factual claim that somebody makes is settled here, and ClaimReview is for settled ones only; see docs/formats.md"
        )
    write_file(path, json.dumps(reviews, ensure_ascii=False, indent=1) + "\n")


def _made(bundle: Bundle, claim: Claim) -> list[Assertion]:
    """Return the assertions that make the claim, the earliest first: who denies it, doubts it or denies its opposite is not its author."""
    made = [one for one, opposite in bundle.view.assertions_of(claim.id) if one.stance in _MAKES and not opposite]
    return sorted(made, key=lambda one: (one.said, one.id))


def _review(bundle: Bundle, claim: Claim, verdict: Verdict) -> dict[str, Any]:
    made = _made(bundle, claim)
    works = list(dict(_appearance(bundle, one) for one in made).values())
    item: dict[str, Any] = {"@type": "Claim", "text": claim.text, "firstAppearance": works[0], "appearance": works}
    speakers = sorted({one.speaker for one in made} - {UNKNOWN})
    if speakers:
        item["author"] = [{"@type": "Person", "name": speaker} for speaker in speakers]
    dates = sorted(one.said for one in made if one.said != UNKNOWN)
    if dates:
        item["datePublished"] = dates[0]
    said = len(list(bundle.view.assertions_of(claim.id)))
    basis = f"{said} statement{'s' * (said != 1)} on it in the sources and the argument around it"
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"urn:cruxmap:{claim.id}",
        "claimReviewed": claim.text,
        "datePublished": verdict.date,
        "author": {"@type": "Organization", "name": "cruxmap"},
        "itemReviewed": item,
        "reviewRating": {
            "@type": "Rating",
            "alternateName": _TRUE if verdict.true else _FALSE,
            "ratingExplanation": f"Probability {verdict.probability:.1%}, worked out from {basis}.",
        },
    }


def _appearance(bundle: Bundle, assertion: Assertion) -> tuple[str, dict[str, Any]]:
    source: Source = bundle.quoted(assertion)[1]
    work: dict[str, Any] = {"@type": "CreativeWork", "name": source.title}
    if source.url != UNKNOWN:
        work["url"] = source.url
    if source.published != UNKNOWN:
        work["datePublished"] = source.published
    return source.id, work
