"""Issues: do the sub-questions that were posed hold what the dispute turns on, and is none posed where nothing is disputed."""

from __future__ import annotations

from typing import Final

from evals.scorers.scorer import Scored, Work
from explorer.question_summaries import given_by
from knowledge.records import Answer, Assertion, Question
from knowledge.vocabulary import Relation

MOST: Final = 5
"""Sub-questions of which a null control is worth nothing: as many as are posed at once."""


def crux_posed(work: Work) -> Scored:
    """Score the share of the gold's cruxes on which the givers of some posed answer take a side; on a step by what undercuts it."""
    gold = work.case.gold.crux
    if not gold:
        return Scored(None)
    aligned = work.alignment.claims
    given = {claim for answer in work.view.all(Answer) for claim, _ in given_by(work.view, answer.id)}
    held = {aligned[one][0] for claim in given for one, _ in work.view.members.get(claim, ((claim, False),)) if one in aligned}
    held |= {link.target for link in work.case.gold.links if link.relation is Relation.UNDERCUTS and held & set(link.premises)}
    missed = [one for one in gold if one not in held]
    told = tuple(f"no sub-question on: {work.case.gold.claims.get(one, one)}" for one in missed)
    return Scored(1 - len(missed) / len(gold), told)


def null_question(work: Work) -> Scored:
    """Score a case in which nothing is disputed: 1 if no sub-question is posed, a fifth less for each."""
    if not work.case.gold.control:
        return Scored(None)
    if not work.view.all(Assertion):
        return Scored(0.0, ("nothing was found that could be disputed",))
    posed = {answer.question for answer in work.view.all(Answer) if given_by(work.view, answer.id)}
    return Scored(max(0.0, 1 - len(posed) / MOST), tuple(work.view.get(one, Question).text for one in sorted(posed)))
