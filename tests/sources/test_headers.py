"""Headers of documents: what they may say is read, and what they can't is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.headers import KEYS, header_problems
from sources.reading import read_file

WORKS = ("doe-2024", "roe-2025")
TEXT = "Forty offices in Exham closed on Fridays for a year."


def problems(folder: Path, header: str) -> list[str]:
    """Say what is wrong with a document of this header."""
    path = folder / "one.md"
    path.write_text(f"---\n{header}\n---\n{TEXT}\n", encoding="utf-8")
    return list(header_problems(path, "documents/one.md", WORKS))


def test_a_whole_header_is_read(tmp_path: Path) -> None:
    """Every key that the docs name is taken, and several works as several."""
    header = (
        "title: A trial\nreports: [doe-2024, roe-2025]\nauthors: [Ada Ode, Ben Marsh]\n"
        "published: 2024-05-01\npublisher: The Courier\nurl: https://example.org/x\nkind: news"
    )
    assert problems(tmp_path, header) == []
    document = read_file(tmp_path / "one.md")
    assert document.reports == WORKS
    assert document.authors == ("Ada Ode", "Ben Marsh")
    assert (document.title, document.published, document.publisher) == ("A trial", "2024-05-01", "The Courier")
    assert (document.url, document.kind.value) == ("https://example.org/x", "news")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("title: A\nreport: doe-2024", "line 3: unknown key 'report' (did you mean 'reports'?)"),
        ("knid: news", "line 2: unknown key 'knid' (did you mean 'kind'?)"),
        ("reports: doe-2042", "line 2: reports: no work 'doe-2042' in the case file's bibliography (did you mean 'doe-2024'?)"),
        ("reports: [doe-2024, nobody]", "line 2: reports: no work 'nobody' in the case file's bibliography"),
        ("reports:", "line 2: reports: write the key of a work"),
        ("title: A\n\ndate: last spring", "line 4: date: 'last spring' is no date; write YYYY, YYYY-MM, YYYY-MM-DD or unknown"),
        ("kind: nws", "line 2: kind: there is no 'nws' (did you mean 'news'?)"),
        ("url: example.org", "line 2: url: 'example.org' is no address"),
        ("authors: {first: Ada}", "line 2: authors: write a name"),
        ("title: [A, B]", "line 2: title: write one text"),
        ("title: A\npublisher: B: C", "line 3: the header is no YAML"),
        ("just words", "line 2: the header is no list of `key: value` lines"),
    ],
)
def test_what_a_header_cannot_say_is_told_with_its_line(tmp_path: Path, header: str, told: str) -> None:
    """The message names the file, the line, the key and what was probably meant."""
    (problem,) = problems(tmp_path, header)
    assert problem.startswith(f"documents/one.md, {told}")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """A user mends a header in one go."""
    assert len(problems(tmp_path, "knid: news\ndate: soon\nreports: x")) == 3


@pytest.mark.parametrize("text", [TEXT, f"# A\n\n---\ntitle: B\n---\n{TEXT}", "---\n---\n" + TEXT])
def test_a_text_without_a_header_is_none(tmp_path: Path, text: str) -> None:
    """Rules between paragraphs are no header."""
    path = tmp_path / "one.md"
    path.write_text(text, encoding="utf-8")
    assert list(header_problems(path, "one.md", ())) == []


def test_a_header_without_an_end_is_told(tmp_path: Path) -> None:
    """Its lines would be read as the text."""
    path = tmp_path / "one.md"
    path.write_text(f"---\r\ntitle: A\r\n{TEXT}", encoding="utf-8", newline="")
    assert list(header_problems(path, "one.md", ())) == ["one.md, line 1: the header has no end; put a line with --- behind it"]


def test_the_docs_name_every_key() -> None:
    """The page and the template that a user reads tell all that a header may say."""
    root = Path(__file__).parents[2]
    page, template = (root / "docs/cases.md").read_text(), (root / "cruxmap/case_template.yaml").read_text()
    assert all(f"`{key}`" in page for key in KEYS)
    assert all(f"#   {key}:" in template for key in KEYS if key not in {"author", "date"})
