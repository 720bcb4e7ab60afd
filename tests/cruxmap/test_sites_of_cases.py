"""The sites of the shipped cases in a real browser: every page at a telephone's width, every kind of page at three widths in both themes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from tests.conftest import ROOT
from tests.cruxmap.conftest import Program
from tests.cruxmap.test_shipped_recordings import SHIPPED
from tests.explorer.browsing import CHROMIUM, Watched, launched
from tests.explorer.sites import dead_links, kinds_of_pages

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_site_of_a_case_is_quiet_small_and_fits(program: Program, tmp_path: Path, name: str) -> None:
    """No dead link, under 5 MB; no complaint, nothing wider than the window."""
    site = tmp_path / "site"
    code, _, err = program("run", ROOT / "cases" / name, "--run-id", name)
    assert code == 0, err
    code, _, err = program("site", name, "-o", site)
    assert code == 0, err
    assert list(dead_links(site)) == []
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 5e6
    with launched() as browser:
        for width, scheme in ((390, "dark"), (1440, "light")):
            with Watched(browser, color_scheme=cast("Any", scheme), viewport={"width": width, "height": 900}) as watched:
                for path in kinds_of_pages(site):
                    page = watched.open(path)
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
                    if path.name == "map.html":
                        page.click("[data-do=open]")
                assert watched.complaints == []
