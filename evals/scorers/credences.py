"""How good credences are where the truth is known: of answers, and of claims that a case calls resolved."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from agents.single import OWN_CREDENCE
from credence.calibration import log_score
from credence.engine import main_question
from credence.wording import answers_of
from evals.scorers.scorer import Produced, Scored, Work, share
from knowledge.records import Claim, Tag
from knowledge.views import View
from sources.case_files import SOMETHING_ELSE

UNSAID: Final = 0.5
"""What stands for the credence of a claim that somebody didn't record: silence is a coin's toss, and earns what that earns."""
DENIAL: Final = re.compile(r"\b(?:no|not|never|none|nobody|nothing|cannot|without)\b|n['\u2019]t\b", re.IGNORECASE)
"""Words that turn a claim round."""


class Forecast(BaseModel):
    """A probability of something whose truth is known. ``of``: an answer, or a claim; ``said``: whether it was given at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    of: Literal["answers", "claims"]
    name: str
    probability: float
    outcome: bool
    said: bool


def answer_credences(produced: Produced) -> dict[str, float]:
    """Return P(answer) by name: a configuration's own where it gives any, else the engine's.

    Of a configuration's own the first "something else" gets what is left; answers of which it says nothing get nought.
    """
    own = _own(produced.view)
    answers = answers_of(produced.view, main_question(produced.view).id)
    if any(answer.id in own for answer in answers):
        left = max(0.0, 1 - math.fsum(own.get(answer.id, 0.0) for answer in answers))
        found = {answer.id: left if answer.something_else else own.get(answer.id, 0.0) for answer in answers}
    else:
        found = {one.answer: one.probability for one in produced.main.answers}
    return {SOMETHING_ELSE if answer.something_else else answer.name: found[answer.id] for answer in answers}


def gives_its_own(produced: Produced) -> bool:
    """Say whether a configuration gave probabilities itself."""
    return bool(_own(produced.view))


def claim_credences(produced: Produced) -> Mapping[str, float]:
    """Return P(claim) by the id of the claim or of the one that stands for it: a configuration's own if it gives any."""
    own = {record: value for record, value in _own(produced.view).items() if record.startswith("claim-")}
    if own:
        return own
    return {**produced.main.credences, **{worded.claim: worded.probability for worded in produced.main.words_answers}}


def _own(view: View) -> dict[str, float]:
    return {tag.record: float(tag.value) for tag in view.all(Tag) if tag.name == OWN_CREDENCE}


def forecasts(work: Work) -> tuple[Forecast, ...]:
    """Return all forecasts of a case: its first answer (others would tell of the same dispute again), and its resolved claims."""
    return (*_of_answers(work), *_of_claims(work))


def _of_answers(work: Work) -> Iterator[Forecast]:
    if truth := work.case.gold.answer:
        first = work.case.case.question.answers[0].key
        yield Forecast(of="answers", name=first, probability=answer_credences(work.produced)[first], outcome=first == truth, said=True)


def _of_claims(work: Work) -> Iterator[Forecast]:
    """Yield the resolved claims with the mean of what was said of the claims that state them.

    Where a passage doesn't show which claim it is but the wording alone, a claim that is worded as a denial of the other is left aside:
    likeness of wording can't tell the two apart.
    """
    said: dict[str, list[float]] = defaultdict(list)
    placed = {one.claim for _, one in work.alignment.assertions}
    credences = claim_credences(work.produced) if work.case.gold.resolved else {}
    for claim, (key, opposite) in work.alignment.claims.items():
        texts = work.view.get(claim, Claim).text, work.case.gold.claims[key]
        if claim not in placed and bool(DENIAL.search(texts[0])) != bool(DENIAL.search(texts[1])):
            continue
        name, turned = (claim, False) if claim in credences else work.view.representative(claim)
        if name in credences:
            said[key].append(1 - credences[name] if turned != opposite else credences[name])
    for key, outcome in sorted(work.case.gold.resolved.items()):
        given = said.get(key)
        probability = math.fsum(given) / len(given) if given else UNSAID
        yield Forecast(of="claims", name=key, probability=probability, outcome=outcome, said=bool(given))


def answer_brier(work: Work) -> Scored:
    """Score the probability of the answer where one is known: 1 minus half the Brier score over answers, in [0, 1].

    Uniform credence over four answers gets 0.625.
    """
    if not work.case.gold.answer:
        return Scored(None)
    credences = answer_credences(work.produced)
    return Scored(1 - math.fsum((value - (name == work.case.gold.answer)) ** 2 for name, value in credences.items()) / 2)


def answer_log_score(work: Work) -> Scored:
    """Score the probability of the known answer by its negative logarithm, in nats; lower is better, and no more than 9.2."""
    if not work.case.gold.answer:
        return Scored(None)
    return Scored(log_score([answer_credences(work.produced)[work.case.gold.answer]], [True]))


def claims_brier(work: Work) -> Scored:
    """Score the resolved claims: 1 minus the mean squared error of their probabilities. Saying nothing gets 0.75."""
    made = list(_of_claims(work))
    if not made:
        return Scored(None)
    misses = tuple(
        f"{'said' if one.said else 'not said, taken as'} {one.probability:.2f}, and it is {str(one.outcome).lower()}: {one.name}"
        for one in made
        if abs(one.probability - one.outcome) > UNSAID / 2
    )
    return Scored(1 - math.fsum((one.probability - one.outcome) ** 2 for one in made) / len(made), misses)


def claims_log_score(work: Work) -> Scored:
    """Score the resolved claims by the mean negative logarithm, in nats; lower is better. Saying nothing gets 0.69."""
    made = list(_of_claims(work))
    return Scored(log_score([one.probability for one in made], [one.outcome for one in made]) if made else None)


def claims_said(work: Work) -> Scored:
    """Score the share of resolved claims of which any credence is given."""
    made = list(_of_claims(work))
    return share(sum(one.said for one in made), len(made), [f"no credence: {one.name}" for one in made if not one.said])
