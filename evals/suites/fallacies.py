"""Rhetorical moves: fallacious texts (Jin and others 2022, "Logical Fallacy Detection") among clean passages. Read where they are."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from evals.scorers.scorer import Scored, share
from evals.suites.layers import LayerCase, data_file
from evals.suites.suite import Measure, Suite
from knowledge.vocabulary import FindingKind
from prompts.tasks.critic import EXAMINE, Critiques, ExaminedAssertion, ExamineInputs
from reasoners.reasoner import Reasoner

BATCHES: Final = 30
EACH: Final = 5
"""Fallacious texts in a batch, and as many clean ones."""
MEASURES: Final = (
    Measure("flagged, balanced accuracy/1", chance=0.5),
    Measure("flagged rightly/1"),
    Measure("false alarms/1", higher_is_better=False, integrity=True),
)
_LEAP: Final = {FindingKind.UNSUPPORTED_LEAP, FindingKind.OVERCLAIM}
KINDS: Final[dict[str, set[FindingKind]]] = {
    "ad hominem": {FindingKind.RHETORIC},
    "ad populum": {FindingKind.RHETORIC, FindingKind.PERFORMED_SETTLING},
    "appeal to emotion": {FindingKind.RHETORIC},
    "circular reasoning": {FindingKind.UNSUPPORTED_LEAP, FindingKind.PERFORMED_SETTLING},
    "equivocation": {FindingKind.RHETORIC, FindingKind.UNSUPPORTED_LEAP},
    "fallacy of credibility": {FindingKind.RHETORIC, FindingKind.UNSUPPORTED_LEAP},
    "fallacy of extension": {FindingKind.RHETORIC, FindingKind.UNSUPPORTED_LEAP},
    "fallacy of logic": _LEAP,
    "fallacy of relevance": {FindingKind.RHETORIC, FindingKind.UNSUPPORTED_LEAP},
    "false causality": _LEAP,
    "false dilemma": _LEAP | {FindingKind.RHETORIC},
    "faulty generalization": _LEAP,
    "intentional": {FindingKind.RHETORIC, FindingKind.OVERCLAIM, FindingKind.BURDEN_SHIFT},
}
"""Which of our kinds of finding name a fallacy rightly."""

Text = tuple[str, str]
"""The words, and the fallacy; "" if clean."""


def fallacies(datasets: Path) -> Suite:
    """Return the suite: batches of five fallacious and five clean texts.

    The clean ones are passages of HealthVer, so that the two also differ in topic: who flags by topic would be rewarded. The planted
    flaws with their clean twins don't have this weakness.
    """
    folder = data_file(datasets, "logical-fallacy")
    found = [(row["source_article"], row["logical_fallacies"]) for row in _rows(folder / "climate_dev.csv")]
    found += [(row["source_article"], row["updated_label"]) for row in _rows(folder / "edu_dev.csv")]
    bad = sorted({(text.strip(), kind) for text, kind in found if kind in KINDS and 30 < len(text) < 600})
    clean = sorted({row["evidence"] for row in _rows(data_file(datasets, "healthver", "healthver_dev.csv")) if len(row["evidence"]) < 600})
    rng = random.Random(20_26)  # noqa: S311  # a sample, not a secret
    flawed, sound = rng.sample(bad, k=min(BATCHES * EACH, len(bad))), rng.sample(clean, k=BATCHES * EACH)
    cases = []
    for number in range(len(flawed) // EACH):
        part = slice(number * EACH, (number + 1) * EACH)
        texts = [*flawed[part], *((text, "") for text in sound[part])]
        rng.shuffle(texts)
        cases.append(_case(number + 1, texts))
    return Suite(
        "fallacies", 1, "Fallacious texts among clean passages.", MEASURES, (MEASURES[0].id, MEASURES[1].id), cases, task=EXAMINE.name
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _case(number: int, texts: Sequence[Text]) -> LayerCase[Critiques]:
    inputs = ExamineInputs(
        question="Is what these texts say well founded?",
        title=f"Texts, batch {number}",
        assertions=tuple(
            ExaminedAssertion(number=at, claim=words, speaker="unknown", stance="asserts", hedge="plain", passage=words, surroundings=words)
            for at, (words, _) in enumerate(texts, 1)
        ),
    )

    async def ask(reasoner: Reasoner) -> Critiques:
        return await reasoner.answer(EXAMINE, inputs, step="eval")

    name = f"batch-{number:02}"
    return LayerCase(name, name, "\n".join(f"{words}\t{kind}" for words, kind in texts), ask, lambda found: scores_of(found, texts))


def scores_of(found: Critiques, texts: Sequence[Text]) -> Mapping[str, Scored]:
    """Score flags: any kind tells fallacious from clean, the right kind names it."""
    kinds: dict[int, set[FindingKind]] = {at: set() for at in range(1, len(texts) + 1)}
    for critique in found.critiques:
        if critique.flawed:
            kinds[critique.number].add(critique.kind)
    bad = [at for at, (_, kind) in enumerate(texts, 1) if kind]
    clean = [at for at in kinds if at not in bad]
    caught, alarms = sum(bool(kinds[at]) for at in bad), sum(bool(kinds[at]) for at in clean)
    named = sum(bool(kinds[at] & KINDS[texts[at - 1][1]]) for at in bad)
    misses = [f"not flagged: text {at}, {texts[at - 1][1]}" for at in bad if not kinds[at]]
    return {
        MEASURES[0].id: Scored((caught / len(bad) + 1 - alarms / len(clean)) / 2, tuple(misses)),
        MEASURES[1].id: share(named, len(bad)),
        MEASURES[2].id: share(alarms, len(clean)),
    }
