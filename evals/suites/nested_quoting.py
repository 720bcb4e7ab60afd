"""Nested quoting: who says what in documents that tell what others said, at second and third hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.alignment import assign, overlap
from evals.errors import SuiteUnusable
from evals.scorers.saying import same_speaker
from evals.scorers.scorer import Scored, share
from evals.suites.layers import LayerCase
from evals.suites.suite import Measure, Suite
from knowledge.vocabulary import Stance
from prompts.tasks.ingestion import EXTRACT, ExtractedAssertion, ExtractInputs, Extraction
from reasoners.reasoner import Reasoner
from sources.locating import locate

FILE: Final = Path(__file__).parent / "nested_quoting.yaml"
INSIDE: Final = 0.5
"""Share of the shorter of two spans that must be common for them to be one statement: readers quote a clause or the whole sentence."""
MEASURES: Final = (
    Measure("nested, whole/1"),
    Measure("nested, of those found/1", integrity=True),
    Measure("speaker, of those found/1", integrity=True),
    Measure("stance, of those found/1"),
    Measure("found/1"),
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Statement(_Part):
    """A stance that a document tells: where, whose, through whom (outermost first, the document's author left out).

    ``speaker`` and each of ``reporters``: the names that are right, the document's own first. ``stances``: those that a careful reader
    could give it.
    """

    quote: str = Field(min_length=8)
    speaker: tuple[str, ...] = Field(min_length=1)
    reporters: tuple[tuple[str, ...], ...] = ()
    stances: tuple[Stance, ...] = Field(min_length=1)
    form: str


class Text(_Part):
    """A document with its labelled statements."""

    key: str
    question: str
    title: str
    authors: str
    published: str
    kind: str
    text: str
    statements: tuple[Statement, ...] = Field(min_length=1)


class Texts(_Part):
    """The file."""

    version: int
    texts: tuple[Text, ...] = Field(min_length=1)


def load() -> Texts:
    """Read the file.

    Raises:
        SuiteUnusable: it is broken.
    """
    try:
        return Texts.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as problem:
        raise SuiteUnusable(f"{FILE} can't be read: {problem}") from problem


def nested_suite() -> Suite:
    """Return the suite: a case a document.

    Raises:
        SuiteUnusable: the file is broken, or labels words that don't stand in their document once.
    """
    found = load()
    for text in found.texts:
        for one in text.statements:
            if text.text.count(one.quote) != 1:
                raise SuiteUnusable(f"{FILE}: {text.key}: these words don't stand there once: {one.quote!r}")
    about = "Who says what where a document tells what others said of others."
    cases = [_case(text) for text in found.texts]
    return Suite("nested", found.version, about, MEASURES, (MEASURES[0].id, MEASURES[1].id), cases, task=EXTRACT.name)


def _case(text: Text) -> LayerCase[Extraction]:
    inputs = ExtractInputs(
        question=text.question,
        title=text.title,
        authors=text.authors,
        published=text.published,
        source_kind=text.kind,
        reports="",
        context="",
        text=text.text,
    )

    async def ask(reasoner: Reasoner) -> Extraction:
        return await reasoner.answer(EXTRACT, inputs, step="eval")

    return LayerCase(text.key, text.key, text.model_dump_json(), ask, lambda found: scores_of(found, text))


def scores_of(found: Extraction, text: Text) -> Mapping[str, Scored]:
    """Score who says what. Nested is what comes through somebody; it is whole if it is found with its speaker and all reporters right."""
    said = _aligned(found.assertions, text)
    nested = [one for one in text.statements if one.reporters]
    whole = [one for one in nested if one in said and _speaker_right(said[one], one) and _reporters_right(said[one], one)]
    misses = [_told(one, said.get(one)) for one in nested if one not in whole]
    speakers = [one for one in said if _speaker_right(said[one], one)]
    stances = [one for one in said if said[one].stance in one.stances]
    values = (
        share(len(whole), len(nested), misses),
        share(len(whole), sum(one in said for one in nested), misses),
        share(len(speakers), len(said), [_told(one, said[one]) for one in said if one not in speakers]),
        share(len(stances), len(said), [f"{one.quote[:60]!r} {said[one].stance.value}" for one in said if one not in stances]),
        share(len(said), len(text.statements), [one.quote[:80] for one in text.statements if one not in said]),
    )
    return {measure.id: value for measure, value in zip(MEASURES, values, strict=True)}


def _aligned(assertions: Sequence[ExtractedAssertion], text: Text) -> dict[Statement, ExtractedAssertion]:
    """Pair statements with what was extracted where they stand, so that the spans agree best; what says who speaks doesn't count."""
    places = [locate(one.quotation, text.text) for one in assertions]
    spans = [(place.start, place.end) if place else (0, 0) for place in places]
    wanted = [(text.text.index(one.quote), text.text.index(one.quote) + len(one.quote)) for one in text.statements]
    likeness = np.array([[_likeness(want, span) for span in spans] for want in wanted], dtype=float).reshape(len(wanted), len(spans))
    return {text.statements[row]: assertions[column] for row, column in assign(likeness, 0.0)}


def _likeness(one: tuple[int, int], other: tuple[int, int]) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    shorter = min(one[1] - one[0], other[1] - other[0])
    return overlap(one, other) if shorter and shared >= INSIDE * shorter else 0.0


def _speaker_right(said: ExtractedAssertion, wanted: Statement) -> bool:
    return any(same_speaker(said.speaker, name) for name in wanted.speaker)


def _reporters_right(said: ExtractedAssertion, wanted: Statement) -> bool:
    return len(said.reporters) == len(wanted.reporters) and all(
        any(same_speaker(name, right) for right in names) for name, names in zip(said.reporters, wanted.reporters, strict=True)
    )


def _told(wanted: Statement, said: ExtractedAssertion | None) -> str:
    through = " through ".join(names[0] for names in ((wanted.speaker), *reversed(wanted.reporters)))
    got = " through ".join((said.speaker, *reversed(said.reporters))) if said else "not found"
    return f"{wanted.form}: {wanted.quote[:60]!r} is {through}; got {got}"
