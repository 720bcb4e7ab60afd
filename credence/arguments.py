"""From links to the argument about one question: which claims and links can matter to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from credence import defaults
from credence.circles import cut_circles
from credence.judgments import Judgments
from credence.leaning import Leanings
from credence.maps import QUESTION, ArgumentMap, Bond, Undercutting, Verdict, named_in
from credence.results import LeftOut
from credence.steps import share_steps
from credence.testimony import Evidence, evidence_for
from credence.verdicts import find_verdicts, undercuts_without, without_verdicts
from credence.wording import Event, Wording
from knowledge.records import Answer, Claim, Link, Relation, Tag
from knowledge.views import View

ANY_SUFFICES: Final = ("premises", "any")
"""A tag on a link with several premises: any one of them is enough. Without it all are needed."""
QUALIFIES: Final = "qualifies"
"""A tag on a claim that narrows another, whose id is the value: what the wider one bears on, it bears on through the narrower."""


def map_arguments(view: View, answers: Sequence[Answer], judgments: Judgments) -> ArgumentMap:
    """Gather the links that lead to a question's answers and drop what can't matter (facts/credence.md 2.11)."""
    wording = Wording(view, answers)
    reaching, undercutting = _reaching(view, answers, wording)
    any_of = {tag.record for tag in view.all(Tag) if (tag.name, tag.value) == ANY_SUFFICES}
    left_out: list[LeftOut] = []
    bonds = [_bond(link, view, answers, judgments, wording) for link in reaching]
    bonds = [replace(bond, any_suffices=True) if bond.link in any_of else bond for bond in bonds]
    verdicts = find_verdicts(view, answers, judgments.priors(answers), bonds)
    bonds = without_verdicts(bonds, verdicts, len(answers), left_out)
    bonds = _unlike(_qualified(view, bonds, wording), left_out)
    bonds = _at_most_targets(bonds, defaults.MOST_TARGETS, left_out)
    kept = {bond.link for bond in bonds}
    attacking = [_undercutting(link, judgments, wording) for link in undercutting if link.target in kept]
    undercuts = _at_most_undercuts(undercuts_without(attacking, verdicts, left_out), left_out)
    leanings = Leanings(view)
    testimony = [(event, evidence_for(claim, view, judgments, leanings)) for event, claim in wording.worded(named_in(bonds, undercuts))]
    argument_map = ArgumentMap(tuple(answers), *_fruitful(bonds, undercuts, testimony), testimony, wording, left_out=left_out)
    argument_map.verdicts = [Verdict(claim, verdicts[claim], evidence_for(claim, view, judgments, leanings)) for claim in sorted(verdicts)]
    whole = len(argument_map.bonds), len(argument_map.undercuts)
    cut_circles(argument_map)
    if whole != (len(argument_map.bonds), len(argument_map.undercuts)):
        argument_map.bonds, argument_map.undercuts = _fruitful(argument_map.bonds, argument_map.undercuts, testimony, either_way=True)
    share_steps(view, argument_map)
    variables = set(argument_map.variables)
    argument_map.circles = [ring for ring in argument_map.circles if ring[0] in variables]
    argument_map.testimony = [(event, found) for event, found in testimony if event.variable in variables]
    argument_map.priors = {one: judgments.priors(wording.answers(one)) for one in sorted(variables) if one.startswith("question-")}
    return argument_map


def _reaching(view: View, answers: Sequence[Answer], wording: Wording) -> tuple[list[Link], list[Link]]:
    """Walk from the answers against the links: what supports or attacks them, what attacks those links, and so on."""
    own = {answer.id for answer in answers}
    by_target: dict[str, list[Link]] = defaultdict(list)
    for link in view.all(Link):
        by_target[QUESTION if link.target in own else link.target if link.target.startswith("link-") else wording.target(link)].append(link)
    seen: dict[str, Link] = {}
    frontier = [QUESTION]
    visited = set(frontier)
    while frontier:
        for link in by_target[frontier.pop()]:
            seen[link.id] = link
            following = [*(wording.event(claim).variable for claim in link.premises), link.id]
            frontier += [place for place in following if place not in visited]
            visited.update(following)
    links = [seen[key] for key in sorted(seen)]
    undercuts = [link for link in links if link.relation is Relation.UNDERCUTS]
    return [link for link in links if link.relation is not Relation.UNDERCUTS], undercuts


def _bond(link: Link, view: View, answers: Sequence[Answer], judgments: Judgments, wording: Wording) -> Bond:
    premises = tuple(wording.event(claim) for claim in link.premises)
    warrant = judgments.warrant(link)
    if link.target.startswith("answer-"):
        question = view.get(link.target, Answer).question
        if question == answers[0].question:
            return Bond(link.id, premises, QUESTION, tuple(judgments.expected_under(link, answers)), warrant)
        return Bond(link.id, premises, question, tuple(judgments.expected_under(link, wording.answers(question))), warrant)
    event = wording.event(link.target)
    unless, if_true = judgments.expected_if(link)
    expected = tuple(if_true if state in event.states else unless for state in range(wording.states(event.variable)))
    return Bond(link.id, premises, event.variable, expected, warrant)


def _undercutting(link: Link, judgments: Judgments, wording: Wording) -> Undercutting:
    return Undercutting(link.id, tuple(wording.event(claim) for claim in link.premises), link.target, judgments.defeat(link))


def _qualified(view: View, bonds: list[Bond], wording: Wording) -> list[Bond]:
    """Send what a qualified claim bears on through the narrower claim (facts/credence.md 2.1): the wider one speaks for the narrower."""
    narrower: dict[Event, tuple[Event, str]] = {}
    for tag in view.all(Tag):
        if tag.name == QUALIFIES and isinstance(view.records.get(tag.value), Claim) and tag.record.startswith("claim-"):
            narrower.setdefault(wording.event(tag.value), (wording.event(tag.record), tag.id))
    found, used = [], {}
    for bond in bonds:
        if len(bond.premises) == 1 and bond.premises[0] in narrower and bond.target != narrower[bond.premises[0]][0].variable:
            wide = bond.premises[0]
            narrow, tag_id = narrower[wide]
            used[tag_id] = (wide, narrow)
            found.append(replace(bond, premises=(narrow,)))
        else:
            found.append(bond)
    for tag_id, (wide, narrow) in sorted(used.items()):
        rates = [defaults.WIDE_IF_NARROW if state in narrow.states else defaults.WIDE_UNLESS_NARROW for state in range(2)]
        found.append(Bond(tag_id, (wide,), narrow.variable, tuple(rates), 1.0))
    return found


def _unlike(bonds: list[Bond], left_out: list[LeftOut]) -> list[Bond]:
    """Drop bonds of a claim with itself, and of those with the same ends and direction all but the strongest."""
    steps: dict[tuple[object, ...], list[Bond]] = defaultdict(list)
    for bond in bonds:
        if bond.target in bond.variables:
            left_out.append(LeftOut(bond.link, "its premise and its target say the same"))
            continue
        if len(bond.premises) > 1 and len(set(bond.variables)) < len(bond.variables):
            left_out.append(LeftOut(bond.link, "two of its premises say the same, or the opposite"))
            continue
        favoured = bond.expected.index(max(bond.expected))
        premises = bond.premises if len(bond.premises) == 1 else frozenset(bond.premises)
        steps[premises, bond.target, favoured].append(bond)
    kept = []
    for same in steps.values():
        first, *others = sorted(same, key=_strongest_first) if len(same) > 1 else same
        kept.append(first)
        left_out += [LeftOut(bond.link, f"the same step as {first.link}") for bond in others]
    return sorted(kept, key=lambda bond: bond.link)


def _strongest_first(bond: Bond) -> tuple[float, str]:
    return -bond.strength, bond.link


def _at_most_targets(bonds: list[Bond], most: int, left_out: list[LeftOut]) -> list[Bond]:
    """Keep each premise's strongest bonds, and no bond with more premises than a table can hold."""
    offered = Counter(variable for bond in bonds for variable in bond.variables)
    if max(offered.values(), default=0) <= most and all(len(bond.premises) <= defaults.MOST_PREMISES for bond in bonds):
        return bonds
    taken: dict[str, int] = defaultdict(int)
    kept = []
    for bond in sorted(bonds, key=_strongest_first):
        if any(taken[variable] >= most for variable in bond.variables):
            left_out.append(LeftOut(bond.link, f"its premise has {most} stronger links"))
        elif len(bond.premises) > defaults.MOST_PREMISES:
            left_out.append(LeftOut(bond.link, f"it has more than {defaults.MOST_PREMISES} premises"))
        else:
            for variable in bond.variables:
                taken[variable] += 1
            kept.append(bond)
    return sorted(kept, key=lambda bond: bond.link)


