"""What if, and why."""

from __future__ import annotations

import pytest
from hypothesis import given

from credence.explaining import what_if, why
from credence.results import SubjectKind
from knowledge.errors import UnknownRecord
from knowledge.records import Equivalence
from tests.credence.builders import QUESTION, YES, Argument, arguments, chance, quick


@quick
@given(arguments(), chance)
def test_what_if_is_jeffreys_rule(argument: Argument, value: float) -> None:
    """Taking a claim at m gives m P(A | c) + (1 - m) P(A | not c); at its own credence it gives what stands."""
    result = argument.result()
    crux = next(one for one in result.cruxes if one.kind is SubjectKind.CLAIM)
    found = what_if(argument.view, QUESTION, {crux.subject: value})
    expected = [value * true + (1 - value) * false for true, false in zip(crux.if_true, crux.if_false, strict=True)]
    assert found.after == pytest.approx(expected, abs=1e-5)
    same = what_if(argument.view, QUESTION, {crux.subject: crux.probability})
    assert same.after == pytest.approx(same.before, abs=1e-5)


def test_what_if_of_several_and_of_warrants() -> None:
    """All the credences asked for hold together; a warrant at 0 silences its link; what isn't in the argument is named."""
    argument = Argument()
    claim, other = argument.claim("s", 1.5), argument.claim("t", -0.5)
    link = argument.bears(claim, YES, 0.8, 0.2)
    argument.bears(other, YES, 0.7, 0.4)
    far = argument.claim("far", 1.0)
    found = what_if(argument.view, QUESTION, {claim.id: 0.3, other.id: 0.9, far.id: 0.5})
    assert found.missing == (far.id,)
    assert sum(found.after) == pytest.approx(1)
    silenced = what_if(argument.view, QUESTION, {link.id: 0.0})
    del argument.records[-1]
    without = Argument(records=[record for record in argument.records if record.id != link.id and getattr(record, "record", "") != link.id])
    assert silenced.after == pytest.approx([answer.probability for answer in without.result().answers], abs=1e-6)
    with pytest.raises(ValueError, match="between 0 and 1"):
        what_if(argument.view, QUESTION, {claim.id: 1.2})


def test_what_if_of_an_opposite_is_what_if_of_the_claim() -> None:
    """Taking the opposite of a claim at 0.9 is taking the claim at 0.1, and it is told under the name that was asked."""
    argument = Argument()
    claim = argument.claim("s", 1.0)
    argument.bears(claim, YES, 0.8, 0.3)
    opposite = argument.claim("not s", 0.5, speaker="Somebody else")
    argument.records.append(Equivalence(member=opposite.id, representative=claim.id, negated=True, reason="of tests"))
    turned = what_if(argument.view, QUESTION, {opposite.id: 0.9})
    assert turned.after == pytest.approx(what_if(argument.view, QUESTION, {claim.id: 0.1}).after)
    assert turned.after[0] < turned.before[0] - 0.05
    assert turned.assumed == {opposite.id: 0.9}


def test_why_opens_a_number() -> None:
    """It gives the testimonies, the path, what the evidence carries and the judgments next to it; for what isn't there it says so."""
    argument = Argument()
    claim = argument.claim("s", 1.5)
    step = argument.claim("step", 1e-9)
    up = argument.bears(step, YES, 0.9, 0.1)
    link = argument.bears(claim, step, 0.8, 0.2)
    found = why(argument.view, QUESTION, claim.id)
    assert [one.weight for one in found.said] == [1.5]
    assert found.weight == pytest.approx(1.5)
    assert found.paths == ((link.id, up.id),)
    assert found.carried > 0
    assert {bar.key.record for bar in found.rests_on} >= {link.id, found.said[0].assertion}
    warrant = why(argument.view, QUESTION, up.id)
    assert warrant.paths == ((up.id,),)
    assert warrant.crux.is_warrant
    with pytest.raises(UnknownRecord, match="doesn't rest on it"):
        why(argument.view, QUESTION, argument.claim("far", 1.0).id)
