"""Every number can be opened: which judgments, which path, what if it were otherwise. Data only; `credence.words` words it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from credence.compiling import Summed
from credence.engine import Modelled, coherent_judgments
from credence.factors import Beliefs
from credence.inference import infer
from credence.judgments import Judgments, Key, Pooled, logit
from credence.maps import QUESTION, ArgumentMap, founded
from credence.network import Network, compile_network, true_given
from credence.noise import Bar, Varied, moved
from credence.results import Crux, LeftOut
from credence.scores import score
from knowledge.errors import UnknownRecord
from knowledge.records import Link, Question
from knowledge.views import View
from knowledge.vocabulary import Quantity

MOST_PATHS: Final = 3
_ROUNDS: Final = 100
_CLOSE: Final = 1e-7


@dataclass(frozen=True)
class Said:
    """One testimony: its assertion, its weight for the claim as represented (nats), and whether anybody judged that weight."""

    assertion: str
    weight: float
    judged: bool


@dataclass(frozen=True)
class Why:
    """A claim or warrant opened.

    ``said`` are the testimonies as judged one by one, ``weight`` what they amount to in nats after copies and shared upstreams. ``paths``
    are the shortest ways to the question, each a chain of links from the subject on. ``carried`` is by how many nats of log-odds the
    leading answer would fall without what is said on the claim (for a warrant: if it certainly failed). ``rests_on`` are the judgments next
    to it, with what one standard deviation of each does to the leading answer.
    """

    question: str
    leading: str
    answers: tuple[float, ...]
    crux: Crux
    said: tuple[Said, ...]
    weight: float
    paths: tuple[tuple[str, ...], ...]
    carried: float
    rests_on: tuple[Bar, ...]
    left_out: tuple[LeftOut, ...]
    circle: tuple[str, ...]
    """Other claims with which it leans on itself in a circle."""


@dataclass(frozen=True)
class WhatIf:
    """Answers before and after taking some subjects at other credences, and the leading cruxes after. Published probabilities."""

    question: str
    assumed: Mapping[str, float]
    before: tuple[float, ...]
    after: tuple[float, ...]
    cruxes: tuple[Crux, ...]
    missing: tuple[str, ...]
    """Subjects that this question's argument doesn't hold: they change nothing."""


class NoNumber(UnknownRecord):
    """A claim that gets no number as a crux, although an argument holds it: the message says why."""


def why(view: View, question: Question, subject: str, *, perspective: str | None = None) -> Why:
    """Open one claim's, or one link's warrant's, number.

    Raises:
        NoNumber: it only words an answer, or is about words or values.
        UnknownRecord: the question's argument doesn't hold the subject, or it is certain there; or there is no such perspective.
    """
    if subject.startswith("claim-"):
        subject = view.representative(subject)[0]
    judgments, _ = coherent_judgments(view, perspective)
    varied = Varied(view, question, judgments)
    argument_map = varied.modelled.argument_map
    step = argument_map.gate(subject)
    crux = next((crux for crux in varied.cruxes() if crux.subject == step), None)
    if crux is None:
        if subject in varied.unnumbered:
            raise NoNumber(subject, f"it is about {varied.unnumbered[subject]}, which no evidence settles: it gets no number as a crux")
        if any(subject == said.claim for said in argument_map.verdicts):
            raise NoNumber(subject, f"it words an answer to {question.name!r}: settling it would be settling the question")
        variable = argument_map.variable_of(subject)
        if variable != subject:
            states = next(one.states for one in argument_map.worded[variable] if one.claim == subject)
            first = next(one.claim for one in argument_map.worded[variable] if one.states == states)
            raise NoNumber(subject, f"it words an answer to {view.get(variable, Question).name!r}, as {first} does")
        raise UnknownRecord(subject, f"the argument about {question.name!r} doesn't rest on it")
    said = _said(view, subject, varied.used)
    return Why(
        question.id,
        varied.modelled.answers[varied.leader].id,
        tuple(varied.modelled.published.tolist()),
        crux,
        said,
        math.fsum(found.weight for claim, found in argument_map.evidence() if claim == subject),
        _paths(argument_map, argument_map.variable_of(subject)),
        _carried(varied, subject, said),
        _bars(varied, crux),
        tuple(left for left in argument_map.left_out if left.record == subject or _touches(view, left.record, subject)),
        tuple(other for ring in argument_map.circles if subject in ring for other in ring if other != subject),
    )


def _said(view: View, subject: str, used: Mapping[Key, Pooled]) -> tuple[Said, ...]:
    found = []
    for assertion, negated in view.assertions_of(subject) if subject.startswith("claim-") else ():
        pooled = used.get(Key(assertion.id, Quantity.EVIDENCE, None))
        if pooled is not None:
            found.append(Said(assertion.id, -pooled.value if negated else pooled.value, pooled.judged > 0))
    return tuple(sorted(found, key=lambda one: (-abs(one.weight), one.assertion)))


def _touches(view: View, record: str, subject: str) -> bool:
    link = view.records.get(record)
    return isinstance(link, Link) and any(view.representative(claim)[0] == subject for claim in link.premises)


def _paths(argument_map: ArgumentMap, subject: str) -> tuple[tuple[str, ...], ...]:
    """Return the shortest chains of links from a subject to the question, breadth first."""
    bonds = {bond.link: bond for bond in argument_map.bonds}
    chains: dict[str, tuple[str, ...]] = {}
    for undercut in founded(argument_map.bonds, argument_map.undercuts):
        chains[undercut.link] = (undercut.attacked, *chains.get(undercut.attacked, ()))
    if subject in bonds:
        rest = _paths(argument_map, bonds[subject].target) if bonds[subject].target != QUESTION else ((),)
        return tuple((subject, *path) for path in rest)
    if subject in chains:
        return tuple((subject, *chains[subject][:-1], *path) for path in _paths(argument_map, chains[subject][-1]))
    found: list[tuple[str, ...]] = []
    queue: deque[tuple[str, tuple[str, ...], frozenset[str]]] = deque([(subject, (), frozenset({subject}))])
    while queue and len(found) < MOST_PATHS:
        variable, path, seen = queue.popleft()
        if variable == QUESTION:
            found.append(path)
            continue
        steps: list[tuple[str, str, tuple[str, ...]]] = [
            (bond.link, bond.target, ()) for bond in argument_map.bonds if variable in bond.variables
        ]
        steps += [
            (undercut.link, bonds[chains[undercut.link][-1]].target, chains[undercut.link])
            for undercut in argument_map.undercuts
            if variable in undercut.variables and undercut.link in chains
        ]
        queue.extend((target, (*path, link, *then), seen | {target}) for link, target, then in steps if target not in seen)
    return tuple(found)


def _carried(varied: Varied, subject: str, said: tuple[Said, ...]) -> float:
    without = {Key(one.assertion, Quantity.EVIDENCE, None): 0.0 for one in said}
    if subject.startswith("link-"):
        undercuts = {undercut.link for undercut in varied.modelled.argument_map.undercuts}
        without = {Key(subject, Quantity.DEFEAT if subject in undercuts else Quantity.WARRANT, None): 0.0}
    if not without:
        return 0.0
    before = float(varied.modelled.inferred.beliefs.answers[varied.leader])
    return logit(before) - logit(float(varied.under(without).inferred.beliefs.answers[varied.leader]))


def _bars(varied: Varied, crux: Crux) -> tuple[Bar, ...]:
    found = []
    for key in varied.keys_of([crux]):
        if key.quantity is not Quantity.PRIOR:
            pooled = varied.used[key]
            ends = [varied.leading({key: moved(key, pooled.value, step)}) for step in (-pooled.noise, pooled.noise)]
            found.append(Bar(key, pooled.value, pooled.noise, *ends))
    return tuple(sorted(found, key=lambda bar: (-round(bar.width, 12), bar.key.record, bar.key.quantity, bar.key.given or "")))


def what_if(view: View, question: Question, credences: Mapping[str, float], *, perspective: str | None = None) -> WhatIf:
    """Take some claims or warrants at other credences and see what the answers become.

    The credences are taken as learnt (Jeffrey's rule): everything that bears on them or hangs on them moves too. With several, the least
    evidence is added that gives all of them at once (iterative proportional fitting).

    Raises:
        UnknownRecord: there is no such perspective.
        ValueError: a credence is not in [0, 1], or several can't all hold at once.
    """
    judgments, _ = coherent_judgments(view, perspective)
    named = {view.representative(record)[0] if record.startswith("claim-") else record: record for record in sorted(credences)}
    wanted = {
        subject: 1 - credences[record] if record.startswith("claim-") and view.representative(record)[1] else credences[record]
        for subject, record in named.items()
    }
    for value in wanted.values():
        if not 0 <= value <= 1:
            raise ValueError(f"a credence lies between 0 and 1; {value:g} doesn't")
    varied = Varied(view, question, judgments)
    modelled = varied.modelled
    gates = {bond.link: bond.gate for bond in modelled.argument_map.bonds}
    named = {gates.get(subject, subject): record for subject, record in named.items()}
    wanted = {gates.get(subject, subject): value for subject, value in wanted.items()}
    network = settleable(modelled, judgments, list(wanted)).network
    present = {subject: value for subject, value in wanted.items() if network.place(subject) is not None}
    beliefs = _fitted(network, present)
    without = {*varied.without, *present}
    left = score(network, beliefs, modelled.publication, disputed=varied.disputed, decisive=varied.decisive, without=without)
    return WhatIf(
        question.id,
        {named[subject]: credences[named[subject]] for subject in wanted},
        tuple(modelled.published.tolist()),
        tuple(modelled.publication.publish(beliefs.answers).tolist()),
        tuple(modelled.once_a_question(left)),
        tuple(named[subject] for subject in wanted if subject not in present),
    )


def settleable(modelled: Modelled, judgments: Judgments, subjects: Sequence[str]) -> Modelled:
    """Return a model in which the warrants among some subjects are variables of their own, so that evidence on them can be added."""
    links = [bond.gate for bond in modelled.argument_map.bonds if bond.gate in subjects]
    if not links:
        return modelled
    network = compile_network(modelled.argument_map, modelled.network.prior, judgments, explicit=links)
    return replace(modelled, network=network, inferred=infer(network.graph, check=False))


def _fitted(network: Network, wanted: Mapping[str, float]) -> Beliefs:
    """Add evidence on each subject in turn until all have the credence asked for."""
    graph = network.graph
    found = infer(graph, check=False)
    for _ in range(_ROUNDS):
        worst = 0.0
        for subject, value in wanted.items():
            place = network.place(subject)
            assert place is not None
            assert not isinstance(place, Summed)
            now = float(true_given(found.beliefs, place) @ found.beliefs.answers)
            worst = max(worst, abs(now - value))
            if abs(now - value) > _CLOSE:
                graph = graph.with_evidence(place, _ratio(value, now))
                found = infer(graph, check=False, after=found)
        if worst <= _CLOSE:
            return found.beliefs
    raise ValueError("these credences can't all hold at once in this argument")


def _ratio(value: float, now: float) -> tuple[float, float]:
    """Return likelihoods (of false, of true) that take a credence from ``now`` to ``value``."""
    if (now <= 0 and value > 0) or (now >= 1 and value < 1):
        raise ValueError("these credences can't all hold at once in this argument")
    against, in_favour = (1 - value) / max(1 - now, 1e-300), value / max(now, 1e-300)
    top = max(against, in_favour)
    return against / top, in_favour / top
