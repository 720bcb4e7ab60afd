"""The scorers: a perfect answer gets 1, an empty one 0, and who knows nothing gets chance."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.ingestion import UNFOUNDED
from agents.single import OWN_CREDENCE
from agents.structuring import IMPLIED
from credence.engine import assess, main_question
from evals.gold import GoldCase
from evals.scorers import costs, credences, cruxes, findings, issues, linking, quoting, sameness, saying
from evals.scorers.catalogue import CASE_SCORERS
from evals.scorers.scorer import Scorer
from knowledge.records import (
    Answer,
    Argument,
    Assertion,
    Claim,
    Equivalence,
    Finding,
    Gap,
    Incident,
    Link,
    Passage,
    Question,
    Record,
    Source,
    Tag,
    Upstream,
    Warrant,
)
from knowledge.vocabulary import (
    AGAINST,
    GIVEN_BY_ASSERTING,
    GIVEN_BY_DENYING,
    Fault,
    FindingKind,
    GapKind,
    Hedge,
    Relation,
    Severity,
    Stance,
    UpstreamKind,
)
from sources.embedding import Embedder
from sources.segmenting import segments
from tests.evals.conftest import NAMES
from tests.evals.oracles import empty, flooded, perfect, work_of

BOUNDED = [scorer for scorer in CASE_SCORERS if scorer.bounded]
PRIORS = {"answer Brier/2", "false premise/1"}
"""What the prior alone earns something in."""


@pytest.mark.parametrize("name", NAMES)
def test_a_perfect_answer_scores_one(name: str, gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """A knowledge base made of the gold gets 1 from every scorer that applies, and misses nothing."""
    work = perfect(gold_cases[name], embedder, tuple(other for key, other in gold_cases.items() if key != name))
    scores = {scorer.id: scorer.measure(work).value for scorer in BOUNDED}
    wrong = {key: value for key, value in scores.items() if value is not None and value < 0.99}
    assert not wrong
    assert sum(value is not None for value in scores.values()) >= (9 if gold_cases[name].gold.control else 17)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_answer_scores_nought(name: str, gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Finding nothing earns nothing, but for the scorers whose chance is not nought: those get no more than chance."""
    work = empty(gold_cases[name], embedder, tuple(other for key, other in gold_cases.items() if key != name))
    chance = {"finding recall at 10% false alarms/2": findings.ALARMS, "finding partial AUC/2": 0.5}
    for scorer in BOUNDED:
        value = scorer.measure(work).value
        if value is not None and scorer.id not in PRIORS:
            assert value == pytest.approx(chance.get(scorer.id, 0.0), abs=1e-9), scorer.id


@pytest.mark.parametrize("scorer", BOUNDED, ids=lambda scorer: scorer.id)
def test_values_are_bounded_and_repeatable(scorer: Scorer, gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Every bounded score of a damaged answer lies in [0, 1] and comes out the same again."""
    case = gold_cases["tunnel"]
    records = list(perfect(case, embedder).view.records.values())
    kept: list[Record] = random.Random(5).sample(records, k=len(records) // 2)
    opened = list(empty(case, embedder).view.records.values())
    value = scorer.measure(work_of(case, [*opened, *kept], embedder)).value
    assert value is None or 0 <= value <= 1
    assert value == scorer.measure(work_of(case, [*kept[::-1], *opened], embedder)).value


def test_shuffled_labels_give_chance(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Speakers dealt out at random are right as often as chance has it, and so are clusters of claims."""
    rng = random.Random(1)
    golds = [speakers for case in gold_cases.values() for speakers in [[one.speaker for one in case.gold.assertions]]]
    seen, expected = [], []
    for speakers in golds:
        for _ in range(50):
            dealt = rng.sample(speakers, k=len(speakers))
            seen.append(np.mean([saying.same_speaker(one, other) for one, other in zip(dealt, speakers, strict=True)]))
        expected.append(sum(speakers.count(one) ** 2 for one in set(speakers)) / len(speakers) ** 2)
    assert np.mean(seen) == pytest.approx(np.mean(expected), abs=0.03)
    labels = [one.claim for one in gold_cases["wind"].gold.assertions]
    pairs = [sameness.pair_f1(rng.sample(labels, k=len(labels)), labels).value for _ in range(300)]
    n = len(labels)
    together = sum(labels.count(one) * (labels.count(one) - 1) for one in set(labels)) / (n * (n - 1))
    assert np.mean([value for value in pairs if value is not None]) == pytest.approx(together, abs=0.03)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=12), st.data())
