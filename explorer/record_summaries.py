"""Findings, sources and shared upstreams as a reader is told of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credence.criticism import Criticism
from credence.hearing import Hearing
from credence.words import told_apart
from explorer.phrases import fault_words, named, stance_words, step_words
from knowledge.records import Assertion, Claim, Finding, Link, Passage, Question, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import Fault, Severity, Stance, UpstreamKind

SEEN: Final = 0.001
"""By how much a finding has to move an answer to be told as moving it: a tenth of a point."""
_TOLD: Final[Mapping[Fault | None, str]] = {Fault.REPORTER: ", as the document tells it", Fault.RECORD: ", in our wording"}
"""What stands behind a speaker's name where the flaw is not theirs."""


@dataclass(frozen=True)
class FindingSummary:
    """A finding, with the words it is about.

    ``load_bearing``: of a testimony weighed again after hearing the critic, that without it an answer would be told otherwise; of all else,
    that it is about something that a leading crux rests on. ``moves``: by how much that weighing moved the answer that it moved most;
    ``effect`` is the same in words, "" where there was none. ``fault_of``: see `knowledge.vocabulary.Fault`, "" if nobody said; ``whose``
    is the same in words. ``language``: the code of the quotations' language, "" for the case's.
    """

    id: str
    kind: str
    severity: str
    about: str
    subject: str
    source: str
    quotations: tuple[str, ...]
    language: str
    sound_case: str
    flawed_case: str
    verdict: str
    load_bearing: bool
    fault_of: str = ""
    whose: str = ""
    moves: float = 0.0
    effect: str = ""

    @property
    def ours(self) -> bool:
        """Whether the record here is at fault and no source: what is to be mended is our wording."""
        return self.fault_of == Fault.RECORD


@dataclass(frozen=True)
class Effect:
    """What hearing the critic changed of a testimony; ``names`` are those of the inquiry's answers."""

    hearing: Hearing
    names: Sequence[str]

    @property
    def seen(self) -> bool:
        """Whether an answer is told otherwise for it."""
        return self.hearing.moves >= SEEN

    @property
    def told(self) -> str:
        """The same in a sentence."""
        one = self.hearing
        odds = [f"{math.exp(weight):.2g}" for weight in (one.before, one.after)]
        if odds[0] == odds[1]:
            return "Who weighs the testimonies read both sides and left this one's weight as it was."
        told = f"Who weighs the testimonies gave this one odds of {odds[0]}, and of {odds[1]} having read both sides"
        if not self.seen:
            return f"{told}. No answer moves by a tenth of a point for it."
        moved = [abs(after - before) for before, after in zip(one.answers_before, one.answers_after, strict=True)]
        at = moved.index(max(moved))
        before, after = told_apart(one.answers_before[at], one.answers_after[at])
        return f"{told}. Without it “{named(self.names[at])}” would stand at {before} instead of {after}."


@dataclass(frozen=True)
class SourceSummary:
    """A source and what it leans on; ``language`` is its code, "" for the case's.

    ``pull``: what the inquiry's answers would be were nothing counted that it says, "" if not known; ``overturns``: another would lead.
    """

    id: str
    title: str
    authors: tuple[str, ...]
    publisher: str
    published: str
    kind: str
    url: str
    reports: tuple[str, ...]
    assertions: int
    language: str
    pull: str = ""
    overturns: bool = False


@dataclass(frozen=True)
class SharedSummary:
    """An upstream on which several sources lean; its name with the others that it goes by."""

    id: str
    name: str
    kind: str
    sources: tuple[str, ...]


def rests_on(view: View, subject: str) -> set[str]:
    """Return the records that a crux stands for: the claim or the link's premises, their assertions, sources and upstreams."""
    claims = [subject] if subject.startswith("claim-") else list(view.get(subject, Link).premises)
    found = {subject, *claims}
    for claim in claims:
        for assertion, _ in view.assertions_of(view.representative(claim)[0]):
            source = view.source_of(assertion)
            found |= {assertion.id, source.id, *(upstream.id for upstream, _ in view.upstreams_of(assertion.id))}
            found |= {upstream.id for upstream, _ in view.upstreams_of(source.id)}
    return found


