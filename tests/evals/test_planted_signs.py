"""What counts as catching a planted flaw: by hand-made views, since no reasoner of the tests makes them all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from evals.scorers.scorer import Produced, Scored
from evals.suites.planted_flaws import PlantedCase, mixes_scripts, planted_suite
from knowledge.blobs import digest_of_text
from knowledge.records import Answer, Assertion, Claim, Finding, FindingKind, Passage, Question, Record, Severity, Source
from knowledge.views import View

QUESTION = Question(name="main", text="Was the price fair?")
ANSWERS = (Answer(question=QUESTION.id, name="fair", text="It was fair."), Answer(question=QUESTION.id, name="unfair", text="It wasn't."))


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
    return case.scores(flawed, clean)["caught/2"]


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
def test_homoglyphs_are_caught_by_reading_through_them(claims: Sequence[str], value: float) -> None:
    """The sentence is read, in letters of one script; a sentence passed over or copied with its traps is not caught."""
    case = case_of("homoglyphs")
    assert case.flaw.at is not None
    words = case.flaw.at.flawed
    flawed, clean = produced(words, *((words, claim) for claim in claims)), produced(case.flaw.at.clean)
    assert mixes_scripts(words)
    assert caught(case, flawed, clean).value == value