def test_bcubed_is_symmetric_and_one_only_for_the_same_partition(gold: list[int], data: st.DataObject) -> None:
    """B-cubed F1 doesn't depend on names of clusters nor on which side is gold, and is 1 exactly for equal partitions."""
    produced = data.draw(st.lists(st.integers(0, 4), min_size=len(gold), max_size=len(gold)))
    value = sameness.bcubed_f1(produced, gold).value
    assert value is not None
    assert value == pytest.approx(sameness.bcubed_f1(gold, produced).value)
    assert value == pytest.approx(sameness.bcubed_f1([one + 10 for one in produced], gold).value)
    equal = all((produced[a] == produced[b]) == (gold[a] == gold[b]) for a in range(len(gold)) for b in range(a))
    assert (value > 1 - 1e-9) == equal


def test_bcubed_gives_the_published_numbers() -> None:
    """The example of Amigo and others (2009): items alone have precision 1 and the recall of 1 / size of their category."""
    assert sameness.bcubed_f1([0, 1, 2, 3], [0, 0, 0, 0]).value == pytest.approx(2 * 1 * 0.25 / 1.25)


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=2, max_size=30))
def test_flagging_all_or_nothing_is_chance(marks: list[tuple[int, bool]]) -> None:
    """Whatever is flawed: flagging everything or nothing gives the recall of a coin, and any order stays within its bounds."""
    scores, flawed = [float(score) for score, _ in marks], [bad for _, bad in marks]
    for constant in (0.0, 3.0):
        blind = findings.recall_at([constant] * len(flawed), flawed)
        assert blind is None or blind == pytest.approx(findings.ALARMS)
        area = findings.partial_auc([constant] * len(flawed), flawed)
        assert area is None or area == pytest.approx(0.5)
    recall = findings.recall_at(scores, flawed)
    assert recall is None or 0 <= recall <= 1
    best = findings.recall_at([float(bad) for bad in flawed], flawed)
    assert best is None or best == 1


@given(st.permutations(list("abcdefgh")), st.integers(1, 4))
def test_ndcg_is_one_only_in_the_gold_order(ranking: list[str], n: int) -> None:
    """The gain is 1 for the gold's order, less for any other, and nought where none of the gold's is ranked."""
    gold = list("abcdefgh")[:n]
    value = cruxes.ndcg(ranking, gold)
    assert value is not None
    assert (value > 1 - 1e-12) == (ranking[:n] == gold)
    assert cruxes.ndcg(["x", "y"], gold) == 0
    assert cruxes.recall_at_k(gold, gold) == 1


