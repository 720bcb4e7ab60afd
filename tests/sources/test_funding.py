"""Who paid is told in a text's own words, and only where it says so."""

from __future__ import annotations

import pytest

from sources.funding import MOST, funding_statements

ARTICLE = """The weir was surveyed in 2020. The lower town is supported by a wall.

Funding
This survey was carried out with help from the Calder Trust. The sponsor had no say in the text.

Conflicts of interest
The authors declare none."""


def test_a_section_on_funding_is_told_whole_and_nothing_after_it() -> None:
    """What stands under the heading is quoted as it stands; the next heading ends it, also where it stands in the same block."""
    expected = ("This survey was carried out with help from the Calder Trust.", "The sponsor had no say in the text.")
    assert funding_statements(ARTICLE) == expected
    assert funding_statements(ARTICLE.replace("\n\n", "\n")) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Funding: none was sought.",
        "This work was supported by GSI.",
        "The study on weirs in the north was funded in part by Ashworth Hydro.",
        "LO is supported by grants 12 and 13 from the river council.",
        "Research supported in part by the Ministry of Rivers under contract 5.",
        "The authors have not received any funding from the industry.",
        "Imran Vale has received consulting fees from Ashworth Hydro.",
        "The review received no external funding.",
    ],
)
def test_a_sentence_that_says_who_paid_is_found(sentence: str) -> None:
    """Ways in which papers, reports and pages say who paid, wherever they stand."""
    assert funding_statements(f"It rained for nine hours. {sentence} The gates stayed closed.") == (sentence,)


@pytest.mark.parametrize(
    "sentence",
    [
        "This hypothesis is better supported by the evidence.",
        "The study found that the claim is supported by the gauge.",
        "The drop in level is supported by the mean of three readings.",
        "They paid for the repair of the gates.",
        "A trust fund was set up after the flood.",
    ],
)
def test_support_by_evidence_and_money_for_other_things_is_no_funding(sentence: str) -> None:
    """Reasons support claims far more often than councils support studies."""
    assert funding_statements(f"It rained for nine hours. {sentence} The gates stayed closed.") == ()


def test_no_more_than_a_few_sentences_are_told() -> None:
    """A list of grants as long as a page is cut."""
    assert len(funding_statements(" ".join(f"Trial {n} was funded by council {n}." for n in range(40)))) == MOST
