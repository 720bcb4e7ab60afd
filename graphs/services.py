"""What the nodes work with. It is given at every start and never checkpointed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.records import UNKNOWN
from knowledge.store import KnowledgeStore
from reasoners.reasoner import Reasoner
from sources.case_files import Case
from sources.documents import Document
from sources.embedding import Embedder
from sources.searching.getting import Getter
from sources.searching.lookups import Lookups
from sources.searching.queries import Searcher


def _say_nothing(step: str, text: str) -> None:
    """Tell nobody."""
    del step, text


@dataclass(frozen=True)
class Pending:
    """A document that the run may read: where it is, a title to choose by, and how to get it (raises SourceError)."""

    location: str
    title: str
    read: Callable[[], Awaitable[Document]]


@dataclass(frozen=True)
class Searching:
    """Who is searched, where answers are kept before they are used, and how what is found is got.

    ``queries``: the most put to one provider a round; ``documents``: the most taken a round.
    """

    searchers: Sequence[Searcher]
    lookups: Lookups
    getter: Getter
    queries: int
    documents: int


class Critic(StrEnum):
    """Whether the critic works, and whether it is asked for both sides. The others are for comparison."""

    TWO_SIDED = "two_sided"
    ONE_SIDED = "one_sided"
    NONE = "none"


@dataclass(frozen=True)
class Services:
    """Everything outside the state.

    ``critic``: see `Critic`. ``judge_twice``: each link, see `agents.cruxes`; ``readings``: whether the whole dispute is read,
    see `agents.decisive`. ``passes``: 0, or how often one prompt is asked for everything, in place of the agents.
    ``searching``: None where nothing is searched for. ``a_round``: documents taken up a round (None: all); ``wave``: documents read side
    by side, which is what a stop waits for. ``today``: when the run was begun (YYYY-MM-DD), which a document without a date is not after.
    """

    case: Case
    store: KnowledgeStore
    reasoner: Reasoner
    embedder: Embedder
    documents: Sequence[Pending]
    rounds: int = 1
    a_round: int | None = None
    wave: int = 8
    critic: Critic = Critic.TWO_SIDED
    judge_twice: bool = True
    readings: bool = True
    passes: int = 0
    searching: Searching | None = None
    today: str = UNKNOWN
    note: Callable[[str, str], None] = field(default=_say_nothing)
    """Told what each step did, for people who watch."""
