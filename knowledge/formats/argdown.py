"""Argdown out: statements, the arguments that link them, undercuts and contradictions, as Argdown's own parser reads them.

A link is an argument, its warrant the argument's text, its premises what supports it. Ids, exact words and credences stand in the data
blocks. See `knowledge.formats.argdown_reading` for the way back and docs/formats.md for what is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from knowledge.formats.bundles import Bundle
from knowledge.formats.files import printable, write_file
from knowledge.records import Answer, Claim, Equivalence, Link, Question, Warrant
from knowledge.vocabulary import Relation

ARROWS: Final = {Relation.SUPPORTS: "+>", Relation.ATTACKS: "->", Relation.UNDERCUTS: "_>"}
LOOKALIKES: Final = str.maketrans("[]{}<>#*_\\@`", "()()‹›№∗‿⧵＠ˋ")
"""Argdown gives these a meaning wherever they stand. The exact words are kept in the data block."""

_ESCAPED: Final = re.compile("[{}<>/\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Argdown's signs within a data block, and what YAML calls unprintable or the end of a line."""


def write_argdown(bundle: Bundle, path: Path) -> None:
    """Write one Argdown document."""
    write_file(path, "\n".join(_lines(bundle)) + "\n")


def shown(text: str) -> str:
    """Word a text so that Argdown reads it as text: one line, none of its signs, no comment."""
    words = " ".join(printable(text).translate(LOOKALIKES).split())
    return words.replace("//", "/ /").replace("/∗", "/ ∗")


def _lines(bundle: Bundle) -> Iterator[str]:
    view = bundle.view
    questions = [{"id": question.id, **question.model_dump(mode="json")} for question in view.all(Question)]
    yield from ("===", f"title: {_quoted(bundle.title)}", f"cruxmap: {_quoted({'questions': questions})}", "===", "")
    for answer in view.all(Answer):
        extra = answer.model_dump(mode="json", exclude={"text"})
        yield from (_defined(f"[{answer.id}]", answer.text, {"kind": "answer", **extra, **_credence(bundle, answer.id)}), "")
    for claim in view.all(Claim):
        data = {"kind": "claim", **_credence(bundle, claim.id), **_sameness(bundle, claim), **_said(bundle, claim)}
        yield from (_defined(f"[{claim.id}]", claim.text, data), "")
    for link in view.all(Link):
        warrant = view.get(link.warrant, Warrant)
        sign = "<{}>" if link.target.startswith("link-") else "[{}]"
        yield _defined(f"<{link.id}>", warrant.text, {"kind": "link", **_credence(bundle, link.id)})
        yield f"  {ARROWS[link.relation]} {sign.format(link.target)}"
        yield from (f"  + [{premise}]" for premise in link.premises)
        yield ""
    for one in view.all(Equivalence):
        if one.negated:
            yield from (f"[{one.member}]", f"  >< [{one.representative}]", "")


def _defined(title: str, text: str, data: Mapping[str, Any]) -> str:
    words = shown(text)
    exact = {"text": text} if words != text else {}
    return f"{title}: {words} {_quoted({**data, **exact})}"


def _quoted(value: object) -> str:
    """Word a value as JSON, which is YAML but for what `_ESCAPED` covers; no brace within a string may end the block early."""
    whole = json.dumps(value, ensure_ascii=False)
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: _ESCAPED.sub(_escaped, found[0]), whole)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _credence(bundle: Bundle, record: str) -> dict[str, float]:
    return {"credence": round(bundle.credences[record], 4)} if record in bundle.credences else {}


def _sameness(bundle: Bundle, claim: Claim) -> dict[str, Any]:
    """Say what the claim stands for or is like; a pair of variants is told at its first claim."""
    same = [one.model_dump(mode="json", exclude={"member"}) for one in bundle.same_as.get(claim.id, ())]
    alike = [{"claim": one.claims[1], **one.model_dump(mode="json", exclude={"claims"})} for one in bundle.like.get(claim.id, ())]
    return {name: found for name, found in (("same_as", same), ("like", alike)) if found}


def _said(bundle: Bundle, claim: Claim) -> dict[str, Any]:
    """Tell who says so in which words: for readers; the way back needs the source's text and so leaves it out."""
    said = []
    for assertion in bundle.assertions.get(claim.id, ()):
        passage, source = bundle.quoted(assertion)
        said.append({"speaker": assertion.speaker, "stance": assertion.stance.value, "words": passage.text, "source": source.title})
    return {"said": said} if said else {}
