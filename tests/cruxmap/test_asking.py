"""Opening a crux and asking what if, from the command line, on a real run of the baseline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cruxmap.cli import main
from tests.conftest import ROOT
from tests.cruxmap.conftest import Program


@pytest.fixture(scope="module")
def eggs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a finished run over the eggs case."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRUXMAP_HOME", str(home))
        patch.setattr("sys.argv", ["cruxmap", "run", str(ROOT / "cases" / "eggs"), "--reasoner", "baseline", "--run-id", "eggs", "--json"])
        with pytest.raises(SystemExit):
            main()
    return home


@pytest.fixture
def home(eggs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That home, for the program to look into."""
    monkeypatch.setenv("CRUXMAP_HOME", str(eggs))
    return eggs


def first_crux(program: Program) -> dict:
    """The leading crux about a claim."""
    _, out, _ = program("cruxes", "eggs", "--json")
    return next(crux for crux in json.loads(out)["cruxes"] if crux["kind"] == "claim")


def test_why_opens_a_crux(program: Program) -> None:
    """It shows the claim, its credence and shift, who says it in which words, and how it bears on the question."""
    crux = first_crux(program)
    code, out, _ = program("cruxes", "eggs", "--why", crux["subject"])
    assert code == 0
    assert crux["text"].rstrip(".") in out
    assert "what is said on it" in out
    assert "how it bears" in out
    assert f"expected shift {crux['expected_shift']:.3f}" in out


def test_the_standing_says_how_firm_the_answer_is(program: Program) -> None:
    """Verdict, bands under noise, cruxes without copies, what it rests on and what would overturn it."""
    code, out, _ = program("cruxes", "eggs", "--standing")
    assert code == 0
    assert "leads" in out
    assert "judged again" in out
    assert "rests on" in out
    assert "overturns it" in out


def test_why_of_what_carries_nothing_says_so(program: Program) -> None:
    """An id that no argument rests on is an error that says what was looked for."""
    code, _, err = program("cruxes", "eggs", "--why", "claim-00000000000000000000")
    assert code == 1
    assert "claim-0000" in err


def test_what_if_moves_the_answers_as_the_crux_foretells(program: Program) -> None:
    """Taking the leading crux as certain brings the answers where its own score says, to the percent shown."""
    crux = first_crux(program)
    code, out, _ = program("what-if", "eggs", f"{crux['subject'][:14]}=1")
    assert code == 0
    assert "taking as more than 9,999 in 10,000" in out
    after = [line.split("->")[1].split()[0] for line in out.splitlines() if "->" in line]
    most = max(crux["if_true"])
    assert f"{100 * most:.0f}%" in after


@pytest.mark.parametrize(
    ("given", "word"), [(["eggs"], "what if what"), (["eggs", "claim-1=2"], "probability"), (["eggs", "zzz=0.5"], "zzz")]
)
def test_a_question_put_wrongly_is_refused_with_advice(program: Program, given: list[str], word: str) -> None:
    """Without a claim, with no probability, or with an unknown claim nothing is computed."""
    code, _, err = program("what-if", *given)
    assert code in {1, 2}
    assert word in err
