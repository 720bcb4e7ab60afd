"""Planted cruxes: how often each way of ranking claims finds those that were made to matter, and how much noise the ranking bears.

    uv run python -m benchmarks.credence_planted --cases 12

Each case has 40 claims: three strong and uncertain ones, and decoys: strong but certain, uncertain but weak, deep, disconnected. That the
engine finds what was planted by its own definition checks the engine; the baselines and the noise say something about the world.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from credence.engine import Modelled, coherent_judgments, material_of, model_question
from credence.judgments import Judgments
from credence.noise import moved
from credence.results import Crux, SubjectKind
from credence.scores import score
from knowledge.blobs import digest_of_text
from knowledge.records import Answer, Assertion, Claim, Judgment, Link, Passage, Perspective, Question, Record, Source, Warrant
from knowledge.views import View
from knowledge.vocabulary import Quantity, Relation

SIZE: Final = 40
PLANTED: Final = 3
READER = Perspective(name="reader", description="plants")
QUESTION = Question(name="q", text="Which of the two?")
ANSWERS = (Answer(question=QUESTION.id, name="a", text="The first."), Answer(question=QUESTION.id, name="b", text="The second."))
WARRANT = Warrant(text="It bears on it.")


@dataclass(frozen=True)
class Case:
    """A view, its cruxes by the engine, and the claims that were planted."""

    view: View
    judgments: Judgments
    modelled: Modelled
    cruxes: tuple[Crux, ...]
    planted: frozenset[str]


@dataclass
class Bed:
    """Where claims are planted: the records of one case, each claim said once, in a voice of its own."""

    seed: int
    records: list[Record] = field(default_factory=lambda: [READER, QUESTION, *ANSWERS, WARRANT])
    claims: list[Claim] = field(default_factory=list)

    def judged(self, record: str, quantity: Quantity, value: float, given: str | None = None, by: Perspective = READER) -> None:
        """Judge one number."""
        judgment = Judgment(record=record, quantity=quantity, value=value, given=given, perspective=by.id, judge="b", reason="b")
        self.records.append(judgment)

    def claim(self, weight: float, other: float | None = None, by: Perspective = READER) -> Claim:
        """Plant a claim for which its testimony speaks with a weight (nats), or with ``other`` as another perspective judges."""
        made = Claim(text=f"claim {len(self.claims)} of {self.seed}")
        text = f"Somebody says {made.text}."
        source = Source(title=made.text, text=digest_of_text(text))
        passage = Passage(source=source.id, start=0, end=len(text), text=text)
        assertion = Assertion(claim=made.id, passage=passage.id, speaker=f"Witness{len(self.claims)}")
        self.records.extend([made, source, passage, assertion])
        self.judged(assertion.id, Quantity.EVIDENCE, weight)
        if other is not None:
            self.judged(assertion.id, Quantity.EVIDENCE, other, by=by)
        self.claims.append(made)
        return made

    def bears(self, made: Claim, target: Answer | Claim, high: float, low: float) -> None:
        """Let a claim speak for an answer or another claim: how expected it is if that is so, and if not."""
        link = Link(premises=(made.id,), target=target.id, relation=Relation.SUPPORTS, warrant=WARRANT.id)
        self.records.append(link)
        self.judged(link.id, Quantity.WARRANT, 0.98)
        worlds = [(answer.id, answer is target) for answer in ANSWERS] if isinstance(target, Answer) else [(target.id, True), (None, False)]
        for given, favoured in worlds:
            self.judged(link.id, Quantity.EXPECTEDNESS, high if favoured else low, given)


def plant(seed: int) -> Case:
    """Make one case."""
    random = np.random.default_rng(seed)
    bed = Bed(seed)
    claim, bears, claims = bed.claim, bed.bears, bed.claims
    planted = [claim(float(random.uniform(-0.3, 0.3))) for _ in range(PLANTED)]
    for at, made in enumerate(planted):
        bears(made, ANSWERS[at % 2], float(random.uniform(0.75, 0.85)), float(random.uniform(0.15, 0.25)))
    certain = [claim(7.0) for _ in range(4)]
    for at, made in enumerate(certain):
        bears(made, ANSWERS[at % 2], 0.9, 0.12)
    weak = [claim(float(random.uniform(-0.2, 0.2))) for _ in range(8)]
    for at, made in enumerate(weak):
        bears(made, ANSWERS[at % 2], 0.52, 0.47)
    while len(claims) < SIZE - 4:
        host = (certain + weak)[int(random.integers(12))]
        deep = claim(float(random.normal()))
        bears(deep, host, 0.7, 0.35)
    for _ in range(4):
        claim(1.0)
    view = View.of(bed.records)
    judgments, _ = coherent_judgments(view, None)
    modelled = model_question(material_of(view, QUESTION), judgments, check=False)
    return Case(view, judgments, modelled, _claims(modelled), frozenset(made.id for made in planted))


def _claims(modelled: Modelled) -> tuple[Crux, ...]:
    scored = score(modelled.network, modelled.inferred.beliefs, modelled.publication)
    return tuple(crux for crux in scored if crux.kind is SubjectKind.CLAIM)


def recall_at(case: Case, ranking: list[str], count: int) -> float:
    """Return the part of the planted claims among the first ``count``."""
    return len(case.planted & set(ranking[:count])) / min(count, len(case.planted))


def _by(key: Callable[[Crux], float]) -> Callable[[Case], list[str]]:
    return lambda case: [crux.subject for crux in sorted(case.cruxes, key=lambda crux: (-key(crux), crux.subject))]


def _birnbaum(crux: Crux) -> float:
    return abs(crux.if_true[0] - crux.if_false[0])


def _uncertainty(crux: Crux) -> float:
    return crux.probability * (1 - crux.probability)


def by_degree(view: View) -> list[str]:
    """Rank claims by how many ends of links they are."""
    degree: Counter[str] = Counter()
    for link in view.all(Link):
        degree.update([*link.premises, link.target])
    return sorted((one for one in degree if one.startswith("claim-")), key=lambda one: (-degree[one], one))


def by_pagerank(view: View) -> list[str]:
    """Rank by PageRank from premises to targets (damping 0.85, 100 steps of power iteration)."""
    arcs = [(claim, link.target) for link in view.all(Link) for claim in link.premises]
    nodes = sorted({end for arc in arcs for end in arc})
    place = {node: at for at, node in enumerate(nodes)}
    steps = np.zeros((len(nodes), len(nodes)))
    for start, end in arcs:
        steps[place[end], place[start]] += 1
    out = steps.sum(axis=0)
    steps = np.where(out > 0, steps / np.maximum(out, 1), 1 / len(nodes))
    rank = np.full(len(nodes), 1 / len(nodes))
    for _ in range(100):
        rank = 0.15 / len(nodes) + 0.85 * steps @ rank
    return sorted((node for node in nodes if node.startswith("claim-")), key=lambda node: (-rank[place[node]], node))


METHODS: Final[dict[str, Callable[[Case], list[str]]]] = {
    "expected shift": _by(lambda crux: crux.expected_shift),
    "information": _by(lambda crux: crux.information),
    "worst case": _by(lambda crux: crux.worst_case),
    "Birnbaum": _by(_birnbaum),
    "uncertainty": _by(_uncertainty),
    "degree": lambda case: by_degree(case.view),
    "PageRank": lambda case: by_pagerank(case.view),
}


def with_noise(case: Case, nats: float, seed: int) -> tuple[list[str], float]:
    """Rank after adding noise to every judgment; also return how far P(first answer) moved."""
    random = np.random.default_rng(seed)
    fresh, material = case.judgments.otherwise({}), material_of(case.view, QUESTION)
    model_question(material, fresh, check=False)
    instead = {key: moved(key, pooled.value, float(random.normal(scale=nats))) for key, pooled in sorted(fresh.used.items(), key=str)}
    noisy = model_question(material, case.judgments.otherwise(instead), check=False)
    change = abs(float(noisy.published[0] - case.modelled.published[0]))
    return [crux.subject for crux in _claims(noisy)], change


def main() -> None:
    """Print recall of the planted three among the first three, by method and by noise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=12)
    cases = [plant(seed) for seed in range(parser.parse_args().cases)]
    print("method           recall@3  nDCG@10 (gain: expected shift)")
    for name, method in METHODS.items():
        rankings = [method(case) for case in cases]
        recall = np.mean([recall_at(case, ranking, PLANTED) for case, ranking in zip(cases, rankings, strict=True)])
        gain = np.mean([_ndcg(case, ranking) for case, ranking in zip(cases, rankings, strict=True)])
        print(f"{name:<16} {recall:>8.2f}  {gain:>7.3f}")
    print("\nnoise (nats)  recall@3  mean |change of P(answer)|")
    for nats in (0.25, 0.5, 1.0, 1.5):
        runs = [(case, *with_noise(case, nats, seed)) for case in cases for seed in range(3)]
        recall = np.mean([recall_at(case, ranking, PLANTED) for case, ranking, _ in runs])
        print(f"{nats:>12}  {recall:>8.2f}  {np.mean([change for *_, change in runs]):>8.3f}")


def _ndcg(case: Case, ranking: list[str]) -> float:
    gains = {crux.subject: crux.expected_shift for crux in case.cruxes}
    discounts = 1 / np.log2(np.arange(10) + 2)
    got = np.array([gains.get(one, 0.0) for one in ranking[:10]])
    best = np.array(sorted(gains.values(), reverse=True)[:10])
    return float((got * discounts[: len(got)]).sum() / (best * discounts[: len(best)]).sum())


if __name__ == "__main__":
    main()
