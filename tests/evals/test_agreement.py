"""Agreement: the published examples, a library's numbers, and what annotators of the same mind and of none come to."""

from __future__ import annotations

import math
import random
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from evals.agreement import LAYERS, agreement, shared_f1
from evals.gold import GoldCase, load_gold_case
from evals.reliability import cohen_kappa, kappa_interval, krippendorff_alpha, raw_agreement, table_of
from tests.evals.conftest import GOLD


def test_kappa_gives_the_textbook_number() -> None:
    """Of 50 grants 20 are accepted and 15 rejected by both, 5 and 10 by one alone: kappa is 0.4."""
    pairs = [("yes", "yes")] * 20 + [("no", "no")] * 15 + [("yes", "no")] * 5 + [("no", "yes")] * 10
    assert cohen_kappa([table_of(*zip(*pairs, strict=True))]) == pytest.approx(0.4)


def test_alpha_gives_krippendorffs_own_number() -> None:
    """The nominal example with two observers and ten binary units of "Computing Krippendorff's Alpha-Reliability" (2011): 0.095."""
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff_alpha([table_of(meg, owen)]) == pytest.approx(0.095, abs=0.001)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=2, max_size=40))
def test_both_give_what_nltk_gives(pairs: list[tuple[str, str]]) -> None:
    """On any labels of two annotators kappa and alpha are those of nltk's AnnotationTask."""
    assume(len({label for pair in pairs for label in pair}) > 1)
    task = AnnotationTask(data=[(who, str(at), pair[place]) for at, pair in enumerate(pairs) for place, who in enumerate(("a", "b"))])
    table = table_of(*zip(*pairs, strict=True))
    assert cohen_kappa([table]) == pytest.approx(task.kappa())
    assert krippendorff_alpha([table]) == pytest.approx(task.alpha())


@settings(deadline=None, max_examples=20)  # each draws thousands of samples
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab")), min_size=1, max_size=30), st.integers(2, 5))
def test_a_case_told_twice_is_no_more_agreement(pairs: list[tuple[str, str]], times: int) -> None:
    """Over copies of one case kappa is that of the case, and the interval has no width."""
    table = table_of(*zip(*pairs, strict=True))
    kappa = cohen_kappa([table])
    assume(kappa is not None)
    found = kappa_interval([table] * times)
    assert (found.estimate, found.low, found.high) == pytest.approx((kappa, kappa, kappa))


def test_chance_is_nought() -> None:
    """Labels drawn at random agree no more than chance, also where each case has labels of its own; equal ones wholly; one label tells nothing."""
    rng = random.Random(2)
    cases = [table_of(*([f"{case}{rng.choice('abc')}" for _ in range(400)] for _ in range(2))) for case in range(10)]
    assert cohen_kappa(cases) == pytest.approx(0, abs=0.04)
    assert krippendorff_alpha(cases) == pytest.approx(0, abs=0.04)
    interval = kappa_interval(cases)
    assert interval.low < 0 < interval.high
    same = [table_of("abca", "abca")]
    assert cohen_kappa(same) == krippendorff_alpha(same) == raw_agreement(same) == 1
    assert cohen_kappa([table_of("aa", "aa")]) is krippendorff_alpha([table_of("aa", "aa")]) is None
    assert math.isnan(kappa_interval(same).low)


@pytest.mark.parametrize("name", ["otters", "bees", "null-bus"])
def test_an_annotation_agrees_with_itself_on_every_layer(gold_cases: dict[str, GoldCase], name: str) -> None:
    """Nothing differs, all spans and claims are shared, and kappa is 1 wherever there is anything to agree on."""
    same = agreement(gold_cases[name], gold_cases[name])
    assert (shared_f1(same.spans), shared_f1(same.claims), same.disagreements) == (1, 1, ())
    assert {cohen_kappa([table]) for table in same.tables.values()} <= {1, None}
    assert list(same.tables) == list(LAYERS)


