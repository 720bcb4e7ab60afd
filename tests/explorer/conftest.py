"""A small, whole knowledge base of our own making: a flood, a weir, and people who disagree about them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from credence.engine import assess
from explorer.facts import RunFacts
from explorer.reports import write_report
from explorer.summaries import Summary, summarise
from knowledge.records import (
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
    Upstream,
    Variant,
    Warrant,
)
from knowledge.views import View
from knowledge.vocabulary import (
    Difference,
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

FACTS = RunFacts(
    run="weir-1",
    case="weir",
    title="The weir at Calder",
    status="done",
    reasoner="Judged by the test's own hand.",
    models={"extract": "none"},
    revision="changeset-0",
    digest="0" * 64,
    calls=12,
    input_tokens=3400,
    output_tokens=560,
    cost_usd=0.0123,
    unpriced_calls=0,
    started="2026-01-02T03:04:05+00:00",
    seconds=7.0,
    notes=("Written for tests: no such flood happened.",),
)


@dataclass
class Builder:
    """Collects records; claims are known by a short key."""

    records: list[Record] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)

    def add(self, record: Any) -> Any:
        self.records.append(record)
        return record

    def source(self, title: str, text: str, **fields: Any) -> Source:
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.texts[digest] = text
        return self.add(Source(title=title, text=digest, **fields))

    def passage(self, source: Source, words: str) -> Passage:
        start = self.texts[source.text].index(words)
        return self.add(Passage(source=source.id, start=start, end=start + len(words), text=words))

    def claim(self, key: str, text: str) -> Claim:
        self.claims[key] = self.add(Claim(text=text))
        return self.claims[key]

    def said(self, key: str, source: Source, words: str, speaker: str, **fields: Any) -> Assertion:
        passage = self.passage(source, words)
        return self.add(Assertion(claim=self.claims[key].id, passage=passage.id, speaker=speaker, **fields))

    def link(self, premises: str, target: Record, warrant: str, relation: Relation = Relation.SUPPORTS, speaker: str = "") -> Link:
        ids = tuple(sorted(self.claims[key].id for key in premises.split()))
        reason = self.add(Warrant(text=warrant))
        link = self.add(Link(premises=ids, target=target.id, relation=relation, warrant=reason.id))
        if speaker:
            passage = next(record for record in self.records if isinstance(record, Passage))
            self.add(Argument(link=link.id, passage=passage.id, speaker=speaker))
        return link

    def view(self) -> View:
        return View.of(self.records, revision="changeset-0")


INQUIRY = (
    "The Inquiry's report finds that the weir raised the river by forty centimetres on the night of the flood. It rests on the Calder "
    "gauge, which recorded 3.2 metres at two in the morning. The Inquiry says that the gates were closed until dawn. It concludes that "
    "without the weir the lower town would have stayed dry.\n\nThe engineers concede that the rain was the heaviest since 1931."
)
OWNERS = (
    "Ashworth Hydro, which owns the weir, denies that the weir raised the river by forty centimetres. Its consultant Imran Vale writes "
    "that the gates were open from ten in the evening. Every expert agrees that the rain alone explains the flood. According to Vale, "
    "the Calder gauge was drowned and its reading means nothing."
)
UNIVERSITY = (
    "We modelled the flood with the rain of that night and found that the rain alone would have flooded the lower town to a depth of "
    "perhaps ten centimetres. Our model was tuned to the Calder gauge. The weir, we find, added a rise of between thirty and fifty "
    "centimetres. The peat of the upper catchment had been drained in the years before, and drained peat sheds water faster."
)
PAPER = (
    "Residents of Mill Lane told this paper that the gates stayed closed all night. Joan Pickles said that she heard no siren. "
    "Councillor Reeve said that Vale had told him the gates were never opened. The river authority doubts that the drained peat mattered."
)
BLOG = (
    "It is obvious to anyone with eyes that the weir drowned the lower town. The gauge shows 3.2 metres at two in the morning. "
    "A weir of this height cannot raise a river in flood, some say, because it is submerged; but Calder's was not submerged."
)
ANNALS = (
    "The flood of 1931 reached the church steps although no weir stood at Calder then. The rain of 2019 fell within nine hours; that of "
    "1931 fell within two days. The church steps stayed dry in 2019."
)


def small_case() -> Builder:
    """Twenty-five claims by a dozen speakers in six documents, with one of every kind of record."""
    b = Builder()
    question = b.add(Question(name="flood", text="What made the flood of 2019 at Calder as bad as it was?"))
    weir = b.add(Answer(question=question.id, name="weir", text="The weir made the flood reach the lower town."))
    rain = b.add(Answer(question=question.id, name="rain", text="The rain alone was enough."))
    b.add(Answer(question=question.id, name="something_else", text="Something else, or the question is wrongly put.", something_else=True))
    gates = b.add(Question(name="gates", text="Were the gates of the weir open?", parent=question.id))
    closed = b.add(Answer(question=gates.id, name="closed", text="The gates were closed at the peak."))
    b.add(Answer(question=gates.id, name="open", text="The gates were open at the peak."))

    inquiry = b.source("Report of the Calder Inquiry", INQUIRY, authors=("R. Holt",), publisher="County Council", published="2020-06",
                       url="https://example.org/inquiry.pdf?a=1&b=2", kind=SourceKind.GOVERNMENT_REPORT)  # fmt: skip
    owners = b.source("What the weir did not do", OWNERS, publisher="Ashworth Hydro", published="2020-09-01", kind=SourceKind.WEB_PAGE)
    model = b.source("A model of the Calder flood", UNIVERSITY, authors=("L. Okoye", "M. Brandt"), published="2021",
                     url="https://example.org/model", kind=SourceKind.JOURNAL_ARTICLE)  # fmt: skip
    paper = b.source("“No siren”: the night on Mill Lane", PAPER, publisher="Calder Mercury", published="2019-11-12", kind=SourceKind.NEWS)
    blog = b.source("Drowned by greed", BLOG, kind=SourceKind.BLOG)
    annals = b.source("Annals of the parish", ANNALS, authors=("Parish of Calder",), kind=SourceKind.BOOK)

    b.claim("raised", "The weir raised the river by forty centimetres on the night of the flood.")
    b.claim("raised2", "The weir did not raise the river on the night of the flood.")
    b.claim("range", "The weir added a rise of between thirty and fifty centimetres.")
    b.claim("gauge", "The Calder gauge recorded 3.2 metres at two in the morning.")
    b.claim("drowned", "The Calder gauge was drowned and its reading means nothing.")
    b.claim("closed", "The gates were closed until dawn.")
    b.claim("closed2", "The gates stayed closed all night.")
    b.claim("opened", "The gates were open from ten in the evening.")
    b.claim("dry", "Without the weir the lower town would have stayed dry.")
    b.claim("heaviest", "The rain was the heaviest since 1931.")
    b.claim("alone", "The rain alone explains the flood.")
    b.claim("ten", "The rain alone would have flooded the lower town to a depth of perhaps ten centimetres.")
    b.claim("tuned", "The university's model was tuned to the Calder gauge.")
    b.claim("peat", "Drained peat sheds water faster.")
    b.claim("drained", "The peat of the upper catchment had been drained in the years before.")
    b.claim("mattered", "The drained peat mattered to the flood.")
    b.claim("siren", "No siren sounded on Mill Lane.")
    b.claim("obvious", "The weir drowned the lower town.")
    b.claim("submerged", "A weir that is submerged cannot raise a river.")
    b.claim("above", "The weir at Calder was not submerged.")
    b.claim("1931", "The flood of 1931 reached the church steps although no weir stood at Calder then.")
    b.claim("nine", "The rain of 2019 fell within nine hours.")
    b.claim("two", "The rain of 1931 fell within two days.")
    b.claim("steps", "The church steps stayed dry in 2019.")
    b.claim("taken", "A river that is forty centimetres lower does not reach the lower town.")  # nobody says it: an argument needs it

    raised = b.said("raised", inquiry, "the weir raised the river by forty centimetres on the night of the flood", "The Inquiry",
                    said="2020-06", hedge=Hedge.CERTAIN)  # fmt: skip
    b.said("raised", owners, "denies that the weir raised the river by forty centimetres", "Ashworth Hydro", stance=Stance.DENIES)
    b.said("raised2", owners, "Ashworth Hydro, which owns the weir, denies that the weir raised the river", "Ashworth Hydro")
    b.said("range", model, "The weir, we find, added a rise of between thirty and fifty centimetres.", "Okoye and Brandt", said="2021")
    b.said("gauge", inquiry, "recorded 3.2 metres at two in the morning", "The Inquiry")
    b.said("gauge", blog, "The gauge shows 3.2 metres at two in the morning.", "unknown")
    b.said("drowned", owners, "the Calder gauge was drowned and its reading means nothing", "Imran Vale")
    b.said("closed", inquiry, "the gates were closed until dawn", "The Inquiry")
    b.said("closed2", paper, "the gates stayed closed all night", "residents of Mill Lane", reporters=("Calder Mercury",))
    b.said("opened", owners, "the gates were open from ten in the evening", "Imran Vale", reporters=("Ashworth Hydro",))
    b.said("opened", paper, "Vale had told him the gates were never opened", "Imran Vale", stance=Stance.DENIES,
           reporters=("Calder Mercury", "Councillor Reeve"))  # fmt: skip
    b.said("dry", inquiry, "without the weir the lower town would have stayed dry", "The Inquiry", hedge=Hedge.LIKELY)
    b.said("heaviest", inquiry, "the rain was the heaviest since 1931", "the Inquiry's engineers", stance=Stance.CONCEDES)
    alone = b.said("alone", owners, "Every expert agrees that the rain alone explains the flood.", "Ashworth Hydro")
    b.said("ten", model, "the rain alone would have flooded the lower town to a depth of perhaps ten centimetres", "Okoye and Brandt",
           hedge=Hedge.POSSIBLE)  # fmt: skip
    b.said("tuned", model, "Our model was tuned to the Calder gauge.", "Okoye and Brandt")
    b.said("peat", model, "drained peat sheds water faster", "Okoye and Brandt")
    b.said("drained", model, "The peat of the upper catchment had been drained in the years before", "Okoye and Brandt")
    b.said("mattered", paper, "The river authority doubts that the drained peat mattered.", "the river authority", stance=Stance.DOUBTS)
    b.said("siren", paper, "she heard no siren", "Joan Pickles", stance=Stance.REPORTS, reporters=("Calder Mercury",))
    b.said("obvious", blog, "It is obvious to anyone with eyes that the weir drowned the lower town.", "unknown")
    b.said("submerged", blog, "A weir of this height cannot raise a river in flood, some say, because it is submerged", "some")
    b.said("above", blog, "Calder's was not submerged", "unknown")
    b.said("1931", annals, "The flood of 1931 reached the church steps although no weir stood at Calder then.", "Parish of Calder")
    b.said("nine", annals, "The rain of 2019 fell within nine hours", "Parish of Calder")
    b.said("two", annals, "that of 1931 fell within two days", "Parish of Calder")
    b.said("steps", annals, "The church steps stayed dry in 2019.", "Parish of Calder")

    b.add(Equivalence(member=b.claims["raised2"].id, representative=b.claims["raised"].id, negated=True, reason="the opposite"))
    b.add(Equivalence(member=b.claims["closed2"].id, representative=b.claims["closed"].id, reason="dawn ended the night"))
    pair = tuple(sorted((b.claims["raised"].id, b.claims["range"].id)))
    b.add(Variant(claims=pair, differs_in=Difference.QUANTITY, explanation="forty against a range of thirty to fifty"))

    linked = b.link("raised taken", weir, "A town is flooded by water that reaches it.", speaker="The Inquiry")
    b.link("dry", weir, "What would not have happened without a thing is owed to it.")
    step = b.link("gauge", b.claims["raised"], "A gauge tells how high a river stands.", speaker="The Inquiry")
    b.link("drowned", step, "A drowned gauge reads anything.", Relation.UNDERCUTS, speaker="Imran Vale")
    b.link("closed", b.claims["raised"], "Closed gates hold water back.")
    b.link("closed", closed, "It says so.")
    b.link("opened", b.claims["raised"], "Open gates let water through.", Relation.ATTACKS)
    b.link("ten", rain, "Water that comes without the weir is not the weir's.", speaker="Okoye and Brandt")
    b.link("alone", rain, "It says so.")
    b.link("1931", rain, "What happened without a weir can happen so again.")
    b.link("nine two", rain, "The same water in less time runs higher.")
    b.link("steps", weir, "A flood of rain alone would have reached the steps.", Relation.ATTACKS)

    gauge = b.add(Upstream(name="Calder gauge, 2019 record", kind=UpstreamKind.DATASET))
    unpublished = b.add(Upstream(name="Okoye & Brandt 2021, A model of the Calder flood", kind=UpstreamKind.WORK,
                                 url="https://example.org/okoye-brandt"))  # fmt: skip
    for source in (inquiry, model, blog):
        b.add(Reliance(record=source.id, upstream=gauge.id, how=RelianceKind.USES))
    b.add(Reliance(record=model.id, upstream=unpublished.id, how=RelianceKind.REPORTS))

    b.add(Finding(about=alone.id, kind=FindingKind.RHETORIC, severity=Severity.MEDIUM, observations=(alone.passage,),
                  sound_case="Experts were asked, and they may have agreed.",
                  flawed_case="“Every expert agrees”: who was asked is not said.", verdict="Agreement is told in place of evidence."))  # fmt: skip
    b.add(Finding(about=gauge.id, kind=FindingKind.CORRELATED_EVIDENCE, severity=Severity.HIGH, sound_case="They use it differently.",
                  flawed_case="One faulty gauge misleads all three.", verdict="Three sources are one reading."))  # fmt: skip
    b.add(Finding(about=inquiry.id, kind=FindingKind.SINGLE_POINT_OF_FAILURE, severity=Severity.LOW, sound_case="It is a good gauge.",
                  flawed_case="All rests on it.", verdict="One instrument carries the report."))  # fmt: skip
    b.add(Finding(about=linked.id, kind=FindingKind.UNSUPPORTED_LEAP, severity=Severity.LOW, sound_case="It is common sense.",
                  flawed_case="Nobody surveyed the lower town.", verdict="The height of the town is taken for granted."))  # fmt: skip
    b.add(Gap(kind=GapKind.MEASUREMENT, about=b.claims["gauge"].id, text="No second gauge was read", why="One reading is no check.",
              how="Ask the mill at Hebble for its log."))  # fmt: skip
    b.add(Incident(stage="ingest", subject="siren-log.pdf", problem="the page is an image without text", advice="Give a text version."))

    view = b.add(Perspective(name="tests", description="the tests' own"))
    for answer, prior in ((weir, 0.4), (rain, 0.55)):
        b.add(Judgment(record=answer.id, quantity=Quantity.PRIOR, value=prior, perspective=view.id, judge="tests", reason="chosen"))
    b.add(Judgment(record=raised.id, quantity=Quantity.EVIDENCE, value=1.5, perspective=view.id, judge="tests", reason="chosen"))
    return b


@dataclass(frozen=True)
class Written:
    """A report that was written, with what it was written from."""

    view: View
    summary: Summary
    page: str
    markdown: str
    html: Path


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Builder], Written]:
    """Assess, summarise and write what a builder holds."""

    def written(built: Builder, facts: RunFacts = FACTS) -> Written:
        view = built.view()
        summary = summarise(view, assess(view), facts)
        markdown, html = write_report(tmp_path, summary, view, built.texts.__getitem__)
        return Written(view, summary, html.read_text(encoding="utf-8"), markdown.read_text(encoding="utf-8"), html)

    return written


@pytest.fixture
def small(write: Callable[[Builder], Written]) -> Written:
    """The report of the small case."""
    return write(small_case())