def test_credences_are_scored_by_brier(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Sure of the right answer earns nearly 1; the even prior of three answers earns 2/3, which is what knowing nothing is worth."""
    case = gold_cases["null-gauge"]
    assert (credences.answer_brier(perfect(case, embedder)).value or 0) > 0.999
    nothing = empty(case, embedder)
    priors = [one.probability for one in assess(nothing.view).questions[0].answers]
    right = next(
        one.probability
        for one in assess(nothing.view).questions[0].answers
        if getattr(nothing.view.records[one.answer], "name", "") == case.gold.answer
    )
    expected = 1 - (sum(value**2 for value in priors) - right**2 + (right - 1) ** 2) / 2
    assert credences.answer_brier(nothing).value == pytest.approx(expected)


def test_an_invented_quotation_and_an_invented_name_cost(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """A quotation dropped for not standing in its source, and a study that no text names, lower the score of their kind."""
    case = gold_cases["bees"]
    records = list(perfect(case, embedder).view.records.values())
    dropped = Incident(stage="ingest", subject="x", problem="a quotation is not in the text: 'bees are fine'", advice="dropped")
    invented = Upstream(name="Heidelberg Pollinator Registry", kind=UpstreamKind.DATASET)
    damaged = work_of(case, [*records, dropped, invented], embedder)
    assert (quoting.quotation_fidelity(damaged).value or 0) < 1
    assert (quoting.grounding(damaged).value or 0) < 1
    assert quoting.grounding(damaged).misses == ("Heidelberg Pollinator Registry",)


@pytest.mark.parametrize("tone", list(Hedge))
def test_one_tone_for_all_earns_chance(tone: Hedge, gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Where every assertion is told alike, plainly or doubtfully, one level is right of those that the text has."""
    for name in ("bees", "otters", "lake"):
        case = gold_cases[name]
        levels = {one.hedge for one in case.gold.assertions}
        records = list(perfect(case, embedder).view.records.values())
        alike = [Assertion(**{**one.model_dump(), "hedge": tone}) if isinstance(one, Assertion) else one for one in records]
        assert saying.hedge_kept(work_of(case, records, embedder)).value == 1
        assert saying.hedge_kept(work_of(case, alike, embedder)).value == pytest.approx((tone in levels) / len(levels))


def test_quoting_every_sentence_is_no_selection(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Who takes all takes what should be left: half of the measure is for leaving; and who takes one sentence too many loses a little."""
    case = gold_cases["bees"]
    work = perfect(case, embedder)
    records = list(work.view.records.values())
    assert saying.element_f1(work).value == 1
    said = next(one for one in records if isinstance(one, Assertion))
    everything: list[Record] = []
    for source in work.view.all(Source):
        text = work.produced.texts[source.id]
        for one in segments(text):
            passage = Passage(source=source.id, start=one.start, end=one.end, text=text[one.start : one.end])
            everything += [passage, Assertion(**{**said.model_dump(), "passage": passage.id})]
    all_taken = saying.element_f1(work_of(case, [*records, *everything], embedder)).value or 0
    one_more = saying.element_f1(work_of(case, [*records, *everything[-2:]], embedder)).value or 0
    assert 0 < all_taken <= 0.5 < one_more < 1


def test_saying_everything_scores_low(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Who names every upstream that could be, calls all pairs variants, links all with all and lists all gaps earns little by any of it."""
    flooding = {
        "upstream F1/1": 0.15,
        "reliance F1/1": 0.15,
        "variants F1/1": 0.1,
        "supports F1/1": 0.15,
        "attacks F1/1": 0.1,
        "bearing F1/1": 0.15,
        "gap F1/1": 0.1,
        "crux recall at 3/1": 0.25,
        "crux against other claims/1": 0.5,
        "finding recall at 10% false alarms/2": 0.2,
    }
    scorers = {scorer.id: scorer for scorer in CASE_SCORERS}
    floods = [flooded(case, embedder) for case in gold_cases.values()]
    for name, most in flooding.items():
        values = [scorers[name].measure(work).value for work in floods]
        scored = [value for value in values if value is not None]
        assert len(scored) >= 8, name
        assert np.mean(scored) <= most, (name, np.mean(scored))


def test_a_merged_variant_is_told_and_costs(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Claims that the gold keeps apart and an answer takes for one are named; of what isn't found nothing is said."""
    case = next(one for one in gold_cases.values() if len(one.gold.variants) > 1)
    made = perfect(case, embedder)
    assert sameness.kept_apart(made).value == 1
    first, second = (made.alignment.assertions[at][1].claim for at in _first_variant(case, made.alignment.assertions))
    merged = Equivalence(member=second, representative=first, reason="a false merge")
    found = sameness.kept_apart(work_of(case, [*made.view.records.values(), merged], embedder))
    assert found.value is not None
    assert found.value < 1
    assert [miss.startswith("merged: ") for miss in found.misses] == [True]
    assert sameness.kept_apart(empty(case, embedder)).value is None


def test_a_number_from_nowhere_is_told_and_costs(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Of claims with numbers; one that was dropped for its number counts too, and claims without numbers don't."""
    case = gold_cases["tunnel"]
    made = perfect(case, embedder)
    assert quoting.figures_grounded(made).value == 1
    claim = Claim(text="Car counts fell by 7419 in the year.")
    said = made.view.all(Assertion)[0].model_copy(update={"claim": claim.id})
    dropped = Incident(stage="ingest", subject="x", problem=f"{UNFOUNDED} (3.7): 'It fell.'", advice="x")
    found = quoting.figures_grounded(work_of(case, [*made.view.records.values(), claim, Assertion(**said.model_dump()), dropped], embedder))
    assert found.value is not None
    assert found.value < 1
    assert found.misses == (f"7419: {claim.text}", dropped.problem)
    assert quoting.figures_grounded(empty(case, embedder)).value is None


def test_a_crux_that_no_sub_question_holds_is_told(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """One of the gold's cruxes is posed if those who give an answer take a side on it, and only if so."""
    case = next(one for one in gold_cases.values() if len([crux for crux in one.gold.crux if crux in one.gold.claims]) > 1)
    made = perfect(case, embedder)
    assert issues.crux_posed(made).value == 1
    without = [one for one in made.view.records.values() if not (isinstance(one, Tag) and one.name == GIVEN_BY_ASSERTING)]
    assert issues.crux_posed(work_of(case, without, embedder)).value == 0
    first, second = ([crux for crux in case.gold.crux if crux in case.gold.claims])[:2]
    claims = {label: claim for claim, (label, _) in made.alignment.claims.items()}
    question = next(one for one in made.view.all(Question) if one.parent is None)
    posed = Question(name="posed", text="Is it so?", parent=question.id)
    yes = Answer(question=posed.id, name="yes", text="It is so.")
    given = Tag(record=yes.id, name=GIVEN_BY_DENYING, value=claims[first])
    found = issues.crux_posed(work_of(case, [*without, posed, yes, given], embedder))
    assert found.value == pytest.approx(1 / len(case.gold.crux))
    assert f"no sub-question on: {case.gold.claims[second]}" in found.misses
    assert issues.null_question(made).value is None
    null = next(one for one in gold_cases.values() if one.gold.control)
    assert issues.null_question(perfect(null, embedder)).value == 1
    one_too_many = issues.null_question(
        work_of(null, [*perfect(null, embedder).view.records.values(), *_posed_on(null, embedder)], embedder)
    )
    assert one_too_many.value == pytest.approx(0.8)
    assert one_too_many.misses == ("Is it so?",)


def _posed_on(case: GoldCase, embedder: Embedder) -> list[Record]:
    """A sub-question on the first claim of a case's gold."""
    view = perfect(case, embedder).view
    question = next(one for one in view.all(Question) if one.parent is None)
    posed = Question(name="posed", text="Is it so?", parent=question.id)
    yes = Answer(question=posed.id, name="yes", text="It is so.")
    return [posed, yes, Tag(record=yes.id, name=GIVEN_BY_ASSERTING, value=view.all(Claim)[0].id)]


def _first_variant(case: GoldCase, aligned: Sequence[tuple[int, Assertion]]) -> tuple[int, int]:
    """The places among the aligned assertions of one of each claim of the gold's first pair of variants."""
    claims = [case.gold.assertions[at].claim for at, _ in aligned]
    one, other = case.gold.variants[0].claims
    return claims.index(one), claims.index(other)


def test_every_gap_counts_and_each_one_too_many_costs(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """Among many gaps the gold's are found wherever their ids put them, and the score falls with each of the others."""
    case = gold_cases["otters"]
    wanted = len(case.gold.gaps)
    records = list(perfect(case, embedder).view.records.values())
    for more in (1, 10, 100):
        others = [Gap(kind=GapKind.MEASUREMENT, text=f"Nobody counted the bricks of house {at}.", why="w", how="h") for at in range(more)]
        scored = findings.gap_f1(work_of(case, [*records, *others], embedder))
        assert scored.value == pytest.approx(2 * wanted / (2 * wanted + more))
        assert scored.misses == ()


def test_a_verified_claim_is_right_in_words_side_and_speaker(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """The right place is not enough: another speaker, the other side or other words verify nothing."""
    case = gold_cases["otters"]
    records = list(perfect(case, embedder).view.records.values())
    assert costs.verified(work_of(case, records, embedder)) == len(case.gold.claims)
    other = {"speaker": "Somebody Else"}
    wrong = [Assertion(**{**one.model_dump(), **other}) if isinstance(one, Assertion) else one for one in records]
    assert costs.verified(work_of(case, wrong, embedder)) == 0
    turned = [
        Assertion(**{**one.model_dump(), "stance": Stance.ASSERTS if one.stance in AGAINST else Stance.DENIES})
        if isinstance(one, Assertion)
        else one
        for one in records
    ]
    assert costs.verified(work_of(case, turned, embedder)) == 0
    weather = Claim(text="It rained on Tuesday in another country.")
    vague = [Assertion(**{**one.model_dump(), "claim": weather.id}) if isinstance(one, Assertion) else one for one in records]
    assert costs.verified(work_of(case, [*vague, weather], embedder)) == 0


@pytest.mark.parametrize(("fault", "kept"), [(Fault.SPEAKER, True), (Fault.REPORTER, True), (None, True), (Fault.RECORD, False)])
def test_what_blames_the_record_finds_no_flaw_of_a_page(
    fault: Fault | None, kept: bool, gold_cases: dict[str, GoldCase], embedder: Embedder
) -> None:
    """A flaw of the page is found by whoever blames its speaker, the reporter or nobody; to blame our own wording finds nothing there."""
    case = gold_cases["tunnel"]
    records = [
        one.model_copy(update={"fault_of": fault}) if isinstance(one, Finding) else one
        for one in perfect(case, embedder).view.records.values()
    ]
    assert findings.finding_recall(work_of(case, records, embedder)).value == pytest.approx(1.0 if kept else findings.ALARMS)


@pytest.mark.parametrize(("fault", "clean"), [(Fault.SPEAKER, False), (Fault.REPORTER, False), (None, False), (Fault.RECORD, True)])
def test_what_blames_the_record_is_no_alarm_about_a_clean_page(
    fault: Fault | None, clean: bool, gold_cases: dict[str, GoldCase], embedder: Embedder
) -> None:
    """On a null control a request to mend our own wording accuses nobody there; every other finding on what is said is an alarm."""
    case = gold_cases["null-oak"]
    records = list(perfect(case, embedder).view.records.values())
    said = next(one for one in records if isinstance(one, Assertion))
    about = {"about": said.id, "kind": FindingKind.OVERCLAIM, "severity": Severity.LOW}
    finding = Finding(**about, sound_case="s", flawed_case="f", verdict="v", fault_of=fault)
    assert (findings.null_findings(work_of(case, [*records, finding], embedder)).value == 1) == clean


def test_a_finding_of_the_wrong_kind_finds_nothing(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """A flaw flagged as something else is not found."""
    case = gold_cases["bees"]
    records = list(perfect(case, embedder).view.records.values())
    wrong = [
        Finding(**{**one.model_dump(), "kind": FindingKind.HIDDEN_INSTRUCTION, "severity": Severity.HIGH})
        if isinstance(one, Finding)
        else one
        for one in records
    ]
    assert findings.finding_recall(work_of(case, wrong, embedder)).value == pytest.approx(findings.ALARMS)


def test_what_only_words_imply_neither_earns_nor_costs(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """A link between two claims by their meaning is none that the gold could list; one that a document draws too is scored like any other."""
    case = gold_cases["tunnel"]
    work = perfect(case, embedder)
    first, *_, last = (claim for claim in work.view.all(Claim) if claim.text in case.gold.claims.values())
    warrant = Warrant(text="It is in the words.")
    link = Link(premises=(first.id,), target=last.id, relation=Relation.SUPPORTS, warrant=warrant.id)
    tag = Tag(record=link.id, name=IMPLIED, value="by what the words mean")
    records = [*work.view.records.values(), warrant, link, tag]
    assert linking.link_f1_supports(work_of(case, records, embedder)).value == linking.link_f1_supports(work).value
    offered = Argument(link=link.id, passage=work.view.all(Passage)[0].id, speaker="Ada")
    value, whole = (linking.link_f1_supports(one).value for one in (work_of(case, [*records, offered], embedder), work))
    assert value is not None
    assert whole is not None
    assert value < whole


def test_stock_cruxes_fail_the_test_of_topic(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """The cruxes of one case, given for another, are less its own than those of most cases."""
    names = [name for name in NAMES if not name.startswith("null")]
    others = tuple(gold_cases[name] for name in names if name != "wind")
    own = perfect(gold_cases["wind"], embedder, others)
    assert cruxes.crux_topic(own).value == 1
    borrowed = perfect(gold_cases["tunnel"], embedder, others)
    swapped = type(borrowed)(borrowed.produced, gold_cases["wind"], embedder, others)
    assert (cruxes.crux_topic(swapped).value or 0) < 1


def test_a_false_premise_is_rejected_repaired_or_gone_along_with(gold_cases: dict[str, GoldCase], embedder: Embedder) -> None:
    """The rubric's three grades: a finding on the question is 1, "something else" as the likeliest answer without a word 0.5, the rest 0."""
    case = gold_cases["vote"]
    opened = list(empty(case, embedder).view.records.values())
    question = main_question(empty(case, embedder).view)
    doubtful = [Tag(record=one.id, name=OWN_CREDENCE, value="0.1") for one in opened if isinstance(one, Answer) and not one.something_else]
    rejected = Finding(
        about=question.id,
        kind=FindingKind.FALSE_PREMISE,
        severity=Severity.HIGH,
        sound_case="It may be meant loosely.",
        flawed_case="Nobody added any votes.",
        verdict="The question takes for granted what is not so.",
    )
    made: dict[float, list[Record]] = {0.0: [], 0.5: [*doubtful], 1.0: [*doubtful, rejected]}
    assert {grade: findings.premise_grade(work_of(case, [*opened, *more], embedder).produced).value for grade, more in made.items()} == {
        grade: grade for grade in made
    }
