"""Links are judged in two wordings, the lists turned round; where the two are far apart they are judged a third time."""

from __future__ import annotations

import asyncio
import math
import statistics
from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.cruxes import FAR_APART, at_odds, judge, judge_again
from credence.engine import coherent_judgments
from credence.judgments import Key, expit, logit
from knowledge.records import Incident, Judgment, Link, Perspective, Record
from knowledge.views import View
from knowledge.vocabulary import Quantity
from prompts.loading import load
from prompts.tasks.cruxes import LINKS, TESTIMONY, LinkAngle, LinkJudgment, LinkJudgments, LinksInputs
from reasoners.baseline.judging import judge_links, weigh_testimonies
from reasoners.errors import Unrecorded
from reasoners.local import LocalAnswerer
from reasoners.requests import Completion, Request
from tests.agents.builders import unlimited
from tests.credence.builders import NO, YES, Argument

FRESH = Perspective(name="fresh", description="Nothing judged yet.")
EXPECTED: Mapping[LinkAngle, float] = {LinkAngle.DIRECT: 0.8, LinkAngle.FREQUENCY: 0.7, LinkAngle.CONTRARY: 0.6}


class Scripted(LocalAnswerer):
    """Says of each link how expected its premises are in its own world, 0.2 elsewhere; of the step ``odd`` the contrary when it counts."""

    def __init__(self, odd: str = "", *, older: bool = False) -> None:
        super().__init__("script", {LINKS.name: self.judged, TESTIMONY.name: weigh_testimonies})
        self.odd, self.older = odd, older
        self.heard: list[LinksInputs] = []

    def judged(self, inputs: LinksInputs) -> LinkJudgments:
        """Judge all."""
        self.heard.append(inputs)
        found = []
        for link in inputs.links:
            contrary = link.premises == (self.odd,) and inputs.angle is LinkAngle.FREQUENCY
            own, elsewhere = (0.05, 0.6) if contrary else (EXPECTED[inputs.angle], 0.2)
            expected = tuple(own if at == link.offered else elsewhere for at in range(1, len(link.worlds) + 1))
            found.append(LinkJudgment(number=link.number, expectedness=expected, holds=0.9, reason=inputs.angle.value))
        return LinkJudgments(judgments=tuple(found))

    async def complete(self, request: Request) -> Completion:
        """Have no answer to the second wording if the recording is older than it."""
        if self.older and isinstance(request.inputs, LinksInputs) and request.inputs.angle is not LinkAngle.DIRECT:
            raise Unrecorded(request.task.name)
        return await super().complete(request)


def argument() -> Argument:
    """Two reasons for and against answers, and one for a claim."""
    made = Argument()
    seen = made.claim("seen", 1.0)
    made.bears(seen, YES, 0.8, 0.3)
    made.bears(made.claim("heard", 0.5), NO, 0.3, 0.6)
    made.bears(made.claim("behind", 1.0), seen, 0.8, 0.3)
    return made


def asked(folder: Path, made: Argument, answerer: LocalAnswerer, *, twice: bool = True) -> tuple[Record, ...]:
    """What is judged, the third time included."""
    reasoner = unlimited(answerer, folder / "journal.db")
    view = View.of([*made.records, FRESH])
    first = asyncio.run(judge(view, FRESH, reasoner, twice=twice)).records
    return (*first, *asyncio.run(judge_again(View.of([*view.records.values(), *first]), FRESH, reasoner)).records)


def of_links(records: tuple[Record, ...]) -> list[Judgment]:
    """The judgments of links among them."""
    return [one for one in records if isinstance(one, Judgment) and one.record.startswith("link-")]


