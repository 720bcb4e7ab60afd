"""The batch: isolated, resumable, honest about failures."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import pytest

from evals.batches import Budget, forget_failed, run_batch
from evals.benches import Interrupted, Investigated, TrialFailed, Unfinished
from evals.errors import ResultUnusable, WorkerDied
from evals.gold import GoldCase
from evals.reports import write_report
from evals.results import advice, between_results, by_cluster, comparisons, idle, load_result, means
from evals.scorers.scorer import Scored, Used
from evals.suites.suite import Measure, Measured, Suite
from evals.suites.whole_cases import gold_suite
from evals.trials import kept, ordered
from reasoners.errors import BadCredentials
from sources.embedding import Embedder
from tests.evals.answerers import sound
from tests.evals.test_broken_agents import bench


class Desk:
    """A bench that answers by a function, and notes in which homes it worked."""

    def __init__(self, answer: Callable[[str, int], float], name: str = "desk", ablates: tuple[str, str] = ("", "")) -> None:
        self.answer, self.name, self.asked, self.of = answer, name, 0, ablates
        self.homes: list[Path] = []

    @property
    def embedder(self) -> Embedder:
        """Not used here."""
        raise NotImplementedError

    def identity(self) -> Mapping[str, str]:
        """Its name is all that shapes its answers."""
        return {"judge": self.name}

    def keep_prompts(self, folder: Path) -> None:
        """It has none but says that it was asked to."""
        folder.mkdir(parents=True, exist_ok=True)

    def ablates(self) -> tuple[str, str]:
        """Of which configuration it leaves out what."""
        return self.of

    def investigate(self, folder: Path, home: Path) -> Investigated:
        """Not used here."""
        raise NotImplementedError

    def ask(self, home: Path, questions: Callable[[Any], Awaitable[Any]]) -> tuple[Any, Used]:
        """Answer the name that is asked."""
        self.homes.append(home)
        self.asked += 1
        name = questions(None)
        return self.answer(str(name), self.asked), Used(calls=1, input_tokens=10, cost_usd=0.5, seconds=0.1)

    def places(self, home: Path) -> Sequence[str]:
        """It works in the home itself."""
        del home
        return (".",)

    def used(self, home: Path) -> Mapping[str, Used]:
        """What it used until it ended or failed."""
        del home
        return {".": Used(calls=1, input_tokens=10, cost_usd=0.5, seconds=0.1)}


class NamedCase:
    """A case that asks its own name."""

    def __init__(self, name: str) -> None:
        self.name = self.cluster = name
        self.digest = name

    def measure(self, bench: Any, home: Path) -> Measured:
        """Ask, and take the answer for the score."""
        value, used = bench.ask(home, lambda _: self.name)
        return Measured({"score/1": Scored(value)}, used)


def suite(n: int = 8, version: int = 1, *, higher: bool = True) -> Suite:
    cases = [NamedCase(f"case-{number}") for number in range(n)]
    return Suite("desk", version, "Names.", (Measure("score/1", higher),), ("score/1",), cases)


def run(
    folder: Path,
    benches: Mapping[str, Any],
    *,
    repeats: int = 1,
    budget: Budget | None = None,
    cases: int = 8,
    version: int = 1,
    jobs: int = 1,
):
    return run_batch(
        suite(cases, version), benches, folder, repeats=repeats, seed=4, budget=budget or Budget(), note=lambda _: None, jobs=jobs
    )


def by_name(name: str, asked: int) -> float:
    del asked
    return int(name[-1]) / 10


def test_stopped_and_resumed_is_the_same_as_uninterrupted(tmp_path: Path) -> None:
    """A batch that is stopped by its budget after each trial comes to the same result, and repeats none."""
    whole = {"a": Desk(by_name), "b": Desk(lambda name, _: by_name(name, 0) + 0.1)}
    run(tmp_path / "whole", whole, repeats=2)
    pieces = {"a": Desk(by_name), "b": Desk(lambda name, _: by_name(name, 0) + 0.1)}
    calls = 0
    while not run(tmp_path / "pieces", pieces, repeats=2, budget=Budget(max_calls=(calls := calls + 1))).complete:
        assert calls < 100
    assert list(kept(tmp_path / "whole")) == list(kept(tmp_path / "pieces"))
    assert sum(desk.asked for desk in pieces.values()) == 32


def test_several_at_a_time_come_to_the_same(tmp_path: Path) -> None:
    """With three in progress, stopped by the budget again and again, every trial is what it is alone; failures and waits are among them."""

    def answers(name: str, asked: int) -> float:
        if name == "case-5":
            raise TrialFailed("no")
        return by_name(name, asked)

    benches = {"a": Desk(by_name), "b": Desk(answers)}
    run(tmp_path / "one", benches, repeats=2)
    calls = 0
    while not run(tmp_path / "three", benches, repeats=2, budget=Budget(max_calls=(calls := calls + 5)), jobs=3).complete:
        done = sum(trial.calls for trial in kept(tmp_path / "three"))
        assert calls <= done <= calls + 2, "what was in progress ends, and nothing more is begun"

    def told(folder: Path) -> list[Any]:
        return [trial.model_copy(update={"seconds": 0.0}) for trial in kept(tmp_path / folder)]

    assert told(tmp_path / "one") == told(tmp_path / "three")


def test_a_trial_whose_process_is_killed_stays_open(tmp_path: Path) -> None:
    """A killed process takes no other trial with it, and its trial goes on next time."""

    def killed(name: str, asked: int) -> float:
        if name == "case-2" and not (tmp_path / "well").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return by_name(name, asked)

    standing = run(tmp_path / "result", {"a": Desk(killed)}, jobs=2)
    assert (standing.done, list(standing.open.values())) == (7, ["its process was ended by signal 9; the same command tries it again"])
    (tmp_path / "well").touch()
    assert run(tmp_path / "result", {"a": Desk(killed)}, jobs=2).complete


@pytest.mark.parametrize(("problem", "raised"), [(BadCredentials("no key"), BadCredentials), (ValueError("a defect"), WorkerDied)])
def test_what_stops_the_batch_loses_nothing_in_progress(tmp_path: Path, problem: Exception, raised: type[Exception]) -> None:
    """Without a key, or at a defect, nothing more is begun, and what the others came to is kept."""
    first = ordered(suite(), ["a"], 1, seed=4)[0].case

    def answers(name: str, asked: int) -> float:
        if name == first:
            raise problem
        time.sleep(0.3)
        return by_name(name, asked)

    with pytest.raises(raised):
        run(tmp_path, {"a": Desk(answers)}, jobs=2)
    assert len(list(kept(tmp_path))) == 1


def test_a_signal_stops_all_that_is_in_progress(tmp_path: Path) -> None:
    """Ctrl-C reaches every trial in progress; none is kept half done, nothing more is begun, and no process stays behind."""

    def answers(name: str, asked: int) -> float:
        (tmp_path / name).touch()
        if len(list(tmp_path.glob("case-*"))) == 3:
            with contextlib.suppress(FileExistsError):  # two may see the third begin; one Ctrl-C is what is tried
                (tmp_path / "sent").touch(exist_ok=False)
                os.kill(os.getppid(), signal.SIGINT)
        time.sleep(60)
        return by_name(name, asked)

    began = time.monotonic()
    with pytest.raises(Interrupted):
        run(tmp_path / "result", {"a": Desk(answers)}, jobs=3)
    assert time.monotonic() - began < 30
    assert (len(list(tmp_path.glob("case-*"))), list(kept(tmp_path / "result"))) == (3, [])
    assert multiprocessing.active_children() == []
    assert run(tmp_path / "result", {"a": Desk(by_name)}, jobs=3).complete


def test_a_signal_that_comes_while_a_trial_is_begun_stops_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread of the program may take the signal while the main one is still starting the process."""
    begin = ForkProcess.start

    def interrupted(process: ForkProcess) -> None:
        begin(process)
        handler = signal.getsignal(signal.SIGINT)
        assert callable(handler)
        handler(signal.SIGINT, None)

    def answers(name: str, asked: int) -> float:
        time.sleep(60)
        return by_name(name, asked)

    monkeypatch.setattr(ForkProcess, "start", interrupted)
    began = time.monotonic()
    with pytest.raises(Interrupted):
        run(tmp_path, {"a": Desk(answers)}, jobs=2)
    assert time.monotonic() - began < 30
    assert multiprocessing.active_children() == []


