"""Whole runs that a model has answered: what was asked after the reading, by which a run that is not begun yet is estimated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from prompts.loading import OF_AGENTS, Rendered
from prompts.tasks.base import Role
from prompts.tasks.ingestion import EXTRACT
from reasoners.journal import Journal
from reasoners.requests import CHARACTERS_A_TOKEN, tokens_read


@dataclass(frozen=True)
class Asked:
    """Questions, and the tokens that they have read and written."""

    calls: float = 0
    read: float = 0
    written: float = 0

    def __add__(self, other: Asked) -> Asked:
        """Add up."""
        return Asked(self.calls + other.calls, self.read + other.read, self.written + other.written)

    def __mul__(self, factor: float) -> Asked:
        """Return so many times as much."""
        return Asked(factor * self.calls, factor * self.read, factor * self.written)


@dataclass(frozen=True)
class WholeRun:
    """What a run asked: its reading, and by role what came after it."""

    reading: Asked
    after: Mapping[Role, Asked]


def whole_run(journal: Journal) -> WholeRun:
    """Count what a run asked by the characters of its questions and answers: known also where nobody counted tokens."""
    tasks = {task.name: task for task in OF_AGENTS}
    reading, after = Asked(), defaultdict[Role, Asked](Asked)
    for call in journal.calls():
        system, user, answer = journal.words(call.seq) or ("", "", "")
        task = tasks[call.task]
        one = Asked(1, tokens_read(task, Rendered(system, user, call.prompt)), len(answer) // CHARACTERS_A_TOKEN)
        if task is EXTRACT:
            reading += one
        else:
            after[task.role] += one
    return WholeRun(reading, dict(after))


def _row(reading: Asked, extract: Asked, structure: Asked, critic: Asked, judge: Asked) -> WholeRun:
    return WholeRun(reading, {Role.EXTRACT: extract, Role.STRUCTURE: structure, Role.CRITIC: critic, Role.JUDGE: judge})


SHIPPED: Final = {
    "covid-origins": _row(
        Asked(11, 22_932, 21_548),
        Asked(19, 65_787, 6_475),
        Asked(14, 67_597, 14_284),
        Asked(16, 77_052, 13_832),
        Asked(48, 157_269, 53_890),
    ),
    "eggs": _row(
        Asked(12, 24_318, 19_228),
        Asked(22, 78_791, 7_889),
        Asked(11, 56_539, 10_769),
        Asked(14, 63_100, 7_756),
        Asked(39, 134_649, 37_558),
    ),
    "lhc-black-holes": _row(
        Asked(11, 22_726, 19_191),
        Asked(19, 67_680, 7_195),
        Asked(12, 62_105, 13_135),
        Asked(13, 65_885, 9_626),
        Asked(42, 143_505, 48_579),
    ),
}
"""The shipped recordings: briefs of a page each (`uv run python benchmarks/whole_runs.py`)."""
LONG: Final = {
    "the corpus of eggs": _row(
        Asked(59, 231_661, 99_018),
        Asked(80, 547_452, 37_557),
        Asked(33, 278_048, 32_520),
        Asked(39, 257_160, 30_613),
        Asked(94, 377_116, 98_914),
    ),
    "the corpus of COVID-19": _row(
        Asked(38, 148_649, 60_414),
        Asked(42, 238_662, 17_717),
        Asked(24, 201_189, 30_692),
        Asked(27, 164_498, 29_146),
        Asked(94, 330_402, 98_118),
    ),
    "the corpus of black holes": _row(
        Asked(88, 384_659, 102_638),
        Asked(80, 551_068, 44_796),
        Asked(37, 345_973, 45_689),
        Asked(43, 279_699, 35_709),
        Asked(136, 503_911, 131_847),
    ),
}
"""Whole documents (docs/readings.md, "The whole corpora"; their journals are not kept). Questions on grounds came later: they are in as
they would be asked of these runs, with answers of 13 tokens an assertion, as the recordings have them."""
