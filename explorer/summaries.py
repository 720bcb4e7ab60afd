"""The summary: one structure behind the terminal, ``show --json`` and both reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Final

from agents.known import unfilled
from credence.hearing import Hearing
from credence.results import Assessment, Refusal
from explorer.contesting import ChangedMind, ContestedSummary, changed_minds, contested_claims
from explorer.facts import RunFacts
from explorer.question_summaries import QuestionSummary, in_tree_order, model_errors, question_summary
from explorer.record_summaries import (
    Effect,
    FindingSummary,
    Pull,
    SharedSummary,
    SourceSummary,
    finding_summary,
    rests_on,
    shared_upstreams,
    source_summary,
)
from explorer.searches import SearchSummary, searches_of
from explorer.sensitivities import Sensitivities
from knowledge.records import Answer, Assertion, Finding, Gap, Incident, Passage, Source
from knowledge.views import View
from knowledge.vocabulary import Severity

Bands = Mapping[str, Sequence[tuple[float, float]]]
_SEVERITIES: Final = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}


@dataclass(frozen=True)
class Singly:
    """What single records change of the inquiry: hearing the critic, by testimony; taking a source's testimonies away, by source."""

    heard: Mapping[str, Hearing] = field(default_factory=dict)
    pulls: Mapping[str, Sequence[float]] = field(default_factory=dict)


NOTHING: Final = Singly()


@dataclass(frozen=True)
class Summary:
    """Everything that a reader is told, in the order of telling."""

    facts: RunFacts
    questions: tuple[QuestionSummary, ...]
    findings: tuple[FindingSummary, ...]
    """About the sources; what is our own fault stands apart."""
    gaps: tuple[Gap, ...]
    filled: tuple[Gap, ...]
    """Gaps that a search has closed."""
    searches: tuple[SearchSummary, ...]
    incidents: tuple[Incident, ...]
    sources: tuple[SourceSummary, ...]
    shared: tuple[SharedSummary, ...]
    contested: tuple[ContestedSummary, ...]
    changed_minds: tuple[ChangedMind, ...]
    counts: Mapping[str, int]
    credences: Mapping[str, float]
    """P(claim or link), by its id."""
    assumed: int
    refused: tuple[Refusal, ...]
    to_mend: tuple[FindingSummary, ...] = ()
    """Findings whose fault is the record's: claims that say more than their passage, or something else."""
    sensitive: Sensitivities | None = None
    """What the judgments behind the inquiry's first three cruxes do to its leading answer by themselves; None: not worked out."""

    @property
    def weighty(self) -> tuple[FindingSummary, ...]:
        """The findings that are load-bearing."""
        return tuple(found for found in self.findings if found.load_bearing)

    @property
    def slight(self) -> tuple[FindingSummary, ...]:
        """The others."""
        return tuple(found for found in self.findings if not found.load_bearing)

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
            "named_besides": [asdict(one) for one in main.named_besides] if main else [],
            "words_answers": [{"claim": claim, "text": text, "answers": names} for claim, text, names in main.words_answers]
            if main
            else [],
            "beyond_evidence": [{"id": id_, "text": text, "about": about} for id_, text, about in main.beyond_evidence] if main else [],
            "sub_questions": [asdict(question) for question in self.questions[1:]],
            "findings": [asdict(finding) for finding in self.findings],
            "to_mend": [asdict(finding) for finding in self.to_mend],
            "gaps": [{"id": gap.id, **gap.model_dump(mode="json")} for gap in self.gaps],
            "filled_gaps": [{"id": gap.id, **gap.model_dump(mode="json")} for gap in self.filled],
            "searches": [asdict(search) for search in self.searches],
            "incidents": [{"id": incident.id, **incident.model_dump(mode="json")} for incident in self.incidents],
            "contested": [asdict(contested) for contested in self.contested],
            "changed_minds": [asdict(one) for one in self.changed_minds],
            "shared_upstreams": [asdict(shared) for shared in self.shared],
        }


def summarise(
    view: View,
    assessment: Assessment,
    facts: RunFacts,
    *,
    bands: Bands = MappingProxyType({}),
    singly: Singly = NOTHING,
    searched: Mapping[str, str] = MappingProxyType({}),
) -> Summary:
    """Put a view and its assessment into words.

    ``bands``: by question, each answer's (low, high); ``singly``: what single testimonies and sources change; ``searched``: by search,
    when.
    """
    open_gaps = tuple(unfilled(view))
    within = assessment.questions[0].parts if assessment.questions else {}
    questions = in_tree_order(
        [
            question_summary(
                view,
                one,
                bands.get(one.question),
                within.get(one.question, ()),
                model_errors(view, one.question, assessment.perspective),
            )
            for one in assessment.questions
        ]
    )
    bearing = {record for question in questions[:1] for crux in question.cruxes for record in rests_on(view, crux.subject)}
    answers = assessment.questions[0].answers if assessment.questions else ()
    names, now = [view.get(one.answer, Answer).name for one in answers], [one.probability for one in answers]
    effects = {about: Effect(one, names) for about, one in singly.heard.items()}
    findings = sorted(
        (finding_summary(view, finding, bearing, effects.get(finding.about)) for finding in view.all(Finding)),
        key=lambda found: (not found.load_bearing, -round(found.moves, 3), _SEVERITIES[Severity(found.severity)], found.kind, found.id),
    )
    spoken = Counter(view.get(assertion.passage, Passage).source for assertion in view.all(Assertion))
    pulls = {source: Pull(names, now, without) for source, without in singly.pulls.items()}
    sources = [source_summary(view, source, spoken[source.id], pulls.get(source.id)) for source in view.all(Source)]
    return Summary(
        facts=facts,
        questions=questions,
        findings=tuple(found for found in findings if not found.ours),
        to_mend=tuple(found for found in findings if found.ours),
        gaps=open_gaps,
        filled=tuple(gap for gap in view.all(Gap) if gap not in open_gaps),
        searches=searches_of(view, searched),
        incidents=view.all(Incident),
        sources=tuple(sorted(sources, key=lambda source: (source.title, source.id))),
        shared=shared_upstreams(view),
        contested=contested_claims(view),
        changed_minds=changed_minds(view),
        counts=view.counts(),
        credences=assessment.credences,
        assumed=assessment.assumed,
        refused=assessment.refused,
    )
