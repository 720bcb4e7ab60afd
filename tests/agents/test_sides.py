"""Each answer that somebody concludes for gets a perspective: its best case from its own and from neutral sources."""

from __future__ import annotations

import asyncio
from pathlib import Path

from agents.sides import take_sides
from credence.engine import assess
from credence.judgments import perspectives_of
from credence.perspectives import dispute
from knowledge.records import Incident, Perspective, Record
from knowledge.views import View
from prompts.tasks.cruxes import ARGUE, ArgueInputs, LinkJudgment, LinkJudgments
from reasoners.local import LocalAnswerer
from tests.agents.builders import Unheard, unlimited
from tests.credence.builders import NO, QUESTION, READER, YES, Argument


def argue(inputs: ArgueInputs) -> LinkJudgments:
    """Find every step strong that favours the side, weak else, and show what was seen."""
    for_it = inputs.side == YES.text
    return LinkJudgments(
        judgments=tuple(
            LinkJudgment(
                number=link.number,
                expectedness=tuple(0.8 if at == 0 else 0.2 for at in range(len(link.worlds))),
                holds=0.9 if for_it else 0.2,
                reason=f"{len(inputs.passages)} passages",
            )
            for link in inputs.links
        )
    )


def disputed() -> Argument:
    """Ada concludes that the dam leaks, Ben that it holds; each also tells something that he or she saw, and Eve is neutral."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    for speaker, words, answer in (("Ada", "The dam leaks indeed", YES), ("Ben", "The dam holds indeed", NO)):
        argument.bears(argument.claim(words, 1.0, speaker=speaker), answer, 0.97, 0.02, warrant=0.95)
        argument.bears(argument.claim(f"{speaker} saw something at night", 1.5, speaker=speaker), answer, 0.7, 0.3)
    argument.bears(argument.claim("Eve measured the cellar", 1.5, speaker="Eve"), YES, 0.7, 0.4)
    return argument


def sided(tmp_path: Path, argument: Argument, answerer: LocalAnswerer) -> tuple[View, tuple[Record, ...]]:
    """The argument with its sides."""
    reasoner = unlimited(answerer, tmp_path / "journal.db")
    proposal = asyncio.run(take_sides(argument.view, READER, reasoner))
    return View.of([*argument.records, *proposal.records]), proposal.records


def test_two_sides_and_their_double_cruxes(tmp_path: Path) -> None:
    """Each side lets its answer stand higher than the reader does, keeps neutral testimony, and what they differ about can be told."""
    view, _ = sided(tmp_path, disputed(), LocalAnswerer("script", {ARGUE.name: argue}))
    reader, *sides = perspectives_of(view)
    assert reader == READER
    assert {one.name for one in sides} == {"best case for a-yes", "best case for b-no"}
    yes, no = (next(one for one in sides if one.name.endswith(name)) for name in (YES.name, NO.name))
    now = [assess(view, perspective=one.id).questions[0].answers[0].probability for one in (yes, READER, no)]
    assert now[0] > now[1] > now[2]
    found = dispute(view, QUESTION, first=yes.id, second=no.id)
    assert found.gap > 0.1
    assert found.double_cruxes[0].closes > 0


def test_a_recording_without_the_sides_is_an_incident(tmp_path: Path) -> None:
    """The sides still differ in whom they believe; that their own judgments of links are missing is said for each."""
    view, records = sided(tmp_path, disputed(), Unheard())
    assert sum(isinstance(one, Incident) and "recording is older" in one.problem for one in records) == 2
    assert len(perspectives_of(view)) == 3


def test_no_sides_where_nobody_contradicts(tmp_path: Path) -> None:
    """Where all who conclude conclude alike, there is one perspective and nothing is asked."""
    argument = Argument()
    argument.bears(argument.claim("The dam leaks indeed", 1.0, speaker="Ada"), YES, 0.97, 0.02, warrant=0.95)
    _, records = sided(tmp_path, argument, Unheard())
    assert not [one for one in records if isinstance(one, Perspective | Incident)]


def test_sides_taken_twice_are_the_same(tmp_path: Path) -> None:
    """Taking sides again over the result adds and retracts nothing new, so that a further round or a resumed one repeats nothing."""
    answerer = LocalAnswerer("script", {ARGUE.name: argue})
    view, records = sided(tmp_path, disputed(), answerer)
    reasoner = unlimited(answerer, tmp_path / "again.db")
    again = asyncio.run(take_sides(view, READER, reasoner))
    assert {one.id for one in again.records} <= {one.id for one in records}
