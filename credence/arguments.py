"""From links to the argument about one question: which claims and links can matter to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations, product
from operator import attrgetter

from credence import defaults
from credence.circles import OBJECTING, OBJECTION_BITS, cut_circles
from credence.judgments import Judgments
from credence.maps import QUESTION, ArgumentMap, Bond, Undercutting, Verdict, founded, named_in, strongest_first
from credence.materials import Material, Offer
from credence.results import LeftOut
from credence.steps import once, share_steps
from credence.testimony import Evidence, evidence_for
from credence.verdicts import undercuts_without, without_verdicts
from credence.wording import Event


def map_arguments(material: Material, judgments: Judgments) -> ArgumentMap:
    """Make the argument about one question of its links and drop what can't matter (facts/credence.md 2.11)."""
    answers, wording = material.answers, material.wording
    left_out: list[LeftOut] = []
    bonds = [_bond(offer, material, judgments) for offer in material.offers]
    if material.any_of:
        bonds = [bond._replace(any_suffices=True) if bond.link in material.any_of else bond for bond in bonds]
    verdicts = material.verdicts
    bonds = without_verdicts(bonds, verdicts, len(answers), left_out)
    bonds, strongest = _unlike(_qualified(material, bonds), left_out)
    bonds = _at_most_targets(bonds, defaults.MOST_TARGETS, left_out)
    objections = [offer._replace(target=strongest.get(offer.target, offer.target)) for offer in material.undercuts]
    attacking = founded(bonds, (_undercutting(offer, material, judgments) for offer in objections), left_out)
    attacking = undercuts_without(once(attacking, {}, left_out), verdicts, left_out)
    undercuts = _at_most_undercuts(founded(bonds, attacking, left_out), bonds, left_out)
    spoken = [(event, claim, evidence_for(material.told(claim), judgments)) for event, claim in wording.worded(named_in(bonds, undercuts))]
    testimony = [(event, found) for event, _, found in spoken]
    argument_map = ArgumentMap(answers, *_fruitful(bonds, undercuts, testimony), testimony, wording, left_out=left_out)
    argument_map.objected = frozenset(undercut.attacked for undercut in undercuts)
    argument_map.verdicts = [Verdict(claim, verdicts[claim], evidence_for(material.told(claim), judgments)) for claim in sorted(verdicts)]
    whole = len(argument_map.bonds), len(argument_map.undercuts)
    cut_circles(argument_map)
    if whole != (len(argument_map.bonds), len(argument_map.undercuts)):
        argument_map.bonds, argument_map.undercuts = _fruitful(argument_map.bonds, argument_map.undercuts, testimony, either_way=True)
    share_steps(material, argument_map)
    variables = set(argument_map.variables)
    argument_map.order = [variable for variable in argument_map.order if variable in variables]
    argument_map.circles = [ring for ring in argument_map.circles if ring[0] in variables]
    argument_map.priors = {one: judgments.priors(wording.answers(one)) for one in sorted(variables) if one.startswith("question-")}
    own = variables - argument_map.priors.keys()
    argument_map.testimony = [(event, found) for event, found in testimony if event.variable in own]
    argument_map.worded = {one: _worded(one, spoken, material.decisive) for one in argument_map.priors}
    return argument_map


def _worded(question: str, spoken: Iterable[tuple[Event, str, Evidence]], decisive: Mapping[str, tuple[str, ...]]) -> list[Verdict]:
    """Return the claims that word answers to a sub-question: first those that readings name as decisive, then of which most is said."""
    claims = [Verdict(claim, event.states, found) for event, claim, found in spoken if event.variable == question]
    return sorted(claims, key=lambda one: (-len(decisive.get(one.claim, ())), -one.evidence.pieces, one.claim))


def _bond(offer: Offer, material: Material, judgments: Judgments) -> Bond:
    link, premises, target = offer
    warrant = judgments.warrant(link)
    if link.target.startswith("answer-"):
        answers = material.answers if target == QUESTION else material.wording.answers(target)
        return Bond(link.id, premises, target, tuple(judgments.expected_under(link, answers)), warrant)
    unless, if_true = judgments.expected_if(link)
    held, states = material.wording.event(link.target).states, material.wording.states(target)
    if held == (1,) and states == 2:
        return Bond(link.id, premises, target, (unless, if_true), warrant)
    return Bond(link.id, premises, target, tuple([if_true if state in held else unless for state in range(states)]), warrant)


