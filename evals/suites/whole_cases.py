"""Whole cases: gold cases and null controls, investigated from the first document to the cruxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.benches import Bench
from evals.gold import GoldCase
from evals.scorers.catalogue import CASE_SCORERS
from evals.scorers.scorer import Work
from evals.suites.golds import FOLDER, LATER, OfGold, load_golds
from evals.suites.suite import Measure, Measured, Suite

_CHANCE = {"finding recall at 10% false alarms": 0.1, "finding partial AUC": 0.5, "crux topic": 0.5, "crux against other claims": 0.5}
MEASURES = tuple(Measure(one.id, one.higher_is_better, one.bounded, _CHANCE.get(one.name), integrity=one.integrity) for one in CASE_SCORERS)


@dataclass(frozen=True)
class WholeCase(OfGold):
    """A gold case, to be investigated whole."""

    others: Sequence[GoldCase]

    def measure(self, bench: Bench, home: Path) -> Measured:
        """Investigate and apply every scorer."""
        done = bench.investigate(self.gold.folder, home)
        work = Work(done.produced, self.gold, bench.embedder, self.others)
        return Measured({scorer.id: scorer.measure(work) for scorer in CASE_SCORERS}, done.produced.used, done.run)


def gold_suite(folder: Path = FOLDER) -> Suite:
    """Return the gold cases and null controls of a folder.

    Raises:
        SuiteUnusable: a case's gold contradicts its texts.
    """
    golds = load_golds(folder)
    return Suite(
        name="gold",
        version=6,
        about="Small invented disputes with complete gold, and null controls in which nothing is wrong.",
        measures=MEASURES,
        headline=("span F1/1", "attribution/1", "supports F1/1", "finding recall at 10% false alarms/2", "crux recall at 3/1"),
        cases=[WholeCase(gold, [other for other in golds if other is not gold]) for gold in golds],
        later=LATER,
    )
