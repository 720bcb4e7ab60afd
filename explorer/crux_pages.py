"""What a crux's page shows: both sides' best case, who holds it, what would settle it, and how it moves the answers."""

from __future__ import annotations

from explorer.materials import Material
from explorer.pages import Said
from explorer.panels import panel, tornado
from explorer.question_summaries import CruxSummary, QuestionSummary
from explorer.settling import settling
from explorer.wording import most_moved
from knowledge.records import Link
from knowledge.vocabulary import Relation


def crux_parts(material: Material, question: QuestionSummary, crux: CruxSummary) -> dict[str, object]:
    """Return what the template of a crux's page is given."""
    is_claim = crux.kind == "claim"
    premises = [crux.subject] if is_claim else material.standing_for(material.view.get(crux.subject, Link).premises)
    entries = [material.by_id[claim] for claim in premises]
    said = [Said(entry.id, entry.text, one) for entry in entries for one in entry.quotations]
    steps = [step for entry in entries for step in entry.bears_on if step.id == crux.subject]
    about = {crux.subject, *premises, *(one.quotation.id for one in said)}
    return {
        "question": question,
        "crux": crux,
        "panel": panel(question, material.network(question), first=crux),
        "tornado": tornado(question, here=crux.subject),
        "held": [one for one in said if one.quotation.side > 0 or one.quotation.grants],
        "denied": [one for one in said if one.quotation.side < 0],
        "reasons_for": [step for entry in entries for step in entry.reasons if step.relation == Relation.SUPPORTS],
        "reasons_against": [step for entry in entries for step in entry.reasons if step.relation != Relation.SUPPORTS],
        "steps": steps,
        "held_by": crux.held_by if is_claim else sorted({name for step in steps for name in step.offered_by}),
        "objections": [objection for step in steps[:1] for objection in step.objections],
        "opposing": _opposing(question, crux)[:3],
        "settling": settling(material, question, crux, entries),
        "findings": material.findings_about(about | {one.quotation.source_id for one in said}),
    }


def _opposing(question: QuestionSummary, crux: CruxSummary) -> list[CruxSummary]:
    """Return the claims that, if true, would move the answer against a crux's own pull, the strongest first."""
    at = most_moved(question, crux)
    pull = crux.if_true[at] - crux.if_false[at]
    return [one for one in question.cruxes if one.kind == "claim" and (one.if_true[at] - one.if_false[at]) * pull < 0]
