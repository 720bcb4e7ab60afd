"""Small knowledge bases for tests."""

from __future__ import annotations

from knowledge.blobs import digest_of_text
from knowledge.changesets import Author, Changeset
from knowledge.records import Assertion, Claim, Passage, Record, Source, Warrant
from knowledge.vocabulary import Stance

TEXT = "Ada says the dam leaks. Ben says the dam holds. Cyd measured the seepage in May."


def source(text: str = TEXT, *, title: str = "Minutes") -> Source:
    """A source with this text."""
    return Source(title=title, text=digest_of_text(text))


def passage(words: str, *, text: str = TEXT, title: str = "Minutes") -> Passage:
    """The passage of a source that reads so."""
    start = text.index(words)
    return Passage(source=source(text, title=title).id, start=start, end=start + len(words), text=words)


def said(claim: str, words: str, *, speaker: str = "Ada", stance: Stance = Stance.ASSERTS) -> tuple[Record, ...]:
    """A claim, the passage that says it, and the assertion."""
    place = passage(words)
    proposition = Claim(text=claim)
    return (source(), place, proposition, Assertion(claim=proposition.id, passage=place.id, speaker=speaker, stance=stance))


LEAKS = said("The dam leaks.", "Ada says the dam leaks.")
HOLDS = said("The dam holds.", "Ben says the dam holds.", speaker="Ben")
WARRANT = Warrant(text="Who says so knows.")


def changeset(
    *records: Record, parents: tuple[str, ...] = (), author: Author = Author.INGESTION, run: str = "run", reason: str = "test"
) -> Changeset:
    """A changeset of these records."""
    return Changeset(parents, records, author, run, reason)
