"""How a result was made, as plain data: who was asked what, how often, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TaskUse:
    """The calls of one task to one model. ``failed``: calls that stayed without an answer."""

    task: str
    model: str
    calls: int
    failed: int
    input_tokens: int
    output_tokens: int
    cost_usd: float


@dataclass(frozen=True)
class PromptText:
    """A prompt as it stands, and its digest. ``before``: digests of other texts by which the run asked the same, edited since."""

    name: str
    digest: str
    text: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Methods:
    """All of it, with the settings that shape a result."""

    tasks: tuple[TaskUse, ...] = ()
    prompts: tuple[PromptText, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