def test_a_link_is_judged_twice_the_second_time_turned_round(tmp_path: Path) -> None:
    """Links and worlds stand in reverse, the wording is another, and what is said of a world is kept as said of it."""
    made, answerer = argument(), Scripted()
    records = of_links(asked(tmp_path, made, answerer))
    direct, counted = sorted(answerer.heard, key=lambda one: list(LinkAngle).index(one.angle))
    assert [link.premises for link in counted.links] == [link.premises for link in direct.links][::-1]
    for there, back in zip(direct.links, counted.links[::-1], strict=True):
        assert (there.offered, back.offered) == (1, len(back.worlds))
        assert there.worlds == back.worlds[::-1]
    assert len({load(LINKS).render(direct.model_copy(update={"angle": angle})).system for angle in LinkAngle}) == 3
    for link in made.view.all(Link):
        said = {(one.wording, one.given): one.value for one in records if one.record == link.id and one.quantity is Quantity.EXPECTEDNESS}
        assert {value for (wording, given), value in said.items() if given == link.target and wording == 0} == {0.8}
        assert {value for (wording, given), value in said.items() if given == link.target and wording == 1} == {0.7}
        assert {value for (_, given), value in said.items() if given != link.target} == {0.2}
        judgments, _ = coherent_judgments(View.of([*made.records, FRESH, *records]), FRESH.id)
        assert judgments.judged()[(link.id, Quantity.EXPECTEDNESS, link.target)] == pytest.approx(expit((logit(0.8) + logit(0.7)) / 2))


def test_links_whose_judgments_are_far_apart_are_judged_a_third_time(tmp_path: Path) -> None:
    """Only these, by nobody who is told of the two; the three are pooled, and their spread is the number's noise."""
    made, answerer = argument(), Scripted(odd="seen")
    records = of_links(asked(tmp_path, made, answerer))
    third = [one for one in answerer.heard if one.angle is LinkAngle.CONTRARY]
    assert [[link.premises for link in one.links] for one in third] == [[("seen",)]]
    link = next(one for one in made.view.all(Link) if one.target == YES.id)
    place = Key(link.id, Quantity.EXPECTEDNESS, YES.id)
    said = [one.value for one in records if (one.record, one.quantity, one.given) == place]
    assert sorted(said) == [0.05, 0.6, 0.8]
    judgments, _ = coherent_judgments(View.of([*made.records, FRESH, *records]), FRESH.id)
    judgments.expected_under(link, [YES, NO])
    assert judgments.used[place].noise == pytest.approx(statistics.stdev(map(logit, said)))
    assert not at_odds(View.of([*made.records, FRESH, *records]), FRESH)


def test_how_far_apart_is_too_far() -> None:
    """Likelihood ratios are compared, so what is equally more expected in every world is no difference."""
    made = argument()
    link = next(one for one in made.view.all(Link) if one.target == YES.id)

    def twice(first: tuple[float, float], second: tuple[float, float]) -> View:
        said = [
            Judgment(
                record=link.id,
                quantity=Quantity.EXPECTEDNESS,
                value=value,
                given=given,
                perspective=FRESH.id,
                judge="j",
                reason="r",
                wording=at,
            )
            for at, values in enumerate((first, second))
            for given, value in zip((YES.id, NO.id), values, strict=True)
        ]
        return View.of([*made.records, FRESH, *said])

    assert not at_odds(twice((0.6, 0.3), (0.06, 0.03)), FRESH)
    near, far = (0.3 * math.exp(-FAR_APART + step) for step in (0.01, -0.01))
    assert not at_odds(twice((0.6, 0.3), (0.6, near)), FRESH)
    assert at_odds(twice((0.6, 0.3), (0.6, far)), FRESH) == [link]


