"""Several texts of one work are known by their words; a document that quotes another whole is no edition of it."""

from __future__ import annotations

import pytest

from agents.authors import shared_authors
from agents.editions import same_works
from knowledge.blobs import digest_of_text
from knowledge.records import Incident, Record, Reliance, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import RelianceKind, UpstreamKind

ABSTRACT = (
    "We followed the dam at Orme for ten winters, and found that it leaked in each of the three winters in which the river froze over."
)
PAPER = f"{ABSTRACT} " + " ".join(
    f"In winter number {at} the gauge at sluice {at * 7} stood {at * 3} hands above the mark of the year." for at in range(40)
)


def works(*documents: tuple[str, str, tuple[str, ...]], known: tuple[Record, ...] = ()) -> list[set[str]]:
    """Which documents (title, text, authors) are texts of one work."""
    texts = {digest_of_text(text): text for _, text, _ in documents}
    sources = [
        Source(title=title, text=digest_of_text(text), authors=authors, url=f"https://{at}")
        for at, (title, text, authors) in enumerate(documents)
    ]
    view = View.of([*sources, *known])
    after = View.of([*view.records.values(), *same_works(view, texts.__getitem__).records])
    told: dict[str, set[str]] = {}
    for one in after.all(Reliance):
        assert one.how is RelianceKind.REPORTS
        told.setdefault(one.upstream, set()).add(after.get(one.record, Source).title)
    assert not same_works(after, texts.__getitem__).records, "it is said once"
    return sorted(told.values(), key=sorted)


def test_an_abstract_and_its_paper_are_one_work() -> None:
    """They are known by title or author; without either it is somebody's quotation."""
    paper, other = (
        ("The dam at Orme: ten winters", PAPER, ("Ada Ode",)),
        ("A word on weirs", f"Nothing of it. {PAPER[400:700]} It is so.", ()),
    )
    for title, authors in (("The dam at Orme (abstract)", ()), ("From the archive", ("A. Ode", "Tom Marsh"))):
        assert works(paper, (title, ABSTRACT, authors), other) == [{paper[0], title}]
    assert works(paper, ("From the archive", ABSTRACT, ()), other) == []
    assert works(paper, ("What I read today", ABSTRACT, ("Rita Roe",))) == []


def test_copies_are_one_work_under_any_title() -> None:
    """A syndicated or badly scanned copy, each nearly whole in the other."""
    scanned = PAPER.replace("gauge at sluice 70 stood", "gauge at slu1ce 70 st00d").upper()
    assert works(("The dam", PAPER, ("Ada Ode",)), ("Leak!", scanned, ()), ("Ice", ABSTRACT * 2 + " It froze again.", ())) == [
        {"The dam", "Leak!"}
    ]


def test_a_rewritten_preprint_is_the_paper() -> None:
    """By title and author, though no sentence is the same; not a namesake's, nor another year's."""
    paper, again = (
        ("Ten winters of the dam at Orme", PAPER, ("Ada Ode",)),
        "The dam leaked, as the gauges show that we read in each winter.",
    )
    assert works(paper, ("Ten Winters of the Dam at Orme", again, ("Rita Roe", "A. Ode"))) == [{paper[0], "Ten Winters of the Dam at Orme"}]
    for title, authors in (("Ten winters of the dam at Orme", ("Rita Roe",)), ("Ten winters of the dam at Orme 2", ("Ada Ode",))):
        assert works(paper, (title, again, authors)) == []


def test_the_work_that_one_is_known_to_report_is_taken() -> None:
    """Three texts of one work make one, and its authors stand behind one work, not three."""
    known = Upstream(name="Ode 2001, The dam at Orme", kind=UpstreamKind.WORK)
    documents = [("The dam", PAPER, ("Ada Ode",)), ("Leak!", f"{PAPER} Printed again.", ()), ("The dam (abstract)", ABSTRACT, ("Ada Ode",))]
    told = Source(title="The dam", text=digest_of_text(PAPER), authors=("Ada Ode",), url="https://0")
    reports = Reliance(record=told.id, upstream=known.id, how=RelianceKind.REPORTS)
    assert works(*documents, known=(known, reports)) == [{"The dam", "Leak!", "The dam (abstract)"}]
    texts = {digest_of_text(text): text for _, text, _ in documents}
    sources = [Source(title=title, text=digest_of_text(text), authors=authors) for title, text, authors in documents]
    view = View.of(sources)
    assert shared_authors(view).records, "two documents by one author"
    joined = View.of([*view.records.values(), *same_works(view, texts.__getitem__).records])
    assert not shared_authors(joined).records


@pytest.mark.parametrize("text", ["", "Short.", "- - -"])
def test_next_to_nothing_is_no_text_of_anything(text: str) -> None:
    """Empty and tiny documents neither break it nor join anything."""
    assert works(("One thing", text, ()), ("Another thing", f"{text} ", ()), ("The dam", PAPER, ())) in (
        [],
        [{"One thing", "Another thing"}],
    )


def test_documents_of_one_address_that_share_no_sentence_are_told() -> None:
    """A folder's address on three files makes them one work by name; whoever put it there must hear of it."""
    texts = {
        digest_of_text(text): text
        for text in (PAPER, ABSTRACT, "Quite another thing is said here, in words of its own and at some length.")
    }
    paper, abstract, other = (
        Source(title=f"On the dam {at}", text=digest, url="https://example.org/dams") for at, digest in enumerate(texts)
    )
    (told,) = [one for one in same_works(View.of([paper, other]), texts.__getitem__).records if isinstance(one, Incident)]
    assert told.subject == "example.org/dams"
    assert "On the dam 0; On the dam 2" in told.problem
    assert not [one for one in same_works(View.of([paper, abstract]), texts.__getitem__).records if isinstance(one, Incident)]