def _undercutting(offer: Offer, material: Material, judgments: Judgments) -> Undercutting:
    any_suffices = len(offer.premises) > 1 and offer.link.id in material.any_of
    return Undercutting(offer.link.id, offer.premises, offer.target, judgments.defeat(offer.link), any_suffices)


def _qualified(material: Material, bonds: list[Bond]) -> list[Bond]:
    """Send what a qualified claim bears on through the narrower claim (facts/credence.md 2.1): the wider one speaks for the narrower."""
    narrower = material.narrower
    if not narrower:
        return bonds
    found, used = [], {}
    for bond in bonds:
        if len(bond.premises) == 1 and bond.premises[0] in narrower and bond.target != narrower[bond.premises[0]][0].variable:
            wide = bond.premises[0]
            narrow, tag_id = narrower[wide]
            used[tag_id] = (wide, narrow)
            found.append(bond._replace(premises=(narrow,)))
        else:
            found.append(bond)
    for tag_id, (wide, narrow) in sorted(used.items()):
        rates = [defaults.WIDE_IF_NARROW if state in narrow.states else defaults.WIDE_UNLESS_NARROW for state in range(2)]
        found.append(Bond(tag_id, (wide,), narrow.variable, tuple(rates), 1.0))
    return found


def _unlike(bonds: list[Bond], left_out: list[LeftOut]) -> tuple[list[Bond], dict[str, str]]:
    """Drop bonds of a claim with itself, and of those with the same ends and direction all but the strongest.

    Returns also, by the link of each that was dropped for a stronger one, that one's link: an objection to either is one to both.
    """
    ends: dict[tuple[object, str], list[Bond]] = defaultdict(list)
    for bond in bonds:
        variables = bond.variables
        if bond.target in variables:
            left_out.append(LeftOut(bond.link, "its premise and its target say the same, or answer the same question"))
            continue
        if len(variables) > 1 and len(set(variables)) < len(variables):
            left_out.append(LeftOut(bond.link, "two of its premises say the same, or the opposite"))
            continue
        ends[variables[0] if len(variables) == 1 else frozenset(bond.premises), bond.target].append(bond)
    kept: list[Bond] = []
    same: dict[str, str] = {}
    for several in ends.values():
        steps: dict[object, Bond] = {}
        for bond in sorted(several, key=strongest_first) if len(several) > 1 else ():
            strongest = steps.setdefault(bond.way, bond)
            if strongest is not bond:
                left_out.append(LeftOut(bond.link, f"the same step as {strongest.link}"))
                same[bond.link] = strongest.link
        kept += steps.values() or several
    return sorted(kept, key=attrgetter("link")), same


def _at_most_targets(bonds: list[Bond], most: int, left_out: list[LeftOut]) -> list[Bond]:
    """Keep each premise's strongest bonds, and no bond with more premises than a table can hold."""
    offered = Counter([event.variable for bond in bonds for event in bond.premises])
    if max(offered.values(), default=0) <= most and all(len(bond.premises) <= defaults.MOST_PREMISES for bond in bonds):
        return bonds
    taken: dict[str, int] = defaultdict(int)
    kept = []
    for bond in sorted(bonds, key=strongest_first):
        if any(taken[variable] >= most for variable in bond.variables):
            left_out.append(LeftOut(bond.link, f"its premise has {most} stronger links"))
        elif len(bond.premises) > defaults.MOST_PREMISES:
            left_out.append(LeftOut(bond.link, f"it has more than {defaults.MOST_PREMISES} premises"))
        else:
            for variable in bond.variables:
                taken[variable] += 1
            kept.append(bond)
    return sorted(kept, key=lambda bond: bond.link)


