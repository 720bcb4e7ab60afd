"""The single prompt: one model asked for the whole investigation at once, and to improve its own answer. For comparison with the agents."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from agents.critic import finding_of
from agents.ingestion import Reader
from agents.proposals import Proposal
from agents.splitting import unanswered
from credence.engine import main_question
from credence.wording import answers_of
from knowledge.records import (
    Answer,
    Argument,
    Assertion,
    Finding,
    Gap,
    Incident,
    Link,
    Passage,
    Question,
    Record,
    Source,
    Tag,
    Variant,
    Warrant,
)
from knowledge.rules import TextOf
from knowledge.views import View
from knowledge.vocabulary import AGAINST, TURNED, FindingKind, Relation, Severity
from prompts.tasks.single import INVESTIGATE, RelatedClaims, WholeAnswer, WholeDocument, WholeInputs
from prompts.tasks.structuring import NumberedAnswer, Undercut
from reasoners.errors import Unanswered
from reasoners.reasoner import Reasoner
from sources.case_files import Case
from sources.ordering import without_orders
from sources.segmenting import Part

STAGE: Final = "structure"
CRUX_RANK: Final = "crux rank"
"""The tag by which this configuration's own ranking of cruxes is kept: it judges nothing from which they could be computed."""
OWN_CREDENCE: Final = "own credence"
"""The tag by which its own probabilities are kept, of answers and of claims."""


async def investigate_at_once(view: View, case: Case, text_of: TextOf, reasoner: Reasoner, *, passes: int) -> Proposal:
    """Ask for everything, then ``passes`` - 1 times to improve the answer; the last usable answer counts.

    Raises:
        RunStops: the run can't go on now.
    """
    question, sources = main_question(view), view.all(Source)
    answers = [answer for answer in answers_of(view, question.id) if not answer.something_else]
    whole, draft = WholeAnswer(), ""
    incidents: list[Incident] = []
    for number in range(1, passes + 1):
        inputs = WholeInputs(
            question=question.text,
            answers=tuple(NumberedAnswer(number=at, text=one.text, also_called=one.also_called) for at, one in enumerate(answers, 1)),
            documents=tuple(_document(at, source, text_of(source.text)) for at, source in enumerate(sources, 1)),
            draft=draft,
        )
        try:
            whole = await reasoner.answer(INVESTIGATE, inputs, step=STAGE, repeat=number - 1)
        except Unanswered as problem:
            incidents.append(unanswered(STAGE, f"pass {number} of {passes} over the whole case", problem))
            break
        draft = whole.model_dump_json(exclude_defaults=True, exclude={"notes"})
    return Proposal((*incidents, *_records(whole, sources, answers, question, case, text_of)))


def _document(number: int, source: Source, text: str) -> WholeDocument:
    return WholeDocument(
        number=number, title=source.title, authors=", ".join(source.authors), published=source.published, text=without_orders(text)
    )


def _records(
    whole: WholeAnswer, sources: Sequence[Source], answers: Sequence[Answer], question: Question, case: Case, text_of: TextOf
) -> Iterator[Record]:
    made: dict[int, Assertion] = {}
    passages: dict[int, Passage] = {}
    texts = tuple(text_of(source.text) for source in sources)
    for number, one in enumerate(whole.assertions, 1):
        source = sources[one.document - 1]
        text = texts[one.document - 1]
        for record in Reader(source, text, (), case, beside=texts).records_of(one, Part(0, len(text), "")):
            yield record
            if isinstance(record, Assertion):
                made[number] = record
            elif isinstance(record, Passage):
                passages[number] = record
    yield from _arguments(whole, made, answers)
    for critique in whole.critiques:
        if critique.flawed and critique.number in made:
            source = sources[whole.assertions[critique.number - 1].document - 1]
            yield finding_of(critique, made[critique.number], source, passages[critique.number].text, shown=text_of(source.text))
    for piece in whole.missing:
        yield Gap(kind=piece.kind, about=question.id, text=piece.text, why=piece.why, how=piece.how)
    if whole.false_premise:
        yield Finding(
            about=question.id,
            kind=FindingKind.FALSE_PREMISE,
            severity=Severity.HIGH,
            sound_case="The question may be meant more loosely than its words.",
            flawed_case=whole.false_premise,
            verdict=whole.false_premise,
        )
    ranked = dict.fromkeys(made[number].claim for number in whole.cruxes if number in made)
    for rank, claim in enumerate(ranked, 1):
        yield Tag(record=claim, name=CRUX_RANK, value=str(rank))
    yield from _credences(whole, made, answers)


