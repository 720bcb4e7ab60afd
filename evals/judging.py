"""A judge's verdicts, asked blind in both orders and told with the judge's own error.

Are claims entailed by their passages; are the gold's gaps and cruxes among a trial's, in whatever words?
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.comparing import Contest, compare
from evals.errors import ResultUnusable
from evals.families import family_of, shared_families
from evals.pairs import KnownPair, Pair
from evals.statements import Known, Statement
from evals.statistics import SHARES, Interval, cluster_means, mean_interval
from prompts.tasks.judge import ENTAIL, SAME, EntailmentInputs, JudgedPair, JudgedRecord, SamenessInputs
from reasoners.reasoner import Reasoner

Of = Literal["claims", "gaps", "cruxes"]
MEASURES: Final[Mapping[Of, str]] = {
    "claims": "claims entailed by their passages, by judge/1",
    "gaps": "gap recall, by judge/1",
    "cruxes": "crux recall at 3, by judge/1",
}
"""What can be judged, and the measure that comes of it."""
Item = Statement | Pair
JUDGES: Final = "judges"
"""The folder of a result's judges."""
JUDGED_FILE: Final = "judged.json"
A_QUESTION: Final = 10
"""Statements that are judged in one question."""
LEAST: Final = 0.5
"""Sensitivity plus specificity less 1 (Youden 1950) below which a judge is not believed: a guess has 0."""

Rate = tuple[float | None, float | None, float | None, int]
"""Estimate, bounds of its 95% interval, and the number of clusters; None where it isn't known."""


class Chosen(BaseModel):
    """A statement of a trial that is judged, or what the gold wants beside what the trial says."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    configuration: str
    case: str
    cluster: str
    repeat: int = 0
    statement: Item

    @property
    def unit(self) -> tuple[str, int, str]:
        """What is right if any of its verdicts is: a statement by itself, or what the gold wants."""
        return self.case, self.repeat, self.statement.wanted if isinstance(self.statement, Pair) else self.statement.id


class Selection(BaseModel):
    """What is judged, drawn once and kept. ``models``: who made it. ``left_out``: by configuration, statements that were not drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    of: Of
    seed: int
    configurations: tuple[str, ...]
    models: tuple[str, ...]
    chosen: tuple[Chosen, ...]
    known: tuple[Known | KnownPair, ...]
    left_out: dict[str, int]

    @property
    def statements(self) -> list[Item]:
        """All that a judge is asked about, the trials' and the gold's; not what is evident."""
        items = [one.statement for one in self.chosen] + [one.statement for one in self.known]
        return [one for one in items if isinstance(one, Statement) or one.evident is None]


def questions_on(selection: Selection) -> Callable[[Reasoner], Awaitable[dict[str, float]]]:
    """Return what asks a judge: all statements mixed, trials' and gold's, each twice in unlike company and order.

    Its answer is a verdict by statement: 1 granted, 0 not, 0.5 where the two orders disagree.
    """
    statements = {one.id: one for one in selection.statements}
    rng = random.Random(selection.seed)  # noqa: S311  # an order, not a secret
    rounds: list[tuple[bool, list[str]]] = []
    for passage_first in (False, True):
        order = rng.sample(sorted(statements), len(statements))
        rounds += [(passage_first, order[at : at + A_QUESTION]) for at in range(0, len(order), A_QUESTION)]

    async def ask(reasoner: Reasoner) -> dict[str, float]:
        told = await asyncio.gather(*(_asked(reasoner, [statements[one] for one in ids], first) for first, ids in rounds))
        sums: dict[str, float] = dict.fromkeys(statements, 0.0)
        for (_, ids), verdicts in zip(rounds, told, strict=True):
            for one, entailed in zip(ids, verdicts, strict=True):
                sums[one] += entailed / 2
        return sums

    return ask


async def _asked(reasoner: Reasoner, items: Sequence[Item], turned: bool) -> list[bool]:  # the one choice
    """Ask one question, in one of the two orders; all items are of one sort."""
    pairs = [one for one in items if isinstance(one, Pair)]
    if pairs:
        shown = tuple(
            JudgedPair(number=at, kind=one.kind, question=one.question, first=one.wanted, second=one.made)
            for at, one in enumerate(pairs, 1)
        )
        said = await reasoner.answer(SAME, SamenessInputs(items=shown, swapped=turned), step="judge")
        verdicts = {verdict.number: verdict.same for verdict in said.verdicts}
    else:
        records = tuple(JudgedRecord(number=at, **one.model_dump()) for at, one in enumerate(items, 1))
        answer = await reasoner.answer(ENTAIL, EntailmentInputs(items=records, passage_first=turned), step="judge")
        verdicts = {verdict.number: verdict.entailed for verdict in answer.verdicts}
    return [verdicts[number] for number in range(1, len(items) + 1)]