def _at_most_undercuts(undercuts: Sequence[Undercutting], bonds: Iterable[Bond], left_out: list[LeftOut]) -> list[Undercutting]:
    """Keep of the undercuts by each claim the strongest, as many as its table can hold beside its links; a warrant holds any number."""
    if not undercuts:
        return []
    bonds = list(bonds)
    bits = Counter([variable for bond in bonds for variable in bond.variables for _ in range(2)])
    filled: dict[str, float] = defaultdict(float, bits)
    answered = {undercut.attacked for undercut in undercuts}
    kept = []
    for undercut in sorted(undercuts, key=lambda undercut: (-undercut.defeat, undercut.variables, undercut.link)):
        own = OBJECTION_BITS + (OBJECTION_BITS if undercut.link in answered else 1)
        most = max(filled[variable] for variable in undercut.variables) + own
        if most > OBJECTING or len(undercut.premises) > defaults.MOST_PREMISES:
            left_out.append(LeftOut(undercut.link, "its premise bears on too much else, or it has too many of them"))
            continue
        for variable in undercut.variables:
            filled[variable] += own
        kept.append(undercut)
    return sorted(founded(bonds, kept, left_out), key=lambda undercut: undercut.link)


def _fruitful(
    bonds: list[Bond], undercuts: list[Undercutting], testimony: list[tuple[Event, Evidence]], *, either_way: bool = False
) -> tuple[list[Bond], list[Undercutting]]:
    """Drop bonds and undercuts from what has no evidence of its own or below it, and what the question then can't reach.

    A step with several premises ties them to each other: evidence on one feeds the others, and with them all that they bear on. So does
    evidence on an objection with what it objects to.
    Once circles are cut a claim may hang on the question by the link that it receives only, so then the way counts in either direction.
    """
    told = {event.variable for event, found in testimony if found.pieces}
    if not told >= named_in(bonds, undercuts):  # else nothing can be barren, and 50,000 links needn't be walked
        fed = _closure(told, _feeding(bonds, undercuts))
        bonds = [bond for bond in bonds if not fed.isdisjoint(bond.variables)]
        undercuts = [undercut for undercut in undercuts if not fed.isdisjoint(undercut.variables)]
    arcs = list(_downward(bonds, undercuts))
    reached = _closure({QUESTION}, [*arcs, *((child, parent) for parent, child in arcs)] if either_way else arcs)
    bonds = [bond for bond in bonds if bond.target in reached]
    alive = {undercut.link for undercut in founded(bonds, undercuts)}
    return bonds, [undercut for undercut in undercuts if undercut.link in alive]


def _feeding(bonds: Sequence[Bond], undercuts: Iterable[Undercutting]) -> Iterator[tuple[str, str]]:
    """Yield (variable, other) where evidence on the one is felt at the other, whatever else is known of that."""
    for bond in bonds:
        yield from ((variable, bond.target) for variable in bond.variables)
        yield from permutations(bond.variables, 2) if len(bond.premises) > 1 else ()
    undercuts = list(undercuts)
    moved = {bond.link: bond.variables for bond in bonds} | {undercut.link: undercut.variables for undercut in undercuts}
    for undercut in undercuts:
        yield from permutations(undercut.variables, 2)
        yield from product(undercut.variables, moved.get(undercut.attacked, ()))


def _downward(bonds: Sequence[Bond], undercuts: Sequence[Undercutting]) -> Iterator[tuple[str, str]]:
    """Yield (parent, child) for every arc along which the question reaches variables."""
    targets = {}
    for bond in bonds:
        targets[bond.link] = bond.target
        for event in bond.premises:
            yield bond.target, event.variable
    for undercut in founded(bonds, undercuts):
        targets[undercut.link] = targets[undercut.attacked]
        yield from ((targets[undercut.link], variable) for variable in undercut.variables)


def _closure(start: set[str], arcs: Iterable[tuple[str, str]]) -> set[str]:
    steps: dict[str, list[str]] = defaultdict(list)
    for one, other in arcs:
        if other not in start:
            steps[one].append(other)
    found, stack = set(start), sorted(start)
    while stack:
        for other in steps.get(stack.pop(), ()):
            if other not in found:
                found.add(other)
                stack.append(other)
    return found
