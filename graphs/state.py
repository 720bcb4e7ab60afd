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
    PUBLISH = "publish"


def gathered(old: list[str], new: list[str] | None) -> list[str]:
    """Reduce the branches of a wave: collect them, or with None forget them."""
    return [] if new is None else [*old, *new]


class State(TypedDict):
    """What is between the steps, as plain values.

    ``queue``: documents of this round still to read, by number; ``wave``: those being read side by side; ``read``: those taken so far.
    """

    run: str
    revision: str
    round: int
    queue: list[int]
    wave: list[int]
    read: list[int]
    branches: Annotated[list[str], gathered]
    route: str
    repaired: bool
    done: bool


class ReadArgument(TypedDict):
    """What one reader of a wave gets: a document's number, and the revision to build on."""

    run: str
    document: int
    revision: str


def first_state(run: str) -> State:
    """Return the state in which a run begins."""
    return State(run=run, revision="", round=0, queue=[], wave=[], read=[], branches=[], route="", repaired=False, done=False)
