"""Judges by model: blind, in both orders, over equally long statements, refused where they judge their own, told with their own error."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.families import family_of, shared_families
from evals.gold import GoldCase, load_gold_case
from evals.judging import Chosen, Judged, Of, Selection, judged, questions_on
from evals.pairs import Kind, KnownPair, Pair, known_pairs, paired
from evals.scorers.scorer import Work
from evals.statements import Known, Statement, known, matched
from evals.suites.golds import LATER
from prompts.tasks.judge import Entailment, EntailmentInputs, Entailments, JudgedRecord, Sameness, Samenesses, SamenessInputs
from reasoners.journal import Journal
from reasoners.limits import Limits, Meter
from reasoners.reasoner import Reasoner
from reasoners.scripted import ScriptedAnswerer
from sources.embedding import Embedder
from tests.evals.answerers import sound
from tests.evals.test_ablations import bench

Says = Callable[[JudgedRecord, bool], bool]


def selection(gold_cases: dict[str, GoldCase], *, models: Sequence[str] = ("anthropic:claude-opus",)) -> Selection:
    """The gold's true statements as configuration a's, its false ones as b's, and all known ones."""
    rng = random.Random(3)
    drawn = [one for case in gold_cases.values() for one in known(case, 2, rng)]
    chosen = [Chosen(configuration="a" if one.entailed else "b", case=one.case, cluster=one.case, statement=one.statement) for one in drawn]
    return Selection(
        of="claims",
        seed=1,
        configurations=("a", "b"),
        models=tuple(models),
        chosen=tuple(chosen),
        known=tuple(drawn),
        left_out={"a": 0, "b": 0},
    )


def asked(chosen: Selection, says: Says, folder: Path, judges: Sequence[str] = ("openai:gpt-5",)) -> tuple[Judged, ScriptedAnswerer]:
    """Let a scripted judge answer through the real reasoner and journal."""

    def answer(inputs: EntailmentInputs) -> Entailments:
        return Entailments(
            verdicts=tuple(Entailment(number=one.number, why="as told", entailed=says(one, inputs.passage_first)) for one in inputs.items)
        )

    scripted = ScriptedAnswerer({"judge/entailment": answer})
    journal = Journal.at(folder / "journal.db", "judge")
    try:
        reasoner = Reasoner(scripted, journal, Meter(Limits(), journal.totals()))
        verdicts = asyncio.run(_awaited(questions_on(chosen), reasoner))
    finally:
        journal.close()
    return judged(chosen, verdicts, judges), scripted


async def _awaited(questions, reasoner: Reasoner) -> dict[str, float]:
    return await questions(reasoner)


def truth(chosen: Selection) -> Says:
    """A judge that knows what the gold knows."""
    entailed = {
        (one.statement.claim, one.statement.stance, one.statement.hedge, one.statement.passage) for one in chosen.known if one.entailed
    }
    return lambda item, _: (item.claim, item.stance, item.hedge, item.passage) in entailed


def test_a_judge_that_knows_is_found_without_error_and_tells_apart(gold_cases: dict[str, GoldCase], tmp_path: Path) -> None:
    """It grants every true statement and rejects every false one; a, which states the truth, gets 1, b nought, and a is better."""
    chosen = selection(gold_cases)
    found, scripted = asked(chosen, truth(chosen), tmp_path)
    assert found.grants[0] == 1
    assert {rate[0] for rate in found.rejects.values()} == {1}
    assert (found.shares["a"][0], found.shares["b"][0], found.corrected) == (1, 0, {"a": 1, "b": 0})
    assert (found.unsteady, found.problems) == (0, ())
    assert "a is better" in found.told[0]
    shown = [item for request in scripted.asked for item in request.inputs.items]  # type: ignore[attr-defined]
    assert len(shown) == 2 * len({one.id for one in chosen.statements})
    assert {request.inputs.passage_first for request in scripted.asked} == {False, True}  # type: ignore[attr-defined]


