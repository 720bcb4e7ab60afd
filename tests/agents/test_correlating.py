"""One data set that documents call by different names is a finding with the passages; one that is only spelt otherwise is none."""

from __future__ import annotations

import asyncio
from pathlib import Path

from agents.correlating import disguises
from agents.critic import survey
from knowledge.records import Alias, Finding, Incident, Passage, Question, Record, Retraction, Upstream
from knowledge.views import View
from knowledge.vocabulary import FindingKind, Severity, UpstreamKind
from prompts.tasks.critic import SURVEY, SharedUpstream, Survey, SurveyInputs
from reasoners.journal import Journal, Totals
from reasoners.limits import Limits, Meter
from reasoners.local import LocalAnswerer
from reasoners.reasoner import Reasoner
from tests.agents.test_aliasing import DIARIES, case, cohort, joined, told


def proposed(tmp_path: Path, view: View, *correlated: SharedUpstream) -> tuple[tuple[Record, ...], SurveyInputs]:
    """What comes of a survey that answers so, and what it was shown."""
    seen: list[SurveyInputs] = []

    def answer(inputs: SurveyInputs) -> Survey:
        seen.append(inputs)
        return Survey(correlated=correlated)

    question = Question(name="sleep", text="Did they sleep longer?")
    reasoner = Reasoner(
        LocalAnswerer("script", {SURVEY.name: answer}),
        Journal.at(tmp_path / f"{view.digest}.db", "run"),
        Meter(Limits(), Totals(0, 0, 0, 0, 0.0, 0, 0.0)),
    )
    return asyncio.run(survey(View.of([question, *view.records.values()]), reasoner)).records, seen[0]


def surveyed(tmp_path: Path, view: View, *correlated: SharedUpstream) -> tuple[list[Finding], SurveyInputs]:
    """The findings alone."""
    records, shown = proposed(tmp_path, view, *correlated)
    return [one for one in records if isinstance(one, Finding)], shown


def shared(upstream: str, *sources: int) -> SharedUpstream:
    """Sources that a survey says to lean on one thing."""
    return SharedUpstream(
        upstream=upstream, sources=sources, sound_case="They may be apart.", flawed_case="They share 31 pupils.", severity=Severity.LOW
    )


def same(records: list[Record], *names: str) -> View:
    """The view after all of some names are said to be one thing's."""
    return joined(records, names)


def test_names_of_one_thing_are_a_finding(tmp_path: Path) -> None:
    """It names each name with the document that uses it, and shows a passage for each; with nothing said to be one there is none."""
    view = same(case(*DIARIES), *DIARIES)
    (found,), _ = surveyed(tmp_path, view)
    assert found.kind is FindingKind.CORRELATED_EVIDENCE
    assert all(f"“{name}” (Document {number})" in found.verdict for number, name in enumerate(DIARIES))
    assert "as said" in found.flawed_case
    assert {view.get(one, Passage).text.split("says ")[1] for one in found.observations} == {f"{name}." for name in DIARIES}
    assert surveyed(tmp_path, View.of(case(*DIARIES)))[0] == []
    undone = View.of([*view.records.values(), *(Retraction(record=one.id, reason="they are three") for one in view.all(Alias))])
    assert surveyed(tmp_path, undone)[0] == []


def test_a_fuller_name_is_no_other_name(tmp_path: Path) -> None:
    """A reader sees at once that 17 trials are 17 trials with healthy people; two words for one thing nobody sees."""
    shorter, fuller = "17 trials of bedtime", "17 trials of bedtime with healthy pupils"
    assert disguises(same(case(shorter, fuller), shorter, fuller)) == {}
    names = (shorter, fuller, "the Orrin collection")
    (found,), _ = surveyed(tmp_path, same(case(*names), *names))
    assert found.verdict.startswith("3 names stand for one thing")


