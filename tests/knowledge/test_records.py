"""Records: their ids and their form."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.records import KINDS, Assertion, Claim, Finding, Judgment, Link, Names, Passage, Record, Source, Variant, parse_record
from knowledge.vocabulary import Fault, Hedge, Quantity, Relation, Stance, grants, side_of

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
    first, second = Claim(text=one), Claim(text=other)
    assert (first.id == second.id) == (first.text == second.text)


def ids(*kinds: str) -> st.SearchStrategy[str]:
    """Ids of records of some kinds."""
    return st.builds(lambda kind, digits: f"{kind}-{digits}", st.sampled_from(kinds), st.text("0123456789abcdef", min_size=20, max_size=20))


def values(name: str, annotation: Any, metadata: Sequence[object]) -> st.SearchStrategy[Any]:
    """Values for a field of a record, from its type."""
    marks = [mark for mark in metadata if isinstance(mark, Names)]
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return values(name, inner, more)
    if get_origin(annotation) is tuple:
        element = values(name, get_args(annotation)[0], ())
        return st.sets(element, min_size=2, max_size=2 if name == "claims" else 4).map(lambda found: tuple(sorted(found)))
    if get_origin(annotation) is UnionType or get_origin(annotation) is Union:
        return st.none() | values(name, get_args(annotation)[0], ())
    if marks:
        return ids(*(marks[0].kinds or ("claim", "source", "link")))
    if any("0-9a-f" in str(getattr(mark, "pattern", "")) or "0-9a-f" in str(mark) for mark in metadata):
        return digests
    if any("unknown" in str(mark) for mark in metadata):
        return st.sampled_from(["unknown", "2020", "2020-02", "2020-02-29"])
    if annotation is str:
        return words
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return st.sampled_from(list(annotation))
    return {bool: st.booleans(), int: st.integers(0, 2**40), float: st.floats(0, 1) | st.just(-0.0)}[annotation]


def fields_of(kind: type[Record]) -> st.SearchStrategy[dict[str, Any]]:
    """Fields that make a record of a kind."""
    return st.fixed_dictionaries({name: values(name, field.annotation, field.metadata) for name, field in kind.model_fields.items()})


@st.composite
def any_record(draw: st.DrawFn, kind: type[Record]) -> Record:
    """A record of a kind, with its fields made to fit one another."""
    fields = draw(fields_of(kind))
    if kind is Passage:
        fields["end"] = fields["start"] + len(fields["text"])
    if kind is Link:
        fields["relation"] = Relation.UNDERCUTS if fields["target"].startswith("link-") else fields["relation"]
        if fields["relation"] is Relation.UNDERCUTS:
            fields["target"] = draw(ids("link"))
        fields["premises"] = tuple(premise for premise in fields["premises"] if premise != fields["target"])
    return kind(**fields)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_every_kind_comes_back_from_its_canonical_form(kind: type[Record], data: st.DataObject) -> None:
    """Writing and reading any record gives the same record, the same id and the same bytes, however its fields are ordered."""
    record = data.draw(any_record(kind))
    read = parse_record(kind.kind_name, record.canonical())
    assert (read, read.id, read.canonical()) == (record, record.id, record.canonical())
    fields = data.draw(st.permutations(list(json.loads(record.canonical()).items())))
    assert parse_record(kind.kind_name, json.dumps(dict(fields))).id == record.id


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@given(data=st.data())
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_every_id_in_a_record_is_known_as_one(kind: type[Record], data: st.DataObject) -> None:
    """`named` misses no field that holds an id: a reference that it missed could dangle unseen."""
    record = data.draw(any_record(kind))
    written = re.findall(r"\b[a-z]+-[0-9a-f]{20}\b", record.canonical().decode())
    assert sorted(written) == sorted(named for _, named, _ in record.named())


def test_a_finding_that_blames_nobody_is_the_record_that_it_was_before_faults() -> None:
    """Its id, and so every store and package of before, stays; whose fault it is, where somebody says so, makes another finding."""
    fields = {"about": f"claim-{'0' * 20}", "kind": "overclaim", "severity": "low", "sound_case": "s", "flawed_case": "f", "verdict": "v"}
    plain = Finding.model_validate(fields)
    assert plain.id == f"finding-{hashlib.sha256(rfc8785.dumps(fields | {'observations': []})).hexdigest()[:20]}"
    blaming = [plain.model_copy(update={"fault_of": fault}) for fault in Fault]
    assert len({one.id for one in (plain, *blaming)}) == 4
    assert [parse_record("finding", one.canonical()) for one in (plain, *blaming)] == [plain, *blaming]


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
        (Source, {"title": "t", "text": "0" * 64, "published": "3 May 2020"}),
        (Source, {"title": "t", "text": "0" * 64, "published": ""}),
        (Source, {"title": "t", "text": "0" * 64, "published": "2020-5"}),
        (Source, {"title": "t", "text": "0" * 63}),
        (Assertion, {"claim": ID, "passage": "passage-" + "0" * 20, "said": "yesterday"}),
        (Variant, {"claims": (ID, ID), "differs_in": "dose", "explanation": "x"}),
        (Claim, {"text": "x", "score": 3}),
        (Claim, {"text": "  "}),
    ],
)
def test_what_a_record_cannot_be_is_refused(kind, fields) -> None:
    """Spans that don't fit, circular links, numbers out of range, unknown fields and made-up dates are no records."""
    with pytest.raises(ValidationError):
        kind(**fields)


def test_a_copy_with_another_field_has_another_id() -> None:
    """The id is remembered once it was asked for; a copy that differs must not remember the old one."""
    claim = Claim(text="The dam leaks.")
    other = Claim(text="The dam holds.")
    assert claim.id != other.id
    assert claim.model_copy(update={"text": other.text}).id == other.id
    assert claim.model_copy().id == claim.id


@pytest.mark.parametrize(
    ("stance", "side", "of_the_opposite"),
    [("asserts", 1, -1), ("concedes", 1, -1), ("reports", 1, 0), ("supposes", 0, 0), ("doubts", -1, 0), ("denies", -1, 1)],
)
def test_a_stance_takes_a_side(stance: str, side: int, of_the_opposite: int) -> None:
    """To suppose a thing is to take no side, and to report that others deny it is not to deny it."""
    assert side_of(stance) == side_of(Stance(stance)) == side
    assert side_of(stance, opposite=True) == of_the_opposite


@pytest.mark.parametrize("hedge", Hedge)
@pytest.mark.parametrize("stance", Stance)
def test_who_says_that_it_may_be_does_not_hold_it_and_who_says_that_it_may_not_be_doubts_it(stance: Stance, hedge: Hedge) -> None:
    """A hedge takes holders away and makes none, leaves who denies where they are, and who grants a thing is on no side."""
    for opposite in (False, True):
        plain, hedged = side_of(stance, opposite=opposite), side_of(stance, opposite=opposite, hedge=hedge)
        assert hedged == (0 if plain > 0 and hedge in {Hedge.POSSIBLE, Hedge.DOUBTFUL} else plain)
        assert grants(stance, opposite=opposite, hedge=hedge) == (hedged != plain or (stance is Stance.DOUBTS and opposite))