@pytest.mark.parametrize("always", [True, False])
def test_a_judge_that_doesnt_look_is_not_believed(gold_cases: dict[str, GoldCase], tmp_path: Path, always: bool) -> None:
    """Granting all, or nothing, is no judgment: nothing is corrected, nothing is compared, and the reason is told."""
    found, _ = asked(selection(gold_cases), lambda *_: always, tmp_path)
    assert (found.corrected, found.told) == ({}, ())
    assert "its verdicts are not used" in found.problems[-1]


def test_a_judge_swayed_by_order_counts_half_and_is_told(gold_cases: dict[str, GoldCase], tmp_path: Path) -> None:
    """Who grants whatever has its passage first contradicts himself on every statement."""
    found, _ = asked(selection(gold_cases), lambda _, passage_first: passage_first, tmp_path)
    assert found.unsteady == 1
    assert (found.shares["a"][0], found.shares["b"][0]) == (0.5, 0.5)


def test_a_known_error_is_taken_out(gold_cases: dict[str, GoldCase], tmp_path: Path) -> None:
    """A judge that errs on a fifth of what is true still gives a the 1 that it deserves after correction."""
    chosen = selection(gold_cases)
    knows = truth(chosen)
    strict = lambda item, first: knows(item, first) and sum(map(ord, item.claim)) % 5 > 0  # noqa: E731  # a judge in one line
    found, _ = asked(chosen, strict, tmp_path)
    share = found.shares["a"][0]
    assert share is not None
    assert share < 0.95
    assert found.corrected["a"] == pytest.approx(1)


def test_nothing_shown_tells_who_made_it(gold_cases: dict[str, GoldCase], tmp_path: Path) -> None:
    """The questions are the same whichever configuration made which statement."""
    chosen = selection(gold_cases)
    swapped = chosen.model_copy(
        update={"chosen": tuple(one.model_copy(update={"configuration": {"a": "b", "b": "a"}[one.configuration]}) for one in chosen.chosen)}
    )
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    keys = [
        {request.key for request in asked(one, lambda *_: True, folder)[1].asked}
        for one, folder in zip((chosen, swapped), folders, strict=True)
    ]
    assert keys[0] == keys[1]


def test_false_statements_have_one_thing_wrong(gold_cases: dict[str, GoldCase]) -> None:
    """Each is a true one on the same passage with one field changed, so that true and false are equally long; all four flaws occur."""
    rng = random.Random(0)
    drawn = [one for case in gold_cases.values() for one in known(case, 99, rng)]
    true = [one.statement for one in drawn if one.entailed]
    for one in (one for one in drawn if not one.entailed):
        near = [other for other in true if other.passage == one.statement.passage]
        changed = min(sum(getattr(other, name) != getattr(one.statement, name) for name in Statement.model_fields) for other in near)
        assert changed == 1, one
    assert {one.flaw for one in drawn} == {"", "number changed", "scope widened", "hedge dropped", "side turned"}


@given(st.lists(st.integers(1, 60), max_size=40), st.lists(st.integers(1, 60), max_size=40), st.integers(3, 20), st.integers(0, 9))
def test_configurations_are_judged_on_equally_many_and_equally_long_statements(
    first: list[int], second: list[int], most: int, seed: int
) -> None:
    """Of each third of all lengths as many of one as of the other, however unlike they quote."""
    made = {
        name: [Statement(claim=f"c{at}", stance="asserts", hedge="plain", passage="w " * n, around="") for at, n in enumerate(lengths)]
        for name, lengths in (("a", first), ("b", second))
    }
    drawn = matched(made, most, random.Random(seed))
    assert len(drawn["a"]) == len(drawn["b"]) <= most + 2
    lengths = sorted(one.words for several in made.values() for one in several)
    for bound in (lengths[len(lengths) // 3], lengths[2 * len(lengths) // 3]) if lengths else ():
        longer = [sum(one.words >= bound for one in drawn[name]) for name in drawn]
        assert longer[0] == longer[1]


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("anthropic:claude-opus-5", "Claude"),
        ("claude-sonnet-4", "Claude"),
        ("openai:gpt-5-mini", "GPT"),
        ("o3-mini", "GPT"),
        ("ollama:qwen2.5", "Qwen"),
        ("groq:llama-3.3-70b", "Llama"),
        ("bedrock:anthropic.claude-3", "Claude"),
        ("baseline 2", "baseline"),
        ("person:ada", "person:ada"),
        ("acme:zorp-7b", ""),
        ("zorp-9b", ""),
    ],
)
def test_families_go_by_the_model_before_the_provider(model: str, family: str) -> None:
    """A model is of its maker's family wherever it is served; one that nobody knows is of no known family."""
    assert family_of(model) == family


