"""The numbers used where no judgment stands. They are moderate on purpose, and the result counts how often they were used."""

from __future__ import annotations

from typing import Final

from knowledge.vocabulary import Relation, Stance

SOMETHING_ELSE_PRIOR: Final = 0.05
"""P("something else") where a case states no prior; the named answers share the rest evenly."""
EXPECTED_IF_FAVOURED: Final = 0.65
EXPECTED_IF_NOT: Final = 0.35
"""P(premises | target true) and P(premises | target false) of a support; an attack has them the other way round: 2.7 decibans."""
EXPECTED_ELSE: Final = 0.5
"""P(premises | something else): it says nothing."""
WARRANT: Final = 0.7
DEFEAT: Final = 0.7
OBJECTED_DOUBT: Final = 0.5
"""Share of the doubt on a step's warrant that is due to objections like those made; the rest no refutation takes away."""
MODEL_ERROR: Final = 0.05
TESTIMONY: Final[dict[Stance, float]] = {
    Stance.ASSERTS: 0.8,
    Stance.CONCEDES: 0.8,
    Stance.REPORTS: 0.4,
    Stance.SUPPOSES: 0.0,
    Stance.DOUBTS: -0.4,
    Stance.DENIES: -0.8,
}
"""Log likelihood ratio, in nats, of one testimony for its claim."""
UNTARGETED_REFERENCE: Final = 0.3
"""P(claim) before its evidence where it bears on nothing but a link's warrant: objections that can be thought of are many."""
DATUM_IF_TRUE: Final = 0.8
DATUM_IF_FALSE: Final = 0.2
"""P(a shared upstream shows the claim | claim true), and false: caps all that lean on it together at a factor of 4."""
STRONGEST_EVIDENCE: Final = 20.0
"""Nats; keeps likelihoods inside what doubles hold."""
SETTLED_SHIFT: Final = 0.01
SETTLED_CREDENCE: Final = 0.95
MOST_TARGETS: Final = 6
"""A claim's strongest links that count: its table doubles with each, and while it is made quadruples."""
MOST_PREMISES: Final = 6
"""Premises of one link, or of one undercut."""
UPSTREAM_SOUND: Final = 0.9
"""P(a data set, witness or work on which several claims lean can be relied on)."""
MOST_UPSTREAMS: Final = 8
"""Shared upstreams that can fail as one, those that carry most; each can tie distant parts of the argument together."""
WIDE_IF_NARROW: Final = 0.9
WIDE_UNLESS_NARROW: Final = 0.4
"""P(a claim | a narrower form of it is true), and false."""


def expectedness(relation: Relation, *, favoured: bool) -> float:
    """Return P(premises | the target true), or false."""
    return EXPECTED_IF_FAVOURED if (relation is Relation.SUPPORTS) == favoured else EXPECTED_IF_NOT
