"""Links by connectives: a document's own because, therefore, however, and answers to what somebody else said."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from knowledge.vocabulary import AGAINST, Relation
from prompts.tasks.structuring import RelateInputs, Relations, Step, Undercut
from reasoners.baseline.bearing import Bearer
from reasoners.baseline.lexicons import BECAUSE, DISAGREEING, FOR_EXAMPLE, HOWEVER, THEREFORE, any_of, stems
from reasoners.baseline.ordering import in_order
from reasoners.baseline.steps import Objection, Reason, Said, Steps
from sources.embedding import Embedder

REACH: Final = 3
"""Claims back to which an objection may answer."""
_METHOD: Final = any_of(
    "bias\\w*", "confound\\w*", "ascertain\\w*", "self-report\\w*", "assum\\w+", "measur\\w+", "sampl\\w+", "artefact", "artifact", "observational", "cannot (?:show|prove|establish)",
    "does not (?:show|prove|establish|follow)", "questionnaires?", "not (?:randomi[sz]ed|representative)", "circular",
)  # fmt: skip


class Relater:
    """Links claims within each document, and claims to answers."""

    def __init__(self, embedder: Embedder) -> None:
        self._bearer = Bearer(embedder)

    def relate(self, inputs: RelateInputs) -> Relations:
        """Read each document on its own; what is known already is not said again. What words imply it can't tell, and says nothing of it."""
        links: list[Step] = []
        undercuts: list[Undercut] = []
        for document in inputs.documents:
            said = _said(inputs, document.number)
            steps = argued(said)
            listed = {one.number: one for one in said}
            places: dict[int, int] = {}
            for place, reason in enumerate(steps.links, 1):
                link = _listed(reason, listed, document.number)
                if link is not None:
                    links.append(link)
                    places[place] = len(inputs.known) + len(links)
            undercuts += [
                Undercut(premise=listed[one.premise].listed, link=places[one.link], warrant=one.warrant, drawn_in=document.number)
                for one in steps.undercuts
                if one.link in places and listed[one.premise].stance not in AGAINST
            ]
        if not inputs.known:
            links += self._bearer.bear(inputs)
        return Relations(links=tuple(links), undercuts=tuple(undercuts))


def _said(inputs: RelateInputs, document: int) -> tuple[Said, ...]:
    """Return what is said in a document, in the order of its text."""
    there = [(one.start, claim.number, claim.claim, one) for claim in inputs.claims for one in claim.said if one.document == document]
    return tuple(
        Said(number, listed, claim, one.speaker, one.stance, one.passage)
        for number, (_, listed, claim, one) in enumerate(sorted(there, key=lambda one: one[:3]), 1)
    )


def _listed(reason: Reason, said: Mapping[int, Said], document: int) -> Step | None:
    """Read a step between statements as one between claims: each that is denied turns the relation round."""
    ends = [said[number] for number in (*reason.premises, reason.conclusion)]
    turned = sum(one.stance in AGAINST for one in ends) % 2 == 1
    premises, conclusion = tuple(dict.fromkeys(one.listed for one in ends[:-1])), ends[-1].listed
    if conclusion in premises:
        return None
    supports = (reason.relation is Relation.SUPPORTS) != turned
    return Step(
        premises=premises,
        conclusion=conclusion,
        relation=Relation.SUPPORTS if supports else Relation.ATTACKS,
        warrant=reason.warrant,
        drawn_in=document,
    )


def argued(said: tuple[Said, ...]) -> Steps:
    """Link neighbours where the text itself marks the step, then by plain order. It proposes; it doesn't rule on whether the step is good."""
    links: list[Reason] = []
    undercuts: list[Objection] = []
    concluded: dict[int, int] = {}
    for before, here in pairwise(said):
        link = _marked(before, here)
        if link is not None:
            links.append(link)
            concluded[here.number] = len(links)
            concluded.setdefault(before.number, len(links))
            continue
        answered = _answered(said, here)
        if answered is None:
            continue
        if _METHOD.search(here.passage) and answered.number in concluded and here.stance not in AGAINST:
            undercuts.append(Objection(premise=here.number, link=concluded[answered.number], warrant=_objection(here, answered)))
        else:
            links.append(
                Reason(premises=(here.number,), conclusion=answered.number, relation=Relation.ATTACKS, warrant=_objection(here, answered))
            )
    return in_order(said, Steps(links=tuple(links), undercuts=tuple(undercuts)))


def _marked(before: Said, here: Said) -> Reason | None:
    """Read a step from the connective with which a clause or sentence begins."""
    if BECAUSE.match(here.passage):
        return Reason(premises=(here.number,), conclusion=before.number, warrant=_step(here, before, "because"))
    if FOR_EXAMPLE.match(here.passage) and stems(before.claim) & stems(here.claim):
        return Reason(premises=(here.number,), conclusion=before.number, warrant=_step(here, before, "an example"))
    if BECAUSE.match(before.passage) and _same_sentence(before, here):
        return Reason(premises=(before.number,), conclusion=here.number, warrant=_step(before, here, "because"))
    if THEREFORE.match(here.passage):
        return Reason(premises=(before.number,), conclusion=here.number, warrant=_step(before, here, "therefore"))
    return None


def _same_sentence(before: Said, here: Said) -> bool:
    """A clause that ends in a comma is followed by the rest of its sentence."""
    return before.passage.rstrip().endswith(",") and here.number == before.number + 1


def _answered(claims: tuple[Said, ...], here: Said) -> Said | None:
    """Find the claim of somebody else to which a turn or an objection answers: the latest that shares content words."""
    if not (HOWEVER.match(here.passage) or DISAGREEING.search(here.passage)):
        return None
    for other in reversed(claims[max(0, here.number - 1 - REACH) : here.number - 1]):
        if other.speaker != here.speaker and len(stems(other.claim) & stems(here.claim)) >= 2:
            return other
    return None


def _step(premise: Said, conclusion: Said, mark: str) -> str:
    return f"That “{_short(premise.claim)}” is a reason for “{_short(conclusion.claim)}”, as the text puts it ({mark})."


def _objection(here: Said, other: Said) -> str:
    return f"What {here.speaker} says, “{_short(here.claim)}”, answers “{_short(other.claim)}”."


def _short(claim: str) -> str:
    words = claim.rstrip(".").split()
    return " ".join(words[:18]) + (" ..." if len(words) > 18 else "")
