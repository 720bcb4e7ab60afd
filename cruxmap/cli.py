"""The command line."""

from __future__ import annotations

import errno
import json
import sys
import traceback
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, get_args

import typer
from rich.console import Console
from rich.text import Text
from typer.main import get_command

from credence.engine import main_question, questions_of
from credence.perspectives import MOST_BLOCKS
from cruxmap import (
    checking,
    editing,
    estimating,
    evaluating,
    exchanging,
    exploring,
    exporting,
    history,
    investigating,
    keeping,
    merging,
    serving,
    studying,
)
from cruxmap.disputing import double_lines
from cruxmap.errors import RunError, UsageError
from cruxmap.explaining import crux_lines, perspective_of, subject_of, supposed, under_lines, what_if_lines, why_lines
from cruxmap.forking import fork as fork_run
from cruxmap.inspecting import claim_lines
from cruxmap.opening import bare_journal, open_registry, opened_run
from cruxmap.printing import print_lines, print_standing, print_summary
from cruxmap.progress import progress
from cruxmap.recording import record_run
from cruxmap.redacting import without_secrets
from cruxmap.registry import Status
from cruxmap.reporting import Outcome, summary_of
from cruxmap.settings import Provider, load_settings, model_flags
from cruxmap.standings import standing_lines
from cruxmap.starting import new_case
from cruxmap.tracing import Filter, call_events, call_lines, trace_events, trace_lines
from evals.errors import EvalError
from explorer.reckonings import Reckoning
from explorer.wording import counted
from graphs.errors import GraphError
from knowledge.errors import KnowledgeError
from prompts.errors import PromptBroken
from reasoners.errors import LimitReached, ReasonerError
from reasoners.journal import Journal
from sources.errors import SourceError

EXITS: Final = {Status.DONE: 0, Status.FAILED: 1, Status.INCOMPLETE: 3, Status.WAITING: 75, Status.INTERRUPTED: 130, Status.RUNNING: 0}
USAGE: Final = 2