def test_a_half_written_trial_is_run_again(tmp_path: Path) -> None:
    """What a killed process left half written doesn't count as a trial."""
    desk = Desk(by_name)
    run(tmp_path, {"a": desk})
    file = tmp_path / "trials" / "a" / "case-3" / "0.json"
    file.rename(file.with_suffix(".partial"))
    assert run(tmp_path, {"a": desk}).complete
    assert desk.asked == 9


def test_every_trial_has_a_home_of_its_own(tmp_path: Path) -> None:
    """No two trials share a home, whatever the configuration, case or repeat."""
    desks = {"a": Desk(by_name), "b": Desk(by_name)}
    run(tmp_path, desks, repeats=3)
    homes = [home for desk in desks.values() for home in desk.homes]
    assert len(set(homes)) == len(homes) == 48


@pytest.mark.slow
def test_running_one_configuration_first_changes_nothing_for_another(
    tmp_path: Path, gold_cases: dict[str, GoldCase], embedder: Embedder
) -> None:
    """The canary: B alone, after A and beside A comes to the same digests and scores, though A ran the same cases."""
    chosen = gold_suite().only(["otters", "null-bus"])

    def scores(folder: Path, *names: str, jobs: int = 1) -> dict[str, Any]:
        benches = {name: bench(name, embedder, sound(gold_cases)) for name in names}
        run_batch(chosen, benches, folder, repeats=1, seed=2, budget=Budget(), note=lambda _: None, jobs=jobs)
        return {trial.case: (trial.scores, trial.calls) for trial in kept(folder) if trial.configuration == "b"}

    def timeless(found: dict[str, Any]) -> dict[str, Any]:
        return {
            case: ({name: line for name, line in lines.items() if not name.startswith("seconds")}, calls)
            for case, (lines, calls) in found.items()
        }

    alone = timeless(scores(tmp_path / "alone", "b"))
    assert alone == timeless(scores(tmp_path / "after", "a", "b"))
    assert alone == timeless(scores(tmp_path / "beside", "a", "b", jobs=3))


