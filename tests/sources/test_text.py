"""Normalising, segmenting and locating."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.locating import locate
from sources.normalising import normalise
from sources.segmenting import furniture, parts, segments

SENTENCES = st.lists(st.sampled_from(["Ada", "saw", "the", "dam", "leak"]), min_size=1, max_size=12).map(
    lambda words: " ".join(words).capitalize() + "."
)
PARAGRAPHS = st.tuples(st.sampled_from(["", "", "> ", "- ", "# ", "ADA: ", "1. "]), st.lists(SENTENCES, min_size=1, max_size=8)).map(
    lambda one: one[0] + " ".join(one[1])
)
PROSE = st.lists(PARAGRAPHS, min_size=1, max_size=12).map("\n\n".join)
texts = st.text(alphabet=st.sampled_from("abcdeé \u00a0\u00ad\u200b\n-.?\u2019\u201cАеоΑο12#>*\t\u0301\ufb01"), max_size=300)


@settings(deadline=None)
@given(texts)
def test_normalising_twice_changes_nothing(raw: str) -> None:
    """The plain form is its own plain form."""
    once, _ = normalise(raw)
    assert normalise(once)[0] == once


@settings(deadline=None)
@given(texts)
def test_the_map_leads_back_in_order(raw: str) -> None:
    """Every character maps to a place of the original, and the places never go back."""
    text, offsets = normalise(raw)
    assert len(offsets.starts) == len(text) + 1
    assert list(offsets.starts) == sorted(offsets.starts)
    assert all(0 <= start <= len(raw) for start in offsets.starts)


def test_layout_is_undone() -> None:
    """Wrapped lines, broken words, odd spaces, curly quotes and letters that pose as Latin become plain."""
    raw = "The d\u0430m has leaked since May\u00a02019, as the sur-\nvey of the valley shows; \u201cnobody\u201d has\nmeasured how much it was.\n\n\n\nSecond paragraph."
    text, offsets = normalise(raw)
    assert (
        text
        == 'The dam has leaked since May 2019, as the survey of the valley shows; "nobody" has measured how much it was.\n\nSecond paragraph.'
    )
    start = text.index("nobody")
    assert raw[slice(*offsets.original(start, start + 6))] == "nobody"


@settings(deadline=None)
@given(texts, st.integers(20, 200))
def test_parts_lose_nothing(raw: str, size: int) -> None:
    """All that is no blank space stands in exactly one part, in order, none longer than asked."""
    text, _ = normalise(raw)
    found = parts(text, size)
    assert "".join("".join(text[part.start : part.end].split()) for part in found) == "".join(text.split())
    assert all(part.end - part.start <= size for part in found)


@settings(deadline=None)
@given(PROSE, st.integers(20, 200))
def test_parts_cut_no_sentence_that_fits_in_one(raw: str, size: int) -> None:
    """Parts follow each other with nothing but blank space between; a seam inside a sentence means that it is longer than a part."""
    text, _ = normalise(raw)
    found = parts(text, size)
    assert all(not text[before.end : after.start].strip() for before, after in pairwise(found))
    assert (text[: found[0].start] + text[found[-1].end :]).strip() == ""
    for sentence in segments(text):
        if sentence.end - sentence.start <= size:
            assert not [part for part in found if sentence.start < part.start < sentence.end], text[sentence.start : sentence.end]


def test_a_sentence_longer_than_a_part_is_cut_between_words() -> None:
    """Of a sentence that fits in no part no word is torn."""
    text = "It leaked, " * 40 + "they say."
    found = parts(text, 100)
    assert [word for part in found for word in text[part.start : part.end].split()] == text.split()


@settings(deadline=None)
@given(texts)
def test_segments_are_stretches_of_the_text(raw: str) -> None:
    """Segments come in order and don't overlap."""
    text, _ = normalise(raw)
    end = 0
    for segment in segments(text):
        assert end <= segment.start < segment.end <= len(text)
        end = segment.end


def test_menus_references_and_quotations_are_told_apart() -> None:
    """What nobody asserts is marked, a block quotation too, and each sentence knows its section."""
    text = "Home\nAbout\nNews\nContact\n\n# Results\n\nThe dam leaks, as was shown. It leaked before.\n\n> Ben wrote that it holds.\n\n# References\n\nMarsh A, Ode B. On dams and their leaks. J Dams 2019;3:1-9."
    found = {text[segment.start : segment.end]: segment for segment in segments(text)}
    assert found["Home"].boilerplate
    assert found["It leaked before."].heading == "Results"
    assert not found["It leaked before."].boilerplate
    assert found["Ben wrote that it holds."].in_quote
    assert all(segment.boilerplate for segment in found.values() if segment.heading == "References")


def test_a_quotation_is_located_exactly_nearly_or_not() -> None:
    """Verbatim first, then but for marks and case, then with its difference shown; a paraphrase is not found."""
    text = "Ada says the dam leaks. Ben says that the dam holds well. Later, Ada says the dam leaks."
    assert locate("Ada says the dam leaks.", text).places == 2  # type: ignore[union-attr]
    assert locate("Ada says the dam leaks.", text, near=50).start == 65  # type: ignore[union-attr]
    near = locate("Ben say that the dam holds well", text)
    assert near is not None
    assert text[near.start : near.end] == "Ben says that the dam holds well"
    assert near.difference == "[say -> says]"
    assert locate("the dam is watertight in Ben's view", text) is None


def test_a_part_that_is_a_list_of_works_is_furniture() -> None:
    """A list of references begins under its heading, whether or not a blank line parts them, and goes on over cuts; the text before it is none."""
    body = "We followed the dam for ten years. It leaked in the winter of the flood.\n\n" * 20
    works = "".join(
        f"• {number}.Ode R, Marsh T. The dam and its gauge. J Dams 201{number % 10};{number}:10–20.\n" for number in range(1, 60)
    )
    text = f"{body}References\n{works}"
    whole = parts(text, 1500)
    idle = furniture(text, whole)
    assert idle
    assert all("J Dams" in text[part.start : part.end] for part in idle)
    assert [part for part in whole if "ten years" in text[part.start : part.end]] == [part for part in whole if part not in idle]
