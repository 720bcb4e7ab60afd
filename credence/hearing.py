"""What the critic's findings change: each testimony's weight before and after hearing them, and the answers with the one and the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from credence.faults import faults
from credence.judgments import Judgments, Key
from credence.noise import Varied
from knowledge.vocabulary import Quantity


@dataclass(frozen=True)
class Hearing:
    """A testimony's weight in nats before and after its judge heard the critic, and P(answers) as published under either."""

    before: float
    after: float
    answers_before: tuple[float, ...]
    answers_after: tuple[float, ...]

    @property
    def moves(self) -> float:
        """How far hearing the critic moves the answer that it moves most."""
        return max(abs(after - before) for before, after in zip(self.answers_before, self.answers_after, strict=True))


def hearings(varied: Varied) -> Mapping[str, Hearing]:
    """Map each testimony (id) of a question that was weighed again after hearing the critic to what that changed.

    Each is set back by itself, all others left as they count: one inference a testimony.
    """
    view = varied.material.view
    before, after = Judgments(view, varied.judgments.perspective, heard=False).judged(), varied.used
    now = tuple(varied.modelled.published.tolist())
    found = {}
    for assertion in faults(view):
        key = Key(assertion, Quantity.EVIDENCE, None)
        if key in after and key in before:
            weights = before[key], after[key].value
            without = now if weights[0] == weights[1] else tuple(varied.under({key: weights[0]}).published.tolist())
            found[assertion] = Hearing(*weights, without, now)
    return found
