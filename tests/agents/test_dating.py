"""A citation of a year after the document's own is found; what is said of the future, and numbers that look like years, are not."""

from __future__ import annotations

import pytest

from agents.dating import citations_of_the_future, dated_otherwise, later_citations, sentence_around
from knowledge.blobs import digest_of_text
from knowledge.records import UNKNOWN, Assertion, Claim, Finding, Passage, Record, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import Severity, UpstreamKind
from sources.segmenting import segments

CITED = "The winter was cold, as Lindholm and Pryce found in a study of 2034."


@pytest.mark.parametrize(
    ("sentence", "otherwise"),
    [
        ("In December 2023 a committee concluded that the evidence was thin.", True),
        ("Murthy demanded a label in an essay of June 2024.", True),
        ("In a second study of 2019 they found no effect.", False),
        ("Depression rose after 2010, and by 2021 girls spent 3.5 hours a day there.", False),
        ("He rejects that in the version of August 2024.", False),
        ("On 23 May 2023 Murthy issued an advisory.", False),
        ("On June 24, 2024, Murthy called for a label.", True),
        ("On May 23, 2023, Murthy issued an advisory.", False),
        ("It was rejected in mid-2024.", True),
        ("It was rejected in Sept. 2024 by a committee.", True),
        ("It was rejected in Sept. 2022 by a committee.", False),
        ("The harm will be seen by 2030.", False),
        ("About 12,000 adolescents took part.", False),
    ],
)
def test_a_statement_is_dated_otherwise_by_its_own_sentence(sentence: str, *, otherwise: bool) -> None:
    """A brief's work of 2023 doesn't date what its sentence puts later; earlier years are mostly those of what is spoken of."""
    assert dated_otherwise(sentence, "2023-05-23") is otherwise
    assert not dated_otherwise(sentence, UNKNOWN)


@pytest.mark.parametrize("before", ["They say that it leaks in Ohio.", "“It leaks in Rome.”", "It leaks (Doe et al. 2011)."])
def test_a_span_is_dated_by_its_own_sentence(before: str) -> None:
    """A short word, a name or a quotation mark at the end of a sentence doesn't hide that it ends."""
    after = "In May 2024 a committee disagreed."
    text = f"{before} {after}"
    sentences = segments(text)
    for one in (before, after):
        at = text.index(one)
        assert sentence_around(sentences, at + 2, at + 9) == (at, at + len(one))
    assert sentence_around(sentences, 3, len(text) - 3) == (0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        CITED,
        "Lindholm et al. (2034) found it.",
        "It is so (Lindholm & Pryce, 2034).",
        "It is so (see Lindholm, 2034).",
        "A study showed it (Lindholm, 2034).",
        "A 2034 paper showed it.",
        "This was published in Nature in 2034.",
        "Lindholm and colleagues (2034) say so.",
        "Lindholm (2034) reports it.",
        "BMJ 2034;374:m2654",
        "Am J Clin Nutr. 2034;103(3):895-901",
        "Phys. Rev. D 78, 035009 (2034)",
    ],
)
def test_forms_of_citation(text: str) -> None:
    """Each way in which works are cited, once, with the sentence in which it stands; not in a document of that time."""
    (found,) = later_citations(f"It rained. {text} It snowed by 2040.", 2021)
    assert found.year == 2034
    assert text.rstrip(".") in found.sentence
    assert "It rained" not in found.sentence
    assert list(later_citations(text, 2034)) == list(later_citations(text, 2033)) == []


@pytest.mark.parametrize(
    "text",
    [
        "By 2050 emissions will fall.",
        "A projection of 2034 levels shows growth.",
        "A study of 2034 patients found that eggs are safe.",
        "A review of 2034 studies, and by 2034 studies.",
        "The targets (IPCC, 2050) were met in a scenario of 2050.",
        "The Games (Brisbane, 2032) follow.",
        "The results are to be published in 2030.",
        "The 2034 report will say so.",
        "Catalogue number 2034; model 2034; 2034 words of the paper.",
        "Sales of 2100, 2200 (2034).",
        "Vision 2030, Horizon 2030 and Blade Runner 2049.",
        "In the film, a study of 2034 is cited.",
    ],
)
def test_what_is_no_citation(text: str) -> None:
    """Predictions, targets, counts, titles and plans are not held against a document."""
    assert list(later_citations(text, 2021)) == []


def document(text: str, published: str, *, claimed: bool = True) -> list[Record]:
    """A document, with an assertion that its whole text shows."""
    source = Source(title=f"On {text[:20]}", published=published, text=digest_of_text(text))
    passage = Passage(source=source.id, start=0, end=len(text), text=text)
    claim = Claim(text="It was cold.")
    return [source, passage, claim, Assertion(claim=claim.id, passage=passage.id)] if claimed else [source]


def found_in(records: list[Record], text: str, today: str = UNKNOWN) -> list[Finding]:
    """What is found."""
    return list(citations_of_the_future(View.of(records), lambda _: text, today))


def test_what_rests_on_an_invented_study_is_named() -> None:
    """The finding is about the assertion and shows its passage; where nothing was read there, about the document, and quotes it."""
    source, passage, _, assertion = records = document(CITED, "2021-06-15")
    (found,) = found_in(records, CITED)
    assert (found.about, found.observations) == (assertion.id, (passage.id,))
    (bare,) = found_in(document(CITED, "2021-06-15", claimed=False), CITED)
    assert (bare.about, bare.observations) == (source.id, ())
    assert CITED in bare.flawed_case


def test_an_undated_document_was_written_before_it_was_read() -> None:
    """It is held against the day of the run; and where that isn't known, against nothing."""
    records = document(CITED, UNKNOWN)
    assert len(found_in(records, CITED, "2026-01-02")) == 1
    assert found_in(records, CITED, "2036-01-02") == found_in(records, CITED) == []


def test_a_work_that_is_known_is_no_invention() -> None:
    """Where the case has the work with its year, it is the document's date that is wrong."""
    work = Upstream(name="Lindholm and Pryce 2034, Winters", kind=UpstreamKind.WORK)
    assert found_in([*document(CITED, "2021"), work], CITED) == []
    other = Upstream(name="Ames and Pryce 2034, Winters", kind=UpstreamKind.WORK)
    assert len(found_in([*document(CITED, "2021"), other], CITED)) == 1


def test_many_later_citations_are_one_wrong_date() -> None:
    """A document that cites four later works is misdated rather than full of inventions: one mild finding about it."""
    text = " ".join(
        f"{name} et al. ({year}) found it." for name, year in zip(("Ames", "Bose", "Cole", "Dorn"), (2024, 2025, 2026, 2027), strict=True)
    )
    (found,) = found_in(document(text, "2021"), text)
    assert found.severity is Severity.LOW
    assert found.about.startswith("source-")
