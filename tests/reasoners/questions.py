"""One question with a good answer, and the reasoner that asks it of the fake provider."""

from __future__ import annotations

import json
from typing import Any, Final

from prompts.loading import load
from prompts.tasks.base import Role
from prompts.tasks.claims import PlacedClaim
from prompts.tasks.ingestion import MATCH, MatchInputs
from reasoners.chat import ChatAnswerer
from reasoners.journal import Journal
from reasoners.limits import Limits, Meter
from reasoners.reasoner import Reasoner
from reasoners.requests import Request
from reasoners.simulated import SimulatedProvider

KEY: Final = "sk-planted-secret-0123456789"
INPUTS: Final = MatchInputs(
    question="Does the dam leak?",
    documents=(),
    claims=(PlacedClaim(number=1, claim="The dam leaks."), PlacedClaim(number=2, claim="Water comes through.")),
)
GOOD: Final = json.dumps({"groups": [{"claims": [1, 2], "reason": "two wordings"}]})


def reasoner(server: SimulatedProvider, journal: Journal, limits: Limits | None = None, **more: Any) -> Reasoner:
    """A chat reasoner that doesn't wait between tries."""
    models = dict.fromkeys(Role, more.pop("models", "openai:fake-1"))
    answerer = ChatAnswerer(models, base_url=server.url, **{"patience": 0.0, "timeout": 5.0, **more})
    return Reasoner(answerer, journal, Meter(limits or Limits(), journal.totals()), concurrency=2)


async def ask(asked: Reasoner, **more: Any) -> Any:
    """Ask the one question of these tests."""
    return await asked.answer(MATCH, INPUTS, **more)


def request(*, model: str = "m", repeat: int = 0, step: str = "", temperature: float = 0.0) -> Request:
    """The one question, as an answerer gets it."""
    return Request(MATCH, INPUTS, load(MATCH).render(INPUTS), model, {"temperature": temperature}, repeat, step)
