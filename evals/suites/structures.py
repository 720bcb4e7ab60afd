"""Inference structure: short argumentative texts (arg-microtexts) and abstracts of clinical trials (AbstRCT), their units given.

Peldszus and Stede 2015 (CC BY-NC-SA 4.0); Mayer, Cabrio and Villata 2020 (CC BY-NC-SA 4.0). Read where they are; no text is kept.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from evals.errors import SuiteUnusable
from evals.scorers.scorer import Scored, f1
from evals.suites.layers import LayerCase, data_file, given_claim, numbered_text
from evals.suites.suite import Measure, Suite
from knowledge.vocabulary import Relation
from prompts.tasks.structuring import RELATE, PosedQuestion, RelateInputs, Relations
from reasoners.reasoner import Reasoner

MEASURES: Final = (Measure("linked F1/2"), Measure("supports F1/2"), Measure("attacks F1/2"), Measure("undercut F1/2"))
HEADLINE: Final = ("linked F1/2", "supports F1/2")
_RELATIONS: Final = {"sup": Relation.SUPPORTS, "exa": Relation.SUPPORTS, "reb": Relation.ATTACKS}

Step = tuple[int, int, Relation]
Undercutting = tuple[int, int, int]
"""Premise, and the two ends of the step that it undercuts."""


@dataclass(frozen=True)
class Structure:
    """Units in the order of the text, numbered from 1, and how they lean on each other. ``name`` and ``title``: of the text."""

    name: str
    title: str
    units: tuple[str, ...]
    steps: frozenset[Step]
    undercuts: frozenset[Undercutting]


def scores_of(found: Relations, gold: Structure) -> Mapping[str, Scored]:
    """Score links; where the gold has none of a kind, giving none is right and earns all, and each one given costs all."""
    steps = {(premise, link.conclusion, link.relation) for link in found.links for premise in link.premises if link.conclusion}
    undercuts = {
        (undercut.premise, premise, conclusion)
        for undercut in found.undercuts
        for premise in found.links[undercut.link - 1].premises
        if (conclusion := found.links[undercut.link - 1].conclusion)
    }
    linked = {step[:2] for step in steps}, {step[:2] for step in gold.steps}
    values = {"linked F1/2": _f1(*linked)}
    for name, relation in (("supports F1/2", Relation.SUPPORTS), ("attacks F1/2", Relation.ATTACKS)):
        values[name] = _f1({one for one in steps if one[2] is relation}, {one for one in gold.steps if one[2] is relation})
    return values | {"undercut F1/2": _f1(undercuts, gold.undercuts)}


def _f1(produced: Collection[tuple[object, ...]], gold: Collection[tuple[object, ...]]) -> Scored:
    missed = tuple(f"missed: {one}" for one in sorted(map(str, set(gold) - set(produced))))
    value = f1(len(set(produced) & set(gold)), len(produced), len(gold))
    return Scored(1.0 if value is None else value, missed)


def relate_inputs(gold: Structure) -> RelateInputs:
    """Show a text with its units given as claims."""
    units = dict(enumerate(gold.units, 1))
    return RelateInputs(
        questions=(PosedQuestion(text=gold.title, answers=()),),
        documents=(numbered_text(1, gold.title, units),),
        claims=tuple(given_claim(number, unit, document=1, start=number, speaker="the author") for number, unit in units.items()),
    )


def _case(gold: Structure) -> LayerCase[Relations]:
    inputs = relate_inputs(gold)

    async def ask(reasoner: Reasoner) -> Relations:
        return await reasoner.answer(RELATE, inputs, step="eval")

    content = f"{gold.title}\n{gold.units}\n{sorted(map(str, gold.steps))}\n{sorted(map(str, gold.undercuts))}"
    return LayerCase(gold.name, gold.name, content, ask, lambda found: scores_of(found, gold))


def microtexts(datasets: Path) -> Suite:
    """Return the suite over arg-microtexts: 56 texts with supports, rebuttals and undercuts."""
    cases = [_case(gold) for gold in microtext_structures(datasets)]
    return Suite("microtexts", 3, "Inference links in short argumentative texts.", MEASURES, HEADLINE, cases, task=RELATE.name)


def microtext_structures(datasets: Path) -> Iterator[Structure]:
    """Yield the texts of arg-microtexts by name."""
    for path in sorted(data_file(datasets, "arg-microtexts").glob("*.xml")):
        yield _microtext(path.stem, ElementTree.parse(path).getroot())  # noqa: S314  # a research data set that the operator put there


def _microtext(name: str, root: ElementTree.Element) -> Structure:
    edges = {edge.get("id", ""): (edge.get("src", ""), edge.get("trg", ""), edge.get("type", "")) for edge in root.iter("edge")}
    texts = {edu.get("id", ""): " ".join((edu.text or "").split()) for edu in root.iter("edu")}
    parts: dict[str, list[str]] = defaultdict(list)
    for source, target, kind in edges.values():
        if kind == "seg":
            parts[target].append(texts[source])
    order = [adu.get("id", "") for adu in root.iter("adu") if adu.get("id") in parts]
    number = {adu: at for at, adu in enumerate(order, 1)}
    steps: set[Step] = set()
    undercuts: set[Undercutting] = set()
    for source, first_target, first_kind in edges.values():
        if first_kind == "seg":
            continue
        target, kind = first_target, first_kind
        while kind == "add":  # a linked premise does what the premise does that it is linked to
            _, target, kind = edges[target]
        if kind in _RELATIONS and target in number:
            steps.add((number[source], number[target], _RELATIONS[kind]))
        elif kind == "und":
            premise, conclusion, _ = edges[target]
            while conclusion in edges:  # an undercut of an undercut: its own target is the step's end
                conclusion = edges[conclusion][0]
            undercuts.add((number[source], number[premise], number[conclusion]))
    title = (root.get("topic_id") or name).replace("_", " ")
    return Structure(name, title, tuple(" ".join(parts[adu]) for adu in order), frozenset(steps), frozenset(undercuts))


def abstracts(datasets: Path) -> Suite:
    """Return the suite over AbstRCT's development abstracts: claims and premises given, supports and attacks to find."""
    cases = [_case(gold) for gold in abstract_structures(datasets)]
    return Suite("abstracts", 3, "Inference links in abstracts of clinical trials.", MEASURES, HEADLINE, cases, task=RELATE.name)


