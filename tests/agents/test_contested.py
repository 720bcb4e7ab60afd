"""What counts as contested: who says only that a thing may be holds it against nobody but those who shut it out."""

from __future__ import annotations

import pytest

from agents.critic import contested
from explorer.question_summaries import voices
from knowledge.blobs import digest_of_text
from knowledge.records import Assertion, Claim, Equivalence, Passage, Record, Source
from knowledge.views import View
from knowledge.vocabulary import Hedge, Stance

TEXT = "They differ."
SOURCE = Source(title="The dam", text=digest_of_text(TEXT))
PASSAGE = Passage(source=SOURCE.id, start=0, end=len(TEXT), text=TEXT)
CLAIM, OPPOSITE = Claim(text="The dam leaked."), Claim(text="The dam held.")
SAME = Equivalence(member=OPPOSITE.id, representative=CLAIM.id, negated=True, reason="one or the other")


def said(*told: tuple[str, Stance, Hedge]) -> View:
    """Who takes which stance on the claim; on its opposite if the name ends so."""
    records: list[Record] = [SOURCE, PASSAGE, CLAIM, OPPOSITE, SAME]
    for name, stance, hedge in told:
        claim = OPPOSITE if name.endswith("*") else CLAIM
        records.append(Assertion(claim=claim.id, passage=PASSAGE.id, speaker=name, stance=stance, hedge=hedge))
    return View.of(records)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (("Ada", Stance.ASSERTS, Hedge.PLAIN), ("Ben", Stance.DENIES, Hedge.PLAIN), True),
        (("Ada", Stance.ASSERTS, Hedge.PLAIN), ("Ben", Stance.DENIES, Hedge.POSSIBLE), True),
        (("Ada", Stance.ASSERTS, Hedge.LIKELY), ("Ben", Stance.DOUBTS, Hedge.PLAIN), True),
        (("Ada", Stance.ASSERTS, Hedge.POSSIBLE), ("Ben", Stance.DENIES, Hedge.CERTAIN), True),
        (("Ada", Stance.ASSERTS, Hedge.POSSIBLE), ("Ben*", Stance.ASSERTS, Hedge.PLAIN), True),
        (("Ada", Stance.ASSERTS, Hedge.POSSIBLE), ("Ben", Stance.DENIES, Hedge.POSSIBLE), False),
        (("Ada", Stance.ASSERTS, Hedge.POSSIBLE), ("Ben", Stance.DENIES, Hedge.LIKELY), False),
        (("Ada", Stance.ASSERTS, Hedge.POSSIBLE), ("Ben", Stance.DOUBTS, Hedge.PLAIN), False),
        (("Ada*", Stance.DOUBTS, Hedge.PLAIN), ("Ben", Stance.DENIES, Hedge.PLAIN), True),
        (("Ada", Stance.SUPPOSES, Hedge.PLAIN), ("Ben", Stance.DENIES, Hedge.PLAIN), False),
    ],
)
def test_two_differ_where_one_holds_or_shuts_out_what_the_other_does_not(one, other, differ: bool) -> None:
    """Beside "it may not be" an "it may be" is no dispute; beside a flat denial it is one."""
    assert contested(said(one, other)) == ([CLAIM.id] if differ else [])


def test_who_thinks_it_possible_is_told_apart_from_who_holds_it() -> None:
    """To say "may be" holds nothing, "may not be" doubts, to doubt the opposite thinks it possible; who also holds it is told as a holder."""
    heard = voices(
        said(
            ("Ada", Stance.ASSERTS, Hedge.LIKELY),
            ("Ada", Stance.ASSERTS, Hedge.POSSIBLE),
            ("Ben", Stance.CONCEDES, Hedge.POSSIBLE),
            ("Cyd", Stance.DENIES, Hedge.POSSIBLE),
            ("Dee*", Stance.DOUBTS, Hedge.PLAIN),
            ("Eve*", Stance.ASSERTS, Hedge.POSSIBLE),
            ("Fay", Stance.SUPPOSES, Hedge.POSSIBLE),
        ),
        CLAIM.id,
    )
    assert heard == (("Ada",), ("Cyd", "Eve*"), ("Ben", "Dee*"))
