"""The report: safe, whole, and true to the knowledge base."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cruxmap import investigating
from cruxmap.investigating import Outcome
from cruxmap.settings import load_settings
from tests.cruxmap.test_cli import DOE, SMITH, case_with

HOSTILE = "<script>alert(1)</script> Marsh argues that <img src=x onerror=alert(2)> a four-day week lowers output in office work ]]> because [x](javascript:alert(3)) *so*."


@pytest.fixture
def outcome(home: Path, tmp_path: Path) -> Outcome:
    """A run over two plain documents and a hostile one."""
    case = case_with(tmp_path / "case", a=DOE, b=SMITH, c=HOSTILE)
    return investigating.start(case, load_settings(None, {"home": home}), run="hostile", note=lambda *_: None)


def test_the_page_loads_nothing_and_runs_nothing_of_its_sources(outcome: Outcome) -> None:
    """No address is loaded, no tag of a source survives, no link leads to a script."""
    assert outcome.html is not None
    page = outcome.html.read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("<script>") == 1
    assert not re.search(r'(?:src|href)="(?!#|https?://)', page)
    assert not re.search(r"<(?:link|iframe|img|object|embed)\b", page)
    assert "default-src 'none'" in page


def test_every_jump_has_a_place_to_land(outcome: Outcome) -> None:
    """Each internal link's anchor stands in the page, once."""
    assert outcome.html is not None
    page = outcome.html.read_text(encoding="utf-8")
    anchors = re.findall(r'\bid="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)


def test_every_assertion_stands_in_both_reports(outcome: Outcome) -> None:
    """Speaker and quotation of every assertion can be read."""
    assert outcome.html is not None
    assert outcome.markdown is not None
    page, markdown = outcome.html.read_text(encoding="utf-8"), outcome.markdown.read_text(encoding="utf-8")
    assert "Smith" in page
    assert "a four-day week lowers output in office work" in page
    assert "a four-day week lowers output in office work" in markdown
    assert "no language model" in page
    assert "no language model" in markdown
