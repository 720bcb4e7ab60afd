"""What the critic finds: recall at a fixed rate of false alarms, so that flagging everything earns no more than flagging nothing.

A finding that blames the record (`knowledge.vocabulary.Fault`) says nothing of the page: it finds no flaw there, and is no alarm about it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from credence.engine import main_question
from evals.alignment import assign, overlap
from evals.scorers.credences import answer_credences
from evals.scorers.scorer import Produced, Scored, Work, against_gold
from knowledge.records import Assertion, Finding, Gap, Passage, Source
from knowledge.views import View
from knowledge.vocabulary import Fault, FindingKind, Severity
from sources.case_files import SOMETHING_ELSE
from sources.locating import locate
from sources.segmenting import segments

ALARMS: Final = 0.1
"""The rate of false alarms at which recall is told: one clean sentence in ten."""
WORST: Final = 0.2
"""The rate up to which the partial area is taken."""
MISSING_ALIKE: Final = 0.5
_OBSERVED: Final = re.compile(r"\A“(.+?)”: ", re.DOTALL)
"""How `agents.critic` writes down the words that a finding observes."""
_WEIGHT: Final = {Severity.LOW: 1.0, Severity.MEDIUM: 2.0, Severity.HIGH: 3.0}


def roc(scores: Sequence[float], flawed: Sequence[bool]) -> tuple[np.ndarray, np.ndarray]:
    """Return false-alarm and hit rates from (0, 0) to (1, 1), a point for each threshold; ties make straight lines."""
    marks, truth = np.asarray(scores, dtype=float), np.asarray(flawed, dtype=bool)
    thresholds = np.unique(marks)[::-1]
    alarms = [0.0, *(float((marks[~truth] >= one).mean()) for one in thresholds)]
    hits = [0.0, *(float((marks[truth] >= one).mean()) for one in thresholds)]
    return np.array(alarms), np.array(hits)


def recall_at(scores: Sequence[float], flawed: Sequence[bool], rate: float = ALARMS) -> float | None:
    """Return the hit rate at a rate of false alarms, between thresholds as by tossing a coin. Flagging all or nothing gives ``rate``."""
    if not any(flawed) or all(flawed):
        return None
    alarms, hits = roc(scores, flawed)
    best = {alarm: max(hits[alarms == alarm]) for alarm in alarms}
    return float(np.interp(rate, sorted(best), [best[alarm] for alarm in sorted(best)]))


def partial_auc(scores: Sequence[float], flawed: Sequence[bool], worst: float = WORST) -> float | None:
    """Return the area under the ROC up to a rate of false alarms, rescaled so that chance is 0.5 and perfect 1 (McClish 1989)."""
    if not any(flawed) or all(flawed):
        return None
    alarms, hits = roc(scores, flawed)
    inside = alarms < worst
    at_worst = float(np.interp(worst, alarms, hits))
    area = float(np.trapezoid([*hits[inside], at_worst], [*alarms[inside], worst]))
    least = worst**2 / 2
    return 0.5 * (1 + (area - least) / (worst - least))


def of_sources(view: View) -> list[Finding]:
    """Return the findings that blame something read, and not our own wording of it."""
    return [finding for finding in view.all(Finding) if finding.fault_of is not Fault.RECORD]


def _flagged(work: Work) -> tuple[list[float], list[bool], list[str]]:
    """Weigh every sentence by its worst finding. A flawed one counts as found only by a kind that names the flaw."""
    findings = _placed(work)
    scores, flawed, words = [], [], []
    for name, text in sorted(work.case.texts.items()):
        gold = [(work.case.span(name, one.quote), set(one.kinds)) for one in work.case.gold.findings if one.document == name]
        for segment in segments(text):
            span = (segment.start, segment.end)
            kinds = {kind for where, kinds in gold if overlap(where, span) > 0 for kind in kinds}
            marks = [
                mark for document, where, kind, mark in findings if document == name and overlap(where, span) > 0 and _right(kind, kinds)
            ]
            scores.append(max(marks, default=0.0))
            flawed.append(bool(kinds))
            words.append(text[segment.start : segment.end])
    return scores, flawed, words


def _right(kind: FindingKind, wanted: set[FindingKind]) -> bool:
    return not wanted or kind in wanted


def _placed(work: Work) -> list[tuple[str, tuple[int, int], FindingKind, float]]:
    """Place each finding where the words stand that it observes, or where these can't be told at the passage of its assertion."""
    documents = work.produced.documents(work.case)
    found = []
    for finding in of_sources(work.view):
        quoted = _OBSERVED.match(finding.flawed_case)
        for observed in finding.observations:
            passage = work.view.get(observed, Passage)
            place = observed_at(quoted[1] if quoted else "", passage, work.produced.texts[passage.source])
            found.append((documents.get(passage.source, ""), place, finding.kind, _WEIGHT[finding.severity]))
    return found


