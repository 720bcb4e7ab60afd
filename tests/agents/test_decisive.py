"""What the dispute turns on is asked of a list of what the sources differ over, in both orders, and comes first of what moves the answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.decisive import candidates, name_cruxes
from credence.engine import assess
from knowledge.records import Incident, Link, Record, Retraction, Tag
from knowledge.views import View
from prompts.tasks.cruxes import DECISIVE, Decisive, DecisiveInputs, NamedCrux
from reasoners.local import LocalAnswerer
from tests.agents.builders import Unheard, unlimited
from tests.credence.builders import NO, YES, Argument


class Naming:
    """Names candidates by their words, and keeps what it was shown."""

    def __init__(self, *named: str, first_only: str = "", concludes: str = "") -> None:
        self.named, self.first_only, self.concludes, self.heard = named, first_only, concludes, list[DecisiveInputs]()

    def __call__(self, inputs: DecisiveInputs) -> Decisive:
        """Name them where they stand."""
        self.heard.append(inputs)
        once = len(self.heard) == 1
        found = [one for one in inputs.candidates if one.text in self.named or (once and one.text == self.first_only)]
        concluding = tuple(one.number for one in inputs.candidates if one.text == self.concludes)
        return Decisive(cruxes=tuple(NamedCrux(number=one.number, reason=f"{one.text} decides.") for one in found), conclusions=concluding)


def disputed() -> Argument:
    """Three reasons, of which "strong" moves the answer most, then "middle"; "faint" hardly. All are objected to, "granted" is not."""
    made = Argument()
    made.priors(0.5, 0.45, 0.05)
    for text, expected in (("strong", (0.9, 0.2)), ("middle", (0.7, 0.3)), ("faint", (0.505, 0.5))):
        claim = made.claim(text, 0.4)
        made.bears(claim, YES, *expected)
        made.bears(made.claim(f"against {text}", 0.1), claim, 0.4, 0.6)
    made.bears(made.claim("granted", 0.5), NO, 0.6, 0.4)
    return made


def named(tmp_path: Path, made: Argument, answerer: LocalAnswerer) -> tuple[Record, ...]:
    """What the agent hands back."""
    reasoner = unlimited(answerer, tmp_path / "journal.db")
    return asyncio.run(name_cruxes(made.view, reasoner)).records


def first_cruxes(view: View) -> list[str]:
    """The wordings of the cruxes that are claims, in their order."""
    return [getattr(view.records[crux.subject], "text", "") for crux in assess(view).questions[0].cruxes if not crux.is_warrant]


def test_what_readings_name_comes_first_if_it_moves_the_answers(tmp_path: Path) -> None:
    """Named in both orders before named in one before the rest; what moves next to nothing stays last; no probability changes."""
    made = disputed()
    before = assess(made.view).questions[0]
    assert first_cruxes(made.view)[0] == "strong"
    naming = Naming("middle", "faint", first_only="against strong")
    records = named(tmp_path, made, LocalAnswerer("script", {DECISIVE.name: naming}))
    forwards, backwards = ([one.text for one in inputs.candidates] for inputs in naming.heard)
    assert forwards == backwards[::-1]
    view = View.of([*made.records, *records])
    after = assess(view).questions[0]
    told = first_cruxes(view)
    assert told[:3] == ["middle", "against strong", "strong"]
    assert told.index("faint") > told.index("strong")
    middle = next(crux for crux in after.cruxes if getattr(view.records[crux.subject], "text", "") == "middle")
    assert middle.decisive == ("middle decides.", "middle decides.")
    assert [one.probability for one in after.answers] == [one.probability for one in before.answers]


def test_only_what_is_disputed_and_bears_is_shown(tmp_path: Path) -> None:
    """With who says it, what is objected, and for a step where it leads; without a dispute nobody is asked."""
    made = disputed()
    step = next(link for link in made.view.all(Link) if link.target == YES.id)
    made.undercuts(made.claim("broken", 0.2), step, 0.5)
    made.bears(made.claim("idle", 1.0), made.claim("of no account", 1.0), 0.4, 0.6)
    naming = Naming()
    named(tmp_path, made, LocalAnswerer("script", {DECISIVE.name: naming}))
    shown = {(one.text, one.leads_to): one for one in naming.heard[0].candidates}
    assert {text for text, leads_to in shown if not leads_to} == {
        *(f"{beginning}{text}" for text in ("strong", "middle", "faint") for beginning in ("", "against ")),
        "broken",
    }
    assert shown["strong", ""].said == ("Witnessstrong asserts", "objection: against strong")
    assert shown["strong", YES.text].said == ("objection: broken",)
    assert candidates(made.view)[0] == step.id, "what is nearest to an answer comes first"
    calm = Argument()
    calm.bears(calm.claim("seen", 1.0), YES, 0.8, 0.3)
    assert named(tmp_path, calm, Unheard()) == ()


def test_asked_again_what_was_named_before_is_retracted(tmp_path: Path) -> None:
    """The same answer changes nothing; another replaces it."""
    made = disputed()
    made.records += named(tmp_path, made, LocalAnswerer("script", {DECISIVE.name: Naming("strong")}))
    assert not [one for one in named(tmp_path, made, Unheard()) if isinstance(one, Retraction)]
    made.bears(made.claim("read later", 1.0), YES, 0.7, 0.3)
    again = named(tmp_path, made, LocalAnswerer("script", {DECISIVE.name: Naming("middle")}))
    gone = {one.record for one in again if isinstance(one, Retraction)}
    assert gone == {one.id for one in made.records if isinstance(one, Tag) and one.name.startswith("decisive/")}


def test_what_both_orders_call_a_conclusion_is_no_crux(tmp_path: Path) -> None:
    """By its words, wherever it stands on the list; asked again, what was said before is retracted."""
    made = disputed()
    made.records += named(tmp_path, made, LocalAnswerer("script", {DECISIVE.name: Naming("middle", concludes="strong")}))
    assert "strong" not in first_cruxes(made.view)
    assert first_cruxes(made.view)[0] == "middle"
    made.bears(made.claim("read later", 1.0), YES, 0.7, 0.3)
    again = named(tmp_path, made, LocalAnswerer("script", {DECISIVE.name: Naming("middle")}))
    gone = {one.record for one in again if isinstance(one, Retraction)}
    assert {made.view.get(one, Tag).name for one in gone} == {"conclusion/1", "conclusion/2"}


def test_a_recording_without_it_is_an_incident(tmp_path: Path) -> None:
    """The engine's order stands."""
    (missing,) = named(tmp_path, disputed(), Unheard())
    assert isinstance(missing, Incident)
    assert "in the order of what they move alone" in missing.problem


@pytest.mark.parametrize("numbers", [(99,), (1, 1)])
def test_an_answer_that_names_nothing_listed_is_refused(tmp_path: Path, numbers: tuple[int, ...]) -> None:
    """No such candidate, or one twice: an incident, after the retries."""
    wrong = Decisive(cruxes=tuple(NamedCrux(number=number, reason="r") for number in numbers))
    records = named(tmp_path, disputed(), LocalAnswerer("script", {DECISIVE.name: lambda _: wrong}))
    assert {type(one) for one in records} == {Incident}
