"""Calibration: short disputes whose truth is known, by the world or by what came out later; does 80% come true eight times of ten?"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from evals.benches import Bench
from evals.scorers.catalogue import CREDENCE_SCORERS
from evals.scorers.credences import forecasts
from evals.scorers.scorer import Work
from evals.suites.golds import OfGold, load_golds
from evals.suites.suite import Measure, Measured, Suite

FOLDER: Final = Path(__file__).parent / "calibration"
CHANCE: Final = {"claims Brier": 0.75, "claims log score": 0.693}
MEASURES: Final = tuple(Measure(one.id, one.higher_is_better, one.bounded, CHANCE.get(one.name)) for one in CREDENCE_SCORERS)


class ResolvedCase(OfGold):
    """A dispute that is over: its gold says which answer and which claims are true, and nothing of the layers before."""

    def measure(self, bench: Bench, home: Path) -> Measured:
        """Investigate, and score the credences."""
        done = bench.investigate(self.gold.folder, home)
        work = Work(done.produced, self.gold, bench.embedder)
        return Measured({one.id: one.measure(work) for one in CREDENCE_SCORERS}, done.produced.used, done.run, forecasts(work))


def calibration_suite(folder: Path = FOLDER) -> Suite:
    """Return the resolved disputes of a folder.

    Raises:
        SuiteUnusable: a case's gold contradicts its texts.
    """
    return Suite(
        name="calibration",
        version=1,
        about="Disputes that are over: eight from the history of science, told as of their time, and four that a later document settles.",
        measures=MEASURES,
        headline=("answer Brier/2", "claims Brier/1"),
        cases=[ResolvedCase(gold) for gold in load_golds(folder)],
    )
