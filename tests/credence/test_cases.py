"""The three cases' cited facts (tests/credence/data): what the engine has to make of them."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from credence.engine import assess
from credence.overlaps import effective_number, joint_weight, overlap, overlap_of_sets
from credence.perspectives import dispute
from credence.scores import by_risk
from credence.standing import Verdict, standing
from knowledge.records import Claim, Perspective, Tag, Upstream
from knowledge.vocabulary import Quantity, UpstreamKind
from tests.credence.builders import ELSE, NO, QUESTION, YES, Argument, assessed, crux_of

DATA = Path(__file__).parent / "data"
SURE = 18.0
"""Nats: as good as certain, for what nobody disputes."""


def data(name: str) -> dict[str, Any]:
    """One data file."""
    loaded: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def debate() -> tuple[Argument, dict[str, Perspective], dict[str, Claim]]:
    """Every analyst's factors as a perspective over one structure: YES is zoonosis, NO a lab leak, the items are claims nobody disputes."""
    given = data("covid_judges")
    argument = Argument()
    items = {"remainder": "All that was not itemised.", **given["items"]}
    claims, links = {}, {}
    for number, (name, text) in enumerate(items.items()):
        claims[name] = argument.claim(text, SURE, speaker=f"Witness{number}")
        links[name] = argument.bears(claims[name], YES, 0.51, 0.5)
    evidence = [record for record in argument.records if getattr(record, "quantity", None) is Quantity.EVIDENCE]
    kept = [record for record in argument.records if getattr(record, "kind_name", "") != "judgment"]
    perspectives = {}
    for analyst, its in given["analysts"].items():
        by = perspectives[analyst] = Perspective(name=analyst, description=its["final_note"])
        argument.records, argument.by = [*kept, by], by
        for record in evidence:
            argument.judged(record.record, Quantity.EVIDENCE, record.value)
        for answer, value in ((YES, 0.5 - 5e-10), (NO, 0.5 - 5e-10), (ELSE, 1e-9)):
            argument.judged(answer.id, Quantity.PRIOR, value)
        argument.judged(QUESTION.id, Quantity.MODEL_ERROR, 0.0)
        rest = its["final"] / math.prod(its["factors"].values())
        for name, link in links.items():
            ratio = {"remainder": rest, **its["factors"]}.get(name, 1.0)
            high = 0.9
            rates = (high, high / ratio) if ratio >= 1 else (high * ratio, high)
            argument.judged(link.id, Quantity.WARRANT, 1 - 1e-7)
            for answer, rate in zip((YES, NO, ELSE), (*rates, high), strict=True):
                argument.judged(link.id, Quantity.EXPECTEDNESS, rate, answer.id)
        kept = argument.records
    return argument, perspectives, links | {f"claim {name}": claim for name, claim in claims.items()}  # type: ignore[return-value]


def test_each_analysts_factors_multiply_to_the_published_odds() -> None:
    """The network's odds are the product of the factors, for each analyst whose factors are cited."""
    argument, perspectives, _ = debate()
    for analyst, its in data("covid_judges")["analysts"].items():
        result = assessed(argument.records, perspectives[analyst]).questions[0]
        odds = result.answers[0].probability / result.answers[1].probability
        assert math.log(odds) == pytest.approx(math.log(its["final"]), abs=0.15)


def test_the_market_link_comes_first_between_the_sides() -> None:
    """Between Rootclaim and each of the others, of all that is shown, how strongly the market cluster bears comes first, on which cluster they agree.

    So it is in the double cruxes in their order and in the shares of the gap, nothing left aside: not even all that was not itemised.
    """
    argument, perspectives, parts = debate()
    expected = data("covid_judges")["expected"]
    for one, other in expected["first_between"]:
        found = dispute(argument.view, QUESTION, first=perspectives[other].id, second=perspectives[one].id)
        assert found.blocks[0].record == parts["market"].id
        assert found.blocks[0].on_warrant
        assert sum(share.shapley for share in found.blocks) == pytest.approx(found.log_odds_gap, abs=1e-6)
        assert found.double_cruxes[0].subject == parts["market"].id


def test_without_the_market_the_judge_goes_over_to_the_other_side() -> None:
    """With the market link silenced Alexander's factors leave a lab leak at what Rootclaim says they would."""
    argument, perspectives, parts = debate()
    expected = data("covid_judges")["expected"]["without_market"]
    without = [record for record in argument.records if record.id != parts["market"].id]
    result = assessed(without, perspectives[expected["analyst"]]).questions[0]
    assert result.answers[1].probability >= expected["lab_at_least"]


