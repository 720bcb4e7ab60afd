"""The command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from cruxmap import exploring, investigating
from cruxmap.errors import RunError, UsageError
from cruxmap.inspecting import claim_lines, diff_lines, doctor_lines, log_lines, trace_lines
from cruxmap.investigating import Outcome, open_run, summary_of
from cruxmap.printing import print_summary
from cruxmap.registry import Registry, Status
from cruxmap.settings import load_settings
from cruxmap.starting import new_case
from knowledge.errors import KnowledgeError
from knowledge.store import KnowledgeStore
from prompts.errors import PromptBroken
from prompts.tasks.base import Role
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
exploring.register(app)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunArgument = Annotated[str | None, typer.Argument(help="The run's id; the latest run if left out.")]
MaxUsd = Annotated[float | None, typer.Option(help="Stop, resumable, when this much is spent.")]
MaxCalls = Annotated[int | None, typer.Option(help="Stop, resumable, after this many calls.")]
MaxMinutes = Annotated[float | None, typer.Option(help="Stop, resumable, after this much time.")]


def _home() -> Path:
    return load_settings(None, {}).home


def _note(*, as_json: bool) -> investigating.Note:
    """Say what happens: lines on standard error, so that standard output holds the result alone."""
    console = Console(stderr=True, highlight=False)

    def note(step: str, text: str) -> None:
        if as_json:
            sys.stderr.write(json.dumps({"step": step, "text": text}, ensure_ascii=False) + "\n")
        else:
            console.print(Text(f"{step:<12}{text}"), soft_wrap=True)

    return note


def _finish(outcome: Outcome, *, as_json: bool) -> NoReturn:
    record = outcome.record
    if as_json:
        body = outcome.summary.to_json() if outcome.summary else {"run": record.run, "status": record.status.value, "case": record.case}
        sys.stdout.write(json.dumps({**body, "report": str(outcome.html or "")}, ensure_ascii=False, indent=1) + "\n")
    else:
        console = Console(highlight=False)
        if outcome.summary:
            print_summary(console, outcome.summary, outcome.html)
        if record.status is not Status.DONE:
            console.print(
                Text(f"{record.status.value}: {record.reason}\nGo on with: cruxmap resume {record.run}", style="bold"), soft_wrap=True
            )
    raise typer.Exit(EXITS[record.status])


def _models(given: list[str] | None) -> dict[str, Any]:
    """Read --model values: PROVIDER:MODEL for every role, or ROLE=PROVIDER:MODEL."""
    found: dict[str, Any] = {"models": {}}
    for one in given or []:
        role, equals, model = one.partition("=")
        if not equals:
            found["model"] = one
        elif role in set(Role):
            found["models"][role] = model
        else:
            raise UsageError(f"--model {one}: there is no role {role!r}; the roles are {', '.join(Role)}")
    return {key: value for key, value in found.items() if value}


@app.command()
def run(
    case: Annotated[Path, typer.Argument(help="The case's folder, with its case.yaml.")],
    config: Annotated[Path | None, typer.Option(help="A YAML file of settings.")] = None,
    reasoner: Annotated[str | None, typer.Option(help="auto, chat or baseline.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="PROVIDER:MODEL, or ROLE=PROVIDER:MODEL; can be repeated.")] = None,
    base_url: Annotated[str | None, typer.Option(help="An OpenAI-compatible server, such as a local one.")] = None,
    rounds: Annotated[int | None, typer.Option(help="Most rounds of reading.")] = None,
    documents_per_round: Annotated[int | None, typer.Option(help="Documents read a round; later rounds choose by what is missing.")] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="Read the bibliography's addresses instead of the case's documents.")] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Let --fetch reach this machine and private networks.")] = False,
    max_usd: MaxUsd = None,
    max_calls: MaxCalls = None,
    max_minutes: MaxMinutes = None,
    run_id: Annotated[str | None, typer.Option(help="The run's id; made up if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Investigate a case and show its cruxes."""
    flags = {
        "reasoner": reasoner,
        "base_url": base_url,
        "rounds": rounds,
        "documents_per_round": documents_per_round,
        "fetch": fetch or None,
        "allow_private": allow_private or None,
        "max_usd": max_usd,
        "max_calls": max_calls,
        "max_minutes": max_minutes,
        **_models(model),
    }
    settings = load_settings(config, flags)
    _finish(investigating.start(case, settings, run=run_id, note=_note(as_json=as_json)), as_json=as_json)


@app.command()
def resume(
    run: RunArgument = None,
    accept_changes: Annotated[
        bool, typer.Option("--accept-changes", help="Go on although what the run depends on changed; recorded.")
    ] = False,
    max_usd: MaxUsd = None,
    max_calls: MaxCalls = None,
    max_minutes: MaxMinutes = None,
    as_json: Json = False,
) -> None:
    """Go on with a run where it stopped."""
    home = _home()
    run = run or Registry(home).latest()
    limits = {"max_usd": max_usd, "max_calls": max_calls, "max_minutes": max_minutes}
    _finish(investigating.resume(run, home, limits, accept=accept_changes, note=_note(as_json=as_json)), as_json=as_json)


