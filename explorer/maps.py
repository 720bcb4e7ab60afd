"""The map: the argument as a graph, in the order in which it is to be read; the page lays out the part that is open.

An answer's reasons come the weightiest first: by what the answer would lose if the claim, or the step from it, were found to fail.
Claims that bear on a smaller question too are known by it, so that what is folded away can be told by what it is about.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from credence.results import QuestionAssessment
from explorer.entries import ClaimEntry
from explorer.phrases import named
from explorer.summaries import Summary
from knowledge.layers import group
from knowledge.records import UNKNOWN, Answer, Link, Warrant
from knowledge.views import View
from knowledge.vocabulary import TURNED, Relation

LOOSE: Final = "loose"
"""Stands for the question of what is linked but bears on no answer."""
ALONE: Final = "alone"
"""Stands for the question of what nothing was linked to."""


@dataclass(frozen=True)
class MapNode:
    """An answer, a claim or an origin. ``topics``: the questions a claim bears on; ``origins``: what it shares with others."""

    id: str
    kind: str
    text: str
    address: str
    credence: float | None = None
    name: str = ""
    crux: bool = False
    finding: bool = False
    sources: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A link: premises (all of them together) that support or attack an answer or a claim, or undercut another line.

    ``relation`` is between the claims as the map words them: support by the opposite of a claim is shown as its attack.
    """

    id: str
    premises: tuple[str, ...]
    target: str
    relation: Relation
    why: str


@dataclass(frozen=True)
class MapQuestion:
    """A part of the map: a question with its answers, or the heads of what leads to none."""

    id: str
    text: str
    heads: tuple[str, ...]


@dataclass(frozen=True)
class Outline:
    """The map as a list: how deep, what it is to the one above it, and which node."""

    depth: int
    relation: str
    node: str


@dataclass(frozen=True)
class ArgumentMap:
    """The whole map. Nodes and lines come in the order of reading."""

    questions: tuple[MapQuestion, ...]
    nodes: tuple[MapNode, ...]
    lines: tuple[Line, ...]
    outline: tuple[Outline, ...]

    @cached_property
    def by_id(self) -> dict[str, MapNode]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def onto(self) -> dict[str, list[Line]]:
        """The lines by what they are about."""
        return group_lines(self.lines)


def argument_map(
    view: View,
    summary: Summary,
    claims: Sequence[ClaimEntry],
    credences: Mapping[str, float],
    addresses: Mapping[str, str],
    *,
    origins: Mapping[str, tuple[str, frozenset[str]]],
    assessed: Sequence[QuestionAssessment] = (),
) -> ArgumentMap:
    """Build it. ``addresses``: the page of every node; ``origins``: (name, claims that lean on it) of each shared upstream."""
    carried = _carried(assessed)
    lines = tuple(sorted(_lines(view), key=lambda line: (-_weight(line, carried), -_least(line, credences), line.id)))
    forest = Forest([answer.id for question in summary.questions for answer in question.answers], [claim.id for claim in claims], lines)
    questions = [
        MapQuestion(question.id, question.text, tuple(one.id for one in sorted(question.answers, key=lambda answer: -answer.probability)))
        for question in summary.questions
    ]
    if forest.loose:
        questions.append(MapQuestion(LOOSE, "Reasons that lead to no answer yet", tuple(forest.loose)))
    if forest.alone:
        questions.append(MapQuestion(ALONE, "Claims that nothing was linked to", tuple(forest.alone)))
    return ArgumentMap(
        tuple(questions),
        tuple(_nodes(summary, claims, credences, addresses, origins, _topics(view, lines))),
        lines,
        tuple(_outline(forest, questions)),
    )


def _lines(view: View) -> Iterator[Line]:
    for link in view.all(Link):
        premises = [view.representative(claim) for claim in link.premises]
        target, negated = view.representative(link.target) if link.target.startswith("claim-") else (link.target, False)
        if target in {claim for claim, _ in premises}:
            continue
        turned = negated != (len(premises) == 1 and premises[0][1])
        yield Line(
            link.id,
            tuple(dict.fromkeys(claim for claim, _ in premises)),
            target,
            TURNED[link.relation] if turned else link.relation,
            view.get(link.warrant, Warrant).text,
        )


