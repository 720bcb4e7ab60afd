"""Arguments in the making, random networks, and an oracle for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyagrum
from hypothesis import settings
from hypothesis import strategies as st

from credence.engine import Modelled, assess, coherent_judgments, material_of, model_question
from credence.factors import Array, Graph
from credence.noise import Varied
from credence.results import Assessment, Crux, QuestionAssessment
from credence.settling import Workbench
from knowledge.blobs import digest_of_text
from knowledge.records import (
    Answer,
    Assertion,
    Claim,
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
    Warrant,
)
from knowledge.views import View
from knowledge.vocabulary import Quantity, Relation, RelianceKind, Stance, UpstreamKind

READER = Perspective(name="reader", description="of tests")
QUESTION = Question(name="dam", text="Does the dam leak?")
YES = Answer(question=QUESTION.id, name="a-yes", text="It leaks.")
NO = Answer(question=QUESTION.id, name="b-no", text="It holds.")
ELSE = Answer(question=QUESTION.id, name="else", text="Something else.", something_else=True)
WARRANT = Warrant(text="It bears on it.")
BASE: tuple[Record, ...] = (READER, QUESTION, YES, NO, ELSE, WARRANT)


@dataclass
class Argument:
    """A knowledge base in the making, with numbers of its own for everything."""

    records: list[Record] = field(default_factory=lambda: list(BASE))

    by: Perspective = READER

    def judged(self, record: str, quantity: Quantity, value: float, given: str | None = None) -> None:
        """Add a judgment."""
        self.records.append(
            Judgment(record=record, quantity=quantity, value=value, given=given, perspective=self.by.id, judge="test", reason="test")
        )

    def priors(self, *values: float) -> None:
        """Judge the answers' priors, and take the model to be sound."""
        for answer, value in zip((YES, NO, ELSE), values, strict=True):
            self.judged(answer.id, Quantity.PRIOR, value)
        self.judged(QUESTION.id, Quantity.MODEL_ERROR, 0.0)

    def undercuts(self, claim: Claim, link: Link, defeat: float) -> Link:
        """Add an undercut."""
        undercut = Link(premises=(claim.id,), target=link.id, relation=Relation.UNDERCUTS, warrant=WARRANT.id)
        self.records.append(undercut)
        self.judged(undercut.id, Quantity.DEFEAT, defeat)
        return undercut

    def lean(self, assertion: Record, upstream: Upstream) -> None:
        """Let a testimony lean on an upstream."""
        self.records += [upstream, Reliance(record=assertion.id, upstream=upstream.id, how=RelianceKind.USES)]

    @property
    def view(self) -> View:
        """The argument as a view."""
        return View.of(self.records)

    def claim(
        self, name: str, weight: float | None = None, *, speaker: str = "", upstream: Upstream | None = None, words: str = ""
    ) -> Claim:
        """Add a claim, and if it has weight a testimony for it."""
        claim = Claim(text=name)
        self.records.append(claim)
        if weight is not None:
            text = words or f"Somebody says {name} to {speaker}."
            source = Source(title=f"on {name} by {speaker}", text=digest_of_text(text))
            passage = Passage(source=source.id, start=0, end=len(text), text=text)
            assertion = Assertion(claim=claim.id, passage=passage.id, speaker=speaker or f"Witness{name}", stance=Stance.ASSERTS)
            self.records += [source, passage, assertion]
            self.judged(assertion.id, Quantity.EVIDENCE, weight)
            if upstream is not None:
                self.records += [upstream, Reliance(record=assertion.id, upstream=upstream.id, how=RelianceKind.USES)]
        return claim

    def bears(
        self, claim: Claim, target: Answer | Claim, high: float, low: float, *, warrant: float = 0.8, also: tuple[Claim, ...] = ()
    ) -> Link:
        """Add a link with P(claim | target) = high and low otherwise: a reason for the target if high is the larger, else against it."""
        relation = Relation.SUPPORTS if high >= low else Relation.ATTACKS
        link = Link(premises=tuple(sorted(one.id for one in (claim, *also))), target=target.id, relation=relation, warrant=WARRANT.id)
        self.records.append(link)
        self.judged(link.id, Quantity.WARRANT, warrant)
        if isinstance(target, Answer):
            for answer in (YES, NO, ELSE):
                self.judged(link.id, Quantity.EXPECTEDNESS, high if answer == target else low, answer.id)
        else:
            self.judged(link.id, Quantity.EXPECTEDNESS, high, target.id)
            self.judged(link.id, Quantity.EXPECTEDNESS, low, None)
        return link

    @property
    def varied(self) -> Varied:
        """Its question, ready to be varied."""
        return Varied(self.view, QUESTION, coherent_judgments(self.view, None)[0])

    def result(self, records: list[Record] | None = None) -> QuestionAssessment:
        """Assess it."""
        return assess(View.of(records or self.records)).questions[0]


def modelled(result: QuestionAssessment) -> list[float]:
    """The modelled credences."""
    return [answer.modelled for answer in result.answers]


chance = st.floats(0.05, 0.95)
nats = st.floats(-3, 3).filter(lambda value: abs(value) > 0.05)
seldom = st.sampled_from([False, False, True])


