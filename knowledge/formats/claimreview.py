"""ClaimReview (schema.org, JSON-LD) of settled factual claims; a contested claim or a crux is never reviewed. Out only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from knowledge.errors import Unsuitable
from knowledge.formats.bundles import Bundle, Verdict
from knowledge.formats.files import write_file
from knowledge.records import UNKNOWN, Assertion, Claim, Source

_TRUE: Final = "Borne out by the sources"
_FALSE: Final = "Contradicted by the sources"


def write_claimreview(bundle: Bundle, path: Path) -> None:
    """Write one review a settled claim, without a rating in numbers: a probability is no grade.

    Raises:
        Unsuitable: no factual claim of this knowledge base is settled.
    """
    reviews = [_review(bundle, claim, bundle.verdicts[claim.id]) for claim in bundle.view.all(Claim) if claim.id in bundle.verdicts]
    if not reviews:
        raise Unsuitable("no factual claim is settled here, and ClaimReview is for settled ones only; see docs/formats.md")
    write_file(path, json.dumps(reviews, ensure_ascii=False, indent=1) + "\n")


def _review(bundle: Bundle, claim: Claim, verdict: Verdict) -> dict[str, Any]:
    said = sorted(bundle.view.assertions_of(claim.id), key=lambda pair: (pair[0].said, pair[0].id))
    appearances = {key: found for key, found in (_appearance(bundle, assertion) for assertion, opposite in said if not opposite) if found}
    item: dict[str, Any] = {"@type": "Claim", "text": claim.text}
    speakers = sorted({assertion.speaker for assertion, opposite in said if not opposite} - {UNKNOWN})
    if speakers:
        item["author"] = [{"@type": "Person", "name": speaker} for speaker in speakers]
    dates = sorted(assertion.said for assertion, opposite in said if not opposite and assertion.said != UNKNOWN)
    if dates:
        item["datePublished"] = dates[0]
    if appearances:
        works = list(appearances.values())
        item |= {"firstAppearance": works[0], "appearance": works}
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
            "ratingExplanation": f"Probability {verdict.probability:.1%}, worked out from {len(said)} statements in the sources.",
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
