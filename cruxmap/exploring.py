"""Exploring: the site of a run, written to a folder or served while the run goes on."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.text import Text

from credence.engine import assess
from cruxmap.errors import RunError, UsageError
from cruxmap.investigating import open_run, summary_of
from cruxmap.registry import Registry, RunRecord, Status
from cruxmap.settings import load_settings
from explorer.comparisons import Comparison, compare
from explorer.errors import NotASite
from explorer.histories import history_of
from explorer.methods import Methods, PromptText, TaskUse
from explorer.sites import SiteInputs, write_site
from explorer.summaries import Summary
from graphs.checkpoints import open_checkpoints
from knowledge.errors import KnowledgeError
from knowledge.records import Perspective
from knowledge.store import KnowledgeStore
from knowledge.views import View
from prompts.loading import TASKS, load
from reasoners.errors import ReasonerError
from reasoners.journal import Journal

LOOK_SECONDS: Final = 2.0
"""How often a served run is looked at again."""
PORT: Final = 8765


def register(app: typer.Typer) -> None:
    """Give the command line its commands ``site`` and ``serve``."""
    app.command()(site)
    app.command()(serve)


def site(
    run: Annotated[str | None, typer.Argument(help="The run's id; the latest run if left out.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="A folder that is new, empty, or holds an older site.")] = Path("site"),
    against: Annotated[str | None, typer.Option(help="Another run, or a revision, to compare with.")] = None,
) -> None:
    """Write a run's site: pages that open from the folder, without a server or a network."""
    registry, record = open_run(load_settings(None, {}).home, run)
    first = build_site(registry, record, output, against=against)
    sizes = [path.stat().st_size for path in output.rglob("*") if path.is_file()]
    Console(highlight=False).print(Text(f"{first} ({len(sizes)} files, {sum(sizes) / 1e6:.1f} MB)"), soft_wrap=True)


def serve(
    run: Annotated[str | None, typer.Argument(help="The run's id; the latest run if left out.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of this machine only; 0 takes a free one.")] = PORT,
) -> None:
    """Show a run's site in the browser, anew with each revision while the run goes on."""
    registry, record = open_run(load_settings(None, {}).home, run)
    served = Served(registry, record.run)
    served.look()
    with served.server(port) as server:
        threading.Thread(target=served.keep_looking, daemon=True).start()
        Console(highlight=False).print(Text(f"http://127.0.0.1:{server.server_address[1]}/ (stop with Ctrl-C)"), soft_wrap=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            served.stop()


def build_site(registry: Registry, record: RunRecord, folder: Path, *, against: str | None = None) -> Path:
    """Write the site of a run at its record's revision and return its first page.

    Raises:
        RunError: nothing is committed yet, or the folder holds something else.
    """
    if not record.revision:
        raise RunError(f"the run {record.run} ({record.status.value}) has committed nothing yet")
    with closing(KnowledgeStore.at(registry.knowledge)) as store, closing(Journal(registry.folder(record.run) / "journal.db")) as journal:
        view = store.view(record.revision)
        summary = summary_of(record, store, journal)
        perspectives: list[str | None] = [perspective.id for perspective in view.all(Perspective)] or [None]
        other = _compared(registry, store, (f"run {record.run}", view, summary), against) if against else None
        inputs = SiteInputs(
            view=view,
            summary=summary,
            assessments=tuple(assess(view, perspective=perspective) for perspective in perspectives),
            text_of=store.text,
            history=history_of(store.log(record.revision), store.view),
            methods=_methods(record, journal),
            other=other,
        )
        try:
            return write_site(folder, inputs)
        except NotASite as problem:
            raise RunError(str(problem)) from problem


def _compared(registry: Registry, store: KnowledgeStore, here: tuple[str, View, Summary], against: str) -> Comparison:
    """Compare with a run of this home, or with a revision as the same run would tell it."""
    if against.startswith("revision-"):
        record, name = registry.load(here[2].facts.run).model_copy(update={"revision": against}), against
    else:
        record, name = registry.load(against), f"run {against}"
    if not record.revision:
        raise UsageError(f"the run {against} has committed nothing yet, so there is nothing to compare with")
    with closing(Journal(registry.folder(record.run) / "journal.db")) as journal:
        return compare(here, (name, store.view(record.revision), summary_of(record, store, journal)))


def _methods(record: RunRecord, journal: Journal) -> Methods:
    uses: dict[tuple[str, str], list[Any]] = {}
    for call in journal.calls():
        uses.setdefault((call.task, call.model), []).append(call)
    texts = {task.name: files("prompts").joinpath(*f"{task.name}.md".split("/")).read_text(encoding="utf-8") for task in TASKS}
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
        prompts=tuple(PromptText(task.name, load(task).digest, texts[task.name]) for task in TASKS),
        settings=tuple(sorted((name, str(value)) for name, value in record.settings.items() if value is not None)),
    )


class Served:
    """A run's site that is written anew when the run has moved on, and a server for this machine alone."""

    def __init__(self, registry: Registry, run: str) -> None:
        self._registry, self._run = registry, run
        self.folder = registry.folder(run) / "site"
        self._shown = ("", "")
        self._stopped = threading.Event()
        self._told: dict[str, str] = {}

    def look(self) -> None:
        """Write the site anew if there is a revision or a status that it doesn't show, and say how the run stands."""
        record = self._registry.load(self._run)
        if not record.revision or record.status is Status.RUNNING:
            record = record.model_copy(update={"revision": asyncio.run(self._at_work()) or record.revision})
        if record.revision and (record.revision, record.status.value) != self._shown:
            build_site(self._registry, record, self.folder)
            self._shown = (record.revision, record.status.value)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._told = {"revision": record.revision, "status": record.status.value, "last": self._last_event()}

    def told(self) -> bytes:
        """Return how the run stands, as the JSON that its pages ask for."""
        return json.dumps(self._told).encode()

    async def _at_work(self) -> str:
        """Return the revision of a run's last checkpoint; its own record tells it only when it stops."""
        path = self._registry.folder(self._run) / "checkpoints.db"
        if not path.is_file():
            return ""
        async with open_checkpoints(path) as saver:
            found = await saver.aget_tuple({"configurable": {"thread_id": self._run}})
        return str(found.checkpoint["channel_values"].get("revision", "")) if found else ""

    def _last_event(self) -> str:
        path = self._registry.folder(self._run) / "events.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        events = [json.loads(line) for line in lines if line.endswith("}")]
        steps = [event for event in events if event["event"] == "step"]
        return f"Last step: {steps[-1]['step'].replace('_', ' ')} ({steps[-1]['text']})." if steps else ""

    def keep_looking(self) -> None:
        """Look again and again until stopped; what goes wrong is shown on the page and tried again."""
        while not self._stopped.wait(LOOK_SECONDS):
            try:
                self.look()
            except (KnowledgeError, ReasonerError, RunError, OSError) as problem:
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