def test_the_order_is_shuffled_and_whole_blocks_come_first() -> None:
    """Who goes first changes from case to case, and a stopped batch has all configurations on the cases that it did."""
    keys = ordered(suite(), ["a", "b", "c"], 2, seed=1)
    assert len(set(keys)) == len(keys) == 48
    blocks = [keys[at : at + 3] for at in range(0, 48, 3)]
    assert all(len({(key.case, key.repeat) for key in block}) == 1 for block in blocks)
    assert len({block[0].configuration for block in blocks}) == 3
    assert keys != ordered(suite(), ["a", "b", "c"], 2, seed=2)
    assert keys == ordered(suite(), ["a", "b", "c"], 2, seed=1)


def test_failures_are_data_and_count_as_nought(tmp_path: Path) -> None:
    """A failed trial is kept with its reason, lowers its configuration's mean, and is named in the advice."""

    def fails(name: str, asked: int) -> float:
        if name == "case-7":
            raise TrialFailed("the provider refused")
        return by_name(name, asked)

    standing = run(tmp_path, {"a": Desk(by_name), "b": Desk(fails)})
    assert (standing.done, standing.failed, standing.complete) == (15, 1, True)
    result = load_result(tmp_path)
    assert by_cluster(result, "score/1", "b")["case-7"] == 0
    assert means(result)["score/1"]["b"].estimate == pytest.approx(0.35 - 0.7 / 8)
    assert any("b failed on 1" in line for line in advice(result, comparisons(result)))
    assert sum(trial.calls for trial in result.of("b")) == 8, "a failed trial used what it used"
    assert forget_failed(tmp_path) == 1
    assert run(tmp_path, {"a": Desk(by_name), "b": Desk(fails)}).failed == 1


def test_a_crash_is_the_worst_where_lower_is_better(tmp_path: Path) -> None:
    """Of a rate of false alarms a failed trial gets 1, not a perfect nought."""

    def fails(name: str, asked: int) -> float:
        if name == "case-7":
            raise TrialFailed("the provider refused")
        return by_name(name, asked)

    benches = {"a": Desk(by_name), "b": Desk(fails)}
    run_batch(suite(higher=False), benches, tmp_path, repeats=1, seed=4, budget=Budget(), note=lambda _: None)
    result = load_result(tmp_path)
    assert by_cluster(result, "score/1", "b")["case-7"] == 1
    assert means(result)["score/1"]["b"].estimate > means(result)["score/1"]["a"].estimate


def test_a_trial_that_waits_is_left_open(tmp_path: Path) -> None:
    """What waits for answers is no result and no failure: the others go on, and the next sitting asks it again."""
    ready = False

    def waits(name: str, asked: int) -> float:
        if name == "case-2" and not ready:
            raise Unfinished("waits for answers")
        return by_name(name, asked)

    first = run(tmp_path, {"a": Desk(waits)})
    assert (first.done, len(first.open), first.complete) == (7, 1, False)
    ready = True
    assert run(tmp_path, {"a": Desk(waits)}).complete


def test_another_batch_is_not_mixed_in(tmp_path: Path) -> None:
    """A folder goes on only with the configurations, suite and version that it was begun with; what differs is named."""
    run(tmp_path, {"a": Desk(by_name)})
    with pytest.raises(ResultUnusable, match="configurations"):
        run(tmp_path, {"a": Desk(by_name, name="edited")})
    with pytest.raises(ResultUnusable, match="version"):
        run(tmp_path, {"a": Desk(by_name)}, version=2)


