"""Stance: does a passage support, refute, or not bear on a claim (HealthVer, Sarrouti and others 2021). Read where it is."""

from __future__ import annotations

import csv
import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from evals.scorers.scorer import Scored, share
from evals.suites.layers import LayerCase, data_file, given_claim, numbered_text
from evals.suites.suite import Measure, Suite
from knowledge.vocabulary import Relation
from prompts.tasks.structuring import RELATE, NumberedAnswer, PosedQuestion, RelateInputs, Relations
from reasoners.reasoner import Reasoner

CLAIMS: Final = 80
"""Claims drawn of the 230 of the development split: minutes rather than an hour with a model."""
PASSAGES: Final = 6
LABELS: Final = ("Supports", "Refutes", "Neutral")
MEASURES: Final = (
    Measure("balanced accuracy/1"),
    Measure("accuracy/1", chance=1 / 3),
    Measure("supports recall/1"),
    Measure("refutes recall/1"),
    Measure("neutral recall/1"),
    Measure("wrong side/1", higher_is_better=False, integrity=True),
)


def stances(datasets: Path) -> Suite:
    """Return the suite: each claim with up to six passages; a claim is a case."""
    path = data_file(datasets, "healthver", "healthver_dev.csv")
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["claim"]].append(row)
    rng = random.Random(20_26)  # noqa: S311  # a sample, not a secret
    chosen = rng.sample(sorted(rows), k=min(CLAIMS, len(rows)))
    cases = [_case(number, claim, rng.sample(rows[claim], k=min(PASSAGES, len(rows[claim])))) for number, claim in enumerate(chosen, 1)]
    return Suite(
        "stances",
        3,
        "Whether a passage supports or refutes a claim.",
        MEASURES,
        ("balanced accuracy/1", "supports recall/1", "refutes recall/1"),
        cases,
        task=RELATE.name,
    )


def _case(number: int, claim: str, rows: Sequence[Mapping[str, str]]) -> LayerCase[Relations]:
    gold = [row["label"] for row in rows]
    question = rows[0]["question"] or claim  # claims to one question share passages: it is the cluster, too
    answers = (NumberedAnswer(number=1, text=claim), NumberedAnswer(number=2, text=f"It is not so: {claim}"))
    numbered = list(enumerate((row["evidence"] for row in rows), 1))
    inputs = RelateInputs(
        questions=(PosedQuestion(text=question, answers=answers),),
        documents=tuple(numbered_text(at, f"Evidence {at}", {at: text}) for at, text in numbered),
        claims=tuple(given_claim(at, text, document=at, speaker="the author") for at, text in numbered),
    )

    async def ask(reasoner: Reasoner) -> Relations:
        return await reasoner.answer(RELATE, inputs, step="eval")

    content = "\n".join([claim, *(f"{row['evidence']}\t{row['label']}" for row in rows)])
    return LayerCase(f"claim-{number:03}", question, content, ask, lambda found: scores_of(labels(found, len(gold)), gold))


def labels(found: Relations, passages: int) -> list[str]:
    """Turn links to the claim and to its denial into one label a passage; what speaks for both sides is neutral."""
    sides: dict[int, set[str]] = defaultdict(set)
    for link in found.links:
        supports = (link.relation is Relation.SUPPORTS) == (link.answer == 1)
        for premise in link.premises if link.answer else ():
            sides[premise].add("Supports" if supports else "Refutes")
    return [next(iter(sides[at])) if len(sides[at]) == 1 else "Neutral" for at in range(1, passages + 1)]


def scores_of(found: Sequence[str], gold: Sequence[str]) -> Mapping[str, Scored]:
    """Score labels against the gold's. Balanced accuracy: the mean recall of the labels that a claim's passages have, if they have several.

    So the same label for all gets a half of two labels and a third of three; plain accuracy pays for calling all neutral.
    """
    pairs = list(zip(found, gold, strict=True))
    misses = [f"passage {at}: {one}, not {other}" for at, (one, other) in enumerate(pairs, 1) if one != other]
    sided = [(one, other) for one, other in pairs if other != "Neutral"]
    values = {"accuracy/1": share(sum(one == other for one, other in pairs), len(pairs), misses)}
    for label in LABELS:
        of_label = [one for one, other in pairs if other == label]
        values[_recall(label)] = share(sum(one == label for one in of_label), len(of_label))
    recalls = [value for label in LABELS if (value := values[_recall(label)].value) is not None]
    values["balanced accuracy/1"] = Scored(math.fsum(recalls) / len(recalls) if len(recalls) > 1 else None, tuple(misses))
    return values | {"wrong side/1": share(sum(one not in {other, "Neutral"} for one, other in sided), len(sided))}


def _recall(label: str) -> str:
    return f"{label.casefold()} recall/1"
