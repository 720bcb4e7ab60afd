"""The summary: one structure behind the terminal, ``show --json`` and both reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final

from agents.critic import contested
from agents.known import unfilled
from credence.engine import answers_of
from credence.results import Assessment, Crux, QuestionAssessment, Refusal
from credence.words import crux_sentence
from explorer.facts import RunFacts
from explorer.searches import SearchSummary, searches_of
from knowledge.records import (
    Answer,
    Assertion,
    Claim,
    Finding,
    Gap,
    Incident,
    Link,
    Passage,
    Question,
    Relation,
    Severity,
    Source,
    Upstream,
    UpstreamKind,
    Warrant,
)
from knowledge.views import View

TOP_CRUXES: Final = 10
Bands = Mapping[str, Sequence[tuple[float, float]]]
_SEVERITIES: Final = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}


@dataclass(frozen=True)
class AnswerSummary:
    """An answer and its credences; see `credence.results.AnswerCredence`.

    ``low`` and ``high`` are the band in which nine of ten lie if every judgment is drawn again with its noise; None: not worked out.
    """

    id: str
    name: str
    text: str
    prior: float
    modelled: float
    probability: float
    independent: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class CruxSummary:
    """A crux in words. ``if_true`` and ``if_false`` follow the order of the answers; ``held_by`` and ``denied_by`` are speakers."""

    subject: str
    kind: str
    text: str
    sentence: str
    probability: float
    expected_shift: float
    worst_case: float
    risk_ratio: float
    if_true: tuple[float, ...]
    if_false: tuple[float, ...]
    held_by: tuple[str, ...]
    denied_by: tuple[str, ...]


@dataclass(frozen=True)
class QuestionSummary:
    """A question with its answers and cruxes."""

    id: str
    name: str
    text: str
    answers: tuple[AnswerSummary, ...]
    cruxes: tuple[CruxSummary, ...]
    settled: bool
    model_error: float
    pieces: int
    effective_pieces: float
    method: str
    error: float
    left_out: int
    beyond_evidence: tuple[tuple[str, str, str], ...]
    """Claims about words or values: (id, text, what they are about). Settling them is no matter of evidence."""
    words_answers: tuple[tuple[str, str, str], ...] = ()
    """Claims that only word an answer: (id, text, names of the answers). Settling them is settling the question."""


@dataclass(frozen=True)
class FindingSummary:
    """A finding, with the words it is about. ``load_bearing``: it is about something that a leading crux rests on."""

    id: str
    kind: str
    severity: str
    about: str
    subject: str
    source: str
    quotations: tuple[str, ...]
    sound_case: str
    flawed_case: str
    verdict: str
    load_bearing: bool


@dataclass(frozen=True)
class SourceSummary:
    """A source and what it leans on."""

    id: str
    title: str
    authors: tuple[str, ...]
    publisher: str
    published: str
    kind: str
    url: str
    reports: tuple[str, ...]
    assertions: int


@dataclass(frozen=True)
class SharedSummary:
    """An upstream on which several sources lean."""

    id: str
    name: str
    kind: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class ContestedSummary:
    """A claim that some hold and others deny or doubt."""

    claim: str
    text: str
    held_by: tuple[str, ...]
    denied_by: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """Everything that a reader is told, in the order of telling."""

    facts: RunFacts
    questions: tuple[QuestionSummary, ...]
    findings: tuple[FindingSummary, ...]
    gaps: tuple[Gap, ...]
    filled: tuple[Gap, ...]
    """Gaps that a search has closed."""
    searches: tuple[SearchSummary, ...]
    incidents: tuple[Incident, ...]
    sources: tuple[SourceSummary, ...]
    shared: tuple[SharedSummary, ...]
    contested: tuple[ContestedSummary, ...]
    counts: Mapping[str, int]
    assumed: int
    refused: tuple[Refusal, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values under the names of ``cruxmap show --json``."""
        facts = asdict(self.facts)
        main = self.questions[0] if self.questions else None
        return {
            **{
                name: facts[name]
                for name in ("run", "case", "status", "revision", "digest", "reasoner", "models", "calls", "started", "seconds")
            },
            "tokens": {"input": facts["input_tokens"], "output": facts["output_tokens"]},
            "cost": {"usd": facts["cost_usd"], "unpriced_calls": facts["unpriced_calls"]},
            "notes": list(self.facts.notes),
            "counts": dict(self.counts),
            "question": main.text if main else "",
            "settled": main.settled if main else False,
            "answers": [asdict(answer) for answer in main.answers] if main else [],
            "cruxes": [asdict(crux) for crux in main.cruxes] if main else [],
            "words_answers": [{"claim": claim, "text": text, "answers": names} for claim, text, names in main.words_answers]
            if main
            else [],
            "sub_questions": [asdict(question) for question in self.questions[1:]],
            "findings": [asdict(finding) for finding in self.findings],
            "gaps": [{"id": gap.id, **gap.model_dump(mode="json")} for gap in self.gaps],
            "filled_gaps": [{"id": gap.id, **gap.model_dump(mode="json")} for gap in self.filled],
            "searches": [asdict(search) for search in self.searches],
            "incidents": [{"id": incident.id, **incident.model_dump(mode="json")} for incident in self.incidents],
            "contested": [asdict(contested) for contested in self.contested],
            "shared_upstreams": [asdict(shared) for shared in self.shared],
        }