def test_the_furin_site_is_among_the_first_three_of_the_lab_side() -> None:
    """In Rootclaim's own view the furin cleavage site is among the three things that carry it furthest."""
    argument, perspectives, parts = debate()
    result = assessed(argument.records, perspectives["rootclaim"]).questions[0]
    worst = sorted(
        (crux for crux in result.cruxes if not crux.is_warrant and crux.subject != parts["claim remainder"].id),
        key=lambda crux: -crux.log_odds_shift,
    )
    assert parts["claim furin"].id in {crux.subject for crux in worst[:3]}


def tree(*, shared: bool = True) -> dict[str, Any]:
    """The LHC layers, or the same with each bound resting on a cosmic-ray premise of its own."""
    given = data("lhc_fault_tree")
    if not shared:
        given["leaves"]["rays_differ_otherwise"] = {**given["leaves"]["cosmic_rays_differ"], "says": "They differ otherwise."}
        given["gates"]["neutron_star_bound_fails"]["any"][0] = "rays_differ_otherwise"
    return given


DESTROYED = 1e-7
"""The prior."""


def references(given: dict[str, Any]) -> dict[str, float]:
    """P(leaf) before evidence: premises of one step are equally likely, and independent."""
    top = given["top"]["all"]
    single = DESTROYED ** (1 / len(top))
    return {**dict.fromkeys(top, single), **{name: 1 - (1 - single) ** 0.5 for gate in given["gates"].values() for name in gate["any"]}}


def fault_tree(*, shared: bool = True) -> tuple[Argument, dict[str, Claim]]:
    """The LHC layers as linked premises: all of the top's, any of each gate's. YES is destroyed."""
    given = tree(shared=shared)
    leaves = {name: leaf["p"] for name, leaf in given["leaves"].items()}
    argument = Argument()
    claims = {name: argument.claim(leaf["says"]) for name, leaf in given["leaves"].items()}
    claims |= {name: argument.claim(name) for name in given["gates"]}
    top = given["top"]["all"]
    joint = argument.bears(claims[top[0]], YES, 1 - 1e-9, 1e-9, warrant=1.0, also=tuple(claims[name] for name in top[1:]))
    argument.judged(QUESTION.id, Quantity.MODEL_ERROR, given["model_error"]["p"])
    for answer, value in ((YES, DESTROYED), (NO, 1 - DESTROYED - 1e-9), (ELSE, 1e-9)):
        argument.judged(answer.id, Quantity.PRIOR, value)
    unsound = given["model_error"]["destroyed_if_unsound"]
    for answer, value in ((YES, unsound), (NO, 1 - unsound), (ELSE, 1e-9)):
        argument.judged(answer.id, Quantity.PRIOR, value, QUESTION.id)
    for name, gate in given["gates"].items():
        first, *rest = gate["any"]
        link = argument.bears(claims[first], claims[name], 1 - 1e-6, 1e-6, warrant=1.0, also=tuple(claims[other] for other in rest))
        argument.records.append(Tag(record=link.id, name="premises", value="any"))
    before = references(given)
    for name, probability in leaves.items():
        weight = math.log(probability / (1 - probability)) - math.log(before[name] / (1 - before[name]))
        argument.claim(given["leaves"][name]["says"], weight, speaker=f"Report{name}")
    assert joint.premises
    return argument, claims


def forward(given: dict[str, Any], leaves: dict[str, float], *, fixed: dict[str, bool] | None = None) -> float:
    """P(all layers fail) by enumeration of the leaves."""
    total = 0.0
    for states in itertools.product((False, True), repeat=len(leaves)):
        world = dict(zip(leaves, states, strict=True))
        mass = math.prod(p if world[name] else 1 - p for name, p in leaves.items())
        if fixed and any(world[name] != value for name, value in fixed.items()):
            continue
        for name, gate in given["gates"].items():
            world[name] = any(world[other] for other in gate["any"])
        total += mass * all(world[name] for name in given["top"]["all"])
    return total


def test_black_holes_are_settled_and_rest_on_the_shared_premise() -> None:
    """No crux by shift; by how many times likelier disaster becomes, the cosmic-ray premise that both bounds share comes first."""
    argument, claims = fault_tree()
    given = data("lhc_fault_tree")
    result = assess(argument.view).questions[0]
    leaves = {claims[name].id: name for name in given["leaves"]}
    cruxes = [crux for crux in result.cruxes if crux.subject in leaves]
    assert result.settled
    assert max(crux.expected_shift for crux in result.cruxes) < 0.001
    assert leaves[by_risk(cruxes, 0)[0].subject] == given["expected"]["first_by_risk"]
    found = standing(argument.varied)
    assert found.verdict is Verdict.SETTLED
    assert found.leading == NO.id


