"""In which language a text is, where that is plain."""

from __future__ import annotations

from functools import cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

PLAIN: Final = 0.99
"""Probability from which a document is taken to be in a language."""
BARELY: Final = 0.05
"""Probability below which a few words are taken not to be in it: a question alone is too short to tell its own."""
SHOWN: Final = 20_000
"""Characters of a text's beginning that are looked at."""
_NO_LANGUAGE: Final = "zxx"


def other_language(text: str, words: str) -> str:
    """Return the ISO 639 code of a text's language ("de") where that is plain, and the words are plainly in another; "" else."""
    code, sure = _identifier().classify(text[:SHOWN])
    if sure < PLAIN or code == _NO_LANGUAGE:
        return ""
    return code if dict(_identifier().rank(words))[code] < BARELY else ""


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
