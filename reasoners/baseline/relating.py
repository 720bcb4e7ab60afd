"""Links by connectives: a document's own because, therefore, however, and answers to what somebody else said."""

from __future__ import annotations

from typing import Final

from knowledge.records import Relation
from prompts.tasks.structuring import PlacedClaim, RelatedClaims, RelateInputs, Relations, Undercut
from reasoners.baseline.lexicons import BECAUSE, DISAGREEING, FOR_EXAMPLE, HOWEVER, THEREFORE, any_of, stems
from reasoners.baseline.ordering import in_order

REACH: Final = 3
"""Claims back to which an objection may answer."""
_METHOD: Final = any_of(
    "bias\\w*", "confound\\w*", "ascertain\\w*", "self-report\\w*", "assum\\w+", "measur\\w+", "sampl\\w+", "artefact", "artifact", "observational", "cannot (?:show|prove|establish)",
    "does not (?:show|prove|establish|follow)", "questionnaires?", "not (?:randomi[sz]ed|representative)", "circular",
)  # fmt: skip


def relate(inputs: RelateInputs) -> Relations:
    """Link neighbours where the text itself marks the step, then by plain order. It proposes; it doesn't rule on whether the step is good."""
    links: list[RelatedClaims] = []
    undercuts: list[Undercut] = []
    concluded: dict[int, int] = {}
    for before, here in zip(inputs.claims, inputs.claims[1:], strict=False):
        link = _marked(before, here)
        if link is not None:
            links.append(link)
            concluded[here.number] = len(links)
            concluded.setdefault(before.number, len(links))
            continue
        answered = _answered(inputs.claims, here)
        if answered is None:
            continue
        if _METHOD.search(here.passage) and answered.number in concluded and here.stance not in {"denies", "doubts"}:
            undercuts.append(Undercut(premise=here.number, link=concluded[answered.number], warrant=_objection(here, answered)))
        else:
            links.append(
                RelatedClaims(
                    premises=(here.number,), conclusion=answered.number, relation=Relation.ATTACKS, warrant=_objection(here, answered)
                )
            )
    return in_order(inputs.claims, Relations(links=tuple(links), undercuts=tuple(undercuts)))


def _marked(before: PlacedClaim, here: PlacedClaim) -> RelatedClaims | None:
    """Read a step from the connective with which a clause or sentence begins."""
    if BECAUSE.match(here.passage):
        return RelatedClaims(premises=(here.number,), conclusion=before.number, warrant=_step(here, before, "because"))
    if FOR_EXAMPLE.match(here.passage) and stems(before.claim) & stems(here.claim):
        return RelatedClaims(premises=(here.number,), conclusion=before.number, warrant=_step(here, before, "an example"))
    if BECAUSE.match(before.passage) and _same_sentence(before, here):
        return RelatedClaims(premises=(before.number,), conclusion=here.number, warrant=_step(before, here, "because"))
    if THEREFORE.match(here.passage):
        return RelatedClaims(premises=(before.number,), conclusion=here.number, warrant=_step(before, here, "therefore"))
    return None


def _same_sentence(before: PlacedClaim, here: PlacedClaim) -> bool:
    """A clause that ends in a comma is followed by the rest of its sentence."""
    return before.passage.rstrip().endswith(",") and here.number == before.number + 1


def _answered(claims: tuple[PlacedClaim, ...], here: PlacedClaim) -> PlacedClaim | None:
    """Find the claim of somebody else to which a turn or an objection answers: the latest that shares content words."""
    if not (HOWEVER.match(here.passage) or DISAGREEING.search(here.passage)):
        return None
    for other in reversed(claims[max(0, here.number - 1 - REACH) : here.number - 1]):
        if other.speaker != here.speaker and len(stems(other.claim) & stems(here.claim)) >= 2:
            return other
    return None


def _step(premise: PlacedClaim, conclusion: PlacedClaim, mark: str) -> str:
    return f"That “{_short(premise.claim)}” is a reason for “{_short(conclusion.claim)}”, as the text puts it ({mark})."


def _objection(here: PlacedClaim, other: PlacedClaim) -> str:
    return f"What {here.speaker} says, “{_short(here.claim)}”, answers “{_short(other.claim)}”."


def _short(claim: str) -> str:
    words = claim.rstrip(".").split()
    return " ".join(words[:18]) + (" ..." if len(words) > 18 else "")
