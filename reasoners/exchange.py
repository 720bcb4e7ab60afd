"""The exchange: questions are put into a file for a batch service, another machine or a person, and the run waits for their answers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from prompts.tasks.base import Role
from reasoners.errors import AnswersAwaited
from reasoners.requests import Completion, Request, Usage

UNDECLARED: Final = "exchange"
"""What a model is called while the operator has not said which one answers."""
QUIET_S: Final = 0.4
"""How long nothing new may be asked, and no thread work, until all that can be asked at once counts as asked."""


class CountingExecutor(ThreadPoolExecutor):
    """A pool of threads that knows whether any of them works."""

    def __init__(self) -> None:
        super().__init__()
        self.busy, self._counting = 0, threading.Lock()

    def submit(self, *arguments: Any, **named: Any) -> Future[Any]:
        """Count the work until it is done."""
        with self._counting:
            self.busy += 1
        work = super().submit(*arguments, **named)
        work.add_done_callback(self._done)
        return work

    def _done(self, _: Future[Any]) -> None:
        with self._counting:
            self.busy -= 1


class ExchangeAnswerer:
    """Answers nothing itself: it collects questions until no more can be asked, then stops the run, which resumes with the answers."""

    def __init__(self, models: Mapping[Role, str], *, temperature: float, max_output_tokens: int | None) -> None:
        self._models = {role: model or UNDECLARED for role, model in models.items()}
        self._settings = {"temperature": temperature} | ({} if max_output_tokens is None else {"max_tokens": max_output_tokens})
        self._asked: dict[str, tuple[Request, asyncio.Future[Completion]]] = {}
        self._news = asyncio.Event()
        self._closed = False

    @property
    def name(self) -> str:
        """Name the declared models, each once."""
        return f"exchange: {', '.join(dict.fromkeys(self._models.values()))}"

    @property
    def asked(self) -> list[Request]:
        """Return the questions that wait."""
        return [request for request, _ in self._asked.values()]

    def model_for(self, role: Role) -> str:
        """Name the declared model of a role."""
        return self._models[role]

    def settings_for(self, role: Role) -> Mapping[str, str | int | float | bool]:
        """Return what the answering model is asked to be run with."""
        del role
        return dict(self._settings)

    def estimate(self, request: Request) -> Usage:
        """Return nothing: a question that waits costs nothing yet."""
        del request
        return Usage()

    async def complete(self, request: Request) -> Completion:
        """Wait with all others.

        Raises:
            AnswersAwaited: nothing more can be asked before answers come.
        """
        if self._closed:
            raise AnswersAwaited(self._told())
        future: asyncio.Future[Completion] = asyncio.get_running_loop().create_future()
        self._asked[request.key] = (request, future)
        self._news.set()
        return await future

    async def watch(self, executor: CountingExecutor, *, quiet: float = QUIET_S) -> None:
        """Stop the run once everything that can be asked is asked: nothing new for a while, and no thread at work."""
        await self._news.wait()
        while self._news.is_set() or executor.busy:
            self._news.clear()
            await asyncio.sleep(quiet)
        self._closed = True  # what a limit held back until now is not asked in this round
        for _, future in self._asked.values():
            if not future.done():
                future.set_exception(AnswersAwaited(self._told()))

    def _told(self) -> str:
        return f"{len(self._asked)} prompts wait for answers"
