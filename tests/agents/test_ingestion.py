"""What a document that reports works is taken for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from agents.ingestion import read_document
from knowledge.records import UNKNOWN, Assertion, Reliance, Source, Tag, Upstream
from knowledge.vocabulary import RelianceKind, SourceKind
from prompts.tasks.ingestion import ExtractedAssertion, ExtractInputs, Extraction
from reasoners.scripted import ScriptedAnswerer
from sources.case_files import Case
from sources.reading import read_bytes
from tests.agents.builders import unlimited

CASE: Final = Case.model_validate(
    {
        "name": "x",
        "title": "x",
        "question": {
            "key": "main",
            "text": "Does it leak?",
            "answers": [{"key": "a", "text": "It leaks."}, {"key": "b", "text": "It holds."}],
        },
        "bibliography": [
            {"key": "doe-2020", "title": "First", "authors": ["Jane Doe"], "published": "2020-03"},
            {"key": "roe-2022", "title": "Second", "authors": ["Rita Roe"], "published": "2022"},
        ],
    }
)
EARLY: Final = "They report that the dam leaks in winter."
LATE: Final = "In May 2023 a committee found that the dam leaks."


async def told(reports: str, folder: Path) -> tuple[list[object], ExtractInputs]:
    """Read a brief with this header line; return its records and what was asked."""
    asked: list[ExtractInputs] = []

    def extract(inputs: ExtractInputs) -> Extraction:
        asked.append(inputs)
        found = tuple(ExtractedAssertion(quotation=words, claim="The dam leaks.") for words in (EARLY, LATE))
        return Extraction(assertions=found, lost=("Figure 1",), skipped=("rainfall by month",))

    document = read_bytes(f"---\ntitle: A brief\n{reports}\n---\n{EARLY}\n\n{LATE}\n".encode(), "one.md")
    proposal = await read_document(document, CASE, unlimited(ScriptedAnswerer({"ingestion/extract": extract}), folder / "journal.db"))
    return list(proposal.records), asked[0]


def dates(records: list[object]) -> dict[str, str]:
    """Map the passages' beginnings to when what they say was said."""
    said = {one.passage: one.said for one in records if isinstance(one, Assertion)}
    return {str(getattr(one, "text", ""))[:7]: said[one.id] for one in records if getattr(one, "id", None) in said}


async def test_a_brief_may_report_several_works(tmp_path: Path) -> None:
    """It leans on each of them, the prompt names them all, and no sentence gets the date of one."""
    records, asked = await told("reports: [doe-2020, roe-2022]", tmp_path)
    (source,) = [one for one in records if isinstance(one, Source)]
    works = {one.id: one.name for one in records if isinstance(one, Upstream)}
    leaning = [works[one.upstream] for one in records if isinstance(one, Reliance) and one.how is RelianceKind.REPORTS]
    assert source.kind is SourceKind.BRIEF
    assert source.authors == ()
    assert leaning == ["Doe 2020, First", "Roe 2022, Second"]
    assert asked.reports == "several works: Jane Doe: First (unknown, 2020-03); Rita Roe: Second (unknown, 2022)"
    assert dates(records) == {EARLY[:7]: UNKNOWN, LATE[:7]: UNKNOWN}


async def test_what_was_lost_or_skipped_is_recorded(tmp_path: Path) -> None:
    """As tags of the source."""
    records, _ = await told("reports: doe-2020", tmp_path)
    (source,) = [one for one in records if isinstance(one, Source)]
    assert {(one.name, one.value) for one in records if isinstance(one, Tag) and one.record == source.id} >= {
        ("lost", "Figure 1"),
        ("skipped", "rainfall by month"),
    }


async def test_the_one_work_dates_what_no_later_date_contradicts(tmp_path: Path) -> None:
    """What a sentence puts after the work wasn't said in it."""
    records, asked = await told("reports: doe-2020", tmp_path)
    assert asked.reports == "Jane Doe: First (unknown, 2020-03)"
    assert asked.place == "", "it is asked about whole"
    assert dates(records) == {EARLY[:7]: "2020-03", LATE[:7]: UNKNOWN}


async def test_a_list_of_works_cited_costs_nothing_and_is_told_as_skipped(tmp_path: Path) -> None:
    """Of a long document only the parts that say something are asked about."""
    asked: list[ExtractInputs] = []

    def extract(inputs: ExtractInputs) -> Extraction:
        asked.append(inputs)
        return Extraction()

    body = "We followed the dam for ten years. It leaked in the winter of the flood.\n\n" * 100
    works = "".join(f"- {number}. Ode R, Marsh T. The dam and its gauge. J Dams 2010;{number}:10–20.\n" for number in range(1, 300))
    document = read_bytes(f"{body}# References\n\n{works}".encode(), "one.md")
    proposal = await read_document(document, CASE, unlimited(ScriptedAnswerer({"ingestion/extract": extract}), tmp_path / "journal.db"))
    assert asked
    assert all("ten years" in inputs.text for inputs in asked)
    assert [inputs.place.partition(" of ")[0] for inputs in asked] == [f"part {number}" for number in range(1, len(asked) + 1)]
    skipped = [one.value for one in proposal.records if isinstance(one, Tag) and one.name == "skipped"]
    assert skipped
    assert all(one.endswith("works cited, navigation or notices, which nobody was asked about") for one in skipped)


@pytest.mark.parametrize(
    ("header", "reporters"),
    [
        ("title: A note of the harbour office", {"Ode": ("the harbour office",), "the harbour office": (), "unknown": ()}),
        ("title: A note of the harbour office\nauthors: [Ann Roe]", {"Ode": (), "the harbour office": (), "unknown": ()}),
        ("title: A note", {"Ode": (), "the harbour office": (), "unknown": ()}),
        ("title: The harbour office’s second answer", {"Ode": ("the harbour office",), "the harbour office": (), "unknown": ()}),
        ("title: A reply to the harbour office", {"Ode": (), "the harbour office": (), "unknown": ()}),
        ("title: A letter of the harbour office's critics", {"Ode": (), "the harbour office": (), "unknown": ()}),
        ("title: A statement by Ode and a note of the harbour office", {"Ode": (), "the harbour office": (), "unknown": ()}),
    ],
)
async def test_what_others_say_in_an_unsigned_note_comes_through_the_body_whose_it_is(
    header: str, reporters: dict[str, tuple[str, ...]], tmp_path: Path
) -> None:
    """Where authors are named they are known from the source; where the title doesn't say of one speaker that it is theirs nobody is guessed."""
    said = {"Ode": "Ode says that it leaks.", "the harbour office": "We have seen no leak.", "unknown": "A leak was feared."}

    def extract(inputs: ExtractInputs) -> Extraction:
        del inputs
        return Extraction(
            assertions=tuple(ExtractedAssertion(quotation=words, claim="The dam leaks.", speaker=who) for who, words in said.items())
        )

    document = read_bytes(f"---\n{header}\n---\n{' '.join(said.values())}\n".encode(), "one.md")
    proposal = await read_document(document, CASE, unlimited(ScriptedAnswerer({"ingestion/extract": extract}), tmp_path / "journal.db"))
    assert {one.speaker: one.reporters for one in proposal.records if isinstance(one, Assertion)} == reporters
