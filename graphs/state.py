"""The graph's state: ids and counters only, a few hundred bytes whatever the knowledge base's size."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypedDict


class Node(StrEnum):
    """The steps. A rename is another graph: a run can't be resumed across it."""

    OPEN = "open"
    INGEST = "ingest"
    READ = "read"
    GATHER = "gather"
    MATCH = "match"
    STRUCTURE = "structure"
    CRITICISE = "criticise"
    REPAIR = "repair"
    FIND_CRUXES = "find_cruxes"
    SEARCH = "search"
    PUBLISH = "publish"


def gathered(old: list[str], new: list[str] | None) -> list[str]:
    """Reduce the branches of a wave: collect them, or with None forget them."""
    return [] if new is None else [*old, *new]


class State(TypedDict):
    """What is between the steps, as plain values.

    ``queue``: documents of this round still to read, the case's by number and what a search found by its lead's id; ``wave``: those being
    read side by side; ``read``: those taken so far; ``found``: the leads that the last search took.
    """

    run: str
    revision: str
    round: int
    queue: list[int | str]
    wave: list[int | str]
    read: list[int | str]
    found: list[str]
    branches: Annotated[list[str], gathered]
    route: str
    repaired: bool
    done: bool


class ReadArgument(TypedDict):
    """What one reader of a wave gets: a document's number or lead, and the revision to build on."""

    run: str
    document: int | str
    revision: str


def first_state(run: str) -> State:
    """Return the state in which a run begins."""
    return State(run=run, revision="", round=0, queue=[], wave=[], read=[], found=[], branches=[], route="", repaired=False, done=False)
