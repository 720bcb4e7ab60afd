"""Where a question stands: open with cruxes, open without any, or settled and resting on what (facts/credence.md 0, 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credence import defaults
from credence.engine import challenger, is_settled
from credence.noise import Varied
from credence.results import Crux, SubjectKind
from credence.robustness import Radius, robustness_radius
from credence.scores import by_risk
from credence.settling import SetMember, Story, Workbench, cheapest_story, crux_set

RESTING_ON: Final = 5


class Verdict(StrEnum):
    """How a question stands."""

    CRUXES = "open, with cruxes"
    NO_CRUX = "open, but nothing by itself would move it"
    SETTLED = "settled"


@dataclass(frozen=True)
class Standing:
    """A verdict and what is behind it.

    ``leading`` is the answer with the highest probability; ``challenger`` the one that a change would have to bring up, a named one where
    there is any (`credence.engine.challenger`; empty: there is no other). ``cruxes`` are chosen for what each adds to those before.
    ``resting_on`` orders subjects by how many times likelier the challenger becomes if they fail: the order that matters where all shifts
    are tiny. ``story`` is the cheapest found that overturns the answer; None: none was found.
    ``radius``: how far all leading judgments would have to be off together to do so.
    """

    question: str
    verdict: Verdict
    leading: str
    challenger: str
    answers: tuple[float, ...]
    """P(answers), as published."""
    cruxes: tuple[SetMember, ...]
    resting_on: tuple[Crux, ...]
    story: Story | None
    radius: Radius


def standing(varied: Varied) -> Standing:
    """Say where a question stands under one perspective's judgments. Takes some hundred propagations: about a second for 50 claims."""
    published = varied.modelled.published
    rival = challenger(varied.modelled)
    scored = varied.cruxes()
    bench = Workbench(varied.modelled, varied.judgments, scored)
    largest = max((crux.expected_shift for crux in scored if crux.kind is not SubjectKind.UPSTREAM), default=0.0)
    settled = is_settled(varied.modelled, largest)
    verdict = Verdict.SETTLED if settled else Verdict.CRUXES if largest >= defaults.SETTLED_SHIFT else Verdict.NO_CRUX
    answers = varied.modelled.answers
    return Standing(
        varied.modelled.question,
        verdict,
        answers[varied.leader].id,
        answers[rival].id if rival != varied.leader else "",
        tuple(published.tolist()),
        crux_set(bench) if verdict is Verdict.CRUXES else (),
        tuple(by_risk(scored, rival)[:RESTING_ON]) if rival != varied.leader else (),
        cheapest_story(bench),
        robustness_radius(varied),
    )
