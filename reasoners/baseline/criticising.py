"""Criticism by lexicons and counting: loaded words, leaps from association to cause, evidence counted twice, empty chairs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from knowledge.vocabulary import FindingKind, GapKind, Hedge, Severity, severity_of_sharing
from prompts.tasks.critic import (
    Accusation,
    Accusations,
    Critique,
    Critiques,
    ExaminedAssertion,
    ExamineInputs,
    MissingPiece,
    SharedUpstream,
    Survey,
    SurveyedSource,
    SurveyInputs,
)
from reasoners.baseline.lexicons import any_of

_CHECKS: Final[tuple[tuple[FindingKind, Severity, re.Pattern[str], str, str], ...]] = (
    (
        FindingKind.RHETORIC, Severity.MEDIUM,
        any_of("obvious(?:ly)?", "of course", "everyone knows", "no serious (?:person|scientist)", "any reasonable person", "ridiculous", "absurd", "laughable", "conspiracy theor\\w+", "hysteria", "nonsense",
               "insane", "crackpots?", "smoking guns?", "damning", "bombshell", "shocking", "scandal\\w*", "propaganda", "so-called", "fear-?mongering", "witch hunt", "farce", "cover-?up"),
        "the words may only report how the dispute is conducted, and a strong word can be earned", "it moves a reader more than it informs; nothing is measured or shown by it",
    ),
    (
        FindingKind.RHETORIC, Severity.MEDIUM,
        any_of("scientific consensus", "(?:most|all|the vast majority of|nearly all) (?:experts|scientists|virologists|doctors|physicists|physicians)", "experts agree", "it is widely (?:accepted|believed|agreed)", "science is settled"),
        "agreement among those who have looked is some evidence of what they found", "how many agree is told in place of what they saw; who was asked, and how, is not said",
    ),
    (
        FindingKind.OVERCLAIM, Severity.MEDIUM,
        any_of("prov(?:es|ed|en) (?:that|beyond|to be)", "conclusive(?:ly)?", "beyond (?:any |all )?(?:reasonable )?doubt", "definitive(?:ly)?", "no possibility", "zero risk", "absolutely (?:no|certain|safe)", "completely (?:safe|harmless|debunked)",
               "(?:once and )?for all", "undeniabl[ey]", "irrefutabl[ey]"),
        "in its field the word may stand for a convention rather than for certainty", "more is said than any single study or argument of this kind can bear",
    ),
    (
        FindingKind.PERFORMED_SETTLING, Severity.MEDIUM,
        any_of("the (?:debate|question|matter|case) is (?:closed|settled|over)", "(?:put|laid) to rest", "case closed", "no longer (?:any )?(?:debate|question|controversy)", "settled (?:science|the (?:matter|question|debate))", "debunked"),
        "the point may have been settled elsewhere", "it is declared settled here; what settled it is not given",
    ),
    (
        FindingKind.BURDEN_SHIFT, Severity.MEDIUM,
        any_of("(?:has|have|had) (?:never|not) been (?:disproved|ruled out|refuted)", "(?:cannot|can't|could not) (?:be )?(?:rule[d]? out|disprove[dn]?|exclude[d]?)", "no one has (?:shown|proved|disproved)", "prove (?:me|us|them) wrong", "burden of proof"),
        "it may be an honest statement of what is open", "that something was not excluded is offered where reasons for it would belong",
    ),
)  # fmt: skip
_CAUSE: Final = any_of("causes?", "caused", "leads? to", "led to", "results? in", "protects? against", "raises?", "lowers?")
_ASSOCIATION: Final = any_of("associat\\w+", "correlat\\w+", "observational", "cohorts?", "linked (?:to|with)", "questionnaires?")


def examine(inputs: ExamineInputs) -> Critiques:
    """Flag words that persuade more than they prove, at most one finding of a kind an assertion."""
    return Critiques(critiques=tuple(critique for assertion in inputs.assertions for critique in _critiques(assertion)))


def accuse(inputs: ExamineInputs) -> Accusations:
    """Give the same flaws without the other side: words are found alike whatever was asked for."""
    return Accusations(
        accusations=tuple(
            Accusation(number=one.number, kind=one.kind, observation=one.observation, severity=one.severity, flaw=one.flawed_case)
            for one in examine(inputs).critiques
        )
    )


def _critiques(assertion: ExaminedAssertion) -> Iterator[Critique]:
    seen: set[FindingKind] = set()
    for kind, severity, pattern, sound, flawed in _CHECKS:
        if (found := pattern.search(assertion.passage)) and kind not in seen:
            seen.add(kind)
            yield _critique(assertion, kind, severity, found.group(), sound, flawed)
    cause = _CAUSE.search(assertion.passage)
    if cause and _ASSOCIATION.search(assertion.surroundings) and assertion.hedge in {Hedge.PLAIN.value, Hedge.CERTAIN.value}:
        yield _critique(
            assertion,
            FindingKind.OVERCLAIM,
            Severity.LOW,
            cause.group(),
            "the cause may be shown elsewhere, by trials or by a known mechanism",
            "the text around it speaks of associations; that one thing goes with another doesn't show that it brings it about",
        )


def _critique(assertion: ExaminedAssertion, kind: FindingKind, severity: Severity, words: str, sound: str, flawed: str) -> Critique:
    return Critique(
        number=assertion.number,
        kind=kind,
        observation=words,
        sound_case=f"{sound[0].upper()}{sound[1:]}.",
        flawed_case=f"{flawed[0].upper()}{flawed[1:]}.",
        flawed=True,
        fault_of=None,  # words alone don't tell whose they are
        severity=severity,
        verdict=f"By its words ({words}) a candidate for {kind.value.replace('_', ' ')}; the baseline goes by words alone.",
    )


def survey(inputs: SurveyInputs) -> Survey:
    """Count what is shared and who isn't heard."""
    return Survey(correlated=tuple(_shared(inputs.sources)), missing=tuple(_missing(inputs)))


