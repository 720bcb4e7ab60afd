"""Exploring: the site of a run, written to a folder or served while the run goes on."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from credence.judgments import perspectives_of
from cruxmap.errors import RunError
from cruxmap.opening import OpenRun, open_registry, opened_run
from cruxmap.printing import print_lines
from cruxmap.registry import Registry, Status
from cruxmap.reporting import summary_of
from cruxmap.settings import resumed_settings
from explorer.comparisons import Comparison, Result, compare
from explorer.errors import NotASite
from explorer.histories import history_of
from explorer.methods import Methods, PromptText, TaskUse
from explorer.reckonings import Reckoning
from explorer.sites import SiteInputs, write_site
from explorer.standings import Weighed, weigh
from graphs.errors import GraphError
from knowledge.errors import KnowledgeError
from prompts.loading import OF_AGENTS, Prompts
from prompts.tasks.base import Task
from reasoners.errors import ReasonerError

LOOK_SECONDS: Final = 2.0
"""How often a served run is looked at again."""
PORT: Final = 8765


commands = typer.Typer()


@commands.command()
def site(
    run: Annotated[str | None, typer.Argument(help="The run's id; if left out, the latest that is done.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="A folder that is new, empty, or holds an older site.")] = Path("site"),
    against: Annotated[str | None, typer.Option(help="Another run, or a revision, to compare with.")] = None,
) -> None:
    """Write a run's site: pages that open from the folder, without a server or a network."""
    with opened_run(run) as opened:
        first = build_site(opened, output, against=against)
    sizes = [path.stat().st_size for path in output.rglob("*") if path.is_file()]
    print_lines([f"{first} ({len(sizes)} files, {sum(sizes) / 1e6:.1f} MB)"])


@commands.command()
def serve(
    run: Annotated[str | None, typer.Argument(help="The run's id; the latest run if left out.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of this machine only; 0 takes a free one.")] = PORT,
) -> None:
    """Show a run's site in the browser, anew with each revision while the run goes on."""
    with opened_run(open_registry().latest() if run is None else run) as opened:
        served = Served(opened.registry, opened.record.run)
    served.look()
    with served.server(port) as server:
        threading.Thread(target=served.keep_looking, daemon=True).start()
        print_lines([f"run {served.run}: http://127.0.0.1:{server.server_address[1]}/ (stop with Ctrl-C)"])
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            served.stop()


def build_site(opened: OpenRun, folder: Path, *, against: str | None = None) -> Path:
    """Write the site of a run at the revision that it has reached, and return its first page.

    Raises:
        RunError: nothing is committed yet, or the folder holds something else.
    """
    view = opened.view
    perspectives: list[str | None] = [perspective.id for perspective in perspectives_of(view)] or [None]
    reckonings = [Reckoning(view, perspective) for perspective in perspectives]
    main = reckonings[0]
    summary = summary_of(opened.record, opened.store, opened.journal, reckoning=main)
    running = opened.record.status is Status.RUNNING  # weighing takes seconds, which every revision would wait for
    if main.quick and not running:
        summary = replace(summary, sensitive=main.sensitive)
    inputs = SiteInputs(
        view=view,
        summary=summary,
        assessments=tuple(one.assessment for one in reckonings),
        text_of=opened.store.text,
        history=history_of(opened.store.log(opened.record.revision), opened.store.view),
        methods=_methods(opened),
        other=_compared(opened, Result(f"run {opened.record.run}", view, summary, main.assessment), against) if against else None,
        weighed=Weighed(why_not="it is, once the run is done") if running else weigh(reckonings),
    )
    try:
        return write_site(folder, inputs)
    except NotASite as problem:
        raise RunError(str(problem)) from problem


def _compared(opened: OpenRun, here: Result, against: str) -> Comparison:
    """Compare with a revision, as the same run would tell it, or with another run."""
    if against.startswith("revision-"):
        record = opened.record.model_copy(update={"revision": against})
        then = Reckoning(opened.store.view(against))
        summary = summary_of(record, opened.store, opened.journal, reckoning=then)
        return compare(here, Result(against, then.view, summary, then.assessment))
    with opened_run(against) as other:
        there = Reckoning(other.view)
        summary = summary_of(other.record, other.store, other.journal, reckoning=there)
        return compare(here, Result(f"run {against}", there.view, summary, there.assessment))


