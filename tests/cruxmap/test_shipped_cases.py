"""The cases that are shipped: their recordings replay to the end without a key, and their sites hold in a real browser.

A replay takes ten seconds and more, so each case is replayed once for all tests of it.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from cruxmap.bases import load_base
from cruxmap.choosing import RECORDING
from cruxmap.cli import main
from cruxmap.exporting import bundle_of
from cruxmap.registry import Registry
from cruxmap.whole_runs import SHIPPED as SHIPPED_RUNS
from cruxmap.whole_runs import whole_run
from knowledge.records import Claim
from tests.conftest import ROOT
from tests.explorer.browsing import CHROMIUM, WINDOWS, Watched, launched, resized
from tests.explorer.sites import dead_links, kinds_of_pages
from tests.explorer.visiting import visit

SHIPPED = sorted(path.parent.name for path in (ROOT / "cases").glob(f"*/{RECORDING}"))
DISPUTED = {
    "covid-origins": {"SARS-CoV-2 first came to infect people by an incident at a laboratory.", "The virus evolved naturally."},
    "eggs": {"Eggs are linked to heart disease."},
    "lhc-black-holes": {"A microscopic black hole could be stable or long-lived."},
}
"""Claims that nobody denies in these very words, far from even odds, which bear on open questions."""
in_browser = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")


@dataclass(frozen=True)
class Replayed:
    """A case's run from its recording: what it printed as JSON, and its home."""

    name: str
    home: Path
    result: dict[str, Any]


def _done(*arguments: object) -> str:
    """Run the program in this process, see that it ends well, and return what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr("sys.argv", ["cruxmap", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    assert not ended.value.code, err.getvalue()
    return out.getvalue()


@pytest.fixture(scope="module", params=SHIPPED)
def replayed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replayed]:
    """Each case, replayed."""
    home = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRUXMAP_HOME", str(home))
        told = _done("run", ROOT / "cases" / request.param, "--run-id", request.param, "--json")
        yield Replayed(request.param, home, json.loads(told))


@pytest.fixture(scope="module")
def site(replayed: Replayed) -> Path:
    """The case's site."""
    folder = replayed.home / "written"
    _done("site", replayed.name, "-o", folder)
    return folder


@pytest.fixture(scope="module")
def browser(site: Path) -> Iterator[Browser]:
    """Headless Chromium, started once the site is there: while it is open, no other event loop can run here."""
    assert site.is_dir()
    with launched() as chromium:
        yield chromium


def test_a_shipped_recording_replays_to_the_end(replayed: Replayed) -> None:
    """The case's own recording answers every question, the first note says so, and what is open in the result gets no ClaimReview."""
    name, result = replayed.name, replayed.result
    assert result["status"] == "done"
    assert result["notes"][0].startswith("Replayed from a recording of ")
    assert result["cost"]["usd"] == 0
    assert not [one for one in result["incidents"] if "no usable answer" in one["problem"]]
    assert Path(result["report"]).is_file()
    bundle = bundle_of(load_base(name, replayed.home))
    reviewed = {bundle.view.get(claim, Claim).text for claim in bundle.verdicts}
    said = {claim.text for claim in bundle.view.all(Claim)}
    assert DISPUTED[name] <= said
    assert not DISPUTED[name] & reviewed
    assert reviewed or name != "lhc-black-holes", "its inquiry is settled"


@pytest.mark.slow
def test_estimates_rest_on_what_the_recordings_ask(replayed: Replayed) -> None:
    """The table by which runs are estimated is that of `benchmarks/whole_runs.py`, give or take what a prompt's edit changes."""
    with contextlib.closing(Registry(replayed.home).open_journal(replayed.name)) as journal:
        now = whole_run(journal)
    then = SHIPPED_RUNS[replayed.name]
    for asked, before in ((now.reading, then.reading), *((now.after[role], before) for role, before in then.after.items())):
        assert astuple(asked) == pytest.approx(astuple(before), rel=0.25), "put what benchmarks/whole_runs.py prints into the table"


def test_the_site_of_a_case_is_small_and_whole(site: Path) -> None:
    """Under 6 MB, no dead link, no page that nothing leads to."""
    assert list(dead_links(site)) == []
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 6e6


@pytest.mark.slow
@pytest.mark.browser
@in_browser
def test_every_page_of_a_case_opens_in_silence_and_fits_a_telephone(browser: Browser, site: Path) -> None:
    """No console message, no error, no request beyond the folder, and with everything unfolded nothing wider than 390 pixels."""
    visited = visit(browser, sorted(site.glob("*.html")))
    assert visited.complaints == ()
    assert len(visited.milliseconds) > 200


@pytest.mark.slow
@pytest.mark.browser
@in_browser
def test_every_kind_of_page_of_a_case_fits_all_windows_in_both_themes(browser: Browser, site: Path) -> None:
    """At three widths, light and dark, nothing is wider than the window, also with all of the map open; nothing complains."""
    with Watched(browser) as watched:
        for path in kinds_of_pages(site):
            for width, scheme in WINDOWS:
                page = resized(watched, path, width=width, scheme=scheme)
                if path.name == "map.html":
                    page.click("[data-do=open]")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path.name, width, scheme)
        assert watched.complaints == []