@pytest.mark.parametrize("shared", [True, False])
def test_the_fault_tree_is_that_of_the_forward_calculation(shared: bool) -> None:
    """Linked premises and alternatives move the risk from its prior as the plain fault tree does, and show what is behind a disaster as it does.

    The prior is judged, so evidence on the leaves multiplies it by as much as it multiplies the tree's risk. Where no premise is shared the
    tree's risk before the evidence is that prior, so that risk and risk ratios are the tree's. Where one is, the tree would have the prior
    13 times as high; an unknown premise says nothing here, so it ties the two bounds only as far as there is evidence on it.
    """
    given = tree(shared=shared)
    argument, claims = fault_tree(shared=shared)
    leaves = {name: leaf["p"] for name, leaf in given["leaves"].items()}
    before = {name: references(given)[name] for name in leaves}
    total, unknown = forward(given, leaves), forward(given, before)
    behind = {name: forward(given, leaves, fixed={name: True}) / total for name in leaves}
    result = assess(argument.view).questions[0]
    assert unknown / DESTROYED == pytest.approx(12.97 if shared else 1.0, rel=0.01)
    assert result.answers[0].modelled == pytest.approx(DESTROYED * total / unknown, rel=0.02)
    for name, chance in behind.items():
        crux = crux_of(result, claims[name])
        assert crux.achievement[0] * crux.probability == pytest.approx(chance, rel=0.02), "P(leaf | destroyed)"
        assert shared or crux.achievement[0] == pytest.approx(chance / leaves[name], rel=0.02), "the risk ratio"


def test_the_models_own_error_outweighs_the_model() -> None:
    """What stands if the argument is unsound is reported apart, and is most of the published number."""
    argument, _ = fault_tree()
    given = data("lhc_fault_tree")["model_error"]
    result = assess(argument.view).questions[0]
    destroyed = result.answers[0]
    assert destroyed.if_unsound == pytest.approx(given["destroyed_if_unsound"], rel=1e-3)
    assert destroyed.modelled < 0.2 * destroyed.probability
    assert destroyed.probability == pytest.approx(given["p"] * given["destroyed_if_unsound"], rel=0.2)


def test_egg_analyses_that_share_cohorts_are_not_so_many_votes() -> None:
    """Four pooled analyses amount to fewer than three; one wholly inside another is correlated by the root of its share; apart is 0."""
    given = data("egg_cohorts")
    cohorts = {name: set(names) for name, names in given["cohorts"].items()}
    for inside, outside in given["expected"]["wholly_inside"]:
        assert cohorts[inside] <= cohorts[outside]
        assert overlap(cohorts[inside], cohorts[outside]) == pytest.approx(math.sqrt(len(cohorts[inside]) / len(cohorts[outside])))
    one, other = given["expected"]["apart"]
    assert overlap(cohorts[one], cohorts[other]) == 0
    matrix = overlap_of_sets(list(cohorts.values()))
    assert np.linalg.eigvalsh(matrix).min() > 0
    assert 2 < effective_number(matrix) < 3.6
    assert 1.0 < joint_weight([1.0] * 4, matrix) < 4.0


def test_pooled_analyses_of_one_claim_count_by_their_overlap() -> None:
    """In the engine, Rong inside Godos adds little to it, Zhong beside Drouin-Chartier adds all."""
    given = data("egg_cohorts")["cohorts"]
    upstreams = {name: Upstream(name=name, kind=UpstreamKind.COHORT) for names in given.values() for name in names}

    def weight(*papers: str) -> float:
        argument = Argument()
        for paper in papers:
            claim = argument.claim("Eggs don't raise the risk.", 1.0, speaker=paper, words=f"Found by {paper}.")
            assertion = next(record for record in argument.records if getattr(record, "speaker", "") == paper)
            for name in given[paper]:
                argument.lean(assertion, upstreams[name])
        argument.bears(claim, YES, 0.9, 0.1, warrant=1.0)
        answers = argument.result().answers
        return math.log(answers[0].modelled / answers[1].modelled)

    alone, apart, inside = weight("godos2021"), weight("zhong2019", "drouin2020"), weight("rong2013", "godos2021")
    assert alone < inside < apart
