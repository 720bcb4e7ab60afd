"""Quoting: whether an answer quotes the text that it was given, or words that stand nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prompts.tasks.ingestion import ExtractInputs, Extraction
from prompts.tasks.single import WholeAnswer, WholeInputs
from sources.locating import locate

SHOWN: Final = 3
"""Quotations that are named when none of an answer's is in the text."""
LONGEST_SHOWN: Final = 120
"""Characters of each."""


def unfounded_extraction(inputs: ExtractInputs, output: Extraction) -> str:
    """Say so if no quotation of an answer about a part of a document is in it; "" if one is, or if there is none."""
    text = f"{inputs.context}\n{inputs.text}"
    return _unfounded((one.quotation, text) for one in output.assertions)


def unfounded_whole(inputs: WholeInputs, output: WholeAnswer) -> str:
    """Say so if no quotation of an answer about a whole case is in its document; "" if one is, or if there is none."""
    texts = {document.number: document.text for document in inputs.documents}
    return _unfounded((one.quotation, texts[one.document]) for one in output.assertions)


def _unfounded(quoted: Iterable[tuple[str, str]]) -> str:
    """Say what is quoted from nowhere if all of it is.

    One quotation that is there makes an answer usable: what it invents beside it is dropped, each with an incident.
    """
    lost: list[str] = []
    for quotation, text in quoted:
        if locate(quotation, text) is not None:
            return ""
        lost.append(quotation)
    if not lost:
        return ""
    named = "; ".join(repr(quotation[:LONGEST_SHOWN]) for quotation in lost[:SHOWN])
    more = f"; and {len(lost) - SHOWN} more" if len(lost) > SHOWN else ""
    none = "the only quotation isn't in the text" if len(lost) == 1 else f"none of the {len(lost)} quotations is in the text"
    return f"{none}; copy them from it word for word: {named}{more}"
