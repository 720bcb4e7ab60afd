"""Judges on the command line: a model says what no rule can, and the gold says how far it is to be believed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cruxmap.benches import RUN, ConfiguredBench, produced_by
from cruxmap.errors import UsageError
from cruxmap.registry import Registry
from cruxmap.settings import Settings
from evals.configurations import Configuration
from evals.errors import ResultUnusable
from evals.families import shared_families
from evals.gold import GoldCase, load_gold_case
from evals.judging import JUDGED_FILE, JUDGES, Chosen, Item, Judged, Of, Rate, Selection, judged, questions_on
from evals.pairs import Kind, KnownPair, known_pairs, paired
from evals.reports import number
from evals.results import Result
from evals.scorers.scorer import Work
from evals.statements import Known, known, matched, stated
from evals.suites.golds import load_golds
from evals.trials import Trial
from prompts.tasks.base import Role
from sources.embedding import Embedder

SELECTION: Final = "selection.json"
SECOND: Final = "gold.b.yaml"
"""The second annotator's file beside a case's gold."""


class SameFamily(UsageError):
    """The judge is of the family that it would judge."""


def judge(result: Result, settings: Settings, name: str, *, of: Of, each: int, checks: int, seed: int, same_family: bool) -> Judged:
    """Ask a judge about a result's claims, gaps or cruxes, or go on asking; what is judged is drawn once and kept.

    ``each``: statements of a trial, at most; ``checks``: of a gold case, of each kind.

    Raises:
        SameFamily: judge and judged are of one family, and ``same_family`` is false.
        Unfinished: its questions wait for answers.
        ResultUnusable: the result holds no runs whose claims could be judged.
    """
    folder = result.folder / JUDGES / name
    embedder = Embedder()
    selection = _selection(folder, lambda: _drawn(result, of, embedder, each=each, checks=checks, seed=seed))
    if selection.of != of:
        raise UsageError(f"the judge {name} judges {selection.of}: give another --name")
    declared = settings.models.get(Role.JUDGE) or settings.model
    _refuse([declared] if declared else [], selection, allowed=same_family)
    bench = ConfiguredBench(Configuration(name, folder, ""), settings, embedder)
    verdicts, _ = bench.ask(folder, questions_on(selection))
    judges = sorted(_models_in(folder, RUN))
    _refuse(judges, selection, allowed=same_family)
    found = judged(selection, verdicts, judges)
    (folder / JUDGED_FILE).write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return found


def _refuse(judges: Sequence[str], selection: Selection, *, allowed: bool) -> None:
    shared = shared_families(judges, selection.models)
    if shared and not allowed:
        raise SameFamily(
            f"{', '.join(judges)} would judge its own family, or may ({', '.join(shared)}), and favour it: take a judge of another family, "
            "or give --allow-same-family, which the report then says"
        )


def _selection(folder: Path, draw: Callable[[], Selection]) -> Selection:
    path = folder / SELECTION
    if path.exists():
        try:
            return Selection.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as problem:
            raise ResultUnusable(f"{path} is of another version; remove {folder} and judge again") from problem
    drawn = draw()
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(drawn.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return drawn


def _drawn(result: Result, of: Of, embedder: Embedder, *, each: int, checks: int, seed: int) -> Selection:
    """Draw what is judged, of the cases and repeats that every configuration finished."""
    rng = random.Random(seed)  # noqa: S311  # a sample, not a secret
    runs = [trial for trial in result.trials if trial.outcome == "done" and Registry(result.folder / trial.home).knows(trial.run or RUN)]
    if not runs:
        raise ResultUnusable(f"{result.folder} holds no finished runs whose claims could be judged")
    blocks: dict[tuple[str, int], dict[str, Trial]] = {}
    for trial in runs:
        blocks.setdefault((trial.case, trial.repeat), {})[trial.configuration] = trial
    whole = [trials for _, trials in sorted(blocks.items()) if len(trials) == len(result.configurations)]
    golds = load_golds()
    left_out = dict.fromkeys(result.configurations, 0)
    chosen: list[Chosen] = []
    known_ones: list[Known | KnownPair] = []
    if of == "claims":
        for trials in whole:
            chosen += _statements(result, trials, each, left_out, rng)
        known_ones += (one for gold in golds for one in known(gold, checks, rng))
    else:
        kind: Kind = "gap" if of == "gaps" else "crux"
        chosen += _pairs(result, whole, kind, {gold.name: gold for gold in golds}, embedder)
        if not chosen:
            raise ResultUnusable(f"{result.folder} holds no finished runs on gold cases that have {of}")
        others = [load_gold_case(gold.folder, SECOND) for gold in golds if (gold.folder / SECOND).is_file()]
        first = {gold.name: gold for gold in golds}
        known_ones += (one for other in others for one in known_pairs(kind, first[other.name], other, each=checks, rng=rng))
    return Selection(
        of=of,
        seed=seed,
        configurations=result.configurations,
        models=tuple(sorted({model for trial in runs for model in _models_in(result.folder / trial.home, trial.run)})),
        chosen=tuple(chosen),
        known=tuple(known_ones),
        left_out=left_out,
    )


def _statements(result: Result, trials: Mapping[str, Trial], each: int, left_out: dict[str, int], rng: random.Random) -> list[Chosen]:
    """Draw of one case and repeat equally many and equally long statements of each configuration; count what was not drawn."""
    made = {name: stated(produced_by(result.folder / trial.home, trial.run)) for name, trial in sorted(trials.items())}
    chosen: list[Chosen] = []
    for name, drawn in matched(made, each, rng).items():
        left_out[name] += len(made[name]) - len(drawn)
        chosen += [_chosen(trials[name], one) for one in drawn]
    return chosen


def _pairs(
    result: Result, whole: Sequence[Mapping[str, Trial]], kind: Kind, golds: Mapping[str, GoldCase], embedder: Embedder
) -> Iterator[Chosen]:
    """Yield what the gold wants beside what each trial says."""
    for trial in (trial for trials in whole for _, trial in sorted(trials.items()) if trial.case in golds):
        work = Work(produced_by(result.folder / trial.home, trial.run), golds[trial.case], embedder)
        for pair in paired(kind, work):
            yield _chosen(trial, pair)


def _chosen(trial: Trial, item: Item) -> Chosen:
    return Chosen(configuration=trial.configuration, case=trial.case, cluster=trial.cluster, repeat=trial.repeat, statement=item)


def _models_in(home: Path, run: str) -> set[str]:
    """Name all who answered in a run's journal."""
    journal = Registry(home).open_journal(run)
    try:
        return {call.model for call in journal.calls() if call.outcome == "ok"}
    finally:
        journal.close()


def judged_lines(found: Judged) -> list[str]:
    """Say what a judge came to, its own error first."""
    lines = [f"Judged by {', '.join(found.judges)}: {found.measure}"]
    lines += [f"  {problem}" for problem in found.problems]
    lines.append(f"  on the gold: grants {_rate(found.grants)} of what is true; rejects of what is false:")
    lines += [f"    {flaw:<18} {_rate(rate)}" for flaw, rate in found.rejects.items()]
    lines.append(f"  its two orders disagree on {found.unsteady:.1%} of statements")
    lines += _shares(found.shares, found)
    return [*lines, *(f"  {line}" for line in found.told)]


def _shares(shares: Mapping[str, Rate], found: Judged) -> list[str]:
    lines = []
    for name, rate in shares.items():
        corrected = f", {number(found.corrected[name])} without the judge's own error" if name in found.corrected else ""
        counted = f"{found.statements[name]} judged, {found.left_out[name]} not drawn"
        lines.append(f"  {name}: {_rate(rate)}{corrected} ({counted})")
    return lines


def _rate(rate: Rate) -> str:
    estimate, low, high, n = rate
    return f"{number(estimate)} [{number(low)}, {number(high)}] n={n}"
