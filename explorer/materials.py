"""What the pages of a site look things up in, worked out once for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from credence.criticism import Criticism
from explorer.addresses import Addresses
from explorer.entries import ClaimEntry, claim_entries
from explorer.frames import SiteInputs
from explorer.maps import ArgumentMap, argument_map
from explorer.networks import export_network
from explorer.phrases import words_of
from explorer.question_summaries import CruxSummary, QuestionSummary
from explorer.record_summaries import FindingSummary
from knowledge.records import Reliance
from knowledge.vocabulary import RelianceKind


class Material:
    """A site's inputs with the claims' entries, credences, networks and the map."""

    def __init__(self, inputs: SiteInputs) -> None:
        self.inputs, self.view, self.summary = inputs, inputs.view, inputs.summary
        self.to = Addresses(inputs.view)
        self.claims: list[ClaimEntry] = claim_entries(inputs.view, inputs.summary, inputs.text_of)
        self.by_id = {claim.id: claim for claim in self.claims}
        self.credences = inputs.assessments[0].credences if inputs.assessments else {}
        self._criticism = Criticism(inputs.view)
        self._networks: dict[str, dict[str, Any]] = {}

    @cached_property
    def cruxes(self) -> list[tuple[QuestionSummary, CruxSummary]]:
        """The cruxes that have a page: every one that is linked to."""
        return [(question, crux) for question in self.summary.questions for crux in question.cruxes]

    @cached_property
    def map(self) -> ArgumentMap:
        """The whole argument as a graph."""
        origins = {shared.id: (shared.name, self._leaning(shared.id)) for shared in self.summary.shared}
        assessed = self.inputs.assessments[0].questions if self.inputs.assessments else ()
        return argument_map(self.view, self.summary, self.claims, self.credences, {one: self.to(one) for one in self.view.records},
                            origins=origins, assessed=assessed)  # fmt: skip

    def _leaning(self, upstream: str) -> frozenset[str]:
        """Return the claims that lean on an upstream: what is said on them names it, or stands in a document made from it."""
        named = [one for one in self.view.all(Reliance) if self.view.origin(one.upstream) == upstream]
        leaning = [one for one in named if not self._criticism.criticises(one)]
        direct = {one.record for one in leaning}
        made_from = {one.record for one in leaning if one.how is not RelianceKind.CITES}
        return frozenset(claim.id for claim in self.claims for one in claim.quotations if one.id in direct or one.source_id in made_from)

    def network(self, question: QuestionSummary) -> dict[str, Any]:
        """Return a question's network for the page that recomputes it."""
        if question.id not in self._networks:
            self._networks[question.id] = export_network(self.view, question.id, settle=[crux.subject for crux in question.cruxes])
        return self._networks[question.id]

    @cached_property
    def _ranks(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for at, line in enumerate(self.map.lines):
            for claim in line.premises:
                found.setdefault(claim, at)
        return found

    @cached_property
    def common_words(self) -> set[str]:
        """The words that stand in a twentieth of all claims or more: that two texts share them tells nothing."""
        counts = Counter(word for claim in self.claims for word in words_of(claim.text))
        return {word for word, count in counts.items() if count > max(2, len(self.claims) / 20)}

    def rank(self, claim: str) -> tuple[int, str]:
        """Return a claim's place by what its weightiest line carries; the least is the weightiest."""
        return self._ranks.get(claim, len(self._ranks)), claim

    def standing_for(self, claims: Sequence[str]) -> list[str]:
        """Return the claims that stand for some, each once, in their order."""
        return list(dict.fromkeys(self.view.representative(claim)[0] for claim in claims))

    def findings_about(self, records: set[str]) -> list[FindingSummary]:
        """Return the findings about any of some records, those about our own wording last."""
        return [finding for finding in (*self.summary.findings, *self.summary.to_mend) if finding.about in records]
