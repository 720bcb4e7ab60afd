"""Headers of documents: what they may say is read, and what they can't is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cruxmap.gathering import same_texts
from graphs.services import Pending
from sources.documents import Document
from sources.headers import KEYS, header_problems, split_header
from sources.reading import read_file

WORKS = ("doe-2024", "roe-2025")
TEXT = "Forty offices in Exham closed on Fridays for a year."


def problems(folder: Path, header: str) -> list[str]:
    """Say what is wrong with a document of this header."""
    path = folder / "one.md"
    path.write_text(f"---\n{header}\n---\n{TEXT}\n", encoding="utf-8")
    return list(header_problems(path, "documents/one.md", WORKS))


@pytest.mark.parametrize(
    ("text", "header", "body"),
    [
        ("---\ntitle: A\n---\nWords.\n\n---\n\nMore.\n", "title: A", "Words.\n\n---\n\nMore.\n"),
        ("---\ntitle: A\n---", "title: A", ""),
        ("---\n---\nWords.\n\n---\nMore.\n", "", "Words.\n\n---\nMore.\n"),
        ("Words.\n---\nMore.\n", None, "Words.\n---\nMore.\n"),
        ("---\ntitle: A\nno end", None, "---\ntitle: A\nno end"),
    ],
)
def test_a_header_ends_at_the_first_line_of_dashes(text: str, header: str | None, body: str) -> None:
    """What comes behind it is all the document's own, whatever lines it has; a header may end the file, or hold nothing."""
    assert split_header(text) == (header, body)


def test_one_text_is_known_with_any_header_and_line_ends(tmp_path: Path) -> None:
    """A byte order mark, as some editors write, hides no header; bytes that are no UTF-8 are no reason to take two texts for one."""
    files = {
        "a.md": f"---\ntitle: A\n---\n{TEXT}\n".encode(),
        "b.md": f"---\r\ntitle: B\r\n---\r\n{TEXT}\r\n".encode("utf-8-sig"),
        "c.txt": b"caf\xe9",
        "d.txt": b"caf\xe8",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert read_file(tmp_path / "b.md").text == read_file(tmp_path / "a.md").text
    told = list(same_texts([Pending(name, name, nothing) for name in files], tmp_path))
    assert told == ["b.md has the same text as a.md: it counts once"]


async def nothing() -> Document:
    """Nobody reads these."""
    raise AssertionError


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
