"""Choosing: the sentence at the top of a report says what the comparison bears, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from evals.batches import Plan, PlannedMeasure
from evals.choosing import choose, cost_unit
from evals.results import Result, comparisons
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


def test_a_trade_is_left_to_the_reader() -> None:
    """Where each is better at something nobody is told what to use."""
    made = result({"a": (LOW, HIGH), "b": (HIGH, LOW)}, {"a": 1, "b": 2})
    found = choose(made, comparisons(made))
    assert (found.use, len(found.why)) == ("", 2)
    assert "It depends" in found.headline


@pytest.mark.parametrize(("cases", "planned", "said"), [(5, 5, "No choice yet: 5 cases"), (12, 20, "So far: Use b.")])
def test_too_few_cases_and_unfinished_batches_say_so(cases: int, planned: int, said: str) -> None:
    """However large the difference, five cases show nothing; and what isn't finished is only so far."""
    made = result({"a": (LOW, LOW), "b": (HIGH, HIGH)}, {"a": 1, "b": 2}, cases=cases, planned=planned)
    assert choose(made, comparisons(made)).headline.startswith(said)
