"""The adversarial critic: adds findings and gaps, touches nothing else, and sees the record, never its author's reasons."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from agents.authors import author_findings
from agents.correlating import disguise_findings, disguises, outdated
from agents.proposals import Proposal, batches
from agents.splitting import ask_in_parts, unanswered
from credence.criticism import Criticism
from credence.engine import main_question
from credence.wording import answers_of
from knowledge.records import UNKNOWN, Answer, Assertion, Claim, Finding, Gap, Incident, Link, Passage, Question, Record, Source, Upstream
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import FindingKind, Hedge, Relation, Severity, Stance, grants, side_of
from prompts.tasks.critic import (
    ACCUSE,
    EXAMINE,
    SURVEY,
    Accusation,
    Critique,
    ExaminedAssertion,
    ExamineInputs,
    SharedUpstream,
    Survey,
    SurveyedSource,
    SurveyInputs,
)
from reasoners.errors import Unanswered
from reasoners.reasoner import Reasoner
from sources.ordering import first_without_orders, last_without_orders, orders_in, without_orders

STAGE: Final = "criticise"
SURVEYED: Final = "the survey of all sources"
EXAMINED_AT_ONCE: Final = 25
SURROUNDINGS: Final = 240
"""Characters of the source on either side of a passage that the critic sees."""

LONGEST_ORDER: Final = 300
"""Characters of an order that a finding quotes."""
_NUMBERED: Final = re.compile(r"\b[Ss]ources? (\d+(?:(?:, and |, or |, | and | or | to )\d+)*)")
"""A text that names listed sources by their numbers."""


async def examine(view: View, question: Question, text_of: TextOf, reasoner: Reasoner, *, one_sided: bool = False) -> Proposal:
    """Examine every assertion where it stands. ``one_sided``: ask for flaws alone; for comparison only.

    Raises:
        RunStops: the run can't go on now.
    """
    jobs = [
        ask_in_parts(
            partial(_examine, view, source, question, text_of(source.text), reasoner, one_sided),
            batch,
            stage=STAGE,
            subject=source.title,
        )
        for source in view.all(Source)
        for batch in batches(assertions_in(view, source), EXAMINED_AT_ONCE)
    ]
    orders = [list(_orders(source, text_of(source.text))) for source in view.all(Source)]
    return Proposal.of([*orders, *await asyncio.gather(*jobs)])


def _orders(source: Source, text: str) -> Iterator[Finding]:
    """Find orders to a machine by their words, whoever judges: no reasoner was shown them, so none could obey or overlook them."""
    for start, end in orders_in(text):
        yield Finding(
            about=source.id,
            kind=FindingKind.HIDDEN_INSTRUCTION,
            severity=Severity.HIGH,
            sound_case="The document may be writing about such orders rather than giving one.",
            flawed_case=f"“{text[start:end][:LONGEST_ORDER]}”: these words address a machine that reads, not a person who weighs.",
            verdict="The document gives orders to a machine. They were taken out before it was read, and count for nothing.",
        )


def assertions_in(view: View, source: Source) -> list[Assertion]:
    """Return a source's assertions in the order of its text."""
    placed = [(view.get(assertion.passage, Passage), assertion) for assertion in view.all(Assertion)]
    here = [(passage.start, assertion.id, assertion) for passage, assertion in placed if passage.source == source.id]
    return [assertion for _, _, assertion in sorted(here, key=lambda item: item[:2])]


async def _examine(
    view: View, source: Source, question: Question, text: str, reasoner: Reasoner, one_sided: bool, assertions: Sequence[Assertion]
) -> list[Record]:
    examined = tuple(_examined(number, view, assertion, text) for number, assertion in enumerate(assertions, 1))
    inputs = ExamineInputs(question=question.text, title=source.title, assertions=examined)
    if one_sided:
        accusations = await reasoner.answer(ACCUSE, inputs, step=STAGE)
        found = tuple(_critique(accusation) for accusation in accusations.accusations)
    else:
        found = (await reasoner.answer(EXAMINE, inputs, step=STAGE)).critiques
    shown = " ".join(f"{one.passage} \n {one.surroundings}" for one in examined)
    records = []
    for critique in found:
        if critique.flawed:
            passage = examined[critique.number - 1].passage
            records.append(finding_of(critique, assertions[critique.number - 1], source, passage, shown=shown))
    return records


