"""Score links as published work does: uv run python benchmarks/pooled_links.py --datasets FOLDER [--result RESULT].

Without a result the baseline is asked. With one of the suites microtexts or abstracts, each of its configurations is scored by the answers
that its trials got.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import scipy.stats

from cruxmap.benches import RUN
from cruxmap.registry import Registry
from evals.batches import load_plan
from evals.scorers.scorer import f1
from evals.suites.structures import Structure, abstract_structures, microtext_structures, relate_inputs
from evals.trials import kept
from knowledge.layers import group
from prompts.tasks.structuring import RELATE, Relations
from reasoners.baseline.relating import Relater
from reasoners.journal import Journal
from sources.embedding import Embedder

CORPORA: Final = {"microtexts": microtext_structures, "abstracts": abstract_structures}
RESAMPLES: Final = 5_000
SEED: Final = 20261123


def main() -> None:
    """Print for each corpus the F1 of links, and its mean with that of pairs without a link, over all ordered pairs of units."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=Path, required=True)
    parser.add_argument("--result", type=Path)
    given = parser.parse_args()
    if given.result is not None:
        suite = load_plan(given.result).suite
        structures = {one.name: one for one in CORPORA[suite](given.datasets)}
        for configuration, trials in group(kept(given.result), lambda trial: trial.configuration).items():
            answered = [(structures[trial.case], one) for trial in trials for one in answers_in(given.result / trial.home)]
            print(suite, configuration, len(answered), *pooled(answered))
        return
    relater = Relater(Embedder())
    for name, structures_in in CORPORA.items():
        print(name, "baseline", *pooled((gold, relater.relate(relate_inputs(gold))) for gold in structures_in(given.datasets)))


def answers_in(home: Path) -> Iterator[Relations]:
    """Yield what a trial was answered."""
    journal = Journal.at(Registry(home).folder(RUN) / "journal.db", RUN)
    try:
        for call in journal.calls():
            answer = journal.get(call.key)
            if call.task == RELATE.name and answer and answer.outcome == "ok":
                yield Relations.model_validate_json(answer.text)
    finally:
        journal.close()


def pooled(answered: Iterable[tuple[Structure, Relations]]) -> list[str]:
    """Return both F1, each with its 95% interval over texts. An undercut counts as a link to the premise of the step that it undercuts."""
    counts = np.array([counted(gold, found) for gold, found in answered], dtype=np.float64)
    drawn = scipy.stats.bootstrap(
        (np.arange(len(counts)),), lambda rows: np.array(both(counts[rows].sum(axis=0))), n_resamples=RESAMPLES, vectorized=False, rng=SEED,
        method="percentile",
    )  # fmt: skip
    low, high = drawn.confidence_interval
    return [f"{value:.3f} [{low[at]:.3f}, {high[at]:.3f}]" for at, value in enumerate(both(counts.sum(axis=0)))]


def counted(gold: Structure, found: Relations) -> tuple[int, int, int, int]:
    """Return how many links are right, given, and in the gold, and how many ordered pairs of units there are."""
    links = {(premise, link.conclusion) for link in found.links for premise in link.premises if link.conclusion}
    links |= {
        (one.premise, premise) for one in found.undercuts if one.link <= len(found.links) for premise in found.links[one.link - 1].premises
    }
    true = {step[:2] for step in gold.steps} | {(premise, undercut) for premise, undercut, _ in gold.undercuts}
    return len(links & true), len(links), len(true), len(gold.units) * (len(gold.units) - 1)


def both(counts: np.ndarray) -> tuple[float, float]:
    """Return the F1 of links, and its mean with that of the other pairs."""
    hits, given, wanted, pairs = counts.tolist()
    linked = f1(hits, given, wanted) or 0.0
    apart = f1(pairs - given - wanted + hits, pairs - given, pairs - wanted) or 0.0
    return linked, (linked + apart) / 2


if __name__ == "__main__":
    main()
