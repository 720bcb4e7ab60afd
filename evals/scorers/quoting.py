"""Fidelity to the sources: quotations that stand there, and nobody and nothing named that they don't name. Needs no gold."""

from __future__ import annotations

import re
from typing import Final

from agents.ingestion import UNFOUNDED, words_of
from evals.scorers.scorer import Scored, Work, share
from knowledge.records import UNKNOWN, Assertion, Claim, Incident, Passage, Upstream
from sources.figures import figures, unfounded

_INVENTED: Final = "quotation is not in the text"
_SMALL: Final = frozenset({"the", "and", "for", "others", "colleagues", "al", "et", "author", "authors", "their", "his", "her", "team"})


def quotation_fidelity(work: Work) -> Scored:
    """Score the share of quotations that stand in their source, those that were dropped for not standing there counted in."""
    right, wrong = 0, []
    for passage in work.view.all(Passage):
        if work.produced.texts[passage.source][passage.start : passage.end] == passage.text:
            right += 1
        else:
            wrong.append(passage.text[:120])
    wrong += [incident.problem for incident in work.view.all(Incident) if _INVENTED in incident.problem]
    return share(right, right + len(wrong), wrong) if right + len(wrong) else Scored(0.0, ("nothing is quoted",))


def grounding(work: Work) -> Scored:
    """Score the share of named speakers, reporters and upstreams whose every word stands in the texts or the documents' descriptions.

    An invented source has a name that nobody in the case bears.
    """
    view = work.view
    if not view.all(Assertion):
        return Scored(0.0, ("nothing is asserted",))
    described = [work.case.described, work.case.case.title, work.case.case.question.text]
    described += [f"{entry.title} {' '.join(entry.authors)} {entry.published}" for entry in work.case.case.bibliography]
    known = _words(" ".join([*work.produced.texts.values(), *described]))
    named = {one.speaker for one in view.all(Assertion)} | {name for one in view.all(Assertion) for name in one.reporters}
    named |= {upstream.name for upstream in view.all(Upstream)}
    named -= {UNKNOWN}
    invented = sorted(name for name in named if _words(name) - _SMALL - known)
    return share(len(named) - len(invented), len(named), invented) if named else Scored(0.0, ("nobody is named",))


def figures_grounded(work: Work) -> Scored:
    """Score the share of claims with numbers all of whose numbers stand in the texts, those that were dropped for it counted in."""
    known = [*work.produced.texts.values(), *words_of(work.case.case), work.case.described]
    claims = [claim.text for claim in work.view.all(Claim) if work.view.assertions_of(claim.id) and figures(claim.text)]
    wrong = [f"{', '.join(new)}: {claim}" for claim in claims if (new := unfounded(claim, *known))]
    dropped = [incident.problem for incident in work.view.all(Incident) if UNFOUNDED in incident.problem]
    right, wrong = len(claims) - len(wrong), [*wrong, *dropped]
    return share(right, right + len(wrong), wrong) if right + len(wrong) else Scored(None)


def _words(text: str) -> set[str]:
    return {re.sub(r"'s$", "", word) for word in re.findall(r"[\w'-]+", text.casefold()) if len(word) > 1}
