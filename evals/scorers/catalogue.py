"""Every scorer of whole cases. Raise a version when what it measures changes: old values then stay what they were."""

from __future__ import annotations

from typing import Final

from evals.scorers import costs, credences, cruxes, findings, issues, linking, quoting, sameness, saying
from evals.scorers.scorer import Scorer

ANSWER_BRIER: Final = Scorer("answer Brier", 2, credences.answer_brier)
CASE_SCORERS: Final[tuple[Scorer, ...]] = (
    Scorer("quotation fidelity", 1, quoting.quotation_fidelity, integrity=True),
    Scorer("names grounded", 1, quoting.grounding, integrity=True),
    Scorer("figures grounded", 1, quoting.figures_grounded, integrity=True),
    Scorer("span F1", 1, saying.span_f1),
    Scorer("element F1", 1, saying.element_f1),
    Scorer("attribution", 1, saying.attribution),
    Scorer("nested attribution", 1, saying.nested_attribution),
    Scorer("hedges kept", 2, saying.hedge_kept, integrity=True),
    Scorer("claim match F1", 1, saying.claim_match),
    Scorer("same claim, pair F1", 1, sameness.same_claim_pairs),
    Scorer("same claim, B-cubed F1", 1, sameness.same_claim_bcubed),
    Scorer("opposition F1", 1, sameness.opposition),
    Scorer("variants F1", 1, sameness.variants),
    Scorer("variants kept apart", 1, sameness.kept_apart),
    Scorer("supports F1", 1, linking.link_f1_supports),
    Scorer("attacks F1", 1, linking.link_f1_attacks),
    Scorer("undercut F1", 1, linking.undercut_f1),
    Scorer("bearing F1", 1, linking.bearing_f1),
    Scorer("upstream F1", 1, linking.upstream_f1),
    Scorer("reliance F1", 1, linking.reliance_f1),
    Scorer("finding recall at 10% false alarms", 2, findings.finding_recall),
    Scorer("finding partial AUC", 2, findings.finding_auc),
    Scorer("gap F1", 1, findings.gap_f1),
    Scorer("crux recall at 3", 1, cruxes.crux_recall),
    Scorer("crux nDCG", 1, cruxes.crux_ndcg),
    Scorer("crux topic", 1, cruxes.crux_topic),
    Scorer("crux against other claims", 1, cruxes.crux_apart),
    Scorer("cruxes posed", 1, issues.crux_posed),
    Scorer("null: no sub-question", 1, issues.null_question, integrity=True),
    Scorer("null: no findings", 2, findings.null_findings, integrity=True),
    Scorer("null: no crux", 1, cruxes.null_crux, integrity=True),
    Scorer("false premise", 1, findings.false_premise),
    ANSWER_BRIER,
    Scorer("USD per verified claim", 2, costs.cost_per_verified_claim, higher_is_better=False, bounded=False),
    Scorer("tokens per verified claim", 3, costs.tokens_per_verified_claim, higher_is_better=False, bounded=False),
    Scorer("characters per verified claim", 3, costs.characters_per_verified_claim, higher_is_better=False, bounded=False),
    Scorer("calls per verified claim", 1, costs.calls_per_verified_claim, higher_is_better=False, bounded=False),
    Scorer("seconds per verified claim", 2, costs.seconds_per_verified_claim, higher_is_better=False, bounded=False),
)
CREDENCE_SCORERS: Final[tuple[Scorer, ...]] = (
    ANSWER_BRIER,
    Scorer("answer log score", 1, credences.answer_log_score, higher_is_better=False, bounded=False),
    Scorer("claims Brier", 1, credences.claims_brier),
    Scorer("claims log score", 1, credences.claims_log_score, higher_is_better=False, bounded=False),
    Scorer("claims given a credence", 1, credences.claims_said),
)
"""Of cases whose truth is known."""
