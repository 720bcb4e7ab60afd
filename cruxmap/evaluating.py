"""`cruxmap eval`: put configurations to a suite, and say what may be said of the result."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from cruxmap.agreeing import agreement_lines, agreements
from cruxmap.benches import ConfiguredBench
from cruxmap.errors import UsageError
from cruxmap.exchanging import format_called
from cruxmap.judging import judge, judged_lines
from cruxmap.opening import opened_run
from cruxmap.pooling import export_pools, import_pooled, pools_of, waiting_lines
from cruxmap.printing import print_lines
from cruxmap.rescoring import StoredBench, asked_by
from cruxmap.settings import configured, load_settings, model_flags
from evals.batches import PLAN_FILE, Budget, Standing, forget_failed, load_plan, run_batch
from evals.benches import Interrupted, Unfinished
from evals.calibrating import calibration_lines
from evals.choosing import choose
from evals.comparing import Comparison
from evals.configurations import find_configuration
from evals.errors import EvalError, ResultUnusable, SuiteUnusable
from evals.gold import GOLD_FILE
from evals.judging import MEASURES
from evals.probing import probe_all
from evals.reports import RESULT, number, write_report
from evals.rescoring import rescored
from evals.results import Result, advice, between_results, comparisons, load_result, means
from evals.suites.registry import SUITES, load_suite
from evals.suites.suite import HALVES, Suite
from sources.embedding import Embedder

app = typer.Typer(help="Compare configurations on a suite, with statistics that a sceptic accepts.", no_args_is_help=True)
DATASETS: Final = Path("../shared/datasets")
UNFINISHED: Final = 3
WAITING: Final = 75
INTERRUPTED: Final = 130


@app.command()
def run(
    suite: Annotated[str, typer.Argument(help=f"One of {', '.join(SUITES)}.")],
    config: Annotated[list[str], typer.Option(help="A configuration's name or file; repeatable.")],
    repeats: Annotated[int, typer.Option(min=1, help="Runs of each case under each configuration. More cases tell more.")] = 1,
    out: Annotated[Path | None, typer.Option(help="The result's folder; an unfinished one is gone on with.")] = None,
    case: Annotated[list[str] | None, typer.Option(help="Only this case; repeatable.")] = None,
    half: Annotated[str | None, typer.Option(help="Only the tuning or the held-out half of the cases, for prompts that are tuned.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Trials at a time, each in a process of its own.")] = 1,
    seed: Annotated[int, typer.Option(help="Of the order of trials.")] = 0,
    datasets: Annotated[Path, typer.Option(help="Where the labelled data sets are.")] = DATASETS,
    since: Annotated[Path | None, typer.Option(help="An earlier result of the same suite; the latest of this home if left out.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Try failed trials once more.")] = False,
    max_usd: Annotated[float | None, typer.Option(help="Stop, resumable, when the batch has spent this much.")] = None,
    max_calls: Annotated[int | None, typer.Option(help="Stop, resumable, after so many calls.")] = None,
    max_minutes: Annotated[float | None, typer.Option(help="Stop, resumable, after so much time of trials.")] = None,
    reasoner: Annotated[str | None, typer.Option(help="chat, exchange ...: of each configuration whose file names none.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="PROVIDER:MODEL, or ROLE=PROVIDER:MODEL, of the same; repeatable.")] = None,
) -> None:
    """Run each configuration on each case of a suite, and report. The same command goes on with an unfinished batch."""
    chosen = _chosen(load_suite(suite, datasets), half, case or [])
    home = load_settings(None, {}).home
    folder = out or home / "evals" / f"{suite}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    embedder = Embedder()
    benches = {}
    for given in config:
        configuration = find_configuration(given)
        if configuration.name in benches:
            raise UsageError(f"two configurations are called {configuration.name}; rename one's file")
        settings = configured(configuration.path, {"reasoner": reasoner, **model_flags(model)})
        benches[configuration.name] = bench = ConfiguredBench(configuration, settings, embedder)
        if chosen.task and (why := bench.lacks(chosen.task)):
            raise UsageError(f"{configuration.name} {why}: the suite {chosen.name} asks that layer alone and would say nothing of it")
    if again and folder.exists():
        _say(f"{forget_failed(folder)} failed trials are tried again")
    budget = Budget(max_usd, max_calls, max_minutes)
    try:
        standing = run_batch(chosen, benches, folder, repeats=repeats, seed=seed, budget=budget, note=_say, jobs=jobs)
    except (Interrupted, KeyboardInterrupt) as problem:
        _say(f"interrupted; the same command with --out {folder} goes on")
        raise typer.Exit(INTERRUPTED) from problem
    earlier = since or _latest(folder, suite)
    print_lines(_reported(load_result(folder), earlier))
    waits = [] if standing.complete else waiting_lines(pools_of(folder))
    print_lines([*_stand(standing, folder), *waits, *([_exported(folder)] if waits else [])])
    raise typer.Exit(0 if standing.complete else WAITING if waits and not standing.stopped else UNFINISHED)


def _chosen(suite: Suite, half: str | None, cases: Sequence[str]) -> Suite:
    """Narrow a suite to a half of it and to named cases.

    Raises:
        UsageError: there is no such half, or nothing is left.
    """
    which = next((one for one in HALVES if one == half), None)
    if half and which is None:
        raise UsageError(f"--half {half}: one of {', '.join(HALVES)}")
    found = (suite.half(which) if which else suite).only(cases)
    if not found.cases:
        of = f"the {which} half of the suite {suite.name}" if which else f"the suite {suite.name}"
        raise UsageError(f"{of} has no case {', '.join(cases)}")
    return found


def _exported(result: Path) -> str:
    return f"All of them in one file: cruxmap eval export {result} -o FILE"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _latest(folder: Path, suite: str) -> Path | None:
    """Find the result of the same suite made before this one, beside it."""
    beside = sorted((path for path in folder.parent.glob(f"*/{RESULT}") if path.parent != folder), key=lambda path: path.stat().st_mtime)
    same = [path.parent for path in beside if (path.parent / PLAN_FILE).is_file() and load_plan(path.parent).suite == suite]
    return same[-1] if same else None


def _reported(result: Result, earlier: Path | None) -> list[str]:
    """Write the report and return it in short."""
    changed: tuple[Comparison, ...] = ()
    before = ""
    if earlier is not None:
        try:
            changed, before = between_results(load_result(earlier), result), earlier.name
        except EvalError as problem:
            _say(f"not compared with {earlier}: {problem}")
    page, _ = write_report(result, since=changed, before=before)
    found = comparisons(result)
    table = means(result)
    width = max((len(name) for name in table), default=0)
    column = max(26, *(len(name) + 2 for name in result.configurations))
    lines = ["", f"{'':<{width}}  " + "".join(f"{name:<{column}}" for name in result.configurations)]
    for measure, columns in table.items():
        if any(one.n for one in columns.values()):
            cells = [f"{number(one.estimate)} [{number(one.low)}, {number(one.high)}]" for one in columns.values()]
            lines.append(f"{measure:<{width}}  " + "".join(f"{cell:<{column}}" for cell in cells))
    choice = choose(result, found)
    lines += calibration_lines(result.calibrations)
    return [*lines, "", *advice(result, found), "", choice.headline, *(f"  {line}" for line in choice.why), f"Report: {page}"]


def _stand(standing: Standing, folder: Path) -> list[str]:
    if standing.complete:
        return []
    why = standing.stopped or f"{len(standing.open)} trials can't go on yet"
    return [f"Unfinished: {standing.done} of {standing.of} trials are done; {why}. Go on with --out {folder}"]


@app.command()
def export(
    result: Annotated[Path, typer.Argument(help="An unfinished result's folder.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    form: Annotated[str, typer.Option("--format", help="openai or anthropic: the batch request format.")] = "openai",
) -> None:
    """Write the questions of all trials that wait into one batch file."""
    print_lines(export_pools(result, output, format_called(form)))


@app.command("import")
def import_answers(
    result: Annotated[Path, typer.Argument(help="An unfinished result's folder.")],
    file: Annotated[Path, typer.Argument(help="Answers: a batch service's result file, or lines of {id, content}.")],
    model: Annotated[str | None, typer.Option(help="Who answered, where the file doesn't say: a model's or a person's name.")] = None,
) -> None:
    """Check answers and take each into the trial that asked; then the same `cruxmap eval run` goes on."""
    print_lines(import_pooled(result, file, declared=model or ""))


@app.command("judge")
def judge_result(
    result: Annotated[Path, typer.Argument(help="A result's folder, of a suite of whole cases.")],
    reasoner: Annotated[str | None, typer.Option(help="chat or exchange.")] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="PROVIDER:MODEL of the judge, of another family than those that it judges.")
    ] = None,
    of: Annotated[str, typer.Option(help="claims (are they entailed?), gaps or cruxes (are the gold's there?).")] = "claims",
    name: Annotated[str | None, typer.Option(help="What to call this judge: a result may have several. Default: what it judges.")] = None,
    each: Annotated[int, typer.Option(min=3, help="Claims of a trial, at most.")] = 12,
    checks: Annotated[int, typer.Option(min=1, help="Of each gold case, known statements of each kind, to measure the judge by.")] = 2,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
    same_family: Annotated[
        bool, typer.Option("--allow-same-family", help="Judge although judge and judged are of one family; the report says so.")
    ] = False,
) -> None:
    """Let a model judge a result's claims, gaps or cruxes, blind and in both orders; its own error is measured."""
    asked = next((one for one in MEASURES if one == of), None)
    if asked is None:
        raise UsageError(f"--of {of}: one of {', '.join(MEASURES)}")
    name = name or asked
    if not re.fullmatch(r"[\w.-]+", name):
        raise UsageError(f"--name {name}: letters, digits, dots and dashes only")
    settings = load_settings(None, {"reasoner": reasoner, **model_flags(model)})
    loaded = load_result(result)
    try:
        found = judge(loaded, settings, name, of=asked, each=each, checks=checks, seed=seed, same_family=same_family)
    except Unfinished as problem:
        waits = waiting_lines(pools_of(result))
        print_lines([f"The judge can't go on yet: {problem}", *waits, *([_exported(result)] if waits else [])])
        raise typer.Exit(WAITING if waits else UNFINISHED) from problem
    page, _ = write_report(loaded)
    print_lines([*judged_lines(found), f"Report: {page}"])


