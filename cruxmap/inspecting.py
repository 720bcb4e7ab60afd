"""Looking into runs and knowledge bases, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.phrases import step_words
from knowledge.errors import UnknownRecord
from knowledge.records import Argument, Claim, Link, Passage, Source, Variant, Warrant
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
        named = {(view.called(upstream.id), reliance.how.value): None for upstream, reliance in view.upstreams_of(assertion.id)}
        yield from (f"  leans on: {upstream} ({how})" for upstream, how in named)
    members = {member for member, _ in view.members.get(claim, ())}
    for link in view.all(Link):
        if members & {*link.premises, link.target}:
            yield f"\n{step_words(view, link)}  [{link.id}]"
            yield f"  because: {view.get(link.warrant, Warrant).text}"
            for argument in view.all(Argument):
                if argument.link == link.id:
                    title = view.get(view.home_of(argument.id), Source).title
                    yield f"  drawn in {title}: “{view.get(argument.passage, Passage).text}”"
    for variant in view.all(Variant):
        if members & set(variant.claims):
            other = next((one for one in variant.claims if one not in members), variant.claims[0])
            yield f"\nlike, but not the same ({variant.differs_in.value}): {view.get(other, Claim).text}\n  {variant.explanation}"
