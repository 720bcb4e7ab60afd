"""Case files: what a work needs, and errors that call it by its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.records import UNKNOWN
from sources.case_files import Case, load_case
from sources.errors import CaseUnreadable

CASE = """
name: small
title: A small case
question:
  key: main
  text: Does it leak?
  answers:
    - {key: leaks, text: It leaks.}
    - {key: holds, text: It holds.}
bibliography:
  - {key: ode-2011, title: A dam}
  - {key: doe-2024, title: The title%s}
"""


def case(folder: Path, more: str = "") -> Case:
    """Load a case whose second work says more."""
    (folder / "case.yaml").write_text(CASE % more, encoding="utf-8")
    return load_case(folder)


@pytest.mark.parametrize("more", ["", ", url: unknown", ", kind: book, published: 1923"])
def test_a_work_needs_no_address(tmp_path: Path, more: str) -> None:
    """A book has a key and a title; what is left out is unknown."""
    assert [entry.url for entry in case(tmp_path, more).bibliography] == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (", url: example.org", "doe-2024: url: 'example.org' is none; http:// or https:// begins it; or leave it out"),
        (", published: last spring", "doe-2024: published: 'last spring' is none; write YYYY"),
        (", jurnal: Nature", "doe-2024: jurnal: unknown key"),
        (", publishr: Nature", "doe-2024: publishr: unknown key (did you mean 'publisher'?)"),
        (", kind: bok", "doe-2024: kind: there is no 'bok' (did you mean 'book'?); there are cohort_study,"),
        ("}\n  - {key: x-1, titel: A", "x-1: title: missing"),
        ("}\n  - {title: A", "bibliography, entry 3: key: missing"),
    ],
)
def test_what_is_wrong_with_a_work_is_told_by_its_key(tmp_path: Path, more: str, told: str) -> None:
    """A user finds the line without counting entries, and is offered no kind that no work is of."""
    with pytest.raises(CaseUnreadable) as refused:
        case(tmp_path, more)
    assert told in str(refused.value)
    assert "brief" not in str(refused.value)


def test_a_brief_is_no_work(tmp_path: Path) -> None:
    """What reports a work can't stand in a bibliography as one; what can is told."""
    with pytest.raises(CaseUnreadable, match=r"doe-2024: kind: a brief is what reports a work, not a work; there are cohort_study,"):
        case(tmp_path, ", kind: brief")
