"""What speakers contradict each other about."""

from __future__ import annotations

from explorer.contesting import contested_claims
from knowledge.records import Relation
from tests.explorer.conftest import small_case


def test_an_objection_of_another_speaker_makes_a_claim_contested() -> None:
    """A claim of one speaker that another answers with a reason against it is listed with that reason; an objection of one's own isn't."""
    built = small_case()
    dry, tuned = built.claims["dry"], built.claims["tuned"]
    before = {one.claim for one in contested_claims(built.view())}
    assert not {dry.id, tuned.id} & before
    built.link("1931", tuned, "An old flood needs no gauge.", Relation.ATTACKS)
    built.link("peat", tuned, "They say it of themselves.", Relation.ATTACKS)
    found = {one.claim: one for one in contested_claims(built.view())}
    assert found.keys() - before == {tuned.id}
    assert found[tuned.id].held_by == ("Okoye and Brandt",)
    assert [(claim, speakers) for claim, _, speakers in found[tuned.id].objections] == [(built.claims["1931"].id, ("Parish of Calder",))]


def test_what_is_denied_comes_first_with_its_objections() -> None:
    """Claims that somebody denies stand before those that are only objected to."""
    found = contested_claims(small_case().view())
    kinds = [bool(one.denied_by) for one in found]
    assert kinds == sorted(kinds, reverse=True)
    assert any(kinds)
