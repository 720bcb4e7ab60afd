"""What single findings and documents change: the answers with a testimony's weight before and after hearing the critic, and unheard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credence.faults import faults
from credence.judgments import Judgments, Key
from credence.noise import Varied
from knowledge.records import Assertion
from knowledge.vocabulary import Quantity

MOST_SOURCES: Final = 60
"""Sources that are taken out one by one: each costs an inference, for which every report waits."""


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


def pulls(varied: Varied) -> Mapping[str, tuple[float, ...]]:
    """Map each source (id) to P(answers) as published were nothing counted that is said in it; its reasons and objections stay.

    One inference a source, and only of the `MOST_SOURCES` from which most testimonies come.
    """
    view = varied.material.view
    said: dict[str, dict[Key, float]] = defaultdict(dict)
    for key in varied.used:
        if key.quantity is Quantity.EVIDENCE:
            said[view.source_of(view.get(key.record, Assertion)).id][key] = 0.0
    most = sorted(said, key=lambda source: (-len(said[source]), source))[:MOST_SOURCES]
    return {source: tuple(varied.under(said[source]).published.tolist()) for source in sorted(most)}