def _credences(whole: WholeAnswer, made: dict[int, Assertion], answers: Sequence[Answer]) -> Iterator[Tag]:
    """Yield the probabilities given, of a claim the mean where several are. Answers that add up to more than 1 share it."""
    claims: dict[str, list[float]] = defaultdict(list)
    for number, one in made.items():
        given = whole.assertions[number - 1].probability
        if given is not None:
            claims[one.claim].append(given)
    named = {one.answer: one.probability for one in whole.probabilities}
    most = max(1.0, math.fsum(named.values()))
    means = {claim: math.fsum(given) / len(given) for claim, given in claims.items()}
    for record, probability in ({answers[number - 1].id: given / most for number, given in named.items()} | means).items():
        yield Tag(record=record, name=OWN_CREDENCE, value=f"{probability:.4f}")


def _arguments(whole: WholeAnswer, made: dict[int, Assertion], answers: Sequence[Answer]) -> Iterator[Record]:
    """Yield variants, links and bearings among the assertions that could be kept; what names a dropped one falls with it."""
    for variant in whole.variants:
        if variant.first in made and variant.second in made:
            first, second = sorted((made[variant.first].claim, made[variant.second].claim))
            if first != second:
                yield Variant(claims=(first, second), differs_in=variant.differs_in, explanation="as the single prompt has it")
    kept = {at: link for at, link in enumerate(whole.links, 1) if {*link.premises, link.conclusion} <= made.keys()}
    places = {at: place for place, at in enumerate(kept, 1)}
    numbers = {number: place for place, number in enumerate(made, 1)}
    links = tuple(
        link.model_copy(update={"premises": tuple(numbers[one] for one in link.premises), "conclusion": numbers[link.conclusion]})
        for link in kept.values()
    )
    undercuts = tuple(
        one.model_copy(update={"premise": numbers[one.premise], "link": places[one.link]})
        for one in whole.undercuts
        if one.premise in made and one.link in kept
    )
    yield from _links(links, undercuts, list(made.values()))
    for bearing in whole.bearings:
        if bearing.claim in made and bearing.relation is not Relation.UNDERCUTS:
            warrant = Warrant(text=bearing.warrant)
            target = answers[bearing.answer - 1].id
            yield warrant
            yield Link(premises=(made[bearing.claim].claim,), target=target, relation=bearing.relation, warrant=warrant.id)


def _links(links: Sequence[RelatedClaims], undercuts: Sequence[Undercut], assertions: Sequence[Assertion]) -> Iterator[Record]:
    """Turn numbers into links. A denied premise or conclusion turns the relation round: claims stand in the affirmative."""
    made: dict[int, Link] = {}
    for place, related in enumerate(links, 1):
        premises = [assertions[number - 1] for number in related.premises]
        conclusion = assertions[related.conclusion - 1]
        denied = sum(assertion.stance in AGAINST for assertion in (*premises, conclusion))
        claims = tuple(sorted({assertion.claim for assertion in premises}))
        if conclusion.claim in claims or related.relation is Relation.UNDERCUTS:
            continue
        warrant = Warrant(text=related.warrant)
        relation = TURNED[related.relation] if denied % 2 else related.relation
        made[place] = Link(premises=claims, target=conclusion.claim, relation=relation, warrant=warrant.id)
        yield from (warrant, made[place], Argument(link=made[place].id, passage=conclusion.passage, speaker=conclusion.speaker))
    for undercut in undercuts:
        attacker = assertions[undercut.premise - 1]
        if undercut.link not in made or attacker.stance in AGAINST:
            continue
        warrant = Warrant(text=undercut.warrant)
        link = Link(premises=(attacker.claim,), target=made[undercut.link].id, relation=Relation.UNDERCUTS, warrant=warrant.id)
        yield from (warrant, link, Argument(link=link.id, passage=attacker.passage, speaker=attacker.speaker))
