"""Choosing: the sentence at the top of a report says what the comparison bears, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from evals.batches import Plan, PlannedMeasure
from evals.choosing import choose, cost_unit
from evals.results import Result, budgets, comparisons
from evals.trials import ScoreLine, Trial

CASES = 12
LOW = [0.30 + 0.01 * (case % 5) for case in range(CASES)]
HIGH = [value + 0.3 + 0.01 * (case % 3) for case, value in enumerate(LOW)]
NOISY = [value + (0.2 if case % 2 else -0.2) for case, value in enumerate(LOW)]


def result(
    scores: Mapping[str, Sequence[Sequence[float]]], characters: Mapping[str, int], *, cases: int = CASES, planned: int = 0
) -> Result:
    """A result with two headline measures: by configuration the values of each, by case."""
    measures = tuple(PlannedMeasure(id=name, higher_is_better=True, bounded=True, chance=None) for name in ("one/1", "two/1"))
    plan = Plan(
        suite="made",
        version=1,
        about="",
        digest="d",
        cases_digest="c",
        measures=measures,
        headline=("one/1", "two/1"),
        cases=tuple(f"case-{case}" for case in range(planned or cases)),
        configurations={name: {} for name in scores},
        repeats=1,
        seed=0,
    )
    trials = tuple(
        Trial(
            case=f"case-{case}",
            cluster=f"case-{case}",
            configuration=name,
            repeat=0,
            outcome="done",
            scores={measure.id: ScoreLine(value=values[case]) for measure, values in zip(measures, columns, strict=True)},
            cost_usd=None,
            counted=False,
            characters=characters[name],
        )
        for name, columns in scores.items()
        for case in range(cases)
    )
    return Result(plan, trials, Path())


def test_what_is_beaten_is_out_and_the_better_is_used_though_it_costs_more() -> None:
    """A difference that is told apart decides before any cost; tokens that nobody counted are not gone by."""
    made = result({"cheap": (LOW, LOW), "dear": (HIGH, LOW)}, {"cheap": 10, "dear": 1000})
    found = choose(made, comparisons(made))
    assert (found.use, cost_unit(made)) == ("dear", "characters")
    assert "cheap is out: dear is better on one/1 by 0.31" in found.why[0]


def test_of_those_not_told_apart_the_cheapest_and_what_went_unseen() -> None:
    """Not told apart isn't equal: the sentence says how large a difference could be there."""
    made = result({"dear": (NOISY, LOW), "cheap": (LOW, LOW)}, {"cheap": 100, "dear": 250})
    found = choose(made, comparisons(made))
    assert found.use == "cheap"
    assert "dear is not told apart from it on any headline measure and costs 2.5 times as much (characters)" in found.why[0]
    assert "could have gone unseen" in found.why[0]


def test_same_scores_are_said_to_be_the_same() -> None:
    """A configuration whose difference changes nothing is named as such."""
    made = result({"all": (LOW, HIGH), "less": (LOW, HIGH)}, {"all": 30, "less": 20})
    found = choose(made, comparisons(made))
    assert (found.use, found.why) == ("less", ("all scores the same on every headline measure and costs 1.5 times as much (characters).",))


@pytest.mark.parametrize(("characters", "warned"), [(80, True), (90, False), (100, False), (120, True)])
def test_another_budget_is_said(characters: int, warned: bool) -> None:
    """A single prompt that read and wrote a fifth less or more than the agents wasn't compared at the same budget."""
    made = result({"agents": (LOW, HIGH), "one": (LOW, HIGH)}, {"agents": 100, "one": characters})
    settings = {"agents": {"settings": '{"passes": 0}'}, "one": {"settings": '{"passes": 3}'}}
    told = budgets(Result(made.plan.model_copy(update={"configurations": settings}), made.trials, made.folder))
    assert bool(told) is warned
    assert not warned or told[0].startswith(
        f"Not at the same budget: one read and wrote {characters / 100:.2f} of the characters of agents"
    )


