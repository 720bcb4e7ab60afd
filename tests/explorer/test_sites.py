"""The site: whole, safe, and with an address for every record."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from explorer.addresses import Addresses, speaker_page
from explorer.errors import NotASite
from knowledge.records import (
    Answer,
    Argument,
    Assertion,
    Finding,
    Gap,
    Incident,
    Judgment,
    Link,
    Passage,
    Question,
    Source,
    Tag,
    Upstream,
    Variant,
)
from knowledge.vocabulary import LANGUAGE, Difference, FindingKind, Relation, Severity
from tests.explorer.conftest import Builder, small_case
from tests.explorer.sites import Page, dead_links, site_of

HOSTILE = (
    '<script>alert(1)</script> "><img src=x onerror=alert(2)> Marsh says ]]> </mark></p><svg onload=alert(3)> {{ 7*7 }} {% raw %} '
    "javascript:alert(4) \u202egnorw eht yaw\u202c " + "W" * 4000 + " &lt;b&gt; </script><!-- --> 'quoted' \u2028 end."
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the small case."""
    return site_of(small_case(), tmp_path_factory.mktemp("site"))


def test_no_link_is_dead_and_no_page_is_lost(site: Path) -> None:
    """Every link, anchor and asset of every page is there, and every page can be walked to from the first."""
    assert list(dead_links(site)) == []


def test_every_record_has_its_place(site: Path) -> None:
    """The address of each record names a page that exists, and a place in it where the record says one."""
    view = small_case().view()
    to = Addresses(view)
    for record in view.records:
        page, _, anchor = to(record).partition("#")
        assert (site / page).is_file(), record
        assert not anchor or anchor in Page(site / page).ids, record


def test_what_a_claim_page_tells(site: Path) -> None:
    """A claim's page has every assertion's speaker, words and source, the same claim in other words, its variants and objections."""
    built = small_case()
    page = Page(site / f"{built.claims['raised'].id}.html")
    for words in ("Ashworth Hydro", "denied it", "The Inquiry", "the opposite", "forty against a range", "Objection:", "drowned"):
        assert words in page.text
    assert "differs in quantity" in page.text


def test_what_answers_an_objection_stands_with_it(tmp_path: Path) -> None:
    """Wherever the objection is told, and as an objection to its own step: on its claim's page, and on its own as a crux."""
    built = Builder()
    question = built.add(Question(name="cellar", text="Does the cellar leak?"))
    answers = [built.add(Answer(question=question.id, name=name, text=f"The answer is {name}.")) for name in ("yes", "no")]
    source = built.source("Report", "The floor is wet. Dew wets it. There was no dew.")
    for key, words in (("wet", "The floor is wet."), ("dew", "Dew wets it."), ("none", "There was no dew.")):
        built.claim(key, f"{key}: {words}")
        built.said(key, source, words, f"Witness {key}")
    step = built.link("wet", answers[0], "A leak wets floors.")
    objection = built.link("dew", step, "Dew wets floors too.", Relation.UNDERCUTS)
    built.link("none", objection, "What isn't there wets nothing.", Relation.UNDERCUTS)
    site = site_of(built, tmp_path / "site")
    assert list(dead_links(site)) == []
    for page in (built.claims["wet"].id, answers[0].id):
        assert "(against that: “none: There was no dew”)" in " ".join(Page(site / f"{page}.html").text.split())
    crux = Page(next(site.glob(f"crux-*-{objection.id}.html"))).text
    assert "the step that it attacks holds all the same" in crux
    assert "Nobody who was read speaks against it" not in crux
    assert "Nobody who was read speaks against it" in Page(next(site.glob(f"crux-*-{built.claims['wet'].id}.html"))).text
    for text in (crux, Page(site / f"{built.claims['dew'].id}.html").text):
        assert "There was no dew" in text.partition("Objection:")[2]


def test_words_in_another_language_are_marked_as_such(tmp_path: Path) -> None:
    """Browsers, voices and translators need to know it (WCAG 2.2, 3.1.2): quotations, drawn steps, findings and the text itself."""
    built = Builder()
    question = built.add(Question(name="cellar", text="Does the cellar leak?"))
    answers = [built.add(Answer(question=question.id, name=name, text=f"The answer is {name}.")) for name in ("yes", "no")]
    german = built.source("Bericht", "Der Boden ist nass, also ist der Keller undicht.")
    english = built.source("Report", "The floor is wet.")
    built.add(Tag(record=german.id, name=LANGUAGE, value="de"))
    built.claim("wet", "The floor of the cellar is wet.")
    told = built.said("wet", german, "Der Boden ist nass", "Gutachter")
    built.said("wet", english, "The floor is wet.", "Witness")
    passage = built.passage(german, "also ist der Keller undicht")
    built.add(Argument(link=built.link("wet", answers[0], "A leak wets floors.").id, passage=passage.id, speaker="Gutachter"))
    built.add(Finding(kind=FindingKind.OVERCLAIM, about=told.id, observations=(told.passage,), severity=Severity.HIGH,
                      sound_case="s", flawed_case="f", verdict="v"))  # fmt: skip
    site = site_of(built, tmp_path / "site")
    claim, source, findings = (
        (site / name).read_text() for name in (f"{built.claims['wet'].id}.html", f"{german.id}.html", "findings.html")
    )
    assert '<blockquote lang="de"><mark>Der Boden ist nass</mark>' in claim
    assert "<blockquote><mark>The floor is wet.</mark>" in claim
    assert 'lang="de">also ist der Keller undicht<' in claim
    assert '<h1 lang="de">Bericht</h1>' in source
    assert '<p lang="de">' in source
    assert '<mark lang="de">Der Boden ist nass</mark>' in findings
    assert "lang=" not in (site / f"{english.id}.html").read_text().partition("<h1")[2]


