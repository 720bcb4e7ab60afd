"""Splitting: what is too long for a model is asked about in halves, and what stays unanswered becomes an incident."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from knowledge.records import Incident
from reasoners.errors import ContextOverflow, Truncated, Unanswered, Unrecorded

T = TypeVar("T")
R = TypeVar("R")


async def ask_in_parts(
    ask: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
    items: Sequence[T],
    *,
    stage: str,
    subject: str,
    least: int = 1,
    unrecorded: str = "",
) -> list[R | Incident]:
    """Ask about all items at once; where the prompt or the answer is too long for the model, about each half, down to ``least`` items.

    ``unrecorded``: what follows for the result where a recording is older than the question, which then is an incident; without it the run
    stops there.

    Raises:
        RunStops: the run can't go on now.
    """
    part = partial(ask_in_parts, ask, stage=stage, subject=subject, least=least, unrecorded=unrecorded)
    try:
        return list(await ask(items))
    except (ContextOverflow, Truncated) as problem:
        middle = (len(items) + 1) // 2
        if middle < least or middle == len(items):
            return [unanswered(stage, subject, problem)]
        halves = (items[:middle], items[middle:])
        answered = await asyncio.gather(*(part(half) for half in halves))
        return [one for half in answered for one in half]
    except Unanswered as problem:
        return [unanswered(stage, subject, problem)]
    except Unrecorded:
        if not unrecorded:
            raise
        told = f"the recording is older than this question: {unrecorded}"
        return [Incident(stage=stage, subject=subject, problem=told, advice="Record the case again.")]


def unanswered(stage: str, subject: str, problem: Unanswered) -> Incident:
    """Record a question to which no usable answer came."""
    return Incident(
        stage=stage,
        subject=subject,
        problem=f"no usable answer: {problem}",
        advice="What the answer would have added is missing from the result; see the trace, then fork the run from this step.",
    )