app = typer.Typer(
    name="cruxmap",
    help="Investigate a disputed question: who said what on what evidence, and which claims would most change the answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (history, editing, merging, exporting, exploring, serving, studying):
    app.add_typer(module.commands)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunArgument = Annotated[str | None, typer.Argument(help="The run's id; if left out, the latest that is done.")]
AsOf = Annotated[str, typer.Option(help="As it was known by this date: YYYY, YYYY-MM, YYYY-MM-DD or with a time, in UTC.")]
MaxUsd = Annotated[float | None, typer.Option(help="Stop, resumable, when this much is spent.")]
MaxCalls = Annotated[int | None, typer.Option(help="Stop, resumable, after this many calls.")]
MaxTokens = Annotated[int | None, typer.Option(help="Stop, resumable, after so many tokens, input and output.")]
MaxMinutes = Annotated[float | None, typer.Option(help="Stop, resumable, after this much time.")]
Record = Annotated[Path | None, typer.Option(help="Save the answers of the finished run as a recording (.jsonl.gz).")]
Wait = Annotated[bool, typer.Option("--wait", help="With the exchange: watch for answer files, and go on when they come.")]
Models = Annotated[
    list[str] | None, typer.Option(help="PROVIDER:MODEL, or ROLE=PROVIDER:MODEL; several after commas are asked in turn; repeatable.")
]
ReasonerOption = Annotated[str | None, typer.Option(help="auto, chat, exchange, baseline or recording.")]
Config = Annotated[Path | None, typer.Option(help="A YAML file of settings.")]


def _finish(outcome: Outcome, *, as_json: bool, wait: bool = False, record: Path | None = None) -> NoReturn:
    """Print what a run came to, and end with its exit code."""
    registry = open_registry()
    if wait and outcome.record.status is Status.WAITING:
        with progress(as_json=as_json) as note:
            outcome = exchanging.wait_for_answers(registry, outcome, note)
    done = outcome.record
    waiting = exchanging.export_waiting(registry, done.run) if done.status is Status.WAITING else None
    recorded = record_run(registry, done, record) if record else ""
    rounds = exchanging.rounds_of(registry, done.run)
    if as_json:
        result = outcome.summary if not waiting else None  # a run that waits has no result yet, whatever `show` can tell of it
        body = result.to_json() if result else {"run": done.run, "status": done.status.value, "case": done.case}
        more = {"report": str(outcome.html or ""), "waiting": waiting.to_json() if waiting else None, "exchange_rounds": rounds}
        sys.stdout.write(json.dumps({**body, **more}, ensure_ascii=False, indent=1) + "\n")
    else:
        console = Console(highlight=False)
        if outcome.summary and not waiting:
            print_summary(console, outcome.summary, outcome.html)
        print_standing(console, done, waiting.lines() if waiting else [], recorded)
        if rounds and done.status is Status.DONE:
            print_lines([f"{counted(rounds, 'round')} of the exchange {'was' if rounds == 1 else 'were'} needed."])
    raise typer.Exit(EXITS[done.status])


@app.command()
def run(
    case: Annotated[Path, typer.Argument(help="The case's folder, with its case.yaml.")],
    config: Config = None,
    reasoner: ReasonerOption = None,
    model: Models = None,
    base_url: Annotated[str | None, typer.Option(help="An OpenAI-compatible server, such as a local one.")] = None,
    max_output_tokens: Annotated[int | None, typer.Option(help="The longest answer; small local models need one.")] = None,
    recording: Annotated[Path | None, typer.Option(help="The recording to replay; the case's own if left out.")] = None,
    reuse_journal: Annotated[str | None, typer.Option(metavar="RUN", help="Take answers to the same prompts from another run.")] = None,
    rounds: Annotated[int | None, typer.Option(help="Most rounds of reading.")] = None,
    documents_per_round: Annotated[int | None, typer.Option(help="Documents read a round; later rounds choose by what is missing.")] = None,
    search: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help=f"Search for more: {', '.join(get_args(Provider))}."),
    ] = None,
    search_folder: Annotated[Path | None, typer.Option(metavar="DIR", help="Search this folder of your own for more.")] = None,
    search_queries: Annotated[int | None, typer.Option(help="Most questions to each of them a round.")] = None,
    search_documents: Annotated[int | None, typer.Option(help="Most documents that a search takes a round.")] = None,
    mailto: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Your e-mail address, for catalogues that ask for one.")] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="Read the bibliography's addresses instead of the case's documents.")] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Let what is fetched come from private networks.")] = False,
    max_usd: MaxUsd = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_minutes: MaxMinutes = None,
    record: Record = None,
    wait: Wait = False,
    run_id: Annotated[str | None, typer.Option(help="The run's id; made up if left out.")] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Say what it would ask and cost; ask nobody, begin no run.")] = False,
    as_json: Json = False,
) -> None:
    """Investigate a case and show its cruxes."""
    flags = {
        "reasoner": reasoner,
        "base_url": base_url,
        "max_output_tokens": max_output_tokens,
        "recording": recording,
        "reuse_journal": reuse_journal,
        "rounds": rounds,
        "documents_per_round": documents_per_round,
        "search": search,
        "search_folder": search_folder,
        "search_queries": search_queries,
        "search_documents": search_documents,
        "mailto": mailto,
        "fetch": fetch or None,
        "allow_private": allow_private or None,
        "max_usd": max_usd,
        "max_calls": max_calls,
        "max_tokens": max_tokens,
        "max_minutes": max_minutes,
        **model_flags(model),
    }
    settings = load_settings(config, flags)
    if estimate:
        if record or wait or run_id or reuse_journal:
            raise UsageError("--estimate begins no run: leave out --record, --wait, --run-id and --reuse-journal")
        _print_estimate(estimating.estimate_case(case, settings), as_json=as_json)
        return
    with progress(as_json=as_json) as note:
        outcome = investigating.start(case, settings, run=run_id, note=note)
    _finish(outcome, as_json=as_json, wait=wait, record=record)


