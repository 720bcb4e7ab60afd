"""Deliberately broken agents, run through the whole program: the suites catch each, by the measure that should."""

from __future__ import annotations

from pathlib import Path

import pytest

from cruxmap.benches import ConfiguredBench
from cruxmap.settings import Settings
from evals.batches import Budget, run_batch
from evals.choosing import choose
from evals.comparing import Comparison, Verdict
from evals.configurations import Configuration
from evals.gold import GoldCase
from evals.results import Result, comparisons, load_result, means
from evals.suites.whole_cases import gold_suite
from sources.embedding import Embedder
from tests.evals.answerers import drops_hedges, flags_everything, invents_a_source, never_flags, sound

CASES: list[str] = []
BROKEN = {
    "drops-hedges": {"extract": drops_hedges},
    "invents-a-source": {"extract": invents_a_source},
    "flags-everything": {"examine": flags_everything},
    "never-flags": {"examine": never_flags},
}


def bench(name: str, embedder: Embedder, answerer: object) -> ConfiguredBench:
    """A configuration whose answers are scripted."""
    return ConfiguredBench(Configuration(name, Path(f"{name}.yaml"), ""), Settings(), embedder, answerer)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory, gold_cases: dict[str, GoldCase], embedder: Embedder) -> Result:
    """A sound agent and four broken ones on all gold cases."""
    folder = tmp_path_factory.mktemp("broken")
    benches = {"sound": bench("sound", embedder, sound(gold_cases))}
    benches |= {name: bench(name, embedder, sound(gold_cases, **defect)) for name, defect in BROKEN.items()}
    standing = run_batch(gold_suite().only(CASES), benches, folder, repeats=1, seed=1, budget=Budget(), note=lambda _: None)
    assert standing.complete
    assert standing.failed == 0
    return load_result(folder)


def pair(result: Result, name: str) -> Result:
    """The sound agent and one other, as if only these two had been run."""
    kept = {one: result.plan.configurations[one] for one in ("sound", name)}
    return Result(
        result.plan.model_copy(update={"configurations": kept}),
        tuple(trial for trial in result.trials if trial.configuration in kept),
        result.folder,
    )


def against_sound(result: Result, name: str) -> dict[str, Comparison]:
    """The comparisons of the sound agent with one other."""
    return {found.scorer: found for found in comparisons(pair(result, name))}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("drops-hedges", "hedges kept/2"),
        ("invents-a-source", "names grounded/1"),
        ("flags-everything", "finding recall at 10% false alarms/2"),
        ("never-flags", "finding recall at 10% false alarms/2"),
    ],
)
def test_a_broken_agent_is_told_apart_by_what_it_breaks(result: Result, name: str, measure: str) -> None:
    """The sound agent is better by the measure that is broken, and nothing is said against the other where it is as good."""
    found = against_sound(result, name)
    assert found[measure].verdict is Verdict.FIRST, found[measure].told
    assert found["span F1/1"].verdict is Verdict.IDENTICAL
    assert found["quotation fidelity/1"].verdict is Verdict.IDENTICAL


@pytest.mark.slow
@pytest.mark.parametrize("name", [*BROKEN, "all"])
def test_no_broken_agent_is_ever_advised(result: Result, name: str) -> None:
    """Beside the sound agent, or all together, the advice is the sound one: what is broken is out by what it breaks."""
    made = result if name == "all" else pair(result, name)
    choice = choose(made, comparisons(made))
    assert choice.use == "sound", choice
    for broken in BROKEN if name == "all" else [name]:
        assert any(line.startswith(f"{broken} is out") for line in choice.why), choice.why


@pytest.mark.slow
def test_flagging_everything_is_punished_on_clean_cases(result: Result) -> None:
    """On the null controls the sound agent raises no alarm, and who flags everything fails each."""
    table = means(result)["null: no findings/2"]
    assert table["sound"].estimate == 1
    assert table["flags-everything"].estimate == 0


@pytest.mark.slow
def test_flagging_all_and_nothing_are_both_worth_chance(result: Result) -> None:
    """At a fixed rate of false alarms neither extreme earns more than a coin; the sound agent does."""
    table = means(result)["finding recall at 10% false alarms/2"]
    assert table["never-flags"].estimate == pytest.approx(0.1)
    assert table["flags-everything"].estimate < 0.25
    assert table["sound"].estimate > 0.6
