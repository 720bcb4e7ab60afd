"""The report of the small case: every record in its place, safe, and with nothing lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import escape

from credence.engine import assess
from credence.hearing import Hearing
from explorer.contesting import changed_minds
from explorer.reckonings import Reckoning
from explorer.record_summaries import Pull
from explorer.reports import write_report
from explorer.sensitivities import Sensitivities, Sensitivity
from explorer.summaries import Singly, summarise
from explorer.wording import percent
from knowledge.records import Assertion, Claim, Finding, Link, Passage, Source
from knowledge.vocabulary import Fault, FindingKind, Severity, Stance
from tests.explorer.conftest import FACTS, Builder, Written, small_case


def anchors(page: str) -> list[str]:
    """Every id of a page, in order."""
    return re.findall(r'\bid="([^"]+)"', page)


def test_a_link_with_two_premises_has_one_anchor(small: Written) -> None:
    """No id stands twice, though a linked argument is told with each of its premises."""
    assert any(len(link.premises) == 2 for link in small.view.all(Link))
    found = anchors(small.page)
    assert len(found) == len(set(found))


def test_claims_that_nobody_asserts_can_be_jumped_to(small: Written) -> None:
    """A premise that an argument takes for granted has an entry that says so, and no jump lands nowhere."""
    assert set(re.findall(r'href="#([^"]+)"', small.page)) <= set(anchors(small.page))
    assert small.page.count("Nobody here says it") == 1
    assert "Nobody here says it" in small.markdown
    for link in small.view.all(Link):
        assert link.id in anchors(small.page)


def test_a_finding_on_a_source_that_a_crux_rests_on_is_load_bearing(small: Written) -> None:
    """The inquiry's single point of failure bears load: the leading crux is read from it."""
    about = {found.about: found.load_bearing for found in small.summary.findings}
    for finding in small.view.all(Finding):
        if isinstance(small.view.records[finding.about], Source):
            assert about[finding.about]


def test_addresses_in_markdown_are_inert(small: Written, write) -> None:
    """A source's address stands as one link, whatever is written in it."""
    assert "<https://example.org/inquiry.pdf?a=1&b=2>" in small.markdown
    built = small_case()
    built.source("Bad", "Words.", url="https://example.org/<script>alert(1)</script>) [x](javascript:alert(2)) `")
    built.source("Worse", "Other words.", url="javascript:alert(3)")
    markdown = write(built).markdown
    assert not re.search(r"(?<!\\)<(?!https?://[^\s<>]+>)", markdown)
    assert not re.search(r"(?<!\\)\]\(", markdown)


def test_every_assertion_is_told_whole_in_both_reports(small: Written) -> None:
    """Speaker, date, the quotation in its context and the source stand with every assertion of every claim."""
    page, markdown = html.unescape(small.page), re.sub(r"\\(.)", r"\1", small.markdown)
    assert {claim.id for claim in small.view.all(Claim)} >= set(small.view.members)
    for assertion in small.view.all(Assertion):
        passage, source = small.view.get(assertion.passage, Passage), small.view.source_of(assertion)
        place = page.index(f'id="{assertion.id}"')
        told = page[place : page.index("</blockquote>", place)]
        assert assertion.speaker in told
        assert source.title in told
        assert f'href="#{source.id}"' in told
        assert f"<mark>{passage.text}</mark>" in told
        assert assertion.said == "unknown" or assertion.said in told
        assert f"**{passage.text}**" in markdown
    assert page.count("date unknown") >= 1


def test_a_very_large_report_keeps_its_quotations(write) -> None:
    """Past any number of claims, each still shows who says it in which words."""
    built = small_case()
    text = "".join(f"Statement number {n} is what Ann holds. " for n in range(1600))
    source = built.source("Many words", text)
    for n in range(1600):
        built.claim(f"many {n}", f"Statement number {n} is true.")
        built.said(f"many {n}", source, f"Statement number {n} is what Ann holds.", "Ann")
    written = write(built)
    assert written.page.count("is what Ann holds.</mark>") == 1600
    assert written.markdown.count("is what Ann holds.**") == 1600