def test_a_judge_of_the_judged_family_is_told(gold_cases: dict[str, GoldCase], tmp_path: Path) -> None:
    """The report says it, and what to make of it where other families are judged beside its own."""
    assert shared_families(["openai:gpt-5"], ["claude-opus", "baseline 2"]) == []
    assert shared_families(["acme:zorp-7b"], ["claude-opus"]) == ["acme:zorp-7b, whose family isn't known"]
    assert shared_families(["openai:gpt-5"], ["my-finetune"]) == ["my-finetune, whose family isn't known"]
    assert shared_families([], ["my-finetune"]) == []
    chosen = selection(gold_cases, models=("claude-opus", "gpt-5"))
    found, _ = asked(chosen, truth(chosen), tmp_path, judges=("anthropic:claude-haiku",))
    assert "of the family that it judges (Claude)" in found.problems[0]
    assert "do not compare them by it" in found.problems[1]


def pairs(gold_cases: dict[str, GoldCase], kind: Kind = "crux") -> Selection:
    """Configuration a has of each known case one wanted thing in other words and one that is another; b has another only, or nothing."""
    rng = random.Random(3)
    drawn = [
        one
        for case in gold_cases.values()
        if case.name not in LATER
        for one in known_pairs(kind, case, load_gold_case(case.folder, "gold.b.yaml"), each=2, rng=rng)
    ]
    chosen = []
    for case in sorted(gold_cases.keys() - LATER):
        same, other = (next(one for one in drawn if one.case == case and bool(one.flaw) is flawed).statement for flawed in (False, True))
        other = other.model_copy(update={"wanted": same.wanted})
        nothing = same.model_copy(update={"made": ""})
        for name, items in (("a", (same, other)), ("b", (other,) if len(case) % 2 else (nothing,))):
            chosen += [Chosen(configuration=name, case=case, cluster=case, statement=one) for one in items]
    of: Of = "cruxes" if kind == "crux" else "gaps"
    none = {"a": 0, "b": 0}
    return Selection(
        of=of, seed=1, configurations=("a", "b"), models=("claude-opus",), chosen=tuple(chosen), known=tuple(drawn), left_out=none
    )


def same_by(chosen: Selection, says: Callable[[bool, bool], bool], folder: Path) -> tuple[Judged, ScriptedAnswerer]:
    """Let a scripted judge of sameness answer, who knows the truth and whether the two are swapped."""
    same = {(one.statement.wanted, one.statement.made) for one in chosen.known if isinstance(one, KnownPair) and not one.flaw}

    def answer(inputs: SamenessInputs) -> Samenesses:
        return Samenesses(
            verdicts=tuple(
                Sameness(number=one.number, why="as told", same=says((one.first, one.second) in same, inputs.swapped))
                for one in inputs.items
            )
        )

    scripted = ScriptedAnswerer({"judge/sameness": answer})
    journal = Journal.at(folder / "journal.db", "judge")
    try:
        verdicts = asyncio.run(_awaited(questions_on(chosen), Reasoner(scripted, journal, Meter(Limits(), journal.totals()))))
    finally:
        journal.close()
    return judged(chosen, verdicts, ["openai:gpt-5"]), scripted