def test_two_variants_of_the_same_claims_stand_apart(tmp_path: Path) -> None:
    """Where two wordings of one claim each differ from a third, both differences are told, each with its own anchor and its own wording."""
    built = small_case()
    pair = tuple(sorted((built.claims["raised2"].id, built.claims["range"].id)))
    other = built.add(Variant(claims=pair, differs_in=Difference.QUANTITY, explanation="none at all against a rise"))
    site = site_of(built, tmp_path / "site")
    assert list(dead_links(site)) == []
    page = Page(site / f"{built.claims['range'].id}.html")
    assert {one.id for one in built.view().all(Variant)} <= set(page.ids)
    assert other.id in page.ids
    assert "forty against a range" in page.text
    assert "none at all against a rise" in page.text


def test_a_source_page_holds_the_whole_text_with_its_passages(site: Path) -> None:
    """A source's page has its text word for word, and a mark that begins each passage of it."""
    built = small_case()
    view = built.view()
    for assertion in view.all(Assertion):
        source, passage = view.source_of(assertion), view.get(assertion.passage, Passage)
        page = Page(site / f"{source.id}.html")
        assert passage.id in page.ids
        for paragraph in built.texts[source.text].split("\n\n"):
            assert " ".join(paragraph.split()) in page.text


def test_a_source_page_says_who_paid_or_that_it_is_not_recorded(site: Path, tmp_path: Path) -> None:
    """What was recorded and what the text itself says of its funding are told; where there is neither, that is said."""
    built = small_case()
    silent = next(one for one in built.view().all(Source) if one.title == "Drowned by greed")
    assert "Funding not recorded" in Page(site / f"{silent.id}.html").text
    told = built.source("A second model", "The weir was modelled anew. This study was funded by Ashworth Hydro. It found no rise.")
    built.add(Tag(record=silent.id, name="funding", value="a reader's donation"))
    again = site_of(built, tmp_path / "site")
    page = Page(again / f"{told.id}.html").text
    assert "who paid:This study was funded by Ashworth Hydro." in page.replace(": ", ":")
    assert "not recorded" not in page
    recorded = Page(again / f"{silent.id}.html").text
    assert recorded.count("a reader's donation") == 1
    assert "not recorded" not in recorded


def test_the_first_screen_says_how_far_to_trust_it(site: Path) -> None:
    """Before the answers stand who judged, how many testimonies count as how many, what was found against them, missing and failed."""
    page = Page(site / "index.html").text
    before = page[: page.index("The answers")]
    for words in (
        "Judged by the test's own hand",
        "testimonies from ",
        "load-bearing findings",
        "1 gap",
        "1 failed",
    ):
        assert words in before


def test_both_sides_of_findings_and_all_that_failed_are_told(site: Path) -> None:
    """Findings come with the strongest case on both sides; gaps with where to look; incidents with what to do."""
    view = small_case().view()
    findings, missing = Page(site / "findings.html").text, Page(site / "missing.html").text
    for finding in view.all(Finding):
        assert {finding.sound_case in findings, finding.flawed_case in findings, finding.verdict in findings} == {True}
    assert all(gap.how in missing for gap in view.all(Gap))
    assert all(incident.problem.rstrip(".") in missing and incident.advice in missing for incident in view.all(Incident))


def test_the_search_finds_everything_by_name(site: Path) -> None:
    """The index lists every question, answer, claim, source, named speaker, finding and origin with an address that is there."""
    body = (site / "assets" / "index.js").read_text(encoding="utf-8")
    entries = json.loads(body.removeprefix("window.CRUXMAP_INDEX=").removesuffix(";"))
    view = small_case().view()
    counted = {kind: sum(entry[0] == kind for entry in entries) for kind in {entry[0] for entry in entries}}
    assert counted["claim"] == len(view.members)
    assert counted["origin"] == len(view.all(Upstream))
    assert counted["speaker"] == len({one.speaker for one in view.all(Assertion)} - {"unknown"})
    assert all((site / entry[2].partition("#")[0]).is_file() for entry in entries)


