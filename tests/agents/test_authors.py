"""Authors behind several documents are found under any spelling of their names; several texts of one work are no two."""

from __future__ import annotations

from agents.authors import author_findings, shared_authors
from agents.correlating import outdated
from knowledge.blobs import digest_of_text
from knowledge.records import Finding, Record, Reliance, Source, Tag, Upstream
from knowledge.views import View
from knowledge.vocabulary import FindingKind, RelianceKind, SourceKind, UpstreamKind


def paper(title: str, *authors: str) -> list[Record]:
    """A document that speaks for itself."""
    return [Source(title=title, authors=authors, text=digest_of_text(title), kind=SourceKind.COHORT_STUDY)]


def brief(title: str, work: str, *authors: str) -> list[Record]:
    """A document that tells of a work."""
    source = Source(title=title, authors=("Who Wrote",), text=digest_of_text(title), kind=SourceKind.BRIEF)
    told = Upstream(name=work, kind=UpstreamKind.WORK)
    tags = [Tag(record=told.id, name="author", value=name) for name in authors]
    return [source, told, Reliance(record=source.id, upstream=told.id, how=RelianceKind.REPORTS), *tags]


def found(records: list[Record]) -> dict[str, set[str]]:
    """Which authors stand behind which documents, as the findings say it."""
    view = View.of([*records, *shared_authors(View.of(records)).records])
    return {view.get(one.about, Upstream).name: told(one) for one in author_findings(view, frozenset())}


def told(finding: Finding) -> set[str]:
    """The documents that a finding names."""
    return set(finding.verdict.split("): ")[1].rstrip(".").split("; "))


def test_authors_are_one_under_several_spellings() -> None:
    """Surname and initial tell; another initial is another person, and those who wrote the same documents are told together."""
    records = [
        *paper("Dams", "Ada M. Ode", "Tom Marsh"),
        *brief("On the levee", "Ode and Marsh 2001, The levee", "Ode, A.", "T. Marsh", "others"),
        *paper("Weirs", "Rita Ode"),
        *paper("Locks", "Ada Ode", "unknown"),
    ]
    assert found(records[:-1]) == {"Tom Marsh and Ada M. Ode (authors)": {"Dams", "On the levee"}}
    assert found(records) == {"Ada M. Ode (author)": {"Dams", "On the levee", "Locks"}, "Tom Marsh (author)": {"Dams", "On the levee"}}


def test_texts_of_one_work_and_nameless_authors_are_no_second_document() -> None:
    """Two briefs of one paper have the paper's authors once; nobody is the author whom no one names."""
    twice = [*brief("One telling", "Ode 2001, The levee", "Ada Ode"), *brief("Another telling", "Ode 2001, The levee", "Ada Ode")]
    assert found(twice) == {}
    assert found([*paper("Dams", "unknown"), *paper("Weirs", "unknown"), *paper("A", "an anonymous reviewer", "others"),
                  *paper("B", "an anonymous reviewer", "others")]) == {}  # fmt: skip


def test_a_body_is_an_author_by_its_whole_name() -> None:
    """The Harbour Office wrote what the Harbour Office wrote, and the Land Office wrote something else."""
    records = [
        *paper("Notes", "Office of the Harbour"),
        *paper("More notes", "Office of the Harbour"),
        *paper("Maps", "Office of the Land"),
    ]
    assert list(found(records)) == ["Office of the Harbour (author)"]


def test_what_was_found_before_more_was_read_is_retracted() -> None:
    """Asked again nothing changes; with one document more the old finding and what leaned on it go."""
    two = [*paper("Dams", "Ada Ode"), *paper("Weirs", "Ada Ode")]
    first = list(shared_authors(View.of(two)).records)
    assert {one.id for one in shared_authors(View.of([*two, *first])).records} == {one.id for one in first}
    more = [*paper("Locks", "Tom Marsh"), *paper("Dykes", "Tom Marsh", "Ada Ode"), *paper("Sluices", "Ada Mary Ode")]
    before = View.of([*two, *first, *more])
    grown = list(shared_authors(before).records)
    view = View.of([*before.records.values(), *grown])
    assert {(view.get(one.upstream, Upstream).name, view.get(one.record, Source).title) for one in view.all(Reliance)} == {
        ("Ada Mary Ode (author)", "Dams"), ("Ada Mary Ode (author)", "Weirs"), ("Ada Mary Ode (author)", "Dykes"),
        ("Ada Mary Ode (author)", "Sluices"), ("Tom Marsh (author)", "Locks"), ("Tom Marsh (author)", "Dykes"),
    }  # fmt: skip
    (old,) = author_findings(View.of([*two, *first]), frozenset())
    new = list(author_findings(view, frozenset()))
    gone = outdated(View.of([*view.records.values(), old]), new)
    assert [one.record for one in gone] == [old.id]
    assert list(outdated(View.of([*view.records.values(), *new]), new)) == []


def test_what_a_survey_says_of_an_author_is_not_said_twice() -> None:
    """A finding with its own two sides stands in the place of the general one."""
    records = [*paper("Dams", "Ada Ode"), *paper("Weirs", "Ada Ode")]
    view = View.of([*records, *shared_authors(View.of(records)).records])
    (finding,) = author_findings(view, frozenset())
    assert finding.kind is FindingKind.CORRELATED_EVIDENCE
    assert list(author_findings(view, frozenset({finding.about}))) == []
