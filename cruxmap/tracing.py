"""The trace of a run: its steps and calls in order, with attempts, waits, tokens and cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from cruxmap.errors import UsageError
from cruxmap.opening import OpenRun
from reasoners.journal import Call, Journal


@dataclass(frozen=True)
class Filter:
    """Which calls to show: by the beginning of the task, the step, the outcome. Steps and other events are shown if nothing is asked."""

    task: str = ""
    step: str = ""
    outcome: str = ""

    def takes(self, call: Call) -> bool:
        """Say whether a call is asked for."""
        return call.task.startswith(self.task) and self.step in {"", call.step} and self.outcome in {"", call.outcome}

    @property
    def everything(self) -> bool:
        """Whether nothing in particular is asked for."""
        return not (self.task or self.step or self.outcome)


def trace_events(opened: OpenRun, chosen: Filter) -> Iterator[dict[str, Any]]:
    """Yield steps, other events and calls in the order in which they ended, as plain values."""
    lines = call_events(opened.journal, chosen)
    if chosen.everything:
        lines += opened.registry.events(opened.record.run)
    yield from sorted(lines, key=lambda line: line["at"])


def call_events(journal: Journal, chosen: Filter) -> list[dict[str, Any]]:
    """Return a journal's calls as plain values."""
    return [{"at": call.finished, "event": "call", **asdict(call)} for call in journal.calls() if chosen.takes(call)]


def trace_lines(events: Iterable[dict[str, Any]], journal: Journal) -> Iterator[str]:
    """Tell steps and calls, and what was used in all and by each agent."""
    for line in events:
        yield _call_line(line) if line["event"] == "call" else _event_line(line)
    for agent, used in journal.totals_by("agent").items():
        yield f"{agent}: {_sum(used.calls, used.attempts, used.input_tokens, used.output_tokens, used.cost_usd, used.unpriced_calls)}"
    used = journal.totals()
    yield (
        f"in all: {_sum(used.calls, used.attempts, used.input_tokens, used.output_tokens, used.cost_usd, used.unpriced_calls)}, "
        f"{used.lost_calls} lost in flight, {used.seconds:.0f} s"
    )


def _event_line(line: dict[str, Any]) -> str:
    told = line.get("text") or " ".join(f"{name} {value}" for name, value in line.items() if name not in {"at", "event"})
    return f"       {line['at']}  {line.get('step', line['event']):<12}{told}"


def _call_line(line: dict[str, Any]) -> str:
    cost = "price unknown" if line["cost_usd"] is None else f"${line['cost_usd']:.4f}"
    return (
        f"{line['seq']:>5}  {line['at']}  {line['step']:<12}{line['task']:<22}{line['outcome']:<10}{line['attempts']} tries  "
        f"{line['input_tokens']}+{line['output_tokens']} tokens  {cost}  {line['model']}{'  ' + line['problem'] if line['problem'] else ''}"
    )


def _sum(calls: int, attempts: int, read: int, written: int, cost: float, unpriced: int) -> str:
    price = f"${cost:.4f}" + (f" and {unpriced} calls of unknown price" if unpriced else "")
    return f"{calls} calls, {attempts} attempts, {read}+{written} tokens, {price}"


def call_lines(journal: Journal, seq: int) -> Iterator[str]:
    """Tell one call whole: its attempts, the rendered prompt and the raw answer.

    Raises:
        UsageError: there is no such call.
    """
    words = journal.words(seq)
    if words is None:
        raise UsageError(f"there is no call {seq} in this run; `cruxmap trace` lists them")
    for number, attempt in enumerate(journal.attempts(seq), 1):
        waited = f", then {attempt.wait:.1f} s of waiting" if attempt.wait else ""
        yield (
            f"attempt {number}: {attempt.outcome} {attempt.model} {attempt.usage.input_tokens}+{attempt.usage.output_tokens} tokens"
            f"{waited} {attempt.detail}"
        )
    yield from ("--- system", words[0], "--- user", words[1], "--- answer", words[2])