def _methods(opened: OpenRun) -> Methods:
    uses: dict[tuple[str, str], list[Any]] = {}
    asked: dict[str, set[str]] = {}
    for call in opened.journal.calls():
        asked.setdefault(call.task, set()).add(call.prompt)
        uses.setdefault((call.task, call.model), []).append(call)
    prompts = resumed_settings(opened.record.settings, None, {}).asking
    return Methods(
        tasks=tuple(
            TaskUse(
                task=task,
                model=model,
                calls=len(calls),
                failed=sum(call.outcome != "ok" for call in calls),
                input_tokens=sum(call.input_tokens for call in calls),
                output_tokens=sum(call.output_tokens for call in calls),
                cost_usd=sum(call.cost_usd or 0.0 for call in calls),
            )
            for (task, model), calls in uses.items()
        ),
        prompts=tuple(_prompt(task, prompts, asked.get(task.name, set())) for task in OF_AGENTS),
        settings=tuple(sorted((name, str(value)) for name, value in opened.record.settings.items() if value is not None)),
    )


def _prompt(task: Task[Any, Any], prompts: Prompts, asked: set[str]) -> PromptText:
    digest = prompts.of(task).digest
    return PromptText(task.name, digest, prompts.text(task), tuple(sorted(asked - {digest})))


class Served:
    """A run's site that is written anew when the run has moved on, and a server for this machine alone."""

    def __init__(self, registry: Registry, run: str) -> None:
        self._registry, self.run = registry, run
        self.folder = registry.folder(run) / "site"
        self._shown = ("", "")
        self._stopped = threading.Event()
        self._told: dict[str, str] = {}

    def look(self) -> None:
        """Write the site anew if there is a revision or a status that it doesn't show, and say how the run stands."""
        with opened_run(self.run) as opened:
            record = opened.record
            if record.revision and (record.revision, record.status.value) != self._shown:
                build_site(opened, self.folder)
                self._shown = (record.revision, record.status.value)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._told = {"revision": record.revision, "status": record.status.value, "last": self._last_step()}

    def told(self) -> bytes:
        """Return how the run stands, as the JSON that its pages ask for."""
        return json.dumps(self._told).encode()

    def _last_step(self) -> str:
        steps = [event for event in self._registry.events(self.run) if event["event"] == "step"]
        return f"Last step: {str(steps[-1]['step']).replace('_', ' ')} ({steps[-1]['text']})." if steps else ""

    def keep_looking(self) -> None:
        """Look again and again until stopped; what goes wrong is shown on the page and tried again."""
        while not self._stopped.wait(LOOK_SECONDS):
            try:
                self.look()
            except (KnowledgeError, ReasonerError, GraphError, RunError, OSError) as problem:
                self._told = {**self._told, "last": f"It can't be shown anew: {problem}"}

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def server(self, port: int) -> ThreadingHTTPServer:
        """Make the server; it answers on this machine's loopback address only."""
        handler = partial(_Handler, told=self.told, directory=str(self.folder))
        try:
            return ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError as problem:
            raise RunError(f"port {port} can't be had ({problem.strerror}); choose another with --port, or 0 for a free one") from problem


class _Handler(SimpleHTTPRequestHandler):
    """Serves the folder without listing it, to no other page's scripts, and never from a cache."""

    def __init__(self, *args: Any, told: Callable[[], bytes], **kwargs: Any) -> None:
        self._told = told
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        """Refuse requests that name another host: a page elsewhere that resolves its name to this machine (DNS rebinding)."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host not in {"127.0.0.1", "localhost"}:
            self.send_error(403, "This server answers to 127.0.0.1 and localhost only")
        elif self.path.partition("?")[0] == "/live.json":
            self._answer(self._told(), "application/json")
        else:
            super().do_GET()

    def list_directory(self, path: Any) -> None:  # noqa: ARG002  # the base class's
        """Show a page that says to wait where there is no site yet."""
        body = (
            b"<!doctype html><html lang='en'><meta charset='utf-8'><meta http-equiv='refresh' content='2'>"
            b"<title>Waiting</title><p>This run has committed nothing yet. The page comes by itself."
        )
        self._answer(body, "text/html; charset=utf-8")

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        """Keep browsers from showing an older revision."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the standard library
        """Keep the terminal for problems."""
        if args and str(args[1] if len(args) > 1 else "").startswith(("4", "5")):
            sys.stderr.write(f"{time.strftime('%H:%M:%S')} {format % args}\n")