class Judged(BaseModel):
    """What a judge came to. ``corrected``: shares with the judge's own error taken out; empty if it can't be believed, and of recalls.

    ``grants``: share of the gold's true statements that it grants; ``rejects``: of the false ones that it rejects, by flaw and in "all";
    ``unsteady``: share of statements on which its two orders disagree; ``statements``: of each configuration, how many were judged.
    ``problems``: why it is not to be believed, or not wholly.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    measure: str
    judges: tuple[str, ...]
    judged: tuple[str, ...]
    shares: dict[str, Rate]
    corrected: dict[str, float]
    grants: Rate
    rejects: dict[str, Rate]
    unsteady: float
    statements: dict[str, int]
    left_out: dict[str, int]
    told: tuple[str, ...]
    problems: tuple[str, ...]
    misses: dict[str, tuple[str, ...]]


def judged(selection: Selection, verdicts: Mapping[str, float], judges: Sequence[str]) -> Judged:
    """Score configurations by a judge's verdicts, and the judge by the gold's.

    The corrected share is (share + specificity - 1) / (sensitivity + specificity - 1) (Rogan and Gladen 1978), cut to [0, 1]. It is one
    verdict's error: recall, for which one "yes" in several suffices, has another and stays as it is.
    """
    verdicts, asked = _counted(selection, verdicts), verdicts
    by_case = {name: _by_cluster(selection, verdicts, name) for name in selection.configurations}
    shares = {name: mean_interval(list(means.values()), bounds=SHARES) for name, means in by_case.items()}
    grants = _granted(selection, verdicts, {""})
    flaws = sorted({one.flaw for one in selection.known} - {""})
    rejects = {flaw: _turned(_granted(selection, verdicts, {flaw})) for flaw in flaws}
    rejects["all"] = _turned(_granted(selection, verdicts, set(flaws)))
    informed = grants.estimate + rejects["all"].estimate - 1
    believed = informed >= LEAST
    contests = [
        Contest(MEASURES[selection.of], one, other, True, (by_case[one], by_case[other])) for one, other in combinations(by_case, 2)
    ]
    correctable = believed and selection.of == "claims"
    return Judged(
        measure=MEASURES[selection.of],
        judges=tuple(judges),
        judged=selection.models,
        shares={name: _plain(one) for name, one in shares.items()},
        corrected={
            name: _corrected(one.estimate, rejects["all"].estimate, informed) for name, one in shares.items() if correctable and one.n
        },
        grants=_plain(grants),
        rejects={flaw: _plain(one) for flaw, one in rejects.items()},
        unsteady=sum(0 < value < 1 for value in asked.values()) / max(len(asked), 1),
        statements={name: len({one.unit for one in selection.chosen if one.configuration == name}) for name in selection.configurations},
        left_out=selection.left_out,
        told=tuple(one.told for one in compare(contests)) if believed else (),
        problems=tuple(_problems(selection, judges, informed)),
        misses={name: _misses(selection, verdicts, name) for name in selection.configurations},
    )


def _counted(selection: Selection, verdicts: Mapping[str, float]) -> dict[str, float]:
    """Return what verdicts count: of pairs a "yes" in one order only is a no, and what is evident counts without any."""
    if selection.of == "claims":
        return dict(verdicts)
    counted = {one: float(value == 1) for one, value in verdicts.items()}
    pairs = [one.statement for one in (*selection.chosen, *selection.known) if isinstance(one.statement, Pair)]
    return {one.id: one.evident for one in pairs if one.evident is not None} | counted


def _by_cluster(selection: Selection, verdicts: Mapping[str, float], configuration: str) -> dict[str, float]:
    best: dict[tuple[str, int, str], tuple[str, float]] = {}
    for one in (one for one in selection.chosen if one.configuration == configuration):
        best[one.unit] = one.cluster, max(verdicts[one.statement.id], best.get(one.unit, ("", 0.0))[1])
    return cluster_means(best.values())


def _granted(selection: Selection, verdicts: Mapping[str, float], flaws: Iterable[str]) -> Interval:
    """Return the share of the gold's statements with these flaws that the judge calls entailed, over cases."""
    wanted = set(flaws)
    means = cluster_means((one.case, verdicts[one.statement.id]) for one in selection.known if one.flaw in wanted)
    return mean_interval(list(means.values()), bounds=SHARES)


def _turned(one: Interval) -> Interval:
    return Interval(1 - one.estimate, 1 - one.high, 1 - one.low, one.n)


def _corrected(share: float, specificity: float, informed: float) -> float:
    return min(1.0, max(0.0, (share + specificity - 1) / informed))


def _plain(one: Interval) -> Rate:
    estimate, low, high = (None if math.isnan(value) else value for value in (one.estimate, one.low, one.high))
    return estimate, low, high, one.n


def _misses(selection: Selection, verdicts: Mapping[str, float], configuration: str) -> tuple[str, ...]:
    """List what was not granted in both orders, for whoever wants to read it."""
    chosen = [one for one in selection.chosen if one.configuration == configuration]
    right = {one.unit for one in chosen if verdicts[one.statement.id] == 1}
    return tuple(f"{one.case}: {_told(one.statement)}" for one in chosen if one.unit not in right)


def _told(item: Item) -> str:
    if isinstance(item, Pair):
        return f"{item.wanted} | {item.made or 'nothing of the kind'}"
    return f"{item.stance} ({item.hedge}): {item.claim} | {item.passage}"


def _problems(selection: Selection, judges: Sequence[str], informed: float) -> list[str]:
    found = []
    if shared := shared_families(judges, selection.models):
        found.append(f"The judge is, or may be, of the family that it judges ({', '.join(shared)}): it may favour what reads like its own.")
        if len({family_of(model) for model in selection.models}) > 1:
            found.append("Other families are judged beside its own: do not compare them by it.")
    if not informed >= LEAST:  # nan, without any gold, is no reason to believe
        found.append(f"Sensitivity plus specificity less 1 is {informed:.2f} on the gold, below {LEAST}: its verdicts are not used.")
    return found


def load_judged(result: Path) -> dict[str, Judged]:
    """Return what judges came to on a result, by the judge's name.

    Raises:
        ResultUnusable: a file of it can't be read.
    """
    found = {}
    for path in sorted((result / JUDGES).glob(f"*/{JUDGED_FILE}")):
        try:
            found[path.parent.name] = Judged.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as problem:
            raise ResultUnusable(f"{path} is of another version ({problem.__class__.__name__}); judge the result again") from problem
    return found