def test_the_number_before_out_of_model_error_is_shown(small: Written) -> None:
    """Each answer tells its prior, the model's own number and the published one."""
    assert small.page.count("by the model alone") >= 3
    assert "by the model alone" in small.markdown


def test_contested_claims_are_listed(small: Written) -> None:
    """Claims that some hold and others deny are named, with who stands where."""
    assert small.summary.contested
    section = small.page[small.page.index('id="contested"') : small.page.index('id="findings"')]
    for one in small.summary.contested:
        assert f'href="#{one.claim}"' in section
        assert all(name in html.unescape(section) for name in (*one.held_by, *one.denied_by))
    assert "Ashworth Hydro" in section


def test_a_warrant_crux_can_be_followed_to_its_link(small: Written) -> None:
    """Cruxes that are steps of reasoning lead to the step, as claims lead to the claim."""
    for crux in small.summary.questions[0].cruxes:
        assert f'href="#{crux.subject}"' in small.page


def test_an_undercut_is_told_where_the_attacked_step_is_told(small: Written) -> None:
    """Whoever reads the step from the gauge sees that the gauge is said to have been drowned."""
    link = next(one for one in small.view.all(Link) if one.relation.value == "undercuts")
    place = small.page.index(f'id="{link.target}"')
    assert "gauge was drowned" in small.page[place : small.page.index("</li>", place)]


def test_a_finding_says_what_its_speaker_did_with_the_claim(write: Callable[[Builder], Written]) -> None:
    """What was said against a denial isn't told as if the speaker had asserted the claim."""
    built = small_case()
    denial = next(one for one in built.records if isinstance(one, Assertion) and one.stance is Stance.DENIES)
    built.add(
        Finding(about=denial.id, kind=FindingKind.OVERCLAIM, severity=Severity.LOW, sound_case="s", flawed_case="f", verdict="Too sure.")
    )
    written = write(built)
    claim = written.view.get(denial.claim, Claim).text
    assert f"{denial.speaker} denied it: {claim}" in [one.subject for one in written.summary.findings]
    assert f"{denial.speaker}: {claim}" not in [one.subject for one in written.summary.findings]


@pytest.mark.parametrize(
    ("fault", "subject", "whose"),
    [
        (Fault.SPEAKER, "{speaker} denied it: {claim}", "The fault is the speaker's own."),
        (Fault.REPORTER, "{speaker}, as the document tells it, denied it: {claim}", "The fault is the document's"),
        (Fault.RECORD, "{speaker}, in our wording, denied it: {claim}", "The fault is ours"),
    ],
)
def test_a_finding_says_whose_fault_it_is(write: Callable[[Builder], Written], fault: Fault, subject: str, whose: str) -> None:
    """No speaker stands alone as the one at fault where the document or the record is; what is ours to mend stands apart from the findings."""
    built = small_case()
    denial = next(one for one in built.records if isinstance(one, Assertion) and one.stance is Stance.DENIES)
    about = {"about": denial.id, "kind": FindingKind.OVERCLAIM, "severity": Severity.LOW}
    built.add(Finding(**about, sound_case="s", flawed_case="f", verdict="Too sure.", fault_of=fault))
    written = write(built)
    summary = written.summary
    here, elsewhere = (summary.to_mend, summary.findings) if fault is Fault.RECORD else (summary.findings, summary.to_mend)
    told = subject.format(speaker=denial.speaker, claim=written.view.get(denial.claim, Claim).text)
    assert [one.subject for one in here if one.about == denial.id] == [told]
    assert denial.id not in {one.about for one in elsewhere}
    assert ("## Our own wording to mend (1)" in written.markdown) == (fault is Fault.RECORD)
    assert ('id="mend"' in written.page) == (fault is Fault.RECORD)
    assert escape(whose) in written.page


