"""Steps of an argument as the baseline finds them in one document: between statements, in the order of the text."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.vocabulary import Relation


@dataclass(frozen=True)
class Said:
    """A statement: its place in the document from 1, the number of the claim in the prompt's list, and what is said of it by whom."""

    number: int
    listed: int
    claim: str
    speaker: str
    stance: str
    passage: str


@dataclass(frozen=True)
class Reason:
    """Statements (by place, together) for or against another, each read with its stance."""

    premises: tuple[int, ...]
    conclusion: int
    warrant: str
    relation: Relation = Relation.SUPPORTS


@dataclass(frozen=True)
class Objection:
    """A statement that attacks a step. ``link``: its place among the reasons, from 1."""

    premise: int
    link: int
    warrant: str


@dataclass(frozen=True)
class Steps:
    """What a document argues."""

    links: tuple[Reason, ...] = ()
    undercuts: tuple[Objection, ...] = ()
