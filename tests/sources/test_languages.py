"""Documents in another language than the question's."""

from __future__ import annotations

from typing import Final

import pytest

from sources.languages import other_language

QUESTION: Final = "Did the Orme dam leak? It leaked. It held."
GERMAN: Final = "Im Winter verlor der Damm 1.024 Liter am Tag. Der Ausschuss hält das für ein Zeichen, dass er undicht ist."


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (GERMAN, QUESTION, "de"),
        (GERMAN, "War der Damm undicht? Er war undicht. Er hielt.", ""),
        ("In winter the dam lost 1,024 litres a day, which the committee takes for a sign that it leaks.", QUESTION, ""),
        ("In winter the dam lost 1,024 litres a day, which the committee takes for a sign.", "COVID-19 origins: Wet market or lab?", ""),
        ("1.024 2.048 4.096", QUESTION, ""),
        ("", QUESTION, ""),
    ],
)
def test_a_language_is_another_only_where_both_are_plain(text: str, words: str, code: str) -> None:
    """A question of a few words is in no language of its own for certain; numbers are in none."""
    assert other_language(text, words) == code