def test_every_claim_tells_its_credence_and_whether_anybody_holds_it(small: Written) -> None:
    """A heading that nobody here stands for says so."""
    for claim in small.view.all(Claim):
        entry = small.markdown.partition(f"`{claim.id}`")[2].partition("\n")[0]
        if claim.id in small.summary.credences:
            assert f"{percent(small.summary.credences[claim.id])} probable on what was read" in entry
        stances = {assertion.stance for assertion, _ in small.view.assertions_of(claim.id)}
        if not {negated for _, negated in small.view.assertions_of(claim.id)} - {False} and stances:
            assert ("only denied or doubted here" in entry) == (stances <= {Stance.DENIES, Stance.DOUBTS})


def test_what_single_judgments_move_is_told_of_the_answer_that_they_were_tried_on(tmp_path: Path) -> None:
    """Name and number beside the bars come with the bars: of a tie, or after a check of the inference, another answer may top the table."""
    built = small_case()
    reckoning = Reckoning(built.view())
    summary = summarise(reckoning.view, reckoning.assessment, FACTS)
    other = min(summary.questions[0].answers, key=lambda answer: answer.probability)
    tried = Sensitivities(other.name, 0.4321, reckoning.sensitive.bars)
    told = [path.read_text() for path in write_report(tmp_path, replace(summary, sensitive=tried), reckoning.view, built.texts.__getitem__)]
    name = other.name.replace("_", " ").replace("-", " ")
    assert f"of the judgments behind the first three cruxes, does to “{name}”" in told[1]
    assert f"does to “{name}”, now 43%" in told[0].replace("\\", "")
    assert f"How probable “{other.name}” would be; now 43%" in told[1]
    none = replace(tried, bars=())
    told = [path.read_text() for path in write_report(tmp_path, replace(summary, sensitive=none), reckoning.view, built.texts.__getitem__)]
    for one in told:
        assert f"None of the judgments behind the first three cruxes moves “{name}”, now 43%, to speak of" in one.replace("\\", "")


@pytest.mark.parametrize(
    ("lower", "higher", "seen"),
    [(0.867, 0.868, False), (0.87, 0.86, True), (0.5, 0.508, False), (1 / 18_000, 1 / 25_000, True), (1 / 18_000, 1 / 18_010, False)],
)
def test_a_judgment_is_told_of_where_it_moves_the_answer_to_speak_of(lower: float, higher: float, seen: bool) -> None:
    """A percentage point at even odds, and as much in odds near 0 and 1; nothing that only another decimal shows."""
    assert Sensitivity("assertion-1", "how far", 0.3, lower, higher).seen == seen


def test_a_settled_question_has_no_cruxes_but_what_it_rests_on(tmp_path: Path) -> None:
    """Both reports say so in the heading, where an open question's has the cruxes."""
    built = small_case()
    view = built.view()
    summary = summarise(view, assess(view), FACTS)
    first, *others = summary.questions
    settled = replace(summary, questions=(replace(first, settled=True), *others))
    for one, heading in ((summary, "The cruxes"), (settled, "No crux: settled, and this is what it rests on")):
        for path in write_report(tmp_path, one, view, built.texts.__getitem__):
            text = path.read_text()
            assert heading in text, path
            assert ("No crux: settled" in text) == (one is settled)


def test_what_a_finding_changes_is_told_and_what_changes_nothing_stands_last() -> None:
    """A testimony's finding bears load if an answer would be told otherwise without it; one of low severity never does."""
    built = small_case()
    said = built.view().all(Assertion)[:3]
    cases = {"sound_case": "It may be.", "flawed_case": "It may not be."}
    findings = [
        Finding(about=one.id, kind=FindingKind.OVERCLAIM, severity=severity, verdict=f"Verdict {at}.", **cases)
        for at, (one, severity) in enumerate(zip(said, (Severity.MEDIUM, Severity.MEDIUM, Severity.LOW), strict=True))
    ]
    for one in findings:
        built.add(one)
    view = built.view()
    answers = Reckoning(view).assessment.questions[0].answers
    now = tuple(one.probability for one in answers)
    before = (now[0] + 0.05, now[1] - 0.05, *now[2:])
    heard = {said[0].id: Hearing(1.5, 0.2, before, now), said[1].id: Hearing(0.5, 0.5, now, now)}
    summary = summarise(view, Reckoning(view).assessment, FACTS, singly=Singly(heard))
    told = {one.verdict: one for one in summary.findings}
    assert told["Verdict 0."].load_bearing
    assert not told["Verdict 1."].load_bearing
    assert not told["Verdict 2."].load_bearing
    assert "gave this one odds of 4.5, and of 1.2 having read both sides" in told["Verdict 0."].effect
    assert f"would stand at {percent(before[0])} instead of {percent(now[0])}" in told["Verdict 0."].effect
    assert "left this one's weight as it was" in told["Verdict 1."].effect
    assert [one.load_bearing for one in summary.findings] == sorted((one.load_bearing for one in summary.findings), reverse=True)


