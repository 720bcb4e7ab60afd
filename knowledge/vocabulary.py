"""The closed vocabularies of a knowledge base: stances, hedges, relations, kinds, and the names of tags that mean something here."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

LOST: Final = "lost"
"""A tag on a source with what its page visibly lost: a figure, a stripped list."""
SKIPPED: Final = "skipped"
"""A tag on a source with what in it was not written down: what bears on the question, or a part that nobody was asked about."""
LANGUAGE: Final = "language"
"""A tag on a source with the ISO 639 code of its language, where that is another than the case's."""
FUNDING: Final = "funding"
"""A tag on a source with who paid for it."""
METHOD: Final = "method"
"""A tag on an assertion with how the speaker came to know it: a `Method`."""
DEFERS_TO: Final = "defers to"
"""A tag on an assertion with the one on whose word the speaker takes it."""
ASSUMES: Final = "assumes"
"""A tag on an assertion with what it takes for granted."""
HEDGED: Final = "hedged"
"""A tag on an assertion with the words of its passage by which the speaker says how sure they are."""
TURNS_ON: Final = "turns on"
"""A tag on a question with what those who answer it differently differ over: a `Matter`."""
PRESUPPOSES: Final = "presupposes"
"""A tag on a question with what all its answers take for granted."""

GIVEN_BY_ASSERTING: Final = "given by asserting"
"""A tag on an answer of a question that the sources' dispute posed: the id of a claim that who gives this answer asserts."""
GIVEN_BY_DENYING: Final = "given by denying"
"""The same of a claim that they deny."""


class Matter(StrEnum):
    """What a disagreement is about.

    - ``FACT``: what is the case, and could be looked into.
    - ``INFERENCE``: the facts are granted, and what they show is disputed.
    - ``DEFINITION``: what a word covers.
    - ``VALUE``: what matters more, or how much risk is too much.
    - ``FRAME``: which question is to be asked, or on whom the burden of proof lies.
    """

    FACT = "fact"
    INFERENCE = "inference"
    DEFINITION = "definition"
    VALUE = "value"
    FRAME = "frame"


class Method(StrEnum):
    """How somebody came to know what they assert."""

    RANDOMISED_TRIAL = "randomised_trial"
    COHORT = "cohort"
    CASE_CONTROL = "case_control"
    META_ANALYSIS = "meta_analysis"
    REVIEW = "review"
    EXPERIMENT = "experiment"
    GENOMICS = "genomics"
    OBSERVATION = "observation"
    MODEL = "model"
    RECORDS = "records"
    TESTIMONY = "testimony"
    EXPERT_JUDGEMENT = "expert_judgement"


class SelfDescription(StrEnum):
    """What a document says of itself; each is also the name of a tag on the source, with the document's own words."""

    BYLINE = "byline"
    DATED = "dated"
    VENUE = "venue"
    FUNDING = FUNDING
    CONFLICTS = "conflicts"


class SourceKind(StrEnum):
    """What sort of document a source is."""

    COHORT_STUDY = "cohort_study"
    RANDOMISED_TRIAL = "randomised_trial"
    META_ANALYSIS = "meta_analysis"
    SYSTEMATIC_REVIEW = "systematic_review"
    NARRATIVE_REVIEW = "narrative_review"
    GUIDELINE = "guideline"
    GOVERNMENT_REPORT = "government_report"
    JOURNAL_ARTICLE = "journal_article"
    PREPRINT = "preprint"
    LETTER = "letter"
    NEWS = "news"
    OPINION = "opinion"
    BLOG = "blog"
    TALK = "talk"
    LEGAL_ARTICLE = "legal_article"
    WEB_PAGE = "web_page"
    DATASET = "dataset"
    BOOK = "book"
    BRIEF = "brief"
    UNKNOWN = "unknown"


class Stance(StrEnum):
    """What a speaker does with a claim."""

    ASSERTS = "asserts"
    DENIES = "denies"
    DOUBTS = "doubts"
    CONCEDES = "concedes"
    REPORTS = "reports"
    SUPPOSES = "supposes"


AGAINST: Final = frozenset({Stance.DENIES, Stance.DOUBTS})
"""Whoever takes one of these stances speaks against the claim."""


class Hedge(StrEnum):
    """How sure the speaker sounds, from the passage's own words."""

    CERTAIN = "certain"
    PLAIN = "plain"
    LIKELY = "likely"
    POSSIBLE = "possible"
    DOUBTFUL = "doubtful"


BARELY: Final = frozenset({Hedge.POSSIBLE, Hedge.DOUBTFUL})
"""Whoever speaks so ("may", "could", "plausible"; "unlikely") leaves a thing open and doesn't hold it."""


def side_of(stance: Stance | str, *, opposite: bool = False, hedge: Hedge | str = Hedge.PLAIN) -> int:
    """Return 1 for whoever holds a claim, -1 for whoever speaks against it, 0 for no side. ``opposite``: it is said of its negation.

    Who says that it may be doesn't hold it, nor does who doubts its opposite (`grants`); who says that it may not be doubts it.
    Who supposes something takes no side, and who reports that others deny it doesn't deny it.
    """
    leaning = _leaning(stance, opposite)
    return 0 if leaning > 0 and (hedge in BARELY or stance == Stance.DOUBTS) else leaning


