"""What the pages of sources, speakers and answers show beside the claims."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credence.voices import voice
from explorer.entries import ClaimEntry, Quotation, Step
from explorer.marked_texts import Paragraph, paragraphs
from explorer.record_summaries import FindingSummary, SourceSummary
from explorer.summaries import Summary
from knowledge.layers import group
from knowledge.records import UNKNOWN, Argument, Link, Passage, Reliance, Source, Tag, Upstream, Warrant
from knowledge.views import View
from knowledge.vocabulary import FUNDING, LOST, SKIPPED, Fault, RelianceKind
from sources.funding import funding_statements


@dataclass(frozen=True)
class Said:
    """A quotation with the claim that it is about."""

    claim: str
    text: str
    quotation: Quotation


@dataclass(frozen=True)
class Leaning:
    """An origin that a source leans on, how, and the other sources that lean on it too."""

    id: str
    name: str
    kind: str
    url: str
    how: tuple[str, ...]
    shared_with: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SourcePage:
    """A source's text with what is claimed where, what it leans on, who leans on it, and what was found wrong.

    ``draws``: by passage, the steps of reasoning that its words draw: (link, what the step takes for granted).

    ``lost`` is what its page visibly lost, ``skipped`` what bears on the question and was not written down; ``paid_by`` is what was
    recorded of its funding, ``funding`` what its own text says of who paid, in sentences of it.
    """

    source: SourceSummary
    paragraphs: tuple[Paragraph, ...]
    said: Mapping[str, tuple[Said, ...]]
    draws: Mapping[str, tuple[tuple[str, str], ...]]
    leans_on: tuple[Leaning, ...]
    leaned_on_by: tuple[tuple[str, str, str], ...]
    tags: tuple[tuple[str, str], ...]
    lost: tuple[str, ...]
    skipped: tuple[str, ...]
    paid_by: tuple[str, ...]
    funding: tuple[str, ...]
    findings: tuple[FindingSummary, ...]


@dataclass(frozen=True)
class SpeakerPage:
    """One speaker's view: what they hold, deny or doubt, only suppose or report (``aside``), and the reasons that lead from there."""

    name: str
    also: tuple[str, ...]
    holds: tuple[Said, ...]
    rejects: tuple[Said, ...]
    aside: tuple[Said, ...]
    steps: tuple[Step, ...]
    sources: tuple[tuple[str, str], ...]
    findings: tuple[FindingSummary, ...]


def said_by(claims: Sequence[ClaimEntry], key: Callable[[Quotation], str]) -> dict[str, list[Said]]:
    """Group all that is said by a property of the quotation."""
    found: dict[str, list[Said]] = defaultdict(list)
    for claim in claims:
        for quotation in claim.quotations:
            found[key(quotation)].append(Said(claim.id, claim.text, quotation))
    return found


def source_pages(view: View, summary: Summary, claims: Sequence[ClaimEntry], text_of: Callable[[str], str]) -> list[SourcePage]:
    """Build the pages of all sources."""
    by_source = group(view.all(Passage), lambda passage: passage.source)
    by_passage = said_by(claims, lambda one: one.passage)
    steps = group(view.all(Argument), lambda argument: argument.passage)
    findings = _findings_by_source(view, summary, claims)
    tags = group(view.all(Tag), lambda tag: tag.record)
    users = users_of_origins(view)
    pages = []
    for source in summary.sources:
        passages, text = by_source.get(source.id, ()), text_of(view.get(source.id, Source).text)
        labels = sorted((tag.name, tag.value) for tag in tags.get(source.id, ()))
        apart = {told: tuple(value for name, value in labels if name == told) for told in (LOST, SKIPPED, FUNDING)}
        pages.append(
            SourcePage(
                source=source,
                paragraphs=paragraphs(text, passages),
                said={passage.id: tuple(by_passage[passage.id]) for passage in passages if passage.id in by_passage},
                draws={passage.id: tuple(_draws(view, one) for one in steps[passage.id]) for passage in passages if passage.id in steps},
                leans_on=_leans_on(view, users, source.id),
                leaned_on_by=_leaned_on_by(view, users, source.id),
                tags=tuple(label for label in labels if label[0] not in apart),
                lost=apart[LOST],
                skipped=apart[SKIPPED],
                paid_by=apart[FUNDING],
                funding=() if apart[FUNDING] else funding_statements(text),
                findings=findings.get(source.id, ()),
            )
        )
    return pages