def _print_estimate(found: estimating.Estimate, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        print_lines(found.lines())


@app.command()
def resume(
    run: Annotated[str | None, typer.Argument(help="The run's id; the latest run if left out.")] = None,
    accept_changes: Annotated[
        bool, typer.Option("--accept-changes", help="Go on although what the run depends on changed; recorded.")
    ] = False,
    case: Annotated[Path | None, typer.Option(help="Where the run's case is, if not where it was.")] = None,
    config: Config = None,
    max_usd: MaxUsd = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_minutes: MaxMinutes = None,
    record: Record = None,
    wait: Wait = False,
    as_json: Json = False,
) -> None:
    """Go on with a run where it stopped."""
    registry = open_registry()
    limits = {"max_usd": max_usd, "max_calls": max_calls, "max_tokens": max_tokens, "max_minutes": max_minutes}
    with progress(as_json=as_json) as note:
        outcome = investigating.resume(
            registry.latest() if run is None else run, registry, limits, accept=accept_changes, note=note, config=config, case_folder=case
        )
    _finish(outcome, as_json=as_json, wait=wait, record=record)


@app.command()
def fork(
    run: Annotated[str, typer.Argument(help="The run to begin from; it stays as it is.")],
    at: Annotated[int | None, typer.Option(help="The number of a step; left out, the steps are listed.")] = None,
    config: Config = None,
    reasoner: ReasonerOption = None,
    model: Models = None,
    reuse_journal: Annotated[str | None, typer.Option(metavar="RUN", help="Take answers to the same prompts from another run.")] = None,
    run_id: Annotated[str | None, typer.Option(help="The new run's id; made up if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Begin a new run from a step of another, under another configuration."""
    flags = {"reasoner": reasoner, "reuse_journal": reuse_journal, **model_flags(model)}
    with progress(as_json=as_json) as note:
        outcome = fork_run(run, at, open_registry(), config, flags, new_run=run_id, note=note)
    _finish(outcome, as_json=as_json)


@app.command()
def show(run: RunArgument = None, as_of: AsOf = "", as_json: Json = False) -> None:
    """Show a run's result; of one that goes on, what it has come to by now."""
    with opened_run(run) as opened:
        record = opened.record
        summary = summary_of(record, opened.store, opened.journal, as_of=as_of) if record.revision else None
        events = opened.registry.events(record.run)
        totals = opened.journal.totals()
        html = opened.registry.folder(record.run) / "report.html"
    now = (
        {"at": events[-1]["at"], "step": events[-1].get("step", events[-1]["event"]), "text": events[-1].get("text", "")} if events else {}
    )
    if as_json:
        empty = {"run": record.run, "case": record.case, "revision": "", "calls": totals.calls}
        body = summary.to_json() if summary else empty
        sys.stdout.write(
            json.dumps({**body, "status": record.status.value, "reason": record.reason, "latest": now}, ensure_ascii=False, indent=1) + "\n"
        )
        return
    console = Console(highlight=False)
    console.print(Text(f"{record.run}: {record.status.value} {record.reason}"))
    if record.status is Status.RUNNING:
        console.print(Text(f"{now.get('at', '')}  {now.get('step', '')}: {now.get('text', '')}; {totals.calls} calls so far"))
    if summary:
        print_summary(console, summary, html if html.is_file() else None)


@app.command()
def cruxes(
    run: RunArgument = None,
    why: Annotated[str | None, typer.Option(metavar="CLAIM", help="Open one claim's or link's number: an id, or its beginning.")] = None,
    standing: Annotated[bool, typer.Option("--standing", help="Say where the question stands, on what, and how firmly.")] = False,
    perspective: Annotated[str | None, typer.Option(metavar="P", help="As this perspective judges, by its name.")] = None,
    double: Annotated[
        tuple[str, str] | None, typer.Option(metavar="P Q", help="What would close the gap between two perspectives, by name.")
    ] = None,
    blocks: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=40,
            help=f"With --double: how many records' judgments are weighed one by one, more than 11 by sampling; {MOST_BLOCKS} if left out.",
        ),
    ] = None,
    temperature: Annotated[
        float,
        typer.Option(metavar="T", min=0.05, max=20, help="Multiply log-odds by what a calibration found; below 1 for overconfidence."),
    ] = 1.0,
    as_of: AsOf = "",
    as_json: Json = False,
) -> None:
    """Show a run's cruxes, of the question and its sub-questions."""
    if temperature != 1 and (double is not None or why is not None or standing or as_json or as_of):
        raise UsageError("--temperature tells the answers and cruxes alone; it goes with --perspective and with no other option")
    if blocks is not None and double is None:
        raise UsageError("--blocks says how much of the gap between two perspectives is weighed: it goes with --double P Q")
    with opened_run(run) as opened:
        view, questions = opened.view, questions_of(opened.view)
        under = perspective_of(view, perspective) if perspective else None
        lines: Iterable[str] = ()
        if double is not None:
            first, second = (perspective_of(view, name) for name in double)
            lines = double_lines(view, main_question(view), first=first, second=second, blocks=MOST_BLOCKS if blocks is None else blocks)
        elif why is not None:
            lines = why_lines(view, questions, subject_of(opened.store, view, why), perspective=under)
        elif standing:
            lines = standing_lines(Reckoning(view, under))
        elif under is not None or temperature != 1:
            lines = under_lines(view, questions, under, temperature=temperature)
        if lines:
            print_lines(lines)
            return
        summary = summary_of(opened.record, opened.store, opened.journal, as_of=as_of)
    if as_json:
        body = summary.to_json()
        sys.stdout.write(
            json.dumps({"cruxes": body["cruxes"], "sub_questions": body["sub_questions"]}, ensure_ascii=False, indent=1) + "\n"
        )
        return
    print_lines(crux_lines(view, summary, as_of=as_of))


@app.command(name="what-if")
def what_if(
    given: Annotated[
        list[str],
        typer.Argument(metavar="[RUN] CLAIM=P...", help="The run (if left out, the latest that is done), then what to take as how likely."),
    ],
) -> None:
    """Show what the answers would be if some claims or steps were as likely as you say."""
    run = None if "=" in given[0] else given[0]
    if given[-1] == run:
        raise UsageError(f"what if what? Write a claim's id, or its beginning, and a probability: cruxmap what-if {run} claim-1a2b=0.2")
    with opened_run(run) as opened:
        things = supposed(opened.store, opened.view, given if run is None else given[1:])
        print_lines(what_if_lines(opened.view, questions_of(opened.view), things))


@app.command()
def claim(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="A claim's id, or its beginning.")],
    run: Annotated[str | None, typer.Option(help="In this run; if left out, the latest that is done.")] = None,
    as_of: AsOf = "",
) -> None:
    """Show a claim: who takes which stance on it in which words, and what leans on it."""
    with opened_run(run) as opened:
        view = opened.store.view_as_of(opened.view.revision, as_of) if as_of else opened.view
        print_lines(claim_lines(opened.store, view, record_id))


