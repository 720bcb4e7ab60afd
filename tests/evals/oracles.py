"""A knowledge base made from a case's own gold: what a perfect answerer would come to. And an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from agents.opening import READER, open_case, something_else
from evals.gold import GoldCase
from evals.scorers.scorer import Produced, Used, Work
from knowledge.blobs import digest_of_text
from knowledge.records import (
    Answer,
    Assertion,
    Claim,
    Equivalence,
    Finding,
    Gap,
    Judgment,
    Link,
    Passage,
    Question,
    Record,
    Reliance,
    Source,
    Tag,
    Upstream,
    Variant,
    Warrant,
)
from knowledge.views import View
from knowledge.vocabulary import (
    GIVEN_BY_ASSERTING,
    Difference,
    FindingKind,
    GapKind,
    Quantity,
    Relation,
    RelianceKind,
    Severity,
    UpstreamKind,
)
from sources.embedding import Embedder

RANK = "crux rank"
WAYS = ("another method", "an independent witness", "a later date")


def perfect(case: GoldCase, embedder: Embedder, others: tuple[GoldCase, ...] = ()) -> Work:
    """Everything that the gold holds, worded as the gold words it, with several wordings of what several say."""
    return work_of(case, list(_records(case)), embedder, others)


def empty(case: GoldCase, embedder: Embedder, others: tuple[GoldCase, ...] = ()) -> Work:
    """The case opened and its documents read, and nothing found in them."""
    return work_of(case, [*open_case(case.case).records, *_sources(case).values()], embedder, others)


def flooded(case: GoldCase, embedder: Embedder) -> Work:
    """All that the gold holds, and with it everything else that could be said: who leans on what, what is alike, linked, missing, wrong."""
    records = [one for one in _records(case) if not isinstance(one, Tag)]
    claims = [Claim(text=text) for text in case.gold.claims.values()]
    sources = [one for one in records if isinstance(one, Source)]
    answers = [one for one in records if isinstance(one, Answer)]
    upstreams = [
        Upstream(name=f"{claim.text} {kind}", kind=UpstreamKind.DATASET) for claim in claims for kind in ("survey", "trial", "model")
    ]
    records += upstreams
    records += [Reliance(record=source.id, upstream=one.id, how=RelianceKind.USES) for one in upstreams for source in sources]
    warrant = Warrant(text="It bears on it.")
    records.append(warrant)
    for first, second in permutations(sorted(claims, key=lambda claim: claim.id), 2):
        if first.id < second.id:
            records.append(Variant(claims=(first.id, second.id), differs_in=Difference.SCOPE, explanation="all"))
        records += [_all(first.id, second.id, relation, warrant) for relation in (Relation.SUPPORTS, Relation.ATTACKS)]
    records += [
        _all(one.id, answer.id, relation, warrant)
        for one in claims
        for answer in answers
        for relation in (Relation.SUPPORTS, Relation.ATTACKS)
    ]
    records += [Gap(kind=GapKind.SOURCE, text=f"Whether {claim.text} by {way}", why="all", how="look") for claim in claims for way in WAYS]
    flaws = [kind for kind in FindingKind if kind is not FindingKind.HIDDEN_INSTRUCTION]
    passages = [one for one in records if isinstance(one, Passage)]
    records += [_flaw(one, kind) for one in passages for kind in flaws]
    order = sorted(claims, key=lambda claim: next(key for key, text in case.gold.claims.items() if text == claim.text) in case.gold.crux)
    records += [Tag(record=claim.id, name=RANK, value=str(place)) for place, claim in enumerate(order, 1)]
    return work_of(case, list({one.id: one for one in records}.values()), embedder)


def _all(premise: str, target: str, relation: Relation, warrant: Warrant) -> Link:
    return Link(premises=(premise,), target=target, relation=relation, warrant=warrant.id)


def _flaw(passage: Passage, kind: FindingKind) -> Finding:
    return Finding(
        about=passage.source, kind=kind, severity=Severity.HIGH, observations=(passage.id,), sound_case="s", flawed_case="f", verdict="v"
    )


def work_of(case: GoldCase, records: list[Record], embedder: Embedder, others: tuple[GoldCase, ...] = ()) -> Work:
    """Any records as what was produced for a case."""
    texts = {source.id: case.texts[name] for name, source in _sources(case).items()}
    used = Used(calls=1, input_tokens=100, output_tokens=10, cost_usd=0.01, seconds=1.0)
    return Work(Produced(View.of(records), texts, used), case, embedder, others)


def _sources(case: GoldCase) -> dict[str, Source]:
    return {name: Source(title=name, text=digest_of_text(text)) for name, text in case.texts.items()}


def _records(case: GoldCase) -> Iterator[Record]:
    gold, sources = case.gold, _sources(case)
    opened = open_case(case.case).records
    yield from opened
    yield from sources.values()
    answers = {"something_else" if one.something_else else one.name: one for one in opened if isinstance(one, Answer)}
    claims = {key: Claim(text=text) for key, text in gold.claims.items()}
    yield from claims.values()
    said: set[str] = set()
    for one in gold.assertions:
        passage = _passage(case, sources, one.document, one.quote)
        claim = claims[one.claim]
        if one.claim in said:
            claim = Claim(text=f"{claim.text} ({one.document})")
            yield Equivalence(member=claim.id, representative=claims[one.claim].id, reason="gold")
        said.add(one.claim)
        yield passage
        yield claim
        yield Assertion(
            claim=claim.id, passage=passage.id, speaker=one.speaker, stance=one.stance, hedge=one.hedge, reporters=one.reporters
        )
    links: dict[str, Link] = {}
    yield from _links(case, claims, answers, links)
    yield from _critical(case, sources)
    for place, key in enumerate(gold.crux, 1):
        record = links[key.removeprefix("link:")] if key.startswith("link:") else claims[key]
        yield Tag(record=record.id, name=RANK, value=str(place))
        posed = Question(name=key, text=f"Is it so: {key}?", parent=next(iter(answers.values())).question)
        answer = Answer(question=posed.id, name="yes", text="It is so.")
        others = (Answer(question=posed.id, name="no", text="It is not so."), something_else(posed))
        objection = (one.premises[0] for one in gold.links if one.relation is Relation.UNDERCUTS and one.target == key)
        side = record.id if isinstance(record, Claim) else claims[next(objection)].id
        yield from (posed, answer, *others, Tag(record=answer.id, name=GIVEN_BY_ASSERTING, value=side))
    yield from _settled(case, opened, answers)


def _links(case: GoldCase, claims: dict[str, Claim], answers: dict[str, Answer], links: dict[str, Link]) -> Iterator[Record]:
    gold = case.gold
    warrant = Warrant(text="The premises bear on it.")
    yield warrant
    for link in sorted(gold.links, key=lambda link: link.relation is Relation.UNDERCUTS):
        kind, _, key = link.target.rpartition(":")
        target = {"": claims, "answer": answers, "link": links}[kind][key].id
        made = Link(
            premises=tuple(sorted(claims[premise].id for premise in link.premises)),
            target=target,
            relation=link.relation,
            warrant=warrant.id,
        )
        links[link.key or f"{len(links)}"] = made
        yield made
    for variant in gold.variants:
        first, second = sorted(claims[key].id for key in variant.claims)
        yield Variant(claims=(first, second), differs_in=variant.differs_in, explanation="gold")


def _critical(case: GoldCase, sources: dict[str, Source]) -> Iterator[Record]:
    gold = case.gold
    for upstream in gold.upstreams:
        named = Upstream(name=upstream.name, kind=upstream.kind)
        yield named
        for document in upstream.documents:
            yield Reliance(record=sources[document].id, upstream=named.id, how=RelianceKind.USES)
    for flaw in gold.findings:
        passage = _passage(case, sources, flaw.document, flaw.quote)
        yield passage
        yield Finding(
            about=sources[flaw.document].id,
            kind=flaw.kinds[0],
            severity=Severity.HIGH,
            observations=(passage.id,),
            sound_case="s",
            flawed_case="f",
            verdict="v",
        )
    for gap in gold.gaps:
        yield Gap(kind=gap.kind, text=gap.text, why="gold", how="look")


def _settled(case: GoldCase, opened: tuple[Record, ...], answers: dict[str, Answer]) -> Iterator[Record]:
    gold = case.gold
    question = next(one for one in opened if isinstance(one, Question))
    if gold.answer == "something_else":
        yield Finding(
            about=question.id,
            kind=FindingKind.FALSE_PREMISE,
            severity=Severity.HIGH,
            sound_case="s",
            flawed_case="f",
            verdict="v",
        )
    if gold.answer:
        sure = 0.997
        rest = (1 - sure) / (len(answers) - 1)
        for name, answer in answers.items():
            yield Judgment(
                record=answer.id,
                quantity=Quantity.PRIOR,
                value=sure if name == gold.answer else rest,
                perspective=READER.id,
                judge="gold",
                reason="gold",
            )


def _passage(case: GoldCase, sources: dict[str, Source], document: str, quote: str) -> Passage:
    start, end = case.span(document, quote)
    return Passage(source=sources[document].id, start=start, end=end, text=quote)