def test_a_document_on_which_the_answer_hangs_is_told() -> None:
    """Of each source stands where the answer that it moves most would be without it; one that overturns the answer stands with the answers."""
    pull = Pull(["a-yes", "b-no"], [0.6, 0.4], [0.3, 0.7])
    assert pull.overturns
    assert pull.told == "Were nothing counted that it says, “a yes” would stand at 30% instead of 60%, and “b no” would lead."
    slight = Pull(["a-yes", "b-no"], [0.6, 0.4], [0.6004, 0.3996])
    assert not slight.overturns
    assert slight.told == "Were nothing counted that it says, no answer would move by a tenth of a point."
    view = small_case().view()
    reckoning = Reckoning(view)
    now = [one.probability for one in reckoning.assessment.questions[0].answers]
    first, second = sorted(reckoning.pulls)[:2]
    turned = [now[1], now[0], *now[2:]]
    summary = summarise(view, reckoning.assessment, FACTS, singly=Singly(pulls={first: turned, second: now}))
    told = {one.id: (one.overturns, one.pull) for one in summary.sources}
    assert told[first][0]
    assert told[second] == (False, "Were nothing counted that it says, no answer would move by a tenth of a point.")
    assert all(told[one] == (False, "") for one in told.keys() - {first, second})


def test_who_takes_both_sides_of_a_claim_is_told() -> None:
    """In another document or at another time, under any spelling of the name; within one text at one time it is weighing."""
    built = small_case()
    built.claim("turn", "The turbine was sound.")
    early, late = (built.source(f"Minutes of {year}", f"{year}: the turbine was sound.", published=year) for year in ("1901", "1911"))
    built.said("turn", early, "the turbine was sound", "Tamsin Quill", said="1901")
    built.said("turn", late, "the turbine was sound", "Quill", said="1911", stance=Stance.DENIES)
    built.claim("weigh", "The valve was sound.")
    built.said("weigh", late, "1911", "Ned Orr", said="1911")
    built.said("weigh", late, "turbine", "Ned Orr", said="1911", stance=Stance.DENIES)
    turned = [one for one in changed_minds(built.view()) if one.speaker in {"Tamsin Quill", "Ned Orr"}]
    assert [(one.text, one.speaker, one.told) for one in turned] == [
        ("The turbine was sound.", "Tamsin Quill", (("1901", "for", "Minutes of 1901"), ("1911", "against", "Minutes of 1911")))
    ]
    page = summarise(built.view(), Reckoning(built.view()).assessment, FACTS)
    assert turned[0] in page.changed_minds


def test_a_run_that_waits_says_first_that_it_has_no_result(tmp_path: Path) -> None:
    """Its numbers are defaults where nobody has judged, and a headline that hides it would be believed."""
    built = small_case()
    view = built.view()
    for status, said in (("waiting", True), ("interrupted", True), ("done", False), ("incomplete", False)):
        summary = summarise(view, Reckoning(view).assessment, replace(FACTS, status=status))
        for written in write_report(tmp_path, summary, view, built.texts.__getitem__):
            text = written.read_text(encoding="utf-8")
            assert (f"No result yet: this run is {status}" in text) == said
            assert text.index("No result yet" if said else "most probable answer") <= text.index("most probable answer")
