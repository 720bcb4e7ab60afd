"""Planted double cruxes: how often each way of ranking claims finds what really divides two perspectives.

    uv run python -m benchmarks.credence_planted_disputes --cases 12

Each case has 40 claims and two perspectives. On two claims, which bear strongly on the answer, the sides weigh the testimony differently.
Decoys: they differ as much or more on claims that bear weakly, or deep down, and a little on strong ones; other claims bear as strongly and
are as uncertain, but there the sides agree, so that each is a crux for both and divides nobody. "Gap closed" is what happens if each side
in turn takes over the other's judgments of the first two claims of a ranking: it is worked out by running the models anew, not from scores.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.credence_planted import ANSWERS, QUESTION, READER, Bed, by_degree, by_pagerank
from credence.engine import Modelled, coherent_judgments, material_of, model_question
from credence.judgments import Key
from credence.perspectives import Dispute, DoubleCrux, dispute
from credence.results import Crux, SubjectKind
from credence.scores import score
from knowledge.records import Assertion, Claim, Perspective
from knowledge.views import View
from knowledge.vocabulary import Quantity

SIZE: Final = 40
PLANTED: Final = 2
OTHER: Final = Perspective(name="other", description="weighs some testimony differently")


@dataclass(frozen=True)
class Case:
    """Two perspectives on one view, what `dispute` says of them, each side's own scores by claim, and the claims that were planted."""

    view: View
    found: Dispute
    sides: tuple[dict[str, Crux], dict[str, Crux]]
    planted: frozenset[str]

    @property
    def double_cruxes(self) -> list[DoubleCrux]:
        """The claims among the double cruxes."""
        return [one for one in self.found.double_cruxes if one.kind is SubjectKind.CLAIM]


def plant(seed: int) -> Case:
    """Make one case."""
    random = np.random.default_rng(seed)
    bed = Bed(seed)
    bed.records.append(OTHER)

    def differ(least: float, most: float) -> tuple[float, float]:
        """Return the weights of two sides, nats, the first side the one that believes the testimony."""
        apart = float(random.uniform(least, most))
        return apart / 2, -apart / 2

    def strong() -> tuple[float, float]:
        return float(random.uniform(0.75, 0.85)), float(random.uniform(0.15, 0.25))

    planted = [bed.claim(*differ(2.0, 3.0), OTHER) for _ in range(PLANTED)]
    for made in planted:
        bed.bears(made, ANSWERS[0], *strong())
    agreed = [bed.claim(float(random.uniform(-0.3, 0.3))) for _ in range(4)]
    for at, made in enumerate(agreed):
        bed.bears(made, ANSWERS[at % 2], *strong())
    weak = [bed.claim(*differ(3.0, 5.0), OTHER) for _ in range(4)]
    for at, made in enumerate(weak):
        bed.bears(made, ANSWERS[at % 2], 0.52, 0.47)
    for at, host in enumerate((agreed + weak)[:4]):
        bed.bears(bed.claim(*differ(2.0, 3.0) if at % 2 else differ(0.1, 0.3), OTHER), host, 0.6, 0.4)
    for _ in range(2):
        bed.bears(bed.claim(*differ(0.2, 0.5), OTHER), ANSWERS[1], *strong())
    while len(bed.claims) < SIZE:
        bed.bears(bed.claim(float(random.normal())), agreed[int(random.integers(4))] if random.uniform() < 0.8 else weak[0], 0.7, 0.35)
    view = View.of(bed.records)
    material = material_of(view, QUESTION)
    first, second = (_scores(model_question(material, coherent_judgments(view, one.id)[0], check=False)) for one in (READER, OTHER))
    found = dispute(view, QUESTION, first=READER.id, second=OTHER.id)
    return Case(view, found, (first, second), frozenset(made.id for made in planted))


def _scores(modelled: Modelled) -> dict[str, Crux]:
    scored = score(modelled.network, modelled.inferred.beliefs, modelled.publication)
    return {crux.subject: crux for crux in scored if crux.kind is SubjectKind.CLAIM}


def recall(case: Case, ranking: list[str]) -> float:
    """Return the part of the planted claims among as many first ones."""
    return len(case.planted & set(ranking[:PLANTED])) / PLANTED


def closed(case: Case, subjects: Collection[str]) -> float:
    """Return the part of the gap that is gone if each side in turn takes over the other's judgments of what is said on some claims."""
    material = material_of(case.view, QUESTION)
    own = [coherent_judgments(case.view, one.id)[0] for one in (READER, OTHER)]
    answer = next(at for at, one in enumerate(material.answers) if one.id == case.found.answer)
    said = [Key(one.id, Quantity.EVIDENCE, None) for one in case.view.all(Assertion) if one.claim in subjects]
    ends = [model_question(material, judgments, check=False).inferred.beliefs.answers[answer] for judgments in own]
    after = []
    for judgments, theirs in zip(own, reversed(own), strict=True):
        values = theirs.judged()
        swapped = judgments.otherwise({key: values[tuple(key)] for key in said})
        after.append(model_question(material, swapped, check=False).inferred.beliefs.answers[answer])
    left = 0.5 * (abs(after[0] - ends[1]) + abs(ends[0] - after[1]))
    return float(1 - left / abs(ends[0] - ends[1]))


def _by(key: Callable[[DoubleCrux], float]) -> Callable[[Case], list[str]]:
    return lambda case: [one.subject for one in sorted(case.double_cruxes, key=lambda one: (-round(key(one), 12), one.subject))]


def _by_scores(key: Callable[[Crux], float]) -> Callable[[Case], list[str]]:
    """Rank by the mean of a score over both sides."""

    def ranking(case: Case) -> list[str]:
        first, second = case.sides
        return sorted(first.keys() & second.keys(), key=lambda claim: (-round(key(first[claim]) + key(second[claim]), 12), claim))

    return ranking


METHODS: Final[dict[str, Callable[[Case], list[str]]]] = {
    "credence swap": _by(lambda one: one.closes),
    "judgments swapped": _by(lambda one: one.local),
    "resolution": _by(lambda one: -one.unresolved),
    "credence difference": _by(lambda one: abs(one.credences[0] - one.credences[1])),
    "expected shift, both": _by_scores(lambda crux: crux.expected_shift),
    "Birnbaum, both": _by_scores(lambda crux: abs(crux.if_true[0] - crux.if_false[0])),
    "uncertainty, both": _by_scores(lambda crux: crux.probability * (1 - crux.probability)),
    "degree": lambda case: by_degree(case.view),
    "PageRank": lambda case: by_pagerank(case.view),
}


def main() -> None:
    """Print recall of the planted two among the first two, and the part of the gap that they close, by method."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=12)
    cases = [plant(seed) for seed in range(parser.parse_args().cases)]
    print("| ranking | recall of the two among the first two | part of the gap that the first two close |\n|---|---|---|")
    for name, method in METHODS.items():
        rankings = [method(case) for case in cases]
        found = np.mean([recall(case, ranking) for case, ranking in zip(cases, rankings, strict=True)])
        gone = np.mean([closed(case, ranking[:PLANTED]) for case, ranking in zip(cases, rankings, strict=True)])
        print(f"| {name} | {found:.2f} | {gone:.2f} |", flush=True)
    print(f"| all that they differ on | | {np.mean([closed(case, {one.id for one in case.view.all(Claim)}) for case in cases]):.2f} |")


if __name__ == "__main__":
    main()