@app.command()
def report(
    result: Annotated[Path, typer.Argument(help="A result's folder.")],
    datasets: Annotated[Path, typer.Option(help="Where the labelled data sets are.")] = DATASETS,
) -> None:
    """Write a result's report anew, and print it in short. Where measures changed since, its runs are scored anew; nobody is asked."""
    plan = load_plan(result)
    try:
        embedder = Embedder()
        benches = {name: StoredBench(embedder, asked_by(result, one, name)) for name, one in plan.configurations.items()}
        if rescored(result, load_suite(plan.suite, datasets), benches):
            _say("what is measured changed since: the runs were scored anew")
    except (SuiteUnusable, ResultUnusable) as problem:
        _say(f"scored as it was then, by {plan.suite} {plan.version}: {problem}")
    print_lines(_reported(load_result(result), None))


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="RESULT", help="A result's folder.")],
    after: Annotated[Path, typer.Argument(metavar="RESULT", help="Another of the same version of the suite.")],
) -> None:
    """Say what changed between two results of one suite, configuration by configuration."""
    print_lines(one.told for one in between_results(load_result(before), load_result(after)))


@app.command()
def agree(
    cases: Annotated[Path, typer.Argument(metavar="CASES", help="A gold case's folder, or a folder of such.")],
    other: Annotated[
        str, typer.Argument(help="The other annotator's file in each, such as gold.b.yaml; or a folder with CASE.yaml for each.")
    ],
    listed: Annotated[bool, typer.Option("--list", help="List what differs also when there are several cases.")] = False,
    first: Annotated[str, typer.Option(help="The first annotator's file in each, such as gold.a.yaml.")] = GOLD_FILE,
) -> None:
    """Say how far two annotators agree on each layer, and list what is to be settled."""
    print_lines(agreement_lines(agreements(cases, other, first=first), listed=listed))


@app.command()
def probe(run: Annotated[str | None, typer.Argument(help="The run's id; the latest run if left out.")] = None) -> None:
    """Try the robustness probes on a run's knowledge base: what must not move its credences, and what must. Asks no model."""
    with opened_run(run) as opened:
        found = probe_all(opened.view)
    words = {True: "holds", False: "FAILS", None: "not tried"}
    print_lines(f"{words[probed.passed]:<10} {name}: {probed.told}" for name, probed in found.items())
    raise typer.Exit(int(any(probed.passed is False for probed in found.values())))
