"""Looking into runs and knowledge bases, as lines of text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from cruxmap.errors import UsageError
from explorer.summaries import step_words
from knowledge.errors import KnowledgeError, UnknownRecord
from knowledge.records import Argument, Claim, Link, Passage, Variant, Warrant
from knowledge.store import KnowledgeStore
from knowledge.views import View
from prompts.errors import PromptBroken
from prompts.loading import TASKS, load
from reasoners.journal import Journal
from sources.embedding import Embedder


def claim_lines(store: KnowledgeStore, view: View, beginning: str) -> Iterator[str]:
    """Tell all that is known of a claim.

    Raises:
        UnknownRecord: no claim, or several, have an id that begins so.
    """
    found = store.find_starting(beginning if beginning.startswith("claim-") else f"claim-{beginning}")
    if not isinstance(found, Claim) or found.id not in view.records:
        raise UnknownRecord(beginning, "no live claim of this run")
    claim, negated = view.representative(found.id)
    yield f"{view.get(claim, Claim).text}  [{claim}]"
    if claim != found.id:
        yield f"  stands for {found.text!r}{' (the opposite)' if negated else ''}"
    for assertion, opposite in view.assertions_of(claim):
        source = view.source_of(assertion)
        through = f", through {', '.join(assertion.reporters)}" if assertion.reporters else ""
        turned = " the opposite" if opposite else ""
        yield f"\n{assertion.speaker} {assertion.stance.value}{turned} ({assertion.hedge.value}, {assertion.said}{through})"
        yield f"  “{view.get(assertion.passage, Passage).text}”"
        yield f"  {source.title} ({source.kind.value}, {source.url})"
        yield from (f"  leans on: {upstream.name} ({reliance.how.value})" for upstream, reliance in view.upstreams_of(assertion.id))
    members = {member for member, _ in view.members.get(claim, ())}
    for link in view.all(Link):
        if members & {*link.premises, link.target}:
            yield f"\n{step_words(view, link)}  [{link.id}]"
            yield f"  because: {view.get(link.warrant, Warrant).text}"
            yield from (f"  offered by {argument.speaker}" for argument in view.all(Argument) if argument.link == link.id)
    for variant in view.all(Variant):
        if members & set(variant.claims):
            other = next((one for one in variant.claims if one not in members), variant.claims[0])
            yield f"\nlike, but not the same ({variant.differs_in.value}): {view.get(other, Claim).text}\n  {variant.explanation}"


def trace_lines(journal: Journal, call: int | None) -> Iterator[str]:
    """Tell a run's calls, or one of them whole.

    Raises:
        UsageError: there is no such call.
    """
    if call is not None:
        words = journal.words(call)
        if words is None:
            raise UsageError(f"there is no call {call} in this run; `cruxmap trace` lists them")
        yield from ("--- system", words[0], "--- user", words[1], "--- answer", words[2])
        return
    for one in journal.calls():
        cost = "price unknown" if one.cost_usd is None else f"${one.cost_usd:.4f}"
        yield (
            f"{one.seq:>5}  {one.finished}  {one.step:<12}{one.task:<22}{one.outcome:<10}{one.attempts} tries  "
            f"{one.input_tokens}+{one.output_tokens} tokens  {cost}  {one.model}{f'  {one.problem}' if one.problem else ''}"
        )
    totals = journal.totals()
    yield f"{totals.calls} calls, {totals.attempts} attempts, {totals.input_tokens}+{totals.output_tokens} tokens, ${totals.cost_usd:.4f}"


def doctor_lines(home: Path) -> tuple[list[str], bool]:
    """Check prompts, the embedding model, SQLite and the home; say what each check found and whether all is well."""
    lines: list[str] = []
    well = True

    def found(what: str, problem: str = "") -> None:
        nonlocal well
        well = well and not problem
        lines.append(f"{'ok  ' if not problem else 'BAD '} {what}{f': {problem}' if problem else ''}")

    for task in TASKS:
        try:
            load(task)
            found(f"prompt {task.name}")
        except PromptBroken as problem:
            found(f"prompt {task.name}", str(problem))
    vectors = Embedder().embed(["Eggs raise the risk.", "Eggs increase the risk.", "Black holes evaporate."])
    found("embedding model", "" if vectors[0] @ vectors[1] > vectors[0] @ vectors[2] else "it doesn't tell likeness")
    found(f"SQLite {sqlite3.sqlite_version}", "" if sqlite3.sqlite_version_info >= (3, 35) else "3.35 or later is needed")
    try:
        KnowledgeStore.at(home / "knowledge.db").close()
        found(f"home {home}")
    except (KnowledgeError, OSError) as problem:
        found(f"home {home}", str(problem))
    return lines, well