def edited(tmp_path: Path, change) -> GoldCase:
    """The otters with another annotator's file, made of the first's with its claims under other keys."""
    folder = shutil.copytree(GOLD / "otters", tmp_path / "otters")
    gold = yaml.safe_load((folder / "gold.yaml").read_text(encoding="utf-8"))
    renamed = {key: f"other-{key}" for key in gold["claims"]}
    gold["claims"] = {renamed[key]: words for key, words in gold["claims"].items()}
    for one in gold["assertions"]:
        one["claim"] = renamed[one["claim"]]
    for one in gold["links"]:
        one["premises"] = [renamed[premise] for premise in one["premises"]]
        one["target"] = renamed.get(one["target"], one["target"])
    for one in gold["variants"]:
        one["claims"] = [renamed[claim] for claim in one["claims"]]
    gold["crux"] = [renamed.get(one, one) for one in gold["crux"]]
    change(gold)
    (folder / "gold.b.yaml").write_text(yaml.safe_dump(gold), encoding="utf-8")
    return load_gold_case(folder, "gold.b.yaml")


def test_other_names_for_the_same_claims_are_no_disagreement(tmp_path: Path, gold_cases: dict[str, GoldCase]) -> None:
    """Annotators name claims and links as they like: what they point at is compared."""

    def relabel(gold: dict) -> None:
        for one in gold["links"]:
            if one.get("key") == "lineage":
                one["key"] = "kin"
            one["target"] = one["target"].replace("link:lineage", "link:kin")
        gold["crux"] = [one.replace("link:lineage", "link:kin") for one in gold["crux"]]

    found = agreement(gold_cases["otters"], edited(tmp_path, relabel))
    assert found.disagreements == ()
    assert found.claims[0] == len(gold_cases["otters"].gold.claims)


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        ("speaker", "Ines Hallgrim against Tomas Brandvold"),
        ("stance", "concedes against asserts"),
        ("hedge", "likely against plain"),
        ("same claim", "no against yes"),
        ("variants", "quantity against nothing"),
        ("links", "supports against attacks"),
        ("flawed", "yes against no"),
        ("crux", "yes against no"),
    ],
)
def test_each_layer_sees_its_own_disagreement(tmp_path: Path, gold_cases: dict[str, GoldCase], layer: str, told: str) -> None:
    """One change in the second annotation lowers its layer, is told, and leaves the layers that it doesn't touch alone."""

    def change(gold: dict) -> None:
        conceded = next(one for one in gold["assertions"] if one["quote"].startswith("I concede"))
        match layer:
            case "speaker":
                gold["assertions"][0]["speaker"] = "Tomas Brandvold"
            case "stance":
                conceded["stance"] = "asserts"
            case "hedge":
                conceded["hedge"] = "plain"
            case "same claim":
                conceded["claim"] = "other-cause"
                del gold["claims"]["other-stay"]
            case "variants":
                gold["variants"] = []
            case "links":
                gold["links"][0]["relation"] = "attacks"
            case "flawed":
                gold["findings"] = gold["findings"][:1]
            case "crux":
                gold["crux"] = gold["crux"][:2]

    found = agreement(gold_cases["otters"], edited(tmp_path, change))
    kappa = cohen_kappa([found.tables[layer]])
    assert kappa is not None
    assert kappa < 1
    differing = [line for line in found.disagreements if line.startswith((f"{layer}: ", "side taken: " if layer == "links" else layer))]
    assert any(told in line for line in differing)
    assert len(differing) == len(found.disagreements)


def test_a_claim_that_restates_an_answer_changes_no_side(tmp_path: Path, gold_cases: dict[str, GoldCase]) -> None:
    """Whether reasons are linked to an answer or to a claim that restates it is another link and the same side."""

    def straight(gold: dict) -> None:
        for one in gold["links"]:
            if one["target"] == "other-cause":
                one["target"] = "answer:water"

    found = agreement(gold_cases["otters"], edited(tmp_path, straight))
    links, sides = (cohen_kappa([found.tables[layer]]) for layer in ("links", "side taken"))
    assert links is not None
    assert links < 1
    assert sides == 1