NEXT_TO_NOTHING = 1e-9
"""Nats: testimony, but none to speak of."""


rates = st.tuples(chance, chance).filter(lambda pair: abs(pair[0] - pair[1]) > 0.02)
"""P(claim | target) and P(claim | not), of a link that says something."""


@st.composite
def arguments(draw: st.DrawFn, *, weights: st.SearchStrategy[float | None] = nats, apart: bool = False) -> Argument:
    """Up to five claims, each bearing on an answer or an earlier claim by one link or two, and all that an argument can have besides.

    Some steps have other claims as premises too, of which all or any are needed; some are under objections, which may be claims with links
    of their own, and be objected to; there may be a small circle; some testimony is from one data set.
    ``apart``: without objections, circles and shared data.
    """
    argument = Argument()
    survey = Upstream(name="The one survey", kind=UpstreamKind.DATASET)
    claims: list[Claim] = []
    links: list[Link] = []
    for number in range(draw(st.integers(1, 5))):
        claim = argument.claim(f"c{number}", draw(weights), upstream=survey if not apart and draw(seldom) else None)
        for target in draw(st.lists(st.sampled_from([YES, NO, *claims]), min_size=1, max_size=2, unique_by=lambda one: one.id)):
            others = [one for one in claims if one is not target]
            also = (
                tuple(draw(st.lists(st.sampled_from(others), max_size=2, unique_by=lambda one: one.id))) if others and draw(seldom) else ()
            )
            link = argument.bears(claim, target, *draw(rates), warrant=draw(chance), also=also)
            links.append(link)
            if also and draw(st.booleans()):
                argument.records.append(Tag(record=link.id, name="premises", value="any"))
        claims.append(claim)
    if len(claims) > 2 and not apart and draw(seldom):
        argument.bears(claims[0], claims[-1], *draw(rates), warrant=draw(chance))
    for number in range(0 if apart else draw(st.integers(0, 3))):
        fresh = argument.claim(f"objection {number}", draw(weights))
        links.append(argument.undercuts(draw(st.sampled_from([fresh, *claims])), draw(st.sampled_from(links)), draw(chance)))
        if draw(seldom):
            argument.bears(fresh, draw(st.sampled_from([YES, NO, *claims])), *draw(rates), warrant=draw(chance))
    return argument


quick = settings(max_examples=25, deadline=None)
thorough = settings(max_examples=100, deadline=None)


def crux_of(result: QuestionAssessment, record: Record) -> Crux:
    """The crux about a record."""
    return next(crux for crux in (*result.cruxes, *result.upstreams) if crux.subject == record.id)


def assessed(records: Sequence[Record], perspective: Perspective) -> Assessment:
    """Assess under a perspective."""
    return assess(View.of(records), perspective=perspective.id)


def oracle(graph: Graph, answer: int | None = None) -> Array:
    """P(variable | evidence, answer) [V, max states] by pyAgrum, from the same factors."""
    model = pyagrum.MarkovRandomField()
    names = [f"v{number}" for number in range(len(graph.states))]
    for name, states in zip(names, graph.states.tolist(), strict=True):
        model.add(pyagrum.LabelizedVariable(name, name, states))
    products: dict[tuple[int, ...], Array] = {}
    for block in graph.blocks:
        for scope, table in zip(block.scope.tolist(), block.tables, strict=True):
            order = tuple(sorted(range(len(scope)), key=lambda at: scope[at]))
            key = tuple(scope[at] for at in order)
            products[key] = products.get(key, 1.0) * table.transpose(order)
    for key, table in products.items():
        factor = model.addFactor([names[variable] for variable in key])
        wanted = [int(name[1:]) for name in reversed(factor.names)]
        factor[:] = np.ascontiguousarray(table.transpose([key.index(variable) for variable in wanted]))
    inference = pyagrum.ShaferShenoyMRFInference(model)
    found = np.zeros(graph.evidence.shape)
    likelihoods = {
        name: np.exp(row[:count]).tolist() for name, row, count in zip(names, graph.evidence, graph.states.tolist(), strict=True)
    }
    if answer is not None:
        likelihoods[names[0]] = np.eye(graph.answers)[answer].tolist()
    inference.setEvidence(likelihoods)
    inference.makeInference()
    for number, name in enumerate(names):
        found[number, : graph.states[number]] = np.array(inference.posterior(name)[:])
    return found


def model(argument: Argument) -> Modelled:
    """The argument's question, modelled."""
    judgments, _ = coherent_judgments(argument.view, None)
    return model_question(material_of(argument.view, QUESTION), judgments)


def bench_of(argument: Argument) -> Workbench:
    """The argument's question, ready to be settled."""
    one = argument.varied
    return Workbench(one.modelled, one.judgments, one.cruxes())


def three_claims() -> Argument:
    """Two near copies that move the answer most, and a third claim that moves it less."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    root = argument.claim("root", 0.01)
    argument.bears(root, YES, 0.85, 0.15, warrant=0.99)
    copy = argument.claim("copy", 0.01)
    argument.bears(copy, root, 0.99, 0.01, warrant=0.99)
    argument.bears(argument.claim("third", 0.01), YES, 0.75, 0.3, warrant=0.9)
    return argument
