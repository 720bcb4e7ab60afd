"""Gold cases as cases of a suite: where they are, and what every suite over them shares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.gold import GoldCase, load_gold_case

FOLDER: Final = Path(__file__).parent / "gold"
LATER: Final = frozenset({"null-choir", "null-lamps", "null-oak", "null-pool"})
"""Null controls that came after the halves of the suite were first used; one annotator's."""


def load_golds(folder: Path = FOLDER) -> list[GoldCase]:
    """Load the gold cases and null controls of a folder, by name.

    Raises:
        SuiteUnusable: a case's gold contradicts its texts.
    """
    return [load_gold_case(path) for path in sorted(folder.iterdir()) if path.is_dir()]


@dataclass(frozen=True)
class OfGold:
    """A case of a suite that is one gold case."""

    gold: GoldCase

    @property
    def name(self) -> str:
        """The case's name."""
        return self.gold.name

    @property
    def cluster(self) -> str:
        """Its own: the cases have nothing in common."""
        return self.gold.name

    @property
    def digest(self) -> str:
        """The case's own digest."""
        return self.gold.digest
