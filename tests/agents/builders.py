"""Answerers, and documents that name data, which tests share."""

from __future__ import annotations

from pathlib import Path

from knowledge.blobs import digest_of_text
from knowledge.records import Assertion, Claim, Passage, Record, Reliance, Source, Upstream
from knowledge.vocabulary import RelianceKind, UpstreamKind
from reasoners.errors import Unrecorded
from reasoners.journal import Journal, Totals
from reasoners.limits import Limits, Meter
from reasoners.local import LocalAnswerer
from reasoners.reasoner import Answerer, Reasoner
from reasoners.requests import Completion, Request


class Unheard(LocalAnswerer):
    """A recording from before anything was asked."""

    def __init__(self) -> None:
        super().__init__("old", {})

    async def complete(self, request: Request) -> Completion:
        """Have no answer."""
        raise Unrecorded(request.task.name)


def unlimited(answerer: Answerer, path: Path) -> Reasoner:
    """Somebody to ask without limits, the journal at a path."""
    return Reasoner(answerer, Journal.at(path, "run"), Meter(Limits(), Totals(0, 0, 0, 0, 0.0, 0, 0.0)))


def cohort(name: str, kind: UpstreamKind = UpstreamKind.COHORT) -> Upstream:
    """An upstream."""
    return Upstream(name=name, kind=kind)


def told(number: int, upstream: Upstream, *more: Upstream) -> list[Record]:
    """A document that gives one result and says from what it has it."""
    words = f"Document {number}: pupils slept longer, says {upstream.name}."
    source = Source(title=f"Document {number}", text=digest_of_text(words))
    passage = Passage(source=source.id, start=0, end=len(words), text=words)
    claim = Claim(text="Pupils slept longer.")
    assertion = Assertion(claim=claim.id, passage=passage.id, speaker=f"Speaker {number}")
    named = (upstream, *more)
    reliances = [Reliance(record=assertion.id, upstream=one.id, how=RelianceKind.USES, passage=passage.id) for one in named]
    return [source, passage, claim, assertion, *named, *reliances]