def observed_at(words: str, passage: Passage, text: str) -> tuple[int, int]:
    """Return the span of a critic's words: inside the passage, else around it; the passage's own if they aren't there."""
    located = locate(words, text, near=passage.start) if words else None
    return (located.start, located.end) if located else (passage.start, passage.end)


def finding_recall(work: Work) -> Scored:
    """Score the share of flawed sentences that are found when one clean sentence in ten may be flagged."""
    scores, flawed, words = _flagged(work)
    missed = [f"not flagged: {words[at][:100]}" for at, mark in enumerate(flawed) if mark and not scores[at]]
    return Scored(recall_at(scores, flawed), tuple(missed))


def finding_auc(work: Work) -> Scored:
    """Score how findings order flawed before clean sentences, where few false alarms are made."""
    scores, flawed, _ = _flagged(work)
    return Scored(partial_auc(scores, flawed))


def gap_f1(work: Work) -> Scored:
    """Score gaps by optimal assignment: one of ours that resembles one of the gold's (cosine 0.5) finds it, and every gap too many costs.

    One that is nearer to something that the sources say finds none: to ask "whether" of every claim names nothing that is missing.
    Rough: wording decides; compare, don't quote.
    """
    wanted = [gap.text for gap in work.case.gold.gaps]
    gaps = [f"{gap.text} {gap.how}" for gap in work.view.all(Gap)]
    found = _gaps_found(work, gaps, wanted) if wanted and gaps else set()
    return against_gold(len(found), len(gaps), len(wanted), [f"gap missed: {text}" for at, text in enumerate(wanted) if at not in found])


def _gaps_found(work: Work, gaps: Sequence[str], wanted: Sequence[str]) -> set[int]:
    vectors = work.embedder.embed(gaps).T
    nearness = np.asarray(work.embedder.embed(wanted) @ vectors, dtype=float)
    said = (work.embedder.embed(list(work.case.gold.claims.values())) @ vectors).max(axis=0)
    return {row for row, _ in assign(np.where(nearness >= said, nearness, 0.0), MISSING_ALIKE)}


def null_findings(work: Work) -> Scored:
    """Score a clean case by the share of its assertions that nobody finds fault with."""
    if not work.case.gold.control:
        return Scored(None)
    asserted = {one.id: one for one in work.view.all(Assertion)}
    if not asserted:
        return Scored(0.0, ("nothing is asserted",))
    sources = {source.id for source in work.view.all(Source)}
    wrong = [one for one in of_sources(work.view) if one.about in asserted or one.about in sources]
    blamed = {one.about for one in wrong if one.about in asserted}
    value = 1 - len(blamed) / len(asserted) if not any(one.about in sources for one in wrong) else 0.0
    return Scored(value, tuple(f"false alarm: {one.verdict[:120]}" for one in wrong))


def false_premise(work: Work) -> Scored:
    """Grade what is done about a question's false premise: 1 rejected in words, 0.5 repaired silently, 0 gone along with.

    The rubric's 0, 1 and 2, halved. Silent repair: "something else" ends as the likeliest answer and no finding says why.
    """
    return premise_grade(work.produced) if work.case.gold.answer == SOMETHING_ELSE else Scored(None)


def premise_grade(produced: Produced) -> Scored:
    """Grade what came of a case whose question takes something false for granted; see `false_premise`."""
    question = main_question(produced.view)
    if any(one.kind is FindingKind.FALSE_PREMISE and one.about == question.id for one in produced.view.all(Finding)):
        return Scored(1.0)
    credences = answer_credences(produced)
    silent = all(credences[SOMETHING_ELSE] > value for name, value in credences.items() if name != SOMETHING_ELSE)
    return Scored(0.5 if silent else 0.0, ("repaired silently" if silent else "went along with the question",))
