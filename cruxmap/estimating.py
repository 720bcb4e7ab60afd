"""Estimating: what a run would ask and cost, before anything is spent.

What the reading asks is known: its questions are put together as they would be, and counted. What is asked after it depends on what the
documents turn out to say; it is told as a range, by what whole runs have asked for each question of their reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from agents.ingestion import inputs_of, parted
from cruxmap.choosing import models_of
from cruxmap.errors import UsageError
from cruxmap.gathering import documents_of
from cruxmap.settings import Settings
from cruxmap.whole_runs import LONG, SHIPPED, Asked
from explorer.wording import counted
from graphs.services import Critic, Pending
from prompts.loading import Prompts, Rendered
from prompts.tasks.base import Role
from prompts.tasks.ingestion import EXTRACT
from reasoners.chat import first_of
from reasoners.prices import Prices
from reasoners.requests import tokens_read
from sources.case_files import Case, load_case
from sources.errors import SourceError

ROUGH: Final = (
    "The reading's questions are counted; how long answers come out, and all that is asked after it, is a rough extrapolation from "
    f"{len(SHIPPED) + len(LONG)} whole runs ({len(SHIPPED)} shipped recordings, {len(LONG)} corpora of long documents), for each question "
    "of their reading. A token is taken for four characters, and the form of each answer is read too."
)
LEFT_OUT: Final = "Not in it: what a model thinks before it answers (charged as written), tries that fail, what a cache or a batch saves."


@dataclass(frozen=True)
class Span:
    """The least and the most."""

    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Span:
        """Return the bounds of some values."""
        return cls(min(values), max(values))

    def told(self) -> str:
        """Write a count as it is, and else both ends with the two digits that they are good for."""
        if self.low == self.high == round(self.low):
            return f"{self.low:,.0f}"
        low, high = _two_digits(self.low), _two_digits(self.high)
        return low if low == high else f"{low} to {high}"


def _two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):,.8f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Reading:
    """What the first round reads: ``unreadable`` by title, ``parts`` with those that nobody is asked about (``idle``), and their questions.

    ``questions`` have the tokens of each; the same question is asked once.
    """

    documents: int
    unreadable: tuple[str, ...]
    parts: int
    idle: int
    questions: Mapping[Rendered, int]

    @property
    def tokens(self) -> int:
        """What all questions have."""
        return sum(self.questions.values())


@dataclass(frozen=True)
class Stage:
    """What is asked, in a range; ``usd`` is None where the price of a model isn't known."""

    calls: Span
    read: Span
    written: Span
    usd: Span | None

    @property
    def tokens(self) -> Span:
        """Read and written."""
        return Span(self.read.low + self.written.low, self.read.high + self.written.high)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values, each range as its two ends."""
        ends = {name: [round(span.low), round(span.high)] for name, span in (("calls", self.calls), ("input_tokens", self.read))}
        ends["output_tokens"] = [round(self.written.low), round(self.written.high)]
        return {**ends, "usd": None if self.usd is None else [round(self.usd.low, 6), round(self.usd.high, 6)]}


@dataclass(frozen=True)
class Estimate:
    """What a run would ask. ``models``: by role, "" where none is named; ``later``: documents that are left to later rounds."""

    case: str
    reading: Reading
    models: Mapping[Role, str]
    later: int
    settings: Settings

    def _as_in_whole_runs(self) -> Iterator[tuple[Asked, Mapping[Role, Asked]]]:
        """Yield what the reading and the rest would come to, if it went as in each of the runs that were counted."""
        questions = len(self.reading.questions)
        for run in (*SHIPPED.values(), *LONG.values()):
            factor = questions / run.reading.calls
            reading = Asked(questions, self.reading.tokens, run.reading.written * factor)
            yield self._held(reading), {role: self._held(asked * factor) for role, asked in run.after.items()}

    def _held(self, asked: Asked) -> Asked:
        """Hold answers to the output limit."""
        most = self.settings.max_output_tokens
        return asked if most is None else Asked(asked.calls, asked.read, min(asked.written, most * asked.calls))

    def stages(self, roles: Sequence[Role] = tuple(Role)) -> dict[str, Stage]:
        """Return what is asked of these roles, in the reading, after it and in all."""
        wanted = set(roles) & set(self.models) - ({Role.CRITIC} if self.settings.critic is Critic.NONE else set())
        reading, after, both = [], [], []
        for read, rest in self._as_in_whole_runs():
            reading.append({Role.EXTRACT: read} if Role.EXTRACT in wanted else {})
            after.append({role: asked for role, asked in rest.items() if role in wanted})
            both.append({role: after[-1][role] + reading[-1].get(role, Asked()) for role in after[-1]})
        return {name: self._stage(by_run) for name, by_run in (("reading", reading), ("after", after), ("whole", both))}

    def _stage(self, by_run: Sequence[Mapping[Role, Asked]]) -> Stage:
        sums = [sum(by_role.values(), Asked()) for by_role in by_run]
        costs = [cost for by_role in by_run if (cost := self._cost(by_role)) is not None]
        return Stage(
            Span.of([round(one.calls) for one in sums]),
            Span.of([one.read for one in sums]),
            Span.of([one.written for one in sums]),
            Span.of(costs) if len(costs) == len(sums) else None,
        )

    def _cost(self, by_role: Mapping[Role, Asked]) -> float | None:
        prices = Prices(self.settings.prices, self.settings.base_url)
        cost = 0.0
        for role, asked in by_role.items():
            model = first_of(self.models[role])
            one = prices.cost(model, input_tokens=round(asked.read), output_tokens=round(asked.written)) if model else None
            if one is None:
                return None
            cost += one
        return cost

    def by_model(self) -> dict[str, tuple[list[Role], Stage]]:
        """Return for each model the roles that it has, and all that it is asked."""
        names = dict.fromkeys(first_of(model) for model in self.models.values())
        roles = {name: [role for role, model in self.models.items() if first_of(model) == name] for name in names}
        return {name: (own, self.stages(own)["whole"]) for name, own in roles.items()}

    def against_limits(self) -> list[str]:
        """Say which limits the reading, or else the whole run, would pass."""
        limits, stages = self.settings.run_limits, self.stages()
        told = []
        for flag, most, what in (
            ("--max-calls", limits.max_calls, "calls"),
            ("--max-tokens", limits.max_tokens, "tokens"),
            ("--max-usd", limits.max_usd, "usd"),
        ):
            reading, whole = getattr(stages["reading"], what), getattr(stages["whole"], what)
            if most is None:
                continue
            if whole is None:
                told.append(f"{flag} {most:g} can't be kept to: a model has no known price, and the run stops after its first calls")
            elif reading and reading.high > most:
                told.append(f"the reading alone {_passes(reading, most)} {flag} {most:g}: the run would stop before anything is compared")
            elif whole.high > most:
                told.append(f"the reading stays within {flag} {most:g}; the whole run {_passes(whole, most)} it, and could be resumed then")
            else:
                told.append(f"the whole run stays within {flag} {most:g}, by this estimate")
        return told

    def notes(self) -> list[str]:
        """Say what the figures rest on, and what is not in them."""
        notes = [ROUGH, LEFT_OUT]
        if _unpaid(self.settings):
            notes.insert(0, "As it stands no model would be asked: a recording or the baseline answers, at no cost. With --model one is.")
        if self.later:
            notes.append(f"Left to later rounds, and not in it: {counted(self.later, 'document')} of the case.")
        if self.settings.rounds > 1:
            notes.append(f"It is of the first of at most {self.settings.rounds} rounds; what is found later can't be known.")
        return notes

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        reading = self.reading
        models = [{"model": name, "roles": [role.value for role in own], **all_.to_json()} for name, (own, all_) in self.by_model().items()]
        return {
            "case": self.case,
            "documents": reading.documents,
            "unreadable": list(reading.unreadable),
            "parts": reading.parts,
            "parts_passed_over": reading.idle,
            "questions": len(reading.questions),
            **{name: stage.to_json() for name, stage in self.stages().items()},
            "models": models,
            "limits": self.against_limits(),
            "notes": self.notes(),
        }

    def lines(self) -> Iterator[str]:
        """Tell everything to a person."""
        reading = self.reading
        idle = f", {reading.idle} of them works cited or notices that nobody is asked about" if reading.idle else ""
        yield f"{self.case}: {counted(reading.documents, 'document')} in {counted(reading.parts, 'part')}{idle}."
        yield from (f"  can't be read: {one}" for one in reading.unreadable)
        yield f"{'':<11}{'questions':>14}{'tokens in':>26}{'tokens out':>22}{'USD':>18}"
        for name, stage in zip(("reading", "after it", "in all"), self.stages().values(), strict=True):
            money = stage.usd.told() if stage.usd else "?"
            yield f"{name:<11}{stage.calls.told():>14}{stage.read.told():>26}{stage.written.told():>22}{money:>18}"
        for name, (roles, stage) in self.by_model().items():
            yield f"{name or 'no model'} ({', '.join(roles)}): {_price(name, stage)}"
        yield from (f"{told[0].upper()}{told[1:]}." for told in self.against_limits())
        yield from self.notes()
        yield "Nothing was asked, and no run was begun."

    def line(self) -> str:
        """Tell it in one line, before a run asks anything."""
        stages = self.stages()
        reading, whole = stages["reading"], stages["whole"]
        return (
            f"the reading: {counted(round(reading.calls.low), 'question')}, {reading.read.told()} tokens in, some {reading.written.told()} "
            f"out, {_money(reading)}; the whole run: roughly {whole.calls.told()} questions, {whole.tokens.told()} tokens, {_money(whole)}"
        )


def _passes(span: Span, most: float) -> str:
    return "passes" if span.low > most else "may pass"


def _money(stage: Stage) -> str:
    return f"${stage.usd.told()}" if stage.usd else "no price known"


def _price(model: str, stage: Stage) -> str:
    if not model:
        return "name one for its price: --model PROVIDER:MODEL"
    return _money(stage) if stage.usd else f"no price known for {model}; give it under prices: in a configuration"


def _unpaid(settings: Settings) -> bool:
    """Say whether nobody would be asked as it is configured."""
    named = any(models_of(settings).values())
    return settings.reasoner in {"baseline", "recording"} or (settings.reasoner == "auto" and not named)


def estimate_case(folder: Path, settings: Settings) -> Estimate:
    """Read a case's documents and say what a run over them would ask. Nothing is asked of a model, and nothing is written.

    Raises:
        UsageError, SourceError: there is nothing to read, or the configuration reads in another way.
    """
    if settings.passes:
        raise UsageError("a configuration with passes asks one prompt for everything; --estimate counts what the agents ask")
    case = load_case(folder)
    searched = bool(settings.search or settings.search_folder or case.search_folder)
    documents, _ = documents_of(case, folder, settings, searched=searched)
    return estimate(case, documents, models_of(settings), settings)


def estimate(case: Case, documents: Sequence[Pending], models: Mapping[Role, str], settings: Settings) -> Estimate:
    """Say what a run over these documents would ask."""
    first = documents[: settings.documents_per_round]
    return Estimate(case.name, asyncio.run(_read(case, first, settings.asking)), models, len(documents) - len(first), settings)


async def _read(case: Case, documents: Sequence[Pending], prompts: Prompts) -> Reading:
    unreadable: list[str] = []
    questions: dict[Rendered, int] = {}
    parts = idle = 0
    for one in documents:
        try:
            document = await one.read()
        except SourceError as problem:
            unreadable.append(f"{one.title}: {problem.problem}")
            continue
        cut = parted(document.text)
        parts, idle = parts + len(cut.parts), idle + len(cut.idle)
        for part in cut.asked:
            rendered = prompts.of(EXTRACT).render(inputs_of(part, cut.places.get(part, ""), document, case))
            questions[rendered] = tokens_read(EXTRACT, rendered)
    return Reading(len(documents), tuple(unreadable), parts, idle, questions)