@pytest.mark.parametrize("kind", ["gap", "crux"])
def test_what_is_wanted_is_found_in_other_words(gold_cases: dict[str, GoldCase], tmp_path: Path, kind: Kind) -> None:
    """One pair that says the same suffices, nothing at all is a miss that nobody is asked about, and recall isn't corrected."""
    chosen = pairs(gold_cases, kind)
    found, scripted = same_by(chosen, lambda same, _: same, tmp_path)
    assert (found.shares["a"][0], found.shares["b"][0], found.corrected) == (1, 0, {})
    assert (found.grants[0], found.rejects["all"][0], found.unsteady) == (1, 1, 0)
    unlike = {"all", "alike, not the same", "another of the case"}
    assert set(found.rejects) == (unlike | {"another gap of the case"} if kind == "gap" else unlike)
    assert "a is better" in found.told[0]
    assert found.misses["a"] == ()
    assert len(found.misses["b"]) == found.statements["b"] == len(gold_cases.keys() - LATER)
    shown = [item for request in scripted.asked for item in request.inputs.items]  # type: ignore[attr-defined]
    assert all(item.second for item in shown)
    assert len(shown) == 2 * len({one.id for one in chosen.statements})


def test_what_only_one_order_calls_the_same_is_not(gold_cases: dict[str, GoldCase], tmp_path: Path) -> None:
    """A judge who says yes to whatever is swapped finds nothing, is told to be unsteady on all, and is not believed."""
    found, _ = same_by(pairs(gold_cases), lambda _, swapped: swapped, tmp_path)
    assert (found.shares["a"][0], found.grants[0], found.rejects["all"][0], found.unsteady) == (0, 0, 1, 1)
    assert (found.told, "its verdicts are not used" in found.problems[0]) == ((), True)


def test_the_gold_has_its_own_gaps_and_cruxes(gold_cases: dict[str, GoldCase], embedder: Embedder, tmp_path: Path) -> None:
    """Each of the gold's gaps and cruxes is asked about, beside three of a trial's; a step is told with all its reasons."""
    case = gold_cases["bees"]
    made = bench("default", sound(gold_cases), embedder).investigate(case.folder, tmp_path / "home").produced
    work = Work(made, case, embedder)
    assert {one.wanted for one in paired("gap", work)} == {gap.text for gap in case.gold.gaps}
    wanted = [one.wanted for one in paired("crux", work)]
    assert len(set(wanted)) == len(case.gold.crux)
    assert max(map(wanted.count, wanted)) == 3
    counted = next(link for link in case.gold.links if link.key == "counted")
    assert any("this: " in one and all(case.gold.claims[premise] in one for premise in counted.premises) for one in wanted)


def test_known_statements_are_of_their_case(gold_cases: dict[str, GoldCase]) -> None:
    """At most as many of each kind as asked for, and the draw is the seed's."""
    drawn = known(gold_cases["bees"], 2, random.Random(5))
    assert drawn == known(gold_cases["bees"], 2, random.Random(5))
    assert all(isinstance(one, Known) and one.case == "bees" for one in drawn)
    assert max([one.flaw for one in drawn].count(flaw) for flaw in {one.flaw for one in drawn}) <= 2


def test_what_is_said_word_for_word_needs_no_judge(gold_cases: dict[str, GoldCase], tmp_path: Path) -> None:
    """A trial that words what is wanted as the gold does has found it, even before a judge who never says yes to it; nobody is asked."""
    chosen = pairs(gold_cases)
    verbatim = tuple(
        one.model_copy(update={"statement": one.statement.model_copy(update={"made": one.statement.wanted.upper()})})
        for one in chosen.chosen
        if one.configuration == "b" and isinstance(one.statement, Pair)
    )
    told = chosen.model_copy(update={"chosen": (*(one for one in chosen.chosen if one.configuration == "a"), *verbatim)})
    found, scripted = same_by(told, lambda same, _: same, tmp_path)
    assert found.shares["b"][0] == 1
    shown = [item for request in scripted.asked for item in request.inputs.items]  # type: ignore[attr-defined]
    assert not any(item.first.casefold() == item.second.casefold() for item in shown)