def _carried(assessed: Sequence[QuestionAssessment]) -> dict[tuple[str, str], float]:
    """Map (claim or link, answer) to what the answer would lose if it failed, and (it, "") to the most that any would lose or gain."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for question in assessed:
        for crux in question.cruxes:
            for answer, then in zip(question.answers, crux.if_false, strict=True):
                loss = answer.probability - then
                found[crux.subject, answer.answer] = loss
                found[crux.subject, ""] = max(found[crux.subject, ""], abs(loss))
    return dict(found)


def _weight(line: Line, carried: Mapping[tuple[str, str], float]) -> float:
    """Return what a line carries in its own direction: what its answer would lose, or gain, if a claim in it or the step failed.

    A claim that hardly anyone would credit carries nothing, however much would follow from it.
    """
    parts = (line.id, *line.premises)
    if line.target.startswith("answer-"):
        sign = 1 if line.relation is Relation.SUPPORTS else -1
        return max(0.0, *(sign * carried.get((part, line.target), 0.0) for part in parts))
    return max(carried.get((part, ""), 0.0) for part in parts)


def _least(line: Line, credences: Mapping[str, float]) -> float:
    return min((credences.get(claim, 0.0) for claim in line.premises), default=0.0)


class Forest:
    """Which node each claim stands below in the list: the nearest to an answer, found breadth first."""

    def __init__(self, roots: Sequence[str], claims: Sequence[str], lines: Sequence[Line]) -> None:
        self.children: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._onto = group_lines(lines)
        self._seen = set(roots)
        self._grow(roots)
        linked = {claim for line in lines for claim in (*line.premises, line.target)}
        self.loose: list[str] = []
        for claim in sorted((one for one in claims if one in linked), key=lambda one: one not in self._onto):
            if claim not in self._seen:
                self.loose.append(claim)
                self._seen.add(claim)
                self._grow([claim])
        self.alone = [claim for claim in claims if claim not in self._seen]

    def _grow(self, roots: Sequence[str]) -> None:
        waiting = deque(roots)
        while waiting:
            node = waiting.popleft()
            for line in self._onto.get(node, ()):
                self._stand(node, line, waiting)
                stack = [(line.premises[0], undercut) for undercut in self._onto.get(line.id, ())]
                while stack:  # what attacks a step stands below the first of its premises
                    home, undercut = stack.pop()
                    self._stand(home, undercut, waiting)
                    stack += [(home, deeper) for deeper in self._onto.get(undercut.id, ())]

    def _stand(self, home: str, line: Line, waiting: deque[str]) -> None:
        for premise in line.premises:
            if premise not in self._seen:
                self._seen.add(premise)
                self.children[home].append((premise, line.relation.value))
                waiting.append(premise)


def group_lines(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Group lines by what they are about: an answer, a claim, or another line."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.target].append(line)
    return dict(found)


def _topics(view: View, lines: Sequence[Line]) -> dict[str, tuple[str, ...]]:
    """Map each claim to the questions on whose answers it bears, however far down it stands."""
    onto = group_lines(lines)
    found: dict[str, list[str]] = defaultdict(list)
    for question, answers in group(view.all(Answer), lambda answer: answer.question).items():
        waiting = [answer.id for answer in answers]
        seen = set(waiting)
        while waiting:
            for line in onto.get(waiting.pop(), ()):
                for node in (line.id, *line.premises):
                    if node not in seen:
                        seen.add(node)
                        waiting.append(node)
        for claim in seen:
            found[claim].append(question)
    return {claim: tuple(questions) for claim, questions in found.items()}


def _nodes(
    summary: Summary,
    claims: Sequence[ClaimEntry],
    credences: Mapping[str, float],
    addresses: Mapping[str, str],
    origins: Mapping[str, tuple[str, frozenset[str]]],
    topics: Mapping[str, tuple[str, ...]],
) -> Iterator[MapNode]:
    cruxes = {crux.subject for question in summary.questions for crux in question.cruxes[:3]}
    flagged = {finding.about for finding in summary.findings}
    for question in summary.questions:
        for answer in question.answers:
            yield MapNode(answer.id, "answer", answer.text, addresses[answer.id], answer.probability, named(answer.name))
    for claim in claims:
        said = claim.quotations
        yield MapNode(
            claim.id,
            "claim",
            claim.text,
            addresses[claim.id],
            credences.get(claim.id),
            crux=claim.id in cruxes,
            finding=claim.id in flagged or any(one.id in flagged for one in said),
            sources=tuple(dict.fromkeys(one.source_id for one in said)),
            speakers=tuple(dict.fromkeys(one.speaker for one in said)),
            years=tuple(dict.fromkeys(one.said[:4] for one in said if one.said != UNKNOWN)),
            topics=topics.get(claim.id, ()),
            origins=tuple(origin for origin, (_, leaning) in origins.items() if claim.id in leaning),
        )
    for origin, (name, _) in origins.items():
        yield MapNode(origin, "origin", name, addresses[origin])


def _outline(forest: Forest, questions: Sequence[MapQuestion]) -> Iterator[Outline]:
    for question in questions:
        yield Outline(0, "", question.id)
        stack = [(head, 1, "") for head in reversed(question.heads)]
        while stack:
            node, depth, relation = stack.pop()
            yield Outline(depth, relation, node)
            below = sorted(forest.children[node], key=lambda child: _SIDES[child[1]])
            stack += [(child, depth + 1, how) for child, how in reversed(below)]


_SIDES: Final = {Relation.SUPPORTS.value: 0, Relation.ATTACKS.value: 1, Relation.UNDERCUTS.value: 2}