def _at_most_undercuts(undercuts: list[Undercutting], left_out: list[LeftOut]) -> list[Undercutting]:
    """Keep each link's strongest undercuts, as many premises in all as a table can hold."""
    taken: dict[str, int] = defaultdict(int)
    kept = []
    for undercut in sorted(undercuts, key=lambda undercut: (-undercut.defeat, undercut.link)):
        if taken[undercut.attacked] + len(undercut.premises) > defaults.MOST_PREMISES:
            left_out.append(LeftOut(undercut.link, "the link that it attacks has enough stronger undercuts"))
            continue
        taken[undercut.attacked] += len(undercut.premises)
        kept.append(undercut)
    return sorted(kept, key=lambda undercut: undercut.link)


def _fruitful(
    bonds: list[Bond], undercuts: list[Undercutting], testimony: list[tuple[Event, Evidence]], *, either_way: bool = False
) -> tuple[list[Bond], list[Undercutting]]:
    """Drop bonds and undercuts from what has no evidence of its own or below it, and what the question then can't reach.

    Once circles are cut a claim may hang on the question by the link that it receives only, so then the way counts in either direction.
    """
    fed = _closure(
        {event.variable for event, found in testimony if found.pieces},
        lambda: ((variable, bond.target) for bond in bonds for variable in bond.variables),
    )
    bonds = [bond for bond in bonds if any(variable in fed for variable in bond.variables)]
    undercuts = [undercut for undercut in undercuts if any(variable in fed for variable in undercut.variables)]
    arcs = list(_downward(bonds, undercuts))
    reached = _closure({QUESTION}, lambda: [*arcs, *((child, parent) for parent, child in arcs)] if either_way else arcs)
    bonds = [bond for bond in bonds if bond.target in reached]
    alive = {bond.link for bond in bonds}
    return bonds, [undercut for undercut in undercuts if undercut.attacked in alive]


def _downward(bonds: Iterable[Bond], undercuts: Iterable[Undercutting]) -> Iterator[tuple[str, str]]:
    """Yield (parent, child) for every arc along which the question reaches variables."""
    by_link: dict[str, Bond] = {}
    for bond in bonds:
        by_link[bond.link] = bond
        yield from ((bond.target, variable) for variable in bond.variables)
    for undercut in undercuts:
        if undercut.attacked in by_link:
            yield from ((by_link[undercut.attacked].target, variable) for variable in undercut.variables)


def _closure(start: set[str], arcs: Callable[[], Iterable[tuple[str, str]]]) -> set[str]:
    steps: dict[str, list[str]] = defaultdict(list)
    for one, other in arcs():
        steps[one].append(other)
    found, stack = set(start), sorted(start)
    while stack:
        for other in steps[stack.pop()]:
            if other not in found:
                found.add(other)
                stack.append(other)
    return found