def test_what_a_configuration_is_said_to_leave_out_may_change(tmp_path: Path) -> None:
    """An ablation's name scores nothing: a batch goes on under the new one, and asks nobody again."""
    run(tmp_path, {"a": Desk(by_name, ablates=("all", "the critic"))})
    desk = Desk(by_name, ablates=("all", "the critic's other side"))
    assert run(tmp_path, {"a": desk}).complete
    assert (desk.asked, load_result(tmp_path).plan.ablations) == (0, {"a": ("all", "the critic's other side")})


def test_results_of_other_versions_are_not_compared(tmp_path: Path) -> None:
    """Two results compare only over the same cases of the same version of a suite, and then say what changed."""
    run(tmp_path / "one", {"a": Desk(by_name)})
    run(tmp_path / "two", {"a": Desk(lambda name, _: by_name(name, 0) + 0.1 + 0.001 * int(name[-1]))})
    run(tmp_path / "three", {"a": Desk(by_name)}, version=2)
    run(tmp_path / "four", {"a": Desk(by_name)}, cases=7)
    found = between_results(load_result(tmp_path / "one"), load_result(tmp_path / "two"))
    assert "a (after) is better" in found[0].told
    for other in ("three", "four"):
        with pytest.raises(ResultUnusable, match="can be compared"):
            between_results(load_result(tmp_path / "one"), load_result(tmp_path / other))


def test_an_agent_whose_removal_changes_nothing_is_named(tmp_path: Path) -> None:
    """An ablation is held against the configuration that it ablates, wherever it stands, and what it leaves out is named at the top."""
    other = Desk(lambda name, _: by_name(name, 0) / 2 + 0.001 * int(name[-1]))
    noisy = Desk(lambda name, _: by_name(name, 0) + (0.01 if int(name[-1]) % 2 else -0.01), ablates=("all", "the structurer"))
    idle_one = Desk(by_name, ablates=("all", "the critic"))
    run(tmp_path, {"single": other, "noisy": noisy, "without": idle_one, "all": Desk(by_name)})
    result = load_result(tmp_path)
    lines = idle(result, comparisons(result))
    assert lines[0] == "the critic changes nothing: without scores the same as all on every case and measure."
    assert lines[1].startswith("the structurer is not shown to be worth anything: noisy is told apart from all by no measure")
    page = write_report(result)[0].read_text(encoding="utf-8")
    assert page.index("the critic changes nothing") < page.index("<details>")


def test_an_idle_agent_is_told_by_what_could_least_be_seen(tmp_path: Path) -> None:
    """Of several headline measures the limit that is named is of the one that could have shown least, not the last in the order of its words."""
    measures = (Measure("one/1"), Measure("two/1"))

    class Pair(NamedCase):
        def measure(self, bench: Any, home: Path) -> Measured:
            value, used = bench.ask(home, lambda _: self.name)
            return Measured({"one/1": Scored(0.5 + value), "two/1": Scored(0.5 + value if self.name < "case-5" else None)}, used)

    made = Suite("pairs", 1, "Names.", measures, ("one/1", "two/1"), [Pair(f"case-{number}") for number in range(8)])
    noisy = Desk(lambda name, _: 0.2 if int(name[-1]) % 2 else -0.2, ablates=("all", "the critic"))
    benches = {"all": Desk(lambda name, _: 0.0), "noisy": noisy}
    run_batch(made, benches, tmp_path, repeats=1, seed=4, budget=Budget(), note=lambda _: None)
    result = load_result(tmp_path)
    assert "no difference could have been told apart with 5 cases" in idle(result, comparisons(result))[0]


def test_the_report_says_it_at_the_top_and_holds_every_trial(tmp_path: Path) -> None:
    """The page's first paragraph says which to use; names are escaped; the JSON has no nan and all trials."""
    better = Desk(lambda name, _: by_name(name, 0) + 0.2 + 0.001 * int(name[-1]))
    run(tmp_path, {"<i>a</i>": Desk(by_name), "b": better}, repeats=2)
    page, data = write_report(load_result(tmp_path))
    text = page.read_text(encoding="utf-8")
    assert text.index("Use b.") < text.index("score/1: b &gt; &lt;i&gt;a&lt;/i&gt;") < text.index("<h2>Scores</h2>")
    assert "<i>a</i>" not in text
    body = json.loads(data.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert len(body["trials"]) == 32
    assert body["means"]["score/1"]["b"]["n"] == 8
    assert "twice the cases" in text