def _critique(accusation: Accusation) -> Critique:
    """Fill in what a critic asked for one side did not say."""
    return Critique(
        number=accusation.number,
        kind=accusation.kind,
        observation=accusation.observation,
        sound_case="Not asked for: this critic was to find flaws alone.",
        flawed_case=accusation.flaw,
        flawed=True,
        fault_of=None,
        severity=accusation.severity,
        verdict=accusation.flaw,
    )


def _examined(number: int, view: View, assertion: Assertion, text: str) -> ExaminedAssertion:
    passage = view.get(assertion.passage, Passage)
    return ExaminedAssertion(
        number=number,
        claim=view.get(assertion.claim, Claim).text,
        speaker=assertion.speaker,
        stance=assertion.stance.value,
        hedge=assertion.hedge.value,
        passage=passage.text,
        surroundings=_surroundings(text, passage),
        reporters=assertion.reporters,
    )


def _surroundings(text: str, passage: Passage) -> str:
    """Return a passage with the text on either side: as much as if no orders to a machine stood there."""
    before = last_without_orders(text[: passage.start], SURROUNDINGS)
    return before + without_orders(text[passage.start : passage.end]) + first_without_orders(text[passage.end :], SURROUNDINGS)


def finding_of(critique: Critique, assertion: Assertion, source: Source, passage: str, *, shown: str) -> Record:
    """Record a critique whose observation really stands in what the critic was shown of the document.

    A claim can be flawed by what is said elsewhere. A hidden instruction is the source's, whatever becomes of the claim: there it can be
    nobody else's fault.

    An order that stands beside the passage and not in it is no reason to retract what the passage says: whoever hides it would else
    choose which evidence falls.
    """
    observed = " ".join(critique.observation.split())
    within = observed in " ".join(passage.split())
    if not within and observed not in " ".join(shown.split()):
        return Incident(
            stage=STAGE,
            subject=source.title,
            problem=f"the critic quotes what isn't there: {critique.observation[:120]!r}",
            advice="The finding is dropped.",
        )
    return Finding(
        about=source.id if critique.kind is FindingKind.HIDDEN_INSTRUCTION else assertion.id,
        kind=critique.kind,
        severity=critique.severity,
        observations=() if critique.kind is FindingKind.HIDDEN_INSTRUCTION and not within else (assertion.passage,),
        sound_case=critique.sound_case,
        flawed_case=f"“{critique.observation}”: {critique.flawed_case}",
        verdict=critique.verdict,
        fault_of=None if critique.kind is FindingKind.HIDDEN_INSTRUCTION else critique.fault_of,
    )


async def survey(view: View, reasoner: Reasoner) -> Proposal:
    """Look over the whole: evidence counted twice, what is missing, a false premise.

    Raises:
        RunStops: the run can't go on now.
    """
    question = main_question(view)
    answers = answers_of(view, question.id)
    sources = view.all(Source)
    criticism = Criticism(view)
    inputs = SurveyInputs(
        question=question.text,
        answers=tuple(f"{answer.name}: {answer.text}" for answer in answers if not answer.something_else),
        sources=tuple(_surveyed(number, view, source, answers, criticism) for number, source in enumerate(sources, 1)),
        contested=tuple(view.get(claim, Claim).text for claim in contested(view))[:40],
    )
    try:
        found = await reasoner.answer(SURVEY, inputs, step=STAGE)
    except Unanswered as problem:
        seen = (*disguise_findings(disguises(view), frozenset()), *author_findings(view, frozenset()))
        return Proposal((unanswered(STAGE, SURVEYED, problem), *_with_retractions(view, seen)))
    return Proposal(_with_retractions(view, _surveyed_records(view, found, sources, question)))


def _with_retractions(view: View, found: Iterable[Record]) -> tuple[Record, ...]:
    records = tuple(found)
    return (*records, *outdated(view, records))


def contested(view: View) -> list[str]:
    """Return the representative claims that some hold and others deny or doubt, or that some deny flatly and others think possible.

    Who says that a thing may be and who says that it may not be, or probably isn't, don't contradict each other.
    """
    found = []
    for claim in view.members:
        said = tuple(view.assertions_of(claim))
        sides = {side_of(one.stance, opposite=negated, hedge=one.hedge) for one, negated in said}
        granted = any(grants(one.stance, opposite=negated, hedge=one.hedge) for one, negated in said)
        if {1, -1} <= sides or (granted and any(_excludes(one, negated) for one, negated in said)):
            found.append(claim)
    return sorted(found)


