"""What speakers contradict each other about."""

from __future__ import annotations

from explorer.contesting import contested_claims
from knowledge.records import Claim
from knowledge.vocabulary import Relation, Stance
from tests.explorer.conftest import small_case


def test_an_objection_of_another_speaker_makes_a_claim_contested() -> None:
    """A claim of one speaker that another answers with a reason against it is listed with that reason; an objection of one's own isn't."""
    built = small_case()
    dry, tuned = built.claims["dry"], built.claims["tuned"]
    before = {one.claim for one in contested_claims(built.view())}
    assert not {dry.id, tuned.id} & before
    built.link("1931", tuned, "An old flood needs no gauge.", Relation.ATTACKS)
    built.link("peat", tuned, "They say it of themselves.", Relation.ATTACKS)
    letters = built.source("Letters on an old flood", "In 1931 it rose too, Brandt writes now.")
    built.said("1931", letters, "In 1931 it rose too, Brandt writes now.", "Okoye")
    found = {one.claim: one for one in contested_claims(built.view())}
    assert found.keys() - before == {tuned.id}
    assert found[tuned.id].held_by == ("Okoye and Brandt",)
    assert [(claim, speakers) for claim, _, speakers in found[tuned.id].objections] == [(built.claims["1931"].id, ("Parish of Calder",))]


def test_what_is_denied_comes_first_with_its_objections() -> None:
    """Claims that somebody denies stand before those that are only objected to, each with the objections of others."""
    built = small_case()
    denied = contested_claims(built.view())[0]
    target = built.view().get(denied.claim, Claim)
    built.link("1931", target, "An old flood needs no gauge.", Relation.ATTACKS)
    built.link("1931", built.claims["tuned"], "An old flood needs no gauge.", Relation.ATTACKS)
    found = contested_claims(built.view())
    kinds = [bool(one.denied_by) for one in found]
    assert kinds == sorted(kinds, reverse=True)
    assert {True, False} == set(kinds)
    told = next(one for one in found if one.claim == denied.claim)
    assert built.claims["1931"].id in {claim for claim, _, _ in told.objections}


def test_who_takes_a_thing_back_contradicts_nobody() -> None:
    """A claim that one speaker holds and later doubts is contested by nobody; once another denies it, it is."""
    built = small_case()
    built.claim("hum", "The weir hums.")
    source = built.source("Letters", "It hums, I said. I doubt now that it hums. It does not hum.")
    built.said("hum", source, "It hums, I said.", "Ann Lowe")
    built.said("hum", source, "I doubt now that it hums.", "Lowe", stance=Stance.DENIES)
    claim = built.claims["hum"].id
    assert claim not in {one.claim for one in contested_claims(built.view())}
    built.said("hum", source, "It does not hum.", "Bo Marsh", stance=Stance.DENIES)
    assert claim in {one.claim for one in contested_claims(built.view())}