def finding_summary(view: View, finding: Finding, bearing: set[str], effect: Effect | None) -> FindingSummary:
    """Word a finding. ``bearing``: the records that leading cruxes rest on; ``effect``: what it changed, where it was heard."""
    record = view.records[finding.about]
    slight = isinstance(record, Assertion) and finding.severity is Severity.LOW
    source = ""
    match record:
        case Assertion():
            did = "" if record.stance is Stance.ASSERTS else f" {stance_words(record.stance, 'plain', opposite=False)}"
            told = _TOLD.get(finding.fault_of, "")
            subject = f"{record.speaker}{told}{',' if told and did else ''}{did}: {view.get(record.claim, Claim).text}"
            source = view.source_of(record).title
        case Upstream():
            subject = view.called(record.id)
        case Source():
            subject = source = record.title
        case Question() | Claim():
            subject = record.text
        case Link():
            subject = step_words(view, record)
        case _:
            subject = record.id
    observed = [view.get(passage, Passage) for passage in finding.observations]
    return FindingSummary(
        id=finding.id,
        kind=finding.kind.value,
        severity=finding.severity.value,
        about=finding.about,
        subject=subject,
        source=source,
        quotations=tuple(passage.text for passage in observed),
        language=view.language_of(observed[0].source) if observed else "",
        sound_case=finding.sound_case,
        flawed_case=finding.flawed_case,
        verdict=finding.verdict,
        load_bearing=effect.seen if effect else view.origin(finding.about) in bearing and not slight,
        fault_of=finding.fault_of.value if finding.fault_of else "",
        whose=fault_words(finding.fault_of),
        moves=effect.hearing.moves if effect else 0.0,
        effect=effect.told if effect else "",
    )


@dataclass(frozen=True)
class Pull:
    """Where the inquiry's answers stand ``now`` and would stand ``without`` anything counted that a source says."""

    names: Sequence[str]
    now: Sequence[float]
    without: Sequence[float]

    @property
    def overturns(self) -> bool:
        """Whether another answer would lead."""
        return self._leader(self.now) != self._leader(self.without)

    @staticmethod
    def _leader(answers: Sequence[float]) -> int:
        return max(range(len(answers)), key=answers.__getitem__)

    @property
    def told(self) -> str:
        """The answer that would move most, in a sentence."""
        moved = [abs(without - now) for now, without in zip(self.now, self.without, strict=True)]
        at = moved.index(max(moved))
        if moved[at] < SEEN:
            return "Were nothing counted that it says, no answer would move by a tenth of a point."
        without, now = told_apart(self.without[at], self.now[at])
        then = f", and “{named(self.names[self._leader(self.without)])}” would lead" if self.overturns else ""
        return f"Were nothing counted that it says, “{named(self.names[at])}” would stand at {without} instead of {now}{then}."


def source_summary(view: View, source: Source, assertions: int, pull: Pull | None) -> SourceSummary:
    """Tell a source, with the number of assertions in it; its address is that of the work it reports, where one is known."""
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
        view.language_of(source.id),
        pull.told if pull else "",
        pull.overturns if pull else False,
    )


def shared_upstreams(view: View) -> tuple[SharedSummary, ...]:
    """List the upstreams that reach the knowledge base through two or more sources, the most used first. Its critics do not lean on it."""
    users: dict[str, set[str]] = {}
    criticism = Criticism(view)
    for assertion in view.all(Assertion):
        source = view.source_of(assertion)
        for record in (assertion.id, source.id):
            for upstream in criticism.leans_on(record):
                users.setdefault(upstream.id, set()).add(source.title)
    found = []
    for upstream_id, titles in users.items():
        if len(titles) > 1:
            upstream = view.get(upstream_id, Upstream)
            found.append(SharedSummary(upstream.id, view.called(upstream.id), upstream.kind.value, tuple(sorted(titles))))
    return tuple(sorted(found, key=lambda shared: (-len(shared.sources), shared.name)))
