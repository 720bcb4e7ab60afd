"""What a claim's page shows beside its entry: other wordings, variants, findings, numbers, history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from explorer.entries import ClaimEntry
from explorer.histories import Stage
from explorer.materials import Material
from explorer.pages import spelled_out
from explorer.question_summaries import CruxSummary, QuestionSummary
from explorer.wording import judged
from knowledge.layers import group
from knowledge.records import Claim, Equivalence, Judgment
from knowledge.views import View


def claim_pages(material: Material) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each claim's page: its name, and what its template is given."""
    view = material.view
    equivalences = group(view.all(Equivalence), lambda one: view.representative(one.member)[0])
    judgments = group(view.all(Judgment), lambda one: one.record)
    crux_of: dict[str, list[tuple[QuestionSummary, CruxSummary]]] = {}
    for question, crux in material.cruxes:
        crux_of.setdefault(crux.subject, []).append((question, crux))
    for claim in material.claims:
        parts = {claim.id, *(one.id for one in claim.quotations), *(step.id for step in claim.bears_on if step.home)}
        yield (
            f"{claim.id}.html",
            {
                "claim": claim,
                "credence": material.credences.get(claim.id),
                "crux_of": crux_of.get(claim.id, ()),
                "members": [_member(view, one) for one in equivalences.get(claim.id, ())],
                "variants": [(one, spelled_out(one.own, one.text)) for one in claim.variants],
                "findings": material.findings_about(parts | {member for member, _ in view.members[claim.id]}),
                "judgments": [told for record in sorted(parts) for told in judged(view, judgments.get(record, ()))],
                "stages": _stages_of(material, claim),
            },
        )


def _member(view: View, one: Equivalence) -> dict[str, object]:
    return {"id": one.id, "text": view.get(one.member, Claim).text, "negated": one.negated, "reason": one.reason}


def _stages_of(material: Material, claim: ClaimEntry) -> list[tuple[Stage, str]]:
    """Tell when the claim, what is said on it, its links and the findings on it first counted, the earliest first."""
    findings = material.findings_about({claim.id, *(one.id for one in claim.quotations)})
    groups: Sequence[tuple[str, list[str]]] = (
        ("the claim", [claim.id]),
        ("an assertion", [one.id for one in claim.quotations]),
        ("a reason for or against it", [one.id for one in claim.reasons]),
        ("a step from it", [one.id for one in claim.bears_on]),
        ("a finding", [one.id for one in findings]),
    )
    first, stages = material.inputs.history.first, material.inputs.history.stages
    at: dict[int, list[str]] = {}
    for what, records in groups:
        for number in sorted({first[one] for one in records if one in first}):
            at.setdefault(number, []).append(what)
    return [(stages[number], ", ".join(what)) for number, what in sorted(at.items())]
