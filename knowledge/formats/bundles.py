"""What an exporter is given: the live records, their history and texts, and the numbers that were worked out from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from knowledge.changesets import Committed
from knowledge.layers import group
from knowledge.packages.contents import Package, parents_first
from knowledge.records import (
    Alias,
    Answer,
    Assertion,
    Claim,
    Equivalence,
    Finding,
    Gap,
    Judgment,
    Lead,
    Link,
    Passage,
    Perspective,
    Question,
    Record,
    Search,
    Source,
    Tag,
    Upstream,
    Variant,
    Warrant,
)
from knowledge.views import View
from knowledge.vocabulary import Relation

SHORT: Final = 80
VERBS: Final = {Relation.SUPPORTS: "for", Relation.ATTACKS: "against", Relation.UNDERCUTS: "undercutting"}


@dataclass(frozen=True)
class Verdict:
    """How a settled claim stands: true or not, the probability that says so, and when that was worked out (``YYYY-MM-DD``)."""

    true: bool
    probability: float
    date: str


@dataclass(frozen=True)
class Bundle:
    """A knowledge base to be exported. ``credences`` maps claims, links and answers to probabilities; empty if not worked out."""

    package: Package
    title: str
    credences: Mapping[str, float] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    cruxes: tuple[str, ...] = ()

    @property
    def view(self) -> View:
        """The live records."""
        return self.package.view

    @cached_property
    def added_by(self) -> Mapping[str, Committed]:
        """Map each record to the changeset that added it first."""
        found: dict[str, Committed] = {}
        for one in parents_first(self.package.changesets):
            for record in one.records:
                found.setdefault(record, one)
        return found

    @cached_property
    def same_as(self) -> Mapping[str, tuple[Equivalence, ...]]:
        """Map each claim that stands for another's words to what says so."""
        return group(self.view.all(Equivalence), lambda one: one.member)

    @cached_property
    def like(self) -> Mapping[str, tuple[Variant, ...]]:
        """Map the first claim of each pair of variants to them."""
        return group(self.view.all(Variant), lambda one: one.claims[0])

    @cached_property
    def assertions(self) -> Mapping[str, tuple[Assertion, ...]]:
        """Map each claim to the stances that are taken on its own wording."""
        return group(self.view.all(Assertion), lambda one: one.claim)

    def quoted(self, assertion: Assertion) -> tuple[Passage, Source]:
        """Return the words that show an assertion, and the document in which they stand."""
        passage = self.view.get(assertion.passage, Passage)
        return passage, self.view.get(passage.source, Source)


def label(record: Record, view: View) -> str:  # noqa: C901  # one case a kind of record
    """Name a record for a person, in one line."""
    match record:
        case Claim() | Answer() | Question() | Warrant() | Passage() | Gap():
            words = record.text
        case Source() | Lead():
            words = record.title
        case Upstream() | Perspective():
            words = record.name
        case Assertion():
            words = f"{record.speaker} {record.stance.value}: {view.get(record.claim, Claim).text}"
        case Link():
            premises = " and ".join(view.get(claim, Claim).text for claim in record.premises)
            words = f"{premises} ({VERBS[record.relation]}) {_target(record, view)}"
        case Finding():
            words = f"{record.kind.value.replace('_', ' ')}: {record.verdict}"
        case Judgment():
            words = f"{record.quantity.value.replace('_', ' ')} {record.value:g} by {record.judge}: {record.reason}"
        case Search():
            words = f"{record.provider}: {record.query}"
        case Alias():
            words = f"{view.get(record.member, Upstream).name} = {view.get(record.representative, Upstream).name}: {record.reason}"
        case Tag():
            words = f"{record.name}: {record.value}"
        case _:
            words = " ".join(str(value) for value in record.model_dump(mode="json").values())
    return " ".join(words.split())


def _target(link: Link, view: View) -> str:
    target = view.records[link.target]
    return view.get(target.warrant, Warrant).text if isinstance(target, Link) else label(target, view)


def shortened(words: str, most: int = SHORT) -> str:
    """Cut a line to ``most`` characters, at a word where one ends in time."""
    if len(words) <= most:
        return words
    cut = words[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut) + "…"