def _shared(sources: tuple[SurveyedSource, ...]) -> Iterator[SharedUpstream]:
    users: dict[str, list[int]] = defaultdict(list)
    for source in sources:
        for upstream in source.upstreams:
            users[upstream].append(source.number)
    for upstream, numbers in sorted(users.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(numbers) > 1:
            yield SharedUpstream(
                upstream=upstream,
                sources=tuple(numbers),
                sound_case="They may use different parts of it, or name it without resting on it.",
                flawed_case=f"{len(numbers)} sources name {upstream}; where they rest on it, an error in it is in all of them at once.",
                severity=severity_of_sharing(len(numbers)),
            )


def _missing(inputs: SurveyInputs) -> Iterator[MissingPiece]:
    favoured = defaultdict(list)
    for source in inputs.sources:
        for name in source.favours:
            favoured[name].append(source.number)
    for answer in inputs.answers:
        name, _, text = answer.partition(": ")
        if len(favoured[name]) < 2:
            yield MissingPiece(
                kind=GapKind.PERSPECTIVE,
                text=f"{'Only one source speaks' if favoured[name] else 'No source speaks'} for the answer “{text}”",
                why="An answer whose best case nobody makes here can't be weighed fairly.",
                how=f"Look for those who hold it: {text}",
            )
    kinds = {source.kind for source in inputs.sources}
    if kinds and kinds <= {"brief", "blog", "news", "opinion", "web_page", "unknown"}:
        yield MissingPiece(
            kind=GapKind.SOURCE,
            text="No primary source is among the documents; all is told at second hand",
            why="What a retelling leaves out or sharpens can't be seen without the original.",
            how="Fetch the works of the bibliography: cruxmap run CASE --fetch",
        )
    if inputs.contested:
        yield MissingPiece(
            kind=GapKind.MEASUREMENT,
            text=f"{len(inputs.contested)} claims are asserted by some and denied by others, first of all: {inputs.contested[0]}",
            why="A measurement that both sides would accept beforehand is worth more than further argument.",
            how=f"Search for a study designed to test it: {inputs.contested[0]}",
        )