def abstract_structures(datasets: Path) -> Sequence[Structure]:
    """Return AbstRCT's development abstracts in the order of the file."""
    path = data_file(datasets, "abstrct", "neoplasm_dev_relations.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row[0], row[1], row[2]) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) == 3]
    found = [_abstract(f"abstract-{number:02}", group) for number, group in enumerate(_groups(rows), 1)]
    if not found:
        raise SuiteUnusable(f"{path} holds no rows of label, first, second")
    return found


def _groups(rows: Sequence[tuple[str, str, str]]) -> Iterator[list[tuple[str, str, str]]]:
    """Cut the rows into abstracts: every ordered pair of an abstract's units is a row, so rows of two abstracts share no unit."""
    group: list[tuple[str, str, str]] = []
    known: set[str] = set()
    for row in rows:
        if group and not known & set(row[1:]):
            yield group
            group, known = [], set()
        group.append(row)
        known |= set(row[1:])
    if group:
        yield group


def _abstract(name: str, rows: Sequence[tuple[str, str, str]]) -> Structure:
    units = tuple(dict.fromkeys(first for _, first, _ in rows))
    number = {unit: at for at, unit in enumerate(units, 1)}
    kinds = {"__label__Support": Relation.SUPPORTS, "__label__Attack": Relation.ATTACKS}
    steps = {(number[first], number[second], kinds[label]) for label, first, second in rows if label in kinds and second in number}
    return Structure(name, "A clinical trial", units, frozenset(steps), frozenset())
