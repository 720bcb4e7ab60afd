"""Texts with marked passages: nothing lost, every passage where it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.marked_texts import paragraphs
from knowledge.records import Passage

SOURCE = "source-" + "0" * 20
texts = st.text(st.sampled_from("ab \n\t.é"), min_size=1, max_size=80)


@given(text=texts, data=st.data())
def test_pieces_are_the_text_and_cover_what_the_passages_cover(text: str, data: st.DataObject) -> None:
    """Joined, the pieces are the text without blank lines; a character is marked by exactly the passages that hold it."""
    spans = data.draw(st.lists(st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda one: one[0] < one[1])))
    passages = [Passage(source=SOURCE, start=start, end=end, text=text[start:end]) for start, end in spans]
    found = paragraphs(text, passages)
    pieces = [piece for paragraph in found for piece in paragraph.pieces]
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
    place = 0
    for piece in pieces:
        place = text.index(piece.text, place)
        for offset in range(len(piece.text)):
            holding = {one.id for one in passages if one.start <= place + offset < one.end}
            assert set(piece.passages) == holding
        place += len(piece.text)


@given(text=texts, data=st.data())
def test_a_passage_begins_at_most_once(text: str, data: st.DataObject) -> None:
    """Each passage that has a visible character begins in exactly one piece, so its anchor stands once."""
    spans = data.draw(st.lists(st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda one: one[0] < one[1])))
    passages = [Passage(source=SOURCE, start=start, end=end, text=text[start:end]) for start, end in spans]
    begun = [one for paragraph in paragraphs(text, passages) for one in paragraph.begins]
    assert len(begun) == len(set(begun))
    assert set(begun) >= {one.id for one in passages if one.text.strip()}
