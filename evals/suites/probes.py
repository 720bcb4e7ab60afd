"""The probes as a suite: a configuration investigates the gold cases, and each knowledge base that it makes is probed."""

from __future__ import annotations

from pathlib import Path

from evals.benches import Bench
from evals.probing import PROBES, probe_all
from evals.scorers.scorer import Scored
from evals.suites.golds import FOLDER, LATER, OfGold, load_golds
from evals.suites.suite import Measure, Measured, Suite


class ProbedCase(OfGold):
    """A gold case whose knowledge base is probed."""

    def measure(self, bench: Bench, home: Path) -> Measured:
        """Investigate and probe."""
        done = bench.investigate(self.gold.folder, home)
        scores = {
            f"{name}/1": Scored(None if probed.passed is None else float(probed.passed), () if probed.passed else (probed.told,))
            for name, probed in probe_all(done.produced.view).items()
        }
        return Measured(scores, done.produced.used, done.run)


def probe_suite(folder: Path = FOLDER) -> Suite:
    """Return the probes on the knowledge bases of all gold cases."""
    cases = [ProbedCase(gold) for gold in load_golds(folder)]
    measures = tuple(Measure(f"{name}/1") for name in PROBES)
    about = "What must not move credences doesn't, and what must does."
    return Suite("probes", 2, about, measures, tuple(measure.id for measure in measures), cases, later=LATER)