def summarise(
    view: View,
    assessment: Assessment,
    facts: RunFacts,
    *,
    bands: Bands = MappingProxyType({}),
    searched: Mapping[str, str] = MappingProxyType({}),
) -> Summary:
    """Put a view and its assessment into words. ``bands``: by question, each answer's (low, high); ``searched``: by search, when."""
    open_gaps = tuple(unfilled(view))
    questions = tuple(_question(view, question, bands.get(question.question)) for question in assessment.questions)
    bearing = {record for question in questions[:1] for crux in question.cruxes for record in _rests_on(view, crux.subject)}
    findings = [_finding(view, finding, bearing) for finding in view.all(Finding)]
    spoken = Counter(view.get(assertion.passage, Passage).source for assertion in view.all(Assertion))
    return Summary(
        facts=facts,
        questions=questions,
        findings=tuple(
            sorted(findings, key=lambda found: (not found.load_bearing, _SEVERITIES[Severity(found.severity)], found.kind, found.id))
        ),
        gaps=open_gaps,
        filled=tuple(gap for gap in view.all(Gap) if gap not in open_gaps),
        searches=searches_of(view, searched),
        incidents=view.all(Incident),
        sources=tuple(
            sorted((_source(view, source, spoken[source.id]) for source in view.all(Source)), key=lambda source: (source.title, source.id))
        ),
        shared=_shared(view),
        contested=tuple(ContestedSummary(claim, view.get(claim, Claim).text, *voices(view, claim)) for claim in contested(view)),
        counts=view.counts(),
        assumed=assessment.assumed,
        refused=assessment.refused,
    )


def _question(view: View, assessed: QuestionAssessment, band: Sequence[tuple[float, float]] | None) -> QuestionSummary:
    question = view.get(assessed.question, Question)
    answers = answers_of(view, question.id)
    now = [credence.probability for credence in assessed.answers]
    ends: Sequence[tuple[float | None, float | None]] = band or [(None, None)] * len(answers)
    return QuestionSummary(
        id=question.id,
        name=question.name,
        text=question.text,
        answers=tuple(
            AnswerSummary(
                answer.id,
                answer.name,
                answer.text,
                credence.prior,
                credence.modelled,
                credence.probability,
                credence.independent,
                low,
                high,
            )
            for answer, credence, (low, high) in zip(answers, assessed.answers, ends, strict=True)
        ),
        cruxes=tuple(_crux(view, crux, answers, now) for crux in assessed.cruxes[:TOP_CRUXES]),
        settled=assessed.settled,
        model_error=assessed.model_error,
        pieces=assessed.pieces,
        effective_pieces=assessed.effective_pieces,
        method=assessed.method,
        error=assessed.error,
        left_out=len(assessed.left_out),
        beyond_evidence=tuple((one.claim, view.get(one.claim, Claim).text, one.dispute) for one in assessed.unnumbered),
        words_answers=tuple(
            (one.claim, view.get(one.claim, Claim).text, ", ".join(answer.name for answer in answers if answer.id in one.answers))
            for one in assessed.words_answers
        ),
    )


def _crux(view: View, crux: Crux, answers: tuple[Answer, ...], now: list[float]) -> CruxSummary:
    text = step_words(view, view.get(crux.subject, Link)) if crux.is_warrant else view.get(crux.subject, Claim).text
    held, denied = voices(view, crux.subject) if not crux.is_warrant else ((), ())
    return CruxSummary(
        subject=crux.subject,
        kind="warrant" if crux.is_warrant else "claim",
        text=text,
        sentence=crux_sentence(text, crux, [answer.name for answer in answers], now),
        probability=crux.probability,
        expected_shift=crux.expected_shift,
        worst_case=crux.worst_case,
        risk_ratio=crux.risk_ratio,
        if_true=crux.if_true,
        if_false=crux.if_false,
        held_by=held,
        denied_by=denied,
    )


