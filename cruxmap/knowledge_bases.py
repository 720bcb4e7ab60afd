"""The public Python interface: a knowledge base opened for reading, with typed access to what it holds and what follows from it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from credence.engine import assess
from credence.judgments import perspectives_of
from credence.results import Assessment, Crux, QuestionAssessment
from credence.wording import answers_of
from credence.words import crux_sentence
from cruxmap.bases import load_base
from cruxmap.changes import diff_lines, effects_lines
from cruxmap.errors import UsageError
from cruxmap.exporting import export
from cruxmap.merging import merge
from cruxmap.settings import load_settings
from explorer.phrases import step_words, subject_words
from explorer.question_summaries import Voices, voices
from knowledge.errors import UnknownRecord
from knowledge.packages.contents import Package
from knowledge.records import (
    KINDS,
    Assertion,
    Claim,
    Finding,
    Gap,
    Link,
    Passage,
    Question,
    Record,
    Source,
    Upstream,
    Variant,
    Warrant,
)
from knowledge.views import View
from reasoners.baseline.lexicons import stems

if TYPE_CHECKING:
    import pandas

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class AnswerView:
    """An answer with its probabilities in [0, 1]; ``independent``: if nothing that is shared counted as shared."""

    id: str
    name: str
    text: str
    prior: float
    credence: float
    independent: float


@dataclass(frozen=True)
class CruxView:
    """A claim, or the step of a link, whose settling would move the answers: to what, if it is true or false, by answer name."""

    id: str
    text: str
    sentence: str
    is_step: bool
    credence: float
    expected_shift: float
    if_true: Mapping[str, float]
    if_false: Mapping[str, float]
    held_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    granted_by: tuple[str, ...]
    """Who think it possible, and no more."""
    disputed: bool
    """Whether the sources differ over it."""
    decisive: tuple[str, ...]
    """Why readings of the whole dispute name it as what it turns on, one reason a reading."""


@dataclass(frozen=True)
class Said:
    """Somebody's stance on a claim, in whose words, where, and leaning on what. ``opposite``: it is the claim's denial that is worded."""

    id: str
    speaker: str
    stance: str
    hedge: str
    opposite: bool
    words: str
    source: Source
    start: int
    leans_on: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A link that a claim takes part in, in words, and why it should hold."""

    id: str
    words: str
    because: str
    credence: float | None


@dataclass(frozen=True)
class ClaimView:
    """A claim with its evidence. ``credence`` is None if it bears on no question."""

    id: str
    text: str
    credence: float | None
    wordings: tuple[str, ...]
    said: tuple[Said, ...]
    steps: tuple[Step, ...]
    alike: tuple[str, ...]
    findings: tuple[Finding, ...]


