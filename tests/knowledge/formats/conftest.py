"""A small knowledge base with every kind of record, whose words are as awkward as a test wants them."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.blobs import digest_of_text
from knowledge.formats.bundles import Bundle, Verdict
from knowledge.formats.imports import Imported
from knowledge.packages.contents import Package
from knowledge.records import (
    Alias,
    Answer,
    Argument,
    Assertion,
    Claim,
    Equivalence,
    Finding,
    Gap,
    Incident,
    Judgment,
    Link,
    Passage,
    Perspective,
    Question,
    Record,
    Reliance,
    Source,
    Tag,
    Upstream,
    Variant,
    Warrant,
)
from knowledge.vocabulary import (
    Difference,
    Fault,
    FindingKind,
    GapKind,
    Hedge,
    Quantity,
    Relation,
    RelianceKind,
    Severity,
    SourceKind,
    Stance,
    UpstreamKind,
)

AWKWARD = '=1+1 [[link]] <b> {x: "y"} #tag _a_ *b* // c /* d */ @e & \\ %$ “é” ￿🥚 | ^ ~ `q` (1) + - http://x.org/?a=b&c'
WORDS = (
    "Eggs raise the risk",
    "Eggs lower the risk",
    "Eggs do not raise the risk",
    "Cohorts follow many people",
    "Habits confound cohorts",
)


def awkward_bundle(words: tuple[str, ...] = WORDS, more: str = AWKWARD) -> Bundle:
    """Five claims of these words, and ``more`` wherever else a person could have written something."""
    texts = [f"{one}. {more}" for one in words]
    text = "\n".join(texts)
    source = Source(
        title=f"T {more}",
        authors=("Ada Byron", f"The {more} and Group of Five Words"),
        publisher=f"P {more}",
        published="2019-03-15",
        url="https://doi.org/10.1000/182",
        kind=SourceKind.COHORT_STUDY,
        text=digest_of_text(text),
    )
    claims = [Claim(text=one) for one in texts]
    passages, start = [], 0
    for one in texts:
        passages.append(Passage(source=source.id, start=start, end=start + len(one), text=one))
        start += len(one) + 1
    stances = (Stance.ASSERTS, Stance.DENIES, Stance.DOUBTS, Stance.SUPPOSES, Stance.REPORTS)
    assertions = [
        Assertion(claim=claim.id, passage=passage.id, speaker=f"S {more}", stance=stance, hedge=Hedge.LIKELY, reporters=("A", more), said="2019")
        for claim, passage, stance in zip(claims, passages, stances, strict=True)
    ]  # fmt: skip
    question = Question(name="risk", text=f"Do eggs harm? {more}")
    sub = Question(name="sub", text="And how?", parent=question.id)
    answers = [Answer(question=question.id, name=name, text=f"{name} {more}", also_called=(more,)) for name in ("yes", "no")]
    other = Answer(question=question.id, name="else", text="Something else.", something_else=True)
    warrant = Warrant(text=f"Because {more}")
    pro = Link(premises=tuple(sorted((claims[0].id, claims[3].id))), target=answers[0].id, relation=Relation.SUPPORTS, warrant=warrant.id)
    con = Link(premises=(claims[1].id,), target=claims[0].id, relation=Relation.ATTACKS, warrant=warrant.id)
    undercut = Link(premises=(claims[4].id,), target=pro.id, relation=Relation.UNDERCUTS, warrant=warrant.id)
    upstream = Upstream(name=f"U {more}", kind=UpstreamKind.COHORT)
    named = Upstream(name=f"The {more}", kind=UpstreamKind.DATASET)
    work = Upstream(name="Byron 1843, Notes", kind=UpstreamKind.WORK, url="https://example.org/notes")
    reader = Perspective(name="reader", description=more)
    pair = tuple(sorted((claims[3].id, claims[4].id)))
    records: list[Record] = [
        source, *claims, *passages, *assertions, question, sub, *answers, other, warrant, pro, con, undercut, upstream, named, work, reader,
        Argument(link=pro.id, passage=passages[0].id, speaker=more),
        Equivalence(member=claims[2].id, representative=claims[0].id, negated=True, reason=more),
        Variant(claims=(pair[0], pair[1]), differs_in=Difference.SCOPE, explanation=more),
        Reliance(record=assertions[0].id, upstream=upstream.id, how=RelianceKind.USES, passage=passages[0].id),
        Alias(member=named.id, representative=upstream.id, reason=more),
        Reliance(record=source.id, upstream=work.id, how=RelianceKind.REPORTS),
        Tag(record=claims[0].id, name="kind", value="empirical"), Tag(record=work.id, name="author", value="Ada Byron"),
        Tag(record=work.id, name="published", value="1843"), Tag(record=work.id, name="kind", value="book"),
        Judgment(record=pro.id, quantity=Quantity.WARRANT, value=0.7, perspective=reader.id, judge=more, reason=more),
        Finding(about=claims[0].id, kind=FindingKind.OVERCLAIM, severity=Severity.LOW, sound_case=more, flawed_case=more, verdict=more),
        Finding(
            about=assertions[0].id, kind=FindingKind.OVERCLAIM, severity=Severity.LOW, sound_case=more, flawed_case=more, verdict=more, fault_of=Fault.RECORD
        ),
        Gap(kind=GapKind.SOURCE, about=question.id, text=more, why=more, how=more),
        Incident(stage="read", subject=more, problem=more, advice=more),
    ]  # fmt: skip
    package = Imported.of(records, [text]).packed(run=f"run {more}", reason=more, at="2026-01-02T03:04:05+00:00")
    verdict = Verdict(true=True, probability=0.99, date="2026-01-02")
    return Bundle(package, f"Eggs? {more}", {claims[0].id: 0.99, answers[0].id: 0.6}, {claims[0].id: verdict}, (claims[0].id,))


@pytest.fixture
def bundle() -> Bundle:
    """The awkward knowledge base."""
    return awkward_bundle()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where to write."""
    return tmp_path / "out"


def kinds_of(package: Package) -> set[str]:
    """Return the kinds of record that occur."""
    return {record.kind_name for record in package.records.values()}
