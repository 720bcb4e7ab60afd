"""Looking into runs and knowledge bases, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from credence.engine import answers_of, assess, main_question
from credence.words import percent
from explorer.summaries import step_words
from knowledge.errors import UnknownRecord
from knowledge.records import Argument, Assertion, Claim, Link, Passage, Record, Variant, Warrant
from knowledge.store import KnowledgeStore
from knowledge.views import View


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


def log_lines(store: KnowledgeStore, revision: str) -> Iterator[str]:
    """Tell a revision's history, children first."""
    for one in store.log(revision):
        merge = f" (joins {len(one.parents)})" if len(one.parents) > 1 else ""
        yield f"{one.id}  {one.at}  {one.author:<12}{one.added:>6} records  {one.reason}{merge}"


def diff_lines(store: KnowledgeStore, before: str, after: str) -> Iterator[str]:
    """Tell what changed between two revisions, and how the answers moved."""
    changed = store.diff(before, after)
    old, new = store.view(before), store.view(after)
    for record in changed.added:
        yield f"+ {_told(record, new)}"
    for loss in changed.lost:
        yield f"- {_told(loss.record, old)}{f' ({chr(59).join(loss.reasons)})' if loss.reasons else ' (fell with what it rests on)'}"
    yield f"{len(changed.added)} added, {len(changed.lost)} no longer counting"
    try:
        question = main_question(new)
        was = {answer.answer: answer.probability for answer in assess(old).questions[0].answers} if old.records else {}
    except (UnknownRecord, IndexError):
        return
    now = {answer.answer: answer.probability for answer in assess(new).questions[0].answers}
    for answer in answers_of(new, question.id):
        yield f"{answer.name}: {percent(was[answer.id]) if answer.id in was else 'not asked'} -> {percent(now[answer.id])}"


def _told(record: Record, view: View) -> str:
    match record:
        case Claim():
            words = record.text
        case Assertion():
            words = f"{record.speaker} {record.stance.value}: {view.get(record.claim, Claim).text}"
        case Link():
            words = step_words(view, record)
        case _:
            words = " ".join(str(value) for value in record.model_dump(mode="json").values())[:160]
    return f"{record.id}  {words}"