@app.command()
def trace(
    run: RunArgument = None,
    call: Annotated[int | None, typer.Option(help="Print one call whole: its attempts, its prompt and its answer.")] = None,
    task: Annotated[str | None, typer.Option(help="Only calls whose task begins so: critic, ingestion/extract.")] = None,
    step: Annotated[str | None, typer.Option(help="Only this step of the graph.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Only this outcome: ok, invalid, refusal, truncated, lost ...")] = None,
    otlp: Annotated[str | None, typer.Option(metavar="URL", help="Send the trace to an OpenTelemetry collector (OTLP over HTTP).")] = None,
    as_json: Json = False,
) -> None:
    """Show what a run did, in order: steps, calls, attempts, waits, tokens and cost."""
    chosen = Filter(task=task or "", step=step or "", outcome=outcome or "")
    with bare_journal(run) as journal:
        if journal is not None:
            if otlp:
                raise UsageError(f"{run} is a journal without a run: it has no steps to send to {otlp}; leave out --otlp")
            _traced(call_events(journal, chosen), journal, call, as_json=as_json)
            return
    with opened_run(run) as opened:
        if otlp:
            from cruxmap.telemetry import send_trace  # noqa: PLC0415  # OpenTelemetry is an extra

            print_lines([f"{send_trace(opened, otlp)} spans sent to {otlp}"])
            return
        _traced(trace_events(opened, chosen), opened.journal, call, as_json=as_json)


def _traced(events: Iterable[dict[str, Any]], journal: Journal, call: int | None, *, as_json: bool) -> None:
    if call is not None:
        print_lines(call_lines(journal, call))
    elif as_json:
        sys.stdout.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in events)
    else:
        print_lines(trace_lines(events, journal))


@app.command()
def new(folder: Annotated[Path, typer.Argument(metavar="CASE-DIR", help="A folder that is not there yet.")]) -> None:
    """Make a case of your own: a commented case.yaml and a folder for documents."""
    print_lines(new_case(folder))


app.add_typer(keeping.app, name="runs")
app.add_typer(checking.app, name="doctor")
app.add_typer(evaluating.app, name="eval")


@exchanging.app.command("import")
def import_answers(
    run: Annotated[str, typer.Argument(help="The run that waits.")],
    file: Annotated[Path, typer.Argument(help="Answers: a batch service's result file, or lines of {id, content}.")],
    model: Annotated[str | None, typer.Option(help="Who answered, where the file doesn't say: a model's or a person's name.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on with the run to its next wait or its end.")] = True,
    record: Record = None,
    as_json: Json = False,
) -> None:
    """Check answers, take them into the journal, and go on with the run."""
    registry = open_registry()
    imported = exchanging.import_file(registry, registry.load(run), file, declared=model or "")
    Console(stderr=True, highlight=False).print(Text("\n".join(imported)), soft_wrap=True)
    if resume:
        with progress(as_json=as_json) as note:
            outcome = investigating.resume(run, registry, {}, accept=False, note=note)
        _finish(outcome, as_json=as_json, record=record)


app.add_typer(exchanging.app, name="exchange")


def main() -> None:
    """Run the command line; the one boundary at which known errors become messages and exit codes."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        _command()(arguments, standalone_mode=True)
    except (UsageError, SourceError, PromptBroken) as problem:
        _fail(problem, USAGE, debug=debug)
    except LimitReached as problem:
        _fail(problem, EXITS[Status.INCOMPLETE], debug=debug)
    except (EvalError, RunError, KnowledgeError, ReasonerError, GraphError, OSError) as problem:
        full = isinstance(problem, OSError) and problem.errno == errno.ENOSPC
        _fail(problem, 1, debug=debug, advice=". Free some space and resume; nothing was half written." if full else "")


@cache
def _command() -> Callable[..., Any]:
    """Build the command from its declarations, once a process."""
    return get_command(app)


def _fail(problem: Exception, code: int, *, debug: bool, advice: str = "") -> NoReturn:
    told = "".join(traceback.format_exception(problem)) if debug else f"cruxmap: {problem}{advice}"
    Console(stderr=True, highlight=False).print(Text(without_secrets(told), style="red"), soft_wrap=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