def _excludes(assertion: Assertion, negated: bool) -> bool:
    """Say whether somebody speaks against a claim, and neither hedges it nor only doubts."""
    flat = assertion.stance is not Stance.DOUBTS and assertion.hedge in {Hedge.PLAIN, Hedge.CERTAIN}
    return flat and side_of(assertion.stance, opposite=negated) < 0


def _surveyed(number: int, view: View, source: Source, answers: Sequence[Answer], criticism: Criticism) -> SurveyedSource:
    assertions = assertions_in(view, source)
    names: dict[str, str] = {}
    for record in (source.id, *(assertion.id for assertion in assertions)):
        names |= {upstream.id: view.called(upstream.id) for upstream in criticism.leans_on(record)}
    stood_for = [(one, *view.representative(one.claim)) for one in assertions]
    held = {claim for one, claim, negated in stood_for if side_of(one.stance, opposite=negated, hedge=one.hedge) > 0}
    offered = _supports(view)
    favoured = {answer.name for answer in answers if any(answer.id in offered.get(claim, ()) for claim in held)}
    return SurveyedSource(
        number=number,
        title=source.title,
        authors=", ".join(source.authors),
        kind=source.kind.value,
        upstreams=tuple(sorted(names.values())),
        speakers=tuple(sorted({assertion.speaker for assertion in assertions} - {UNKNOWN})),
        favours=tuple(sorted(favoured)),
    )


def _supports(view: View) -> dict[str, set[str]]:
    """Map each representative claim to the answers that it is offered for directly."""
    found: dict[str, set[str]] = defaultdict(set)
    for link in view.all(Link):
        if link.relation is Relation.SUPPORTS and link.target.startswith("answer-"):
            for claim in link.premises:
                found[view.representative(claim)[0]].add(link.target)
    return found


def _surveyed_records(view: View, found: Survey, sources: Sequence[Source], question: Question) -> list[Record]:
    upstreams = {upstream.name: view.origin(upstream.id) for upstream in view.all(Upstream)}
    upstreams |= {view.called(origin): origin for origin in upstreams.values()}
    shown = {number: f"({number}) {source.title}" for number, source in enumerate(sources, 1)}
    disguised = disguises(view)
    records: list[Record] = []
    for shared in found.correlated:
        about = upstreams.get(shared.upstream)
        titles = [shown[number] for number in dict.fromkeys(shared.sources) if number in shown]
        if about is None or len(titles) < 2:
            records.append(_unplaced(shared))
            continue
        told = _by_number(shared.sound_case) | _by_number(shared.flawed_case)
        others = [shown[number] for number in sorted(told & shown.keys() - set(shared.sources))]
        disguise = disguised.get(about)
        records.append(
            Finding(
                about=about,
                kind=FindingKind.CORRELATED_EVIDENCE,
                severity=shared.severity,
                observations=disguise.passages if disguise else (),
                sound_case=shared.sound_case,
                flawed_case=shared.flawed_case,
                verdict=f"{len(titles)} sources lean on {shared.upstream} and are not independent: {'; '.join(titles)}."
                + (f" Named besides: {'; '.join(others)}." if others else "")
                + (f" {disguise.told}" if disguise else ""),
            )
        )
    said = frozenset(one.about for one in records if isinstance(one, Finding))
    records += [*disguise_findings(disguised, said), *author_findings(view, said)]
    records += [Gap(kind=piece.kind, about=question.id, text=piece.text, why=piece.why, how=piece.how) for piece in found.missing]
    if found.false_premise:
        records.append(
            Finding(
                about=question.id,
                kind=FindingKind.FALSE_PREMISE,
                severity=Severity.HIGH,
                sound_case="The question may be meant more loosely than its words.",
                flawed_case=found.false_premise,
                verdict=f"The question takes for granted what the sources don't bear out: {found.false_premise}",
            )
        )
    return records


def _by_number(text: str) -> set[int]:
    """Return the sources that a text calls by their numbers in the list ("sources 3, 4 and 7")."""
    return {int(number) for named in _NUMBERED.findall(text) for number in re.findall(r"\d+", named)}


def _unplaced(shared: SharedUpstream) -> Incident:
    return Incident(
        stage=STAGE,
        subject=shared.upstream[:120],
        problem=f"the survey has sources {', '.join(map(str, shared.sources))} lean on it: it, or two of them, are not known",
        advice="The finding is dropped.",
    )