class KnowledgeBase:
    """A knowledge base at one revision. Nothing here changes it; iterating yields its live records in the order of their ids."""

    def __init__(self, package: Package, *, perspective: str | None = None) -> None:
        self.package = package
        self._perspective = perspective

    @property
    def revision(self) -> str:
        """The revision's id."""
        return self.package.tip

    @property
    def view(self) -> View:
        """The live records with their indexes."""
        return self.package.view

    def __iter__(self) -> Iterator[Record]:
        return iter(self.view.records.values())

    def __len__(self) -> int:
        return len(self.view.records)

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """Return the live records of a kind, such as `knowledge.records.Source`."""
        return self.view.all(kind)

    # What follows from it

    @cached_property
    def assessment(self) -> Assessment:
        """Credences and cruxes of every question."""
        return assess(self.view, perspective=self._perspective)

    def under(self, perspective: str) -> KnowledgeBase:
        """Return the same knowledge under another perspective, by its name or id.

        Raises:
            UnknownRecord: there is none.
        """
        for one in perspectives_of(self.view):
            if perspective in {one.id, one.name}:
                return KnowledgeBase(self.package, perspective=one.id)
        raise UnknownRecord(perspective, "no perspective of this knowledge base")

    @cached_property
    def _credences(self) -> Mapping[str, float]:
        return self.assessment.credences if self.all(Question) else {}

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions, the inquiry first."""
        return tuple(self.view.get(one.question, Question) for one in self.assessment.questions)

    def _assessed(self, question: str | None) -> QuestionAssessment:
        """Find a question by name or id, the inquiry if none is given."""
        for one in self.assessment.questions:
            if question is None or question in {one.question, self.view.get(one.question, Question).name}:
                return one
        raise UnknownRecord(question or "question", "no question of this knowledge base")

    def answers(self, question: str | None = None) -> tuple[AnswerView, ...]:
        """Return the answers to a question (its name or id; the inquiry if left out), "something else" last.

        Raises:
            UnknownRecord: there is no such question.
        """
        assessed = self._assessed(question)
        return tuple(
            AnswerView(answer.id, answer.name, answer.text, one.prior, one.probability, one.independent)
            for answer, one in zip(answers_of(self.view, assessed.question), assessed.answers, strict=True)
        )

    def cruxes(self, question: str | None = None) -> tuple[CruxView, ...]:
        """Return what would change the answer to a question most, the weightiest first.

        Raises:
            UnknownRecord: there is no such question.
        """
        assessed = self._assessed(question)
        answers = answers_of(self.view, assessed.question)
        names = [answer.name for answer in answers]
        now = [one.probability for one in assessed.answers]
        return tuple(self._crux(crux, names, now) for crux in assessed.cruxes)

    def _crux(self, crux: Crux, names: list[str], now: list[float]) -> CruxView:
        text = subject_words(self.view, crux.subject)
        heard = Voices() if crux.is_warrant else voices(self.view, crux.subject)
        return CruxView(
            id=crux.subject,
            text=text,
            sentence=crux_sentence(text, crux, names, now),
            is_step=crux.is_warrant,
            credence=crux.probability,
            expected_shift=crux.expected_shift,
            if_true=dict(zip(names, crux.if_true, strict=True)),
            if_false=dict(zip(names, crux.if_false, strict=True)),
            held_by=heard.hold,
            denied_by=heard.deny,
            granted_by=heard.grant,
            disputed=crux.disputed,
            decisive=crux.decisive,
        )

    # Claims

    @property
    def claims(self) -> Iterator[ClaimView]:
        """The claims that stand for themselves and for the same in other words."""
        return (self.claim(key) for key in sorted(self.view.members))

    def claim(self, beginning: str) -> ClaimView:
        """Return a claim with its evidence, by its id or the beginning of one.

        Raises:
            UnknownRecord: no live claim, or several, begin so.
        """
        found = [beginning] if isinstance(self.view.records.get(beginning), Claim) else self._claims_from(beginning)
        if len(found) != 1:
            why = f"could be {', '.join(found[:5])}" if found else "no live claim has this id"
            raise UnknownRecord(beginning, why)
        key = self.view.representative(found[0])[0]
        members = [member for member, _ in self.view.members[key]]
        return ClaimView(
            id=key,
            text=self.view.get(key, Claim).text,
            credence=self._credences.get(key),
            wordings=tuple(self.view.get(member, Claim).text for member in members),
            said=tuple(self._said(assertion, opposite=opposite) for assertion, opposite in self.view.assertions_of(key)),
            steps=tuple(self._step(link) for link in self._about(Link, members)),
            alike=tuple(other for one in self._about(Variant, members) for other in one.claims if other not in members),
            findings=self._about(Finding, members),
        )

    def _claims_from(self, beginning: str) -> list[str]:
        return [claim.id for claim in self.all(Claim) if claim.id.startswith(beginning)]

    @cached_property
    def _naming(self) -> Mapping[str, tuple[Record, ...]]:
        """Map each record to the links, variants and findings that name it."""
        found: dict[str, list[Record]] = defaultdict(list)
        for record in (*self.all(Link), *self.all(Variant), *self.all(Finding)):
            for _, named, _ in record.named():
                found[named].append(record)
        return {key: tuple(records) for key, records in found.items()}

    def _about(self, kind: type[R], members: list[str]) -> tuple[R, ...]:
        """Return the records of a kind that name one of some claims, each once."""
        found = {one.id: one for member in members for one in self._naming.get(member, ()) if isinstance(one, kind)}
        return tuple(found[key] for key in sorted(found))

    def _said(self, assertion: Assertion, *, opposite: bool) -> Said:
        passage = self.view.get(assertion.passage, Passage)
        leans_on = tuple(dict.fromkeys(upstream.name for upstream, _ in self.view.upstreams_of(assertion.id)))
        source = self.view.get(passage.source, Source)
        return Said(
            id=assertion.id,
            speaker=assertion.speaker,
            stance=assertion.stance.value,
            hedge=assertion.hedge.value,
            opposite=opposite,
            words=passage.text,
            source=source,
            start=passage.start,
            leans_on=leans_on,
        )

    def _step(self, link: Link) -> Step:
        because = self.view.get(link.warrant, Warrant).text
        return Step(link.id, step_words(self.view, link), because, self._credences.get(link.id))

    def search(self, words: str, *, limit: int = 10) -> tuple[ClaimView, ...]:
        """Return the claims that share the most, and the rarest, words with a query; every wording of a claim counts."""
        asked = stems(words)
        weights = {word: math.log(1 + len(self._words) / (1 + self._frequencies[word])) for word in asked}
        scores: Counter[str] = Counter()
        for claim, known in self._words.items():
            shared = asked & known
            if shared:
                score = math.fsum(sorted(weights[word] for word in shared)) / math.sqrt(3 + len(known))
                key = self.view.representative(claim)[0]
                scores[key] = max(scores[key], score)  # type: ignore[assignment]  # a Counter's values may be any number
        ranked = sorted(scores, key=lambda key: (-scores[key], key))
        return tuple(self.claim(key) for key in ranked[:limit])

    @cached_property
    def _words(self) -> Mapping[str, frozenset[str]]:
        return {claim.id: stems(claim.text) for claim in self.all(Claim)}

    @cached_property
    def _frequencies(self) -> Counter[str]:
        return Counter(word for known in self._words.values() for word in known)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The documents."""
        return self.all(Source)

    @property
    def upstreams(self) -> tuple[Upstream, ...]:
        """The data sets, cohorts, works and witnesses that evidence comes from, each once, whatever it is called."""
        return tuple(one for one in self.all(Upstream) if self.view.origin(one.id) == one.id)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the critic found."""
        return self.all(Finding)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing."""
        return self.all(Gap)

    def text_of(self, source: Source) -> str:
        """Return a document's exact text."""
        return self.package.texts[source.text]

    # With others

    def merge(self, *others: KnowledgeBase) -> KnowledgeBase:
        """Return this knowledge joined with others'; see `cruxmap.merging.merge`."""
        return KnowledgeBase(merge([self.package, *(other.package for other in others)]).package)

    def diff(self, newer: KnowledgeBase) -> list[str]:
        """Tell what changed from this to a newer state, line by line."""
        return list(diff_lines(self.view, newer.view))

    def if_retracted(self, record_id: str) -> list[str]:
        """Tell what retracting a record would take with it and how the answers would move; nothing is retracted.

        Raises:
            UnknownRecord: no live record has this id.
        """
        if record_id not in self.view.records:
            raise UnknownRecord(record_id, "no live record has this id")
        return list(effects_lines(self.view, [self.view.records[record_id]]))

    def export(self, name: str, path: Path | str) -> None:
        """Write it in a format; see docs/formats.md for their names.

        Raises:
            KnowledgeError, OSError: it can't stand in the format, or can't be written.
        """
        export(self.package, name, Path(path))

    def frame(self, kind: str) -> pandas.DataFrame:
        """Return the live records of a kind as a table: one row a record, its id as the index, its credence where there is one.

        Raises:
            UsageError: there is no such kind, or pandas is not installed (it is an extra: ``uv sync --extra pandas``).
        """
        if kind not in KINDS:
            raise UsageError(f"there is no kind of record {kind!r}; there are {', '.join(sorted(KINDS))}")
        try:
            import pandas  # noqa: PLC0415  # an extra, and slow to import
        except ImportError as problem:
            raise UsageError("tables need pandas: uv sync --extra pandas") from problem
        records = self.all(KINDS[kind])
        rows = [{**record.model_dump(mode="json"), "credence": self._chance(record)} for record in records]
        columns = [*KINDS[kind].model_fields, "credence"]
        frame = pandas.DataFrame(rows, columns=columns, index=pandas.Index([record.id for record in records], name="id"))
        return frame if frame["credence"].notna().any() else frame.drop(columns="credence")

    def _chance(self, record: Record) -> float | None:
        answers = {} if not self.all(Question) else self._answer_credences
        return self._credences.get(record.id, answers.get(record.id))

    @cached_property
    def _answer_credences(self) -> Mapping[str, float]:
        return {one.answer: one.probability for question in self.assessment.questions for one in question.answers}


def open_base(name: str | Path, *, home: str | Path | None = None) -> KnowledgeBase:
    """Open a knowledge base for reading: a package's file, a run, a revision, another home's folder, or FOLDER@RUN.

    Raises:
        UsageError: nothing goes by this name.
        KnowledgeError: it is there, and broken.
    """
    return KnowledgeBase(load_base(str(name), Path(home) if home else load_settings(None, {}).home))


__all__ = ["AnswerView", "ClaimView", "CruxView", "KnowledgeBase", "Said", "Step", "open_base"]
