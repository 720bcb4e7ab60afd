"""Whether what was found is here already."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.records import UNKNOWN, Lead
from sources.searching.copies import Known, copied, same_title, spelt
from sources.searching.keywords import Keywords, content_words, names_in

TITLE = "Egg consumption and risk of coronary heart disease and stroke"
TEXT = " ".join(f"word{at} and what it says of eggs" for at in range(60))


def of(text: str) -> Known:
    """A document of which nothing is known but its text."""
    return Known(TITLE, UNKNOWN, UNKNOWN, text)


def test_titles_are_one_but_for_spelling() -> None:
    """Case, accents, dashes and a typing error don't make two works; other words, other numbers and short titles do."""
    assert same_title(TITLE, "EGG consumption – and risk of coronary heart-disease and strokes.")
    assert same_title("Über die Größe der Eier", "Uber die Große der Eier")
    assert not same_title(TITLE, "Egg consumption and risk of cancer of the lung and stomach")
    assert not same_title("Report on eggs and health of 2019", "Report on eggs and health of 2020")
    assert not same_title("Editorial", "Editorial")


@given(st.text(max_size=60), st.text(max_size=60))
def test_sameness_of_titles_has_no_order(one: str, other: str) -> None:
    """What is the same one way is the same the other way, and every long title is itself."""
    assert same_title(one, other) == same_title(other, one)
    assert same_title(one, one) == (len(spelt(one).split()) >= 4)


def test_a_lead_is_a_copy_by_doi_address_or_title() -> None:
    """Each alone is enough, and the reason is said; two known DOIs that differ make two works of one title."""
    known = [Known(TITLE, "10.1/a", "https://www.example.org/a/", TEXT)]
    assert "the same DOI" in copied(Lead(title="Other", doi="10.1/a"), known)
    assert "the same address" in copied(Lead(title="Other", place="http://example.org/a#top"), known)
    assert "the same title" in copied(Lead(title=TITLE.upper(), place="https://mirror.org"), known)
    assert copied(Lead(title=TITLE, doi="10.1/b"), known) == ""
    assert copied(Lead(title="Other", place=UNKNOWN), [Known("", UNKNOWN, UNKNOWN)]) == ""


def test_a_text_is_a_copy_if_it_brings_little_new() -> None:
    """A whole copy, one with another heading, and an extract are copies; a longer text that holds a known extract is not."""
    known = of(TEXT)
    assert known.is_copied_by(of(TEXT))
    assert known.is_copied_by(of(f"Published again elsewhere. {TEXT.upper()}"))
    assert known.is_copied_by(of(TEXT[:300]))
    assert not of(TEXT[:300]).is_copied_by(known)
    assert not known.is_copied_by(of("Quite another text, of which no eight words in a row stand in the one that is known here."))
    assert not of("").is_copied_by(known)
    assert not known.is_copied_by(of("..."))


def test_keywords_are_what_the_case_speaks_of() -> None:
    """Names come first, then the question's words, then what others say too; phrases of looking, empty words and addresses go."""
    keywords = Keywords(
        ["Do eggs raise the risk of heart disease?"], ["Eggs raise cholesterol.", "Cholesterol harms.", "Eggs are worthwhile."]
    )
    asked = keywords.of("Look for sources that tell how Framingham ate eggs and cholesterol, see https://a.org/x", 4, looking=True)
    assert asked == ("Framingham", "eggs", "ate", "cholesterol")
    assert keywords.of("Run it again with another command", 4, looking=True) == ()


@given(st.text(max_size=200))
def test_any_text_has_keywords_or_none(text: str) -> None:
    """No text breaks the choice, and no word comes twice."""
    words = content_words(text)
    assert len({word.casefold() for word in words}) == len(words)
    assert all(name in text and name[0].isupper() for name in names_in(text))
    assert len(Keywords([text], [text]).of(text, 3)) <= 3
