"""Progress: a live line on a terminal, plain lines elsewhere, JSON lines for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status as Spinner
from rich.text import Text

from cruxmap.stopping import Note
from graphs.state import Node

_DOING = {
    Node.OPEN: "opening the case",
    Node.READ: "reading",
    Node.MATCH: "linking claims to claims and answers",
    Node.STRUCTURE: "looking for what is wrong and what is missing",
    Node.CRITICISE: "judging testimonies and links",
    Node.REPAIR: "linking claims again, without what was no evidence",
    Node.FIND_CRUXES: "computing credences and cruxes, writing the report",
}
"""What goes on after a step has told that it is done."""


@contextmanager
def progress(*, as_json: bool) -> Iterator[Note]:
    """Tell what happens on standard error, so that standard output holds the result alone."""
    console = Console(stderr=True, highlight=False)
    if as_json or not console.is_terminal:
        yield _json_line if as_json else _plain(console)
        return
    with console.status(Text("beginning")) as spinner:
        yield _live(console, spinner)


def _json_line(step: str, text: str) -> None:
    sys.stderr.write(json.dumps({"step": step, "text": text}, ensure_ascii=False) + "\n")


def _plain(console: Console) -> Note:
    return lambda step, text: console.print(Text(f"{step:<12}{text}"), soft_wrap=True)


def _live(console: Console, spinner: Spinner) -> Note:
    """Print each step as it is done, and below it what goes on now; a countdown replaces itself."""

    def note(step: str, text: str) -> None:
        if step == "provider":
            spinner.update(Text(text, style="yellow"))
            return
        console.print(Text.assemble((f"{step:<12}", "cyan"), text), soft_wrap=True)
        if step in _DOING:
            spinner.update(Text(_DOING[Node(step)]))

    return note
