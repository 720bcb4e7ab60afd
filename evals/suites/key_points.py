"""The same point in other words: arguments against key points (ArgKP, Bar-Haim and others 2020). Read where it is."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from evals.scorers.scorer import Scored, f1
from evals.suites.layers import LayerCase, data_file, given_claim, numbered_text
from evals.suites.suite import Measure, Suite
from prompts.tasks.ingestion import MATCH, Matches, MatchInputs
from reasoners.reasoner import Reasoner

EACH: Final = 10
"""Arguments drawn for each key point that make it, and as many that don't."""
Label = Literal["same", "opposite", "variant", "different"]
MEASURES: Final = (
    Measure("same or variant, balanced accuracy/1", chance=0.5),
    Measure("same or variant, F1/1"),
    Measure("called opposite/1", False),
)


def key_points(datasets: Path) -> Suite:
    """Return the suite: a key point is a case, a topic and side a cluster, since its key points share arguments.

    A key point says more generally what an argument says, so that both `same` and `variant` count as recognising it.
    """
    folder = data_file(datasets, "argkp")
    arguments = {row["arg_id"]: row for row in _rows(folder / "arguments_dev.csv")}
    points = {row["key_point_id"]: row for row in _rows(folder / "key_points_dev.csv")}
    labelled: dict[str, dict[bool, list[str]]] = defaultdict(lambda: {True: [], False: []})
    for row in _rows(folder / "labels_dev.csv"):
        labelled[row["key_point_id"]][row["label"] == "1"].append(arguments[row["arg_id"]]["argument"])
    rng = random.Random(20_26)  # noqa: S311  # a sample, not a secret
    cases = []
    for key, sides in sorted(labelled.items()):
        drawn = [(text, made) for made, texts in sides.items() for text in rng.sample(texts, k=min(EACH, len(texts)))]
        rng.shuffle(drawn)
        if len({made for _, made in drawn}) == 2:
            cases.append(_case(key, points[key], drawn))
    return Suite(
        "key-points", 2, "Whether an argument makes a given point in other words.", MEASURES, (MEASURES[0].id,), cases, task=MATCH.name
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _case(key: str, point: Mapping[str, str], drawn: Sequence[tuple[str, bool]]) -> LayerCase[Matches]:
    texts = list(enumerate([*(text for text, _ in drawn), point["key_point"]], 1))
    inputs = MatchInputs(
        question=point["topic"],
        documents=tuple(numbered_text(at, f"Text {at}", {at: text}) for at, text in texts),
        claims=tuple(given_claim(at, text, document=at, speaker="its author") for at, text in texts),
    )

    async def ask(reasoner: Reasoner) -> Matches:
        return await reasoner.answer(MATCH, inputs, step="eval")

    content = "\n".join([point["key_point"], *(f"{text}\t{made}" for text, made in drawn)])
    cluster = f"{point['topic']} {point['stance']}"
    return LayerCase(key, cluster, content, ask, lambda found: scores_of(labels(found, len(drawn)), [made for _, made in drawn]))


def labels(found: Matches, arguments: int) -> list[Label]:
    """Say of each argument how it stands to the key point, which is the claim after them."""
    point = arguments + 1
    made: dict[int, Label] = {}
    for pair in found.variants:
        if point in {pair.first, pair.second}:
            made[pair.first + pair.second - point] = "variant"
    for group in found.groups:
        if point in group.claims:
            made |= {at: "opposite" if (at in group.negated) != (point in group.negated) else "same" for at in group.claims}
    return [made.get(at, "different") for at in range(1, point)]


def scores_of(found: Sequence[Label], gold: Sequence[bool]) -> Mapping[str, Scored]:
    """Score verdicts against which arguments make the point."""
    taken = [one in {"same", "variant"} for one in found]
    hits = sum(one and other for one, other in zip(taken, gold, strict=True))
    right_no = sum(not one and not other for one, other in zip(taken, gold, strict=True))
    misses = tuple(f"argument {at}: {one}" for at, (one, made, told) in enumerate(zip(found, gold, taken, strict=True), 1) if made != told)
    return {
        MEASURES[0].id: Scored((hits / sum(gold) + right_no / (len(gold) - sum(gold))) / 2, misses),
        MEASURES[1].id: Scored(f1(hits, sum(taken), sum(gold))),
        MEASURES[2].id: Scored(sum(one == "opposite" for one in found) / len(found)),
    }
