"""Which suites there are, by name. One that needs data which isn't here says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from evals.errors import SuiteUnusable
from evals.suites.calibrations import calibration_suite
from evals.suites.fallacies import fallacies
from evals.suites.key_points import key_points
from evals.suites.nested_quoting import nested_suite
from evals.suites.planted_flaws import planted_suite
from evals.suites.poisons import poison_suite
from evals.suites.probes import probe_suite
from evals.suites.stances import stances
from evals.suites.structures import abstracts, microtexts
from evals.suites.suite import Suite
from evals.suites.whole_cases import gold_suite

SUITES: Final[dict[str, Callable[[Path], Suite]]] = {
    "gold": lambda _: gold_suite(),
    "calibration": lambda _: calibration_suite(),
    "planted": lambda _: planted_suite(),
    "poison": lambda _: poison_suite(),
    "probes": lambda _: probe_suite(),
    "nested": lambda _: nested_suite(),
    "microtexts": microtexts,
    "abstracts": abstracts,
    "stances": stances,
    "key-points": key_points,
    "fallacies": fallacies,
}
"""Each from the folder of labelled data sets, which only the layer suites read."""


def load_suite(name: str, datasets: Path) -> Suite:
    """Load a suite by its name.

    Raises:
        SuiteUnusable: there is none of this name, or its data are not here.
    """
    if name not in SUITES:
        raise SuiteUnusable(f"there is no suite {name!r}; there are {', '.join(SUITES)}")
    return SUITES[name](datasets)