def test_a_step_that_holds_by_one_wording_alone_or_can_not_stand_is_judged_again(tmp_path: Path) -> None:
    """Warrants are compared as log odds; what the engine refuses of two equal answers is asked again too."""
    made = argument()
    view = View.of([*made.records, FRESH, *asked(tmp_path, made, Scripted())])
    assert not at_odds(view, FRESH)
    link = view.all(Link)[0]
    again = [one for one in view.all(Judgment) if one.record == link.id and one.wording == 1]

    def otherwise(**values: float) -> View:
        changed = [one.model_copy(update={"value": values[one.quantity.value]}) for one in again if one.quantity.value in values]
        kept = [one for one in view.records.values() if one not in again or one.quantity.value not in values]
        return View.of([*kept, *changed])

    assert at_odds(otherwise(warrant=0.6), FRESH) == [link]
    premises = tuple(sorted((*link.premises, made.claim("beside", 1.0).id)))
    joint = Link(premises=premises, target=link.target, relation=link.relation, warrant=link.warrant)
    said = [one for one in view.all(Judgment) if one.record == link.id]
    likelier = {Quantity.EXPECTEDNESS: 0.9}
    both = [one.model_copy(update={"record": joint.id, "value": likelier.get(one.quantity, one.value)}) for one in said]
    view = View.of([*made.records, *view.records.values(), joint, *both])
    assert {one.record for one in coherent_judgments(view, FRESH.id)[1]} == {joint.id}
    assert at_odds(view, FRESH) == [joint]


def test_more_links_at_odds_than_are_asked_about_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The furthest apart are judged again; how many are left is an incident."""
    monkeypatch.setattr("agents.cruxes.FAR_APART", 0.05)
    monkeypatch.setattr("agents.cruxes.MOST_AGAIN", 2)
    made, answerer = argument(), Scripted(odd="seen")
    records = asked(tmp_path, made, answerer)
    third = [link.premises for one in answerer.heard if one.angle is LinkAngle.CONTRARY for link in one.links]
    assert third[0] == ("seen",)
    assert len(third) == 2
    assert [one.problem for one in records if isinstance(one, Incident)] == [
        "1 links more than are asked about a third time have two judgments that are far apart"
    ]


def test_a_wording_that_got_no_answer_is_asked_for_in_the_next_round(tmp_path: Path) -> None:
    """What stands by one wording alone is asked for the other; what somebody else judged is not."""
    made, answerer = argument(), Scripted()
    older = asked(tmp_path, made, Scripted(older=True))
    view = View.of([*made.records, FRESH, *older])
    links = view.all(Link)
    elsewhere = [one.model_copy(update={"judge": "a person"}) for one in of_links(older) if one.record == links[0].id]
    view = View.of([*(one for one in view.records.values() if not (isinstance(one, Judgment) and one.record == links[0].id)), *elsewhere])
    (tmp_path / "next").mkdir()
    reasoner = unlimited(answerer, tmp_path / "next" / "journal.db")
    records = of_links(asyncio.run(judge(view, FRESH, reasoner)).records)
    assert {one.record for one in records} == {link.id for link in links[1:]}
    assert {one.wording for one in records} == {1}


def test_once_is_enough_where_it_is_wanted_or_nothing_else_was_recorded(tmp_path: Path) -> None:
    """One elicitation asks once; a recording from before the second leaves the first to stand, and says so."""
    made, answerer = argument(), Scripted()
    once = asked(tmp_path, made, answerer, twice=False)
    assert {one.angle for one in answerer.heard} == {LinkAngle.DIRECT}
    (tmp_path / "older").mkdir()
    older = asked(tmp_path / "older", made, Scripted(older=True))
    assert of_links(older) == of_links(once)
    assert [one.problem for one in older if isinstance(one, Incident)] == [
        "the recording is older than this question: links are judged once less"
    ]


def test_the_baseline_says_the_same_in_any_order(tmp_path: Path) -> None:
    """Its numbers go with the worlds."""
    made = argument()
    answerer = LocalAnswerer("baseline", {LINKS.name: judge_links, TESTIMONY.name: weigh_testimonies})
    records = of_links(asked(tmp_path, made, answerer))
    said = {(one.record, one.quantity, one.given, one.wording): one.value for one in records}
    assert len(said) == len(records)
    assert all(value == said[(record, quantity, given, 1 - wording)] for (record, quantity, given, wording), value in said.items())
