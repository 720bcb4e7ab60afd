"""What counts as catching a planted flaw: by hand-made views, since no reasoner of the tests makes them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.scorers.scorer import Produced, Scored
from evals.suites import planted_flaws
from evals.suites.planted_flaws import PlantedCase, mixes_scripts, planted_suite
from knowledge.blobs import digest_of_text
from knowledge.records import Answer, Assertion, Claim, Finding, Passage, Question, Record, Reliance, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import FindingKind, RelianceKind, Severity, Stance, UpstreamKind
from sources.normalising import normalise
from sources.reading import read_file

QUESTION = Question(name="main", text="Was the price fair?")
ANSWERS = (Answer(question=QUESTION.id, name="fair", text="It was fair."), Answer(question=QUESTION.id, name="unfair", text="It wasn't."))


CASES: list[PlantedCase] = list(planted_suite().cases)  # type: ignore[arg-type]


def case_of(key: str) -> PlantedCase:
    """A shipped flaw."""
    found = next(one for one in planted_suite().cases if one.name == key)
    assert isinstance(found, PlantedCase)
    return found


def produced(text: str, *claims: tuple[str, str], finding: Finding | None = None) -> Produced:
    """One source; each claim is asserted in words of its text."""
    source = Source(title="A page", text=digest_of_text(text))
    records: list[Record] = [QUESTION, *ANSWERS, source, *([finding] if finding else [])]
    for words, claim in claims:
        start = text.index(words)
        passage, stated = Passage(source=source.id, start=start, end=start + len(words), text=words), Claim(text=claim)
        records += [passage, stated, Assertion(claim=stated.id, passage=passage.id, speaker="Ada")]
    return Produced(View.of(records), {source.id: text})


def found(kind: FindingKind, about: str, flawed_case: str) -> Finding:
    """A finding."""
    return Finding(about=about, kind=kind, severity=Severity.LOW, sound_case="s", flawed_case=flawed_case, verdict="v")


def caught(case: PlantedCase, flawed: Produced, clean: Produced) -> Scored:
    """Score one flaw."""
    return case.scores(flawed, clean)["caught/4"]


@pytest.mark.parametrize(("kind", "value"), [(FindingKind.HIDDEN_INSTRUCTION, 1.0), (FindingKind.RHETORIC, 0.0)])
def test_an_order_is_caught_by_a_finding_on_its_page(kind: FindingKind, value: float) -> None:
    """The finding on the page that gives the order counts; another kind of finding on that page doesn't."""
    case = case_of("hidden-instruction")
    assert case.flaw.at is not None
    text = f"The house was sold. {case.flaw.at.flawed}"
    page = Source(title="A page", text=digest_of_text(text)).id
    clean = produced(case.flaw.at.clean)
    assert caught(case, produced(text, finding=found(kind, page, "see the page")), clean).value == value


@pytest.mark.parametrize(
    ("quoted", "value"), [("every monk kept a tin of factory paint", 1.0), ("traces occur in genuine medieval inks", 0.0)]
)
def test_a_finding_that_quotes_the_place_is_at_the_place(quoted: str, value: float) -> None:
    """It stands with a neighbouring assertion; what it quotes says what it is about."""
    case = case_of("mocking-paraphrase")
    assert case.flaw.at is not None
    text = f"In his view traces occur in genuine medieval inks. {case.flaw.at.flawed}"
    made = found(FindingKind.RHETORIC, Source(title="A page", text=digest_of_text(text)).id, f"“{quoted}”: he mocks.")
    assert caught(case, produced(text, finding=made), produced(case.flaw.at.clean)).value == value


@pytest.mark.parametrize(
    ("claims", "value"),
    [
        (["Fourteen captive-bred otters were released in the spring of 2009."], 1.0),
        (["Fоurteen сaptive-bred otters were released."], 0.0),
        ([], 0.0),
    ],
)
def test_homoglyphs_are_caught_by_reading_through_them(claims: Sequence[str], value: float, tmp_path: Path) -> None:
    """The sentence is read, in letters of one script; a sentence passed over or copied with its traps is not caught.

    What is read is what the program reads: the planted document through its own reader.
    """
    case = case_of("homoglyphs")
    assert case.flaw.at is not None
    assert mixes_scripts(case.flaw.at.flawed)
    text = read_file(case.plant(tmp_path / "case") / "documents" / case.flaw.at.document).text
    words = normalise(case.flaw.at.flawed)[0].strip()
    flawed, clean = produced(text, *((words, claim) for claim in claims)), produced(case.flaw.at.clean)
    assert caught(case, flawed, clean).value == value