def voices(view: View, claim: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who holds and who denies or doubts a claim or an equivalent."""
    sides: tuple[set[str], set[str]] = (set(), set())
    for assertion, negated in view.assertions_of(claim):
        against = assertion.stance.value in {"denies", "doubts"}
        sides[against != negated].add(assertion.speaker)
    return tuple(sorted(sides[0])), tuple(sorted(sides[1]))


def step_words(view: View, link: Link) -> str:
    """Word a link: what is offered for or against what."""
    verb = {Relation.SUPPORTS: "is a reason for", Relation.ATTACKS: "is a reason against", Relation.UNDERCUTS: "defeats"}[link.relation]
    return f"{premise_words(view, link)} {verb} {target_words(view, link.target)}"


def premise_words(view: View, link: Link) -> str:
    """Word what is offered in a link."""
    return " and ".join(f"“{view.get(claim, Claim).text.rstrip('.')}”" for claim in link.premises)


def target_words(view: View, target: str) -> str:
    """Word what a link is about."""
    record = view.records[target]
    if isinstance(record, Answer):
        return f"the answer “{record.text.rstrip('.')}”"
    if isinstance(record, Claim):
        return f"“{record.text.rstrip('.')}”"
    assert isinstance(record, Link)
    return f"the step that reasons: “{view.get(record.warrant, Warrant).text.rstrip('.')}”"


def _rests_on(view: View, subject: str) -> set[str]:
    """Return the records that a crux stands for: the claim or the link's premises, their assertions, sources and upstreams."""
    claims = [subject] if subject.startswith("claim-") else list(view.get(subject, Link).premises)
    found = {subject, *claims}
    for claim in claims:
        for assertion, _ in view.assertions_of(view.representative(claim)[0]):
            source = view.source_of(assertion)
            found |= {assertion.id, source.id, *(upstream.id for upstream, _ in view.upstreams_of(assertion.id))}
            found |= {upstream.id for upstream, _ in view.upstreams_of(source.id)}
    return found


def _finding(view: View, finding: Finding, bearing: set[str]) -> FindingSummary:
    record = view.records[finding.about]
    source = ""
    match record:
        case Assertion():
            subject = f"{record.speaker}: {view.get(record.claim, Claim).text}"
            source = view.source_of(record).title
        case Upstream():
            subject = record.name
        case Source():
            subject = source = record.title
        case Question() | Claim():
            subject = record.text
        case Link():
            subject = step_words(view, record)
        case _:
            subject = record.id
    return FindingSummary(
        id=finding.id,
        kind=finding.kind.value,
        severity=finding.severity.value,
        about=finding.about,
        subject=subject,
        source=source,
        quotations=tuple(view.get(passage, Passage).text for passage in finding.observations),
        sound_case=finding.sound_case,
        flawed_case=finding.flawed_case,
        verdict=finding.verdict,
        load_bearing=finding.about in bearing,
    )


def _source(view: View, source: Source, assertions: int) -> SourceSummary:
    works = [upstream for upstream, _ in view.upstreams_of(source.id) if upstream.kind is UpstreamKind.WORK]
    url = next((work.url for work in works if work.url != "unknown"), source.url)
    return SourceSummary(
        source.id,
        source.title,
        source.authors,
        source.publisher,
        source.published,
        source.kind.value,
        url,
        tuple(work.name for work in works),
        assertions,
    )


def _shared(view: View) -> tuple[SharedSummary, ...]:
    """List the upstreams that reach the knowledge base through two or more sources, the most used first."""
    users: dict[str, set[str]] = {}
    for assertion in view.all(Assertion):
        source = view.source_of(assertion)
        for record in (assertion.id, source.id):
            for upstream, _ in view.upstreams_of(record):
                users.setdefault(upstream.id, set()).add(source.title)
    found = []
    for upstream_id, titles in users.items():
        if len(titles) > 1:
            upstream = view.get(upstream_id, Upstream)
            found.append(SharedSummary(upstream.id, upstream.name, upstream.kind.value, tuple(sorted(titles))))
    return tuple(sorted(found, key=lambda shared: (-len(shared.sources), shared.name)))