def test_the_survey_sees_one_name_with_the_others(tmp_path: Path) -> None:
    """Whoever surveys is shown that three sources lean on one thing; what is said on it under any name is one finding, with the names."""
    view = same(case(*DIARIES), *DIARIES)
    (found,), shown = surveyed(tmp_path, view, shared(DIARIES[1], 1, 2, 3))
    assert {one.upstreams for one in shown.sources} == {(view.called(view.origin(found.about)),)}
    assert all(name in shown.sources[0].upstreams[0] for name in DIARIES)
    assert ";" not in shown.sources[0].upstreams[0], "that stands between the names of two things"
    assert (found.severity, found.flawed_case) == (Severity.LOW, "They share 31 pupils.")
    assert "3 names stand for one thing" in found.verdict
    assert len(found.observations) == len(DIARIES)


def test_what_a_survey_calls_by_number_can_be_looked_up(tmp_path: Path) -> None:
    """The sources that share something stand with their numbers in the list, and so does another that the text calls by its number."""
    view = same(case(*DIARIES), *DIARIES)
    told = shared(DIARIES[1], 1, 2).model_copy(
        update={"flawed_case": "Sources 1 and 2 share 31 pupils; source 3, too, leans on 12 of them."}
    )
    (found,), shown = surveyed(tmp_path, view, told)
    titles = [one.title for one in shown.sources]
    assert f"not independent: (1) {titles[0]}; (2) {titles[1]}. Named besides: (3) {titles[2]}." in found.verdict


def test_what_hides_nothing_is_no_finding() -> None:
    """Another spelling, and two names of which one document uses both, are no disguise; nor are two titles of a work."""
    assert disguises(same(case("Diary panel", "the Diary Panel"), "Diary panel")) == {}
    both = [*told(1, cohort("Diary panel"), cohort("Rest cohort")), *told(2, cohort("Rest cohort"))]
    assert disguises(same(both, "Diary panel", "Rest cohort")) == {}
    works = [Upstream(name=name, kind=UpstreamKind.WORK) for name in ("Eggs", "Eggs, again")]
    alias = Alias(member=works[0].id, representative=works[1].id, reason="the same DOI or address")
    assert disguises(View.of([*told(1, works[0]), *told(2, works[1]), alias])) == {}


def test_more_names_of_one_thing_make_no_second_finding(tmp_path: Path) -> None:
    """What a later round finds of an upstream, by whatever name it stood before, takes the place of what was found; again, it repeats it."""
    view = same(case(*DIARIES[:2]), *DIARIES[:2])
    (first,), _ = surveyed(tmp_path, view)
    view = View.of([*view.records.values(), first, *told(2, cohort(DIARIES[2]))])
    view = same(list(view.records.values()), *DIARIES)
    records, _ = proposed(tmp_path, view)
    view = View.of([*view.records.values(), *records])
    (found,) = view.all(Finding)
    assert found.id != first.id
    assert found.verdict.startswith("3 names stand for one thing")
    assert proposed(tmp_path, view)[0] == (found,)


def test_it_is_as_bad_as_the_documents_are_many(tmp_path: Path) -> None:
    """Two names in four documents are worse than three in three, and nobody is told that what is said counts once."""
    two = [*case(*DIARIES[:2]), *told(7, cohort(DIARIES[1])), *told(8, cohort(DIARIES[1]))]
    (many,), _ = surveyed(tmp_path, same(two, *DIARIES[:2]))
    (few,), _ = surveyed(tmp_path, same(case(*DIARIES), *DIARIES))
    assert (many.severity, few.severity) == (Severity.HIGH, Severity.MEDIUM)
    assert many.verdict.endswith("An error in it is in all of them.")


def test_what_a_survey_says_and_nothing_fits_is_an_incident(tmp_path: Path) -> None:
    """A part of a name passes for a listed one and is no upstream's: the finding is dropped, and that is said."""
    records, _ = proposed(tmp_path, View.of(case(*DIARIES)), shared("Bedtime Survey", 1, 2))
    (dropped,) = records
    assert isinstance(dropped, Incident)
    assert dropped.subject == "Bedtime Survey"
    assert dropped.advice == "The finding is dropped."
