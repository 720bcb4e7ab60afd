"""Grounds by cue words: how somebody knows a thing, on whose word they take it, who paid."""

from __future__ import annotations

import re
from typing import Final

from knowledge.vocabulary import Method, SelfDescription
from prompts.tasks.ingestion import Ground, GroundedAssertion, Grounds, GroundsInputs, OwnWords

_CUES: Final = (
    (Method.META_ANALYSIS, r"meta-?analys[ie]s|pooled (?:analysis|relative risk|hazard ratio)"),
    (Method.RANDOMISED_TRIAL, r"randomi[sz]ed|controlled trials?|placebo"),
    (Method.CASE_CONTROL, r"case-?control"),
    (Method.COHORT, r"cohorts?|follow-?up|prospective stud(?:y|ies)"),
    (Method.GENOMICS, r"genom(?:e|es|ic|ics)|sequenc(?:e|es|ed|ing)|phylogen\w+|mutations?"),
    (Method.EXPERIMENT, r"in (?:the )?(?:laboratory|vitro|mice|rats)|experiments? (?:show|found|with)"),
    (Method.MODEL, r"simulat\w+|calculat\w+|in theory|model(?:l?ed|l?ing|s)? (?:show|predict|suggest)\w*"),
    (Method.RECORDS, r"archives?|records? show|registers?|statistics"),
    (Method.TESTIMONY, r"eyewitness\w*|I (?:saw|heard|remember)|told me"),
)
_METHODS: Final = tuple((method, re.compile(rf"\b(?:{cue})\b", re.IGNORECASE)) for method, cue in _CUES)
_DEFERS: Final = re.compile(r"\b[Aa]ccording to (?:the )?((?:[A-Z][\w.'-]*)(?: (?:of |and |the )?[A-Z][\w.'-]*){0,5})")


def ground(inputs: GroundsInputs) -> Grounds:
    """Say of each assertion what its own words show, and who paid by the sentences that were found to say so."""
    found = [one for one in map(_ground, inputs.assertions) if one.method or one.defers_to]
    paid = [OwnWords(what=SelfDescription.FUNDING, quotation=sentence[:1000]) for sentence in inputs.on_interests]
    return Grounds(assertions=tuple(found), document=tuple(paid))


def _ground(assertion: GroundedAssertion) -> Ground:
    method = next((method for method, cue in _METHODS if cue.search(assertion.passage)), None)
    deferring = _DEFERS.search(assertion.passage)
    word = deferring[1] if deferring else ""
    return Ground(number=assertion.number, method=method, defers_to="" if word.casefold() in assertion.speaker.casefold() else word)