@app.command()
def runs(as_json: Json = False) -> None:
    """List the runs, the latest first."""
    records = Registry(_home()).all()
    if as_json:
        fields = {"run", "case", "status", "reason", "reasoner", "revision", "started", "finished"}
        sys.stdout.write(json.dumps([record.model_dump(mode="json", include=fields) for record in records], indent=1) + "\n")
        return
    _print(f"{record.started}  {record.status.value:<12}{record.run}" for record in records)


@app.command()
def show(run: RunArgument = None, as_json: Json = False) -> None:
    """Show a run's result."""
    registry, record = open_run(_home(), run)
    html = registry.folder(record.run) / "report.html"
    with _Opened(registry, record.run) as (store, journal):
        summary = summary_of(record, store, journal) if record.revision else None
    if as_json:
        empty = {"run": record.run, "case": record.case, "status": record.status.value, "reason": record.reason, "revision": ""}
        sys.stdout.write(json.dumps(summary.to_json() if summary else empty, ensure_ascii=False, indent=1) + "\n")
        return
    console = Console(highlight=False)
    console.print(Text(f"{record.run}: {record.status.value} {record.reason}"))
    if summary:
        print_summary(console, summary, html if html.is_file() else None)


@app.command()
def cruxes(run: RunArgument = None, as_json: Json = False) -> None:
    """Show a run's cruxes, of the question and its sub-questions."""
    registry, record = open_run(_home(), run)
    with _Opened(registry, record.run) as (store, journal):
        summary = summary_of(_committed(record.revision, record), store, journal)
    if as_json:
        body = summary.to_json()
        sys.stdout.write(
            json.dumps({"cruxes": body["cruxes"], "sub_questions": body["sub_questions"]}, ensure_ascii=False, indent=1) + "\n"
        )
        return
    for question in summary.questions:
        _print([f"\n{question.text}", *(f"{number:2}. {crux.sentence}" for number, crux in enumerate(question.cruxes, 1))])


@app.command()
def claim(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="A claim's id, or its beginning.")],
    run: Annotated[str | None, typer.Option(help="In this run; the latest if left out.")] = None,
) -> None:
    """Show a claim: who takes which stance on it in which words, and what leans on it."""
    registry, record = open_run(_home(), run)
    with _Opened(registry, record.run) as (store, _):
        _print(claim_lines(store, store.view(_committed(record.revision, record).revision), record_id))


@app.command()
def trace(
    run: RunArgument = None,
    call: Annotated[int | None, typer.Option(help="Print one call whole: its prompt and its answer.")] = None,
) -> None:
    """Show a run's calls in order: task, outcome, attempts, tokens, cost."""
    registry, record = open_run(_home(), run)
    with _Opened(registry, record.run) as (_, journal):
        _print(trace_lines(journal, call))


@app.command()
def log(run: RunArgument = None) -> None:
    """Show a run's revisions, the latest first."""
    registry, record = open_run(_home(), run)
    with _Opened(registry, record.run) as (store, _):
        _print(log_lines(store, _committed(record.revision, record).revision))


@app.command()
def diff(before: Annotated[str, typer.Argument(metavar="REV")], after: Annotated[str, typer.Argument(metavar="REV")]) -> None:
    """Show what one revision has that another hasn't, and how the answers moved."""
    store = KnowledgeStore.at(Registry(_home()).knowledge)
    try:
        _print(diff_lines(store, before, after))
    finally:
        store.close()


@app.command()
def new(folder: Annotated[Path, typer.Argument(metavar="CASE-DIR", help="A folder that is not there yet.")]) -> None:
    """Make a case of your own: a commented case.yaml and a folder for documents."""
    _print(new_case(folder))


@app.command()
def doctor() -> None:
    """Check that everything a run needs is here and works."""
    lines, well = doctor_lines(_home())
    _print(lines)
    if not well:
        raise typer.Exit(1)


def _print(lines: Any) -> None:
    console = Console(highlight=False)
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def _committed(revision: str, record: Any) -> Any:
    if not revision:
        raise RunError(f"the run {record.run} ({record.status.value}) has committed nothing yet")
    return record


class _Opened:
    """A home's store and a run's journal, closed afterwards."""

    def __init__(self, registry: Registry, run: str) -> None:
        self._store = KnowledgeStore.at(registry.knowledge)
        self._journal = Journal(registry.folder(run) / "journal.db")

    def __enter__(self) -> tuple[KnowledgeStore, Journal]:
        return self._store, self._journal

    def __exit__(self, *_: object) -> None:
        self._journal.close()
        self._store.close()


def main() -> None:
    """Run the command line; the one boundary at which known errors become messages and exit codes."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        app(arguments, standalone_mode=True)
    except (UsageError, SourceError, PromptBroken) as problem:
        _fail(problem, USAGE, debug=debug)
    except LimitReached as problem:
        _fail(problem, EXITS[Status.INCOMPLETE], debug=debug)
    except (RunError, KnowledgeError, ReasonerError, OSError) as problem:
        _fail(problem, 1, debug=debug)


def _fail(problem: Exception, code: int, *, debug: bool) -> NoReturn:
    if debug:
        raise problem
    Console(stderr=True, highlight=False).print(Text(f"cruxmap: {problem}", style="red"), soft_wrap=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
