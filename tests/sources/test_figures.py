"""Numbers in one form, and those that a claim has from nowhere."""

from __future__ import annotations

import pytest

from sources.figures import figures, unfounded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,024 and 1024", {"1024"}),
        ("0·5, 0.5 and 0,5", {"0.5"}),
        ("from 16-18% in 2019/20", {"16", "18", "2019", "20"}),
        ("12,345,678 people, 007", {"12345678", "7"}),
        ("COVID-19 and 10\u00b2", {"19", "102"}),
        ("none", set()),
    ],
)
def test_one_number_has_one_form(text: str, found: set[str]) -> None:
    """However its thousands and decimals are marked."""
    assert figures(text) == found


def test_what_a_claim_has_from_nowhere_is_told() -> None:
    """From none of the texts; small whole numbers may be spelled there."""
    assert unfounded("It rose by 37 in 2 of 40 towns, 0.5 points.", "Of forty towns 37 rose.", "0.50") == ("0.5", "40")
    assert unfounded("It rose.", "") == ()
    assert unfounded("1,024, 2,048 and 4,096 of 8,192 or 8,192.5", "1.024, 2 048, 4’096 und 8.192,5") == ("8192",)
