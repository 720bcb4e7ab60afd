"""Reporting: from what a run has committed to its summary and its reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cruxmap.registry import Registry, RunRecord, Status
from explorer.facts import RunFacts
from explorer.reckonings import Reckoning
from explorer.reports import write_report
from explorer.summaries import Singly, Summary, summarise
from knowledge.records import Search
from knowledge.store import KnowledgeStore
from knowledge.views import View
from reasoners.baseline.answering import NAME as BASELINE
from reasoners.journal import Journal, Totals

_BASELINE_NOTE: Final = (
    "Made by the offline baseline: no language model read these sources. Claims were found by cue phrases, links by connectives "
    "and nearness of wording, strengths by fixed rules. It is a floor to compare with, not a judgment to rely on."
)


@dataclass(frozen=True)
class Outcome:
    """How a run stands after this process: its record, and the summary and reports if anything is committed."""

    record: RunRecord
    summary: Summary | None
    markdown: Path | None
    html: Path | None


def report(registry: Registry, record: RunRecord, store: KnowledgeStore, journal: Journal) -> Outcome:
    """Summarise what is committed and write the reports."""
    if not record.revision:
        return Outcome(record, None, None, None)
    reckoning = Reckoning(store.view(record.revision))
    summary = summary_of(record, store, journal, reckoning=reckoning)
    if _firm(record) and reckoning.quick:
        summary = replace(summary, sensitive=reckoning.sensitive)
    markdown, html = write_report(registry.folder(record.run), summary, reckoning.view, store.text)
    return Outcome(record, summary, markdown, html)


def summary_of(
    record: RunRecord, store: KnowledgeStore, journal: Journal, *, as_of: str = "", reckoning: Reckoning | None = None
) -> Summary:
    """Assess a run's revision, or what of it had been committed by a date, and put it into words; ``reckoning``: that view's, if at hand.

    Bands are told where judging again doesn't take minutes, of the inquiry alone: sub-questions would take as long again, for few readers.
    Of a run that is to go on they aren't: an exchange stops a dozen times, and nobody reads how firm a number is that is about to change.
    """
    reckoning = reckoning or Reckoning(store.view_as_of(record.revision, as_of) if as_of else store.view(record.revision))
    view = reckoning.view
    totals = journal.totals()
    is_baseline = record.reasoner == BASELINE
    facts = RunFacts(
        run=record.run,
        case=record.case,
        title=record.title,
        status=record.status.value,
        reasoner="Judged by the offline baseline (no language model)." if is_baseline else f"Judged by {record.reasoner}.",
        models=record.models,
        revision=view.revision,
        digest=view.digest,
        calls=totals.calls,
        input_tokens=totals.input_tokens,
        output_tokens=totals.output_tokens,
        cost_usd=totals.cost_usd,
        unpriced_calls=totals.unpriced_calls,
        started=record.started,
        seconds=totals.seconds,
        notes=tuple(_notes(record, totals, is_baseline=is_baseline, as_of=as_of)),
    )
    assessment = reckoning.assessment
    varied = _firm(record) and reckoning.quick
    bands = {assessment.questions[0].question: reckoning.stability.bands} if varied else {}
    singly = Singly(reckoning.heard, reckoning.pulls) if varied else Singly()
    return summarise(view, assessment, facts, bands=bands, singly=singly, searched=_searched(view, store))


def _firm(record: RunRecord) -> bool:
    return record.status not in {Status.WAITING, Status.INTERRUPTED, Status.RUNNING}


def _searched(view: View, store: KnowledgeStore) -> dict[str, str]:
    """Return when each search was committed, by its id."""
    if not view.all(Search):
        return {}
    return {key: one.at for one in reversed(store.committed(view.revision)) for key in one.records if key.startswith("search-")}


def _notes(record: RunRecord, totals: Totals, *, is_baseline: bool, as_of: str) -> list[str]:
    """Say what a reader must know before the first number."""
    notes = [_BASELINE_NOTE] if is_baseline else []
    if record.reasoner.startswith("a recording of "):
        notes.append(f"Replayed from {record.reasoner}: no model was asked now.")
    if record.status is not Status.DONE:
        notes.append(f"This run is {record.status.value}{f': {record.reason}' if record.reason else ''}.")
    if as_of:
        notes.append(f"This is what was known as of {as_of}.")
    if record.origin:
        notes.append(f"{record.origin}.")
    if record.accepted:
        notes.append(f"Resumed although this had changed: {'; '.join(record.accepted)}.")
    if totals.lost_calls:
        notes.append(
            f"{totals.lost_calls} paid calls were in flight when a process died: they were asked again, and what they used is estimated."
        )
    return notes
