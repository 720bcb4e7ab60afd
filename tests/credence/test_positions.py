"""Who sides with whom: from stances and links alone, the same however the records come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credence.positions import LEAST_ALONE, Position, Voice, addressing, agreement, passed_by, positions_of
from knowledge.views import View
from knowledge.vocabulary import Stance
from tests.explorer.conftest import Builder, small_case


def test_those_who_speak_for_an_answer_stand_together() -> None:
    """Who holds what is offered for the rain stands together, who for the weir apart from them; who sides on no answer with nobody.

    So does Okoye, who thinks only that the rain would perhaps have done it.
    """
    found = positions_of(small_case().view())
    assert [{voice.key for voice in one.voices} for one in found.positions] == [{"calder", "hydro"}, {"inquiry", "lane"}]
    assert {one.key for one in found.alone} == {"authority", "okoye", "pickles", "some", "vale"}


def test_a_denial_of_what_is_offered_for_an_answer_is_no_reason_for_it() -> None:
    """A voice sides with what its premises support and against what they attack; who denies a premise takes no side through it."""
    built = small_case()
    voices = {one.key: one for found in [positions_of(built.view())] for p in found.positions for one in p.voices}
    voices |= {one.key: one for one in positions_of(built.view()).alone}
    answers = {record.name: record.id for record in built.records if record.kind_name == "answer"}
    assert voices["inquiry"].sides[answers["weir"]] == 1
    assert voices["hydro"].says[built.claims["raised"].id] == -1
    assert answers["weir"] not in voices["hydro"].sides


def test_a_position_that_answers_another_question_is_known_for_it() -> None:
    """Who takes sides only on another question's answers speaks beside the one asked; who sides on neither, or on both, does not."""
    built = small_case()
    inquiry, gates = (next(one.id for one in built.records if getattr(one, "name", "") == name) for name in ("flood", "gates"))
    built.link("siren", next(one for one in built.records if getattr(one, "name", "") == "open"), "A siren sounds when they close.")
    for number in range(LEAST_ALONE - 1):
        source = built.source(f"Letter {number}", f"I saw it, letter {number}.")
        built.claim(f"saw {number}", f"Joan Pickles saw it, says letter {number}.")
        built.said(f"saw {number}", source, f"I saw it, letter {number}.", "Joan Pickles")
    found = positions_of(built.view())
    told = {one.voices[0].key: one for one in found.positions}
    assert told["pickles"].questions == (gates,)
    assert told["pickles"].speaks_beside(inquiry)
    assert not told["pickles"].speaks_beside(gates)
    assert told["inquiry"].questions == (gates, inquiry)
    assert not told["inquiry"].speaks_beside(inquiry)
    assert not Position((), (), ()).speaks_beside(inquiry)


def test_the_order_of_records_changes_nothing() -> None:
    """The same records in another order give the same positions."""
    built = small_case()
    assert positions_of(View.of(reversed(built.records))) == positions_of(built.view())


def test_what_one_leans_on_and_the_other_never_addresses() -> None:
    """A claim is addressed by a stance on it, on a variant, or on what is offered for or against it or a step from it; else passed by."""
    built = Builder()
    source = built.source("Both", "A says one. B says two. B denies one. A says three. A says four. A says five. A says six.")
    for key, words in (
        ("one", "A says one."),
        ("three", "A says three."),
        ("four", "A says four."),
        ("five", "A says five."),
        ("six", "A says six."),
    ):
        built.claim(key, f"Claim {key}.")
        built.said(key, source, words, "Anne A")
    built.claim("two", "Claim two.")
    built.said("two", source, "B says two.", "Bert B")
    built.said("one", source, "B denies one.", "Bert B", stance=Stance.DENIES)
    for key in ("one", "three", "four", "five"):
        built.link(key, built.claims["six"], f"From {key}.")
    built.link("two", built.claims["three"], "Two speaks to three.", "attacks")  # type: ignore[arg-type]  # pydantic reads the word
    view = built.view()
    found = positions_of(view)
    everyone = {one.key: one for one in (*(voice for p in found.positions for voice in p.voices), *found.alone)}
    assert everyone.keys() == {"a", "b"}
    anne = next(p for p in found.positions if p.voices[0].key == "a")
    bert = type(anne)((everyone["b"],), (), ())
    assert set(passed_by(anne, bert, addressing(view))) == {built.claims["four"].id, built.claims["five"].id}


sides = st.dictionaries(st.sampled_from("pqrstu"), st.sampled_from([1, -1]))


@given(one=sides, other=sides)
def test_agreement_is_symmetric_and_bounded(one: dict[str, int], other: dict[str, int]) -> None:
    """Two voices agree equally either way, less than certainly, not at all where they share nothing, and negatively with an opposite."""
    first, second = Voice("a", ("A",), one, one), Voice("b", ("B",), other, other)
    assert agreement(first, second) == agreement(second, first)
    assert -1 < agreement(first, second) < 1
    opposite = Voice("c", ("C",), one, {subject: -side for subject, side in one.items()})
    assert agreement(first, opposite) == pytest.approx(-agreement(first, first))
    if not one.keys() & other.keys():
        assert agreement(first, second) == 0
