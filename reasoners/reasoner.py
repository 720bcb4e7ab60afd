"""The reasoner that agents use: any answerer behind a journal, a semaphore and the run's limits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

from prompts.loading import SHIPPED, Prompts
from prompts.tasks.base import InputsT, OutputT, Role, Task
from reasoners.errors import UNANSWERED, InvalidAnswer, RunStops, Unanswered
from reasoners.journal import Journal
from reasoners.limits import Meter
from reasoners.requests import Completion, Request, Usage
from reasoners.validating import invalid


class Answerer(Protocol):
    """Whoever answers: a chat model, the baseline, a script. The one extension point of this layer."""

    @property
    def name(self) -> str:
        """Who judges, for the reports: "baseline 1", "openai:gpt-5"."""
        ...

    def model_for(self, role: Role) -> str:
        """Name the model that a role maps to."""
        ...

    def settings_for(self, role: Role) -> Mapping[str, str | int | float | bool]:
        """Return what shapes the role's answers beside the prompt."""
        ...

    def estimate(self, request: Request) -> Usage:
        """Estimate what a call will use, before it is made; nothing if it is free."""
        ...

    async def complete(self, request: Request) -> Completion:
        """Answer once, with all retries inside.

        Raises:
            RunStops: nothing more can be answered now.
        """
        ...


class Reasoner:
    """Asks each question once a run, by the given prompts: the journal answers what was asked before."""

    def __init__(self, answerer: Answerer, journal: Journal, meter: Meter, *, concurrency: int = 4, prompts: Prompts = SHIPPED) -> None:
        self.answerer, self.journal, self.meter, self._prompts = answerer, journal, meter, prompts
        self._slots = asyncio.Semaphore(concurrency)
        self._in_flight: dict[str, asyncio.Task[Completion]] = {}
        self._closing = False

    @property
    def name(self) -> str:
        """Who judges."""
        return self.answerer.name

    async def answer(self, task: Task[InputsT, OutputT], inputs: InputsT, *, repeat: int = 0, step: str = "") -> OutputT:
        """Ask, or take the journal's answer, and return it validated.

        Raises:
            Unanswered: no usable answer; a resumed run meets the same without asking again.
            RunStops: a limit is reached, or there are no credentials.
        """
        role = task.role
        inputs = inputs.turned() if self._prompts.turned else inputs
        rendered = self._prompts.of(task).render(inputs)
        request = Request(task, inputs, rendered, self.answerer.model_for(role), self.answerer.settings_for(role), repeat, step)
        completion = self.journal.get(request.key) or await self._once(request)
        if completion.outcome != "ok":
            raise UNANSWERED.get(completion.outcome, Unanswered)(completion.problem)
        wrong = invalid(request, completion.text)
        if wrong:
            raise InvalidAnswer(wrong)
        return task.output.model_validate_json(completion.text)

    async def _once(self, request: Request) -> Completion:
        """Share one call among all who ask the same at the same time."""
        if request.key not in self._in_flight:
            call = asyncio.create_task(self._call(request))
            self._in_flight[request.key] = call
            call.add_done_callback(lambda done: self._returned(request.key, done))
        return await asyncio.shield(self._in_flight[request.key])

    def _returned(self, key: str, call: asyncio.Task[Completion]) -> None:
        """Forget a call that came back; if nobody waits for it any more, its failure was met by those who did."""
        self._in_flight.pop(key, None)
        if not call.cancelled():
            call.exception()

    async def settle(self, seconds: float) -> None:
        """Let the calls in flight come back and be journalled, so that what was paid for is kept; those that only wait are dropped."""
        self._closing = True
        if self._in_flight:
            _, late = await asyncio.wait(self._in_flight.values(), timeout=seconds)
            for call in late:
                call.cancel()

    def drop(self) -> None:
        """Wait no longer for the calls in flight: they count as lost when the run is resumed."""
        self._closing = True
        for call in self._in_flight.values():
            call.cancel()

    async def _call(self, request: Request) -> Completion:
        async with self._slots:
            if self._closing:
                raise asyncio.CancelledError
            estimate, agent = self.answerer.estimate(request), request.task.name.partition("/")[0]
            await self.meter.reserve(agent, estimate)
            used: Usage | None = None
            clock = time.monotonic()
            try:
                completion = await self._journalled(request, estimate)
                used = completion.usage
            except RunStops as stop:
                if stop.attempts:
                    used = sum((attempt.usage for attempt in stop.attempts), Usage())
                raise
            finally:
                await asyncio.shield(self.meter.settle(agent, estimate, used, seconds=time.monotonic() - clock))
            return completion

    async def _journalled(self, request: Request, estimate: Usage) -> Completion:
        """Note a paid call before it is made and its answer before it is used."""
        started = datetime.now(UTC)
        begun = await asyncio.to_thread(self.journal.begin, request, estimate) if estimate != Usage() else ""
        try:
            completion = await self.answerer.complete(request)
        except RunStops as stop:
            if sum((attempt.usage for attempt in stop.attempts), Usage()) != Usage():
                self.journal.put_stopped(request, stop.attempts, str(stop), started=started, begun=begun)
            elif begun:
                self.journal.drop(begun)
            raise
        await asyncio.to_thread(self.journal.put, request, completion, started=started, begun=begun)
        return completion
