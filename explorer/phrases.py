"""Stances and steps of reasoning in words, and the words of a text by which two are found to be near."""

from __future__ import annotations

import re

from knowledge.records import Answer, Claim, Link, Upstream, Warrant
from knowledge.views import View
from knowledge.vocabulary import Fault, Relation

_STANCES = {
    "asserts": ("said so", "said the opposite"),
    "denies": ("denied it", "denied the opposite"),
    "doubts": ("doubted it", "doubted the opposite"),
    "concedes": ("conceded it", "conceded the opposite"),
    "reports": ("reported it", "reported the opposite"),
    "supposes": ("supposed it, without holding it", "supposed the opposite, without holding it"),
}
"""In the past: it was said when it was said, and the words fit one speaker and several alike ("the authorities", "Djousse and Gaziano")."""
_HEDGES = {
    "certain": ", as certain",
    "plain": "",
    "likely": ", as likely",
    "possible": ", as no more than possible",
    "doubtful": ", as doubtful",
}

_FAULTS = {
    Fault.SPEAKER: "The fault is the speaker's own.",
    Fault.REPORTER: "The fault is the document's, which says more than the speaker did, as far as its text shows.",
    Fault.RECORD: "The fault is ours: our wording says more than the passage, or something else. The source is not to blame.",
}


def named(name: str) -> str:
    """Write a short label as words."""
    return name.replace("_", " ").replace("-", " ")


def stance_words(stance: str, hedge: str, *, opposite: bool) -> str:
    """Word what a speaker, or several, did with a claim, and how surely."""
    return _STANCES[stance][opposite] + _HEDGES[hedge]


def fault_words(fault: Fault | None) -> str:
    """Say whose fault a finding is; "" where nobody said."""
    return _FAULTS[fault] if fault else ""


def step_words(view: View, link: Link) -> str:
    """Word a link: what is offered for or against what."""
    verb = {Relation.SUPPORTS: "is a reason for", Relation.ATTACKS: "is a reason against", Relation.UNDERCUTS: "defeats"}[link.relation]
    return f"{premise_words(view, link)} {verb} {target_words(view, link.target)}"


def subject_words(view: View, subject: str) -> str:
    """Say what a claim, a step or an upstream is that is or isn't so."""
    record = view.records[subject]
    if isinstance(record, Upstream):
        return f"{view.called(record.id)} can be relied on."
    return step_words(view, record) if isinstance(record, Link) else view.get(subject, Claim).text


def premise_words(view: View, link: Link) -> str:
    """Word what is offered in a link."""
    return " and ".join(f"“{view.get(claim, Claim).text.rstrip('.')}”" for claim in link.premises)


def target_words(view: View, target: str) -> str:
    """Word what a link is about."""
    record = view.records[target]
    if isinstance(record, Answer):
        return f"the answer “{record.text.rstrip('.')}”"
    if isinstance(record, Claim):
        return f"“{record.text.rstrip('.')}”"
    assert isinstance(record, Link)
    return f"the step that reasons: “{view.get(record.warrant, Warrant).text.rstrip('.')}”"


def words_of(text: str) -> set[str]:
    """Return the beginnings of a text's longer words, so that "cohort" and "cohorts" are one."""
    return {word[:7] for word in re.findall(r"[a-zà-ÿ0-9-]{5,}", text.casefold())}