def grants(stance: Stance | str, *, opposite: bool = False, hedge: Hedge | str = Hedge.PLAIN) -> bool:
    """Say whether somebody thinks a claim possible, and no more: who says that it may be, or doubts its opposite."""
    return _leaning(stance, opposite) > 0 and side_of(stance, opposite=opposite, hedge=hedge) == 0


def _leaning(stance: Stance | str, opposite: bool) -> int:
    if stance == Stance.SUPPOSES or (stance == Stance.REPORTS and opposite):
        return 0
    return -1 if (stance in AGAINST) != opposite else 1


class Relation(StrEnum):
    """How premises bear on a target. An undercut attacks a link; the others bear on a claim or an answer."""

    SUPPORTS = "supports"
    ATTACKS = "attacks"
    UNDERCUTS = "undercuts"


TURNED: Final = {Relation.SUPPORTS: Relation.ATTACKS, Relation.ATTACKS: Relation.SUPPORTS, Relation.UNDERCUTS: Relation.UNDERCUTS}
"""What a link to the opposite of its target says of the target."""


class UpstreamKind(StrEnum):
    """What several pieces of evidence may come from."""

    DATASET = "dataset"
    COHORT = "cohort"
    INSTRUMENT = "instrument"
    MODEL = "model"
    WITNESS = "witness"
    ORGANISATION = "organisation"
    WORK = "work"


class RelianceKind(StrEnum):
    """How a record leans on an upstream."""

    REPORTS = "reports"
    USES = "uses"
    CITES = "cites"
    DEFERS = "defers"


class Difference(StrEnum):
    """In what two claims that are alike are not identical."""

    SCOPE = "scope"
    DOSE = "dose"
    TIME = "time"
    POPULATION = "population"
    QUANTITY = "quantity"
    CERTAINTY = "certainty"
    CONDITION = "condition"
    WORDING = "wording"


class Quantity(StrEnum):
    """What a judgment's value is.

    - ``PRIOR``: P(answer) before the evidence, in [0, 1].
    - ``EVIDENCE``: log likelihood ratio, in nats, of one assertion for its claim as worded: what this testimony alone says, never an
      all-things-considered credence.
    - ``EXPECTEDNESS``: P(premises true | a state of the target), in [0, 1]; the state is the answer in ``given``, or the claim in
      ``given`` being true, or with ``given`` None its being false.
    - ``WARRANT``: P(the link's premises bear on its target as stated), in [0, 1].
    - ``DEFEAT``: how completely an undercut defeats its link if true, in [0, 1].
    - ``MODEL_ERROR``: P(the whole modelled argument about a question is unsound), in [0, 1].
    """

    PRIOR = "prior"
    EVIDENCE = "evidence"
    EXPECTEDNESS = "expectedness"
    WARRANT = "warrant"
    DEFEAT = "defeat"
    MODEL_ERROR = "model_error"


class FindingKind(StrEnum):
    """What the critic can say about a record."""

    RHETORIC = "rhetoric"
    OVERCLAIM = "overclaim"
    CORRELATED_EVIDENCE = "correlated_evidence"
    UNSUPPORTED_LEAP = "unsupported_leap"
    INCONSISTENT_NUMBER = "inconsistent_number"
    SINGLE_POINT_OF_FAILURE = "single_point_of_failure"
    BURDEN_SHIFT = "burden_shift"
    FALSE_PREMISE = "false_premise"
    PERFORMED_SETTLING = "performed_settling"
    HIDDEN_INSTRUCTION = "hidden_instruction"


class Severity(StrEnum):
    """How much a finding matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def severity_of_sharing(documents: int) -> Severity:
    """Rate that so many documents lean on one thing: of four on, an error in it reaches most of what is read."""
    return Severity.HIGH if documents > 3 else Severity.MEDIUM


class Fault(StrEnum):
    """Whose fault it is that an assertion is found wrong.

    - ``SPEAKER``: of the one who takes the stance.
    - ``REPORTER``: of the document's author, or of whoever passes it on, who says more than the speaker did.
    - ``RECORD``: of the claim as recorded here, which says more than its passage, or something else; nobody in the document did wrong.
    """

    SPEAKER = "speaker"
    REPORTER = "reporter"
    RECORD = "record"


class GapKind(StrEnum):
    """What is missing."""

    SOURCE = "source"
    PERSPECTIVE = "perspective"
    MEASUREMENT = "measurement"
    ARGUMENT = "argument"


class SearchAim(StrEnum):
    """What a search is for.

    To fill a gap; what speaks for or against an answer; more on a crux; one work; the works that cite one, or that it cites.
    """

    GAP = "gap"
    FOR = "for"
    AGAINST = "against"
    CRUX = "crux"
    WORK = "work"
    CITING = "citing"
    CITED = "cited"
