"""Variants of one claim bear on an answer by one and the same step: it holds for all of them or fails for all (facts/credence.md 2.4)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from credence.judgments import expit, logit
from credence.maps import ArgumentMap, Bond, Undercutting
from credence.materials import Material
from credence.results import LeftOut
from credence.wording import Event


def share_steps(material: Material, argument_map: ArgumentMap) -> None:
    """Give the bonds of variants of one claim that favour the same state of the same target one warrant together.

    The third rung of the ladder for dependent evidence: a shared failure mode is one gate across the links. So a finding that is told
    five ways, with other numbers or of other patients, can't move its target further than one step can be trusted; and an objection to the
    step for one is an objection to it for all, which counts once. The shared warrant is the mean, in log-odds, of those judged; it goes by
    the name of the strongest link. A bond in a circle keeps a step of its own, and so does one whose premise objects to the shared step.
    """
    neighbours = _neighbours(material)
    if not neighbours:
        return
    inside = {variable for ring in argument_map.circles for variable in ring}
    shared: dict[str, Bond] = {}
    for family in _families([bond for bond in argument_map.bonds if not inside.intersection((bond.target, *bond.variables))], neighbours):
        attackers = {
            variable
            for undercut in argument_map.undercuts
            for variable in undercut.variables
            if undercut.attacked in {one.link for one in family}
        }
        members = [bond for bond in family if bond.variables[0] not in attackers]
        if len(members) > 1:
            head = min(members, key=lambda bond: (-bond.strength, bond.link))
            warrant = expit(math.fsum(sorted(logit(bond.warrant) for bond in members)) / len(members))
            shared.update({bond.link: bond._replace(step=head.link, warrant=warrant) for bond in members})
    argument_map.bonds = [shared.get(bond.link, bond) for bond in argument_map.bonds]
    gates = {bond.link: bond.gate for bond in shared.values()}
    argument_map.undercuts = once(argument_map.undercuts, gates, argument_map.left_out)


def once(undercuts: Sequence[Undercutting], gates: Mapping[str, str], left_out: list[LeftOut]) -> list[Undercutting]:
    """Keep of objections by the same premises to the same step the one that defeats it most; ``gates``: by link the step that it shares.

    What attacks one that isn't kept attacks the one that is.
    """
    found: dict[tuple[frozenset[Event], bool, str], Undercutting] = {}
    same: dict[str, str] = {}
    left = sorted(undercuts, key=lambda one: (-one.defeat, one.link))
    while left:
        waiting = {undercut.link for undercut in left}
        for undercut in (one for one in left if one.attacked not in waiting):
            attacked = same.get(undercut.attacked, undercut.attacked)
            own = undercut if attacked == undercut.attacked else replace(undercut, attacked=attacked)
            first = found.setdefault((frozenset(own.premises), own.any_suffices, gates.get(attacked, attacked)), own)
            if first is not own:
                same[undercut.link] = first.link
                left_out.append(LeftOut(undercut.link, f"the same objection as {first.link}"))
        left = [one for one in left if one.attacked in waiting]
    return sorted(found.values(), key=lambda one: one.link)


def _neighbours(material: Material) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for (one, other), *_ in material.variants:
        found[one].add(other)
        found[other].add(one)
    return found


def _families(bonds: Sequence[Bond], neighbours: Mapping[str, set[str]]) -> list[list[Bond]]:
    """Return the groups, of two or more, that bear alike on the same target by premises that are variants, directly or through others."""
    groups: dict[tuple[object, ...], dict[str, Bond]] = defaultdict(dict)
    for bond in sorted(bonds, key=lambda bond: bond.link):
        if len(bond.premises) == 1 and bond.warrant < 1 and bond.premises[0].variable in neighbours:
            groups[bond.target, bond.way][bond.link] = bond
    found = []
    for left in groups.values():
        while left:
            family = [left.pop(min(left))]
            for member in family:
                near = neighbours.get(member.variables[0], set())
                joined = [bond for bond in left.values() if bond.variables[0] in near]
                for bond in joined:
                    del left[bond.link]
                family += joined
            if len(family) > 1:
                found.append(family)
    return found
