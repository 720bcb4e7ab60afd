"""Disputes that no evidence settles: about words, about values, about the question itself. They are named as such and get no number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from credence.disputed import concluded
from credence.results import Unnumbered
from knowledge.records import Finding, Tag
from knowledge.views import View
from knowledge.vocabulary import FindingKind

ABOUT: Final[Mapping[str, str]] = MappingProxyType({"definitional": "words", "normative": "values"})
"""Kinds of claims (tags) about which people differ otherwise than about facts, and what they differ about."""
FRAME: Final = "the question itself"


def beyond_evidence(view: View) -> dict[str, str]:
    """Map each claim about words or values to which of the two it is about."""
    return {tag.record: ABOUT[tag.value] for tag in view.all(Tag) if tag.name == "kind" and tag.value in ABOUT}


def no_cruxes(view: View) -> frozenset[str]:
    """Return what is told apart from the cruxes: what no evidence settles, and what readings of the whole call a conclusion."""
    return concluded(view).union(beyond_evidence(view))


def unnumbered(view: View, question: str, claims: Collection[str]) -> tuple[Unnumbered, ...]:
    """Name what the critic found a question to take for granted wrongly, and those of some claims that are about words or values."""
    kinds = beyond_evidence(view)
    about = [Unnumbered(claim, kinds[claim]) for claim in sorted(claims) if claim in kinds]
    doubts = [one.id for one in view.all(Finding) if one.about == question and one.kind is FindingKind.FALSE_PREMISE]
    return (*(Unnumbered(finding, FRAME) for finding in doubts), *about)