def hostile_case() -> Builder:
    """The small case with a document, a claim, a speaker, a finding and an origin that try to break out of the page."""
    built = small_case()
    source = built.source(HOSTILE[:60], HOSTILE, authors=("<b>Eve</b>",), publisher="</title><script>alert(5)</script>",
                          url="javascript:alert(6)//https://example.org/")  # fmt: skip
    built.claim("hostile", HOSTILE)
    said = built.said("hostile", source, HOSTILE[26:90], "<script>alert(7)</script>\u202e Eve", reporters=("'\" onclick=alert(8)",))
    built.add(Upstream(name="<img src=x onerror=alert(9)>", kind="dataset", url="data:text/html,<script>alert(10)</script>"))
    built.add(Finding(about=said.id, kind="rhetoric", severity="high", observations=(said.passage,), sound_case="</details><script>alert(11)",
                      flawed_case=HOSTILE, verdict="<style>*{display:none}</style>"))  # fmt: skip
    answer = next(record for record in built.records if record.kind_name == "answer")
    built.link("hostile", answer, "</script><script>alert(12)</script>")
    return built


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    """Markup in sources, claims, speakers, findings and addresses adds no tag, no handler and no link that runs; all of it can be read."""
    built = hostile_case()
    site = site_of(built, tmp_path / "site")
    assert list(dead_links(site)) == []
    for path in site.glob("*.html"):
        page = Page(path)
        assert not page.tags & {"img", "iframe", "object", "embed", "base", "form", "b onerror", "style"}
        assert page.handlers == []
        assert all(re.match(r"https?://|[\w.-]+\.html(#|$)|#", link) for link in page.links)
        scripts = re.findall(r"<script[^>]*>", path.read_text(encoding="utf-8"))
        assert {one for one in scripts if not re.fullmatch(r'<script src="assets/network-[0-9a-f]{8}.js" defer>', one)} <= {
            '<script src="assets/site.js" defer>',
            '<script src="assets/whatif.js" defer>',
            '<script src="assets/map.js" defer>',
            '<script src="assets/map-layout.js" defer>',
            '<script src="assets/cytoscape.min.js" defer>',
            '<script type="application/json">',
            '<script type="application/json" id="map-data">',
        }
    page = Page(site / f"{built.claims['hostile'].id}.html")
    assert "<script>alert(1)</script>" in page.text
    assert (site / speaker_page("<script>alert(7)</script>\u202e Eve")).is_file()


def test_a_site_takes_only_an_older_sites_place(tmp_path: Path) -> None:
    """A folder with something else in it is left alone; an older site's pages that are no more are taken away, other files kept."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(NotASite, match="new or empty"):
        site_of(small_case(), tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    folder = site_of(hostile_case(), tmp_path / "site")
    (folder / "CNAME").write_text("example.org")
    hostile = f"{hostile_case().claims['hostile'].id}.html"
    assert (folder / hostile).is_file()
    site_of(small_case(), folder)
    assert not (folder / hostile).exists()
    assert (folder / "CNAME").read_text() == "example.org"
    assert list(dead_links(folder)) == []


def test_nothing_known_yet_is_a_site_too(tmp_path: Path) -> None:
    """A knowledge base without a question, a claim or a source has a site without a dead link."""
    assert list(dead_links(site_of(Builder(), tmp_path / "site"))) == []


def test_an_undercut_and_a_linked_argument_stand_once(site: Path) -> None:
    """Each link's anchor stands on exactly one page."""
    ids = [one for path in site.glob("*.html") for one in Page(path).ids]
    for link in small_case().view().all(Link):
        assert ids.count(link.id) == 1


def test_what_no_evidence_settles_and_what_could_not_stand_is_told(tmp_path: Path) -> None:
    """Claims tagged as normative, and judgments that can't stand, are told where the reader is told how far to trust it."""
    built = small_case()
    answers = [record for record in built.records if record.kind_name == "answer"]
    perspective = next(record for record in built.records if record.kind_name == "perspective")
    built.add(Tag(record=built.claims["dry"].id, name="kind", value="normative"))
    link = next(record for record in built.records if record.kind_name == "link" and built.claims["dry"].id in record.premises)
    built.add(Judgment(record=link.id, quantity="expectedness", given=answers[0].id, value=1.0, perspective=perspective.id, judge="tests",
                       reason="chosen"))  # fmt: skip
    site = site_of(built, tmp_path / "site")
    page = Page(site / "index.html").text
    assert "also about what no evidence settles: Without the weir the lower town would have stayed dry (about values)." in page
    assert "1 judgment could not stand as given and is used as the nearest value that can: certainty that no evidence could move." in page
    assert list(dead_links(site)) == []
