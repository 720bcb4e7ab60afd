"""What is asked of whom, and what came back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import rfc8785

from prompts.loading import Rendered
from prompts.tasks.base import Inputs, Task

WITHOUT_ANSWER: Final = frozenset({"stopped", "lost"})
"""Outcomes of calls that count and gave no answer: one stopped the run, or its process died. Their questions are asked again."""
CHARACTERS_A_TOKEN: Final = 4
"""Four tokenisers have 3.7 to 4.6 characters of our prompts to a token, and 3.6 to 4.1 of the answers (docs/measurements.md)."""


@dataclass(frozen=True)
class Request:
    """One question to one model. ``repeat`` numbers independent elicitations of the same question; ``step`` is who asks."""

    task: Task[Any, Any]
    inputs: Inputs
    rendered: Rendered
    model: str
    settings: Mapping[str, str | int | float | bool]
    repeat: int = 0
    step: str = ""

    @cached_property
    def key(self) -> str:
        """Hex sha256 over rendered prompt, schema, model, settings and repeat: the same question has the same key."""
        identity: dict[str, Any] = {
            "system": self.rendered.system,
            "user": self.rendered.user,
            "schema": self.task.schema,
            "model": self.model,
            "settings": dict(self.settings),
            "repeat": self.repeat,
        }
        return hashlib.sha256(rfc8785.dumps(identity)).hexdigest()


def tokens_read(task: Task[Any, Any], rendered: Rendered) -> int:
    """Guess how many tokens a question has: its prompt and, as providers charge it too, the form of its answer."""
    return (len(rendered.system) + len(rendered.user) + len(json.dumps(task.schema))) // CHARACTERS_A_TOKEN


@dataclass(frozen=True)
class Usage:
    """Tokens by the provider's own figures, and money in USD; None where the model's price isn't known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Add up; an unknown price makes the sum unknown."""
        priced = self.cost_usd is not None and other.cost_usd is not None
        cost = (self.cost_usd or 0) + (other.cost_usd or 0) if priced else None
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens, cost)


@dataclass(frozen=True)
class Attempt:
    """One try of a call: ``ok``, or what went wrong. An answer got on the third try is not the same as one got on the first.

    ``wait``: seconds that were waited after it before the next; ``model``: which was asked, where a role has several.
    """

    outcome: str
    detail: str = ""
    usage: Usage = Usage()
    wait: float = 0.0
    model: str = ""


@dataclass(frozen=True)
class Completion:
    """What an answerer got: ``text`` is the answer's JSON (empty if ``outcome`` is not ``ok``), ``model`` as the provider names it."""

    text: str
    model: str
    attempts: tuple[Attempt, ...] = field(default=())
    outcome: str = "ok"
    problem: str = ""

    @property
    def usage(self) -> Usage:
        """All attempts together: failed ones cost as well."""
        return sum((attempt.usage for attempt in self.attempts), Usage())
