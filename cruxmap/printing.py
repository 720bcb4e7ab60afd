"""What the command line prints: a run's result for people, progress line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from credence.words import percent, span
from cruxmap.registry import RunRecord, Status
from explorer.summaries import Summary
from explorer.wording import counted

SHOWN_CRUXES = 3
SHOWN_FINDINGS = 5
WORST = {"high": 0, "medium": 1, "low": 2}


def print_summary(console: Console, summary: Summary, html: Path | None) -> None:
    """Print the answers, the cruxes, what is wrong, missing and failed, and where the report is."""
    for note in summary.facts.notes:
        console.print(Text(note, style="yellow"))
    if not summary.questions:
        console.print("Nothing is committed yet." if not summary.counts else "No question is asked in this knowledge base.")
        return
    main = summary.questions[0]
    console.print(Text(f"\n{main.text}", style="bold"))
    table = Table(show_header=True, header_style="bold", box=None, pad_edge=False)
    table.add_column("nine in ten within", justify="right")
    table.add_column("credence", justify="right")
    table.add_column("prior", justify="right")
    table.add_column("answer")
    for answer in main.answers:
        within = span(answer.low, answer.high) if answer.low is not None and answer.high is not None else ""
        table.add_row(within, percent(answer.probability), percent(answer.prior), Text(answer.text))
    console.print(table)
    _section(console, "Settled; it rests on" if main.settled else "Cruxes", (crux.sentence for crux in main.cruxes[:SHOWN_CRUXES]))
    findings = [
        f"{finding.kind.replace('_', ' ')} ({finding.severity}{', load-bearing' if finding.load_bearing else ''}): {finding.subject}"
        for finding in summary.findings
    ]
    _section(console, f"Found wrong ({len(findings)})", _first(findings, SHOWN_FINDINGS))
    mends = [finding.subject for finding in summary.to_mend]
    _section(console, f"Our own wording to mend ({len(mends)})", _first(mends, SHOWN_FINDINGS))
    _section(console, f"Missing ({len(summary.gaps)})", _first([gap.text for gap in summary.gaps], SHOWN_FINDINGS))
    if summary.searches:
        asked = counted(len(summary.searches), "question")
        taken = {one.id: f"{one.title}: {one.why}" for search in summary.searches for one in search.taken if one.for_this}
        _section(console, f"Searched ({asked}), and taken ({len(taken)})", _first(list(taken.values()), SHOWN_FINDINGS))
    failed = [f"{incident.subject}: {incident.problem}" for incident in summary.incidents]
    _section(console, f"Failed ({len(failed)})", _first(failed, SHOWN_FINDINGS))
    counts = ", ".join(
        counted(count, kind) for kind, count in summary.counts.items() if kind in {"source", "claim", "assertion", "link", "judgment"}
    )
    console.print(Text(f"\n{counts or 'no sources'}; knowledge {summary.facts.digest[:16]}", style="dim"))
    if html is not None:
        console.print(Text(f"Report: {html.resolve()}", style="bold"), soft_wrap=True)


def print_standing(console: Console, record: RunRecord, waiting: Sequence[str], recorded: str) -> None:
    """Print how a run that isn't done stands and how to go on, and what was recorded."""
    if record.status is not Status.DONE:
        for line in waiting or [f"{record.status.value}: {record.reason}", f"Go on with: cruxmap resume {record.run}"]:
            console.print(Text(line, style="bold"), soft_wrap=True)
    if recorded:
        console.print(Text(recorded), soft_wrap=True)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines as they are, however long."""
    console = Console(highlight=False)
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def _first(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], f"... and {len(lines) - most} more, in the report"]


def _section(console: Console, title: str, lines: Iterable[str]) -> None:
    console.print(Text(f"\n{title}", style="bold"))
    shown = list(lines)
    for line in shown or ["nothing"]:
        console.print(Text(f"  - {line}"))
