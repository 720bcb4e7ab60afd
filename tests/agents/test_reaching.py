"""What leads to an answer."""

from __future__ import annotations

from agents.reaching import bearing_on
from knowledge.records import Equivalence
from tests.credence.builders import NO, YES, Argument


def test_steps_are_followed_over_claims_links_and_rewordings() -> None:
    """What supports, attacks or undercuts a step to an answer bears on it, round in circles too; what leads elsewhere doesn't."""
    argument = Argument()
    near, far, said, doubt, idle, other = (argument.claim(name) for name in ("near", "far", "said", "doubt", "idle", "other"))
    argument.records.append(Equivalence(representative=far.id, member=said.id, reason="the same"))
    to_answer, to_reworded, back = (
        argument.bears(near, YES, 0.8, 0.2),
        argument.bears(said, near, 0.2, 0.8),
        argument.bears(near, far, 0.8, 0.2),
    )
    undercut = argument.undercuts(doubt, to_reworded, 0.5)
    elsewhere, nowhere = argument.bears(other, NO, 0.8, 0.2), argument.bears(other, idle, 0.8, 0.2)
    here = {near.id, far.id, doubt.id, to_answer.id, to_reworded.id, back.id, undercut.id}
    assert bearing_on(argument.view, [YES.id]) == here
    assert bearing_on(argument.view, [YES.id, NO.id]) == here | {other.id, elsewhere.id}
    assert nowhere.id not in bearing_on(argument.view, [YES.id, NO.id])
    assert bearing_on(argument.view, []) == set()