def test_an_unfinished_batch_is_priced_by_what_all_have(tmp_path: Path) -> None:
    """Who has half of the other's trials isn't the cheaper for that: costs and budgets are of the cases and repeats that both have."""
    made = result({"dear": (LOW, HIGH), "cheap": (LOW, HIGH)}, {"dear": 150, "cheap": 100})
    repeated = tuple(trial.model_copy(update={"repeat": 1}) for trial in made.trials if trial.configuration == "cheap")
    half = tuple(trial for trial in made.trials if trial.configuration == "cheap" or int(trial.case[5:]) < 6)
    for trials in ((*made.trials, *repeated), half):
        found = Result(made.plan, trials, tmp_path)
        chosen = choose(found, comparisons(found))
        assert (chosen.use, "costs 1.5 times as much" in chosen.why[0]) == ("cheap", True)
    settings = {"dear": {"settings": '{"passes": 0}'}, "cheap": {"settings": '{"passes": 3}'}}
    plan = made.plan.model_copy(update={"configurations": settings})
    assert budgets(Result(plan, (*made.trials, *repeated), tmp_path))[0].startswith(
        "Not at the same budget: cheap read and wrote 0.67 of the characters of dear"
    )


def test_a_few_percent_are_no_reason_to_choose() -> None:
    """What scores the same and costs 3% more isn't advised against: both are named."""
    made = result({"a": (LOW, HIGH), "b": (LOW, HIGH)}, {"a": 103, "b": 100})
    assert choose(made, comparisons(made)).headline == "a or b: not told apart, and they cost the same."


def measured(made: Result, name: str, values: Mapping[str, Sequence[float]], *, integrity: bool) -> Result:
    """The result with one more measure, which is no headline measure."""
    measure = PlannedMeasure(id=name, higher_is_better=True, bounded=True, chance=None, integrity=integrity)
    trials = tuple(
        trial.model_copy(update={"scores": {**trial.scores, name: ScoreLine(value=values[trial.configuration][int(trial.case[5:])])}})
        for trial in made.trials
    )
    return Result(made.plan.model_copy(update={"measures": (*made.plan.measures, measure)}), trials, made.folder)


def test_who_loses_on_integrity_is_out_though_they_cost_less() -> None:
    """Dropping hedges costs nothing on the headline measures and saves a little: it is no reason to use what drops them."""
    same = result({"sound": (LOW, HIGH), "broken": (LOW, HIGH)}, {"sound": 200, "broken": 100})
    made = measured(same, "hedges/1", {"sound": HIGH, "broken": LOW}, integrity=True)
    found = choose(made, comparisons(made))
    assert found.use == "sound"
    assert "broken is out: sound is better on hedges/1" in found.why[0]


def test_a_difference_on_any_measure_is_told_before_the_cost() -> None:
    """Where the dearer of two is better at something that isn't a headline measure, it depends on that."""
    same = result({"dear": (LOW, HIGH), "cheap": (LOW, HIGH)}, {"dear": 200, "cheap": 100})
    made = measured(same, "gaps/1", {"dear": HIGH, "cheap": LOW}, integrity=False)
    found = choose(made, comparisons(made))
    assert (found.use, found.headline) == ("", "It depends on gaps/1: cheap or dear.")
    assert "exploratory" in found.why[0]
    turned = measured(same, "gaps/1", {"dear": LOW, "cheap": HIGH}, integrity=False)
    assert choose(turned, comparisons(turned)).use == "cheap"


def test_a_trade_is_left_to_the_reader() -> None:
    """Where each is better at something nobody is told what to use."""
    made = result({"a": (LOW, HIGH), "b": (HIGH, LOW)}, {"a": 1, "b": 2})
    found = choose(made, comparisons(made))
    assert (found.use, len(found.why)) == ("", 2)
    assert "It depends" in found.headline


@pytest.mark.parametrize(
    ("cases", "planned", "said"), [(5, 5, "No choice: no difference could have been told apart with 5 cases"), (12, 20, "So far: Use b.")]
)
def test_too_few_cases_and_unfinished_batches_say_so(cases: int, planned: int, said: str) -> None:
    """However large the difference, five cases show nothing; and what isn't finished is only so far."""
    made = result({"a": (LOW, LOW), "b": (HIGH, HIGH)}, {"a": 1, "b": 2}, cases=cases, planned=planned)
    assert choose(made, comparisons(made)).headline.startswith(said)