def _findings_by_source(view: View, summary: Summary, claims: Sequence[ClaimEntry]) -> dict[str, tuple[FindingSummary, ...]]:
    """Group the findings by the source that they, or the assertion or passage that they are about, stand in."""
    home = {said.quotation.id: source for source, all_said in said_by(claims, lambda one: one.source_id).items() for said in all_said}
    found: dict[str, list[FindingSummary]] = defaultdict(list)
    for finding in summary.findings:
        record = view.records[finding.about]
        place = record.id if isinstance(record, Source) else home.get(record.id, "")
        if place:
            found[place].append(finding)
    return {source: tuple(several) for source, several in found.items()}


def users_of_origins(view: View) -> dict[str, dict[str, set[str]]]:
    """Map each upstream, under all its names, to the sources that lean on it, themselves or in an assertion, and how they do."""
    users: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for reliance in view.all(Reliance):
        source = view.home_of(reliance.record)
        if source:
            users[view.origin(reliance.upstream)][source].add(reliance.how.value)
    return users


def _draws(view: View, argument: Argument) -> tuple[str, str]:
    return argument.link, view.get(view.get(argument.link, Link).warrant, Warrant).text


def _leans_on(view: View, users: Mapping[str, Mapping[str, set[str]]], source: str) -> tuple[Leaning, ...]:
    found = []
    for upstream_id, using in users.items():
        if source in using:
            upstream = view.get(upstream_id, Upstream)
            others = tuple(sorted((other, view.get(other, Source).title) for other in using if other != source))
            name, how = view.called(upstream_id), tuple(sorted(using[source]))
            found.append(Leaning(upstream_id, name, upstream.kind.value, upstream.url, how, others))
    return tuple(sorted(found, key=lambda one: (-len(one.shared_with), one.name)))


def _leaned_on_by(view: View, users: Mapping[str, Mapping[str, set[str]]], source: str) -> tuple[tuple[str, str, str], ...]:
    """List the sources that lean on a work that this source reports: (source, title, how)."""
    works = {upstream.id for upstream, reliance in view.upstreams_of(source) if reliance.how is RelianceKind.REPORTS}
    found: dict[str, set[str]] = defaultdict(set)
    for work in works:
        for user, how in users[work].items():
            found[user] |= how
    return tuple(sorted((user, view.get(user, Source).title, ", ".join(sorted(how))) for user, how in found.items() if user != source))


def speaker_pages(summary: Summary, claims: Sequence[ClaimEntry]) -> list[SpeakerPage]:
    """Build the pages of all speakers who are named, those who say most first."""
    by_speaker = said_by(claims, lambda one: one.speaker)
    by_voice: dict[str, set[str]] = defaultdict(set)
    for name in by_speaker:
        by_voice[voice(name)].add(name)
    about = {finding.about: finding for finding in summary.findings if finding.fault_of != Fault.REPORTER}
    bears_on = {claim.id: claim.bears_on for claim in claims}
    pages = []
    for name, everything in by_speaker.items():
        if name == UNKNOWN:
            continue
        holds, rejects, aside = (tuple(said for said in everything if said.quotation.side == side) for side in (1, -1, 0))
        steps = {step.id: step for said in holds for step in bears_on[said.claim]}
        pages.append(
            SpeakerPage(
                name=name,
                also=tuple(sorted(by_voice[voice(name)] - {name})),
                holds=holds,
                rejects=rejects,
                aside=aside,
                steps=tuple(steps.values()),
                sources=tuple(sorted({(said.quotation.source_id, said.quotation.source) for said in everything}, key=lambda one: one[1])),
                findings=tuple(about[said.quotation.id] for said in everything if said.quotation.id in about),
            )
        )
    return sorted(pages, key=lambda page: (-len(page.holds) - len(page.rejects), page.name))


@dataclass(frozen=True)
class Word:
    """A run of words that two wordings share, or that only one of them has (``here`` or ``there``)."""

    text: str
    where: str


def word_differences(here: str, there: str) -> tuple[Word, ...]:
    """Spell out, word by word, how one wording differs from another."""
    left, right = here.split(), there.split()
    found: list[Word] = []
    for operation, a, b, c, d in difflib.SequenceMatcher(a=left, b=right, autojunk=False).get_opcodes():
        if operation == "equal":
            found.append(Word(" ".join(left[a:b]), "both"))
            continue
        found += [Word(" ".join(words), where) for words, where in ((left[a:b], "here"), (right[c:d], "there")) if words]
    return tuple(found)


MOSTLY: Final = 0.5
"""Share of two wordings' words that must be common for their differences to be worth marking."""


def spelled_out(here: str, there: str) -> tuple[Word, ...]:
    """Return the other wording with its differences from this one marked, or plain where nearly everything differs."""
    words = word_differences(here, there)
    common = sum(len(word.text.split()) for word in words if word.where == "both")
    if common < MOSTLY * max(len(here.split()), len(there.split())):
        return (Word(there, "both"),)
    return words
