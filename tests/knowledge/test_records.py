"""Records: their ids and their form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.records import KINDS, Assertion, Claim, Judgment, Link, Passage, Quantity, Relation, Source, parse_record

words = st.text(min_size=1).filter(lambda text: text.strip() and not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text))
digests = st.from_regex(r"\A[0-9a-f]{64}\Z")


@given(st.builds(Source, title=words, authors=st.lists(words, max_size=3).map(tuple), text=digests), st.randoms())
def test_an_id_does_not_depend_on_the_order_of_fields(record: Source, random) -> None:
    """The same fields in any order are the same record with the same id."""
    fields = list(json.loads(record.canonical()).items())
    random.shuffle(fields)
    assert Source.model_validate(dict(fields)).id == record.id


@given(words)
def test_a_record_comes_back_from_its_canonical_form(text: str) -> None:
    """What is written can be read, and is named alike."""
    claim = Claim(text=text)
    assert parse_record("claim", claim.canonical()) == claim
    assert parse_record("claim", claim.canonical()).id == claim.id


@given(words, words)
def test_different_claims_have_different_ids(one: str, other: str) -> None:
    """An id stands for its text alone."""
    assert (Claim(text=one).id == Claim(text=other).id) == (one.strip() == other.strip())


def test_every_kind_has_a_name_of_its_own() -> None:
    """Ids of different kinds can't be taken for each other."""
    assert len(KINDS) == len({kind.kind_name for kind in KINDS.values()}) >= 19


ID = "claim-" + "0" * 20


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Passage, {"source": "source-" + "0" * 20, "start": 0, "end": 3, "text": "four"}),
        (Assertion, {"claim": "nonsense", "passage": "passage-" + "0" * 20}),
        (Link, {"premises": (ID,), "target": ID, "relation": Relation.SUPPORTS, "warrant": "warrant-" + "0" * 20}),
        (Link, {"premises": (ID,), "target": "claim-" + "1" * 20, "relation": Relation.UNDERCUTS, "warrant": "warrant-" + "0" * 20}),
        (
            Judgment,
            {
                "record": ID,
                "quantity": Quantity.WARRANT,
                "value": 1.2,
                "perspective": "perspective-" + "0" * 20,
                "judge": "x",
                "reason": "y",
            },
        ),
        (
            Judgment,
            {
                "record": ID,
                "quantity": Quantity.EVIDENCE,
                "value": float("nan"),
                "perspective": "perspective-" + "0" * 20,
                "judge": "x",
                "reason": "y",
            },
        ),
        (Source, {"title": "t", "text": "0" * 64, "published": "last week"}),
        (Claim, {"text": "x", "score": 3}),
    ],
)
def test_what_a_record_cannot_be_is_refused(kind, fields) -> None:
    """Spans that don't fit, circular links, numbers out of range, unknown fields and made-up dates are no records."""
    with pytest.raises(ValidationError):
        kind(**fields)