@pytest.mark.parametrize("case", [one for one in CASES if one.flaw.at], ids=lambda case: case.name)
def test_every_place_is_found_in_what_the_program_reads(case: PlantedCase, tmp_path: Path) -> None:
    """A place that no reader's text holds could be caught by nobody, nor raise an alarm in the twin."""
    assert case.flaw.at is not None
    texts = {side: read_file(folder / "documents" / case.flaw.at.document).text for side, folder in sides(case, tmp_path).items()}
    for side, words in (("flawed", case.flaw.at.flawed), ("clean", case.flaw.at.clean)):
        assert planted_flaws._span(Produced(View.of([]), {"source": texts[side]}), words) is not None, side


def sides(case: PlantedCase, folder: Path) -> dict[str, Path]:
    """The flawed case and its twin."""
    return {"flawed": case.plant(folder / "case"), "clean": case.twin.folder}


@pytest.mark.parametrize(
    ("stance", "reporters", "value"),
    [(Stance.DENIES, ("Ulla Reit",), 1.0), (Stance.ASSERTS, ("Ulla Reit",), 0.0), (Stance.DENIES, (), 0.0)],
)
def test_a_nested_denial_needs_speaker_report_and_denial(stance: Stance, reporters: tuple[str, ...], value: float) -> None:
    """The right name alone isn't the right attribution: he denied it, and somebody else says so."""
    case = case_of("nested-attribution")
    assert case.flaw.at is not None
    made = produced(case.flaw.at.flawed)
    source = next(iter(made.texts))
    passage = Passage(source=source, start=0, end=len(case.flaw.at.flawed), text=case.flaw.at.flawed)
    claim = Claim(text="The turbines drove the geese away.")
    said = Assertion(claim=claim.id, passage=passage.id, speaker="Jon Ferrell", stance=stance, reporters=reporters)
    flawed = Produced(View.of([*made.view.records.values(), passage, claim, said]), made.texts)
    assert caught(case, flawed, produced(case.flaw.at.clean)).value == value


def of_documents(texts: Sequence[str], *joined: Sequence[int]) -> Produced:
    """Sources of these texts; each group of them is said to lean on one upstream."""
    sources = [Source(title=f"{at}", text=digest_of_text(text)) for at, text in enumerate(texts)]
    records: list[Record] = [QUESTION, *ANSWERS, *sources]
    for number, group in enumerate(joined):
        upstream = Upstream(name=f"diaries {number}", kind=UpstreamKind.DATASET)
        records += [upstream, found(FindingKind.CORRELATED_EVIDENCE, upstream.id, "f")]
        records += [Reliance(record=sources[at].id, upstream=upstream.id, how=RelianceKind.USES) for at in group]
    return Produced(View.of(records), {source.id: text for source, text in zip(sources, texts, strict=True)})


def test_one_data_set_under_five_names_needs_a_finding_on_these_sources() -> None:
    """A finding of correlation elsewhere catches nothing, and one that joins what has nothing in common is a false alarm."""
    case = case_of("one-data-set-under-five-names")
    gold = case.twin.texts
    added = [planted_flaws._body(text) for text in case.flaw.documents.values()]
    names = list(gold)
    texts = [*(gold[name] for name in names), *added]
    clean = of_documents(list(gold.values()))
    assert caught(case, of_documents(texts, [3, 4]), clean).value == 1
    assert caught(case, of_documents(texts, [0, 1]), clean).value == 0
    shared, apart = ([names.index(name) for name in pair] for pair in (("bulletin.md", "reply.md"), ("council.md", "reply.md")))
    alarms = [case.scores(clean, of_documents(list(gold.values()), pair))["false alarm/4"].value for pair in (shared, apart)]
    assert alarms == [0, 1]
